//! Connectors of ticket stores against the real programs, each started for the test on this machine alone.
//!
//! The folder's other modules are for whoever needs such a store: `#[path]` brings them in.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is wrong")]

mod process;
mod request_tracker;
// Its name is what `tests/run --quick` leaves out where the programs are not installed.
#[path = "suite.rs"]
mod ticket_stores;
