//! A text message goes out by the first provider that takes it.

use super::super::Workers;
use super::super::run::Failure;
use super::refused;
use crate::ops::{self, Lease};
use crate::paging::Message;
use crate::phone::Phone;
use crate::provider::messaging::Sms;

/// Sends the text.
pub(super) async fn send(workers: &Workers, message: &Message, to: &Phone, lease: Lease) -> Result<(), Failure> {
    let hotline = &workers.hotline;
    let attempt =
        |sms: Sms, key: String| async move { sms.send(to, &message.body, Some(&workers.sms_status_url), &key).await };
    match workers.ways.texts.send(&hotline.clock, &message.id.to_string(), attempt).await {
        Ok(taken) => Ok(ops::message_accepted(hotline, lease, message.id, &taken.answer.provider_message).await?),
        Err(untaken) => refused(workers, message.id, lease, untaken.error).await,
    }
}
