//! A ticket store that does not answer is left alone for a while: one look a minute is enough to see that it is back, and a
//! thousand cases that wait need not knock a thousand times.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;

use crate::clock::Instant;

/// After the first failure it is left alone for so long, and twice as long after each further one.
const SHORTEST: TimeDelta = TimeDelta::seconds(2);
/// The longest: how late cases come in after it is back.
const LONGEST: TimeDelta = TimeDelta::minutes(1);
/// A store that may have acted and did not say so is not away yet: the fault may be one ticket's.
const DOUBTS: u32 = 3;

/// Whether the store is left alone, and until when. Cheap to clone; clones share what they know. Lost with the process, which
/// costs one look.
#[derive(Clone, Debug, Default)]
pub struct Rest {
    known: Arc<Mutex<Known>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Known {
    failures: u32,
    until: Option<Instant>,
}

impl Rest {
    /// Until when the store is left alone, if it is at `now`.
    #[must_use]
    pub fn until(&self, now: Instant) -> Option<Instant> {
        self.known().until.filter(|until| *until > now)
    }

    /// The store was there.
    pub(super) fn over(&self) {
        *self.known() = Known::default();
    }

    /// The store did not answer: `away` where it surely is, else it may have been this ticket's fault. Gives when to come back.
    pub(super) fn begin(&self, now: Instant, away: bool) -> Option<Instant> {
        let mut known = self.known();
        known.failures = known.failures.saturating_add(1);
        let beyond = known.failures.checked_sub(if away { 1 } else { DOUBTS })?;
        let doubled = SHORTEST * 2_i32.pow(beyond.min(5));
        known.until = Some(now + doubled.min(LONGEST));
        known.until
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        "2026-03-08T02:00:00Z".parse::<Instant>().unwrap() + TimeDelta::seconds(seconds)
    }

    #[test]
    fn a_store_that_is_away_is_left_alone_for_a_minute_at_most() {
        let rest = Rest::default();
        assert_eq!(rest.until(at(0)), None);
        let waits: Vec<i64> = (0..8).map(|_| (rest.begin(at(0), true).unwrap() - at(0)).num_seconds()).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(rest.until(at(59)), Some(at(60)));
        assert_eq!(rest.until(at(60)), None, "one look");
        rest.over();
        assert_eq!(rest.begin(at(100), true), Some(at(102)));
    }

    #[test]
    fn one_ticket_that_fails_does_not_stop_the_others() {
        let rest = Rest::default();
        assert_eq!(rest.begin(at(0), false), None);
        assert_eq!(rest.begin(at(1), false), None);
        assert_eq!(rest.begin(at(2), false), Some(at(4)), "three in a row are no one ticket's fault");
    }
}
