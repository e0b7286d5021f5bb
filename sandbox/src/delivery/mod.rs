//! Webhooks: requests from the network to the application, and the record of every one that was sent.

mod courier;
mod file;
mod overrides;

use crate::ids::{CallSid, ConferenceSid, MessageSid};
use crate::problem::Failure;
use crate::time::Instant;
use crate::twiml::Method;

pub(crate) use courier::Courier;
pub(crate) use file::{Fetched, Version};

/// One request that was really sent: each attempt and each duplicate is its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// When it left, on the network's clock.
    pub at: Instant,
    /// What it was about.
    pub purpose: Purpose,
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
}

impl Delivery {
    /// The value of one field, the first if it is repeated.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
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
    /// Somebody sent a text message.
    IncomingSms(MessageSid),
    /// A text message tells where it has got to.
    SmsStatus(MessageSid),
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
}
