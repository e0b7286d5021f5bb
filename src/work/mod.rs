//! Durable jobs: the runner, and one file per kind of job. Every job is run outside any transaction and at least once.

mod backoff;
mod journal;
mod run;
mod runner;
mod send_message;

pub use journal::fold_journal;
pub use runner::{Runner, Workers};
