//! A text message's life: decided, handed over, confirmed or failed. Its row is there before anything is sent.

use super::page::page_failed;
use super::{Hotline, Lease, OpsError, Task, enqueue};
use crate::id::{IncidentId, MessageId};
use crate::incident::{Actor, Change};
use crate::paging::{Delivery, Message, without_codes};
use crate::phone::Phone;
use crate::store::Tx;

/// Decides that `to` is sent `body`: the row and the job, in the unit of `tx`.
pub(super) async fn intend(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: Option<IncidentId>,
    template: &str,
    to: Phone,
    body: String,
) -> Result<MessageId, OpsError> {
    let now = hotline.now();
    let message = Message {
        id: MessageId(hotline.ids.ordered(now)),
        incident,
        template: template.to_owned(),
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
    enqueue(hotline, tx, incident, now, &Task::SendMessage { message: message.id }).await?;
    Ok(message.id)
}

/// The message, when it is still to be handed over: not sent before, and, for a page, still open.
///
/// # Errors
/// [`OpsError`].
pub async fn message_to_send(hotline: &Hotline, id: MessageId) -> Result<Option<Message>, OpsError> {
    hotline
        .store
        .read(async |tx: &mut Tx| -> Result<Option<Message>, OpsError> {
            let Some(message) = tx.message(id).await? else { return Ok(None) };
            if message.state != Delivery::Intended {
                return Ok(None);
            }
            match tx.page_of_message(id).await? {
                Some(page) if page.closed_at.is_some() => Ok(None),
                _ => Ok(Some(message)),
            }
        })
        .await
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
            let mut message = tx.lock_message(id).await?.ok_or(OpsError::NotFound("message"))?;
            message.provider_message = Some(provider_message.to_owned());
            message.sent_at = Some(hotline.now());
            message.state = message.state.after(Delivery::Accepted);
            // Until now a crash would have to send it again; from now on nobody needs the code but the person.
            message.body = without_codes(&message.body);
            tx.save_message(&message).await?;
            for receipt in tx.take_parked_receipts(provider_message).await? {
                receive(hotline, tx, &mut message, receipt.state, receipt.error_code).await?;
            }
            lease.settle(hotline, tx).await
        })
        .await?;
    hotline.wake.ring();
    Ok(())
}

/// The provider will never take the message.
///
/// # Errors
/// [`OpsError`].
pub async fn message_refused(
    hotline: &Hotline,
    lease: Lease,
    id: MessageId,
    code: Option<u32>,
) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            message_lost(hotline, tx, id, code).await?;
            lease.settle(hotline, tx).await
        })
        .await?;
    hotline.wake.ring();
    Ok(())
}

/// The message will never get through: refused for good, or every try is used up.
pub(super) async fn message_lost(
    hotline: &Hotline,
    tx: &mut Tx,
    id: MessageId,
    code: Option<u32>,
) -> Result<(), OpsError> {
    let mut message = tx.lock_message(id).await?.ok_or(OpsError::NotFound("message"))?;
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
                    let mut message = tx.lock_message(found.id).await?.ok_or(OpsError::NotFound("message"))?;
                    receive(hotline, tx, &mut message, state, code).await
                }
                None => Ok(tx.park_receipt(provider_message, state, code, hotline.now()).await?),
            }
        })
        .await?;
    hotline.wake.ring();
    Ok(())
}

async fn receive(
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
    let Some(page) = tx.page_of_message(message.id).await? else { return Ok(()) };
    match state {
        Delivery::Failed => page_failed(hotline, tx, &page, code).await,
        Delivery::Delivered => {
            let change = Change::PageDelivered { person: page.person, round: page.round };
            tx.append_entry(page.incident, hotline.now(), &Actor::System, &change).await?;
            Ok(())
        }
        Delivery::Intended | Delivery::Accepted | Delivery::Sent => Ok(()),
    }
}
