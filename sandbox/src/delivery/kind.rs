//! What kind of webhook a request is: by what it is about, and by what made the call ask.

use std::fmt;

use super::Purpose;

/// Kinds of webhooks, as those who serve them tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A call's first document.
    Voice,
    /// What a `Gather` heard.
    Gather,
    /// What a `Record` recorded.
    Record,
    /// How a `Dial` ended.
    Dial,
    /// A queue: what is heard in it, and how it was left.
    Queue,
    /// A document for any other reason: `Redirect`, a live call taken elsewhere.
    Redirect,
    /// The fallback address, after another one failed.
    Fallback,
    /// Where a call has got to.
    CallStatus,
    /// A recording is ready.
    RecordingStatus,
    /// Who came to a conference and went.
    ConferenceStatus,
    /// What is announced in a conference.
    Announcement,
    /// Somebody sent a text message.
    Sms,
    /// Where a text message has got to.
    SmsStatus,
}

/// What tells the reason of a document apart; the first that a request has counts. A recording is told with the key that
/// ended it, a conversation with its recording.
const REASONS: [(&str, Kind); 7] = [
    ("ErrorUrl", Kind::Fallback),
    ("DialCallStatus", Kind::Dial),
    ("RecordingUrl", Kind::Record),
    ("Digits", Kind::Gather),
    ("SpeechResult", Kind::Gather),
    ("QueueResult", Kind::Queue),
    ("QueueSid", Kind::Queue),
];

impl Kind {
    /// `first` = nothing was asked for the call before.
    pub(super) fn of(purpose: &Purpose, first: bool, params: &[(String, String)]) -> Self {
        let has = |name: &str| params.iter().any(|(known, _)| known == name);
        let reason = REASONS.iter().find(|(name, _)| has(name)).map(|(_, kind)| *kind);
        match purpose {
            Purpose::Document(_) if first => Self::Voice,
            Purpose::Document(_) | Purpose::Farewell(_) => reason.unwrap_or(Self::Redirect),
            Purpose::CallStatus(_) => Self::CallStatus,
            Purpose::RecordingStatus(_) => Self::RecordingStatus,
            Purpose::ConferenceStatus(_) => Self::ConferenceStatus,
            Purpose::Announcement(..) => Self::Announcement,
            Purpose::IncomingSms(_) => Self::Sms,
            Purpose::SmsStatus(_) => Self::SmsStatus,
        }
    }

    /// The kind in one word, as reports spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Gather => "gather",
            Self::Record => "record",
            Self::Dial => "dial",
            Self::Queue => "queue",
            Self::Redirect => "redirect",
            Self::Fallback => "fallback",
            Self::CallStatus => "call_status",
            Self::RecordingStatus => "recording_status",
            Self::ConferenceStatus => "conference_status",
            Self::Announcement => "announcement",
            Self::Sms => "sms",
            Self::SmsStatus => "sms_status",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.pad(self.as_str())
    }
}
