//! The machine's time: the sandbox's one home of `now` and of sleeping. Everything else is told what time it is.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// An instant of the network, virtual or real.
pub type Instant = DateTime<Utc>;

/// What the machine's clock shows.
#[expect(clippy::disallowed_methods, reason = "the sandbox's one home of the machine's clock")]
pub(crate) fn machine_now() -> Instant {
    Utc::now()
}

/// Measures real time; it does not jump when the machine's clock is set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(std::time::Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "the sandbox's one home of the machine's clock")]
    pub(crate) fn start() -> Self {
        Self(std::time::Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Lets real time pass.
#[expect(clippy::disallowed_methods, reason = "the sandbox's one home of real sleeping")]
pub(crate) async fn sleep(real: Duration) {
    tokio::time::sleep(real).await;
}

/// A length of virtual time in milliseconds.
pub(crate) fn millis(count: i64) -> TimeDelta {
    TimeDelta::milliseconds(count)
}

/// Whole seconds of a length, rounded up: how the provider counts calls and recordings.
pub(crate) fn whole_seconds(length: TimeDelta) -> i64 {
    let milliseconds = length.num_milliseconds().max(0);
    milliseconds / 1000 + i64::from(milliseconds % 1000 > 0)
}

/// The date form of the REST API and of callbacks.
pub(crate) fn rfc2822(at: Instant) -> String {
    at.format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// A beat in real time that does not drift. Beats that come late are made up for, unless very many were missed.
#[derive(Debug)]
pub(crate) struct Metronome {
    next: tokio::time::Instant,
    every: Duration,
}

/// How much is made up for: after a longer stop the beat begins anew.
const MADE_UP: Duration = Duration::from_millis(500);

#[expect(clippy::disallowed_methods, reason = "the sandbox's one home of real sleeping")]
impl Metronome {
    pub(crate) fn new(every: Duration) -> Self {
        Self { next: tokio::time::Instant::now(), every }
    }

    /// Waits for the next beat; how late it is.
    pub(crate) async fn beat(&mut self) -> TimeDelta {
        self.next += self.every;
        tokio::time::sleep_until(self.next).await;
        let now = tokio::time::Instant::now();
        let late = now.duration_since(self.next);
        if late > MADE_UP {
            self.next = now;
            return TimeDelta::zero();
        }
        TimeDelta::from_std(late).unwrap_or_default()
    }
}
