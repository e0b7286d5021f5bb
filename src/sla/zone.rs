//! The offsets between the clock on the wall and the instant: an hour may be skipped, and an hour may come twice.

use chrono::{DateTime, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

use crate::clock::Instant;

/// A stretch of time in which the zone's clocks keep one offset.
#[derive(Clone, Copy, Debug)]
pub(super) struct Steady {
    /// First instant.
    pub(super) from: Instant,
    /// First instant after.
    pub(super) to: Instant,
    /// Local time less UTC.
    pub(super) offset: TimeDelta,
}

/// Cuts time from `from` on into stretches of one offset, at most a day each; ends where the calendar of the machine
/// does.
pub(super) fn steady(zone: Tz, from: Instant) -> impl Iterator<Item = Steady> {
    let mut next = Some(from);
    std::iter::from_fn(move || {
        let from = next?;
        let to = from.checked_add_signed(TimeDelta::days(1))?;
        let offset = offset_at(zone, from.timestamp())?;
        let to = match change(zone, offset, from.timestamp(), to.timestamp()) {
            Some(second) => DateTime::from_timestamp(second, 0)?,
            None => to,
        };
        next = Some(to);
        Some(Steady { from, to, offset: TimeDelta::seconds(offset) })
    })
}

/// What the clocks show at `at`; `None` at the very ends of the machine's calendar.
pub(super) fn local(zone: Tz, at: Instant) -> Option<NaiveDateTime> {
    at.naive_utc().checked_add_signed(TimeDelta::try_seconds(offset_at(zone, at.timestamp())?)?)
}

/// Local less UTC, in seconds, at a second of the epoch.
fn offset_at(zone: Tz, second: i64) -> Option<i64> {
    let utc = DateTime::from_timestamp(second, 0)?.naive_utc();
    Some(i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()))
}

/// The second at which the clocks leave `offset`, if they do after `from` and not after `to`. No zone has moved its
/// clocks twice within a day, so both ends tell.
fn change(zone: Tz, offset: i64, from: i64, to: i64) -> Option<i64> {
    if offset_at(zone, to) == Some(offset) {
        return None;
    }
    let (mut kept, mut left) = (from, to);
    while left.saturating_sub(kept) > 1 {
        let middle = kept.midpoint(left);
        if offset_at(zone, middle) == Some(offset) {
            kept = middle;
        } else {
            left = middle;
        }
    }
    Some(left)
}

#[cfg(test)]
mod tests {
    use chrono_tz::America::New_York;

    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn the_clocks_change_at_the_second_the_zone_says() {
        let changes: Vec<Instant> = steady(New_York, at("2026-01-01T12:34:56.789Z"))
            .take_while(|steady| steady.from < at("2027-01-01T00:00:00Z"))
            .collect::<Vec<_>>()
            .windows(2)
            .filter(|pair| pair[0].offset != pair[1].offset)
            .map(|pair| pair[1].from)
            .collect();
        assert_eq!(changes, [at("2026-03-08T07:00:00Z"), at("2026-11-01T06:00:00Z")]);
    }
}
