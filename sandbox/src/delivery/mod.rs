//! Webhooks: requests from the network to the application, and the record of every one that was sent.

mod cookies;
mod courier;
mod file;
mod kind;
mod overrides;

use std::fmt;
use std::time::Duration;

use chrono::{FixedOffset, Offset, Utc};

use crate::ids::{CallSid, ConferenceSid, MessageSid};
use crate::problem::Failure;
use crate::time::Instant;
use crate::twiml::Method;

pub(crate) use cookies::Jar;
pub(crate) use courier::Courier;
pub(crate) use file::{Fetched, Version};
pub use kind::Kind;

/// One request that was really sent: each attempt and each duplicate is its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// When it left, on the network's clock.
    pub at: Instant,
    /// What it was about.
    pub purpose: Purpose,
    /// What kind of webhook it is.
    pub kind: Kind,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The address as it was signed: public, without its fragment.
    pub url: String,
    /// The form's fields in order (for a GET they are in `url` as well).
    pub params: Vec<(String, String)>,
    /// The value of `I-Twilio-Idempotency-Token`: equal over retries and duplicates.
    pub token: String,
    /// The value of `X-Twilio-Signature`.
    pub signature: String,
    /// 1 for the first attempt.
    pub attempt: u32,
    /// Whether this is the second copy of a request that had been answered already.
    pub duplicate: bool,
    /// The answer's status; `None` = there was no answer.
    pub status: Option<u16>,
    /// The answer's content type.
    pub content_type: Option<String>,
    /// The answer's body.
    pub body: String,
    /// What went wrong on the way.
    pub error: Option<Failure>,
    /// From its departure to the end of the answer, by the machine's clock.
    pub took: Duration,
}

impl Delivery {
    /// The value of one field, the first if it is repeated.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Delivery {
    /// One readable line of a transcript, the time as it is in `zone`. The address is without its query.
    #[must_use]
    pub fn in_zone(&self, zone: FixedOffset) -> String {
        let time = self.at.with_timezone(&zone).format("%H:%M:%S%.3f");
        let path = self.url.split(['?', '#']).next().unwrap_or_default();
        let path =
            path.split_once("://").and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..))).unwrap_or("/");
        let answer = match (self.status, &self.error) {
            (Some(status), None) => status.to_string(),
            (_, Some(failure)) => format!("error {}", failure.code),
            (None, None) => "no answer".to_owned(),
        };
        let again = match (self.attempt, self.duplicate) {
            (_, true) => ", a second copy".to_owned(),
            (1, false) => String::new(),
            (attempt, false) => format!(", attempt {attempt}"),
        };
        let took = self.took.as_millis();
        format!("{time}  {:<16} {:<9} {} {path}: {answer} in {took} ms{again}", "webhook", self.kind, self.method)
    }
}

/// In UTC.
impl fmt::Display for Delivery {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.in_zone(Utc.fix()))
    }
}

/// What a webhook is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A call asks what to do next.
    Document(CallSid),
    /// A call tells where it has got to.
    CallStatus(CallSid),
    /// A call that is over hands in what it recorded, or where it waited: the answer is not heard.
    Farewell(CallSid),
    /// A recording is ready.
    RecordingStatus(CallSid),
    /// A conference tells who came and went.
    ConferenceStatus(ConferenceSid),
    /// What is to be announced in a conference, to one or to all, is asked for.
    Announcement(ConferenceSid, Option<CallSid>),
    /// Somebody sent a text message.
    IncomingSms(MessageSid),
    /// A text message tells where it has got to.
    SmsStatus(MessageSid),
}

impl Purpose {
    /// What cookies are kept for: the call. Messages are told apart by whoever knows their numbers.
    pub(crate) fn call(&self) -> Option<&CallSid> {
        match self {
            Self::Document(sid) | Self::CallStatus(sid) | Self::Farewell(sid) => Some(sid),
            _ => None,
        }
    }
}

/// A webhook that is about to leave.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Its place in the timetable: answers of one instant are taken in the order of departure.
    pub place: u64,
    pub at: Instant,
    pub purpose: Purpose,
    /// For documents: which fetch of the call it belongs to. A later one makes it stale.
    pub fetch: u64,
    pub method: Method,
    pub url: String,
    pub params: Vec<(String, String)>,
    pub token: String,
    pub wrong_signature: bool,
    /// The signature is made over the other way to write the port.
    pub other_port: bool,
    /// What an earlier answer about the same matter set.
    pub cookies: Option<String>,
    pub copies: u32,
    /// Tried instead, once, when the first address fails; for text messages.
    pub fallback: Option<String>,
}

/// What became of a webhook.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub request: Request,
    pub attempts: Vec<Delivery>,
    pub answer: Result<Answer, Failure>,
}

/// An answer with a success status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The address it came from, after redirects.
    pub url: String,
    pub status: u16,
    pub content_type: Option<String>,
    pub body: String,
    /// Cookies that it sets, as they are written.
    pub cookies: Vec<String>,
}
