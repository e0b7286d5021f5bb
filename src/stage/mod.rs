//! A stage for stories: Guardia itself, the sandbox's telephone network and their people, all in one simulated time. The
//! demo plays on it, and so do the acceptance tests.

mod act;
mod check;
mod console;
mod inbox;
mod settings;
mod timeline;
mod year;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::TimeDelta;
use guardia_sandbox::story::{Host, Report, Runner, Story};
use guardia_sandbox::{Config as NetworkConfig, Detour, Line, Network};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::clock::{Clock, Hand, Instant};
use crate::config::Config;
use crate::flow::Banner;
use crate::id::Ids;
use crate::ops::{OpsError, import_roster};
use crate::provider::ticketing::TicketStore;
use crate::serve::{Guardia, Parts, StartError};
use crate::store::{StoreError, Tx};
use crate::work::Fare;
use inbox::Inbox;
pub use inbox::Letter;
pub use settings::Props;
pub use year::{SeedError, SeedYear, Seeded, seed_year};

/// How long a soft stop may take on the stage.
const STOP_WITHIN: std::time::Duration = std::time::Duration::from_secs(10);
/// Who imports and announces what a story brings.
const BY: &str = "stage";

/// Guardia, a telephone network and their people in one simulated time.
pub struct Stage {
    /// The program under test; `None` while it is down.
    guardia: Option<Guardia>,
    /// The telephone network.
    pub network: Network,
    /// What Guardia was started with.
    pub config: Config,
    clock: Clock,
    hand: Hand,
    ids: Ids,
    /// The ticket store of another maker, where the story has one.
    ticket_store: Option<Arc<dyn TicketStore>>,
    /// Where the ids of imports are drawn from: a story's codes are the same however often it changes its roster.
    import_ids: Ids,
    listening: std::net::SocketAddr,
    folder: PathBuf,
    /// Whether time moves on although webhooks are on their way.
    stalls: bool,
    /// Mail and webhooks, where the roster has contacts of those kinds on the stage.
    inbox: Option<Inbox>,
}

/// How far time moves on while a webhook stalls, at a time: beyond every patience of Guardia's with its own store.
const STALL: TimeDelta = TimeDelta::seconds(2);

/// Why a stage cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// Guardia does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The store does not take what the story needs.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A use case does not do what the story needs.
    #[error(transparent)]
    Ops(#[from] OpsError),
    /// A listener or a file.
    #[error("the stage cannot be set: {0}")]
    Io(#[from] std::io::Error),
    /// The settings made for the stage are not right.
    #[error("the stage's settings are not right: {0}")]
    Settings(String),
}

impl Stage {
    /// Sets the stage at `at`, with its files below `folder`.
    ///
    /// # Errors
    /// [`StageError`].
    pub async fn set(at: Instant, folder: &Path, props: &Props) -> Result<Self, StageError> {
        let (clock, hand) = Clock::simulated(at);
        let api = TcpListener::bind("127.0.0.1:0").await?;
        let door = TcpListener::bind("127.0.0.1:0").await?;
        let (api_url, listening) = (format!("http://{}", api.local_addr()?), door.local_addr()?);
        let wanted = props.roster.as_ref().is_some_and(|roster| roster.contains(inbox::PLACE));
        let inbox = if wanted { Some(Inbox::open().await?) } else { None };
        let config = settings::write(folder, props, &api_url, inbox.as_ref())?;
        let network = Network::start(network_config(&config, at, &api_url, listening));
        network.serve(api)?;
        let ids = Ids::seeded(props.seed);
        let mut stage = Self {
            guardia: None,
            network,
            config,
            clock,
            hand,
            ids,
            ticket_store: props.ticket_store.clone(),
            import_ids: Ids::seeded(!props.seed),
            listening,
            folder: folder.to_owned(),
            stalls: false,
            inbox,
        };
        stage.start_on(door).await?;
        if let Some(roster) = &props.roster {
            stage.import(roster).await?;
        }
        if let Some(banner) = &props.banner {
            stage.announce(banner).await?;
        }
        Ok(stage)
    }

    /// The checked settings of a stage whose files are written below `folder`, for what needs settings and no stage.
    ///
    /// # Errors
    /// [`StageError`].
    pub fn settings(folder: &Path, props: &Props) -> Result<Config, StageError> {
        settings::write(folder, props, "http://127.0.0.1:9", None)
    }

    /// Imports a roster.
    ///
    /// # Errors
    /// When Guardia is down or the store does not take it.
    pub async fn import(&self, roster: &str) -> Result<(), StageError> {
        let place = self.inbox.as_ref().map(|inbox| inbox.http.to_string()).unwrap_or_default();
        let roster = roster.replace(inbox::PLACE, &place);
        let (now, hotline) = (self.clock.now(), self.hotline()?);
        import_roster(&hotline.store, &self.import_ids, now, (&roster, "", BY)).await?;
        Ok(())
    }

    /// The mail and the posts that came and that no step has looked at, the oldest first.
    #[must_use]
    pub fn letters(&self) -> Vec<Letter> {
        self.inbox.as_ref().map(Inbox::unseen).unwrap_or_default()
    }

    /// Announces an outage to callers.
    ///
    /// # Errors
    /// When Guardia is down or the store does not take it.
    pub async fn announce(&self, banner: &Banner) -> Result<(), StageError> {
        let (now, store) = (self.clock.now(), &self.hotline()?.store);
        Ok(store
            .write(async |tx: &mut Tx| -> Result<(), StoreError> { tx.insert_banner(banner, BY, now).await })
            .await?)
    }

    /// Use cases and reads of the running program.
    ///
    /// # Errors
    /// When it is down.
    pub fn hotline(&self) -> Result<&crate::ops::Hotline, StageError> {
        self.guardia
            .as_ref()
            .map(|guardia| &guardia.hotline)
            .ok_or_else(|| StageError::Settings("Guardia is down".to_owned()))
    }

    /// How each provider fares; nothing while Guardia is down.
    #[must_use]
    pub fn fares(&self) -> Vec<Fare> {
        self.guardia.as_ref().map(|guardia| guardia.ways.fares()).unwrap_or_default()
    }

    /// What the stage's clock shows.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Where Guardia listens.
    #[must_use]
    pub fn address(&self) -> std::net::SocketAddr {
        self.listening
    }

    /// The folder of its files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Stops Guardia; calls and jobs wait in the store.
    pub async fn stop(&mut self) {
        if let Some(guardia) = self.guardia.take() {
            guardia.stop(STOP_WITHIN).await;
        }
    }

    /// Starts Guardia again where it listened before, on the files as they are now.
    ///
    /// # Errors
    /// [`StageError`].
    pub async fn start(&mut self) -> Result<(), StageError> {
        let door = TcpListener::bind(self.listening).await?;
        self.start_on(door).await
    }

    async fn start_on(&mut self, listener: TcpListener) -> Result<(), StageError> {
        let parts = Parts {
            listener,
            ticket_store: self.ticket_store.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            sweep: None,
        };
        let config = self.config.clone();
        // On a thread of its own, because a story that restarts it may be played on any thread, and a start may not.
        let runtime = tokio::runtime::Handle::current();
        let started = tokio::task::spawn_blocking(move || runtime.block_on(Guardia::start(&config, parts))).await;
        self.guardia = Some(started.map_err(std::io::Error::other)??);
        Ok(())
    }

    /// From now on something is made to stall, or no more. While it is, time moves on although webhooks are on their way,
    /// as soon as Guardia waits for a near instant: so its own deadlines pass.
    pub fn stalls(&mut self, stalls: bool) {
        self.stalls = stalls;
    }

    /// Plays `story` to its end.
    pub async fn play(&mut self, story: Story) -> Report {
        Runner::new(self.network.clone(), story).run(self).await
    }

    /// Waits until nobody is at work on either side. Work is handed over before it is put down, so looking at one side,
    /// the other, and the first again misses nothing.
    async fn quiet(&self) {
        loop {
            self.hand.settled().await;
            if self.stalls && self.network.pending() > 0 {
                self.pass_a_deadline();
                tokio::task::yield_now().await;
                continue;
            }
            self.network.settled().await;
            if !self.hand.is_settled() || self.network.pending() > 0 {
                continue;
            }
            match self.network.next_event_at() {
                Some(at) if at <= self.network.now() => self.network.advance_to(at),
                _ if self.hand.is_settled() && self.network.pending() == 0 => return,
                _ => {}
            }
        }
    }

    /// Moves time to the next near instant that Guardia waits for while a webhook is on its way.
    fn pass_a_deadline(&self) {
        let now = self.clock.now();
        if let Some(deadline) = self.hand.next_wake().filter(|wake| *wake <= now + STALL) {
            self.hand.advance_to(deadline);
            self.network.advance_to(deadline);
        }
    }
}

impl Host for Stage {
    async fn advance(&mut self, limit: Instant) -> bool {
        self.quiet().await;
        let next = match (self.hand.next_wake(), self.network.next_event_at()) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        let happens = next.is_some_and(|next| next <= limit);
        let to = next.filter(|_| happens).unwrap_or(limit);
        // A clock never goes back: an instant that is past by now is this one.
        let to = to.max(self.clock.now());
        self.hand.advance_to(to);
        self.network.advance_to(to);
        self.quiet().await;
        happens
    }

    async fn check(&mut self, name: &str, expected: &Value) -> Result<(), String> {
        check::check(self, name, expected).await
    }

    async fn meanwhile(&mut self, name: &str, given: &Value) -> Result<(), String> {
        act::act(self, name, given).await
    }
}

fn network_config(config: &Config, at: Instant, api_url: &str, listening: std::net::SocketAddr) -> NetworkConfig {
    let public = &config.server.public_url;
    let url = |path: &str| Some(format!("{public}{path}"));
    let line = Line {
        number: config.line.number.as_str().to_owned(),
        // What the README tells to set: retries on every fault, within a caller's patience.
        voice_url: url("/twilio/voice#rc=2&rp=all"),
        voice_fallback_url: url("/twilio/voice/fallback"),
        status_callback: url("/twilio/voice/status"),
        sms_url: url("/twilio/sms"),
        ..Line::default()
    };
    let mut network = NetworkConfig::new(config.twilio.account_sid.as_str(), config.twilio.auth_token.expose());
    network.lines = vec![line];
    network.start = at;
    network.api_url = Some(api_url.to_owned());
    network.detour = Some(Detour { public_url: public.clone(), connect_url: format!("http://{listening}") });
    network
}
