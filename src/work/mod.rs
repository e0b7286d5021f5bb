//! Durable jobs: the runner, and one file per kind of job. Every job is run outside any transaction and at least once.

mod backoff;
mod file_sound;
mod hand_off;
mod heart;
mod heartbeat;
mod hook;
mod journal;
mod reconcile;
mod rest;
mod room;
mod run;
mod runner;
mod send_message;
mod store_news;
mod sweep;
mod ways;

pub use hand_off::Desk;
pub use hook::{hook_slots, post_to_hook};
pub use journal::fold_journal;
pub use rest::Rest;
pub use runner::{Runner, Voice, Workers};
pub use sweep::sweep_blobs;
pub use ways::{CallsFrom, Fare, Posts, Ways};
