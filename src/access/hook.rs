//! Addresses of programs that hear of changes to tickets.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Instant;
use crate::id::HookId;

/// What happens to tickets, as hooks are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum HookEvent {
    /// A ticket came in.
    #[serde(rename = "ticket.opened")]
    Opened,
    /// Fields of it changed.
    #[serde(rename = "ticket.edited")]
    Edited,
    /// It stands elsewhere.
    #[serde(rename = "ticket.moved")]
    Moved,
    /// Somebody commented on it.
    #[serde(rename = "ticket.commented")]
    Commented,
    /// A file was attached.
    #[serde(rename = "ticket.attached")]
    Attached,
    /// A person answered for the first time.
    #[serde(rename = "ticket.responded")]
    Responded,
    /// The promise of a first response is broken.
    #[serde(rename = "ticket.breached")]
    Breached,
}

impl HookEvent {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Opened, Self::Edited, Self::Moved, Self::Commented, Self::Attached, Self::Responded, Self::Breached];

    /// The word for programs, commands and the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "ticket.opened",
            Self::Edited => "ticket.edited",
            Self::Moved => "ticket.moved",
            Self::Commented => "ticket.commented",
            Self::Attached => "ticket.attached",
            Self::Responded => "ticket.responded",
            Self::Breached => "ticket.breached",
        }
    }

    /// The event of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == word)
    }
}

impl fmt::Display for HookEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which events a hook hears of, as it is kept: words with a blank between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventWords(Vec<HookEvent>);

impl EventWords {
    /// Every event; none at all means every one.
    #[must_use]
    pub fn of(events: &[HookEvent]) -> Self {
        Self(if events.is_empty() { HookEvent::ALL.to_vec() } else { events.to_vec() })
    }

    /// Reads what [`fmt::Display`] writes; `None` where one word is no event.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.split_whitespace().map(HookEvent::from_word).collect::<Option<Vec<_>>>().map(Self)
    }

    /// Whether `event` is among them.
    #[must_use]
    pub fn have(&self, event: HookEvent) -> bool {
        self.0.contains(&event)
    }
}

impl fmt::Display for EventWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.0.iter().map(|event| event.as_str()).collect();
        f.write_str(&words.join(" "))
    }
}

/// An address that hears of changes.
#[derive(Clone, PartialEq, Eq)]
pub struct Hook {
    /// Its id.
    pub id: HookId,
    /// Its name.
    pub name: String,
    /// Where posts go. Whoever has it can post there: it is a secret.
    pub url: String,
    /// Signs what is posted.
    pub secret: String,
    /// What it hears of.
    pub events: EventWords,
    /// Whether it is posted to.
    pub active: bool,
    /// When it was made.
    pub created_at: Instant,
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hook({}, {})", self.name, if self.active { "active" } else { "off" })
    }
}

/// One thing that one hook is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookDelivery {
    /// The same for every try: whoever is told twice can tell.
    pub id: Uuid,
    /// Who is told.
    pub hook: HookId,
    /// The ticket's id.
    pub ticket: String,
    /// Its version after the change.
    pub version: i64,
    /// What happened.
    pub event: HookEvent,
    /// When.
    pub at: Instant,
    /// How often it was not taken.
    #[serde(default)]
    pub failures: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_back_from_their_words() {
        let all = EventWords::of(&[]);
        assert_eq!(EventWords::parse(&all.to_string()), Some(all));
        let some = EventWords::parse("ticket.moved ticket.opened").unwrap();
        assert!(some.have(HookEvent::Moved) && !some.have(HookEvent::Attached));
        assert_eq!(EventWords::parse("ticket.moved tickets"), None);
        for event in HookEvent::ALL {
            assert_eq!(serde_json::to_value(event).unwrap(), event.as_str());
        }
    }
}
