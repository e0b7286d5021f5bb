//! Kill -9 at random instants of the demo's story, and start again: one incident, no page or ticket lost or doubled beyond
//! the at-least-once rule, the clock unmoved.
//!
//! Guardia is the built program in a process of its own, on a real clock and a real file. The network, its people and the
//! story are in this process. Between them is a wire that holds new connections while Guardia is down; what is cut off in
//! the middle the provider sends again, as its retry policy says. The killer waits for a random number of pieces on the
//! wire, then for up to 20 ms, so that every kind of instant has its turn: before a commit and after it, between a send and
//! its note, inside an answer, while starting.
//!
//! `KILL_SEED` repeats a seed (not the instants: those are real), `KILL_STORE` takes another store than a
//! new SQLite file, and then plays only one story.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where something is wrong")]

#[path = "kill/host.rs"]
mod host;
#[path = "support/site.rs"]
mod site;
#[path = "kill/verdict.rs"]
mod verdict;
#[path = "kill/wire.rs"]
mod wire;

use chrono::TimeDelta;
use guardia::clock::Clock;
use guardia::config::Config;
use guardia::id::Ids;
use guardia::store::Store;
use guardia_sandbox::story::{Runner, Story};
use guardia_sandbox::{Config as NetworkConfig, Detour, Line, Network};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use host::Patient;
use site::{ACCOUNT, LINE, PUBLIC_URL, Server, Site, TOKEN};
use verdict::Promise;
use wire::Wire;

/// Kills of one run of this test.
const KILLS: usize = 50;
/// Kills of one story at most.
const KILLS_OF_STORY: usize = 6;
/// Pieces on the wire between two kills at most.
const PIECES: u64 = 16;
/// Microseconds between such a piece and the kill at most.
const LATER: u64 = 20_000;
/// One in so many restarts is killed while it starts,
const DIES_STARTING: u64 = 6;
/// after so many microseconds at most.
const STARTING: u64 = 120_000;

/// How the provider is told to retry what an operator configures.
const RETRIES: &str = "#rc=5&rp=all";
const ROSTER: &str = "people:\n  - { id: carmen, name: Carmen, phone: \"+18095550103\" }\n\
                      rotation: { order: [carmen], starts: 2026-01-05T08:00, length: 7d, zone: America/Santo_Domingo }\n";
/// Service hours on one day only, half a week away: the story is one of closed hours, whenever it is played.
fn closed() -> String {
    let now = Clock::machine().now();
    let hours: Vec<String> = (0..7)
        .map(|days| {
            let day = (now + TimeDelta::days(days)).format("%A").to_string().to_lowercase();
            format!("{day} = [{}]", if days == 3 { "\"08:00-16:00\"" } else { "" })
        })
        .collect();
    format!("[calendar]\nhours = {{ {} }}\n", hours.join(", "))
}

/// The demo's story without its times of day: Guardia's clock is real here.
fn story() -> Story {
    let text = include_str!("../stories/saturday-night.yaml");
    let text = text.split("\nthen:").next().unwrap();
    let timeless = text
        .replace("le responderemos antes de las dos de la madrugada", "le responderemos antes de")
        .replace(", \"08/03 02:00\"]", "]");
    Story::parse(&timeless, "stories/saturday-night.yaml").unwrap()
}

/// Guardia, and who kills it.
struct Victim<'a> {
    site: &'a Site,
    server: Option<Server>,
    up: watch::Sender<bool>,
    wire: Wire,
    random: Ids,
    kills: usize,
    /// What the clock of the case showed after each restart.
    seen: Vec<Promise>,
}

impl Victim<'_> {
    /// Kills and starts again, `most` times or until `stop`. When it ends, Guardia is up.
    async fn suffer(&mut self, most: usize, stop: &CancellationToken) {
        let clock = Clock::machine();
        while self.kills < most {
            let piece = self.wire.passed() + 1 + self.random.below(PIECES);
            if stop.run_until_cancelled(self.wire.reached(piece)).await.is_none() {
                return;
            }
            self.wait(&clock, LATER).await;
            self.kill().await;
            self.start();
            while self.kills < most && self.random.below(DIES_STARTING) == 0 {
                self.wait(&clock, STARTING).await;
                self.kill().await;
                self.start();
            }
            self.answer().await;
            self.seen.extend(verdict::promises(self.site).await);
        }
    }

    async fn wait(&self, clock: &Clock, micros: u64) {
        let later = TimeDelta::microseconds(i64::try_from(self.random.below(micros)).unwrap());
        drop(clock.sleep_until(clock.now() + later).await);
    }

    async fn kill(&mut self) {
        self.up.send_replace(false);
        self.server.take().unwrap().kill().await;
        self.kills += 1;
    }

    fn start(&mut self) {
        self.server = Some(self.site.start());
    }

    async fn answer(&mut self) {
        self.server.as_mut().unwrap().ready().await;
        self.up.send_replace(true);
    }
}

/// Plays the story once with at most `most` kills; how many there were, and how many messages were sent again.
async fn play(most: usize, seed: u64, store: Option<&str>) -> (usize, usize) {
    let wire = Wire::default();
    let (up, is_up) = watch::channel(false);
    let (_always, always) = watch::channel(true);

    // Guardia reaches the REST API through the wire, too.
    let api = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api_url = format!("http://{}", wire.door(api.local_addr().unwrap(), always).await);
    let site = Site::new(store, include_str!("../directory.yaml"), &api_url, &closed());
    let door = wire.door(site.listen, is_up.clone()).await;

    let story = story();
    let mut config = NetworkConfig::new(ACCOUNT, TOKEN);
    (config.start, config.seed, config.api_url) = (story.starts_at(), seed, Some(api_url));
    config.detour = Some(Detour { public_url: PUBLIC_URL.to_owned(), connect_url: format!("http://{door}") });
    let url = |path: &str| Some(format!("{PUBLIC_URL}{path}{RETRIES}"));
    config.lines = vec![Line {
        number: LINE.to_owned(),
        voice_url: url("/twilio/voice"),
        voice_fallback_url: url("/twilio/voice/fallback"),
        status_callback: url("/twilio/voice/status"),
        sms_url: url("/twilio/sms"),
        ..Line::default()
    }];
    let network = Network::start(config);
    network.serve(api).unwrap();

    site.import_roster(ROSTER).await;
    let settings = Config::load(&site.settings(), std::iter::empty()).unwrap();
    let store = Store::visit(&settings.store).await.unwrap();
    let random = Ids::seeded(seed);
    let mut victim = Victim { site: &site, server: None, up, wire, random, kills: 0, seen: Vec::new() };
    victim.start();
    victim.answer().await;

    let mut host = Patient { network: network.clone(), store, up: is_up };
    let stop = CancellationToken::new();
    let told = async {
        let report = Runner::new(network.clone(), story).run(&mut host).await;
        stop.cancel();
        report
    };
    let (report, ()) = tokio::join!(told, victim.suffer(most, &stop));
    host.quiet().await;

    let mut problems: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    problems.extend(verdict::problems(&site, &network, &victim.seen, victim.kills).await);
    let server = victim.server.take().unwrap();
    let (id, log) = (server.id(), server.log());
    assert!(problems.is_empty(), "seed {seed}, process {id}:\n{}\n\n{report}\n{log}", problems.join("\n"));
    host.store.close().await;
    server.kill().await;
    (victim.kills, verdict::repeats(&network))
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_fifty_instants_nothing_is_lost_and_nothing_is_doubled() {
    let seed = std::env::var("KILL_SEED").ok().and_then(|seed| seed.parse().ok());
    let first: u64 = seed.unwrap_or_else(|| Ids::system().below(1_000_000));
    let store = std::env::var("KILL_STORE").ok();
    println!("KILL_SEED={first}");
    let (mut kills, mut stories, mut repeats) = (0, 0, 0);
    for seed in first.. {
        let (died, again) = play(KILLS_OF_STORY.min(KILLS - kills), seed, store.as_deref()).await;
        (kills, stories, repeats) = (kills + died, stories + 1, repeats + again);
        if kills >= KILLS || store.is_some() {
            break;
        }
        assert!(stories < KILLS, "{kills} kills in {stories} stories: the killer does not come to its turn");
    }
    println!("{kills} kills in {stories} stories; {repeats} messages were sent again");
}
