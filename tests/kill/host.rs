//! Who moves the network's time while Guardia's is real: it jumps only when Guardia is up and has nothing to do, so a restart
//! takes the caller no time.

use chrono::TimeDelta;
use guardia::clock::Clock;
use guardia::store::{Store, StoreError, Tx};
use guardia_sandbox::story::Host;
use guardia_sandbox::{Instant, Network};
use serde_json::Value;
use tokio::sync::watch;

/// How often Guardia's store is asked whether a job waits.
const LOOK_EVERY: TimeDelta = TimeDelta::milliseconds(3);

/// Moves the network's time.
pub struct Patient {
    pub network: Network,
    /// Guardia's store, for reading.
    pub store: Store,
    pub up: watch::Receiver<bool>,
}

impl Patient {
    /// Waits until nobody is at work on either side.
    pub async fn quiet(&mut self) {
        let clock = Clock::machine();
        loop {
            self.network.settled().await;
            // The sender outlives the story.
            let _ = self.up.wait_for(|up| *up).await;
            if !self.has_nothing_to_do(&clock).await {
                drop(clock.sleep_until(clock.now() + LOOK_EVERY).await);
                continue;
            }
            if self.network.pending() > 0 {
                continue;
            }
            match self.network.next_event_at() {
                Some(at) if at <= self.network.now() => self.network.advance_to(at),
                _ => return,
            }
        }
    }

    /// No job is due or at work.
    async fn has_nothing_to_do(&self, clock: &Clock) -> bool {
        let now = clock.now();
        let look = self.store.read(async |tx: &mut Tx| -> Result<bool, StoreError> {
            let next = tx.next_due().await?;
            Ok(tx.job_counts().await?.leased == 0 && next.is_none_or(|next| next > now))
        });
        look.await.unwrap()
    }
}

impl Host for Patient {
    async fn advance(&mut self, limit: Instant) -> bool {
        self.quiet().await;
        let next = self.network.next_event_at().filter(|next| *next <= limit);
        self.network.advance_to(next.unwrap_or(limit).max(self.network.now()));
        self.quiet().await;
        next.is_some()
    }

    async fn check(&mut self, name: &str, _: &Value) -> Result<(), String> {
        Err(format!("'{name}' is looked at when the story is over"))
    }
}
