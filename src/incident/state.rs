//! Where an incident stands, and what may happen to it next: one table.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where an incident stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The line logged it; nobody has taken it yet.
    Received,
    /// A person on duty took it; the clock still runs.
    Acknowledged,
    /// A person reached the reporter: the promise is kept or was broken, the clock has stopped.
    Responded,
    /// The fault is gone.
    Resolved,
    /// Nothing is left to do.
    Closed,
    /// It was none, or another case holds it.
    Cancelled,
}

/// What happens to an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A person on duty takes it.
    Acknowledge,
    /// The first response reached the reporter.
    Respond,
    /// The fault is gone.
    Resolve,
    /// Nothing is left to do.
    Close,
    /// It was none, or another case holds it.
    Cancel,
    /// It is back: a new cycle with a new clock.
    Reopen,
}

/// An event that the state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a case that is {state} cannot be changed by '{event}'")]
pub struct Refused {
    /// Where it stands.
    pub state: State,
    /// What was asked.
    pub event: Event,
}

/// The table: where `event` takes an incident that stands at `state`.
///
/// # Errors
/// [`Refused`] where the table has no entry; an acknowledgement of an acknowledged case is one, so that the caller of this
/// function can say who was first.
pub fn step(state: State, event: Event) -> Result<State, Refused> {
    use Event as E;
    use State as S;
    match (state, event) {
        (S::Received, E::Acknowledge) => Ok(S::Acknowledged),
        (S::Received | S::Acknowledged, E::Respond) => Ok(S::Responded),
        (S::Responded, E::Resolve) => Ok(S::Resolved),
        (S::Resolved, E::Close) => Ok(S::Closed),
        (S::Received | S::Acknowledged | S::Responded, E::Cancel) => Ok(S::Cancelled),
        (S::Resolved | S::Closed | S::Cancelled, E::Reopen) => Ok(S::Received),
        (state, event) => Err(Refused { state, event }),
    }
}

impl State {
    /// Every state, in the order of a case's life.
    pub const ALL: [Self; 6] =
        [Self::Received, Self::Acknowledged, Self::Responded, Self::Resolved, Self::Closed, Self::Cancelled];

    /// The word stored and shown in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Acknowledged => "acknowledged",
            Self::Responded => "responded",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether somebody still has to act: neither resolved, closed nor cancelled.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Received | Self::Acknowledged | Self::Responded)
    }

    /// Whether the first-response clock still runs.
    #[must_use]
    pub fn awaits_response(self) -> bool {
        matches!(self, Self::Received | Self::Acknowledged)
    }
}

impl Event {
    /// The word a person types and the timeline keeps.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Respond => "respond",
            Self::Resolve => "resolve",
            Self::Close => "close",
            Self::Cancel => "cancel",
            Self::Reopen => "reopen",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_runs_its_life_and_comes_back() {
        use Event as E;
        let life = [E::Acknowledge, E::Respond, E::Resolve, E::Close, E::Reopen];
        let walked: Vec<State> = life
            .iter()
            .scan(State::Received, |state, event| {
                *state = step(*state, *event).unwrap();
                Some(*state)
            })
            .collect();
        assert_eq!(walked, [State::Acknowledged, State::Responded, State::Resolved, State::Closed, State::Received]);
    }

    #[test]
    fn what_the_table_does_not_name_is_refused() {
        for state in State::ALL {
            assert_eq!(step(state, Event::Acknowledge).is_ok(), state == State::Received, "{state}");
            assert_eq!(step(state, Event::Reopen).is_ok(), !state.is_open(), "{state}");
            assert_eq!(State::from_word(state.as_str()), Some(state));
        }
        assert!(step(State::Closed, Event::Respond).is_err(), "a response after the end changes nothing");
    }
}
