//! Every story of `stories/` and `tests/stories/` is played on the stage: Guardia itself on a new store, the sandbox's
//! telephone network, one simulated time.
//!
//! | Where | What |
//! |---|---|
//! | `files` | each story file once, on SQLite; every file of the folders is listed |

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is wrong")]

mod files;
mod play;
