//! A year of the line, made up: calls, cases, pages, messages, tickets, for looking at the console with something in it. The
//! same seed and end give the same rows.
//!
//! The rows are kept by the store's own functions, a day's worth and more in one unit. What is still open at the end has the
//! jobs that the program would have set down, so a server that is started on the store goes on with those cases and pages the
//! people of the roster about them.

mod call;
mod case;
mod dice;
mod when;
mod words;

use std::collections::VecDeque;

use chrono::TimeDelta;

use super::StageError;
use crate::call::CallPage;
use crate::clock::Instant;
use crate::flow::Institution;
use crate::id::{Ids, IncidentId, JobId, MessageId};
use crate::incident::{CaseNumber, CaseNumberError};
use crate::oncall::Roster;
use crate::ops::{Hotline, Task, import_roster};
use crate::phone::Phone;
use crate::sla::NoOpenTime;
use crate::store::{Lane, NewJob, StoreError, Tx};
use case::Line;
use dice::Dice;
use when::Coming;

/// Calls kept in one unit.
const BATCH: usize = 100;
/// The area codes of the country; 555-0100 to 555-0199 are fictional in each.
const AREAS: [u16; 3] = [809, 829, 849];
/// Who imports the roster where there is none.
const BY: &str = "seed";

/// Which year to make.
#[derive(Clone, Copy, Debug)]
pub struct SeedYear {
    /// How many calls come in.
    pub calls: u32,
    /// Where chance begins.
    pub seed: u64,
    /// The year ends here: cases that nobody finished by then are open.
    pub until: Instant,
}

/// What was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seeded {
    /// Calls to the line.
    pub calls: u32,
    /// Calls that it made.
    pub outbound: u32,
    /// Cases.
    pub cases: u32,
    /// Those that are open.
    pub open: u32,
}

/// Why no year is made.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// There are calls already.
    #[error("the store has calls already: a made-up year goes into an empty store only. Give another one with --store")]
    NotEmpty,
    /// There is nobody to be paged, or nothing to be reported.
    #[error("the roster has nobody, or the directory no institution or no service")]
    Nobody,
    /// The store does not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The roster cannot be imported.
    #[error(transparent)]
    Ops(#[from] crate::ops::OpsError),
    /// The calendar never opens.
    #[error(transparent)]
    Calendar(#[from] NoOpenTime),
    /// A year has more cases than there are numbers.
    #[error(transparent)]
    Number(#[from] CaseNumberError),
    /// The settings.
    #[error(transparent)]
    Stage(#[from] StageError),
}

/// Somebody who calls.
#[derive(Clone, Debug)]
struct Caller {
    phone: Option<Phone>,
    institution: Institution,
}

/// A case of the last hours: another call may be about it.
#[derive(Clone, Debug)]
struct Recent {
    incident: IncidentId,
    number: CaseNumber,
    institution: String,
    service: String,
    reporter: Option<Phone>,
    since: Instant,
    until: Instant,
    /// What happened to it, kept when nothing more can be told of it: others call about it meanwhile.
    lines: Vec<Line>,
}

/// The year as it is being made.
struct Making<'a> {
    hotline: &'a Hotline,
    plan: SeedYear,
    dice: Dice,
    roster: Roster,
    phones: Vec<Phone>,
    institutions: Vec<Institution>,
    services: Vec<String>,
    recent: VecDeque<Recent>,
    seeded: Seeded,
}

/// Makes the year in the store of `hotline`, which must have no calls.
///
/// # Errors
/// [`SeedError`]; what was kept before it stays.
pub async fn seed_year(hotline: &Hotline, plan: SeedYear) -> Result<Seeded, SeedError> {
    let store = &hotline.store;
    let (any, roster) = store
        .read(async |tx: &mut Tx| -> Result<_, StoreError> {
            let any = tx.call_log(&crate::call::CallFilter::default(), CallPage::Newest, 1).await?;
            Ok((!any.is_empty(), tx.latest_roster().await?))
        })
        .await?;
    if any {
        return Err(SeedError::NotEmpty);
    }
    let dice = Dice(Ids::seeded(plan.seed));
    let text = if let Some(stored) = roster {
        stored.text
    } else {
        let example = include_str!("../../../roster.example.yaml");
        import_roster(store, &dice.0, plan.until, (example, "", BY)).await?;
        example.to_owned()
    };
    let roster = Roster::parse(&text, "the roster").map_err(|_| SeedError::Nobody)?;
    let directory = &hotline.policy.directory;
    let (institutions, services): (Vec<_>, Vec<_>) = (
        directory.institutions().cloned().collect(),
        directory.services().iter().map(|service| service.id.clone()).collect(),
    );
    if roster.people().is_empty() || institutions.is_empty() || services.is_empty() {
        return Err(SeedError::Nobody);
    }
    let coming = when::coming(&dice, plan.calls, plan.until, &hotline.policy.calendar, services.len());
    let phones = phones(&roster, &hotline.policy.line);
    let (recent, seeded) = (VecDeque::new(), Seeded::default());
    let mut making = Making { hotline, plan, dice, roster, phones, institutions, services, recent, seeded };
    for batch in coming.chunks(BATCH) {
        store
            .write(async |tx: &mut Tx| -> Result<(), SeedError> {
                for call in batch {
                    making.call(tx, *call).await?;
                }
                Ok(())
            })
            .await?;
    }
    let end = plan.until + TimeDelta::days(1);
    store.write(async |tx: &mut Tx| making.let_go(tx, end).await).await?;
    dead_letters(hotline, &making.dice, plan.until).await?;
    Ok(making.seeded)
}

/// A few jobs that failed for good on the last days.
async fn dead_letters(hotline: &Hotline, dice: &Dice, until: Instant) -> Result<(), SeedError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), SeedError> {
            for day in (1..=4).rev() {
                let at = until - TimeDelta::days(day);
                let task = Task::SendMessage { message: MessageId(dice.0.ordered(at)) };
                let (id, key) = (JobId(dice.0.ordered(at)), task.key());
                let payload = serde_json::to_value(&task).unwrap_or_default();
                let (kind, priority) = (task.kind(), i16::MIN);
                tx.enqueue(&NewJob { id, kind, key: &key, subject: None, priority, run_at: at, payload }).await?;
                // Nothing else is due that early, or as urgent.
                for job in tx.claim(Lane::Fast, BY, (at, at + TimeDelta::minutes(1)), 1).await? {
                    let why = "the provider refused it: 30003 unreachable destination handset";
                    tx.bury(job.id, job.attempt, at + TimeDelta::seconds(9), why).await?;
                }
            }
            Ok(())
        })
        .await
}

/// Every fictional number that is nobody's yet.
fn phones(roster: &Roster, line: &Phone) -> Vec<Phone> {
    let numbers = AREAS.into_iter().flat_map(|area| (0..100).map(move |last| format!("+1{area}55501{last:02}")));
    let phones = numbers.filter_map(|number| Phone::parse(&number).ok());
    phones.filter(|phone| phone != line && roster.person_at(phone).is_none()).collect()
}

impl Making<'_> {
    /// Somebody who calls; a few call often.
    fn caller(&self) -> Option<Caller> {
        let most = u64::try_from(self.phones.len()).unwrap_or(0);
        let place = usize::try_from(self.dice.0.below(most).min(self.dice.0.below(most))).unwrap_or(0);
        let phone = self.phones.get(place).filter(|_| !self.dice.chance(40)).cloned();
        let known = place.checked_rem(self.institutions.len()).and_then(|place| self.institutions.get(place));
        let institution = if self.dice.chance(60) { self.dice.pick(&self.institutions) } else { known };
        Some(Caller { phone, institution: institution?.clone() })
    }

    /// Lets go of cases that began before `than`: nobody calls about them any more, and what happened to them is kept.
    async fn let_go(&mut self, tx: &mut Tx, than: Instant) -> Result<(), SeedError> {
        while self.recent.front().is_some_and(|case| case.since < than) {
            let Some(mut case) = self.recent.pop_front() else { break };
            case.lines.sort_by_key(|(at, ..)| *at);
            for (at, actor, change) in case.lines.iter().filter(|(at, ..)| *at <= self.plan.until) {
                tx.append_entry(case.incident, *at, actor, change).await?;
            }
        }
        Ok(())
    }

    /// Another call is about this case.
    fn join(&mut self, case: IncidentId, line: Line) {
        if let Some(case) = self.recent.iter_mut().find(|recent| recent.incident == case) {
            case.lines.push(line);
        }
    }

    /// What came of a case, for those who call about it.
    fn remember(&mut self, recent: Recent) {
        self.recent.push_back(recent);
    }

    /// The open case of the same fault, reported within two hours.
    fn duplicate(&self, institution: &str, service: &str, now: Instant) -> Option<Recent> {
        let same = |case: &&Recent| {
            case.institution == institution
                && case.service == service
                && case.until > now
                && now - case.since < TimeDelta::hours(2)
        };
        self.recent.iter().rev().find(same).cloned()
    }

    /// The open case that this number reported.
    fn own(&self, phone: Option<&Phone>, now: Instant) -> Option<Recent> {
        let phone = phone?;
        self.recent.iter().rev().find(|case| case.reporter.as_ref() == Some(phone) && case.until > now).cloned()
    }

    /// A call of the year.
    async fn call(&mut self, tx: &mut Tx, coming: Coming) -> Result<(), SeedError> {
        self.let_go(tx, coming.at - TimeDelta::hours(24)).await?;
        let caller = self.caller().ok_or(SeedError::Nobody)?;
        call::make(self, tx, coming, caller).await
    }
}
