//! Every story of `stories/` and `tests/stories/` is played on the stage: Guardia itself on a new store, the sandbox's
//! telephone network, one simulated time.
//!
//! | Where | What |
//! |---|---|
//! | `files` | each story file: once, with every webhook twice, and on PostgreSQL |
//! | `hang_ups` | somebody hangs up at every node of the flow; `ways` finds how to get there, `moments` when |
//! | `webhooks` | stale documents, wrong signatures |
//! | `recordings` | what was said before hanging up, told in whatever order |
//! | `access` | programs: tokens and what they may do, problems |
//! | `answers` | links of pages, and the API |
//! | `fallback` | a second account at the provider |
//! | `codes` | where reply codes are kept, and where not |
//! | `hooks` | programs that hear of changes to tickets |
//! | `rooms` | conversations of three and more: what is told late or twice, the API, legs, what the provider sees |
//! | `reconcile` | calls that only the provider knows of |
//! | `duty` | duty in the calendars people carry |
//! | `sounds` | recorded prompts can be fetched, and nothing beside them |
//! | `slow_peers` | requests that come a letter at a time |
//! | `store_away` | the store fails or stalls while somebody calls |
//! | `storm` | three hundred cases within a minute |
//! | `tickets` | a case changes while its ticket is being written |
//! | `warnings` | the clocks of many cases run out in one minute |
//! | `readiness` | contacts are verified, the pager tests itself, signs of life, the report |
//! | `again` | the same story twice is the same story |

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something is wrong"
)]

mod access;
mod again;
mod answers;
mod codes;
mod duty;
mod fallback;
mod files;
mod hang_ups;
mod hooks;
mod http;
mod moments;
mod play;
#[path = "../support/postgres.rs"]
mod postgres_cluster;
mod readiness;
mod reconcile;
mod record;
mod recordings;
#[path = "../support/reports.rs"]
mod reports;
mod rooms;
mod slow_peers;
mod sounds;
mod store_away;
mod storm;
mod ticket_clock;
mod tickets;
mod warnings;
mod ways;
mod webhooks;
