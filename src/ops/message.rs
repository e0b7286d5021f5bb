//! A text message's life: decided, handed over, confirmed or failed. Its row is there before anything is sent.

use super::bundle::{bundle_failed, standing};
use super::contacts::{Unused, address_of, disable, is_used};
use super::invite::{INVITE, invite_failed};
use super::page::page_failed;
use super::part::{CALL_BACK, try_later};
use super::{Due, Hotline, Lease, OpsError, Task, enqueue_all};
use crate::clock::Instant;
use crate::id::{BundleId, IncidentId, MessageId, PageId};
use crate::incident::{Actor, Change};
use crate::oncall::{Address, Channel, Contact, Person};
use crate::paging::{Delivery, Disabled, Message, Recipient, without_codes};
use crate::phone::Phone;
use crate::store::Tx;

/// The template of messages that carry a bundle of pages.
pub(super) const BUNDLE: &str = "page_bundle";

/// The template of messages about a person's own duty.
pub(super) const HANDOVER: &str = "handover";

/// Templates of messages to somebody who was told before, or that are about no case: the first page of a new case overtakes
/// all of them.
const REPEATS: [&str; 4] = ["page_repeat", "page_remind", BUNDLE, HANDOVER];

/// A message to be: what [`intend`] and [`tell`] leave open.
pub(super) struct Intent<'a> {
    /// What it is about.
    pub incident: Option<IncidentId>,
    /// The page it carries.
    pub page: Option<PageId>,
    /// What it is.
    pub template: &'a str,
    /// How it is sent.
    pub channel: Channel,
    /// To whom.
    pub to: Recipient,
    /// The words.
    pub body: String,
    /// When.
    pub at: Instant,
}

/// Decides that something is sent: the row and the job, in the unit of `tx`.
pub(super) async fn set_down(hotline: &Hotline, tx: &mut Tx, intent: Intent<'_>) -> Result<MessageId, OpsError> {
    let incident = intent.incident;
    let (message, job) = write_down(hotline, tx, intent).await?;
    enqueue_all(hotline, tx, incident, &[job]).await?;
    Ok(message)
}

/// The row alone: the job is its caller's to enqueue, in the same unit.
pub(super) async fn write_down(
    hotline: &Hotline,
    tx: &mut Tx,
    intent: Intent<'_>,
) -> Result<(MessageId, Due), OpsError> {
    let now = hotline.now();
    let Intent { incident, page, template, channel, to, body, at } = intent;
    let message = Message {
        id: MessageId(hotline.ids.ordered(now)),
        incident,
        page,
        template: template.to_owned(),
        channel,
        to,
        body,
        state: Delivery::Intended,
        provider_message: None,
        error_code: None,
        created_at: now,
        sent_at: None,
    };
    tx.insert_message(&message).await?;
    if let Some(incident) = incident
        && template.starts_with("caller_")
    {
        let change = Change::Informed { template: template.to_owned() };
        tx.append_entry(incident, now, &Actor::System, &change).await?;
    }
    let task = Task::SendMessage { message: message.id };
    let priority = if REPEATS.contains(&template) { Task::REPEAT } else { task.priority() };
    Ok((message.id, Due { run_at: at, task, priority }))
}

/// Decides that the number `to` is sent the text `body` now, unless its owner wants none.
pub(super) async fn intend(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: Option<IncidentId>,
    template: &str,
    to: Phone,
    body: String,
) -> Result<(), OpsError> {
    if !is_used(hotline, tx, &Address::Sms(to.clone())).await? {
        tracing::info!(template, "a number takes no texts; this one is left out");
        return Ok(());
    }
    let (channel, to, at) = (Channel::Sms, Recipient::Number(to), hotline.now());
    set_down(hotline, tx, Intent { incident, page: None, template, channel, to, body, at }).await?;
    Ok(())
}

/// Decides that a person of the roster is told something that is no page: by text, else by their first other contact in
/// writing.
pub(super) async fn tell(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: Option<IncidentId>,
    template: &str,
    person: &Person,
    body: String,
) -> Result<(), OpsError> {
    let unused = Unused::of(hotline, tx, std::slice::from_ref(person)).await?;
    let used = || person.contacts.iter().filter(|contact| !unused.has(hotline, &contact.address));
    let texts = |contact: &&Contact| contact.channel() == Channel::Sms;
    let written = |contact: &&Contact| contact.channel() != Channel::Voice;
    let Some(contact) = used().find(texts).or_else(|| used().find(written)) else {
        tracing::warn!(template, "a person has no contact in writing that is used, and is not told");
        return Ok(());
    };
    let (channel, to, at) = (contact.channel(), recipient(person, contact), hotline.now());
    set_down(hotline, tx, Intent { incident, page: None, template, channel, to, body, at }).await?;
    Ok(())
}

/// Where a message to this contact goes.
pub(super) fn recipient(person: &Person, contact: &Contact) -> Recipient {
    match contact.address.phone() {
        Some(number) => Recipient::Number(number.clone()),
        None => Recipient::Contact { person: person.id.to_string(), contact: contact.id.to_string() },
    }
}

/// The message, and before it the case it is about, as everybody locks them: what becomes of a message is told to the case.
pub(super) async fn lock(tx: &mut Tx, id: MessageId) -> Result<Message, OpsError> {
    let about = tx.message(id).await?.ok_or(OpsError::NotFound("message"))?.incident;
    if let Some(incident) = about {
        tx.lock_incident(incident).await?;
    }
    alone(tx, id).await
}

/// The message alone: in a unit that asks for no case afterwards.
async fn alone(tx: &mut Tx, id: MessageId) -> Result<Message, OpsError> {
    tx.lock_message(id).await?.ok_or(OpsError::NotFound("message"))
}

/// Whether a message is still to be sent: one that carries a page is not, once that is closed.
pub(super) async fn stands(tx: &mut Tx, message: &Message) -> Result<bool, OpsError> {
    Ok(match message.page {
        Some(page) => tx.page(page).await?.is_some_and(|page| page.closed_at.is_none()),
        None => match carried(tx, message).await? {
            Some(bundle) => !standing(tx, bundle).await?.is_empty(),
            None => true,
        },
    })
}

/// The provider took the message under this id. Receipts that overtook this news are taken in with it.
///
/// # Errors
/// [`OpsError`].
pub async fn message_accepted(
    hotline: &Hotline,
    lease: Lease,
    id: MessageId,
    provider_message: &str,
) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let early = tx.take_parked_receipts(provider_message).await?;
            // That it was taken is of no interest to its case: whoever is at work on that need not wait.
            let mut message = if early.is_empty() { alone(tx, id).await? } else { lock(tx, id).await? };
            message.provider_message = Some(provider_message.to_owned());
            message.sent_at = Some(hotline.now());
            message.state = message.state.after(Delivery::Accepted);
            // Until now a crash would have to send it again; from now on nobody needs the code but the person.
            message.body = without_codes(&message.body);
            tx.save_message(&message).await?;
            for receipt in early {
                receive(hotline, tx, &mut message, receipt.state, receipt.error_code).await?;
            }
            lease.settle(hotline, tx).await
        })
        .await
}

/// The provider will never take the message; `why` says so when its address is not to be used any more.
///
/// # Errors
/// [`OpsError`].
pub async fn message_refused(
    hotline: &Hotline,
    lease: Lease,
    id: MessageId,
    code: Option<u32>,
    why: Option<Disabled>,
) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            if let Some(why) = why {
                let message = lock(tx, id).await?;
                gone(hotline, tx, &message, why).await?;
            }
            message_lost(hotline, tx, id, code).await?;
            lease.settle(hotline, tx).await
        })
        .await
}

/// The address of this message is not to be used any more.
async fn gone(hotline: &Hotline, tx: &mut Tx, message: &Message, why: Disabled) -> Result<(), OpsError> {
    let roster = hotline.roster(tx).await?;
    match address_of(roster.as_deref(), message) {
        // In a box, since what would still go there is lost in the same way as this.
        Some(address) => Box::pin(disable(hotline, tx, &address, why, message.incident)).await,
        None => Ok(()),
    }
}

/// The message will never get through: refused for good, or every try is used up.
pub(super) async fn message_lost(
    hotline: &Hotline,
    tx: &mut Tx,
    id: MessageId,
    code: Option<u32>,
) -> Result<(), OpsError> {
    let mut message = lock(tx, id).await?;
    receive(hotline, tx, &mut message, Delivery::Failed, code).await
}

/// A receipt came: late, early, twice or out of order, it never moves a message back.
///
/// # Errors
/// [`OpsError`].
pub async fn message_receipt(
    hotline: &Hotline,
    provider_message: &str,
    state: Delivery,
    code: Option<u32>,
) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            match tx.message_by_provider(provider_message).await? {
                Some(found) => {
                    let mut message = lock(tx, found.id).await?;
                    receive(hotline, tx, &mut message, state, code).await
                }
                None => Ok(tx.park_receipt(provider_message, state, code, hotline.now()).await?),
            }
        })
        .await
}

pub(super) async fn receive(
    hotline: &Hotline,
    tx: &mut Tx,
    message: &mut Message,
    news: Delivery,
    code: Option<u32>,
) -> Result<(), OpsError> {
    let state = message.state.after(news);
    if state == message.state {
        return Ok(());
    }
    message.state = state;
    message.error_code = message.error_code.or(code);
    message.body = without_codes(&message.body);
    tx.save_message(message).await?;
    if state == Delivery::Failed
        && let Some(why) = message.error_code.and_then(|code| hotline.policy.disabling.get(&code))
    {
        gone(hotline, tx, message, *why).await?;
    }
    if let Some(bundle) = carried(tx, message).await? {
        return received(hotline, tx, message, bundle, code).await;
    }
    let Some(page) = message.page else {
        return match (state, message.incident) {
            (Delivery::Failed, Some(id)) if message.template == CALL_BACK => {
                let incident = tx.lock_incident(id).await?.ok_or(OpsError::NotFound("incident"))?;
                try_later(hotline, tx, &incident).await
            }
            (Delivery::Failed, Some(_)) if message.template == INVITE => invite_failed(hotline, tx, message).await,
            _ => Ok(()),
        };
    };
    let page = tx.page(page).await?.ok_or(OpsError::NotFound("page"))?;
    match state {
        Delivery::Failed => page_failed(hotline, tx, &page, message.channel, code).await,
        Delivery::Delivered => {
            let change = Change::PageDelivered { person: page.person, round: page.round };
            tx.append_entry(page.incident, hotline.now(), &Actor::System, &change).await?;
            Ok(())
        }
        Delivery::Intended | Delivery::Accepted | Delivery::Sent => Ok(()),
    }
}

/// The bundle that a message carries.
pub(super) async fn carried(tx: &mut Tx, message: &Message) -> Result<Option<BundleId>, OpsError> {
    if message.template == BUNDLE { Ok(tx.bundle_of_message(message.id).await?) } else { Ok(None) }
}

/// What became of a message that carries a bundle became of every page in it.
async fn received(
    hotline: &Hotline,
    tx: &mut Tx,
    message: &Message,
    bundle: BundleId,
    code: Option<u32>,
) -> Result<(), OpsError> {
    match message.state {
        Delivery::Failed => bundle_failed(hotline, tx, bundle, message.channel, code).await,
        Delivery::Delivered => {
            for page in tx.pages_of_bundle(bundle).await? {
                let change = Change::PageDelivered { person: page.person, round: page.round };
                tx.append_entry(page.incident, hotline.now(), &Actor::System, &change).await?;
            }
            Ok(())
        }
        Delivery::Intended | Delivery::Accepted | Delivery::Sent => Ok(()),
    }
}
