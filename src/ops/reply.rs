//! A text message came in: a person of the roster answers a page. Strangers get silence.

use chrono::TimeDelta;

use super::acknowledge::{Acknowledged, acknowledge};
use super::bundle;
use super::bundle_reply::answer_bundle;
use super::change::{reason, respond};
use super::contacts::heed;
use super::message::{intend, tell};
use super::open_incident::tell_ticket_store;
use super::page::{hurry, silence};
use super::remind::hurry_reminder;
use super::verify::{confirm_by_text, proved_by_number};
use super::{Hotline, OpsError};
use crate::incident::{Actor, CaseNumber, Change, Incident, State};
use crate::oncall::{Channel, Person};
use crate::paging::{Code, Page, Reply, parse, wish};
use crate::phone::Phone;
use crate::store::Tx;

/// How long after a page its code still says something, if only who took it.
pub(super) const CODE_LIFE: TimeDelta = TimeDelta::hours(24);
/// Wrong codes a person may send within [`WRONG_WITHIN`] before the line stops answering them.
const WRONG_TRIES: i64 = 5;
const WRONG_WITHIN: TimeDelta = TimeDelta::hours(1);

/// A text message that reached the line.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The provider's path prefix.
    pub provider: &'static str,
    /// The provider's id: a repeat of it is none.
    pub provider_message: String,
    /// Who sent it.
    pub from: Option<Phone>,
    /// The number it was sent to.
    pub to: Option<Phone>,
    /// The text.
    pub body: String,
}

/// Takes a text message in.
///
/// # Errors
/// [`OpsError`]; nothing is kept then, and the provider delivers again.
pub async fn receive_message(hotline: &Hotline, incoming: Incoming) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let now = hotline.now();
            let (from, to) = (incoming.from.as_ref(), incoming.to.as_ref());
            let reply = parse(&incoming.body);
            let body = kept(&reply, &incoming.body);
            let fresh = tx.insert_inbound(incoming.provider, &incoming.provider_message, from, to, body, now).await?;
            let Some(from) = from.filter(|_| fresh) else { return Ok(()) };
            if let Some(wish) = wish(&incoming.body) {
                return heed(hotline, tx, from, wish).await;
            }
            let Some(roster) = hotline.roster(tx).await? else { return Ok(()) };
            let Some(person) = roster.person_at(from) else { return Ok(()) };
            answer(hotline, tx, person, from, reply).await
        })
        .await
}

/// What is kept of an answer: not its code.
fn kept<'b>(reply: &Reply, body: &'b str) -> &'b str {
    match reply {
        Reply::Accept(_) => "****A",
        Reply::Escalate(_) => "****E",
        Reply::Responded(_) => "****R",
        Reply::Verify(_) => "******V",
        Reply::AckCase(_) | Reply::RespondedCase(_) | Reply::AckOnly | Reply::Unknown => body,
    }
}

async fn answer(hotline: &Hotline, tx: &mut Tx, person: &Person, from: &Phone, reply: Reply) -> Result<(), OpsError> {
    // Guessing stops at the fifth wrong code: from there on even a right one is not taken for an hour.
    let Some(phone) = person.phone() else { return Ok(()) };
    if tx.wrong_replies(phone, hotline.now() - WRONG_WITHIN).await? >= WRONG_TRIES {
        return Ok(());
    }
    if let Reply::Accept(code) | Reply::Escalate(code) | Reply::Responded(code) = &reply
        && let Some(bundle) = bundle::by_code(hotline, tx, person, &hotline.code_hash(person, code)).await?
    {
        // The cases first, as everybody locks them.
        answer_bundle(hotline, tx, person, bundle, &reply).await?;
        return code_was_right(hotline, tx, person, phone, from).await;
    }
    let about = match &reply {
        Reply::Accept(code) | Reply::Escalate(code) | Reply::Responded(code) => {
            by_code(hotline, tx, person, code).await?
        }
        Reply::AckCase(number) | Reply::RespondedCase(number) => by_number(tx, person, number).await?,
        Reply::AckOnly => match waiting(hotline, tx, person).await?.as_slice() {
            [] => None,
            [(page, incident)] => {
                let incident = tx.lock_incident(incident.id).await?.ok_or(OpsError::NotFound("incident"))?;
                Some((page.clone(), incident))
            }
            several => return which(hotline, tx, person, phone, several).await,
        },
        Reply::Verify(code) if confirm_by_text(hotline, tx, person, from, code).await? => return Ok(()),
        Reply::Verify(_) | Reply::Unknown => None,
    };
    let Some((page, incident)) = about else { return wrong(hotline, tx, person).await };
    // Senders can be forged, so nothing less than a code counts as one.
    if !matches!(reply, Reply::AckCase(_) | Reply::RespondedCase(_) | Reply::AckOnly) {
        code_was_right(hotline, tx, person, phone, from).await?;
    }
    if tx.canary(incident.id).await?.is_some() {
        // Whatever they answer, the page arrived.
        return accept(hotline, tx, person, incident, None).await;
    }
    match reply {
        Reply::Accept(code) => accept(hotline, tx, person, incident, Some(&code)).await,
        Reply::AckCase(_) | Reply::AckOnly | Reply::Verify(_) | Reply::Unknown => {
            accept(hotline, tx, person, incident, None).await
        }
        Reply::Escalate(_) => pass_on(hotline, tx, person, page, incident).await,
        Reply::Responded(_) | Reply::RespondedCase(_) => responded(hotline, tx, person, incident).await,
    }
}

/// The right code: what was mistyped before is forgotten. And it was read: texts to this number reach them.
async fn code_was_right(
    hotline: &Hotline,
    tx: &mut Tx,
    person: &Person,
    phone: &Phone,
    from: &Phone,
) -> Result<(), OpsError> {
    tx.clear_wrong_replies(phone).await?;
    proved_by_number(hotline, tx, person, Channel::Sms, from).await
}

/// The person's page with this code, and its incident, locked.
async fn by_code(
    hotline: &Hotline,
    tx: &mut Tx,
    person: &Person,
    code: &Code,
) -> Result<Option<(Page, Incident)>, OpsError> {
    let hash = hotline.code_hash(person, code);
    let Some(page) = tx.page_by_code(&hash, hotline.now() - CODE_LIFE).await? else { return Ok(None) };
    let incident = tx.lock_incident(page.incident).await?.ok_or(OpsError::NotFound("incident"))?;
    Ok((incident.cycle == page.cycle).then_some((page, incident)))
}

/// The cases that wait for this person's answer, each with their last page of it, the latest first.
async fn waiting(hotline: &Hotline, tx: &mut Tx, person: &Person) -> Result<Vec<(Page, Incident)>, OpsError> {
    let mut waiting: Vec<(Page, Incident)> = Vec::new();
    for page in tx.pages_of(person.id.as_str(), hotline.now() - CODE_LIFE).await? {
        if page.closed_at.is_some() || waiting.iter().any(|(_, incident)| incident.id == page.incident) {
            continue;
        }
        if let Some(incident) = tx.incident(page.incident).await?.filter(|incident| incident.cycle == page.cycle) {
            waiting.push((page, incident));
        }
    }
    Ok(waiting)
}

/// Asks which of several cases is meant. Counts as an answer that could not be acted on: it costs a message each time.
async fn which(
    hotline: &Hotline,
    tx: &mut Tx,
    person: &Person,
    phone: &Phone,
    several: &[(Page, Incident)],
) -> Result<(), OpsError> {
    tx.insert_wrong_reply(phone, hotline.now()).await?;
    let case = |(_, incident): &'_ (Page, Incident)| {
        (incident.number.clone(), hotline.subject(incident).institution.to_owned())
    };
    let cases: Vec<_> = several.iter().map(case).collect();
    let cases: Vec<_> = cases.iter().map(|(number, institution)| (number, institution.as_str())).collect();
    let body = hotline.policy.writer.ack_which(person.language, &cases);
    intend(hotline, tx, None, "ack_which", phone.clone(), body).await
}

/// The person's last page about the case of this number, and its incident, locked.
async fn by_number(tx: &mut Tx, person: &Person, number: &CaseNumber) -> Result<Option<(Page, Incident)>, OpsError> {
    let Some(incident) = tx.lock_incident_by_number(number).await? else { return Ok(None) };
    let pages = tx.pages(incident.id).await?;
    let theirs = |page: &Page| page.person == person.id.as_str() && page.cycle == incident.cycle;
    Ok(pages.into_iter().rfind(theirs).map(|page| (page, incident)))
}

async fn accept(
    hotline: &Hotline,
    tx: &mut Tx,
    person: &Person,
    incident: Incident,
    code: Option<&Code>,
) -> Result<(), OpsError> {
    let actor = Actor::Person(person.id.to_string());
    let incident = match acknowledge(hotline, tx, incident, &actor, person.id.as_str(), "sms").await? {
        Acknowledged::Taken(incident) => incident,
        Acknowledged::Already(incident) => return already(hotline, tx, person, &incident).await,
    };
    let (subject, call_back) = (hotline.subject(&incident), incident.call_back.as_ref());
    let writer = &hotline.policy.writer;
    // A test is over with its answer.
    let body = if incident.state.is_open() {
        writer.ack_ok(person.language, &subject, call_back, code)
    } else {
        writer.canary_ok(person.language, &incident.number)
    };
    say(hotline, tx, person, &incident, "ack_ok", body).await
}

/// Who holds it, and since when; or that it needs nobody any more.
async fn already(hotline: &Hotline, tx: &mut Tx, person: &Person, incident: &Incident) -> Result<(), OpsError> {
    let roster = hotline.roster(tx).await?;
    let writer = &hotline.policy.writer;
    let body = match (&incident.acknowledged_by, incident.acknowledged_at) {
        (Some(holder), Some(at)) if incident.state.is_open() => {
            let name = Hotline::person(roster.as_deref(), holder).map_or(holder.as_str(), |person| &person.name);
            writer.ack_other(person.language, &incident.number, name, at)
        }
        _ => writer.cancel(person.language, &incident.number, &reason(incident, person.language)),
    };
    say(hotline, tx, person, incident, "ack_other", body).await
}

async fn pass_on(
    hotline: &Hotline,
    tx: &mut Tx,
    person: &Person,
    page: Page,
    incident: Incident,
) -> Result<(), OpsError> {
    if hand_on(hotline, tx, person.id.as_str(), page, &incident).await? {
        return Ok(());
    }
    already(hotline, tx, person, &incident).await
}

/// `person` passes `page` on: the next step is due at once. `false` when the case needs nobody else.
pub(super) async fn hand_on(
    hotline: &Hotline,
    tx: &mut Tx,
    person: &str,
    page: Page,
    incident: &Incident,
) -> Result<bool, OpsError> {
    let now = hotline.now();
    let answered = match incident.state {
        State::Received => Page { answered_at: Some(now), closed_at: Some(now), ..page },
        // It stands on: whoever holds it is not asked again, and who passed it on may still take it.
        State::Acknowledged if page.closed_at.is_none() => Page { answered_at: Some(now), ..page },
        _ => return Ok(false),
    };
    tx.save_page(&answered).await?;
    silence(tx, &answered).await?;
    let change = Change::Escalated { person: person.to_owned() };
    tx.append_entry(incident.id, now, &Actor::Person(person.to_owned()), &change).await?;
    tell_ticket_store(hotline, tx, incident.id).await?;
    hurry_reminder(hotline, tx, &answered).await?;
    hurry(hotline, tx, &answered).await?;
    Ok(true)
}

/// `person` has reached the reporter of `incident`.
pub(super) async fn responded(
    hotline: &Hotline,
    tx: &mut Tx,
    person: &Person,
    incident: Incident,
) -> Result<(), OpsError> {
    let actor = Actor::Person(person.id.to_string());
    let writer = &hotline.policy.writer;
    match (respond(hotline, tx, incident.clone(), &actor, hotline.now(), "sms", None).await, incident.responded_at) {
        (Ok(answered), _) => {
            let at = answered.responded_at.unwrap_or(hotline.now());
            let body = writer.response_ok(person.language, &answered.number, at, answered.due_at);
            say(hotline, tx, person, &answered, "response_ok", body).await
        }
        (Err(OpsError::Refused(_)), Some(at)) => {
            let body = writer.response_already(person.language, &incident.number, at, incident.due_at);
            say(hotline, tx, person, &incident, "response_already", body).await
        }
        (Err(OpsError::Refused(_)), None) => already(hotline, tx, person, &incident).await,
        (Err(error), _) => Err(error),
    }
}

async fn wrong(hotline: &Hotline, tx: &mut Tx, person: &Person) -> Result<(), OpsError> {
    let Some(phone) = person.phone() else { return Ok(()) };
    tx.insert_wrong_reply(phone, hotline.now()).await?;
    let body = hotline.policy.writer.ack_bad(person.language, Some(&hotline.policy.line));
    intend(hotline, tx, None, "ack_bad", phone.clone(), body).await
}

async fn say(
    hotline: &Hotline,
    tx: &mut Tx,
    person: &Person,
    incident: &Incident,
    template: &str,
    body: String,
) -> Result<(), OpsError> {
    tell(hotline, tx, Some(incident.id), template, person, body).await
}
