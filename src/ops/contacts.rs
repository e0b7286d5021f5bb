//! Which addresses are not used for now: their owner said STOP, or nothing reaches them. Nobody is paged there, supervisors
//! are told, and the next contact is due.

use std::collections::HashSet;

use super::message::{message_lost, tell};
use super::page::hurry;
use super::remind::hurry_reminder;
use super::reply::CODE_LIFE;
use super::{Hotline, OpsError};
use crate::clock::Instant;
use crate::id::{IncidentId, hex};
use crate::incident::{Actor, Change};
use crate::oncall::{Address, Channel, ContactId, Person, PersonId, Roster};
use crate::paging::{Delivery, Disabled, Message, Recipient, Wish};
use crate::phone::Phone;
use crate::sla::Severity;
use crate::store::{ContactState, Tx};

/// The addresses of the roster that are not used now.
pub(super) struct Unused(HashSet<String>);

impl Unused {
    /// Those of `people`.
    pub(super) async fn of(hotline: &Hotline, tx: &mut Tx, people: &[Person]) -> Result<Self, OpsError> {
        let contacts = people.iter().flat_map(|person| &person.contacts);
        let addresses: Vec<String> = contacts.map(|contact| hash(hotline, &contact.address)).collect();
        let now = hotline.now();
        let known = tx.contact_states(&addresses).await?;
        let stands = known.into_iter().filter(|known| known.state.stands(known.at, now));
        Ok(Self(stands.map(|known| known.address).collect()))
    }

    /// Whether this address is one of them.
    pub(super) fn has(&self, hotline: &Hotline, address: &Address) -> bool {
        self.0.contains(&hash(hotline, address))
    }

    /// Whether `person` can be told of a case of this severity over some contact.
    pub(super) fn leaves_a_way_to(&self, hotline: &Hotline, person: &Person, severity: Severity) -> bool {
        let rules = person.rules(severity);
        let mut contacts = rules.iter().filter_map(|rule| person.contact(&rule.contact));
        contacts.any(|contact| !self.has(hotline, &contact.address))
    }
}

/// What is stored of an address.
fn hash(hotline: &Hotline, address: &Address) -> String {
    let text = match address {
        Address::Sms(phone) | Address::Voice(phone) => phone.as_str(),
        Address::Email(email) => email.as_str(),
        Address::Webhook(webhook) => webhook.url.as_str(),
    };
    hex(hotline.keyed(&["contact", address.channel().as_str(), text]).get(..16).unwrap_or_default())
}

/// Whether an address is used now.
pub(super) async fn is_used(hotline: &Hotline, tx: &mut Tx, address: &Address) -> Result<bool, OpsError> {
    let known = tx.contact_state(&hash(hotline, address)).await?;
    Ok(known.is_none_or(|known| !known.state.stands(known.at, hotline.now())))
}

/// Where a message goes; `None` when the roster has that contact no more.
pub(super) fn address_of(roster: Option<&Roster>, message: &Message) -> Option<Address> {
    match (&message.to, message.channel) {
        (Recipient::Number(number), Channel::Sms) => Some(Address::Sms(number.clone())),
        (Recipient::Number(number), Channel::Voice) => Some(Address::Voice(number.clone())),
        (Recipient::Number(_), Channel::Email | Channel::Webhook) => None,
        (Recipient::Contact { person, contact }, channel) => {
            let person = roster?.person(&PersonId::parse(person).ok()?)?;
            let contact = person.contact(&ContactId::parse(contact).ok()?)?;
            (contact.channel() == channel).then(|| contact.address.clone())
        }
    }
}

/// The owner of a number wants no messages there any more, or wants them again. What strangers want is of no interest:
/// they get none.
pub(super) async fn heed(hotline: &Hotline, tx: &mut Tx, from: &Phone, wish: Wish) -> Result<(), OpsError> {
    let address = Address::Sms(from.clone());
    if wish == Wish::Start {
        tx.clear_contact_state(&hash(hotline, &address)).await?;
        return Ok(());
    }
    let roster = hotline.roster(tx).await?;
    let known = roster.as_ref().is_some_and(|roster| roster.person_at(from).is_some());
    if known || tx.messages_to(from, Instant::UNIX_EPOCH).await? > 0 {
        disable(hotline, tx, &address, Disabled::OptedOut, None).await?;
    }
    Ok(())
}

/// `address` is not used from now on. Where it is a person's: supervisors are told, it stands on the timeline of the case it
/// failed in and of every case they are paged for, what would still go there gives way to their next contact, and without
/// one they are passed over at once.
pub(super) async fn disable(
    hotline: &Hotline,
    tx: &mut Tx,
    address: &Address,
    why: Disabled,
    about: Option<IncidentId>,
) -> Result<(), OpsError> {
    let now = hotline.now();
    let key = hash(hotline, address);
    let known = tx.contact_state(&key).await?;
    if known.is_some_and(|known| known.state == why && known.state.stands(known.at, now)) {
        return Ok(());
    }
    tx.put_contact_state(&ContactState { address: key, state: why, at: now }).await?;
    let Some(roster) = hotline.roster(tx).await? else { return Ok(()) };
    let theirs = |person: &&Person| person.contacts.iter().any(|contact| contact.address == *address);
    let Some(person) = roster.people().iter().find(theirs) else { return Ok(()) };
    let channel = address.channel();
    tracing::warn!(channel = channel.as_str(), why = why.as_str(), "a contact is not used any more");
    let mut pages = tx.pages_of(person.id.as_str(), now - CODE_LIFE).await?;
    pages.retain(|page| page.closed_at.is_none());
    let mut cases: Vec<IncidentId> = about.into_iter().chain(pages.iter().map(|page| page.incident)).collect();
    let mut seen = HashSet::new();
    cases.retain(|case| seen.insert(*case));
    for case in &cases {
        let change = Change::ContactDisabled {
            person: person.id.to_string(),
            channel: channel.as_str().to_owned(),
            reason: why.as_str().to_owned(),
        };
        tx.append_entry(*case, now, &Actor::System, &change).await?;
    }
    let case = match cases.first() {
        Some(case) => tx.incident(*case).await?.map(|incident| (incident.id, incident.number)),
        None => None,
    };
    for supervisor in roster.supervisors() {
        let number = case.as_ref().map(|(_, number)| number);
        let body = hotline.policy.writer.contact_disabled(supervisor.language, number, &person.name, channel, why);
        let about = case.as_ref().map(|(id, _)| *id);
        tell(hotline, tx, about, "contact_disabled", supervisor, body).await?;
    }
    for page in pages {
        for message in tx.messages_of_page(page.id).await? {
            let waits = message.state == Delivery::Intended;
            if waits && address_of(Some(&roster), &message).is_some_and(|other| other == *address) {
                message_lost(hotline, tx, message.id, None).await?;
            }
        }
        let Some(incident) = tx.incident(page.incident).await? else { continue };
        let unused = Unused::of(hotline, tx, std::slice::from_ref(person)).await?;
        if !unused.leaves_a_way_to(hotline, person, incident.severity) {
            hurry_reminder(hotline, tx, &page).await?;
            hurry(hotline, tx, &page).await?;
        }
    }
    Ok(())
}
