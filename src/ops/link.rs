//! A page is answered by its link: looking at it does nothing, so that a program that follows links in mail takes no case;
//! taking the case goes the one path of every acknowledgement.
//!
//! A token is the page's id and a keyed hash over it. It lives as long as the page stands and its code would count; once the
//! page is answered, whoever did it, it is spent.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::acknowledge::{Acknowledged, acknowledge};
use super::message::tell;
use super::reply::CODE_LIFE;
use super::{Hotline, OpsError};
use crate::clock::Instant;
use crate::flow::speech::{Context, Value, say};
use crate::id::{PageId, hex};
use crate::incident::{Actor, CaseNumber, Incident};
use crate::language::Language;
use crate::oncall::Person;
use crate::paging::Page;
use crate::sla::Severity;
use crate::store::Tx;

/// How many letters a token has: 32 of the page's id, 32 of the hash.
const LENGTH: usize = 64;

/// What is shown to whoever follows a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The language of the person who was paged.
    pub language: Language,
    /// The case.
    pub case: CaseNumber,
    /// How bad it is.
    pub severity: Severity,
    /// Who reports, once known; empty otherwise.
    pub institution: String,
    /// The affected service, once known; empty otherwise.
    pub service: String,
    /// When the first response is due, in words.
    pub due: String,
}

/// What answers this page by a link.
pub(super) fn token_of(hotline: &Hotline, page: PageId) -> String {
    let id = page.0.simple().to_string();
    let mac = hex(hotline.keyed(&["link", &id]).get(..16).unwrap_or_default());
    id + &mac
}

/// The page that a token is of; nothing is asked of the store for one that was made up.
fn page_of(hotline: &Hotline, token: &str) -> Option<PageId> {
    if token.len() != LENGTH {
        return None;
    }
    let page = PageId(Uuid::try_parse(token.get(..32)?).ok()?);
    is_same(&token_of(hotline, page), token).then_some(page)
}

/// Whether a token is the right one.
pub(super) fn is_same(right: &str, token: &str) -> bool {
    // Hashes of equal length: how long the comparison takes tells nothing of the right one.
    Sha256::digest(right) == Sha256::digest(token)
}

/// What a link offers; `None` for one that is made up, spent or too old, which cannot be told apart.
///
/// # Errors
/// [`OpsError`].
pub async fn offer_of_link(hotline: &Hotline, token: &str) -> Result<Option<Offer>, OpsError> {
    let Some(page) = page_of(hotline, token) else { return Ok(None) };
    hotline
        .store
        .read(async |tx: &mut Tx| -> Result<Option<Offer>, OpsError> {
            let Some(page) = live(hotline, tx, page).await? else { return Ok(None) };
            let Some(incident) = tx.incident(page.incident).await?.filter(|i| i.cycle == page.cycle) else {
                return Ok(None);
            };
            let roster = hotline.roster(tx).await?;
            let person = Hotline::person(roster.as_deref(), &page.person);
            Ok(person.map(|person| offer(hotline, &incident, person)))
        })
        .await
}

/// Takes the case that a link offers, and gives what it was; `None` as for [`offer_of_link`].
///
/// # Errors
/// [`OpsError`]; nothing is kept then.
pub async fn take_by_link(hotline: &Hotline, token: &str) -> Result<Option<Offer>, OpsError> {
    let Some(page) = page_of(hotline, token) else { return Ok(None) };
    let taken = hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Option<Offer>, OpsError> {
            let Some(page) = live(hotline, tx, page).await? else { return Ok(None) };
            let incident = tx.lock_incident(page.incident).await?.ok_or(OpsError::NotFound("incident"))?;
            // Somebody may have answered it while the case was waited for.
            if live(hotline, tx, page.id).await?.is_none() || incident.cycle != page.cycle {
                return Ok(None);
            }
            let roster = hotline.roster(tx).await?;
            let Some(person) = Hotline::person(roster.as_deref(), &page.person) else { return Ok(None) };
            let actor = Actor::Person(person.id.to_string());
            match acknowledge(hotline, tx, incident, &actor, person.id.as_str(), "link").await? {
                Acknowledged::Taken(incident) => {
                    tell_what_to_do(hotline, tx, &incident, person).await?;
                    Ok(Some(offer(hotline, &incident, person)))
                }
                Acknowledged::Already(_) => Ok(None),
            }
        })
        .await?;
    Ok(taken)
}

/// To whoever took a case without a reply code: what to do now.
pub(super) async fn tell_what_to_do(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    person: &Person,
) -> Result<(), OpsError> {
    let (subject, call_back) = (hotline.subject(incident), incident.call_back.as_ref());
    let body = hotline.policy.writer.ack_ok(person.language, &subject, call_back, None);
    tell(hotline, tx, Some(incident.id), "ack_ok", person, body).await
}

/// The page, while its link counts.
async fn live(hotline: &Hotline, tx: &mut Tx, page: PageId) -> Result<Option<Page>, OpsError> {
    let page = tx.page(page).await?;
    let fresh = |page: &Page| hotline.now().signed_duration_since(page.created_at) < CODE_LIFE;
    Ok(page.filter(|page| page.closed_at.is_none() && fresh(page)))
}

fn offer(hotline: &Hotline, incident: &Incident, person: &Person) -> Offer {
    let about = hotline.subject(incident);
    Offer {
        language: person.language,
        case: about.case.clone(),
        severity: about.severity,
        institution: about.institution.to_owned(),
        service: about.service.to_owned(),
        due: in_words(hotline, person.language, about.due_at),
    }
}

/// An instant as people say it: "las seis de la tarde de hoy".
pub(super) fn in_words(hotline: &Hotline, language: Language, at: Instant) -> String {
    let context = Context { now: hotline.now(), zone: hotline.policy.calendar.zone() };
    say(language, &Value::Moment(at), &context)
}
