//! What people heard, pressed, said, sent and received, in order: the network as its people lived it.

use std::collections::VecDeque;
use std::fmt;

use chrono::{FixedOffset, Offset, Utc};

use crate::ids::CallSid;
use crate::time::Instant;

/// One line of the transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Instant,
    /// The person: their name where the network knows it ([`crate::Network::name_person`]), else their number.
    pub who: String,
    /// The person's number in E.164.
    pub number: String,
    /// The call it happened on; `None` for text messages.
    pub call: Option<CallSid>,
    /// What happened.
    pub what: What,
    /// The words, keys or status.
    pub text: String,
}

/// What can happen to a person on the telephone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// They call; the text is the number.
    Dials,
    /// Their phone rings; the text is the number that calls.
    Rings,
    /// They pick up.
    Answers,
    /// They heard this to its end.
    Hears,
    /// They heard the beginning of this: a key or the end of the call cut it.
    HearsPart,
    /// They pressed these keys.
    Presses,
    /// They said this.
    Says,
    /// They hung up.
    HangsUp,
    /// The call is over; the text is its last status.
    Over,
    /// They sent this text message.
    SendsSms,
    /// This text message reached their phone.
    ReceivesSms,
    /// Something worth reading that nobody did: a receipt, a failure.
    Note,
}

impl fmt::Display for What {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.pad(match self {
            Self::Dials => "dials",
            Self::Rings => "rings",
            Self::Answers => "answers",
            Self::Hears | Self::HearsPart => "hears",
            Self::Presses => "presses",
            Self::Says => "says",
            Self::HangsUp => "hangs up",
            Self::Over => "call over",
            Self::SendsSms => "sends sms",
            Self::ReceivesSms => "gets sms",
            Self::Note => "note",
        })
    }
}

impl Entry {
    /// One readable line, the time as it is in `zone`.
    #[must_use]
    pub fn in_zone(&self, zone: FixedOffset) -> String {
        let time = self.at.with_timezone(&zone).format("%H:%M:%S%.3f");
        let cut = if self.what == What::HearsPart { " [cut]" } else { "" };
        format!("{time}  {:<16} {:<9} {}{cut}", self.who, self.what, self.text).trim_end().to_owned()
    }
}

/// In UTC.
impl fmt::Display for Entry {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.in_zone(Utc.fix()))
    }
}

type Listener = Box<dyn Fn(&Entry) + Send + Sync>;

/// An append-only list; beyond its limit the oldest entries go, and places keep counting.
pub(crate) struct Transcript {
    entries: VecDeque<Entry>,
    forgotten: usize,
    kept: usize,
    listeners: Vec<Listener>,
}

impl Transcript {
    pub(crate) fn new(kept: usize) -> Self {
        Self { entries: VecDeque::new(), forgotten: 0, kept: kept.max(1), listeners: Vec::new() }
    }

    pub(crate) fn listen(&mut self, listener: Listener) {
        self.listeners.push(listener);
    }

    pub(crate) fn add(&mut self, entry: Entry) {
        for listener in &self.listeners {
            listener(&entry);
        }
        if self.entries.len() >= self.kept {
            self.entries.pop_front();
            self.forgotten = self.forgotten.saturating_add(1);
        }
        self.entries.push_back(entry);
    }

    /// The entries from `place` on, and the place after the last one.
    pub(crate) fn since(&self, place: usize) -> (Vec<Entry>, usize) {
        let skip = place.saturating_sub(self.forgotten);
        let entries = self.entries.iter().skip(skip).cloned().collect();
        (entries, self.forgotten.saturating_add(self.entries.len()))
    }
}

impl fmt::Debug for Transcript {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Transcript").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}
