//! An incident: its number, its states, its timeline. Pure.

mod case_number;
mod record;
mod state;

pub use case_number::{CaseNumber, CaseNumberError};
pub use record::{Actor, Change, Entry, Incident};
pub use state::{Event, Refused, State, step};
