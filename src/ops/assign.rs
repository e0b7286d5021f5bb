//! A program that carries the API's token says that a person of the roster takes a case; or somebody at the console gives it to
//! one, who is then asked whether they are there.

use super::acknowledge::{Acknowledged, acknowledge};
use super::message::tell;
use super::open_incident::tell_ticket_store;
use super::page::close_pages;
use super::remind::ask_holder;
use super::{Hotline, OpsError};
use crate::incident::{Actor, CaseNumber, Change, Incident, State};
use crate::oncall::Person;
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

/// `actor` gives `incident`, which is locked, to `person`: they hold it from now on and are asked at once, and where they do
/// not answer, others are paged. Whoever held it before is told. `None` = it is theirs already, or awaits no response.
pub(super) async fn hand_to(
    hotline: &Hotline,
    tx: &mut Tx,
    mut incident: Incident,
    person: &Person,
    actor: &Actor,
) -> Result<Option<Incident>, OpsError> {
    let id = person.id.as_str();
    let before = incident.acknowledged_by.clone();
    match incident.state {
        State::Received => {
            let Acknowledged::Taken(taken) = acknowledge(hotline, tx, incident, actor, id, "assigned").await? else {
                return Ok(None);
            };
            incident = taken;
        }
        State::Acknowledged if before.as_deref() != Some(id) => {
            let now = hotline.now();
            incident.acknowledged_by = Some(id.to_owned());
            tx.save_incident(&mut incident).await?;
            let change = Change::Acknowledged { person: id.to_owned(), method: "assigned".to_owned() };
            tx.append_entry(incident.id, now, actor, &change).await?;
            let words = |to: &Person| hotline.policy.writer.ack_other(to.language, &incident.number, &person.name, now);
            let asked = tx.pages(incident.id).await?;
            let is_asked = |who: &str| asked.iter().any(|page| page.person == who && page.closed_at.is_none());
            let roster = hotline.roster(tx).await?;
            let holder = before.as_deref().filter(|holder| !is_asked(holder));
            if let Some(holder) = holder.and_then(|holder| Hotline::person(roster.as_deref(), holder)) {
                tell(hotline, tx, Some(incident.id), "ack_other", holder, words(holder)).await?;
            }
            close_pages(hotline, tx, &incident, id, "ack_other", words).await?;
            tell_ticket_store(hotline, tx, incident.id).await?;
        }
        _ => return Ok(None),
    }
    ask_holder(hotline, tx, &incident).await?;
    Ok(Some(incident))
}
