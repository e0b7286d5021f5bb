//! The promise: targets per severity, calendars, deadlines and warnings. Pure.

mod severity;

pub use severity::Severity;
