//! What people are told about the clocks of cases: the first words one by one, what is beyond that together, as with pages.
//! Each is kept before it is told, once for each mark, cycle and person.

use super::message::tell;
use super::{Hotline, Lease, OpsError, Task, enqueue};
use crate::incident::Incident;
use crate::oncall::{Person, Roster};
use crate::paging::{Notice, Tidings, Way};
use crate::store::Tx;

/// `person` learns that the mark `percent` of `incident` has passed: at once, or a moment later together with others.
pub(super) async fn notify(
    hotline: &Hotline,
    tx: &mut Tx,
    roster: &Roster,
    incident: &Incident,
    percent: u8,
    person: &Person,
) -> Result<(), OpsError> {
    let (now, throttle) = (hotline.now(), &hotline.policy.throttle);
    let (who, tidings) = (person.id.to_string(), Tidings::of(percent));
    let before = tx.notices_of(&who, now - throttle.per).await?;
    let way = throttle.way_of_notice(&before, now);
    let told_at = (way == Way::Alone).then_some(now);
    let (id, cycle) = (incident.id, incident.cycle);
    let notice = Notice { incident: id, cycle, percent, person: who.clone(), created_at: now, told_at };
    tx.put_notice(&notice).await?;
    match way {
        Way::Alone => tell_alone(hotline, tx, roster, incident, tidings, person).await,
        Way::Together => {
            enqueue(hotline, tx, None, now + throttle.delay, &Task::Notices { person: who, tidings }).await
        }
    }
}

/// What has gathered for a person goes out in one message; by itself, where one case is left of it.
///
/// # Errors
/// [`OpsError`].
pub async fn send_notices(hotline: &Hotline, lease: Lease, person: &str, tidings: Tidings) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            lease.settle(hotline, tx).await?;
            let now = hotline.now();
            let mut cases: Vec<Incident> = Vec::new();
            for notice in tx.take_notices(person, tidings, now).await? {
                let incident = tx.incident(notice.incident).await?.ok_or(OpsError::NotFound("incident"))?;
                // Whose reporter was reached meanwhile needs no warning; a broken promise stays one.
                let warns = incident.cycle == notice.cycle && incident.state.awaits_response();
                if (tidings == Tidings::Breach || warns) && !cases.iter().any(|case| case.id == incident.id) {
                    cases.push(incident);
                }
            }
            cases.sort_by(|one, other| (one.due_at, &one.number).cmp(&(other.due_at, &other.number)));
            let roster = hotline.roster(tx).await?;
            let (Some(roster), Some(first)) = (roster.as_deref(), cases.first()) else { return Ok(()) };
            let people: Vec<&Person> = match Hotline::person(Some(roster), person) {
                Some(person) => vec![person],
                // They left the roster meanwhile; the timelines say that somebody was told.
                None => roster.supervisors().collect(),
            };
            for person in people {
                match cases.len() {
                    1 => tell_alone(hotline, tx, roster, first, tidings, person).await?,
                    _ => tell_together(hotline, tx, &cases, first, tidings, person).await?,
                }
            }
            Ok(())
        })
        .await
}

/// Tells `person` of `cases`, of which `first` is due first.
async fn tell_together(
    hotline: &Hotline,
    tx: &mut Tx,
    cases: &[Incident],
    first: &Incident,
    tidings: Tidings,
    person: &Person,
) -> Result<(), OpsError> {
    let numbers: Vec<_> = cases.iter().map(|case| &case.number).collect();
    let writer = &hotline.policy.writer;
    let body = match tidings {
        Tidings::Warning => writer.warn_bundle(person.language, &numbers, first.due_at, first.due_at - hotline.now()),
        Tidings::Breach => writer.breach_bundle(person.language, &numbers, first.due_at),
    };
    tell(hotline, tx, None, tidings.template(), person, body).await
}

async fn tell_alone(
    hotline: &Hotline,
    tx: &mut Tx,
    roster: &Roster,
    incident: &Incident,
    tidings: Tidings,
    person: &Person,
) -> Result<(), OpsError> {
    let (writer, about) = (&hotline.policy.writer, hotline.subject(incident));
    let body = match tidings {
        Tidings::Warning => {
            let holder = incident.acknowledged_by.as_deref().unwrap_or_default();
            let name = Hotline::person(Some(roster), holder).map_or(holder, |person| &person.name);
            writer.warn(person.language, &about, incident.due_at.signed_duration_since(hotline.now()), name)
        }
        Tidings::Breach => writer.breach(person.language, &about),
    };
    tell(hotline, tx, Some(incident.id), tidings.template(), person, body).await
}
