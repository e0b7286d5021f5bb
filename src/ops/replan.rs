//! The affected service became known after the first page: where it has people of its own, they are told now.

use super::{Hotline, OpsError, Task};
use crate::incident::{Incident, State};
use crate::paging::Plan;
use crate::store::Tx;

/// Goes on with the escalation of the service of `incident`, from its first step and at once, where it is another than the
/// one the ladder began with. Whoever was told stays told.
pub(super) async fn replan(hotline: &Hotline, tx: &mut Tx, incident: &Incident) -> Result<(), OpsError> {
    let Some(roster) = hotline.roster(tx).await? else { return Ok(()) };
    let escalation = roster.escalation(incident.service.as_deref());
    let before = hotline.plan(tx, incident).await?;
    if incident.state != State::Received || before.escalation.id == escalation.id {
        return Ok(());
    }
    let pages = tx.pages(incident.id).await?;
    let last = pages.iter().filter(|page| page.cycle == incident.cycle).map(|page| page.round).max();
    let begins = last.map_or(0, |last| last.saturating_add(1));
    tx.put_ladder(incident.id, incident.cycle, &Plan { escalation, begins }).await?;
    let next = Task::Page { incident: incident.id, cycle: incident.cycle, round: begins };
    tx.move_job(&next.key(), hotline.now()).await?;
    Ok(())
}
