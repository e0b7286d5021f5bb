//! Use cases, one per file: the domain and the store, never a provider, so that no network call can ever sit inside a
//! transaction.

mod acknowledge;
mod alert;
mod change;
mod effects;
mod end_call;
mod error;
mod estimate;
mod facts;
mod file_ticket;
mod fold;
mod given_up;
mod hotline;
mod lease;
mod mark;
mod message;
mod open_incident;
mod page;
mod recording;
mod remind;
mod reply;
mod retime;
mod take_turn;
mod task;
mod wake;

pub use change::change_case;
pub use end_call::{LegStatus, leg_status};
pub use error::OpsError;
pub use estimate::{Estimate, estimate, remind_estimate};
pub use facts::Surroundings;
pub use file_ticket::file_ticket;
pub use fold::{Ended, Journalled, fold};
pub use given_up::give_up;
pub use hotline::{Hotline, Policy};
pub use lease::{Lease, nothing_to_do};
pub use mark::pass_mark;
pub use message::{message_accepted, message_receipt, message_refused, message_to_send};
pub use page::page_next;
pub use recording::{RecordingNews, recording_status};
pub use remind::remind_holder;
pub use reply::{Incoming, receive_message};
pub use retime::{reclassify, recount_open};
pub use take_turn::{Document, Ring, TurnTaken, begin_call, take_turn};
pub use task::Task;
pub use wake::Wake;

use crate::clock::Instant;
use crate::id::{IncidentId, JobId};
use crate::store::{NewJob, Tx};

/// Sets down a job of the unit of `tx`. One with the same key that is still waiting stands for both.
async fn enqueue(
    hotline: &Hotline,
    tx: &mut Tx,
    subject: Option<IncidentId>,
    run_at: Instant,
    task: &Task,
) -> Result<(), OpsError> {
    let payload = serde_json::to_value(task).map_err(|_| OpsError::Impossible("a job that is no JSON"))?;
    tx.enqueue(&NewJob {
        id: JobId(hotline.ids.ordered(hotline.now())),
        kind: task.kind(),
        key: &task.key(),
        subject,
        priority: task.priority(),
        run_at,
        payload,
    })
    .await?;
    Ok(())
}
