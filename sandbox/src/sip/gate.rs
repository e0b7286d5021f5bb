//! How many requests an address may make: a bucket of tokens each, in bounded memory.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::time::Instant;

/// Addresses that are counted apart; beyond that all new ones share one bucket.
const MOST: usize = 4096;

/// What a token is made of: so many thousandths of a second come together to one, at one a minute.
const TOKEN: i64 = 60_000;

/// So many at once, and so many per minute after that.
#[derive(Debug)]
pub(crate) struct Gate {
    per_minute: i64,
    burst: i64,
    buckets: HashMap<IpAddr, Bucket>,
    others: Option<Bucket>,
    swept: Option<Instant>,
}

/// Parts of a token, and when they were counted.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: i64,
    at: Instant,
}

impl Gate {
    pub(crate) fn new(per_minute: u32, burst: u32) -> Self {
        Self { per_minute: per_minute.into(), burst: burst.into(), buckets: HashMap::new(), others: None, swept: None }
    }

    /// Takes a token; `false` = there is none.
    pub(crate) fn admit(&mut self, source: IpAddr, now: Instant) -> bool {
        self.take(source, now, TOKEN)
    }

    /// Whether there is a token, without taking it.
    pub(crate) fn is_open(&mut self, source: IpAddr, now: Instant) -> bool {
        let bucket = self.bucket(source, now);
        bucket.left >= TOKEN
    }

    fn take(&mut self, source: IpAddr, now: Instant, cost: i64) -> bool {
        let bucket = self.bucket(source, now);
        let enough = bucket.left >= cost;
        if enough {
            bucket.left = bucket.left.saturating_sub(cost);
        }
        enough
    }

    fn bucket(&mut self, source: IpAddr, now: Instant) -> &mut Bucket {
        let (per_minute, most) = (self.per_minute, self.burst.saturating_mul(TOKEN));
        let fresh = Bucket { left: most, at: now };
        let due = self.swept.is_none_or(|swept| (now - swept).num_seconds() >= 1);
        if due && self.buckets.len() >= MOST && !self.buckets.contains_key(&source) {
            // Whoever has been quiet long enough to have all tokens back needs no bucket.
            self.buckets.retain(|_, bucket| bucket.refilled(now, per_minute, most).left < most);
            self.swept = Some(now);
        }
        let full = self.buckets.len() >= MOST && !self.buckets.contains_key(&source);
        let bucket = if full { self.others.get_or_insert(fresh) } else { self.buckets.entry(source).or_insert(fresh) };
        *bucket = bucket.refilled(now, per_minute, most);
        bucket
    }
}

impl Bucket {
    fn refilled(self, now: Instant, per_minute: i64, most: i64) -> Self {
        let passed = (now - self.at).num_milliseconds().max(0);
        Self { left: self.left.saturating_add(passed.saturating_mul(per_minute)).min(most), at: self.at.max(now) }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;

    fn at(milliseconds: i64) -> Instant {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(milliseconds)
    }

    fn address(last: u32) -> IpAddr {
        IpAddr::V4((0x0A00_0000 + last).into())
    }

    #[test]
    fn a_burst_and_then_so_many_per_minute() {
        let mut gate = Gate::new(600, 5);
        assert_eq!((0..9).filter(|_| gate.admit(address(1), at(0))).count(), 5);
        assert!(gate.admit(address(2), at(0)), "each address has its own");
        assert_eq!((0..9).filter(|_| gate.admit(address(1), at(250))).count(), 2);
        assert_eq!((0..9).filter(|_| gate.admit(address(1), at(60_000))).count(), 5);
        assert_eq!((0..9).filter(|_| gate.admit(address(1), at(0))).count(), 0, "time that goes back gives nothing");
    }

    #[test]
    fn who_asks_all_the_time_gets_as_many_as_who_waits() {
        let mut gate = Gate::new(2, 1);
        let admitted = (0..300_000).filter(|millisecond| gate.admit(address(1), at(*millisecond))).count();
        assert_eq!(admitted, 1 + 9, "five minutes, at two a minute");
    }

    #[test]
    fn many_addresses_cost_no_more_than_the_most() {
        let mut gate = Gate::new(60, 2);
        let admitted = (0..100_000).filter(|last| gate.admit(address(*last), at(0))).count();
        assert!(gate.buckets.len() <= MOST);
        assert_eq!(admitted, MOST + 2, "the others share one bucket");
        assert!(gate.admit(address(2_000_000), at(10_000)), "who was quiet is forgotten");
        assert_eq!(gate.buckets.len(), 1);
    }
}
