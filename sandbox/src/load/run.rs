//! A run: people call at a rate for a while, in real time.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::caller::{Bell, Outcome, live, live_on_telephone};
use super::population::Population;
use super::report::{Calls, Report, milliseconds};
use super::spread::exponential;
use super::tally::{Tally, add_one};
use super::telephones::Telephones;
use crate::dice::Dice;
use crate::network::Network;
use crate::sip::SipError;
use crate::time::{Stopwatch, sleep};

/// What is over is forgotten after so long: until then the application may ask for it.
const REMEMBERED: TimeDelta = TimeDelta::minutes(2);
const TIDIES: Duration = Duration::from_secs(10);
/// How long the last callbacks and receipts are waited for: a webhook may take 15 s.
const LAST_WORDS: Duration = Duration::from_secs(20);
/// How long those who came last may stay, unless it is said.
const LEAVING: Duration = Duration::from_mins(10);
const LOOKS: Duration = Duration::from_millis(20);

/// How long people keep coming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// So many have come.
    Calls(u64),
    /// So much time has passed.
    Time(Duration),
}

/// A run to be.
#[derive(Clone, Debug)]
pub struct Load {
    /// The number that is called.
    pub number: String,
    /// Who calls.
    pub population: Population,
    /// How many are on the telephone at once, at most.
    pub callers: usize,
    /// Calls per second, on average.
    pub rate: f64,
    /// When nobody comes any more. Whoever is on the telephone by then is not cut off.
    pub until: Until,
    /// Arrivals and choices are drawn from it.
    pub seed: u64,
    /// Callers call over SIP, with sound. The network must have a place for each (`Limits::handsets`).
    pub sip: bool,
    /// The run is stopped after so long, as by `stop`. `None` = ten minutes after the last is due to come.
    pub longest: Option<Duration>,
}

/// Why there is no run.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The rate is none.
    #[error("the rate must be above 0 and at most 1000 calls per second")]
    Rate,
    /// More callers with telephones than a run can have.
    #[error("at most {0} callers can have SIP telephones at once")]
    Telephones(usize),
    /// The network has too few places for telephones.
    #[error("the network has places for {0} telephones only: raise its limit of handsets")]
    Handsets(usize),
    /// There is no gateway, or there are no telephones.
    #[error(transparent)]
    Sip(#[from] SipError),
    /// There is no way to count.
    #[error("cannot count: {0}")]
    Counting(String),
}

struct Driver<'n> {
    network: &'n Network,
    load: Load,
    calls: Calls,
    bell: Bell,
    telephones: Option<Arc<Telephones>>,
    on_call: JoinSet<Outcome>,
    stopped: watch::Receiver<bool>,
}

impl Load {
    /// Lets people call, on a network that stands at the present. Ends when all of it is over, or soon after `stop`.
    ///
    /// # Errors
    ///
    /// The rate is none.
    pub async fn run(self, network: &Network, stop: impl Future<Output = ()>) -> Result<Report, LoadError> {
        if !(self.rate > 0.0 && self.rate <= 1000.0) {
            return Err(LoadError::Rate);
        }
        let telephones = if self.sip { Some(Arc::new(Telephones::open(network, self.callers)?)) } else { None };
        let tally = Arc::new(Tally::new().map_err(|error| LoadError::Counting(error.to_string()))?);
        let bell = Bell::default();
        let (count, ring) = (Arc::clone(&tally), bell.clone());
        network.on_webhook(move |delivery| {
            count.webhook(delivery);
            if let crate::Purpose::Document(call) = &delivery.purpose {
                ring.ring(call);
            }
        });
        let count = Arc::clone(&tally);
        network.on_problem(move |problem| count.problem(problem));
        let ring = bell.clone();
        network.on_log(move |entry| {
            if let Some(call) = &entry.call {
                ring.ring(call);
            }
        });
        let (stopping, stopped) = watch::channel(false);
        let (seed, longest) = (self.seed, self.longest());
        let watch = Stopwatch::start();
        let calls = Calls::default();
        let mut driver = Driver { network, load: self, calls, bell, telephones, on_call: JoinSet::new(), stopped };
        let drive = async {
            driver.arrivals().await;
            driver.last_words().await;
        };
        let stop = async {
            tokio::select! {
                () = stop => {}
                () = sleep(longest) => {}
            }
            stopping.send_replace(true);
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = drive => {}
            () = network.run_in_real_time() => {}
            () = stop => {}
        }
        let errors = tally.errors();
        Ok(Report {
            seed,
            seconds: watch.elapsed().as_secs_f64(),
            calls: driver.calls,
            webhooks: tally.webhooks(),
            sip: driver.telephones.map(|telephones| telephones.figures()),
            errors_total: errors.iter().map(|error| error.count).sum(),
            errors,
        })
    }
}

impl Load {
    fn longest(&self) -> Duration {
        let coming = match self.until {
            Until::Time(length) => length,
            Until::Calls(most) => Duration::try_from_secs_f64(1.0 / self.rate)
                .unwrap_or(Duration::MAX)
                .saturating_mul(u32::try_from(most).unwrap_or(u32::MAX)),
        };
        self.longest.unwrap_or_else(|| coming.saturating_add(LEAVING))
    }
}

impl Driver<'_> {
    async fn arrivals(&mut self) {
        let mut dice = Dice::new(self.load.seed);
        let mean = Duration::try_from_secs_f64(1.0 / self.load.rate).unwrap_or(Duration::MAX);
        let watch = Stopwatch::start();
        let mut due = Duration::ZERO;
        let mut tidied = Duration::ZERO;
        for caller in 0_u64.. {
            due = due.saturating_add(exponential(mean, &mut dice));
            let goes_on = match self.load.until {
                Until::Calls(most) => caller < most,
                Until::Time(length) => due < length,
            };
            if !goes_on || !self.wait(due.saturating_sub(watch.elapsed())).await {
                break;
            }
            let now = watch.elapsed();
            let late = now.saturating_sub(due);
            self.calls.latest_ms =
                self.calls.latest_ms.max(milliseconds(u64::try_from(late.as_micros()).unwrap_or(u64::MAX)));
            if now.saturating_sub(tidied) > TIDIES {
                tidied = now;
                self.network.forget_before(self.network.now() - REMEMBERED);
            }
            self.arrives(caller);
        }
        while let Some(outcome) = self.on_call.join_next().await {
            self.left(outcome);
        }
    }

    /// Lets time pass, and callers leave; `false` = the run was stopped.
    async fn wait(&mut self, length: Duration) -> bool {
        let passed = sleep(length);
        tokio::pin!(passed);
        let mut stopped = self.stopped.clone();
        loop {
            tokio::select! {
                () = &mut passed => return true,
                Some(outcome) = self.on_call.join_next() => self.left(outcome),
                _ = stopped.wait_for(|stopped| *stopped) => return false,
            }
        }
    }

    fn arrives(&mut self, caller: u64) {
        add_one(&mut self.calls.arrived);
        while let Some(outcome) = self.on_call.try_join_next() {
            self.left(outcome);
        }
        if self.on_call.len() >= self.load.callers {
            add_one(&mut self.calls.turned_away);
            return;
        }
        let plan = self.load.population.plan(self.load.seed, caller);
        add_one(&mut self.calls.started);
        add_one(self.calls.by_kind.entry(plan.kind.clone()).or_default());
        let mut stopped = self.stopped.clone();
        let stop = async move {
            // A sender that is gone stops everything as well.
            let _ = stopped.wait_for(|stopped| *stopped).await;
        };
        let (network, number, bell) = (self.network.clone(), self.load.number.clone(), self.bell.clone());
        match self.telephones.clone() {
            Some(telephones) => self.on_call.spawn(live_on_telephone(network, plan, number, bell, telephones, stop)),
            None => self.on_call.spawn(live(network, plan, number, bell, stop)),
        };
        self.calls.most_at_once = self.calls.most_at_once.max(self.on_call.len());
    }

    fn left(&mut self, outcome: Result<Outcome, tokio::task::JoinError>) {
        // A caller who broke down did not finish.
        let outcome = outcome.unwrap_or(Outcome::Failed);
        add_one(self.calls.by_outcome.entry(outcome.as_str()).or_default());
    }

    /// Waits until nothing is on its way any more, or for so long.
    async fn last_words(&self) {
        let watch = Stopwatch::start();
        while watch.elapsed() < LAST_WORDS && (self.network.pending() > 0 || self.network.next_event_at().is_some()) {
            sleep(LOOKS).await;
        }
    }
}
