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
#[path = "pager/scene.rs"]
mod scene;
#[path = "pager/server.rs"]
mod server;
#[path = "../tests/support/site.rs"]
mod site;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use guardia::clock::{Clock, Instant};
use guardia::ops::Task;
use guardia::store::{StoreError, Tx};
use tokio::task::JoinSet;

use figures::{Figures, PAGE_MILLIS, Row};
use line::{Connection, micros};
use scene::{FIRST, PATIENCE, Scene, numbers, report, reporter};

/// Who is paged a step later.
const SECOND: &str = "+18095550102";
/// What a step of the ladder may take, in milliseconds: the aim, as it stands in the project's issue.
const STEP_MILLIS: f64 = 1_000.0;

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
    figures.add(Row { database, what: "first page, alone", jobs: scene.jobs().await, took, aim: Some(PAGE_MILLIS) });

    eprintln!("{database}: {} open incidents ...", size.open);
    let ladders = scene.crowd(size.open).await;
    if let Some(url) = store {
        server::analyze(url).await;
    }
    let jobs = scene.jobs().await;
    eprintln!("{database}: first pages beside {jobs} jobs ...");
    let took = scene.first_pages(size.pages).await;
    figures.add(Row { database, what: "first page, crowded", jobs, took, aim: Some(PAGE_MILLIS) });

    eprintln!("{database}: {} steps of the ladder ...", size.steps);
    let took = scene.steps(&ladders, size).await;
    figures.add(Row { database, what: "step of the ladder", jobs, took, aim: Some(STEP_MILLIS) });

    eprintln!("{database}: {} incidents at once ...", size.rush);
    let took = scene.rush(size).await;
    figures.add(Row { database, what: "first page, rush", jobs, took, aim: Some(PAGE_MILLIS) });
    scene.leave().await;
}

impl Scene {
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
                paged.entry(reporter(&form)).or_insert(at);
            }
        }
        let began = calls.join_all().await;
        self.caught_up().await;
        began.into_iter().map(|(reporter, began)| micros(began, paged[&reporter])).collect()
    }
}
