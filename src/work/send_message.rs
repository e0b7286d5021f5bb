//! Hands a text message to the provider. The row was committed before; a crash between sending and writing it down sends
//! again, under the same idempotency key.

use super::Workers;
use super::run::Failure;
use crate::id::MessageId;
use crate::ops::{self, Lease};
use crate::provider::messaging::Class;

/// Tries for a passing fault before the message is taken for refused and the ladder goes on: about a minute.
const TRIES: i32 = 5;

/// Hands the message over.
pub async fn send_message(workers: &Workers, id: MessageId, lease: Lease) -> Result<(), Failure> {
    let hotline = &workers.hotline;
    let Some(message) = ops::message_to_send(hotline, id).await? else {
        return Ok(ops::nothing_to_do(hotline, lease).await?);
    };
    let sent = workers.sms.send(&message.to, &message.body, Some(&workers.sms_status_url), &id.to_string()).await;
    match sent {
        Ok(sent) => Ok(ops::message_accepted(hotline, lease, id, &sent.provider_message).await?),
        Err(error) => match error.class {
            Class::Retry if lease.attempt < TRIES => Err(Failure::passing(&error)),
            // Nothing we can do will make the provider take it: the ladder hurries on, and a person is told.
            Class::Retry | Class::Configuration | Class::OtherSender => Err(Failure::lasting(&error)),
            Class::ContactInvalid | Class::OptedOut => Ok(ops::message_refused(hotline, lease, id, error.code).await?),
        },
    }
}
