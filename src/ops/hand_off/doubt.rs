//! A store that cannot be searched is told of a case once. That it is about to be is set down first, and taken back once it is
//! known what came of it: of what is left in doubt only a person can say whether it was heard.

use super::super::{Hotline, OpsError};
use crate::id::IncidentId;
use crate::store::Tx;

fn key(incident: IncidentId) -> String {
    format!("ticket_in_doubt:{incident}")
}

/// Sets down that a ticket of `incident` is about to be made in a store that cannot be searched; `false` when it was made, or
/// may have been.
///
/// # Errors
/// The store's.
pub async fn doubt_ticket(hotline: &Hotline, incident: IncidentId) -> Result<bool, OpsError> {
    let at = hotline.now().timestamp().to_string();
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<bool, OpsError> {
            // Of two who believe to have the job, one is first.
            tx.lock_incident(incident).await?.ok_or(OpsError::NotFound("incident"))?;
            let is_made = tx.hand_off(incident).await?.is_some_and(|hand_off| hand_off.progress.remote.is_some());
            if is_made || tx.meta(&key(incident)).await?.is_some() {
                return Ok(false);
            }
            tx.set_meta(&key(incident), &at).await?;
            Ok(true)
        })
        .await
}

/// The store surely did not make it.
///
/// # Errors
/// The store's.
pub async fn no_doubt_of_ticket(hotline: &Hotline, incident: IncidentId) -> Result<(), OpsError> {
    hotline.store.write(async |tx: &mut Tx| resolve_doubt(tx, incident).await).await
}

/// What came of it is known.
pub(super) async fn resolve_doubt(tx: &mut Tx, incident: IncidentId) -> Result<(), OpsError> {
    Ok(tx.forget_meta(&key(incident)).await?)
}
