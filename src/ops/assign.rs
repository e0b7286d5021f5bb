//! A program that carries the API's token says that a person of the roster takes a case.

use super::acknowledge::{Acknowledged, acknowledge};
use super::{Hotline, OpsError};
use crate::incident::{Actor, CaseNumber, Incident};
use crate::store::Tx;

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Assigned {
    /// The case is theirs: since now, or since before.
    Theirs(Box<Incident>),
    /// Somebody else has it, or it needs nobody any more.
    Otherwise(Box<Incident>),
    /// The roster has no such person.
    Unknown,
}

/// `person` takes the case of this number; said again, nothing more happens.
///
/// # Errors
/// [`OpsError::NotFound`] without such a case; the store's.
pub async fn assign(hotline: &Hotline, number: &CaseNumber, person: &str) -> Result<Assigned, OpsError> {
    let assigned = hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Assigned, OpsError> {
            let incident = tx.lock_incident_by_number(number).await?.ok_or(OpsError::NotFound("case"))?;
            let roster = hotline.roster(tx).await?;
            let Some(person) = Hotline::person(roster.as_deref(), person) else { return Ok(Assigned::Unknown) };
            let (actor, id) = (Actor::Person(person.id.to_string()), person.id.as_str());
            Ok(match acknowledge(hotline, tx, incident, &actor, id, "api").await? {
                Acknowledged::Taken(incident) => Assigned::Theirs(Box::new(incident)),
                Acknowledged::Already(incident) if incident.acknowledged_by.as_deref() == Some(id) => {
                    Assigned::Theirs(Box::new(incident))
                }
                Acknowledged::Already(incident) => Assigned::Otherwise(Box::new(incident)),
            })
        })
        .await?;
    Ok(assigned)
}
