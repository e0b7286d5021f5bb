//! Connectors of ticket stores against the real programs, each started for the test on this machine alone.
//!
//! The folder's other modules are for whoever needs such a store: `#[path]` brings them in.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is wrong")]

#[expect(dead_code, reason = "one case is enough here")]
#[path = "../hand_off/case.rs"]
mod case;
#[expect(dead_code, reason = "the stores are real here")]
#[path = "../hand_off/desk.rs"]
mod desk;
mod process;
mod redmine;
mod request_tracker;
// Its name is what `tests/run --quick` leaves out where the programs are not installed.
#[path = "suite.rs"]
mod ticket_stores;
#[path = "hand_off.rs"]
mod ticket_stores_hand_off;
