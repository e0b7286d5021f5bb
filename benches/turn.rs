//! Turns per second through HTTP with durable commits, on SQLite and PostgreSQL, beside a bare loop of the same writes.
//!
//! `cargo bench --bench turn` takes some minutes; `-- --quick` a smoke run of seconds whose figures mean little. Everything
//! stays on this machine: the built program serves, this process is the provider and the callers. Rounds through HTTP and
//! of the bare loop take turns, so that whatever else the machine does weighs on both; the table shows the median round.
//!
//! The callers and the provider share the processors with the server: its figures are what is left to it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement ends where something is wrong"
)]

#[path = "turn/bare.rs"]
mod bare;
#[path = "turn/line.rs"]
mod line;
#[path = "turn/machine.rs"]
mod machine;
#[path = "../tests/support/postgres.rs"]
mod postgres_cluster;
#[path = "turn/provider.rs"]
mod provider;
#[path = "turn/report.rs"]
mod report;
#[path = "../tests/support/site.rs"]
mod site;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use guardia::clock::Clock;
use guardia::config::Config;
use guardia::id::Ids;
use guardia::store::{IncidentFilter, Store, StoreError, Tx, Url};
use sqlx::{Connection as _, PgConnection};

use bare::Script;
use line::{Act, Caller, Connection, Keys, TURNS, micros};
use provider::Provider;
use report::{Loop, Report, Row};
use site::{Server, Site};

/// The person on duty.
const GUARD: &str = "+18095550103";
const ROSTER: &str = "people:\n  - { id: carmen, name: Carmen, phone: \"+18095550103\" }\n\
                      rotation: { order: [carmen], starts: 2026-01-05T08:00, length: 7d, zone: America/Santo_Domingo }\n";

/// How much is measured.
struct Size {
    rounds: usize,
    /// In flight, calls of each round.
    flights: [(usize, usize); 2],
    /// Calls that the server has taken when its memory is looked at.
    calls: usize,
    pages: usize,
    machine: usize,
}

const WHOLE: Size = Size { rounds: 3, flights: [(1, 50), (16, 250)], calls: 10_000, pages: 200, machine: 200 };
const QUICK: Size = Size { rounds: 1, flights: [(1, 3), (16, 32)], calls: 200, pages: 5, machine: 5 };

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
    let mut report = Report::default();
    if !asked("--postgres") {
        eprintln!("sqlite ...");
        measure(&size, "sqlite", None, &mut report).await;
    }
    if !asked("--sqlite") {
        eprintln!("postgres ...");
        let (guardia, bare) = (durable_database().await, durable_database().await);
        measure(&size, "postgres", Some([&guardia, &bare]), &mut report).await;
        postgres_cluster::remove(&guardia).await;
        postgres_cluster::remove(&bare).await;
    }
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    println!(
        "\n{processors} processors, {} s{}\n",
        (clock.now() - began).num_seconds(),
        if quick { ", quick" } else { "" }
    );
    print!("{}", report.text());
}

/// A new PostgreSQL database whose commits are on the disk when they are answered.
async fn durable_database() -> String {
    let url = postgres_cluster::database().await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    for sql in [
        "ALTER SYSTEM SET fsync = on",
        "ALTER SYSTEM SET full_page_writes = on",
        "SELECT pg_reload_conf()",
        "CHECKPOINT",
    ] {
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    }
    // A session takes a changed setting up when it is idle: the next one surely has it.
    let mut connection = PgConnection::connect(&url).await.unwrap();
    for setting in ["SHOW fsync", "SHOW full_page_writes", "SHOW synchronous_commit"] {
        let value: String = sqlx::query_scalar(setting).fetch_one(&mut connection).await.unwrap();
        assert_eq!(value, "on", "{setting}");
    }
    url
}

/// Guardia while it is measured.
struct Scene {
    site: Site,
    server: Server,
    provider: Provider,
    store: Store,
    /// Callers so far: no two calls are of the same one.
    callers: usize,
}

impl Scene {
    async fn set(store: Option<&str>) -> (Self, Config) {
        let provider = Provider::open().await;
        let site = Site::new(store, &line::directory(), &provider.url, "");
        site.import_roster(ROSTER).await;
        let config = Config::load(&site.settings(), std::iter::empty()).unwrap();
        let mut server = site.start();
        server.ready().await;
        let store = Store::visit(&config.store).await.unwrap();
        (Self { site, server, provider, store, callers: 0 }, config)
    }

    /// Plays `calls` calls of the critical path, `flight` at a time, into `kept`.
    async fn critical(&mut self, flight: usize, calls: usize, kept: &mut Loop) {
        let (from, listen, api) = (self.callers, self.site.listen, self.provider.url.clone());
        self.callers += calls;
        side_by_side(flight, calls, kept, |next| {
            let api = api.clone();
            async move {
                let mut connection = Connection::open(listen).await;
                let mut took = Vec::new();
                while let Some(number) = next.take() {
                    took.extend(connection.critical(&Caller::new(from + number), &api).await);
                }
                took
            }
        })
        .await;
    }

    /// Calls that hang up at the greeting, until the server has had `total` calls.
    async fn fill(&mut self, total: usize) {
        let (from, listen) = (self.callers, self.site.listen);
        let calls = total.saturating_sub(from);
        self.callers += calls;
        side_by_side(16, calls, &mut Loop::default(), |next| async move {
            let mut connection = Connection::open(listen).await;
            while let Some(number) = next.take() {
                let caller = Caller::new(from + number);
                connection.ring(&caller).await;
                connection.over(&caller).await;
            }
            Vec::new()
        })
        .await;
    }

    /// From the request that commits an incident to its page at the provider, one after the other, with nothing else to do.
    async fn pages(&mut self, count: usize) -> Vec<i64> {
        let clock = Clock::machine();
        let mut connection = Connection::open(self.site.listen).await;
        let mut took = Vec::with_capacity(count);
        self.provider.forget();
        for _ in 0..count {
            let caller = Caller::new(self.callers);
            self.callers += 1;
            let document = connection.ring(&caller).await;
            let began = clock.now();
            connection.act(&caller, &self.provider.url, Act::Keys(Keys::Fixed("1")), &document.body).await;
            took.push(micros(began, self.provider.message_to(GUARD).await));
            self.caught_up().await;
        }
        took
    }

    /// Waits until no job is due or at work; how long that took, in milliseconds.
    async fn caught_up(&self) -> i64 {
        let clock = Clock::machine();
        let began = clock.now();
        loop {
            let now = clock.now();
            let idle = self.store.read(async |tx: &mut Tx| -> Result<bool, StoreError> {
                let next = tx.next_due().await?;
                Ok(tx.job_counts().await?.leased == 0 && next.is_none_or(|next| next > now))
            });
            if idle.await.unwrap() {
                return (now - began).num_milliseconds();
            }
            drop(clock.sleep_until(now + chrono::TimeDelta::milliseconds(2)).await);
        }
    }

    /// Resident memory of the server, in MiB.
    fn resident(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }

    /// What was measured did happen: `critical` calls with an incident each, every call ended, no job dead.
    async fn check(&self, critical: usize) {
        let read = self.store.read(async |tx: &mut Tx| -> Result<_, StoreError> {
            let filter = IncidentFilter { open: false, limit: 10_000 };
            Ok((tx.incidents(filter).await?.len(), tx.calls(20_000, None).await?, tx.job_counts().await?.dead))
        });
        let (incidents, calls, dead) = read.await.unwrap();
        assert_eq!((incidents, calls.len(), dead), (critical, self.callers, 0), "{}", self.server.log());
        let on_the_line = calls.iter().filter(|call| call.ended_at.is_none()).count();
        assert_eq!(on_the_line, 0, "calls are still on the line");
    }
}

/// Hands out numbers to tasks.
#[derive(Clone)]
struct Next(Arc<AtomicUsize>, usize);

impl Next {
    fn take(&self) -> Option<usize> {
        Some(self.0.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < self.1)
    }
}

/// Runs `work` in `flight` tasks over `calls` calls, and keeps the rate and what each turn took.
async fn side_by_side<F>(flight: usize, calls: usize, kept: &mut Loop, work: impl Fn(Next) -> F)
where
    F: Future<Output = Vec<i64>> + Send + 'static,
{
    let (clock, next) = (Clock::machine(), Next(Arc::default(), calls));
    let began = clock.now();
    let tasks: Vec<_> = (0..flight).map(|_| tokio::spawn(work(next.clone()))).collect();
    for task in tasks {
        kept.took.extend(task.await.unwrap());
    }
    let seconds = (clock.now() - began).as_seconds_f64();
    let turns = u32::try_from(calls * TURNS).unwrap();
    kept.rates.push(f64::from(turns) / seconds);
}

/// The bare loop's side: a store of its own.
struct Bare {
    script: Arc<Script>,
    store: Store,
    ids: Ids,
    callers: usize,
}

impl Bare {
    async fn critical(&mut self, flight: usize, calls: usize, kept: &mut Loop) {
        let (from, script, store, ids) = (self.callers, Arc::clone(&self.script), self.store.clone(), self.ids.clone());
        self.callers += calls;
        side_by_side(flight, calls, kept, |next| {
            let (script, store, ids) = (Arc::clone(&script), store.clone(), ids.clone());
            async move {
                let mut took = Vec::new();
                while let Some(number) = next.take() {
                    took.extend(script.run(&store, &ids, &Caller::new(from + number)).await);
                }
                took
            }
        })
        .await;
    }
}

async fn measure(size: &Size, database: &'static str, stores: Option<[&str; 2]>, report: &mut Report) {
    let (mut scene, config) = Scene::set(stores.map(|[guardia, _]| guardia)).await;
    let folder = tempfile::tempdir().unwrap();
    if stores.is_none() {
        report.machine = machine::turns(&config, size.machine);
    }
    let noting = Url::sqlite(&folder.path().join("noting.db"));
    let script = Arc::new(Script::noted(&Config { store: noting, ..config.clone() }).await);
    let bare = match stores {
        Some([_, bare]) => bare.parse().unwrap(),
        None => Url::sqlite(&folder.path().join("bare.db")),
    };
    let store = Store::open(&bare).await.unwrap();
    let mut bare = Bare { script, store, ids: Ids::system(), callers: 0 };
    // Connections, caches and the statements' plans are there before anything is measured.
    scene.critical(16, 32, &mut Loop::default()).await;
    scene.caught_up().await;
    bare.critical(16, 32, &mut Loop::default()).await;
    for (flight, calls) in size.flights {
        let mut row = Row { database, flight, http: Loop::default(), bare: Loop::default(), behind: 0 };
        for _ in 0..size.rounds {
            scene.critical(flight, calls, &mut row.http).await;
            row.behind = row.behind.max(scene.caught_up().await);
            bare.critical(flight, calls, &mut row.bare).await;
        }
        report.rows.push(row);
    }
    let critical = scene.callers;
    scene.fill(size.calls).await;
    scene.check(critical).await;
    report.resident.push((database, scene.callers, scene.resident()));
    report.pages.push((database, scene.pages(size.pages).await));
    let Scene { server, store, .. } = scene;
    store.close().await;
    bare.store.close().await;
    server.kill().await;
}
