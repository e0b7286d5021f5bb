//! Who moves time while a story is played.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;

use crate::network::Network;
use crate::time::{Instant, machine_now};

/// Moves everything the story is about, the network included, and knows what is true on the application's side.
pub trait Host: Send {
    /// Moves everything on to the next instant at which something happens, but not past `limit`, and waits until it is quiet
    /// there. `false` = nothing happens before the limit: everything now stands at it.
    fn advance(&mut self, limit: Instant) -> impl Future<Output = bool> + Send;

    /// Whether something that the network cannot see is as the story says.
    ///
    /// # Errors
    ///
    /// What is otherwise, in words.
    fn check(&mut self, name: &str, expected: &Value) -> impl Future<Output = Result<(), String>> + Send {
        let text = format!("nobody here can tell about '{name}' ({expected})");
        async move { Err(text) }
    }

    /// Makes something happen on the application's side, once.
    ///
    /// # Errors
    ///
    /// Why it did not, in words.
    fn meanwhile(&mut self, name: &str, given: &Value) -> impl Future<Output = Result<(), String>> + Send {
        let text = format!("nobody here can make '{name}' happen ({given})");
        async move { Err(text) }
    }
}

/// Virtual time for the network, real time for the application: speech and pauses take no time, and only waiting for the
/// application does. Before time jumps, the application gets a moment to do what it is at.
#[derive(Clone, Debug)]
pub struct NetworkAlone {
    network: Network,
    patience: Duration,
}

impl NetworkAlone {
    /// `patience` is how long the application is given, in real time, before each jump; 30 ms suits one on this machine.
    #[must_use]
    pub fn new(network: Network, patience: Duration) -> Self {
        Self { network, patience }
    }
}

impl Host for NetworkAlone {
    async fn advance(&mut self, limit: Instant) -> bool {
        let network = &self.network;
        network.settled().await;
        // What stirred until now is in the timetable already.
        network.stirred(Duration::ZERO).await;
        let now = network.now();
        match network.next_event_at() {
            // Something is going on here, and that is what time is waited for.
            Some(next) => {
                let to = next.min(limit);
                if to > now && network.stirred(self.patience).await {
                    return true;
                }
                network.advance_to(to);
                network.settled().await;
                next <= limit
            }
            None if now >= limit => false,
            // Nothing will happen here: the application's own time is all there is to wait for.
            None => {
                let began = machine_now();
                let stirred = network.stirred((limit - now).to_std().unwrap_or_default()).await;
                let passed = (machine_now() - began).max(TimeDelta::zero());
                network.advance_to(if stirred { limit.min(now + passed) } else { limit });
                stirred
            }
        }
    }
}

/// Virtual time for everything: right for an application that answers and does nothing of its own accord.
#[derive(Clone, Debug)]
pub struct VirtualTime(Network);

impl VirtualTime {
    /// Only the story moves the network's clock.
    #[must_use]
    pub fn new(network: Network) -> Self {
        Self(network)
    }
}

impl Host for VirtualTime {
    async fn advance(&mut self, limit: Instant) -> bool {
        self.0.settled().await;
        let next = self.0.next_event_at().filter(|next| *next <= limit);
        self.0.advance_to(next.unwrap_or(limit));
        self.0.settled().await;
        next.is_some()
    }
}

/// Everything in real time.
#[derive(Clone, Debug)]
pub struct RealTime(Network);

impl RealTime {
    /// From the first step on, the network's clock follows the machine's.
    #[must_use]
    pub fn new(network: Network) -> Self {
        Self(network)
    }
}

impl Host for RealTime {
    async fn advance(&mut self, limit: Instant) -> bool {
        self.0.next_in_real_time(Some(limit)).await
    }
}
