//! A person mended what the ticket store refused: what was given up is tried anew.

use super::super::{Hotline, OpsError, Task};
use super::hand_on;
use crate::incident::CaseNumber;
use crate::store::Tx;

/// Sets down anew what was given up of one case, or of all; gives how many cases there were.
///
/// # Errors
/// [`OpsError::NotFound`] without such a case; the store's.
pub async fn retry_hand_offs(hotline: &Hotline, number: Option<&CaseNumber>) -> Result<usize, OpsError> {
    let only = match number {
        None => None,
        Some(number) => {
            let found = hotline.store.read(async |tx: &mut Tx| tx.incident_by_number(number).await).await?;
            Some(found.ok_or(OpsError::NotFound("case"))?.id)
        }
    };
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<usize, OpsError> {
            let mut cases = tx.unbury(Task::HAND_OFF, only).await?;
            cases.extend(tx.unbury(Task::TICKET, only).await?);
            for case in &cases {
                let Some(incident) = tx.lock_incident(*case).await? else { continue };
                hand_on(hotline, tx, &incident).await?;
            }
            Ok(cases.len())
        })
        .await
}
