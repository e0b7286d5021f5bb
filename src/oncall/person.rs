//! A person who can be on duty.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::phone::Phone;

/// A person's id: what the roster, the store and the timeline call them. 1 to 40 of `a-z`, `0-9`, `-`, `_` and `.`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonId(String);

/// A text that is no [`PersonId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is 1 to 40 of the characters a-z, 0-9, '-', '_' and '.'")]
pub struct NoPersonId;

/// A person who can be on duty or supervises those who are. `Debug` masks the number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Unique in the roster.
    pub id: PersonId,
    /// As colleagues say it.
    pub name: String,
    /// Where texts and calls reach them; unique in the roster, since it tells who answers.
    pub phone: Phone,
    /// The language of their pages; Spanish unless written.
    pub language: Language,
    /// Whether they are told when nobody is on duty, and when a promise breaks.
    pub supervisor: bool,
}

impl PersonId {
    /// Reads an id.
    ///
    /// # Errors
    /// [`NoPersonId`].
    pub fn parse(text: &str) -> Result<Self, NoPersonId> {
        let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
        if (1..=40).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoPersonId)
        }
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PersonId {
    type Error = NoPersonId;

    fn try_from(text: String) -> Result<Self, NoPersonId> {
        Self::parse(&text)
    }
}

impl From<PersonId> for String {
    fn from(id: PersonId) -> Self {
        id.0
    }
}
