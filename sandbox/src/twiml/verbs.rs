//! The verbs of a voice document, read and checked.

use chrono::TimeDelta;

use super::dial::Dial;
use crate::studio::Voice;

/// How an address is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
}

impl Method {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }

    /// A method as REST parameters write it; everything but GET is the default.
    pub(crate) fn from_param(text: Option<&str>) -> Self {
        if text.is_some_and(|text| text.eq_ignore_ascii_case("GET")) { Self::Get } else { Self::Post }
    }
}

/// Where a verb's result goes; without an address, to the document's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub url: Option<String>,
    pub method: Method,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Say(Say),
    Play(Play),
    Pause(TimeDelta),
    Gather(Gather),
    Record(Record),
    Redirect(Target),
    Hangup,
    Reject(Rejection),
    Enqueue(Enqueue),
    Leave,
    Sms(SmsVerb),
    Dial(Box<Dial>),
}

impl Verb {
    /// Whether it may stand in the document that is run on a call taken out of a queue.
    pub(crate) fn may_come_before_a_conversation(&self) -> bool {
        matches!(self, Self::Say(_) | Self::Play(_) | Self::Pause(_) | Self::Redirect(_) | Self::Hangup)
    }

    /// Whether a ringing call is picked up for this verb.
    pub(crate) fn picks_up(&self) -> bool {
        match self {
            Self::Pause(_) | Self::Redirect(_) | Self::Reject(_) | Self::Sms(_) => false,
            Self::Dial(dial) => !dial.answer_on_bridge,
            _ => true,
        }
    }
}

/// Words to speak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Say {
    pub spoken: Vec<Spoken>,
    pub voice: Voice,
    pub loops: u32,
}

impl Say {
    /// Words that nobody gave a voice.
    pub(crate) fn plain(words: String) -> Self {
        Self { spoken: vec![Spoken::Words(words)], voice: Voice::default(), loops: 1 }
    }
}

/// A piece of what is spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Spoken {
    Words(String),
    Break(TimeDelta),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Play {
    pub url: String,
    pub keys: String,
    pub loops: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an attribute of the verb, as on the wire")]
pub(crate) struct Gather {
    pub action: Target,
    pub keys: bool,
    pub speech: bool,
    pub timeout: TimeDelta,
    /// Silence that ends speech; `None` = the engine decides (`auto`).
    pub speech_timeout: Option<TimeDelta>,
    pub finish_on_key: Vec<char>,
    pub digits: Option<usize>,
    pub on_empty: bool,
    pub barge_in: bool,
    /// `Say`, `Play` and `Pause` only.
    pub prompts: Vec<Verb>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub action: Target,
    /// Silence that ends it; zero = silence never does.
    pub timeout: TimeDelta,
    pub finish_on_key: Vec<char>,
    pub longest: TimeDelta,
    pub beep: bool,
    pub trim: bool,
    pub status: Target,
    pub status_events: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    Rejected,
    Busy,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Enqueue {
    pub name: String,
    pub action: Target,
    pub wait: Target,
    /// `None` = as many as the queue holds.
    pub largest: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SmsVerb {
    pub body: String,
    pub to: Option<String>,
    pub from: Option<String>,
    pub action: Target,
    pub status_callback: Option<String>,
}
