//! Hands a message to whoever carries its channel. The row was committed before; a crash between sending and writing it down
//! sends again, under the same idempotency key.

mod call;
mod text;
mod written;

use std::time::Duration;

use super::Workers;
use super::run::Failure;
use crate::id::MessageId;
use crate::oncall::Address;
use crate::ops::{self, Lease, Outgoing};
use crate::paging::Disabled;
use crate::provider::messaging::{Class, SendError};

/// Tries for a passing fault before the message is taken for refused and the ladder goes on: about a minute.
const TRIES: i32 = 5;
/// The longest that another side may ask us to wait. Whoever is paged cannot: the next contact is due instead.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// Hands the message over.
pub async fn send_message(workers: &Workers, id: MessageId, lease: Lease) -> Result<(), Failure> {
    let hotline = &workers.hotline;
    let Some(outgoing) = ops::message_to_send(hotline, id).await? else {
        return Ok(ops::nothing_to_do(hotline, lease).await?);
    };
    let Outgoing { message, address, .. } = &outgoing;
    match address {
        Some(Address::Sms(to)) => text::send(workers, message, to, lease).await,
        Some(Address::Voice(_)) => call::place(workers, id, lease).await,
        Some(Address::Email(to)) => written::mail(workers, &outgoing, to, lease).await,
        Some(Address::Webhook(to)) => written::post(workers, &outgoing, to, lease).await,
        // Nobody wants it there any more: the next contact is due.
        None => Ok(ops::message_refused(hotline, lease, id, None, None).await?),
    }
}

/// The message was not taken.
async fn refused(workers: &Workers, id: MessageId, lease: Lease, error: SendError) -> Result<(), Failure> {
    let why = match error.class {
        Class::Retry if lease.attempt < TRIES && error.wait.is_none_or(|wait| wait <= LONGEST_WAIT) => {
            return Err(Failure::Passing { what: error.to_string(), wait: error.wait });
        }
        // Nothing we can do will make the provider take it: the ladder hurries on, and a person is told.
        Class::Retry | Class::Configuration | Class::OtherSender => return Err(Failure::lasting(&error)),
        Class::ContactInvalid => Disabled::Invalid,
        Class::OptedOut => Disabled::OptedOut,
    };
    Ok(ops::message_refused(&workers.hotline, lease, id, error.code, Some(why)).await?)
}
