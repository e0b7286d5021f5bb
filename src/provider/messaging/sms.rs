//! Sending text messages by the TwiML family's REST interface.

use std::fmt;

use reqwest::{StatusCode, Url};
use serde::Deserialize;

use super::failure::{self, Class};
use crate::phone::Phone;
use crate::provider::Secret;
use crate::provider::http::{Fault, Http, Limits, NoClient};
use crate::provider::telephony::{Dialect, IdShape, MessageStatus};

/// The longest text the provider takes, in characters (error 21617 beyond it).
pub const MAX_TEXT_CHARACTERS: usize = 1_600;

/// Names a send, so that the provider makes one message of it however often it is asked.
const IDEMPOTENCY_HEADER: &str = "I-Twilio-Idempotency-Token";

/// Who a message comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sender {
    /// A number of ours.
    Number(Phone),
    /// A messaging service, by its id: the provider picks one of its numbers.
    Service(String),
}

/// An account at the provider.
#[derive(Clone, Debug)]
pub struct Account {
    /// The REST address, e.g. `https://api.twilio.com`.
    pub api: String,
    /// The account's id.
    pub id: String,
    /// Its token.
    pub token: Secret,
    /// What its ids look like.
    pub dialect: Dialect,
}

/// Why an account cannot be used. A reason not to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The address is no URL, or its token would cross a network in clear text.
    #[error("the provider's REST address must be https://host (http:// is taken for this machine itself only)")]
    Api,
    /// The account's id is empty or has characters no id has.
    #[error("the provider's account id is missing or misshapen: copy it from the provider's console")]
    Id,
    /// The token is empty.
    #[error("the provider's token is empty: copy it from the provider's console into the configuration")]
    Token,
    /// No HTTPS on this machine.
    #[error(transparent)]
    Client(#[from] NoClient),
}

/// A message the provider took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The provider's id: its reports name it.
    pub provider_message: String,
    /// How it fares so far.
    pub status: MessageStatus,
}

/// A message the provider did not take, or may not have taken. Holds nothing personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("text message not sent ({}): {cause}", class.as_str())]
pub struct SendError {
    /// What to do about it.
    pub class: Class,
    /// The provider's code.
    pub code: Option<u32>,
    /// How it failed, for the log.
    pub cause: Cause,
}

/// How a send failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// There was no usable answer. The message may have been taken: send again under the same key.
    Fault(Fault),
    /// The provider refused, with this HTTP status.
    Refused(u16),
    /// The provider said yes, but named no message. It may have been taken.
    Unreadable,
    /// The text is empty or too long.
    Text,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(f),
            Self::Refused(status) => write!(f, "refused with HTTP {status}"),
            Self::Unreadable => f.write_str("the answer names no message"),
            Self::Text => write!(f, "the text is empty or longer than {MAX_TEXT_CHARACTERS} characters"),
        }
    }
}

/// Sends text messages of one account from one sender. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sms {
    http: Http,
    messages: String,
    account: Account,
    sender: Sender,
}

/// The parts of the answer that are read, of success and of failure.
#[derive(Deserialize)]
struct Answer {
    sid: Option<String>,
    #[serde(default)]
    status: Status,
    code: Option<u32>,
    error_code: Option<u32>,
}

/// A message's status is a word, an error's the HTTP status as a number.
#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Status {
    Word(String),
    Number(#[expect(dead_code, reason = "the HTTP status itself says it")] u16),
    #[default]
    Absent,
}

impl Sms {
    /// A client for `account` that sends as `sender`.
    ///
    /// # Errors
    /// [`AccountError`], which names the mend.
    pub fn new(account: Account, sender: Sender, limits: Limits) -> Result<Self, AccountError> {
        let api = Url::parse(account.api.trim()).map_err(|_| AccountError::Api)?;
        let is_here = matches!(api.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let is_guarded = api.scheme() == "https" || (api.scheme() == "http" && is_here);
        if !is_guarded || api.query().is_some() || api.fragment().is_some() || !api.username().is_empty() {
            return Err(AccountError::Api);
        }
        // The id becomes a part of the path.
        if !IdShape::Opaque.fits(&account.id) {
            return Err(AccountError::Id);
        }
        if account.token.is_empty() {
            return Err(AccountError::Token);
        }
        let base = api.as_str().trim_end_matches('/');
        let messages = format!("{base}/2010-04-01/Accounts/{}/Messages.json", account.id);
        Ok(Self { http: Http::new(limits)?, messages, account, sender })
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
            return Err(SendError { class: Class::Configuration, code: None, cause: Cause::Text });
        }
        let mut form = vec![("To", to.as_str()), ("Body", text)];
        form.push(match &self.sender {
            Sender::Number(number) => ("From", number.as_str()),
            Sender::Service(id) => ("MessagingServiceSid", id),
        });
        form.extend(status_callback.map(|url| ("StatusCallback", url)));
        let request = self
            .http
            .post(&self.messages)
            .basic_auth(&self.account.id, Some(self.account.token.expose()))
            .header(IDEMPOTENCY_HEADER, idempotency_key)
            .form(&form);
        let (status, body) = self.http.exchange(request).await.map_err(no_answer)?;
        self.read(status, &body)
    }

    fn read(&self, status: StatusCode, body: &[u8]) -> Result<Sent, SendError> {
        let answer = serde_json::from_slice::<Answer>(body).ok();
        if !status.is_success() {
            return Err(refused(status, answer.and_then(|answer| answer.code)));
        }
        let answer = answer.ok_or(UNREADABLE)?;
        let provider_message = answer.sid.filter(|id| self.account.dialect.messages.fits(id)).ok_or(UNREADABLE)?;
        let status = match answer.status {
            Status::Word(word) => MessageStatus::from_word(&word),
            Status::Number(_) | Status::Absent => None,
        };
        // A word we do not know is no reason to send twice: the message has an id.
        let status = status.unwrap_or(MessageStatus::Accepted);
        if matches!(status, MessageStatus::Failed | MessageStatus::Undelivered) {
            let class = answer.error_code.map_or(Class::Retry, failure::classify);
            return Err(SendError { class, code: answer.error_code, cause: Cause::Refused(201) });
        }
        Ok(Sent { provider_message, status })
    }
}

const UNREADABLE: SendError = SendError { class: Class::Retry, code: None, cause: Cause::Unreadable };

fn no_answer(fault: Fault) -> SendError {
    let class = if fault == Fault::Request { Class::Configuration } else { Class::Retry };
    SendError { class, code: None, cause: Cause::Fault(fault) }
}

/// A known code decides; else the status. A redirect or an unknown account is no passing trouble, everything else may be.
fn refused(status: StatusCode, code: Option<u32>) -> SendError {
    let class = code.and_then(failure::known).unwrap_or(match status.as_u16() {
        300..=399 | 401 | 403 | 404 => Class::Configuration,
        _ => Class::Retry,
    });
    SendError { class, code, cause: Cause::Refused(status.as_u16()) }
}

#[cfg(test)]
#[path = "sms_tests.rs"]
mod tests;
