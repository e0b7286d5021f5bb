//! What came of a story.

use std::fmt;

use chrono::FixedOffset;

use crate::transcript::Entry;

/// What came of a story: how it went, and what was not as it says.
#[derive(Clone, Debug)]
pub struct Report {
    /// The story's title.
    pub title: String,
    /// The zone it is told in.
    pub zone: FixedOffset,
    /// Everything that people lived, in order.
    pub transcript: Vec<Entry>,
    /// Empty = the story is true.
    pub failures: Vec<StoryFailure>,
}

/// A line of the story that was not so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryFailure {
    /// `file:line`.
    pub place: String,
    /// What was expected, and what happened instead.
    pub text: String,
}

impl Report {
    /// Whether the story is true.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

impl fmt::Display for StoryFailure {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.place, self.text)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(to, "{}", self.title)?;
        for entry in &self.transcript {
            writeln!(to, "{}", entry.in_zone(self.zone))?;
        }
        for failure in &self.failures {
            writeln!(to, "FAILED {failure}")?;
        }
        Ok(())
    }
}
