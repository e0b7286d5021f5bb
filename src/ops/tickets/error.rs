//! Why something was not done to a ticket.

use crate::ops::OpsError;
use crate::sla::NoOpenTime;
use crate::store::StoreError;
use crate::ticket::{NoWay, Wrong};

/// Why something was not done to a ticket: nothing of it was. Carries no personal data.
#[derive(Debug, thiserror::Error)]
pub enum TicketError {
    /// There is no such ticket.
    #[error("there is no ticket with this id")]
    Unknown,
    /// Values that cannot be kept.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Wrong(Vec<Wrong>),
    /// Somebody else changed it since whoever asks has read it.
    #[error("the ticket was changed since it was read: it is at version {now}")]
    Stale {
        /// The version it is at.
        now: i64,
    },
    /// Another ticket has the external id.
    #[error("another ticket has this external id")]
    Taken,
    /// It is an incident's, and what was asked is the incident's to change.
    #[error("this is the ticket of an incident: change the incident")]
    OfIncident,
    /// Its state does not allow it.
    #[error(transparent)]
    NoWay(#[from] NoWay),
    /// It has as many files as a ticket may have.
    #[error("the ticket has as many files as it may have")]
    Full,
    /// Everything else.
    #[error(transparent)]
    Ops(#[from] OpsError),
}

impl From<StoreError> for TicketError {
    fn from(error: StoreError) -> Self {
        // The only key of a ticket that comes from outside.
        if error.is_taken() { Self::Taken } else { Self::Ops(OpsError::Store(error)) }
    }
}

impl From<NoOpenTime> for TicketError {
    fn from(error: NoOpenTime) -> Self {
        Self::Ops(error.into())
    }
}

impl From<TicketError> for OpsError {
    /// For use cases that do something to a ticket by the way, with values of their own.
    fn from(error: TicketError) -> Self {
        match error {
            TicketError::Ops(error) => error,
            TicketError::Unknown => Self::NotFound("ticket"),
            TicketError::Stale { .. } => Self::Store(StoreError::Conflict { table: "tickets" }),
            TicketError::Taken => Self::Impossible("a case whose number another ticket has"),
            TicketError::Wrong(_) | TicketError::OfIncident | TicketError::NoWay(_) | TicketError::Full => {
                Self::Impossible("a ticket that cannot be what its case is")
            }
        }
    }
}
