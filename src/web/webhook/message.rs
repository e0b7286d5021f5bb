//! Text messages: one came in, or one that went out was confirmed or failed.

use axum::extract::State;
use axum::response::Response;

use super::super::Door;
use super::signed::Signed;
use super::status::taken;
use super::voice::refuse;
use super::{PROVIDER, answer};
use crate::ops::{Incoming, message_receipt, receive_message};
use crate::paging::Delivery;
use crate::provider::telephony::{EMPTY_DOCUMENT, MessageStatus};

/// A text message reached the line. It is answered by a message of its own, never in the document: the answer must be a
/// row before it is sent.
pub async fn incoming(State(door): State<Door>, signed: Signed) -> Response {
    let message = match door.events.incoming_message(&signed.params) {
        Ok(message) => message,
        Err(error) => return refuse(&error),
    };
    let incoming = Incoming {
        provider: PROVIDER,
        provider_message: message.provider_message,
        from: Some(message.from),
        to: Some(message.to),
        body: message.body,
    };
    match receive_message(&door.hotline, incoming).await {
        Ok(()) => answer::twiml(EMPTY_DOCUMENT.to_owned()),
        Err(error) => taken(Err(error)),
    }
}

/// A receipt of a message that went out.
pub async fn receipt(State(door): State<Door>, signed: Signed) -> Response {
    let progress = match door.events.message_progress(&signed.params) {
        Ok(progress) => progress,
        Err(error) => return refuse(&error),
    };
    match delivery(progress.status) {
        Some(delivery) => {
            taken(message_receipt(&door.hotline, &progress.provider_message, delivery, progress.error_code).await)
        }
        None => taken(Ok(())),
    }
}

/// What a provider's word means for a message of ours; `None` = nothing new.
fn delivery(status: MessageStatus) -> Option<Delivery> {
    use MessageStatus as S;
    match status {
        S::Accepted | S::Scheduled | S::Queued | S::Sending => Some(Delivery::Accepted),
        S::Sent | S::PartiallyDelivered => Some(Delivery::Sent),
        S::Delivered | S::Read => Some(Delivery::Delivered),
        S::Undelivered | S::Failed | S::Canceled => Some(Delivery::Failed),
        S::Receiving | S::Received => None,
    }
}
