//! Where a ticket stands, and what may happen to it next: one table.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::incident;

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketState {
    /// It came in; nobody works on it yet.
    New,
    /// Somebody works on it.
    Open,
    /// Somebody else must act first: whoever asked, or a supplier. The clock of the first response does not pause.
    Waiting,
    /// It is done, and whoever asked may say otherwise.
    Resolved,
    /// Nothing is left to do.
    Closed,
    /// It was none.
    Cancelled,
}

/// What happens to a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketEvent {
    /// Somebody begins to work on it.
    Take,
    /// Somebody else must act first.
    Wait,
    /// They did.
    Resume,
    /// It is done.
    Resolve,
    /// Nothing is left to do.
    Close,
    /// It was none.
    Cancel,
    /// It is back: a new cycle with a new clock.
    Reopen,
}

/// A way that the table does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a ticket that is {from} cannot become {to}")]
pub struct NoWay {
    /// Where it stands.
    pub from: TicketState,
    /// Where it should go.
    pub to: TicketState,
}

/// The table: where `event` takes a ticket that stands at `state`; `None` where it has no entry.
#[must_use]
pub fn step(state: TicketState, event: TicketEvent) -> Option<TicketState> {
    use TicketEvent as E;
    use TicketState as S;
    match (state, event) {
        (S::New, E::Take) | (S::Waiting, E::Resume) | (S::Resolved | S::Closed | S::Cancelled, E::Reopen) => {
            Some(S::Open)
        }
        (S::New | S::Open, E::Wait) => Some(S::Waiting),
        (S::New | S::Open | S::Waiting, E::Resolve) => Some(S::Resolved),
        (S::Resolved, E::Close) => Some(S::Closed),
        (S::New | S::Open | S::Waiting, E::Cancel) => Some(S::Cancelled),
        _ => None,
    }
}

/// The one event that takes a ticket from `from` to `to`: programs name where it shall stand.
///
/// # Errors
/// [`NoWay`] where the table has none.
pub fn way(from: TicketState, to: TicketState) -> Result<TicketEvent, NoWay> {
    TicketEvent::ALL.into_iter().find(|event| step(from, *event) == Some(to)).ok_or(NoWay { from, to })
}

impl TicketState {
    /// Every state, in the order of a ticket's life.
    pub const ALL: [Self; 6] = [Self::New, Self::Open, Self::Waiting, Self::Resolved, Self::Closed, Self::Cancelled];

    /// Where the ticket of an incident stands. The incident's own table rules over it.
    #[must_use]
    pub fn of(state: incident::State) -> Self {
        match state {
            incident::State::Received => Self::New,
            incident::State::Acknowledged | incident::State::Responded => Self::Open,
            incident::State::Resolved => Self::Resolved,
            incident::State::Closed => Self::Closed,
            incident::State::Cancelled => Self::Cancelled,
        }
    }

    /// The word stored and shown in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::Waiting => "waiting",
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

    /// Whether somebody still has to act.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Open | Self::Waiting)
    }
}

impl TicketEvent {
    /// Every event.
    pub const ALL: [Self; 7] =
        [Self::Take, Self::Wait, Self::Resume, Self::Resolve, Self::Close, Self::Cancel, Self::Reopen];
}

impl fmt::Display for TicketState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TicketState as S;

    #[test]
    fn the_table_in_full() {
        let to = |from| -> Vec<S> { S::ALL.into_iter().filter(|to| way(from, *to).is_ok()).collect() };
        assert_eq!(to(S::New), [S::Open, S::Waiting, S::Resolved, S::Cancelled]);
        assert_eq!(to(S::Open), [S::Waiting, S::Resolved, S::Cancelled]);
        assert_eq!(to(S::Waiting), [S::Open, S::Resolved, S::Cancelled]);
        assert_eq!(to(S::Resolved), [S::Open, S::Closed]);
        assert_eq!(to(S::Closed), [S::Open]);
        assert_eq!(to(S::Cancelled), [S::Open]);
    }

    #[test]
    fn a_way_is_one_event_and_leads_where_it_says() {
        for from in S::ALL {
            for to in S::ALL {
                let events = TicketEvent::ALL.into_iter().filter(|event| step(from, *event) == Some(to)).count();
                assert!(events <= 1, "{from} to {to}");
                match way(from, to) {
                    Ok(event) => assert_eq!(step(from, event), Some(to)),
                    Err(refused) => assert_eq!((refused, events), (NoWay { from, to }, 0)),
                }
            }
            assert_eq!(way(from, S::Open) == Ok(TicketEvent::Reopen), !from.is_open(), "{from}");
            assert_eq!(S::from_word(from.as_str()), Some(from));
            assert_eq!(serde_json::to_value(from).unwrap(), from.as_str());
        }
    }

    #[test]
    fn the_ticket_of_an_incident_stands_where_it_does() {
        for state in incident::State::ALL {
            assert_eq!(S::of(state).is_open(), state.is_open(), "{state}");
        }
    }
}
