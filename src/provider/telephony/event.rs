//! What happened at the provider: verified parameters read into events, each parameter in its strict shape.
//!
//! A request whose call, message or status cannot be read is refused, by the parameter's name. What merely decorates (a
//! time-stamp, a duration) is left out when it cannot be read: no report is lost for its sake.

use chrono::{DateTime, Utc};

use super::dialect::{Dialect, IdShape};
use super::form::Params;
use super::status::{CallStatus, MessageStatus, RecordingStatus};
use crate::clock::Instant;
use crate::flow::Input;
use crate::phone::Phone;

/// The most keys of one input. The provider sends up to the `numDigits` asked for; a flow asks for far fewer.
const MAX_DIGITS: usize = 64;
/// The most characters of recognised speech: a minute of it, the provider's bound, has about 900.
const MAX_SPEECH: usize = 2_000;
/// The most characters of a text message (the provider's own bound for the parameter Body).
const MAX_MESSAGE: usize = 1_600;

/// Numbers that stand for "no number": the provider spells ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE on a
/// telephone's keys.
const WITHHELD: [&str; 5] = ["266696687", "7378742833", "2562533", "8656696", "86282452253"];

/// A parameter that is missing or misshapen. Names it; its value may be personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// The parameter was not sent.
    #[error("the parameter {0} is missing")]
    Missing(&'static str),
    /// The parameter has another shape than it must.
    #[error("the parameter {0} has the wrong shape")]
    Shape(&'static str),
}

/// A call came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingCall {
    /// The provider's id.
    pub provider_call: String,
    /// The caller's number, unless withheld or no telephone's.
    pub from: Option<Phone>,
    /// The line that was called.
    pub to: Phone,
    /// The number that forwarded the call to the line.
    pub forwarded_from: Option<Phone>,
}

/// The caller keyed, said or recorded something, or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The provider's id of the call.
    pub provider_call: String,
    /// What it was.
    pub input: Input,
    /// The caller hung up while recording: what was said counts, nobody hears the next document.
    pub hung_up: bool,
}

/// A report on a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallProgress {
    /// The provider's id.
    pub provider_call: String,
    /// How it fares.
    pub status: CallStatus,
    /// The report's place in their order, from 0.
    pub sequence: Option<u32>,
    /// How long the call was, in whole seconds; in the last report.
    pub seconds: Option<u32>,
    /// When, by the provider's clock, to the second.
    pub at: Option<Instant>,
}

/// A report on a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingProgress {
    /// The provider's id of the call.
    pub provider_call: String,
    /// The provider's id of the recording.
    pub id: String,
    /// Where the provider keeps it, below our account; `None` when there is none.
    pub url: Option<String>,
    /// How it fares.
    pub status: RecordingStatus,
    /// Its length in whole seconds.
    pub seconds: Option<u32>,
}

/// A text message came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingMessage {
    /// The provider's id.
    pub provider_message: String,
    /// Who claims to have sent it: senders can be forged.
    pub from: Phone,
    /// The line it was sent to.
    pub to: Phone,
    /// The text, at most 1600 characters, without NUL.
    pub body: String,
}

/// A report on a text message of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageProgress {
    /// The provider's id.
    pub provider_message: String,
    /// How it fares.
    pub status: MessageStatus,
    /// Why it failed; see [`crate::provider::messaging::classify`].
    pub error_code: Option<u32>,
}

/// Reads events of our accounts in one dialect.
#[derive(Clone, Debug)]
pub struct Events {
    pub(super) dialect: Dialect,
    /// Every recording's address is one of these and its id.
    recordings: Vec<String>,
}

impl Events {
    /// `api` is the provider's REST address without a final slash, e.g. `https://api.twilio.com`; recordings elsewhere, or
    /// of another account, are not ours to fetch.
    #[must_use]
    pub fn new(dialect: Dialect, api: &str, account: &str) -> Self {
        Self { dialect, recordings: vec![recordings_at(api, account)] }
    }

    /// The same, and of a second account of the same dialect.
    #[must_use]
    pub fn and(mut self, api: &str, account: &str) -> Self {
        self.recordings.push(recordings_at(api, account));
        self
    }

    /// Reads the request that begins a call.
    ///
    /// # Errors
    /// [`EventError`]. An unreadable caller is none: nobody's call is refused for their number.
    pub fn incoming_call(&self, params: &Params) -> Result<IncomingCall, EventError> {
        Ok(IncomingCall {
            provider_call: self.call(params)?,
            from: params.get("From").and_then(caller),
            to: phone(params, "To")?,
            forwarded_from: params.get("ForwardedFrom").and_then(caller),
        })
    }

    /// Reads the request that ends a listening or recording verb.
    ///
    /// # Errors
    /// [`EventError`].
    pub fn turn(&self, params: &Params) -> Result<Turn, EventError> {
        let provider_call = self.call(params)?;
        let keyed = params.get("Digits");
        let hung_up = keyed == Some("hangup");
        let input = if let Some(url) = params.get("RecordingUrl") {
            let id = self.recording_at(url, params)?;
            let seconds = required(params, "RecordingDuration")?;
            let seconds = seconds.parse().map_err(|_| EventError::Shape("RecordingDuration"))?;
            Input::Recording { id, url: url.to_owned(), seconds }
        } else if let Some(speech) = filled(params, "SpeechResult").filter(|_| keyed.is_none_or(str::is_empty)) {
            Input::Speech(text(speech, MAX_SPEECH))
        } else if let Some(keyed) = keyed.filter(|_| !hung_up) {
            Input::Digits(digits(keyed)?)
        } else {
            Input::Silence
        };
        Ok(Turn { provider_call, input, hung_up })
    }

    /// Reads a report on a call.
    ///
    /// # Errors
    /// [`EventError`].
    pub fn call_progress(&self, params: &Params) -> Result<CallProgress, EventError> {
        let status = required(params, "CallStatus")?;
        Ok(CallProgress {
            provider_call: self.call(params)?,
            status: CallStatus::from_word(status).ok_or(EventError::Shape("CallStatus"))?,
            sequence: number(params, "SequenceNumber"),
            seconds: number(params, "CallDuration"),
            at: params.get("Timestamp").and_then(instant),
        })
    }

    /// Reads a report on a recording.
    ///
    /// # Errors
    /// [`EventError`].
    pub fn recording_progress(&self, params: &Params) -> Result<RecordingProgress, EventError> {
        let status = required(params, "RecordingStatus")?;
        let url = filled(params, "RecordingUrl");
        if let Some(url) = url {
            self.recording_at(url, params)?;
        }
        Ok(RecordingProgress {
            provider_call: self.call(params)?,
            id: id(params, "RecordingSid", self.dialect.recordings)?,
            url: url.map(str::to_owned),
            status: RecordingStatus::from_word(status).ok_or(EventError::Shape("RecordingStatus"))?,
            seconds: number(params, "RecordingDuration"),
        })
    }

    /// Reads an incoming text message.
    ///
    /// # Errors
    /// [`EventError`].
    pub fn incoming_message(&self, params: &Params) -> Result<IncomingMessage, EventError> {
        Ok(IncomingMessage {
            provider_message: id(params, "MessageSid", self.dialect.messages)?,
            from: phone(params, "From")?,
            to: phone(params, "To")?,
            body: text(required(params, "Body")?, MAX_MESSAGE),
        })
    }

    /// Reads a report on a text message of ours.
    ///
    /// # Errors
    /// [`EventError`].
    pub fn message_progress(&self, params: &Params) -> Result<MessageProgress, EventError> {
        let status = required(params, "MessageStatus")?;
        Ok(MessageProgress {
            provider_message: id(params, "MessageSid", self.dialect.messages)?,
            status: MessageStatus::from_word(status).ok_or(EventError::Shape("MessageStatus"))?,
            error_code: number(params, "ErrorCode"),
        })
    }

    pub(super) fn call(&self, params: &Params) -> Result<String, EventError> {
        id(params, "CallSid", self.dialect.calls)
    }

    /// The id of the recording at `url`, which must be one of our account at the provider, and the one named beside it.
    pub(super) fn recording_at(&self, url: &str, params: &Params) -> Result<String, EventError> {
        let id = self
            .recordings
            .iter()
            .find_map(|ours| url.strip_prefix(ours.as_str()))
            .filter(|id| self.dialect.recordings.fits(id))
            .ok_or(EventError::Shape("RecordingUrl"))?;
        match params.get("RecordingSid") {
            Some(named) if named != id => Err(EventError::Shape("RecordingSid")),
            _ => Ok(id.to_owned()),
        }
    }
}

/// Where an account's recordings are.
fn recordings_at(api: &str, account: &str) -> String {
    format!("{}/2010-04-01/Accounts/{account}/Recordings/", api.trim_end_matches('/'))
}

pub(super) fn required<'a>(params: &'a Params, name: &'static str) -> Result<&'a str, EventError> {
    params.get(name).ok_or(EventError::Missing(name))
}

pub(super) fn filled<'a>(params: &'a Params, name: &str) -> Option<&'a str> {
    params.get(name).filter(|value| !value.is_empty())
}

pub(super) fn id(params: &Params, name: &'static str, shape: IdShape) -> Result<String, EventError> {
    let id = required(params, name)?;
    if shape.fits(id) { Ok(id.to_owned()) } else { Err(EventError::Shape(name)) }
}

pub(super) fn phone(params: &Params, name: &'static str) -> Result<Phone, EventError> {
    Phone::parse(user(required(params, name)?)).map_err(|_| EventError::Shape(name))
}

/// Whoever calls, if they have a number.
pub(super) fn caller(text: &str) -> Option<Phone> {
    let number = user(text.trim());
    if WITHHELD.contains(&number.trim_start_matches('+')) {
        return None;
    }
    Phone::parse(number).ok()
}

/// The user's part of a SIP address (RFC 3261, section 19.1), or the text itself.
fn user(text: &str) -> &str {
    let address = text.strip_prefix("sip:").or_else(|| text.strip_prefix("sips:"));
    address.map_or(text, |address| address.split(['@', ';', ':']).next().unwrap_or_default())
}

fn digits(text: &str) -> Result<String, EventError> {
    let keys = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'*' | b'#' | b'A'..=b'D'));
    if keys && text.len() <= MAX_DIGITS { Ok(text.to_owned()) } else { Err(EventError::Shape("Digits")) }
}

/// Text as it may be stored: without NUL, which PostgreSQL cannot hold, and cut at `limit` characters.
fn text(text: &str, limit: usize) -> String {
    text.chars().filter(|character| *character != '\0').take(limit).collect()
}

pub(super) fn number(params: &Params, name: &str) -> Option<u32> {
    params.get(name)?.parse().ok()
}

/// RFC 2822, as the provider writes its times.
pub(super) fn instant(text: &str) -> Option<Instant> {
    DateTime::parse_from_rfc2822(text).ok().map(|at| at.with_timezone(&Utc))
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
