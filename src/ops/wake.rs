//! The bell that wakes the job runner after a commit.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::clock::{Busy, Clock};

/// Rung after every commit that caused a job, and by the store when another node did. A ring while nobody listens is kept.
#[derive(Clone, Debug)]
pub struct Wake {
    clock: Clock,
    bell: Arc<Bell>,
}

#[derive(Debug, Default)]
struct Bell {
    /// Simulated time stands still from the ring until the runner has looked.
    rung: Mutex<Option<Busy>>,
    notify: Notify,
}

impl Wake {
    /// A silent bell.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        Self { clock: clock.clone(), bell: Arc::default() }
    }

    /// There may be something to do.
    pub fn ring(&self) {
        self.bell.rung.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| self.clock.busy());
        self.bell.notify.notify_one();
    }

    /// Waits for a ring; the answer holds simulated time until the listener has looked.
    pub async fn rung(&self) -> Busy {
        loop {
            if let Some(busy) = self.bell.rung.lock().unwrap_or_else(PoisonError::into_inner).take() {
                return busy;
            }
            self.bell.notify.notified().await;
        }
    }
}
