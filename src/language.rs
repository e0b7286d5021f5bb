//! The languages a flow speaks.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A language with a complete prompt set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Spanish, as the Dominican public service speaks it: usted.
    Es,
    /// English.
    En,
}

impl Language {
    /// Every language, the first being the one spoken until the caller chooses.
    pub const ALL: [Self; 2] = [Self::Es, Self::En];

    /// The two letters of ISO 639-1.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::En => "en",
        }
    }

    /// Reads the two letters.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
