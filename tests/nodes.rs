//! Two nodes on one PostgreSQL, and kill -9 on one of them, ten times, while people report: no call, page or ticket is lost,
//! none is doubled beyond its idempotency key, and what the killed node held is done by the other within seconds.
//!
//! Guardia is the built program, twice; time is real everywhere. Callers reach whichever node lives, as through a load
//! balancer; each node reaches the provider through a gate of its own. Half of the kills come at some instant of a node's
//! traffic, the other half while the gate holds back what the node is just sending: then a page is surely in its hands.
//!
//! `NODES_SEED` repeats a seed (not the instants: those are real).

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something is wrong"
)]

#[path = "nodes/gate.rs"]
mod gate;
#[path = "nodes/people.rs"]
mod people;
#[path = "support/postgres.rs"]
mod postgres_cluster;
#[path = "support/site.rs"]
mod site;
#[path = "nodes/verdict.rs"]
mod verdict;

use chrono::TimeDelta;
use guardia::clock::Clock;
use guardia::config::Config;
use guardia::id::Ids;
use guardia::store::Store;
use guardia_sandbox::{Config as NetworkConfig, Detour, Line, Network};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use gate::Gate;
use site::{ACCOUNT, LINE, PUBLIC_URL, Server, Site, TOKEN};

/// Kills of one run.
const KILLS: usize = 10;
/// Pieces of a node's traffic between two kills at most.
const PIECES: u64 = 12;
/// Microseconds between such a piece and the kill at most.
const LATER: u64 = 20_000;
/// How long a node that was started again is left alone at least: the other one is killed next.
const ALONE: TimeDelta = TimeDelta::seconds(4);
/// How long anything is waited for.
const PATIENCE: TimeDelta = TimeDelta::seconds(60);
/// The latest a first page may be that a killed node held: far below the 30 s of its lease.
const TAKEN_OVER: TimeDelta = TimeDelta::seconds(15);
/// How the provider is told to retry what an operator configures.
const RETRIES: &str = "#rc=5&rp=all";
/// Texts only, and an hour for every step: whoever is told is told once.
const ROSTER: &str = "people:\n  - { id: carmen, name: Carmen, contacts: [{ id: movil, sms: \"+18095550103\" }] }\n\
rotation: { order: [carmen], starts: 2026-01-05T08:00, length: 7d, zone: America/Santo_Domingo }\n\
escalation:\n  default:\n    steps:\n      - { notify: [{ person: carmen }], wait: 1h }\n";

/// One of the two.
struct Node {
    site: Site,
    server: Option<Server>,
    gate: Gate,
}

impl Node {
    async fn start(&mut self) {
        let mut server = self.site.start();
        server.ready().await;
        self.server = Some(server);
    }

    /// Ends it as a power cut would, at some instant of its traffic or with something in its hands.
    async fn die(&mut self, random: &Ids, clock: &Clock) {
        if random.below(2) == 0 {
            let piece = self.gate.passed() + 1 + random.below(PIECES);
            within(clock, "traffic of a node", self.gate.reached(piece)).await;
            let later = TimeDelta::microseconds(i64::try_from(random.below(LATER)).unwrap());
            drop(clock.sleep_until(clock.now() + later).await);
        } else {
            self.gate.shut();
            within(clock, "a node to send something", self.gate.holds()).await;
        }
        self.server.take().unwrap().kill().await;
        // What it was sending is lost with it.
        self.gate.open();
    }
}

async fn within<T>(clock: &Clock, what: &str, waited_for: impl Future<Output = T>) -> T {
    tokio::select! {
        came = waited_for => came,
        _ = clock.sleep_until(clock.now() + PATIENCE) => panic!("waited for {what}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_nodes_on_postgres_one_is_killed_ten_times_and_the_other_goes_on() {
    let seed = std::env::var("NODES_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = seed.unwrap_or_else(|| Ids::system().below(1_000_000));
    println!("NODES_SEED={seed}");
    let (clock, random) = (Clock::machine(), Ids::seeded(seed));
    let url = postgres_cluster::database().await;
    let api = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = api.local_addr().unwrap();
    let mut nodes = Vec::new();
    for _ in 0..2 {
        let gate = Gate::before(address).await;
        let api = format!("http://{}", gate.address);
        let site = Site::new(Some(&url), include_str!("../directory.yaml"), &api, "");
        nodes.push(Node { site, server: None, gate });
    }
    nodes[0].site.import_roster(ROSTER).await;
    let door = gate::balance(nodes.iter().map(|node| node.site.listen).collect()).await;
    let network = Network::start(network(seed, &format!("http://{address}"), &format!("http://{door}")));
    network.serve(api).unwrap();
    for node in &mut nodes {
        node.start().await;
    }

    let stop = CancellationToken::new();
    let time = tokio::spawn({
        let network = network.clone();
        async move {
            // From here on it shows what the machine's clock shows, as Guardia's does.
            network.advance_to(Clock::machine().now());
            network.run_in_real_time().await;
        }
    });
    let callers = tokio::spawn(people::report(network.clone(), Ids::seeded(seed + 1), stop.clone()));
    let duty = tokio::spawn(people::accept(network.clone()));
    for kill in 0..KILLS {
        let node = &mut nodes[kill % 2];
        node.die(&random, &clock).await;
        node.start().await;
        drop(clock.sleep_until(clock.now() + ALONE).await);
    }
    stop.cancel();
    within(&clock, "the last caller to hang up", callers).await.unwrap();

    let settings = Config::load(&nodes[0].site.settings(), std::iter::empty()).unwrap();
    let store = Store::visit(&settings.store).await.unwrap();
    let log = |nodes: &[Node]| {
        let told = |server: &Server| format!("process {}:\n{}", server.id(), server.log());
        nodes.iter().filter_map(|node| node.server.as_ref().map(told)).collect::<String>()
    };
    let quiet = async {
        while !verdict::quiet(&store, clock.now()).await {
            drop(clock.sleep_until(clock.now() + TimeDelta::milliseconds(100)).await);
        }
    };
    within(&clock, "the nodes to be done", quiet).await;
    duty.abort();
    time.abort();
    let verdict = verdict::of(&store, &network, KILLS).await;
    println!("{verdict}");
    assert!(verdict.problems.is_empty(), "seed {seed}:\n{}\n{}", verdict.problems.join("\n"), log(&nodes));
    let slowest = verdict.slowest();
    assert!(slowest <= TAKEN_OVER, "seed {seed}: a first page took {slowest}\n{}", log(&nodes));
    store.close().await;
    for node in &mut nodes {
        node.server.take().unwrap().kill().await;
    }
    postgres_cluster::remove(&url).await;
}

fn network(seed: u64, api: &str, door: &str) -> NetworkConfig {
    let mut config = NetworkConfig::new(ACCOUNT, TOKEN);
    (config.start, config.seed, config.api_url) = (Clock::machine().now(), seed, Some(api.to_owned()));
    config.detour = Some(Detour { public_url: PUBLIC_URL.to_owned(), connect_url: door.to_owned() });
    let url = |path: &str| Some(format!("{PUBLIC_URL}{path}{RETRIES}"));
    config.lines = vec![Line {
        number: LINE.to_owned(),
        voice_url: url("/twilio/voice"),
        voice_fallback_url: url("/twilio/voice/fallback"),
        status_callback: url("/twilio/voice/status"),
        sms_url: url("/twilio/sms"),
        ..Line::default()
    }];
    config
}
