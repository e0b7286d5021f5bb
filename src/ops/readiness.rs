//! Gathers what the store knows of how things stand, for [`crate::readiness`].

use chrono::TimeDelta;

use super::heartbeat::last_heartbeat;
use super::verify::standing;
use super::{Hotline, OpsError};
use crate::readiness::{Callbacks, Facts, House, Line, Reached, Report, Tests, judge};
use crate::store::{Lane, Tx};

/// Jobs that were given up longer ago were told, and are no news.
const NEWS: TimeDelta = TimeDelta::hours(24);
/// Jobs that were given up are counted up to so many.
const MOST: u32 = 100;

/// What was found outside the store.
#[derive(Clone, Debug)]
pub struct Outside {
    /// The telephony provider; `None` = it was not asked.
    pub line: Option<Line>,
    /// Where it must send what happens on the line.
    pub callbacks: Callbacks,
    /// Whether the signature self-test passed.
    pub signatures: bool,
    /// Whether the fallback journal is empty; `None` = it cannot be written.
    pub journal_empty: Option<bool>,
}

/// Judges how things stand, inside and outside.
///
/// # Errors
/// That the store cannot be read: a finding of whoever asks.
pub async fn readiness(hotline: &Hotline, outside: Outside) -> Result<Report, OpsError> {
    let now = hotline.now();
    let store_writes = hotline.store.check().await.is_ok();
    hotline
        .store
        .read(async |tx: &mut Tx| -> Result<Report, OpsError> {
            let roster = hotline.roster(tx).await?;
            let mut verified = Reached::default();
            let known = tx.verifications().await?;
            for person in roster.iter().flat_map(|roster| roster.people()) {
                for contact in &person.contacts {
                    if standing(hotline, &known, person, contact).is_some_and(|known| known.verified.is_some()) {
                        verified.note(person, contact);
                    }
                }
            }
            let house = House {
                store_writes,
                late: tx.next_due_in(Lane::Fast).await?.map(|due| now - due).filter(|late| *late > TimeDelta::zero()),
                given_up: tx.dead_jobs(MOST).await?.iter().filter(|dead| dead.died_at > now - NEWS).count(),
                forgotten: tx.open_incidents_without_job().await?.len(),
                tests: tests(hotline, tx).await?,
                heartbeat: match hotline.policy.heartbeat {
                    Some(every) => Some((every, last_heartbeat(tx).await?)),
                    None => None,
                },
            };
            Ok(judge(&Facts {
                now,
                zone: hotline.policy.calendar.zone(),
                roster: roster.as_deref(),
                verified,
                house: Some(house),
                line: outside.line,
                callbacks: outside.callbacks,
                signatures: outside.signatures,
                journal_empty: outside.journal_empty,
            }))
        })
        .await
}

async fn tests(hotline: &Hotline, tx: &mut Tx) -> Result<Option<Tests>, OpsError> {
    let Some(canaries) = &hotline.policy.canaries else { return Ok(None) };
    let over = tx.canaries(2).await?.into_iter().find(|test| test.ended_at.is_some());
    let last = over.map(|test| (test.started_at, test.answered));
    Ok(Some(Tests { person: canaries.person.to_string(), every: canaries.every, last }))
}
