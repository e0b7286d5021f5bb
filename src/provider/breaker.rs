//! When a provider that keeps failing is left alone for a while: one circuit breaker for each, and the rule that binds them.
//!
//! | state | asked | it worked | it failed |
//! |---|---|---|---|
//! | closed | yes | closed, failures forgotten | one more failure; at the bound: open |
//! | open | once the pause is over: half-open, yes; else no | closed | open, the pause begins again |
//! | half-open | one try at a time; a try without an answer counts as lost after a pause | closed | open |
//!
//! Never all are open: whoever would be the last to open stays half-open, because a page that is tried at a bad provider may
//! arrive, and one that is not tried does not.

use std::num::NonZeroU32;

use chrono::TimeDelta;

use crate::clock::Instant;

/// How much is borne.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// Failures in a row that open the breaker.
    pub failures: NonZeroU32,
    /// How long it stays open.
    pub pause: TimeDelta,
}

impl Default for Tolerance {
    fn default() -> Self {
        Self { failures: NonZeroU32::MIN.saturating_add(2), pause: TimeDelta::seconds(30) }
    }
}

/// How one breaker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The provider is asked.
    Closed {
        /// Failures in a row, below the bound.
        failures: u32,
    },
    /// The provider is left alone.
    Open {
        /// Until when.
        until: Instant,
    },
    /// The provider is tried.
    HalfOpen {
        /// The try that is under way is waited for until then.
        trying_until: Option<Instant>,
    },
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody begins a send.
    Asked,
    /// The provider did its work, be its answer yes or no.
    Worked,
    /// The provider failed.
    Failed,
    /// The send says nothing about the provider.
    Neither,
}

/// The next state, and whether a send that asks may go out.
#[must_use]
pub fn step(state: State, event: Event, now: Instant, tolerance: Tolerance) -> (State, bool) {
    let later = now.checked_add_signed(tolerance.pause).unwrap_or(now);
    let trying = State::HalfOpen { trying_until: Some(later) };
    match (state, event) {
        (State::Closed { .. }, Event::Asked | Event::Neither) => (state, true),
        (State::Closed { failures }, Event::Failed) => {
            let failures = failures.saturating_add(1);
            let next = if failures < tolerance.failures.get() {
                State::Closed { failures }
            } else {
                State::Open { until: later }
            };
            (next, false)
        }
        (State::Open { until } | State::HalfOpen { trying_until: Some(until) }, Event::Asked) if now < until => {
            (state, false)
        }
        (State::Open { .. } | State::HalfOpen { .. }, Event::Asked) => (trying, true),
        (State::Open { .. }, Event::Neither) => (state, false),
        (State::HalfOpen { .. }, Event::Neither) => (State::HalfOpen { trying_until: None }, true),
        (State::Open { .. } | State::HalfOpen { .. }, Event::Failed) => (State::Open { until: later }, false),
        (_, Event::Worked) => (State::Closed { failures: 0 }, true),
    }
}

/// The breakers of the providers of one channel, in the providers' order.
#[derive(Clone, Debug)]
pub struct Breakers {
    states: Vec<State>,
    tolerance: Tolerance,
}

impl Breakers {
    /// Breakers for `providers`, all closed.
    #[must_use]
    pub fn new(providers: usize, tolerance: Tolerance) -> Self {
        Self { states: vec![State::Closed { failures: 0 }; providers], tolerance }
    }

    /// How they stand.
    #[must_use]
    pub fn states(&self) -> &[State] {
        &self.states
    }

    /// Whether the provider at `index` may be sent to now; if so, its answer is to be told by [`Breakers::tell`].
    pub fn ask(&mut self, index: usize, now: Instant) -> bool {
        let Some(state) = self.states.get_mut(index) else { return false };
        let (next, may) = step(*state, Event::Asked, now, self.tolerance);
        *state = next;
        may
    }

    /// The provider that is sent to though no breaker lets anything through: the first that is not open.
    #[must_use]
    pub fn last_resort(&self) -> Option<usize> {
        self.states.iter().position(|state| !matches!(state, State::Open { .. }))
    }

    /// Takes what became of a send.
    pub fn tell(&mut self, index: usize, event: Event, now: Instant) {
        let others_open = self
            .states
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index)
            .all(|(_, state)| matches!(state, State::Open { .. }));
        let Some(state) = self.states.get_mut(index) else { return };
        let (next, _) = step(*state, event, now, self.tolerance);
        *state = match next {
            State::Open { .. } if others_open => State::HalfOpen { trying_until: None },
            next => next,
        };
    }
}

#[cfg(test)]
#[path = "breaker_tests.rs"]
mod tests;
