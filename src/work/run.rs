//! Which job does what.

use super::Workers;
use super::send_message::send_message;
use crate::ops::{self, OpsError, Task};

/// Why a job failed.
#[derive(Debug)]
pub struct Failure {
    /// Whether another try may help.
    pub again: bool,
    /// What happened; no personal data.
    pub what: String,
}

impl Failure {
    /// One that another try may mend.
    pub fn passing(what: &impl ToString) -> Self {
        Self { again: true, what: what.to_string() }
    }

    /// One that no try will mend.
    pub fn lasting(what: &impl ToString) -> Self {
        Self { again: false, what: what.to_string() }
    }
}

impl From<OpsError> for Failure {
    fn from(error: OpsError) -> Self {
        match error {
            OpsError::Store(_) => Self::passing(&error),
            _ => Self::lasting(&error),
        }
    }
}

/// Runs `task`.
pub async fn run(workers: &Workers, task: &Task, attempt: i32) -> Result<(), Failure> {
    let hotline = &workers.hotline;
    match *task {
        Task::Page { incident, cycle, round } => Ok(ops::page_next(hotline, incident, cycle, round).await?),
        Task::SendMessage { message } => send_message(workers, message, attempt).await,
        Task::Ticket { incident } => Ok(ops::file_ticket(hotline, incident).await?),
        Task::Remind { incident, cycle, round } => Ok(ops::remind_holder(hotline, incident, cycle, round).await?),
        Task::Estimate { incident, cycle, sequence, round } => {
            Ok(ops::remind_estimate(hotline, incident, cycle, sequence, round).await?)
        }
        Task::Mark { incident, cycle, percent } => Ok(ops::pass_mark(hotline, incident, cycle, percent).await?),
    }
}
