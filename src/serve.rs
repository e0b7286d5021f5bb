//! Composition root and lifecycle: the only place that knows every room.

mod examine;
mod script;
mod sounds;
pub mod tickets;
mod ways;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::config::{self, Config};
use crate::id::Ids;
use crate::ops::{
    Canaries, Handovers, Hotline, OpsError, Policy, Wake, begin_reconciling, begin_store_news, recount_open,
    recount_tickets, schedule_canary, schedule_handovers, schedule_heartbeat,
};
use crate::paging::{Disabled, Throttle, Writer};
use crate::provider::http::Limits;
use crate::provider::messaging::{Account, Class, Classes};
use crate::provider::telephony::{
    Dialect, Events, FrontDoor, LineCheck, PublicUrl, RETRIES, Verifier, Voices, callbacks,
};
use crate::provider::ticketing::TicketStore;
use crate::provider::{BlobError, Blobs, BreakerState, Heartbeat};
use crate::source::Problem;
use crate::store::{self, Journal, Lane, Store, StoreError};
use crate::web::console::{Wallboard, WayOut};
use crate::web::{self, Door, Listener, Peer, Spool, Tapes};
use crate::work::{Runner, Voice, Ways, Workers, fold_journal, hook_slots, sweep_blobs};
use script::Script;

pub use examine::examine;
pub use script::{load_directory, read_bundle};

/// The provider's family.
const DIALECT: Dialect = Dialect::TWILIO;

/// What a start needs beside its configuration: so that tests and the rehearsal bring their own.
pub struct Parts {
    /// Where to listen.
    pub listener: TcpListener,
    /// The ticket store of another maker in the place of the configured one; the settings say how cases are handed to it.
    pub ticket_store: Option<Arc<dyn TicketStore>>,
    /// Time.
    pub clock: Clock,
    /// Ids and randomness.
    pub ids: Ids,
    /// How often the job runner looks without being woken; `None` = never.
    pub sweep: Option<TimeDelta>,
}

/// A running Guardia.
pub struct Guardia {
    /// Use cases and reads.
    pub hotline: Hotline,
    /// Where it listens.
    pub address: SocketAddr,
    /// The ways out to people, each with how it fares.
    pub ways: Ways,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Why Guardia does not start. Each names what to mend.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A file that must be read cannot be.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The flow, its prompts, or the directory have problems.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Problems(Vec<Problem>),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A use case.
    #[error(transparent)]
    Ops(#[from] OpsError),
    /// What the provider needs is not right.
    #[error("{0}")]
    Provider(String),
    /// The listener.
    #[error("the server cannot listen: {0}")]
    Listen(#[source] std::io::Error),
}

impl Guardia {
    /// Starts everything; when this returns, the line answers.
    ///
    /// # Errors
    /// [`StartError`]; nothing runs then.
    pub async fn start(config: &Config, parts: Parts) -> Result<Self, StartError> {
        let Parts { listener, ticket_store, clock, ids, sweep } = parts;
        let address = listener.local_addr().map_err(StartError::Listen)?;
        // Before the store is touched: a start that cannot be leaves nothing behind.
        let script = Script::load(&config.line)?;
        let safe_words = script.safe_words()?;
        let sounds = sounds::load(&config.line.flow, &script.flow)?;
        let store = Store::open(&config.store).await?;
        let ticket_store = tickets::chosen(config, ticket_store)?;
        let hotline = hotline(config, script, store, (clock, ids), ticket_store.as_deref()).await?;
        let moved =
            recount_open(&hotline).await?.saturating_add(recount_tickets(&hotline).await.map_err(OpsError::from)?);
        if moved > 0 {
            tracing::warn!(moved, "the calendar changed: open cases or tickets have a new due instant");
        }
        let provider = |error: &dyn std::fmt::Display| StartError::Provider(error.to_string());
        let public = PublicUrl::parse(&config.server.public_url).map_err(|error| provider(&error))?;
        let alternates = config
            .server
            .alternate_urls
            .iter()
            .map(|url| PublicUrl::parse(url).map_err(|error| provider(&error)))
            .collect::<Result<Vec<_>, _>>()?;
        let line_check = LineCheck::new(account(config), config.line.number.clone(), Limits::default());
        let line_check = line_check.map_err(|error| provider(&error))?;
        let heartbeat = config.heartbeat.as_ref().map(|heartbeat| Heartbeat::new(&heartbeat.url, Limits::default()));
        let heartbeat = heartbeat.transpose().map_err(|error| provider(&error))?;
        let ways = ways::open(config, &hotline.clock).map_err(StartError::Provider)?;
        let blobs = blobs(config, &hotline.ids).map_err(|error| provider(&error))?;
        let recordings = tickets::recordings(config)?;
        let workers = Workers {
            hotline: hotline.clone(),
            heartbeat,
            desk: tickets::desk(config, ticket_store),
            recordings: recordings.clone(),
            blobs: blobs.clone(),
            hook_slots: hook_slots(),
            ways: ways.clone(),
            voice: Voice {
                provider: web::PROVIDER,
                base: public.at("/twilio/voice"),
                retries: RETRIES,
                reconcile_every: config.twilio.reconcile_every,
            },
            sms_status_url: public.at(&format!("/twilio/sms/status{RETRIES}")),
            links: public.at(web::TAKE),
        };
        let (verifier, events) = ears(config, &public)?;
        let journal = Journal::open(&config.journal)
            .map_err(|source| StartError::File { path: config.journal.clone(), source })?;
        schedule_canary(&hotline).await?;
        schedule_heartbeat(&hotline).await?;
        schedule_handovers(&hotline).await?;
        begin_store_news(&hotline).await?;
        let bell = Wake::new(&hotline.clock);
        let door = Door {
            hotline: hotline.clone(),
            spool: Spool::new(journal.clone(), bell.clone()),
            line_check,
            callbacks: Arc::new(callbacks(&public, web::PREFIX)),
            front: Arc::new(FrontDoor::new(public, alternates, config.server.trusted_proxies.clone())),
            verifier: Arc::new(verifier),
            events: Arc::new(events),
            dialect: &DIALECT,
            voices: Arc::new(voices(config)),
            store_secret: tickets::secret(config),
            api_token: config.api_token.clone().map(Arc::new),
            tapes: Tapes::new(recordings),
            blobs: blobs.clone(),
            safe_words: Arc::new(safe_words),
            sounds: Arc::new(sounds),
            pace: Arc::default(),
            console: web::console::ConsoleDoor { wall: wallboard(&ways), ..web::console::ConsoleDoor::default() },
            wrong_tokens: Arc::default(),
            keys_in_use: web::KeysInUse::default(),
        };
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        if let Some(listener) = hotline.store.listen().await? {
            tasks.spawn(hear(listener, hotline.clone(), stop.clone()));
        }
        if config.twilio.reconcile_every.is_some() {
            begin_reconciling(&hotline).await?;
        }
        let node = hotline.ids.opaque().simple().to_string();
        for lane in [Lane::Slow, Lane::Fast] {
            tasks.spawn(Runner::new(workers.clone(), lane, &node, sweep).run(stop.clone()));
        }
        tasks.spawn(sweep_blobs(hotline.clone(), blobs, stop.clone()));
        tasks.spawn(fold_journal(hotline.clone(), journal, bell, stop.clone()));
        tasks.spawn(door.console.wall.clone().run(door.clone(), stop.clone()));
        let service = web::router(door).into_make_service_with_connect_info::<Peer>();
        let listener = Listener::new(listener, hotline.clock.clone());
        let stopped = stop.clone().cancelled_owned();
        tasks.spawn(async move {
            if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(stopped).await {
                tracing::error!(%error, "the server stopped listening");
            }
        });
        tasks.close();
        Ok(Self { hotline, address, ways, stop, tasks })
    }

    /// A soft stop: turns and jobs at work are finished, the rest is given back. Past `within` it becomes a hard one; what
    /// was cut off is in the store and goes on at the next start. Gives whether everything finished.
    pub async fn stop(self, within: Duration) -> bool {
        self.stop.cancel();
        let within = TimeDelta::from_std(within).unwrap_or(TimeDelta::seconds(20));
        // Stopping is real even when the story's time is not.
        let clock = Clock::machine();
        let soft = tokio::select! {
            () = self.tasks.wait() => true,
            busy = clock.sleep_until(clock.now() + within) => { drop(busy); false }
        };
        self.hotline.store.close().await;
        soft
    }
}

/// Wakes the runner whenever another node caused a job, until `stop`.
async fn hear(mut listener: store::Listener, hotline: Hotline, stop: CancellationToken) {
    while let Some(heard) = stop.run_until_cancelled(listener.recv()).await {
        if let Err(error) = heard {
            // The runner's own sweep goes on meanwhile.
            tracing::warn!(%error, "other nodes cannot be heard");
            drop(hotline.clock.sleep_until(hotline.clock.now() + TimeDelta::seconds(1)).await);
        }
        hotline.wake.ring();
        hotline.wake_slow.ring();
        hotline.news.tell();
    }
}

/// Serves until the process is told to stop: the first signal stops softly, a second one at once.
///
/// # Errors
/// [`StartError`].
pub async fn serve(config: &Config) -> Result<(), StartError> {
    let listener = TcpListener::bind(config.server.listen).await.map_err(StartError::Listen)?;
    let parts = Parts {
        listener,
        ticket_store: None,
        clock: Clock::machine(),
        ids: Ids::system(),
        sweep: Some(TimeDelta::seconds(1)),
    };
    let guardia = Guardia::start(config, parts).await?;
    tracing::info!(address = %guardia.address, store = guardia.hotline.store.name(), "the line answers");
    signal().await;
    tracing::info!("stopping: turns and jobs at work are finished first");
    tokio::select! {
        soft = guardia.stop(config.server.stop_within) => {
            if !soft {
                tracing::warn!("the stop took too long; what was cut off goes on at the next start");
            }
        }
        () = signal() => tracing::warn!("stopped at once"),
    }
    Ok(())
}

/// The use cases over a store of their own, for a command that changes something while a server may be running.
///
/// # Errors
/// [`StartError`].
pub async fn tool(config: &Config) -> Result<Hotline, StartError> {
    let script = Script::load(&config.line)?;
    let store = Store::visit(&config.store).await?;
    let ticket_store = tickets::open(config)?;
    hotline(config, script, store, (Clock::machine(), Ids::system()), ticket_store.as_deref()).await
}

async fn hotline(
    config: &Config,
    script: Script,
    store: Store,
    (clock, ids): (Clock, Ids),
    ticket_store: Option<&dyn TicketStore>,
) -> Result<Hotline, StartError> {
    let Script { bundle, flow, directory } = script;
    let policy = Policy {
        calendar: config.calendar.clone(),
        targets: config.targets,
        directory,
        line: config.line.number.clone(),
        support_email: config.line.support_email.clone(),
        writer: Writer::new(&config.line.sender, config.calendar.zone()),
        throttle: Throttle { burst: config.paging.burst, per: config.paging.per, ..Throttle::default() },
        canaries: config.canary.as_ref().map(canaries),
        handovers: config.handover.as_ref().map(handovers),
        heartbeat: config.heartbeat.as_ref().map(|heartbeat| span(heartbeat.every)),
        code_key: config.paging.secret.expose().as_bytes().to_vec(),
        disabling: disabling(&config.channels.classes),
        ticket_language: config.ticketing.language,
        sounds: tickets::sounds(config),
        hand_offs: tickets::policy(config, ticket_store),
        flow: flow.hash().to_owned(),
    };
    Ok(Hotline::open(store, clock, ids, policy, flow, &bundle).await?)
}

/// The provider's codes that say that an address is not to be used any more.
fn disabling(classes: &Classes) -> BTreeMap<u32, Disabled> {
    let each = |class, why| classes.of(class).into_iter().map(move |code| (code, why));
    each(Class::OptedOut, Disabled::OptedOut).chain(each(Class::ContactInvalid, Disabled::Invalid)).collect()
}

/// Who is listened to: the provider's signature, and its events of our accounts.
fn ears(config: &Config, public: &PublicUrl) -> Result<(Verifier, Events), StartError> {
    let provider = |error: &dyn std::fmt::Display| StartError::Provider(error.to_string());
    let mut verifier = Verifier::new(
        &config.twilio.auth_token,
        config.twilio.alternate_auth_token.as_ref(),
        config.twilio.account_sid.clone(),
        public.clone(),
    )
    .map_err(|error| provider(&error))?;
    let mut events = Events::new(DIALECT, &config.twilio.api_url, &config.twilio.account_sid);
    if let Some(second) = &config.channels.fallback {
        events = events.and(&second.api_url, &second.account_sid);
        let token = &second.auth_token;
        verifier = verifier.and(token, second.account_sid.clone()).map_err(|error| provider(&error))?;
    }
    verifier.self_test().map_err(|error| provider(&error))?;
    Ok((verifier, events))
}

/// The wall, and how it learns how the ways out fare.
fn wallboard(ways: &Ways) -> Wallboard {
    let ways = ways.clone();
    Wallboard::new(files(), move || {
        let answers = |breaker| matches!(breaker, BreakerState::Closed { .. });
        let fares = ways.fares().into_iter();
        fares
            .map(|fare| WayOut { channel: fare.channel, provider: fare.provider, answers: answers(fare.breaker) })
            .collect()
    })
}

/// How many files this process may have open, connections among them (`proc_pid_limits(5)`); `None` = nobody says.
fn files() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Our account at the provider.
fn account(config: &Config) -> Account {
    Account {
        api: config.twilio.api_url.clone(),
        id: config.twilio.account_sid.clone(),
        token: config.twilio.auth_token.clone(),
        dialect: DIALECT,
    }
}

/// Where attachments are kept.
fn blobs(config: &Config, ids: &Ids) -> Result<Blobs, BlobError> {
    let config::Attachments { folder, largest, bucket } = &config.attachments;
    match bucket {
        Some(bucket) => Blobs::in_bucket(bucket, folder, *largest, ids.clone()),
        None => Ok(Blobs::on_disk(folder, *largest, ids.clone())),
    }
}

fn canaries(canary: &config::Canary) -> Canaries {
    Canaries { every: span(canary.every), person: canary.person.clone() }
}

fn handovers(handover: &config::Handover) -> Handovers {
    Handovers { before: span(handover.before), at_start: handover.at_start, at_end: handover.at_end }
}

/// Settings are bounded: none is too long to be counted.
fn span(length: Duration) -> TimeDelta {
    TimeDelta::from_std(length).unwrap_or(TimeDelta::MAX)
}

fn voices(config: &Config) -> Voices {
    let mut voices = Voices::default();
    voices.es.name.clone_from(&config.twilio.voice_es);
    voices.en.name.clone_from(&config.twilio.voice_en);
    voices
}

async fn signal() {
    let interrupt = tokio::signal::ctrl_c();
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => terminate.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! { _ = interrupt => {}, _ = terminated => {} }
}
