//! A call: who rang, where it stands in its flow, what it went through, what the caller had from it, and how it is found in the
//! log. Pure.

mod directory;
mod log;

pub use directory::Directory;
pub use log::{
    CallFilter, CallPage, CallPlace, CallText, Disposed, Disposition, FilterError, LoggedCall, LoggedCase, SavedView,
    TextKind, words,
};
use serde::{Deserialize, Serialize};

use crate::clock::Instant;
use crate::flow::{self, Outcome, Verb};
use crate::id::{CallId, IncidentId};
use crate::phone::Phone;

/// Which way a call went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Somebody called the line.
    Inbound,
    /// The line called somebody.
    Outbound,
}

impl Direction {
    /// The word stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Inbound, Self::Outbound].into_iter().find(|direction| direction.as_str() == word)
    }
}

/// A call to the line, or from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Our id; opaque, for it stands in webhook URLs.
    pub id: CallId,
    /// The provider's path prefix.
    pub provider: String,
    /// The provider's id of the caller's leg, or of the one that was called; our own id until the provider gave one.
    pub provider_call: String,
    /// Which way it went.
    pub direction: Direction,
    /// Who calls, unless withheld.
    pub from: Option<Phone>,
    /// The number that was dialled.
    pub to: Phone,
    /// When the line answered: the first webhook. For an outbound call, when it was placed.
    pub answered_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// The flow version it began with: the content hash.
    pub flow: String,
    /// Where it stands in that flow; where the caller left, once ended.
    pub session: flow::State,
    /// The number of the document the caller hears: the only one whose call-back moves the call.
    pub turn: u32,
    /// What the caller had from it; `None` while it lasts.
    pub outcome: Option<Outcome>,
    /// The incident it opened or joined.
    pub incident: Option<IncidentId>,
    /// Whether it went over the fallback document and was folded in from the journal.
    pub fallback: bool,
}

/// One leg of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    /// The provider's id.
    pub provider_call: String,
    /// The call it belongs to.
    pub call: CallId,
    /// `caller`, `staff` (a person of the roster was called) or `reporter` (the reporter was called back).
    pub role: String,
    /// The provider's last status, e.g. `in-progress`.
    pub status: String,
    /// The provider's rank of that status: a lower one never replaces it.
    pub rank: i32,
    /// When it began.
    pub started_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Its length as the provider counts it.
    pub seconds: Option<u32>,
}

/// A turn that was taken: kept so that a repeat gets the same answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// The call.
    pub call: CallId,
    /// The number of the document that was answered.
    pub number: u32,
    /// The provider's retry token, where it sends one.
    pub token: Option<String>,
    /// A hash of the input: tells a repeat from a stale document's call-back.
    pub fingerprint: String,
    /// The answer: the document numbered `number + 1`.
    pub answer: Vec<Verb>,
    /// When.
    pub at: Instant,
}

/// The provider's word for a recording that can be fetched.
pub const READY: &str = "completed";

/// Something the caller left as sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The provider's id.
    pub provider_recording: String,
    /// The call it was made in.
    pub call: CallId,
    /// The incident it belongs to.
    pub incident: Option<IncidentId>,
    /// Where the provider keeps it.
    pub url: String,
    /// Whole seconds.
    pub seconds: u32,
    /// What it holds, e.g. `description`.
    pub holds: String,
    /// The provider's last word on it: `completed`, `absent`, ...
    pub status: String,
    /// When it was made.
    pub at: Instant,
}

impl Recording {
    /// Whether it can be fetched.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.status == READY
    }
}

/// One line of a call's timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the timeline, from 1 without gaps.
    pub sequence: i64,
    /// When it happened.
    pub at: Instant,
    /// What happened.
    pub happening: Happening,
}

/// What happened in a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happening {
    /// The line answered.
    Answered,
    /// The call came to a node of its flow.
    Reached {
        /// The node's name.
        node: String,
    },
    /// The caller pressed keys; as many stars as keys where they are sensitive.
    Keyed {
        /// The keys.
        keys: String,
    },
    /// The caller said something that was heard as words.
    Spoke,
    /// The caller recorded something.
    Recorded {
        /// What it holds.
        holds: String,
        /// Whole seconds.
        seconds: u32,
    },
    /// Neither keys nor words.
    Silence,
    /// The wait in the queue was over.
    Waited {
        /// How.
        how: flow::Waited,
    },
    /// The line called somebody, and this came of it: the provider's word.
    Called {
        /// `answered`, `machine`, `busy`, `no-answer`, ...
        how: String,
    },
    /// The caller chose a language.
    Language {
        /// Two letters.
        language: String,
    },
    /// The caller agreed to recording by staying, or declined.
    Consent {
        /// Whether recording is allowed.
        recording: bool,
        /// The prompt that asked.
        prompt: String,
    },
    /// The call opened or joined a case.
    Case {
        /// Its number.
        number: String,
    },
    /// A webhook came again, or for a document that no longer stands; the call did not move.
    Repeated {
        /// The document it was for.
        turn: u32,
    },
    /// The caller left by themselves, or the flow ended the call.
    Ended {
        /// What the caller had from it.
        outcome: Outcome,
        /// Where.
        node: String,
    },
    /// The call went over the fallback document.
    Fallback,
}
