//! A job was given up: that itself tells a person, and a page that was given up hurries the ladder.

use super::alert::{Alert, GIVEN_UP, supervisors};
use super::{Hotline, OpsError, Task, message_refused};
use crate::id::IncidentId;
use crate::incident::{Actor, Change};
use crate::store::Tx;

/// The job of `task` is dead: written down, told to the supervisors, and, for a message, taken for refused.
///
/// # Errors
/// [`OpsError`].
pub async fn give_up(hotline: &Hotline, task: &Task, subject: Option<IncidentId>, tries: u32) -> Result<(), OpsError> {
    if let Task::SendMessage { message } = task {
        message_refused(hotline, *message, None).await?;
    }
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let incident = match subject {
                Some(id) => tx.incident(id).await?,
                None => None,
            };
            if let Some(incident) = &incident {
                let change = Change::GivenUp { job: task.kind().to_owned() };
                tx.append_entry(incident.id, hotline.now(), &Actor::System, &change).await?;
            }
            // An alert about a message that could not be sent must not go round in a circle.
            let about_alert = match task {
                Task::SendMessage { message } => {
                    tx.message(*message).await?.is_some_and(|message| message.template == GIVEN_UP)
                }
                _ => false,
            };
            if about_alert {
                tracing::error!("an alert to a supervisor could not be sent");
                return Ok(());
            }
            supervisors(hotline, tx, incident.as_ref(), Alert::GivenUp { tries }).await
        })
        .await?;
    hotline.wake.ring();
    Ok(())
}
