//! Which time a clock counts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which time a clock counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// All of it.
    Continuous,
    /// Service hours, less holidays and closures, with extra openings.
    BusinessHours,
    /// All 24 hours of each day that has service hours, so that "48 hours" means two working days.
    BusinessDays,
}

/// A word that names no [`Mode`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such mode: write continuous, business_hours or business_days")]
pub struct UnknownMode;

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Continuous, Self::BusinessHours, Self::BusinessDays];

    /// The word stored and written in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Continuous => "continuous",
            Self::BusinessHours => "business_hours",
            Self::BusinessDays => "business_days",
        }
    }
}

impl FromStr for Mode {
    type Err = UnknownMode;

    fn from_str(word: &str) -> Result<Self, UnknownMode> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == word).ok_or(UnknownMode)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
