//! Somebody asks a person of the roster to come into the conversation with the reporter: the line calls them.

use super::contacts::Unused;
use super::message::{Intent, set_down};
use super::room::{conversation, takes_part};
use super::{Hotline, OpsError};
use crate::id::IncidentId;
use crate::incident::{Actor, CaseNumber, Change, Incident};
use crate::oncall::{Address, Channel, Person};
use crate::paging::{Delivery, Message, Recipient};
use crate::phone::Phone;
use crate::store::Tx;

/// What the row of such a call is named. Its body is who asks: it is said to whoever picks up.
pub(super) const INVITE: &str = "room_invite";

/// What came of the wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invitation {
    /// They are called.
    Called,
    /// They are in the conversation already, or are being called for it.
    There,
    /// Nobody talks with the reporter.
    Nobody,
    /// The line has no number at which it may call them.
    Unreachable,
    /// The roster has no such person.
    Unknown,
}

/// The longest name of whoever asks: it is said on the telephone.
const LONGEST_NAME: usize = 60;

impl Invitation {
    /// Whether this can be said as the name of whoever asks.
    #[must_use]
    pub fn is_name(text: &str) -> bool {
        let letters = text.chars().count();
        !text.trim().is_empty() && letters <= LONGEST_NAME && !text.chars().any(char::is_control)
    }

    /// Why nobody was called, where nobody was.
    #[must_use]
    pub fn refusal(self) -> Option<&'static str> {
        match self {
            Self::Called | Self::There => None,
            Self::Nobody => Some("nobody talks with the reporter: there is no conversation to come into"),
            Self::Unreachable => Some("the roster has no number at which this person can be called"),
            Self::Unknown => Some("the roster has no person with this id"),
        }
    }
}

/// `person` is called, to come into the conversation about the case of this number; `by` asks for it, and whoever picks up
/// hears so.
///
/// # Errors
/// [`OpsError::NotFound`] without such a case; the store's.
pub async fn invite(hotline: &Hotline, number: &CaseNumber, person: &str, by: &str) -> Result<Invitation, OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Invitation, OpsError> {
            let incident = tx.lock_incident_by_number(number).await?.ok_or(OpsError::NotFound("case"))?;
            ask_in(hotline, tx, &incident, person, (&Actor::Operator(by.to_owned()), by)).await
        })
        .await
}

/// The same in the unit of `tx`, for a case that is locked: `actor` asks for it, whom people call `by`.
pub(super) async fn ask_in(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    person: &str,
    (actor, by): (&Actor, &str),
) -> Result<Invitation, OpsError> {
    let roster = hotline.roster(tx).await?;
    let Some(person) = Hotline::person(roster.as_deref(), person) else { return Ok(Invitation::Unknown) };
    let Some(talk) = conversation(tx, incident, None).await? else { return Ok(Invitation::Nobody) };
    let there = takes_part(tx, &talk, person.id.as_str()).await?;
    if there || called(tx, incident, person).await? {
        return Ok(Invitation::There);
    }
    let Some(number) = numbers(hotline, tx, person).await?.into_iter().next() else {
        return Ok(Invitation::Unreachable);
    };
    let change = Change::Invited { person: person.id.to_string() };
    tx.append_entry(incident.id, hotline.now(), actor, &change).await?;
    call(hotline, tx, incident.id, number, by).await?;
    Ok(Invitation::Called)
}

/// The call did not reach them: their next number is tried, as long as the conversation lasts.
pub(super) async fn invite_failed(hotline: &Hotline, tx: &mut Tx, message: &Message) -> Result<(), OpsError> {
    let (Some(incident), Some(number)) = (message.incident, message.to.number()) else { return Ok(()) };
    let incident = tx.lock_incident(incident).await?.ok_or(OpsError::NotFound("incident"))?;
    let roster = hotline.roster(tx).await?;
    let person = roster.as_ref().and_then(|roster| roster.person_at(number));
    let Some(person) = person.filter(|_| message.template == INVITE) else { return Ok(()) };
    if conversation(tx, &incident, None).await?.is_none() {
        return Ok(());
    }
    // The number that failed may not be used any more.
    let usable = numbers(hotline, tx, person).await?;
    let mut further = voices(person).skip_while(|known| *known != number).skip(1);
    match further.find(|next| usable.contains(next)).cloned() {
        Some(next) => call(hotline, tx, incident.id, next, &message.body).await,
        None => Ok(()),
    }
}

/// Whether an invitation is still of use.
pub(super) async fn still_wanted(tx: &mut Tx, message: &Message) -> Result<bool, OpsError> {
    let Some(incident) = message.incident.filter(|_| message.template == INVITE) else { return Ok(true) };
    let incident = tx.incident(incident).await?.ok_or(OpsError::NotFound("incident"))?;
    Ok(conversation(tx, &incident, None).await?.is_some())
}

/// Whether a call for it is on its way or rings.
async fn called(tx: &mut Tx, incident: &Incident, person: &Person) -> Result<bool, OpsError> {
    for message in tx.messages(incident.id).await?.into_iter().filter(|message| message.template == INVITE) {
        let theirs = |number: &Phone| person.contacts.iter().any(|contact| contact.address.phone() == Some(number));
        if !message.to.number().is_some_and(theirs) || message.state == Delivery::Failed {
            continue;
        }
        let ended = match tx.dialogue_of_message(message.id).await? {
            Some(dialogue) => tx.call(dialogue.call).await?.is_some_and(|call| call.ended_at.is_some()),
            None => message.sent_at.is_some() || message.state != Delivery::Intended,
        };
        if !ended {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The numbers at which the line may call them, in their order.
async fn numbers(hotline: &Hotline, tx: &mut Tx, person: &Person) -> Result<Vec<Phone>, OpsError> {
    let unused = Unused::of(hotline, tx, std::slice::from_ref(person)).await?;
    let used = |number: &&Phone| !unused.has(hotline, &Address::Voice((*number).clone()));
    Ok(voices(person).filter(used).cloned().collect())
}

/// Their telephones, in their order.
fn voices(person: &Person) -> impl Iterator<Item = &Phone> {
    person.contacts.iter().filter_map(|contact| match &contact.address {
        Address::Voice(number) => Some(number),
        _ => None,
    })
}

async fn call(hotline: &Hotline, tx: &mut Tx, incident: IncidentId, number: Phone, by: &str) -> Result<(), OpsError> {
    let intent = Intent {
        incident: Some(incident),
        page: None,
        template: INVITE,
        channel: Channel::Voice,
        to: Recipient::Number(number),
        body: by.to_owned(),
        at: hotline.now(),
    };
    set_down(hotline, tx, intent).await?;
    Ok(())
}
