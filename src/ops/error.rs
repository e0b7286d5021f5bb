//! What can go wrong in a use case.

use crate::flow::Fault;
use crate::incident::{CaseNumberError, NoMaintenance, Refused, State};
use crate::sla::NoOpenTime;
use crate::store::StoreError;

/// What can go wrong in a use case. Carries no personal data.
#[derive(Debug, thiserror::Error)]
pub enum OpsError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A flow that cannot go on.
    #[error("the flow cannot go on: {0}")]
    Flow(#[from] Fault),
    /// The calendar gives a promise no end.
    #[error(transparent)]
    Calendar(#[from] NoOpenTime),
    /// No case number is left.
    #[error(transparent)]
    CaseNumber(#[from] CaseNumberError),
    /// The incident's state does not allow it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A window of maintenance that cannot be.
    #[error(transparent)]
    Maintenance(#[from] NoMaintenance),
    /// Its clock has stopped: nothing about it can be counted anew.
    #[error("a case that is {0} has no running clock; reopen it to give it a new one")]
    Settled(State),
    /// The runner's lease ran out meanwhile: whoever has the job now does it.
    #[error("the lease of this job was lost")]
    LeaseLost,
    /// The same request was done already, or is just now: nothing of this one is kept.
    #[error("this request was made before")]
    Repeated,
    /// There is no such thing.
    #[error("there is no {0} with this id")]
    NotFound(&'static str),
    /// What cannot be, is: a defect or a store that somebody changed.
    #[error("impossible: {0}")]
    Impossible(&'static str),
}
