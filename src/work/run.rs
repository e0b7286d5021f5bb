//! Which job does what.

use std::time::Duration;

use super::Workers;
use super::hand_off::hand_off;
use super::heartbeat::heartbeat;
use super::hook::deliver;
use super::reconcile::reconcile;
use super::room::move_room;
use super::send_message::send_message;
use crate::clock::Instant;
use crate::ops::{self, Lease, OpsError, Task};

/// Why a job was not done.
#[derive(Debug)]
pub enum Failure {
    /// Another try may mend it.
    Passing {
        /// What happened, without personal data.
        what: String,
        /// How long the other side asks us to wait.
        wait: Option<Duration>,
    },
    /// The ticket store is left alone until then; this one and the others come back after it.
    Away {
        /// What happened, without personal data.
        what: String,
        /// When to come back.
        until: Instant,
    },
    /// No try will. What happened, without personal data.
    Lasting(String),
    /// Somebody else has it by now.
    LeaseLost,
}

impl Failure {
    /// One that another try may mend.
    pub fn passing(what: &impl ToString) -> Self {
        Self::Passing { what: what.to_string(), wait: None }
    }

    /// One that no try will mend.
    pub fn lasting(what: &impl ToString) -> Self {
        Self::Lasting(what.to_string())
    }
}

impl From<OpsError> for Failure {
    fn from(error: OpsError) -> Self {
        match error {
            OpsError::Store(_) => Self::passing(&error),
            OpsError::LeaseLost => Self::LeaseLost,
            _ => Self::lasting(&error),
        }
    }
}

/// Runs `task`; done, it is settled as well, in the unit of what it did.
pub async fn run(workers: &Workers, task: &Task, lease: Lease) -> Result<(), Failure> {
    let hotline = &workers.hotline;
    match *task {
        Task::Page { incident, cycle, round } => Ok(ops::page_next(hotline, lease, incident, cycle, round).await?),
        Task::Reconcile => reconcile(workers, lease).await,
        Task::Bundle { bundle } => Ok(ops::send_bundle(hotline, lease, bundle).await?),
        Task::Notices { ref person, tidings } => Ok(ops::send_notices(hotline, lease, person, tidings).await?),
        Task::SendMessage { message } => send_message(workers, message, lease).await,
        Task::Ticket { incident } => Ok(ops::file_ticket(hotline, lease, incident).await?),
        Task::HandOff { incident, ref step } => hand_off(workers, incident, step, lease).await,
        Task::CallBack { incident, cycle, attempt } => {
            Ok(ops::call_back(hotline, lease, incident, cycle, attempt).await?)
        }
        Task::Remind { incident, cycle, round } => {
            Ok(ops::remind_holder(hotline, lease, incident, cycle, round).await?)
        }
        Task::Estimate { incident, cycle, sequence, round } => {
            Ok(ops::remind_estimate(hotline, lease, incident, cycle, sequence, round).await?)
        }
        Task::Mark { incident, cycle, percent } => Ok(ops::pass_mark(hotline, lease, incident, cycle, percent).await?),
        Task::TicketMark { ticket, cycle, percent } => {
            Ok(ops::pass_ticket_mark(hotline, lease, ticket, cycle, percent).await?)
        }
        Task::Room { room, aim } => move_room(workers, room, aim, lease).await,
        Task::Canary => Ok(ops::begin_canary(hotline, lease).await?),
        Task::Handovers => Ok(ops::tell_handovers(hotline, lease).await?),
        Task::Heartbeat => heartbeat(workers, lease).await,
        Task::Hook { ref delivery } => deliver(workers, delivery, lease).await,
        Task::Forget => Ok(ops::forget_answers(hotline, lease).await?),
    }
}
