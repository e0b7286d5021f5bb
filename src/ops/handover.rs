//! Hand-overs: whoever comes on duty is told before, once, and again where the roster takes it back. No case is needed for
//! it. What people know is kept with what they are told, so that neither a restart nor a second node tells it twice.

use chrono::TimeDelta;

use super::link::in_words;
use super::message::{HANDOVER, tell};
use super::{Hotline, Lease, OpsError, Task, enqueue};
use crate::clock::Instant;
use crate::id::{Ids, JobId};
use crate::oncall::{Handover, News, Person, Roster, Tour};
use crate::store::{NewJob, Store, Tx};

/// The fact that people's times on duty were looked at before.
const LOOKED: &str = "handovers";

/// What people are told about their duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handovers {
    /// So long before it begins; zero = not before.
    pub before: TimeDelta,
    /// Whether also when it begins.
    pub at_start: bool,
    /// Whether also when it ends.
    pub at_end: bool,
}

impl Handovers {
    /// How long before their duty `person` is told.
    fn lead(&self, person: &Person) -> TimeDelta {
        person.handover.unwrap_or(self.before)
    }

    /// Whether `person` is told this.
    fn tells(&self, person: &Person, news: News) -> bool {
        let before = self.lead(person) > TimeDelta::zero();
        match news {
            News::Coming => before,
            News::OnDuty | News::Taken => before || self.at_start,
            News::Begins => self.at_start,
            News::Ends => self.at_end,
        }
    }
}

/// Sets down the next look at who comes on duty, or none where nobody is told. At every start.
///
/// # Errors
/// The store's.
pub async fn schedule_handovers(hotline: &Hotline) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            if hotline.policy.handovers.is_none() {
                tx.cancel_job(&Task::Handovers.key()).await?;
                return Ok(());
            }
            enqueue(hotline, tx, None, hotline.now(), &Task::Handovers).await
        })
        .await
}

/// Keeps a new version of the roster, read before, and has the hand-overs looked at. Gives its number.
///
/// # Errors
/// The store's.
pub async fn import_roster(
    store: &Store,
    ids: &Ids,
    now: Instant,
    (text, hash, by): (&str, &str, &str),
) -> Result<i64, OpsError> {
    let task = Task::Handovers;
    let payload = serde_json::to_value(&task).map_err(|_| OpsError::Impossible("a job that is no JSON"))?;
    let (kind, key, priority) = (task.kind(), &task.key(), task.priority());
    let job = NewJob { id: JobId(ids.ordered(now)), kind, key, subject: None, priority, run_at: now, payload };
    store
        .write(async |tx: &mut Tx| -> Result<i64, OpsError> {
            let version = tx.insert_roster(text, hash, by, now).await?;
            tx.enqueue(&job).await?;
            Ok(version)
        })
        .await
}

/// Tells whoever is to be told of a hand-over by now, and sets down the next look.
///
/// # Errors
/// [`OpsError`].
pub async fn tell_handovers(hotline: &Hotline, lease: Lease) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            lease.settle(hotline, tx).await?;
            tx.forget_job(lease.job).await?;
            let Some(handovers) = hotline.policy.handovers else { return Ok(()) };
            // The next import looks again.
            let Some(roster) = hotline.roster(tx).await? else { return Ok(()) };
            let now = hotline.now();
            let lead = |person: &Person| handovers.lead(person);
            let known = tx.tours().await?;
            let changes = roster.handovers(&known, now, lead);
            for gone in changes.iter().filter_map(|change| change.before.as_ref()) {
                tx.drop_tour(gone).await?;
            }
            for tour in changes.iter().filter_map(|change| change.after.as_ref()) {
                tx.put_tour(tour).await?;
            }
            // Whoever is on duty when this is looked at for the first time knows.
            let first = tx.meta(LOOKED).await?.is_none();
            if first {
                tx.set_meta(LOOKED, &now.to_rfc3339()).await?;
            }
            for change in &changes {
                if let Some((tour, person, news)) = told(&roster, change)
                    && handovers.tells(person, news)
                    && !(first && news == News::OnDuty)
                {
                    let body = words(hotline, &roster, tour, person, news);
                    tell(hotline, tx, None, HANDOVER, person, body).await?;
                }
            }
            enqueue(hotline, tx, None, roster.next_handover(now, lead), &Task::Handovers).await
        })
        .await
}

/// What is told to whom, while the roster has them.
fn told<'r>(roster: &'r Roster, change: &'r Handover) -> Option<(&'r Tour, &'r Person, News)> {
    let tour = match change.news? {
        // They are told what is taken from them, not what they get instead.
        News::Taken | News::Ends => change.before.as_ref()?,
        News::Coming | News::OnDuty | News::Begins => change.after.as_ref()?,
    };
    Some((tour, roster.person(&tour.person)?, change.news?))
}

fn words(hotline: &Hotline, roster: &Roster, tour: &Tour, person: &Person, news: News) -> String {
    let (l, writer, now) = (person.language, &hotline.policy.writer, hotline.now());
    let moment = |at: Instant| in_words(hotline, l, at);
    // Where there is one schedule nobody asks which.
    let schedule = if roster.schedules().len() > 1 { tour.schedule.as_str() } else { "" };
    let begins = moment(tour.begins_at);
    let ends = tour.ends_at.map(|at| (moment(at), at));
    let until = ends.as_ref().map(|(words, at)| (words.as_str(), *at));
    match news {
        News::Coming => writer.duty_coming(l, schedule, &begins, until),
        News::OnDuty | News::Begins => writer.duty_now(l, schedule, until),
        News::Ends => writer.duty_over(l, schedule),
        News::Taken if tour.begins_at > now => writer.duty_taken(l, schedule, Some(&begins)),
        News::Taken => writer.duty_taken(l, schedule, None),
    }
}
