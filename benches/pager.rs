//! How soon the pager pages: the first page of an incident, the steps of its ladder, and three hundred incidents in one
//! minute; alone, and beside ten thousand open incidents whose timers wait. On SQLite and PostgreSQL.
//!
//! `cargo bench --bench pager` takes some minutes; `-- --quick` a smoke run of seconds whose figures mean little. Everything
//! stays on this machine: the built program serves, this process is the callers and the provider, and shares the processors
//! with it. A first page is measured from the request that commits its incident to its arrival at the provider.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement ends where something is wrong"
)]
#![expect(clippy::indexing_slicing, reason = "a measurement ends where something is wrong")]

#[path = "pager/crowd.rs"]
mod crowd;
#[path = "pager/figures.rs"]
mod figures;
#[path = "turn/line.rs"]
mod line;
#[path = "../tests/support/postgres.rs"]
mod postgres_cluster;
#[path = "turn/provider.rs"]
mod provider;
#[path = "pager/server.rs"]
mod server;
#[path = "../tests/support/site.rs"]
mod site;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use guardia::clock::{Clock, Instant};
use guardia::config::Config;
use guardia::ops::Task;
use guardia::store::{Store, StoreError, Tx};
use tokio::task::JoinSet;

use figures::{Figures, Row};
use line::{Act, Caller, Connection, Keys, micros};
use provider::Provider;
use site::{Server, Site};

/// Who is paged first, and who a step later.
const FIRST: &str = "+18095550103";
const SECOND: &str = "+18095550102";
/// An hour for every step, so that only the steps that are moved come due. Texts only: a call would be another measurement.
const ROSTER: &str = "people:\n\
  - { id: carmen, name: Carmen, contacts: [{ id: movil, sms: \"+18095550103\" }] }\n\
  - { id: luis, name: Luis, contacts: [{ id: movil, sms: \"+18095550102\" }] }\n\
rotation: { order: [carmen, luis], starts: 2026-01-05T08:00, length: 7d, zone: America/Santo_Domingo }\n\
escalation:\n  default:\n    steps:\n      - { notify: [{ person: carmen }], wait: 1h }\n      \
- { notify: [{ person: luis }], wait: 1h }\n";
/// How long a message may take before the measurement is given up.
const PATIENCE: TimeDelta = TimeDelta::minutes(5);

/// How much is measured.
struct Size {
    /// First pages, one after the other.
    pages: usize,
    /// Open incidents beside the rest.
    open: usize,
    /// Steps of the ladder that come due, and within which time.
    steps: usize,
    within: TimeDelta,
    /// Incidents that come in together, and within which time.
    rush: usize,
    minute: TimeDelta,
}

const WHOLE: Size = Size {
    pages: 200,
    open: 10_000,
    steps: 1_200,
    within: TimeDelta::seconds(60),
    rush: 300,
    minute: TimeDelta::seconds(60),
};
const QUICK: Size =
    Size { pages: 5, open: 200, steps: 40, within: TimeDelta::seconds(2), rush: 15, minute: TimeDelta::seconds(3) };

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let asked = |name: &str| arguments.iter().any(|argument| argument == name);
    if asked("--test") || asked("--list") {
        // `cargo test --benches` looks in: there is nothing to test here.
        return;
    }
    let quick = asked("--quick");
    let size = if quick { QUICK } else { WHOLE };
    let clock = Clock::machine();
    let began = clock.now();
    let mut figures = Figures::default();
    if !asked("--postgres") {
        measure(&size, "sqlite", None, &mut figures).await;
    }
    if !asked("--sqlite") {
        let url = server::durable().await;
        measure(&size, "postgres", Some(&url), &mut figures).await;
        postgres_cluster::remove(&url).await;
    }
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let seconds = (clock.now() - began).num_seconds();
    let kind = if quick { ", quick" } else { "" };
    let build = if cfg!(debug_assertions) { ", without optimization" } else { "" };
    println!("\n{processors} processors, {seconds} s{kind}{build}\n\n{}", figures.text());
}

async fn measure(size: &Size, database: &'static str, store: Option<&str>, figures: &mut Figures) {
    let mut scene = Scene::set(store).await;
    // Connections, caches and the statements' plans are there before anything is measured.
    scene.whole_call().await;
    scene.first_pages(size.pages.min(20)).await;
    eprintln!("{database}: first pages, nothing else to do ...");
    let took = scene.first_pages(size.pages).await;
    figures.add(Row { database, what: "first page, alone", jobs: scene.jobs().await, took });

    eprintln!("{database}: {} open incidents ...", size.open);
    let ladders = scene.crowd(size.open).await;
    if let Some(url) = store {
        server::analyze(url).await;
    }
    let jobs = scene.jobs().await;
    eprintln!("{database}: first pages beside {jobs} jobs ...");
    let took = scene.first_pages(size.pages).await;
    figures.add(Row { database, what: "first page, crowded", jobs, took });

    eprintln!("{database}: {} steps of the ladder ...", size.steps);
    let took = scene.steps(&ladders, size).await;
    figures.add(Row { database, what: "step of the ladder", jobs, took });

    eprintln!("{database}: {} incidents at once ...", size.rush);
    let took = scene.rush(size).await;
    figures.add(Row { database, what: "first page, rush", jobs, took });
    scene.leave().await;
}

/// Guardia while it is measured.
struct Scene {
    site: Site,
    server: Server,
    provider: Provider,
    store: Store,
    clock: Clock,
    /// Callers so far: no two calls are of the same one.
    callers: usize,
}

impl Scene {
    async fn set(store: Option<&str>) -> Self {
        let provider = Provider::open().await;
        let site = Site::new(store, &line::directory(), &provider.url, "");
        site.import_roster(ROSTER).await;
        let config = Config::load(&site.settings(), std::iter::empty()).unwrap();
        let mut server = site.start();
        server.ready().await;
        let store = Store::visit(&config.store).await.unwrap();
        Self { site, server, provider, store, clock: Clock::machine(), callers: 0 }
    }

    fn caller(&mut self) -> Caller {
        self.callers += 1;
        Caller::new(self.callers)
    }

    /// One call from the first document to the last.
    async fn whole_call(&mut self) {
        let (caller, mut connection) = (self.caller(), Connection::open(self.site.listen).await);
        let took = connection.critical(&caller, &self.provider.url).await;
        assert_eq!(took.len(), line::TURNS);
        self.caught_up().await;
    }

    /// From the request that commits an incident to its page at the provider, one after the other; in microseconds.
    async fn first_pages(&mut self, count: usize) -> Vec<i64> {
        let mut connection = Connection::open(self.site.listen).await;
        let mut took = Vec::with_capacity(count);
        self.provider.forget();
        for _ in 0..count {
            let caller = self.caller();
            let began = report(&mut connection, &caller, &self.provider.url).await;
            took.push(micros(began, self.provider.message_to(FIRST).await));
            connection.over(&caller).await;
            self.caught_up().await;
        }
        took
    }

    /// Copies of the last incident until `count` are open; the keys of their next steps, by case number.
    async fn crowd(&mut self, count: usize) -> BTreeMap<String, String> {
        let ladders = crowd::copies(&self.store, count).await;
        ladders
            .into_iter()
            .map(|(number, id)| (number, Task::Page { incident: id, cycle: 1, round: 1 }.key()))
            .collect()
    }

    /// How late each of some steps of the ladder comes that are due one after the other.
    async fn steps(&mut self, ladders: &BTreeMap<String, String>, size: &Size) -> Vec<i64> {
        // Long enough for all of them to be moved before the first is due.
        let begins = self.clock.now() + TimeDelta::seconds(3);
        let count = i32::try_from(size.steps).unwrap();
        let due: BTreeMap<&String, Instant> = (0..count)
            .zip(ladders.keys())
            .map(|(place, number)| (number, begins + size.within * place / count))
            .collect();
        self.provider.forget();
        let move_all = self.store.write(async |tx: &mut Tx| -> Result<(), StoreError> {
            for (number, at) in &due {
                assert!(tx.move_job(&ladders[*number], *at).await?, "case {number} has no next step");
            }
            Ok(())
        });
        move_all.await.unwrap();
        assert!(self.clock.now() < begins, "moving the steps took too long");
        let mut late = BTreeMap::new();
        let limit = begins + size.within + PATIENCE;
        while late.len() < due.len() {
            let (at, form) = self.next(limit).await;
            if form.contains(&format!("To={SECOND}"))
                && let Some(number) = numbers(&form).find(|number| due.contains_key(&(*number).to_owned()))
            {
                late.entry(number.to_owned()).or_insert_with(|| micros(due[&number.to_owned()], at));
            }
        }
        self.caught_up().await;
        late.into_values().collect()
    }

    /// First pages of incidents that come in evenly, whatever becomes of those before them.
    async fn rush(&mut self, size: &Size) -> Vec<i64> {
        let count = i32::try_from(size.rush).unwrap();
        let begins = self.clock.now() + TimeDelta::milliseconds(100);
        self.provider.forget();
        let mut calls = JoinSet::new();
        for place in 0..count {
            let (caller, clock, api) = (self.caller(), self.clock.clone(), self.provider.url.clone());
            let (at, listen) = (begins + size.minute * place / count, self.site.listen);
            calls.spawn(async move {
                drop(clock.sleep_until(at).await);
                let mut connection = Connection::open(listen).await;
                let began = report(&mut connection, &caller, &api).await;
                connection.over(&caller).await;
                // As the page has it: without the country's code.
                (caller.from.trim_start_matches("+1").to_owned(), began)
            });
        }
        let mut paged = BTreeMap::new();
        let limit = begins + size.minute + PATIENCE;
        while paged.len() < size.rush {
            let (at, form) = self.next(limit).await;
            if form.contains(&format!("To={FIRST}")) {
                let reporter = numbers(&form).find(|number| number.len() == 10).unwrap().to_owned();
                paged.entry(reporter).or_insert(at);
            }
        }
        let began = calls.join_all().await;
        self.caught_up().await;
        began.into_iter().map(|(reporter, began)| micros(began, paged[&reporter])).collect()
    }

    /// The next message at the provider, as plain text; gives up at `limit`.
    async fn next(&mut self, limit: Instant) -> (Instant, String) {
        tokio::select! {
            (at, form) = self.provider.next() => (at, plain(&form)),
            _ = self.clock.sleep_until(limit) => panic!("process {}: a message never came:\n{}", self.server.id(), self.server.log()),
        }
    }

    /// Jobs that wait.
    async fn jobs(&self) -> i64 {
        self.store.read(async |tx: &mut Tx| tx.job_counts().await).await.unwrap().pending
    }

    /// Waits until no job is due or at work.
    async fn caught_up(&self) {
        let limit = self.clock.now() + PATIENCE;
        loop {
            let now = self.clock.now();
            let idle = self.store.read(async |tx: &mut Tx| -> Result<bool, StoreError> {
                let next = tx.next_due().await?;
                Ok(tx.job_counts().await?.leased == 0 && next.is_none_or(|next| next > now))
            });
            if idle.await.unwrap() {
                return;
            }
            assert!(now < limit, "jobs are never done:\n{}", self.server.log());
            drop(self.clock.sleep_until(now + TimeDelta::milliseconds(5)).await);
        }
    }

    /// What was measured did happen: no job is dead, and no open incident is forgotten.
    async fn leave(self) {
        let read = self.store.read(async |tx: &mut Tx| -> Result<_, StoreError> {
            Ok((tx.job_counts().await?.dead, tx.open_incidents_without_job().await?.len()))
        });
        assert_eq!(read.await.unwrap(), (0, 0), "{}", self.server.log());
        self.store.close().await;
        self.server.kill().await;
    }
}

/// Rings and reports; the instant before the request that commits the incident.
async fn report(connection: &mut Connection, caller: &Caller, api: &str) -> Instant {
    let document = connection.ring(caller).await;
    let began = Clock::machine().now();
    connection.act(caller, api, Act::Keys(Keys::Fixed("1")), &document.body).await;
    began
}

/// The runs of digits in a text.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_digit()).filter(|digits| !digits.is_empty())
}

/// A form without its encoding.
fn plain(form: &str) -> String {
    let mut bytes = form.bytes();
    let mut text = Vec::with_capacity(form.len());
    while let Some(byte) = bytes.next() {
        text.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            plain => plain,
        });
    }
    String::from_utf8(text).unwrap()
}
