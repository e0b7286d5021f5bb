//! The call log: what its list shows of a call, how it is asked for, what people say and decide about a call.
//!
//! A page of the list is a [`CallFilter`] (which is the query of its address, [`CallFilter::to_pairs`]), a [`CallPage`] and a
//! number of rows; `store::Tx::call_log` answers it with [`LoggedCall`]s.

mod filter;
mod words;

use std::fmt;
use std::str::FromStr;

use chrono::TimeDelta;

use super::Direction;
use crate::clock::Instant;
use crate::flow::{Language, Outcome};
use crate::id::{AccountId, CallId, IncidentId, ViewId};
use crate::incident::{CaseNumber, State};
use crate::phone::Phone;
use crate::sla::Severity;

pub use filter::{CallFilter, FilterError};
pub use words::words;

/// Where a call stands in the log: a later call has a greater place. Opaque; it tells nothing of the caller and may stand in
/// an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallPlace(pub i64);

impl CallPlace {
    /// Less than or equal to the place of every call of `at`'s millisecond and later.
    #[must_use]
    pub fn from(at: Instant) -> Self {
        Self(at.timestamp_millis().saturating_mul(1 << 20))
    }
}

impl fmt::Display for CallPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for CallPlace {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Which part of the list. Rows come newest first in every case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CallPage {
    /// The newest calls.
    #[default]
    Newest,
    /// Those next to this call that are older: the next page, from the last row's place.
    Older(CallPlace),
    /// Those next to this call that are newer: the page before, from the first row's place.
    Newer(CallPlace),
}

/// A call as the list shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedCall {
    /// Its id.
    pub call: CallId,
    /// Its place in the log.
    pub place: CallPlace,
    /// When the line answered, or placed it.
    pub received_at: Instant,
    /// When it ended; `None` while it lasts.
    pub ended_at: Option<Instant>,
    /// Which way it went.
    pub direction: Direction,
    /// Who called, unless withheld; of an outbound call, the line. Show it as the looker's role allows ([`Phone::masked`]).
    pub caller: Option<Phone>,
    /// What the caller had from it; `None` while it lasts.
    pub outcome: Option<Outcome>,
    /// The node of the flow where it ended; `None` while it lasts.
    pub node: Option<String>,
    /// The institution's code: of the case, else what the caller said.
    pub institution: Option<String>,
    /// The institution's name.
    pub institution_name: Option<String>,
    /// The affected service's id.
    pub service: Option<String>,
    /// How bad its case is.
    pub severity: Option<Severity>,
    /// The language spoken.
    pub language: Language,
    /// The person an outbound call was made to, by id.
    pub person: Option<String>,
    /// The first person who talked with the caller in this call, by id.
    pub talked_with: Option<String>,
    /// How long the caller waited in the queue the first time; `None` when they did not.
    pub waited: Option<TimeDelta>,
    /// How many recordings there are of it.
    pub recordings: u32,
    /// What was decided about it last.
    pub disposition: Option<Disposition>,
    /// The case it opened or joined, or was made for.
    pub case: Option<LoggedCase>,
}

impl LoggedCall {
    /// How long it took.
    #[must_use]
    pub fn duration(&self) -> Option<TimeDelta> {
        self.ended_at.map(|ended| ended - self.received_at)
    }
}

/// The case of a call as the list shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedCase {
    /// The incident.
    pub incident: IncidentId,
    /// Its number.
    pub number: CaseNumber,
    /// Where it stands.
    pub state: State,
    /// Until when the first response was promised.
    pub due_at: Instant,
    /// When a person reached the reporter.
    pub responded_at: Option<Instant>,
    /// When the promise was found broken.
    pub breached_at: Option<Instant>,
}

impl LoggedCase {
    /// Whether the promise was kept: `None` while that is open, or when the case ended before it came to that.
    #[must_use]
    pub fn met(&self, now: Instant) -> Option<bool> {
        match self.responded_at {
            Some(responded) => Some(responded <= self.due_at),
            None if self.breached_at.is_some() || (self.state.awaits_response() && now > self.due_at) => Some(false),
            None => None,
        }
    }
}

/// What a text about a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// What was said, as words.
    Transcript,
    /// What somebody noted.
    Note,
}

/// What people decided about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// The caller was called back.
    CalledBack,
    /// There is nothing to do.
    NothingNeeded,
    /// Somebody meant another number.
    WrongNumber,
    /// Nobody who needs the line.
    Spam,
    /// Somebody looked at it.
    Reviewed,
}

/// Gives enums their stored words.
macro_rules! stored {
    ($name:ident { $($variant:ident = $word:literal),+ }) => {
        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word stored, and written in addresses.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads the stored word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }
    };
}
stored!(TextKind { Transcript = "transcript", Note = "note" });
stored!(Disposition {
    CalledBack = "called_back",
    NothingNeeded = "nothing_needed",
    WrongNumber = "wrong_number",
    Spam = "spam",
    Reviewed = "reviewed"
});

/// A text about a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallText {
    /// The call.
    pub call: CallId,
    /// What it is.
    pub kind: TextKind,
    /// Who wrote it: the login of an account; of a transcript, the program that heard it.
    pub author: Option<String>,
    /// When.
    pub at: Instant,
    /// What it says.
    pub text: String,
}

/// What somebody decided about a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disposed {
    /// The call.
    pub call: CallId,
    /// What.
    pub disposition: Disposition,
    /// Who: the login of an account.
    pub decided_by: String,
    /// When.
    pub at: Instant,
    /// What they noted with it.
    pub note: Option<String>,
}

/// A filter that somebody keeps under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// Its id.
    pub id: ViewId,
    /// Whose.
    pub account: AccountId,
    /// What they call it.
    pub name: String,
    /// The query of the list's address, without the `?`.
    pub query: String,
    /// When it was kept.
    pub created_at: Instant,
}
