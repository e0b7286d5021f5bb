//! The bell that wakes the job runner after a commit, and the word that something was committed.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::clock::{Busy, Clock, Instant};

/// Rung by the store after every commit that set a job down, here or at another node. A ring while nobody listens is kept.
#[derive(Clone, Debug)]
pub struct Wake {
    clock: Clock,
    bell: Arc<Bell>,
}

#[derive(Debug, Default)]
struct Bell {
    rung: Mutex<Option<Ring>>,
    notify: Notify,
}

/// Something is to be done.
#[derive(Debug)]
#[must_use = "simulated time moves on as soon as this is dropped"]
pub struct Ring {
    /// From when on: the earliest of what was rung for.
    pub due: Instant,
    /// Simulated time stands still from the ring until the runner has looked.
    pub busy: Busy,
}

/// The word that something was committed, here or at another node, for one who listens and looks. Words while nobody listens
/// are kept as one.
#[derive(Clone, Debug, Default)]
pub struct News(Arc<Notify>);

impl News {
    /// Something was committed.
    pub fn tell(&self) {
        self.0.notify_one();
    }

    /// Waits for the next word.
    pub async fn heard(&self) {
        self.0.notified().await;
    }
}

impl Wake {
    /// A silent bell.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        Self { clock: clock.clone(), bell: Arc::default() }
    }

    /// There may be something to do now.
    pub fn ring(&self) {
        self.ring_for(self.clock.now());
    }

    /// There is something to do from `due` on.
    pub fn ring_for(&self, due: Instant) {
        let mut rung = self.bell.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let ring = rung.get_or_insert_with(|| Ring { due, busy: self.clock.busy() });
        ring.due = ring.due.min(due);
        drop(rung);
        self.bell.notify.notify_one();
    }

    /// Waits for a ring.
    pub async fn rung(&self) -> Ring {
        loop {
            if let Some(ring) = self.bell.rung.lock().unwrap_or_else(PoisonError::into_inner).take() {
                return ring;
            }
            self.bell.notify.notified().await;
        }
    }
}
