//! What each webhook takes while people call as people do: at random, hesitating, keying wrong, hanging up, saying nothing.
//! On SQLite and PostgreSQL.
//!
//! `cargo bench --bench load` takes some minutes; `-- --quick` a smoke run of a minute whose figures mean little. Everything
//! stays on this machine: the built program serves, and the sandbox's load test is the callers and the provider, REST API and
//! all, and shares the processors with it. Times are from a webhook's departure to the end of its answer, each attempt by itself.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement ends where something is wrong"
)]

#[path = "load/figures.rs"]
mod figures;
#[path = "load/population.rs"]
mod population;
#[path = "../tests/support/postgres.rs"]
mod postgres_cluster;
#[path = "pager/server.rs"]
mod server;
#[path = "../tests/support/site.rs"]
mod site;

use std::net::SocketAddr;
use std::time::Duration;

use guardia::clock::Clock;
use guardia_sandbox::load::{Load, Population, Report, Until};
use guardia_sandbox::{Config, Detour, Line, Network};
use tokio::net::TcpListener;

use figures::Figures;
use site::{ACCOUNT, LINE, PUBLIC_URL, Site, TOKEN};

/// Who is paged, by text message: a call would be another measurement.
const ROSTER: &str = "people:\n  - { id: carmen, name: Carmen, contacts: [{ id: movil, sms: \"+18095550103\" }] }\n\
                      rotation: { order: [carmen], starts: 2026-01-05T08:00, length: 7d, zone: America/Santo_Domingo }\n";
/// Arrivals and choices are drawn from it.
const SEED: u64 = 7;

/// How much is measured.
struct Size {
    /// Calls per second, on average.
    rate: f64,
    /// How long people keep coming; the last of them stay a minute or two longer.
    coming: Duration,
    /// How many are on the telephone at once, at most.
    callers: usize,
}

const WHOLE: Size = Size { rate: 2.0, coming: Duration::from_mins(2), callers: 400 };
const QUICK: Size = Size { rate: 2.0, coming: Duration::from_secs(5), callers: 50 };

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
        eprintln!("sqlite ...");
        figures.add("sqlite", measure(&size, None).await);
    }
    if !asked("--sqlite") {
        eprintln!("postgres ...");
        let url = server::durable().await;
        figures.add("postgres", measure(&size, Some(&url)).await);
        postgres_cluster::remove(&url).await;
    }
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let seconds = (clock.now() - began).num_seconds();
    let kind = if quick { ", quick" } else { "" };
    let build = if cfg!(debug_assertions) { ", without optimization" } else { "" };
    println!("\n{processors} processors, {seconds} s{kind}{build}\n\n{}", figures.text());
}

async fn measure(size: &Size, store: Option<&str>) -> Report {
    // The network must know where Guardia listens, and Guardia where the network's API is.
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = format!("http://{}", door.local_addr().unwrap());
    let site = Site::new(store, &population::directory(), &api, "");
    let network = Network::start(network(site.listen));
    network.serve(door).unwrap();
    site.import_roster(ROSTER).await;
    let mut server = site.start();
    server.ready().await;
    let load = Load {
        number: LINE.to_owned(),
        population: Population::parse(&population::page(), "population").unwrap(),
        callers: size.callers,
        rate: size.rate,
        until: Until::Time(size.coming),
        seed: SEED,
        sip: false,
        longest: None,
    };
    if let Some(url) = store {
        server::analyze(url).await;
    }
    let report = load.run(&network, std::future::pending()).await.unwrap();
    assert!(report.webhooks.contains_key("voice"), "process {}: nobody was heard:\n{}", server.id(), server.log());
    server.kill().await;
    report
}

/// The provider: its webhooks are signed for the public address and go to where the server listens.
fn network(listen: SocketAddr) -> Config {
    let url = |path: &str| Some(format!("{PUBLIC_URL}{path}"));
    let mut config = Config::new(ACCOUNT, TOKEN).starting_now();
    config.detour = Some(Detour { public_url: PUBLIC_URL.to_owned(), connect_url: format!("http://{listen}") });
    config.lines = vec![Line {
        number: LINE.to_owned(),
        voice_url: url("/twilio/voice"),
        status_callback: url("/twilio/voice/status"),
        sms_url: url("/twilio/sms"),
        ..Line::default()
    }];
    config
}
