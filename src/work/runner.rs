//! The job runner: claims what is due, runs it outside any transaction, settles it under its fencing token. Woken by every
//! commit; sweeps as the safety net.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Ways;
use super::backoff::{MOST_ATTEMPTS, wait};
use super::hand_off::Desk;
use super::heart;
use super::run::{Failure, run};
use crate::clock::{Busy, Instant};
use crate::id::CallId;
use crate::ops::{self, Destination, Hotline, Lease, OpsError, Task, Wake};
use crate::provider::telephony::Recordings;
use crate::provider::{Blobs, Heartbeat};
use crate::store::{Job, Lane, StoreError, Tx};

/// A lease outlives every job: a provider call takes at most ten seconds.
const LEASE: TimeDelta = TimeDelta::seconds(30);
/// So does that of an exchange with a ticket store: a file may take minutes each way, and so may a look at many tickets.
const SLOW_LEASE: TimeDelta = TimeDelta::minutes(10);
/// Jobs run side by side.
const SLOTS: usize = 16;
/// Exchanges with the ticket store side by side: it is other people's tool first.
const SLOW_SLOTS: usize = 4;
/// From one look to the next at least: in a busy minute what comes within it is claimed in one unit, so that callers have the
/// database to themselves. The first ring after a pause is followed at once.
const BREATH: TimeDelta = TimeDelta::milliseconds(15);

/// What jobs work with.
#[derive(Clone)]
pub struct Workers {
    /// Use cases.
    pub hotline: Hotline,
    /// The ways out.
    pub ways: Ways,
    /// How calls that the line places are named.
    pub voice: Voice,
    /// The ticket store of another maker, where there is one.
    pub desk: Option<Desk>,
    /// Where recordings are fetched from.
    pub recordings: Recordings,
    /// Where the content of attachments is kept.
    pub blobs: Blobs,
    /// The way out for signs of life, where they are sent.
    pub heartbeat: Option<Heartbeat>,
    /// At most so many hooks are told at once: whoever answers slowly must not keep pages waiting.
    pub hook_slots: Arc<Semaphore>,
    /// Where receipts of text messages are sent.
    pub sms_status_url: String,
    /// The public address below which pages are answered by a link, without a final slash.
    pub links: String,
}

/// How calls that the line places are named. Cheap to clone.
#[derive(Clone)]
pub struct Voice {
    /// The provider's name: its path prefix, and the word stored with its calls.
    pub provider: &'static str,
    /// The public address of everything about calls, without a final slash.
    pub base: String,
    /// Ends every address: how the provider repeats a request.
    pub retries: &'static str,
    /// How often the provider's list of calls is held against ours; `None` = never.
    pub reconcile_every: Option<TimeDelta>,
}

impl Voice {
    /// Where the first document of a call is.
    pub(super) fn answer_url(&self, call: CallId) -> String {
        format!("{}/out/{call}{}", self.base, self.retries)
    }

    /// Where reports on a call go.
    pub(super) fn status_url(&self, call: CallId) -> String {
        format!("{}/out/{call}/status{}", self.base, self.retries)
    }

    /// The document that a leg is given when it is moved.
    pub(super) fn moved_url(&self, to: Destination) -> String {
        let (base, retries) = (&self.base, self.retries);
        match to {
            Destination::Turn { call, turn } => format!("{base}/turn/{call}/{turn}/moved{retries}"),
            Destination::Room(room) => format!("{base}/room/{room}/reporter{retries}"),
            Destination::End(room) => format!("{base}/room/{room}/over{retries}"),
        }
    }
}

impl Lane {
    /// How many of its jobs run side by side.
    fn slots(self) -> usize {
        match self {
            Self::Fast => SLOTS,
            Self::Slow => SLOW_SLOTS,
        }
    }
}

/// The job runner of one lane in one process.
pub struct Runner {
    workers: Workers,
    lane: Lane,
    owner: String,
    sweep: Option<TimeDelta>,
    slots: Arc<Semaphore>,
    /// Whether something may be due for which no slot was free.
    starved: Arc<AtomicBool>,
    running: TaskTracker,
}

impl Runner {
    /// A runner of `lane` in the process that calls itself `node`, which also looks every `sweep`, whether it was woken or not; `None` shows that waking alone suffices.
    #[must_use]
    pub fn new(workers: Workers, lane: Lane, node: &str, sweep: Option<TimeDelta>) -> Self {
        let owner = lane.owner(node);
        // A story is the same every time it is told: what is due at one instant is done one after the other.
        let slots = if workers.hotline.clock.is_simulated() { 1 } else { lane.slots() };
        Self {
            workers,
            lane,
            owner,
            sweep,
            slots: Arc::new(Semaphore::new(slots)),
            starved: Arc::default(),
            running: TaskTracker::new(),
        }
    }

    /// Runs until `stop`; then waits for the jobs at work and gives back the rest.
    pub fn run(self, stop: CancellationToken) -> impl Future<Output = ()> + Send {
        // Simulated time stands still from now on, not from the first poll.
        let busy = self.workers.hotline.clock.busy();
        self.keep_running(stop, busy)
    }

    async fn keep_running(self, stop: CancellationToken, mut busy: Busy) {
        let hotline = self.workers.hotline.clone();
        // It beats until the last job is done, however this ends.
        let heart = CancellationToken::new();
        let beats = heart.clone().drop_guard();
        // What the slow lane holds is free when its leases run out: nobody waits for it.
        if self.sweep.is_some() && hotline.store.is_shared() && self.lane == Lane::Fast {
            tokio::spawn(heart::beat(hotline.clone(), self.owner.clone(), heart));
        }
        while !stop.is_cancelled() {
            let mut next = match self.look().await {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(%error, "the job runner cannot reach the store");
                    Some(hotline.clock.now() + TimeDelta::seconds(1))
                }
            };
            let mut rested = hotline.clock.now();
            if let Some(sweep) = self.sweep {
                let sweep = rested + sweep;
                next = Some(next.map_or(sweep, |next| next.min(sweep)));
                rested += BREATH;
            }
            loop {
                // The sleeper is set down before the runner lets go of time.
                let sleep = next.map(|next| hotline.clock.sleep_until(next));
                drop(busy);
                let ring = tokio::select! {
                    () = stop.cancelled() => None,
                    ring = self.bell().rung() => Some(ring),
                    slept = async { match sleep { Some(sleep) => sleep.await, None => std::future::pending().await } } => {
                        busy = slept;
                        break;
                    }
                };
                let Some(ring) = ring else {
                    busy = hotline.clock.busy();
                    break;
                };
                busy = ring.busy;
                let due = ring.due.max(rested);
                if due <= hotline.clock.now() {
                    break;
                }
                // The store need not be asked before it is time.
                next = Some(next.map_or(due, |next| next.min(due)));
            }
        }
        drop(busy);
        self.running.close();
        self.running.wait().await;
        drop(beats);
        let released = hotline
            .store
            .write(async |tx: &mut Tx| -> Result<u64, StoreError> {
                tx.leave(&self.owner).await?;
                tx.release(&self.owner).await
            })
            .await;
        if let Err(error) = released {
            tracing::error!(%error, "leases could not be given back; they run out by themselves");
        }
    }

    /// Starts what is due, as far as slots are free; gives the instant of the next job.
    async fn look(&self) -> Result<Option<Instant>, StoreError> {
        let hotline = &self.workers.hotline;
        loop {
            if let Some(until) = self.rests() {
                return Ok(Some(until));
            }
            // Said before the slots are counted: a job that ends in between is not missed.
            self.starved.store(true, Ordering::SeqCst);
            let free = self.slots.available_permits();
            if free == 0 {
                // A job that ends rings.
                return Ok(None);
            }
            self.starved.store(false, Ordering::SeqCst);
            let now = hotline.clock.now();
            if self.lane == Lane::Slow {
                // Most of the time there is nothing, and looking costs the writer nothing.
                let next = hotline.store.read(async |tx: &mut Tx| tx.next_due_in(Lane::Slow).await).await?;
                if next.is_none_or(|next| next > now) {
                    return Ok(next);
                }
            }
            let (jobs, next) = hotline
                .store
                .write(async |tx: &mut Tx| -> Result<_, StoreError> {
                    let limit = u32::try_from(free).unwrap_or(1);
                    let lease = if self.lane == Lane::Slow { SLOW_LEASE } else { LEASE };
                    Ok((
                        tx.claim(self.lane, &self.owner, (now, now + lease), limit).await?,
                        tx.next_due_in(self.lane).await?,
                    ))
                })
                .await?;
            let all = jobs.len() < free;
            for job in jobs {
                self.start(job).await;
            }
            if all {
                return Ok(next);
            }
        }
    }

    /// What wakes this lane.
    fn bell(&self) -> &Wake {
        match self.lane {
            Lane::Fast => &self.workers.hotline.wake,
            Lane::Slow => &self.workers.hotline.wake_slow,
        }
    }

    /// Until when this lane is left alone, if it is.
    fn rests(&self) -> Option<Instant> {
        let desk = self.workers.desk.as_ref().filter(|_| self.lane == Lane::Slow)?;
        desk.rest.until(self.workers.hotline.clock.now())
    }

    async fn start(&self, job: Job) {
        // Only `look` takes slots and it counted them first; the semaphore is never closed.
        let Ok(slot) = Arc::clone(&self.slots).acquire_owned().await else { return };
        let workers = self.workers.clone();
        let busy = workers.hotline.clock.busy();
        let (starved, bell) = (Arc::clone(&self.starved), self.bell().clone());
        self.running.spawn(async move {
            settle(&workers, job).await;
            drop(slot);
            if starved.swap(false, Ordering::SeqCst) {
                bell.ring();
            }
            drop(busy);
        });
    }
}

/// Puts a job back until `run_at`.
async fn put_back(hotline: &Hotline, lease: &Lease, run_at: Instant, error: &str) -> Result<(), OpsError> {
    let Lease { job, attempt } = *lease;
    match hotline.store.write(async |tx: &mut Tx| tx.retry(job, attempt, run_at, error).await).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(OpsError::LeaseLost),
        Err(error) => Err(OpsError::from(error)),
    }
}

/// Runs `job`, which settles it when it is done; puts it back or buries it when it is not. A lease that was lost meanwhile
/// leaves nothing behind: whoever has it now does it.
async fn settle(workers: &Workers, job: Job) {
    let hotline = &workers.hotline;
    let lease = Lease { job: job.id, attempt: job.attempt };
    let task = serde_json::from_value::<Task>(job.payload).ok();
    let result = match &task {
        Some(task) => run(workers, task, lease).await,
        None => Err(Failure::lasting(&"a job this version does not know")),
    };
    let (kind, attempt) = (job.kind, job.attempt);
    let kept = match result {
        Ok(()) => return,
        Err(Failure::LeaseLost) => Err(OpsError::LeaseLost),
        Err(Failure::Away { what: error, until }) => {
            tracing::warn!(kind, attempt, error, "a job found nobody there and will be tried again");
            put_back(hotline, &lease, until, &error).await
        }
        // What waits for a ticket store waits for as long as it takes.
        Err(Failure::Passing { what: error, wait: asked }) if attempt < MOST_ATTEMPTS || kind == Task::HAND_OFF => {
            tracing::warn!(kind, attempt, error, "a job failed and will be tried again");
            let asked = asked.and_then(|asked| TimeDelta::from_std(asked).ok()).unwrap_or_default();
            let run_at = hotline.clock.now() + wait(attempt, &hotline.ids).max(asked);
            put_back(hotline, &lease, run_at, &error).await
        }
        Err(Failure::Passing { what: error, .. } | Failure::Lasting(error)) => {
            tracing::error!(kind, attempt, error, "a job is given up");
            ops::give_up(hotline, lease, task.as_ref(), job.subject, &error).await
        }
    };
    match kept {
        Ok(()) => {}
        Err(OpsError::LeaseLost) => tracing::warn!(kind, attempt, "a lease was lost; what it did is dropped"),
        // The lease runs out and the job comes again: nothing is lost by leaving it.
        Err(error) => tracing::error!(kind, attempt, %error, "a job could not be settled and will run again"),
    }
}
