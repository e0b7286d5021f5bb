//! A word about a case's clock to one person: a warning, or that the promise is broken. Which of them goes alone is decided
//! in [`Throttle`](super::Throttle), as for pages.

use serde::{Deserialize, Serialize};

use crate::clock::Instant;
use crate::id::IncidentId;

/// That a mark of a case's clock was told, or is to be told with others, to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The case.
    pub incident: IncidentId,
    /// Its cycle.
    pub cycle: u32,
    /// Per cent of the target; 100 for the breach.
    pub percent: u8,
    /// The person's id of the roster.
    pub person: String,
    /// When the mark passed.
    pub created_at: Instant,
    /// When it was told; `None` while it is gathered with others.
    pub told_at: Option<Instant>,
}

/// What kind of word it is: only those of one kind are told together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tidings {
    /// Time is left.
    Warning,
    /// The promise is broken.
    Breach,
}

impl Tidings {
    /// What the mark `percent` tells.
    #[must_use]
    pub fn of(percent: u8) -> Self {
        if percent >= 100 { Self::Breach } else { Self::Warning }
    }

    /// The lowest and the highest mark that tells it.
    #[must_use]
    pub fn marks(self) -> (u8, u8) {
        match self {
            Self::Warning => (0, 99),
            Self::Breach => (100, u8::MAX),
        }
    }

    /// The word in which messages of this kind are kept.
    #[must_use]
    pub fn template(self) -> &'static str {
        match self {
            Self::Warning => "warn",
            Self::Breach => "breach",
        }
    }
}

impl Notice {
    /// Whether it was told by itself, on the instant.
    #[must_use]
    pub fn went_alone(&self) -> bool {
        self.told_at == Some(self.created_at)
    }
}
