//! An incident: its number, its states, its timeline. Pure.

mod case_number;
mod state;

pub use case_number::{CaseNumber, CaseNumberError};
pub use state::{Event, Refused, State, step};
