//! An incident: its number, its states, its timeline. Pure.

mod case_number;
mod maintenance;
mod merge;
mod record;
mod state;

pub use case_number::{CaseNumber, CaseNumberError};
pub use maintenance::{Maintenance, NoMaintenance};
pub use merge::{NoMerge, mergeable};
pub use record::{Actor, Change, Entry, Incident};
pub use state::{Event, Refused, State, step};
