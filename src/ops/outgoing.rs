//! A message as it leaves: where it goes as things stand now, and what it says beside its words.

use super::contacts::{address_of, is_used};
use super::link::token_of;
use super::message::stands;
use super::{Hotline, OpsError};
use crate::id::MessageId;
use crate::incident::Incident;
use crate::language::Language;
use crate::oncall::{Address, Person, Roster};
use crate::paging::{Delivery, Message, Page, Recipient};
use crate::store::Tx;

/// A message to be handed over now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The message.
    pub message: Message,
    /// Where it goes; `None` = nowhere any more: the contact was taken off the roster since, or is not used. It failed.
    pub address: Option<Address>,
    /// The language of its words.
    pub language: Language,
    /// What answers the page it carries by a link, where there is room for one.
    pub token: Option<String>,
    /// What it is about, for programs; names nobody but who is told. Of a message to a bare number, which no program reads,
    /// it leaves the case out.
    pub facts: serde_json::Value,
}

/// The message, when it is still to be handed over: not sent before, and, for a page, still open.
///
/// # Errors
/// [`OpsError`].
pub async fn message_to_send(hotline: &Hotline, id: MessageId) -> Result<Option<Outgoing>, OpsError> {
    hotline
        .store
        .read(async |tx: &mut Tx| -> Result<Option<Outgoing>, OpsError> {
            let Some(message) = tx.message(id).await? else { return Ok(None) };
            let page = match message.page {
                Some(page) => Some(tx.page(page).await?.ok_or(OpsError::NotFound("page"))?),
                None => None,
            };
            let stands = match &page {
                Some(page) => page.closed_at.is_none(),
                None => stands(tx, &message).await?,
            };
            if message.state != Delivery::Intended || !stands {
                return Ok(None);
            }
            let roomy = matches!(message.to, Recipient::Contact { .. });
            let incident = match message.incident.filter(|_| roomy) {
                Some(incident) => tx.incident(incident).await?,
                None => None,
            };
            let roster = hotline.roster(tx).await?;
            let person = told(roster.as_deref(), &message, page.as_ref());
            let address = address_now(hotline, tx, roster.as_deref(), &message, person).await?;
            Ok(Some(Outgoing {
                language: person.map_or(Language::Es, |person| person.language),
                token: page.filter(|_| roomy).map(|page| token_of(hotline, page.id)),
                facts: facts(hotline, &message, incident.as_ref(), person),
                message,
                address,
            }))
        })
        .await
}

/// Who is told, where they are on the roster.
fn told<'r>(roster: Option<&'r Roster>, message: &Message, page: Option<&Page>) -> Option<&'r Person> {
    match (page, &message.to) {
        (Some(page), _) => Hotline::person(roster, &page.person),
        (None, Recipient::Contact { person, .. }) => Hotline::person(roster, person),
        (None, Recipient::Number(number)) => roster?.person_at(number),
    }
}

/// Where the message goes as things stand now: a page only to an address that its person still has.
async fn address_now(
    hotline: &Hotline,
    tx: &mut Tx,
    roster: Option<&Roster>,
    message: &Message,
    person: Option<&Person>,
) -> Result<Option<Address>, OpsError> {
    let Some(address) = address_of(roster, message) else { return Ok(None) };
    let theirs = person.is_some_and(|person| person.contacts.iter().any(|contact| contact.address == address));
    if message.page.is_some() && !theirs {
        return Ok(None);
    }
    Ok(if is_used(hotline, tx, &address).await? { Some(address) } else { None })
}

fn facts(
    hotline: &Hotline,
    message: &Message,
    incident: Option<&Incident>,
    person: Option<&Person>,
) -> serde_json::Value {
    let about = incident.map(|incident| hotline.subject(incident));
    serde_json::json!({
        "template": message.template,
        "person": person.map(|person| person.id.as_str()),
        "case": about.map(|about| about.case.as_str()),
        "severity": about.map(|about| about.severity),
        "institution": about.map(|about| about.institution),
        "service": about.map(|about| about.service),
        "received_at": about.map(|about| about.received_at),
        "due_at": about.map(|about| about.due_at),
    })
}
