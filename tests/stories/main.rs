//! Every story of `stories/` and `tests/stories/` is played on the stage: Guardia itself on a new store, the sandbox's
//! telephone network, one simulated time.
//!
//! | Where | What |
//! |---|---|
//! | `files` | each story file: once, with every webhook twice, and on PostgreSQL |
//! | `hang_ups` | somebody hangs up at every node of the flow; `ways` finds how to get there, `moments` when |
//! | `webhooks` | stale documents, wrong signatures |
//! | `recordings` | what was said before hanging up, told in whatever order |
//! | `codes` | where reply codes are kept, and where not |
//! | `slow_peers` | requests that come a letter at a time |
//! | `store_away` | the store fails or stalls while somebody calls |
//! | `tickets` | a case changes while its ticket is being written |
//! | `again` | the same story twice is the same story |

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something is wrong"
)]

mod again;
mod codes;
mod files;
mod hang_ups;
mod http;
mod moments;
mod play;
#[path = "../support/postgres.rs"]
mod postgres_cluster;
mod record;
mod recordings;
mod slow_peers;
mod store_away;
mod tickets;
mod ways;
mod webhooks;
