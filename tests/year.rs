//! A year of duty in simulated time: hundreds of incidents, whoever calls and whoever is on duty drawn from a seed, and
//! everything goes wrong that does in a year (the provider is away for minutes, phones are off, voicemail picks up, somebody
//! texts STOP, receipts come late, twice, reversed or never, Guardia is restarted or down). What must be true of each
//! incident is looked at when it is over (`ledger`), and of the whole at every deed.
//!
//! `YEAR_SEED` is another year, `YEAR_INCIDENTS` another number of calls. A failure names the seed.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something is wrong"
)]

#[path = "year/agenda.rs"]
mod agenda;
#[path = "year/callers.rs"]
mod callers;
#[path = "year/chance.rs"]
mod chance;
#[path = "year/ledger.rs"]
mod ledger;
#[path = "year/staff.rs"]
mod staff;
#[path = "year/weather.rs"]
mod weather;

use std::path::Path;

use chrono::TimeDelta;
use guardia::clock::Instant;
use guardia::incident::{Actor, CaseNumber, Event, Incident, State};
use guardia::ops::change_case;
use guardia::stage::{Props, Stage};
use guardia::store::{IncidentFilter, StoreError, Tx};
use guardia_sandbox::CallSid;
use guardia_sandbox::story::Host;
use tempfile::TempDir;

use agenda::{Agenda, Deed};
use chance::Chance;
use ledger::Ledger;
use weather::Weather;

/// The seed of the year that everybody plays.
const SEED: u64 = 2026;
/// Calls in it: as many as fit into a minute of two busy processors.
const CALLS: usize = 250;
/// It begins here.
const BEGINS: &str = "2026-01-06T12:00:00Z";
const YEAR: TimeDelta = TimeDelta::days(365);
/// Instants that a year may have at most: far more than any had.
const INSTANTS: usize = 5_000_000;

/// A year while it is played.
struct Year {
    stage: Stage,
    chance: Chance,
    agenda: Agenda,
    weather: Weather,
    ledger: Ledger,
    /// How far the transcript was read.
    place: usize,
    /// Lines of the transcript, deeds, incidents that were judged.
    counts: (usize, usize, usize),
    _folder: TempDir,
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}: write a number")))
}

/// A folder for files that need not outlive a power cut: in memory, where the machine has a place for that.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_year_of_duty_forgets_nobody_and_tells_nobody_twice() {
    let (seed, calls) = (number("YEAR_SEED", SEED), number("YEAR_INCIDENTS", u64::try_from(CALLS).unwrap()));
    println!("YEAR_SEED={seed} YEAR_INCIDENTS={calls}");
    let folder = folder();
    let begins: Instant = BEGINS.parse().unwrap();
    let props = Props { seed, ..Props::default() };
    let stage = Stage::set(begins, folder.path(), &props).await.unwrap();
    let mut year = Year {
        stage,
        chance: Chance::new(seed),
        agenda: Agenda::default(),
        weather: Weather::default(),
        ledger: Ledger::default(),
        place: 0,
        counts: (0, 0, 0),
        _folder: folder,
    };
    callers::plan(&mut year.agenda, &year.chance, begins, YEAR, calls);
    year.agenda.set(begins + YEAR, Deed::EverythingEnds);
    year.play().await;
    year.ledger.close(&year.stage).await;
    let (lines, deeds, incidents) = year.counts;
    println!("{calls} calls, {incidents} incidents, {deeds} deeds of people, {lines} lines of the transcript");
    println!("{}", year.ledger);
    let problems = year.ledger.problems();
    assert!(problems.is_empty(), "YEAR_SEED={seed}: {} problems:\n{}", problems.len(), problems.join("\n"));
    assert!(
        incidents * 10 >= usize::try_from(calls).unwrap() * 6,
        "{incidents} incidents of {calls} calls: too few to prove anything"
    );
    year.stage.stop().await;
}

impl Year {
    async fn play(&mut self) {
        for _ in 0..INSTANTS {
            self.react();
            let Some(next) = self.agenda.next_at() else { return };
            if next > self.stage.now() {
                self.stage.advance(next).await;
                continue;
            }
            while let Some(deed) = self.agenda.take_due(self.stage.now()) {
                self.counts.1 += 1;
                self.happen(deed).await;
            }
            self.look().await;
        }
        panic!("a year without end");
    }

    /// People hear, read and answer: what they will do is set down.
    fn react(&mut self) {
        let (entries, place) = self.stage.network.transcript_since(self.place);
        self.place = place;
        self.counts.0 += entries.len();
        for entry in &entries {
            staff::react(entry, &mut self.agenda, &self.chance);
        }
    }

    async fn happen(&mut self, deed: Deed) {
        let now = self.stage.now();
        match deed {
            Deed::Dials { from, weather } => self.dials(&from, weather),
            Deed::Presses { call, keys, number } => {
                self.ledger.acts(now, &number);
                self.stage.network.press(&call, &keys);
            }
            Deed::HangsUp(call) => self.stage.network.hang_up(&call),
            Deed::Answers(call) => self.stage.network.answer(&call),
            Deed::Declines(call) => self.stage.network.decline(&call),
            Deed::Texts { from, body } => {
                self.ledger.acts(now, &from);
                self.stage.network.place_sms(&from, callers::LINE, &body);
            }
            Deed::Turns(turn) => self.weather.turn(&self.stage.network, turn, &mut self.agenda, &self.chance, now),
            Deed::Stops => {
                // A second one while it is down does nothing.
                if self.stage.hotline().is_ok() {
                    self.ledger.down(now);
                    self.stage.stop().await;
                }
            }
            Deed::Starts => {
                if self.stage.hotline().is_err() {
                    self.stage.start().await.unwrap();
                    self.ledger.up(now);
                }
            }
            Deed::Ends(call) => self.end(Some(&call)).await,
            Deed::Judged(case) => {
                self.counts.2 += 1;
                self.ledger.judge(&self.stage, &case).await;
            }
            Deed::EverythingEnds => {
                self.end(None).await;
                self.weather.clear(&self.stage.network);
            }
        }
    }

    fn dials(&mut self, from: &str, stormy: bool) {
        let now = self.stage.now();
        let sid = self.stage.network.dial(from, callers::LINE);
        let plan = callers::Plan::draw(&self.chance);
        if plan.reports() {
            self.ledger.reported(sid.as_str(), now);
        }
        plan.set_down(&sid, from, now, &mut self.agenda, &self.chance);
        if stormy {
            weather::plan(&mut self.agenda, &self.chance, now);
        }
        // Most are over soon; one in four goes on until after its promise is broken, or nearly.
        let longest = if self.chance.one_in(4) { 390 } else { 120 };
        let after = TimeDelta::minutes(self.chance.between(20, longest));
        self.agenda.set(now + after, Deed::Ends(sid));
    }

    /// An operator brings the case of this call to its end, with or without a word to the reporter; of every call, at last.
    async fn end(&mut self, call: Option<&CallSid>) {
        let now = self.stage.now();
        let Ok(hotline) = self.stage.hotline() else {
            // Nobody can while Guardia is down.
            self.agenda
                .set(now + TimeDelta::minutes(5), call.map_or(Deed::EverythingEnds, |call| Deed::Ends(call.clone())));
            return;
        };
        let found = hotline.store.read(async |tx: &mut Tx| -> Result<Vec<Incident>, StoreError> {
            let Some(call) = call else { return tx.incidents(IncidentFilter { open: true, limit: 10_000 }).await };
            let Some(call) = tx.call_by_provider("twilio", call.as_str()).await? else { return Ok(Vec::new()) };
            // One that joined another case ends with that one.
            Ok(tx.incident_of_call(call.id).await?.into_iter().collect())
        });
        let found = found.await.unwrap();
        let hotline = hotline.clone();
        for incident in found {
            let case = incident.number;
            if incident.state.awaits_response() && self.chance.one_in(2) {
                self.operator(&hotline, &case, Event::Respond).await;
            }
            if incident.state.is_open() {
                let answered = incident.state == State::Responded || self.chance.one_in(2);
                let (first, second) =
                    if answered { (Event::Respond, Event::Resolve) } else { (Event::Cancel, Event::Cancel) };
                for event in [first, second, Event::Close] {
                    self.operator(&hotline, &case, event).await;
                }
            }
            self.agenda.set(now + TimeDelta::hours(6), Deed::Judged(case));
        }
    }

    /// One step, where the case's state allows it.
    async fn operator(&mut self, hotline: &guardia::ops::Hotline, case: &CaseNumber, event: Event) {
        let actor = Actor::Operator("marta".to_owned());
        match change_case(hotline, case, event, &actor, Some("visto")).await {
            Ok(_) | Err(guardia::ops::OpsError::Refused(_)) => {}
            Err(error) => panic!("case {case}: {error}"),
        }
    }

    /// What is true at every instant in which somebody did something.
    async fn look(&mut self) {
        let Ok(hotline) = self.stage.hotline() else { return };
        let forgotten = hotline.store.read(async |tx: &mut Tx| tx.open_incidents_without_job().await).await.unwrap();
        if !forgotten.is_empty() {
            self.ledger.problem(format!("{}: open without a job: {forgotten:?}", self.stage.now()));
        }
    }
}
