//! A call as the provider has it on record.

use serde::Deserialize;
use serde_json::Value;

use super::dialect::Dialect;
use super::event::{caller, instant};
use super::status::{AnsweredBy, CallStatus};
use crate::clock::Instant;
use crate::phone::Phone;

/// A call as the provider has it on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRecord {
    /// The provider's id.
    pub provider_call: String,
    /// The call that this one is a leg of, where a document dialled it.
    pub parent: Option<String>,
    /// Who called, unless withheld or no telephone's.
    pub from: Option<Phone>,
    /// Who was called, unless no telephone's.
    pub to: Option<Phone>,
    /// Who began it.
    pub direction: Direction,
    /// How it fares.
    pub status: CallStatus,
    /// When it was answered or, where it was not, dialled; by the provider's clock, to the second.
    pub started: Option<Instant>,
    /// When it ended.
    pub ended: Option<Instant>,
    /// How long it was, in whole seconds, once it is over.
    pub seconds: Option<u32>,
    /// Who or what picked up, where that was asked.
    pub answered_by: Option<AnsweredBy>,
}

/// Who began a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Somebody called a number of ours.
    Inbound,
    /// We did, by REST.
    Placed,
    /// A document did.
    Dialled,
}

/// One page of a list of calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallPage {
    /// The calls, the newest first.
    pub calls: Vec<CallRecord>,
    /// How many entries could not be read: more than none is a reason to look.
    pub unreadable: usize,
    /// Where the next page is, for [`super::Calls::page`]; `None` on the last one.
    pub next: Option<String>,
}

/// A call as it is written.
#[derive(Deserialize)]
struct Wire {
    sid: String,
    parent_call_sid: Option<String>,
    from: Option<String>,
    to: Option<String>,
    direction: String,
    status: String,
    start_time: Option<String>,
    end_time: Option<String>,
    /// Text at the reference provider, a number at others.
    duration: Option<Value>,
    answered_by: Option<String>,
}

#[derive(Deserialize)]
struct WirePage {
    calls: Vec<Value>,
    next_page_uri: Option<String>,
}

impl CallRecord {
    /// Reads one call; `None` when it has no id, direction or status that we know.
    pub(super) fn read(body: &[u8], dialect: &Dialect) -> Option<Self> {
        Self::of(serde_json::from_slice(body).ok()?, dialect)
    }

    fn of(wire: Wire, dialect: &Dialect) -> Option<Self> {
        let is_call = |id: &String| dialect.calls.fits(id);
        Some(Self {
            direction: Direction::from_word(&wire.direction)?,
            status: CallStatus::from_word(&wire.status)?,
            provider_call: Some(wire.sid).filter(is_call)?,
            parent: wire.parent_call_sid.filter(is_call),
            from: wire.from.as_deref().and_then(caller),
            to: wire.to.as_deref().and_then(caller),
            started: wire.start_time.as_deref().and_then(instant),
            ended: wire.end_time.as_deref().and_then(instant),
            seconds: wire.duration.and_then(|duration| match duration {
                Value::String(text) => text.parse().ok(),
                other => other.as_u64().and_then(|seconds| u32::try_from(seconds).ok()),
            }),
            answered_by: wire.answered_by.as_deref().and_then(AnsweredBy::from_word),
        })
    }
}

impl Direction {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "inbound" | "trunking-originating" => Some(Self::Inbound),
            "outbound-api" => Some(Self::Placed),
            "outbound-dial" | "trunking-terminating" => Some(Self::Dialled),
            _ => None,
        }
    }
}

/// Reads a page; `None` when it is none.
pub(super) fn page(body: &[u8], dialect: &Dialect) -> Option<CallPage> {
    let page: WirePage = serde_json::from_slice(body).ok()?;
    let entries = page.calls.len();
    let read = |entry| serde_json::from_value(entry).ok().and_then(|wire| CallRecord::of(wire, dialect));
    let calls: Vec<_> = page.calls.into_iter().filter_map(read).collect();
    let unreadable = entries.saturating_sub(calls.len());
    Some(CallPage { calls, unreadable, next: page.next_page_uri.filter(|next| !next.is_empty()) })
}
