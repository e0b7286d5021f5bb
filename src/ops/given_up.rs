//! A job was given up: that itself tells a person, and a page that was given up hurries the ladder.

use super::alert::{Alert, GIVEN_UP, supervisors};
use super::hand_off::{Refusal, tell_of_store};
use super::message::message_lost;
use super::{Hotline, Lease, OpsError, Task, enqueue};
use crate::id::IncidentId;
use crate::incident::{Actor, Change};
use crate::store::Tx;

/// The job of `task` is dead: written down, told to the supervisors, and, for a message, taken for refused; all of it in
/// one unit. `None` is a job this version does not know.
///
/// # Errors
/// [`OpsError`]; the job is not dead then.
pub async fn give_up(
    hotline: &Hotline,
    lease: Lease,
    task: Option<&Task>,
    subject: Option<IncidentId>,
    error: &str,
) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let incident = match subject {
                Some(id) => tx.lock_incident(id).await?,
                None => None,
            };
            if !tx.bury(lease.job, lease.attempt, hotline.now(), error).await? {
                return Err(OpsError::LeaseLost);
            }
            if let Some(Task::SendMessage { message }) = task {
                message_lost(hotline, tx, *message, None).await?;
            }
            if let Some(incident) = &incident {
                let job = task.map_or("unknown", Task::kind).to_owned();
                tx.append_entry(incident.id, hotline.now(), &Actor::System, &Change::GivenUp { job }).await?;
            }
            // An alert about a message that could not be sent must not go round in a circle.
            let about_alert = match task {
                Some(Task::SendMessage { message }) => {
                    tx.message(*message).await?.is_some_and(|message| message.template == GIVEN_UP)
                }
                _ => false,
            };
            if about_alert {
                tracing::error!("an alert to a supervisor could not be sent");
                return Ok(());
            }
            if let Some(Task::Hook { delivery }) = task {
                // What waits for it as well is not told either, so that an address that is gone is one alert.
                return if tx.switch_hook(delivery.hook, false).await? {
                    supervisors(hotline, tx, None, Alert::HookOff { tries: delivery.failures.saturating_add(1) }).await
                } else {
                    Ok(())
                };
            }
            if let Some(again @ (Task::Canary | Task::Handovers | Task::Heartbeat | Task::Forget | Task::StoreNews)) =
                task
            {
                enqueue(hotline, tx, None, hotline.now() + Hotline::LOOK_AGAIN, again).await?;
            }
            if let Some(Task::HandOff { incident: case, .. }) = task {
                // It stops only what hangs on it: the rest is found and set down.
                let rest = Task::Ticket { incident: *case };
                enqueue(hotline, tx, Some(*case), hotline.now(), &rest).await?;
                // A store that refuses one case refuses the next: the supervisors are told once, not once for each.
                return tell_of_store(hotline, tx, incident.as_ref(), Refusal::Refused).await;
            }
            let tries = u32::try_from(lease.attempt).unwrap_or(1);
            supervisors(hotline, tx, incident.as_ref(), Alert::GivenUp { tries }).await
        })
        .await
}
