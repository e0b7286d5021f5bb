//! Sending text messages by the TwiML family's REST interface.

use serde::Deserialize;

use crate::phone::Phone;
use crate::provider::failure::{Class, Classes};
use crate::provider::http::Limits;
use crate::provider::rest::{Account, AccountError, Rest};
use crate::provider::send_error::{Cause, SendError};
use crate::provider::telephony::MessageStatus;

/// The longest text the provider takes, in characters (error 21617 beyond it).
pub const MAX_TEXT_CHARACTERS: usize = 1_600;

/// Who a message comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sender {
    /// A number of ours.
    Number(Phone),
    /// A messaging service, by its id: the provider picks one of its numbers.
    Service(String),
}

/// A message the provider took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The provider's id: its reports name it.
    pub provider_message: String,
    /// How it fares so far.
    pub status: MessageStatus,
}

/// Sends text messages of one account from one sender. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sms {
    rest: Rest,
    sender: Sender,
}

/// The parts of the answer that are read.
#[derive(Deserialize)]
struct Answer {
    sid: Option<String>,
    /// A word, where it is one.
    status: Option<serde_json::Value>,
    error_code: Option<u32>,
}

impl Sms {
    /// A client for `account` that sends as `sender`.
    ///
    /// # Errors
    /// [`AccountError`], which names the mend.
    pub fn new(account: Account, sender: Sender, limits: Limits) -> Result<Self, AccountError> {
        Ok(Self { rest: Rest::new(account, limits)?, sender })
    }

    /// The same, with other classes of error codes.
    #[must_use]
    pub fn with_classes(self, classes: Classes) -> Self {
        Self { rest: self.rest.with_classes(classes), ..self }
    }

    /// Sends `text` to `to`. Asked again under the same `idempotency_key`, the provider makes no second message; reports go to
    /// `status_callback`, an absolute URL.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send(
        &self,
        to: &Phone,
        text: &str,
        status_callback: Option<&str>,
        idempotency_key: &str,
    ) -> Result<Sent, SendError> {
        if text.trim().is_empty() || text.chars().count() > MAX_TEXT_CHARACTERS {
            return Err(SendError::CONTENT);
        }
        let mut form = vec![("To", to.as_str()), ("Body", text)];
        form.push(match &self.sender {
            Sender::Number(number) => ("From", number.as_str()),
            Sender::Service(id) => ("MessagingServiceSid", id),
        });
        form.extend(status_callback.map(|url| ("StatusCallback", url)));
        let answer = self.rest.post(&self.rest.path("Messages.json"), &form, Some(idempotency_key)).await?;
        self.read(&answer)
    }

    fn read(&self, body: &[u8]) -> Result<Sent, SendError> {
        let answer = serde_json::from_slice::<Answer>(body).map_err(|_| SendError::UNREADABLE)?;
        let shape = self.rest.dialect().messages;
        let provider_message = answer.sid.filter(|id| shape.fits(id)).ok_or(SendError::UNREADABLE)?;
        // A word we do not know is no reason to send twice: the message has an id.
        let status = answer.status.as_ref().and_then(serde_json::Value::as_str).and_then(MessageStatus::from_word);
        let status = status.unwrap_or(MessageStatus::Accepted);
        if matches!(status, MessageStatus::Failed | MessageStatus::Undelivered) {
            let class = answer.error_code.map_or(Class::Retry, |code| self.rest.classes().classify(code));
            return Err(SendError { code: answer.error_code, ..SendError::new(class, Cause::Refused(201)) });
        }
        Ok(Sent { provider_message, status })
    }
}

#[cfg(test)]
#[path = "sms_tests.rs"]
mod tests;
