//! When a promise is due, and how much of it is used up.

use chrono::TimeDelta;

use super::{Calendar, Mode, Target};
use crate::clock::Instant;

/// How far ahead a deadline may lie: a calendar with less open time than its promise needs in ten years has none.
const HORIZON_DAYS: i64 = 3_660;

/// The calendar has not enough open time within ten years of the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the calendar has not enough open time within ten years: check its hours and exceptions")]
pub struct NoOpenTime;

impl Calendar {
    /// The earliest instant at which the time counted since `start` equals the target. It may be a closing instant:
    /// eight hours from an opening at 08:00 are due at 16:00 sharp, not at the next opening. A span of zero or less is
    /// due at `start`.
    ///
    /// # Errors
    /// [`NoOpenTime`].
    pub fn due(&self, start: Instant, target: Target) -> Result<Instant, NoOpenTime> {
        if target.span <= TimeDelta::zero() {
            return Ok(start);
        }
        if target.mode == Mode::Continuous {
            return start.checked_add_signed(target.span).ok_or(NoOpenTime);
        }
        let horizon = start.checked_add_signed(TimeDelta::days(HORIZON_DAYS)).ok_or(NoOpenTime)?;
        let mut left = target.span;
        for piece in self.pieces(start, target.mode).take_while(|piece| piece.from < horizon) {
            if piece.counted {
                let length = piece.to - piece.from;
                if length >= left {
                    return piece.from.checked_add_signed(left).ok_or(NoOpenTime);
                }
                left = left.checked_sub(&length).ok_or(NoOpenTime)?;
            }
        }
        Err(NoOpenTime)
    }

    /// How much time counted from `start` to `at`; zero when `at` is not after `start`.
    #[must_use]
    pub fn elapsed(&self, start: Instant, at: Instant, mode: Mode) -> TimeDelta {
        if at <= start {
            return TimeDelta::zero();
        }
        if mode == Mode::Continuous {
            return at - start;
        }
        self.pieces(start, mode)
            .take_while(|piece| piece.from < at)
            .filter(|piece| piece.counted)
            .fold(TimeDelta::zero(), |sum, piece| {
                sum.checked_add(&(piece.to.min(at) - piece.from)).unwrap_or(TimeDelta::MAX)
            })
    }
}

#[cfg(test)]
mod tests {
    use crate::sla::CalendarTable;

    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn calendar(text: &str) -> Calendar {
        Calendar::from_table(&toml::from_str::<CalendarTable>(text).unwrap()).unwrap()
    }

    /// The vectors S6 of the domain's table.
    #[test]
    fn four_hours_are_four_hours_through_a_change_of_clocks() {
        let calendar = calendar("zone = \"America/New_York\"\nholidays = \"none\"");
        let target = Target { span: TimeDelta::hours(4), mode: Mode::Continuous };
        for (start, due) in [
            ("2026-03-08T00:30:00-05:00", "2026-03-08T05:30:00-04:00"),
            ("2026-11-01T00:30:00-04:00", "2026-11-01T03:30:00-05:00"),
        ] {
            assert_eq!(calendar.due(at(start), target), Ok(at(due)));
        }
    }

    #[test]
    fn service_hours_across_a_change_of_clocks_are_an_hour_shorter_or_longer() {
        let calendar = calendar("zone = \"America/New_York\"\nholidays = \"none\"\nhours.sunday = [\"00:00-06:00\"]");
        let hours = |start: &str, end: &str| calendar.elapsed(at(start), at(end), Mode::BusinessHours).num_hours();
        assert_eq!(hours("2026-03-08T00:00:00-05:00", "2026-03-08T20:00:00-04:00"), 5);
        assert_eq!(hours("2026-11-01T00:00:00-04:00", "2026-11-01T20:00:00-05:00"), 7);
        let days =
            calendar.elapsed(at("2026-11-01T00:00:00-04:00"), at("2026-11-02T00:00:00-05:00"), Mode::BusinessDays);
        assert_eq!(days.num_hours(), 25);
    }

    #[test]
    fn a_calendar_without_enough_open_time_says_so() {
        let mut calendar = calendar("");
        calendar.week = Default::default();
        let target = Target { span: TimeDelta::seconds(1), mode: Mode::BusinessHours };
        assert_eq!(calendar.due(at("2026-03-02T14:00:00Z"), target), Err(NoOpenTime));
        assert_eq!(calendar.next_open(at("2026-03-02T14:00:00Z")), None);
        let endless = Target { span: TimeDelta::MAX, mode: Mode::Continuous };
        assert_eq!(calendar.due(at("2026-03-02T14:00:00Z"), endless), Err(NoOpenTime));
    }

    #[test]
    fn nothing_to_wait_for_is_due_at_once() {
        let start = at("2026-03-07T10:00:00-04:00");
        let target = Target { span: TimeDelta::zero(), mode: Mode::BusinessHours };
        assert_eq!(calendar("").due(start, target), Ok(start));
        let before = start - TimeDelta::days(9);
        assert_eq!(calendar("").elapsed(start, before, Mode::Continuous), TimeDelta::zero());
    }
}
