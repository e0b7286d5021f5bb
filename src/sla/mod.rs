//! The promise: targets per severity, calendars, deadlines and warnings. Pure.

mod severity;
mod target;

pub use severity::Severity;
pub use target::{Mode, Target};
