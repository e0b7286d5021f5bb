//! A promise: how much open time may pass, and how open time is counted.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// How a clock counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Every hour of every day.
    Continuous,
    /// Service hours, minus holidays and exceptions.
    BusinessHours,
    /// The 24 hours of each business day.
    BusinessDays,
}

impl Mode {
    /// The word stored and written in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Continuous => "continuous",
            Self::BusinessHours => "business_hours",
            Self::BusinessDays => "business_days",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Continuous, Self::BusinessHours, Self::BusinessDays].into_iter().find(|mode| mode.as_str() == word)
    }
}

/// A promise: open time and how it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Open time that may pass; whole seconds.
    pub span: TimeDelta,
    /// How it is counted.
    pub mode: Mode,
}
