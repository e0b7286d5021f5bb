//! How soon a case is a ticket of the built-in store, and how many of them a second: one case after the other, as many as
//! callers can report, and thousands whose hand-off is due at the same instant, with first pages beside them. On SQLite and
//! PostgreSQL.
//!
//! `cargo bench --bench tickets` takes some minutes; `-- --quick` a smoke run of seconds whose figures mean little. Everything
//! stays on this machine: the built program serves, this process is the callers and the provider, and shares the processors
//! with it.
//!
//! The ticket is not made in the unit of its case: a job does it after the commit. What is measured begins before the request
//! that commits the case, or the event, and ends when the ticket, or its comment, is to be seen in the store by somebody else.
//! So the commit itself is in the figures, and what the looks are apart: one millisecond, or five in a crowd.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement ends where something is wrong"
)]
#![expect(clippy::indexing_slicing, reason = "a measurement ends where something is wrong")]

#[path = "tickets/api.rs"]
mod api;
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
#[path = "tickets/watch.rs"]
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use guardia::clock::{Clock, Instant};
use guardia::id::{Ids, IncidentId, JobId};
use guardia::ops::Task;
use guardia::store::{IncidentFilter, NewJob, StoreError, TicketFilter, TicketOrder, Tx};
use tokio::task::JoinSet;

use api::Api;
use figures::{Figures, PAGE_MILLIS, Row};
use line::{Caller, Connection, micros};
use scene::{FIRST, PATIENCE, Scene, report, reporter};
use watch::{Watch, first_comment, newest_of};

/// Callers of the burst who talk at the same time.
const AT_ONCE: usize = 16;
/// More than there are of anything.
const ALL: u32 = 1_000_000;

/// How much is measured.
struct Size {
    /// Cases, one after the other.
    cases: usize,
    /// Cases of callers who report as fast as they are answered.
    burst: usize,
    /// Cases whose hand-off is due at one instant.
    due: usize,
    /// First pages with nothing due, for comparison.
    pages: usize,
    /// Requests of a program, of each kind.
    requests: usize,
}

const WHOLE: Size = Size { cases: 500, burst: 2_000, due: 4_000, pages: 200, requests: 200 };
const QUICK: Size = Size { cases: 5, burst: 48, due: 150, pages: 5, requests: 5 };

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
    let (clock, load) = (Clock::machine(), load());
    let began = clock.now();
    let (mut figures, mut rates) = (Figures::default(), Vec::new());
    if !asked("--postgres") {
        rates.extend(measure(&size, "sqlite", None, &mut figures).await);
    }
    if !asked("--sqlite") {
        let url = server::durable().await;
        rates.extend(measure(&size, "postgres", Some(&url), &mut figures).await);
        postgres_cluster::remove(&url).await;
    }
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let seconds = (clock.now() - began).num_seconds();
    let kind = if quick { ", quick" } else { "" };
    let build = if cfg!(debug_assertions) { ", without optimization" } else { "" };
    println!("\n{processors} processors, load {load} before, {seconds} s{kind}{build}\n\n{}", figures.text());
    println!("{}", rates.join("\n"));
}

/// Measures on one database; the lines about how many there were a second.
async fn measure(size: &Size, database: &'static str, store: Option<&str>, figures: &mut Figures) -> [String; 2] {
    let mut scene = Scene::set(store).await;
    let mut add = |what, jobs, took, aim| figures.add(Row { database, what, jobs, took, aim });
    let page = Some(PAGE_MILLIS);
    // Connections, caches and the statements' plans are there before anything is measured.
    scene.whole_call().await;
    let mut api = Api::open(&scene.site).await;
    scene.one_by_one(&mut api, size.cases.min(20)).await;

    eprintln!("{database}: {} cases, one after the other ...", size.cases);
    let alone = scene.one_by_one(&mut api, size.cases).await;
    let jobs = scene.jobs().await;
    add("ticket, alone", jobs, alone.tickets, None);
    add("comment, alone", jobs, alone.comments, None);
    add("first page, alone", jobs, alone.pages, page);

    eprintln!("{database}: {} cases from {AT_ONCE} callers at once ...", size.burst);
    let burst = scene.burst(size.burst).await;
    let jobs = scene.jobs().await;
    add("ticket, burst of calls", jobs, burst.tickets, None);
    add("first page, burst of calls", jobs, burst.pages, page);
    let called =
        format!("{database}, burst of calls: {} cases reported at {:.0} a second", size.burst, burst.reported_a_second);
    let called = format!("{called}; {:.0} tickets a second until the last was there", burst.tickets_a_second);

    eprintln!("{database}: {} more cases ...", size.due);
    let cases = scene.more_cases(size.due).await;
    if let Some(url) = store {
        server::analyze(url).await;
    }
    let jobs = scene.jobs().await;
    add("first page, none due", jobs, scene.first_pages(size.pages).await, page);
    eprintln!("{database}: {} hand-offs due at once ...", size.due);
    let due = scene.all_due(&cases).await;
    add("ticket, all due at once", jobs, due.tickets, None);
    add("first page, beside those", jobs, due.pages, page);
    let made = format!("{database}, all due at once: {} cases, {:.0} tickets a second", size.due, due.a_second);

    let jobs = scene.jobs().await;
    let mut api = Api::again(&scene.site, api).await;
    let numbers: Vec<&String> = cases.keys().collect();
    eprintln!("{database}: what programs read ...");
    let read = api.read(&numbers, size.requests, scene.clock.now()).await;
    add("GET ticket by case number", jobs, read.by_number, None);
    add("GET list by external id", jobs, read.by_external_id, None);
    add("GET list of last changes", jobs, read.changes, None);
    add("GET list, page by page", jobs, read.pages, None);

    scene.check().await;
    scene.leave().await;
    [called, made]
}

/// Cases that come one after the other, in microseconds.
#[derive(Default)]
struct Alone {
    tickets: Vec<i64>,
    comments: Vec<i64>,
    pages: Vec<i64>,
}

/// Cases that come together, in microseconds.
struct Burst {
    tickets: Vec<i64>,
    pages: Vec<i64>,
    reported_a_second: f64,
    tickets_a_second: f64,
}

/// Hand-offs that are due together, in microseconds.
struct Due {
    tickets: Vec<i64>,
    pages: Vec<i64>,
    a_second: f64,
}

impl Scene {
    /// From the request that commits a case to its ticket and to its page, and from the request that says who takes it to the
    /// comment that says so.
    async fn one_by_one(&mut self, api: &mut Api, count: usize) -> Alone {
        let mut connection = Connection::open(self.site.listen).await;
        let mut took = Alone::default();
        self.provider.forget();
        for _ in 0..count {
            let caller = self.caller();
            let began = report(&mut connection, &caller, &self.provider.url).await;
            let (ticket, seen) = newest_of(&self.store, &caller.from).await;
            took.tickets.push(micros(began, seen));
            took.pages.push(micros(began, self.provider.message_to(FIRST).await));
            connection.over(&caller).await;
            self.caught_up().await;

            let began = self.clock.now();
            api.acknowledge(ticket.external_id.as_deref().unwrap(), "carmen").await;
            took.comments.push(micros(began, first_comment(&self.store, ticket.id).await));
            self.caught_up().await;
            let comments =
                self.store.read(async |tx: &mut Tx| tx.ticket_comments(ticket.id, 0, ALL).await).await.unwrap();
            assert_eq!(comments.len(), 1, "one event, so many comments");
        }
        took
    }

    /// Callers who report as fast as they are answered, [`AT_ONCE`] at a time.
    async fn burst(&mut self, count: usize) -> Burst {
        let callers: Vec<Caller> = (0..count).map(|_| self.caller()).collect();
        let wanted = callers.iter().map(|caller| caller.from.clone()).collect();
        let seen = Watch::begin(&self.store, wanted).await;
        self.provider.forget();
        let begins = self.clock.now();
        let waiting = Arc::new(Mutex::new(callers));
        let mut calls = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (waiting, api, listen) = (Arc::clone(&waiting), self.provider.url.clone(), self.site.listen);
            calls.spawn(async move {
                let mut connection = Connection::open(listen).await;
                let mut reports = Vec::new();
                while let Some(caller) = next_of(&waiting) {
                    reports.push((caller.from.clone(), report(&mut connection, &caller, &api).await));
                    connection.over(&caller).await;
                }
                reports
            });
        }
        let calls = tokio::spawn(async move { (calls.join_all().await, Clock::machine().now()) });
        let mut paged = BTreeMap::new();
        while paged.len() < count {
            let (at, form) = self.next(begins + PATIENCE).await;
            if form.contains(&format!("To={FIRST}")) {
                paged.entry(reporter(&form)).or_insert(at);
            }
        }
        let (reports, reported) = calls.await.unwrap();
        let seen = seen.await.unwrap();
        self.caught_up().await;
        let (mut tickets, mut pages) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for (from, began) in reports.into_iter().flatten() {
            tickets.push(micros(began, seen[&from]));
            pages.push(micros(began, paged[from.trim_start_matches("+1")]));
        }
        let reported_a_second = rate(count, begins, reported);
        Burst { tickets, pages, reported_a_second, tickets_a_second: rate(count, begins, last(&seen)) }
    }

    /// Copies of a case about which everything is known, without a ticket; by number.
    async fn more_cases(&mut self, count: usize) -> BTreeMap<String, IncidentId> {
        self.whole_call().await;
        // Its last details are told to the ticket a moment later; the copies are not to be told of before they are due.
        while self.waits_for_ticket().await {
            drop(self.clock.sleep_until(self.clock.now() + TimeDelta::milliseconds(50)).await);
        }
        self.caught_up().await;
        crowd::copies(&self.store, count).await
    }

    /// Whether the ticket of the newest case is to be told something.
    async fn waits_for_ticket(&self) -> bool {
        let read = self.store.read(async |tx: &mut Tx| -> Result<bool, StoreError> {
            let newest = tx.incidents(IncidentFilter { open: true, limit: 1 }).await?.pop().expect("a case");
            let kind = Task::Ticket { incident: newest.id }.kind();
            Ok(tx.pending_jobs(newest.id).await?.iter().any(|job| job.kind == kind))
        });
        read.await.unwrap()
    }

    /// The hand-offs of all `cases`, due at one instant, and first pages, one after the other, until the last ticket is there.
    async fn all_due(&mut self, cases: &BTreeMap<String, IncidentId>) -> Due {
        let seen = Watch::begin(&self.store, cases.keys().cloned().collect()).await;
        // Long enough for all of them to be set down before they are due.
        let begins = self.clock.now() + TimeDelta::seconds(3);
        let (ids, tasks): (_, Vec<_>) =
            (Ids::system(), cases.values().map(|incident| (*incident, Task::Ticket { incident: *incident })).collect());
        let keys: Vec<String> = tasks.iter().map(|(_, task)| task.key()).collect();
        let jobs: Vec<NewJob<'_>> = tasks.iter().zip(&keys).map(|(task, key)| job(&ids, task, key, begins)).collect();
        let made = self.store.write(async |tx: &mut Tx| tx.enqueue_all(&jobs).await).await.unwrap();
        assert_eq!(made.len(), cases.len(), "a hand-off was there already");
        assert!(self.clock.now() < begins, "setting the jobs down took too long");
        drop(self.clock.sleep_until(begins).await);

        let mut connection = Connection::open(self.site.listen).await;
        let mut pages = Vec::new();
        self.provider.forget();
        while !seen.is_finished() {
            let caller = self.caller();
            let began = report(&mut connection, &caller, &self.provider.url).await;
            pages.push(micros(began, self.provider.message_to(FIRST).await));
            connection.over(&caller).await;
        }
        let seen = seen.await.unwrap();
        self.caught_up().await;
        let a_second = rate(cases.len(), begins, last(&seen));
        Due { tickets: seen.into_values().map(|at| micros(begins, at)).collect(), pages, a_second }
    }

    /// Every case has exactly one ticket, and there is no other.
    async fn check(&self) {
        let read = self.store.read(async |tx: &mut Tx| -> Result<_, StoreError> {
            let cases = tx.incidents(IncidentFilter { open: false, limit: ALL }).await?;
            Ok((cases, tx.tickets(&TicketFilter::default(), TicketOrder::Oldest, None, ALL).await?))
        });
        let (cases, tickets) = read.await.unwrap();
        let of: BTreeSet<_> =
            tickets.iter().filter_map(|ticket| Some((ticket.incident?, ticket.external_id.clone()?))).collect();
        let cases: BTreeSet<_> = cases.into_iter().map(|case| (case.id, case.number.to_string())).collect();
        assert_eq!((tickets.len(), &of), (cases.len(), &cases), "tickets and cases are not one to one");
    }
}

fn job<'a>(ids: &Ids, (incident, task): &'a (IncidentId, Task), key: &'a str, run_at: Instant) -> NewJob<'a> {
    NewJob {
        id: JobId(ids.ordered(run_at)),
        kind: task.kind(),
        key,
        subject: Some(*incident),
        priority: task.priority(),
        run_at,
        payload: serde_json::to_value(task).expect("a task is JSON"),
    }
}

fn next_of(callers: &Mutex<Vec<Caller>>) -> Option<Caller> {
    callers.lock().unwrap().pop()
}

/// When the last of them was there.
fn last(seen: &BTreeMap<String, Instant>) -> Instant {
    *seen.values().max().expect("tickets")
}

/// So many a second.
fn rate(count: usize, from: Instant, to: Instant) -> f64 {
    f64::from(u32::try_from(count).unwrap()) / (to - from).as_seconds_f64()
}

/// What else the machine does: the load averages of one, five and fifteen minutes.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}
