//! A person mended what the ticket store refused: what was given up is tried anew, and what waits for its next try is tried now.

use std::collections::BTreeSet;

use super::super::{Hotline, OpsError, Task, enqueue};
use super::doubt::resolve_doubt;
use super::outlook::TOLD_REFUSED;
use super::stuck::KINDS;
use crate::id::IncidentId;
use crate::incident::CaseNumber;
use crate::store::Tx;

/// Tries anew what failed of one case, or of all: what was given up, and what waits for its next try. Gives how many cases
/// there were.
///
/// # Errors
/// [`OpsError::NotFound`] without such a case; the store's.
pub async fn retry_hand_offs(hotline: &Hotline, number: Option<&CaseNumber>) -> Result<usize, OpsError> {
    let cases = hotline
        .store
        .read(async |tx: &mut Tx| -> Result<BTreeSet<IncidentId>, OpsError> {
            if let Some(number) = number {
                let found = tx.incident_by_number(number).await?.ok_or(OpsError::NotFound("case"))?;
                return Ok(BTreeSet::from([found.id]));
            }
            let mut cases = BTreeSet::new();
            for kind in KINDS {
                cases.extend(tx.subjects_of_failed(kind).await?);
            }
            Ok(cases)
        })
        .await?;
    let mut tried = 0_usize;
    // A unit for each: a thousand cases must not keep the line from its writer, and a case is locked before its jobs.
    for case in cases {
        if hotline.store.write(async |tx: &mut Tx| retry_case(hotline, tx, case).await).await? {
            tried = tried.saturating_add(1);
        }
    }
    Ok(tried)
}

/// Whether anything of it had failed.
async fn retry_case(hotline: &Hotline, tx: &mut Tx, case: IncidentId) -> Result<bool, OpsError> {
    let Some(incident) = tx.lock_incident(case).await? else { return Ok(false) };
    let (mut was_given_up, mut hurried) = (false, 0_u64);
    for kind in KINDS {
        was_given_up |= !tx.unbury(kind, Some(incident.id)).await?.is_empty();
        hurried = hurried.saturating_add(tx.hurry_jobs(kind, incident.id, hotline.now()).await?);
    }
    if was_given_up {
        // Whoever asks for it has looked: what is refused after that is news again.
        tx.forget_meta(TOLD_REFUSED).await?;
        resolve_doubt(tx, incident.id).await?;
        // What is to be told, and to which store, is found out by whoever serves.
        let task = Task::Ticket { incident: incident.id };
        enqueue(hotline, tx, Some(incident.id), hotline.now(), &task).await?;
    }
    Ok(was_given_up || hurried > 0)
}
