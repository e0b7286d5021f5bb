//! How packets arrive: jitter and loss of many calls, in bounded memory.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hdrhistogram::{CreationError, Histogram};

/// The largest jitter that is told apart, in microseconds.
const LARGEST: u64 = 60_000_000;
/// Times are exact to a thousandth of themselves.
const DIGITS: u8 = 3;
/// A number so far behind the newest is late; one so far ahead is another stream (RFC 3550, appendix A.1).
const BEHIND: u16 = 100;

/// What arrived on all calls.
#[derive(Debug)]
pub(crate) struct Arrivals(Mutex<Counted>);

/// What has been counted.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    /// Interarrival jitter as it stood after each packet of sound (RFC 3550, section 6.4.1), in microseconds.
    pub jitter: Histogram<u64>,
    /// Packets that were sent.
    pub sent: u64,
    /// Packets that arrived, each once.
    pub heard: u64,
    /// Packets whose numbers were left out.
    pub lost: u64,
}

/// One stream that is heard.
#[derive(Debug, Default)]
pub(super) struct Heard {
    before: Option<(Duration, u32)>,
    /// In microseconds.
    jitter: f64,
    newest: Option<u16>,
}

/// What a packet was.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Arrival {
    /// Numbers that were left out before it; one that comes late after all takes its own back.
    pub lost: i64,
    /// The jitter after it, if it could be measured.
    pub jitter: Option<u64>,
}

impl Arrivals {
    pub(crate) fn new() -> Result<Self, CreationError> {
        let jitter = Histogram::new_with_bounds(1, LARGEST, DIGITS)?;
        Ok(Self(Mutex::new(Counted { jitter, sent: 0, heard: 0, lost: 0 })))
    }

    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn counted(&self) -> Counted {
        self.lock().clone()
    }

    pub(super) fn sent(&self) {
        let mut counted = self.lock();
        counted.sent = counted.sent.saturating_add(1);
    }

    pub(super) fn heard(&self, arrival: Arrival) {
        let mut counted = self.lock();
        counted.heard = counted.heard.saturating_add(1);
        counted.lost = counted.lost.saturating_add_signed(arrival.lost);
        if let Some(jitter) = arrival.jitter {
            counted.jitter.saturating_record(jitter);
        }
    }
}

impl Heard {
    /// A packet with this number came at an instant; `timestamp` = that of its sound on a clock of 8000 a second, `None` for a
    /// key, whose timestamp stands still. `None` = it came before.
    pub(super) fn hear(&mut self, at: Duration, sequence: u16, timestamp: Option<u32>) -> Option<Arrival> {
        let mut arrival = Arrival::default();
        if let Some(newest) = self.newest {
            let ahead = sequence.wrapping_sub(newest);
            if ahead == 0 {
                return None;
            }
            let behind = newest.wrapping_sub(sequence);
            if behind <= BEHIND {
                // It was counted as lost when it was overtaken.
                return Some(Arrival { lost: -1, jitter: None });
            }
            arrival.lost = i64::from(ahead.saturating_sub(1));
        }
        self.newest = Some(sequence);
        if let Some(timestamp) = timestamp {
            if let Some((then, before)) = self.before {
                let passed = at.saturating_sub(then).as_secs_f64() * 1e6;
                let should = f64::from(timestamp.wrapping_sub(before).cast_signed()) * 125.0;
                self.jitter += ((passed - should).abs() - self.jitter) / 16.0;
                arrival.jitter = u64::try_from(Duration::from_secs_f64(self.jitter / 1e6).as_micros()).ok();
            }
            self.before = Some((at, timestamp));
        }
        Some(arrival)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    #[test]
    fn packets_in_time_have_no_jitter_and_one_that_is_late_a_sixteenth_of_its_lateness_twice() {
        let mut heard = Heard::default();
        for number in 0..10_u16 {
            let at = ms(u64::from(number) * 20 + if number == 8 { 16 } else { 0 });
            let arrival = heard.hear(at, number, Some(u32::from(number) * 160)).unwrap();
            let expected = match number {
                0 => None,
                8 => Some(1000),
                // A sixteenth of 1 ms less, and a sixteenth of 16 ms more.
                9 => Some(1937),
                _ => Some(0),
            };
            assert_eq!(arrival, Arrival { lost: 0, jitter: expected }, "{number}");
        }
    }

    #[test]
    fn what_is_left_out_is_lost_and_what_comes_late_is_not() {
        let mut heard = Heard::default();
        let arrivals = Arrivals::new().unwrap();
        // 65535 and 0 stand beside each other; 2 and 3 never come, 5 comes late, 6 comes twice.
        for sequence in [65_534, 65_535, 0, 1, 4, 6, 5, 6, 7] {
            if let Some(arrival) = heard.hear(ms(0), sequence, None) {
                arrivals.heard(arrival);
            }
        }
        let counted = arrivals.counted();
        assert_eq!((counted.heard, counted.lost, counted.jitter.len()), (8, 2, 0));
    }
}
