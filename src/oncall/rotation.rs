//! A rotation: people in order, each for so many hours or days, handed over at the same times on the wall's clock.

use chrono::{NaiveDateTime, TimeDelta};
use chrono_tz::Tz;

use super::wall::{instant_of, local_of};
use crate::clock::Instant;

/// The farthest that clocks were ever moved, in hours: Samoa left out a day.
const FARTHEST_CHANGE: i64 = 24;

/// Who follows whom, and when. People are places in the roster's list; there is at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    pub(super) order: Vec<usize>,
    pub(super) starts: NaiveDateTime,
    pub(super) zone: Tz,
    /// How long a turn lasts on the wall's clock: with 12 the hand-overs stay at 08:00 and 20:00 through a change of
    /// clocks, and the turn of that night is an hour longer or shorter.
    pub(super) hours: u32,
}

/// One person's turn: from `from` to before `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    /// Counts from 0; negative before the rotation began.
    pub(super) number: i64,
    pub(super) from: Instant,
    pub(super) to: Instant,
}

impl Rotation {
    /// The zone of its clock.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// How many hours a turn lasts on the wall's clock.
    #[must_use]
    pub fn hours(&self) -> u32 {
        self.hours
    }

    /// When its first turn begins; `None` beyond the calendar of the machine.
    pub(super) fn begins(&self) -> Option<Instant> {
        instant_of(self.zone, self.starts)
    }

    /// The turn that `at` falls in; `None` beyond the calendar of the machine.
    pub(super) fn turn(&self, at: Instant) -> Option<Turn> {
        let local = local_of(self.zone, at)?;
        let hours = i64::from(self.hours.max(1));
        let length = TimeDelta::try_hours(hours)?.num_seconds();
        let guess = (local - self.starts).num_seconds().div_euclid(length);
        // Around a change of clocks the wall's clock is ahead or behind, by so many turns at most.
        let reach = (FARTHEST_CHANGE / hours).saturating_add(1);
        let near = (1..=reach).flat_map(|away| [away.saturating_neg(), away]);
        std::iter::once(0).chain(near).find_map(|away| {
            let number = guess.checked_add(away)?;
            let (from, to) = (self.handover(number)?, self.handover(number.checked_add(1)?)?);
            (from <= at && at < to).then_some(Turn { number, from, to })
        })
    }

    /// When turn `number` begins.
    fn handover(&self, number: i64) -> Option<Instant> {
        let hours = number.checked_mul(i64::from(self.hours.max(1)))?;
        instant_of(self.zone, self.starts.checked_add_signed(TimeDelta::try_hours(hours)?)?)
    }

    /// Everybody in the order in which they would be asked in turn `number`, the turn's own person first. Nobody twice.
    pub(super) fn asked_in(&self, number: i64) -> Vec<usize> {
        // Before it begins its first person is the next.
        let length = i64::try_from(self.order.len()).unwrap_or(i64::MAX).max(1);
        let first = usize::try_from(number.max(0).rem_euclid(length)).unwrap_or(0);
        let mut asked = Vec::new();
        for person in self.order.iter().cycle().skip(first).take(self.order.len()) {
            if !asked.contains(person) {
                asked.push(*person);
            }
        }
        asked
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::America::{New_York, Santo_Domingo};

    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn rotation(zone: Tz, starts: &str, hours: u32) -> Rotation {
        Rotation { order: vec![0, 1, 2], starts: starts.parse().unwrap(), zone, hours }
    }

    #[test]
    fn the_handover_stays_at_eight_on_the_wall_through_a_change_of_clocks() {
        let rotation = rotation(New_York, "2026-03-02T08:00:00", 7 * 24);
        for (text, number) in [
            ("2026-03-02T07:59:59-05:00", -1),
            ("2026-03-02T08:00:00-05:00", 0),
            ("2026-03-09T07:59:59.999999-04:00", 0),
            ("2026-03-09T08:00:00-04:00", 1),
            ("2026-10-26T08:00:00-04:00", 34),
            ("2026-11-02T07:59:59-05:00", 34),
            ("2026-11-02T08:00:00-05:00", 35),
        ] {
            assert_eq!(rotation.turn(at(text)).map(|turn| turn.number), Some(number), "{text}");
        }
    }

    /// `TestRotation_DST`: the clocks of New York are moved in the night turns of 8 March and 1 November.
    #[test]
    fn turns_of_twelve_hours_stay_at_eight_and_twenty_through_a_change_of_clocks() {
        let rotation = rotation(New_York, "2026-03-07T08:00:00", 12);
        for (text, number, hours) in [
            ("2026-03-07T08:00:00-05:00", 0, 12),
            ("2026-03-07T20:00:00-05:00", 1, 11),
            ("2026-03-08T07:59:59-04:00", 1, 11),
            ("2026-03-08T08:00:00-04:00", 2, 12),
            ("2026-10-31T20:00:00-04:00", 477, 13),
            ("2026-11-01T07:59:59-05:00", 477, 13),
            ("2026-11-01T08:00:00-05:00", 478, 12),
        ] {
            let turn = rotation.turn(at(text)).unwrap();
            assert_eq!((turn.number, (turn.to - turn.from).num_hours()), (number, hours), "{text}");
        }
    }

    #[test]
    fn turns_of_an_hour_where_a_day_was_left_out() {
        let rotation = rotation(chrono_tz::Pacific::Apia, "2011-12-29T00:00:00", 1);
        // 23:00 on the 29th was followed by midnight of the 31st: the 24 turns between were nobody's.
        assert_eq!(rotation.turn(at("2011-12-30T09:59:59Z")).map(|turn| turn.number), Some(23));
        assert_eq!(rotation.turn(at("2011-12-30T10:00:00Z")).map(|turn| turn.number), Some(48));
    }

    #[test]
    fn a_handover_that_is_skipped_or_comes_twice_happens_once() {
        let skipped = rotation(New_York, "2026-03-07T02:30:00", 24);
        assert_eq!(skipped.turn(at("2026-03-08T06:59:59Z")).map(|turn| turn.number), Some(0));
        assert_eq!(skipped.turn(at("2026-03-08T07:00:00Z")).map(|turn| turn.number), Some(1));
        let twice = rotation(New_York, "2026-10-31T01:30:00", 24);
        for (text, number) in [
            ("2026-11-01T05:29:59Z", 0),
            ("2026-11-01T05:30:00Z", 1),
            ("2026-11-01T06:15:00Z", 1),
            ("2026-11-01T06:30:00Z", 1),
        ] {
            assert_eq!(twice.turn(at(text)).map(|turn| turn.number), Some(number), "{text}");
        }
    }

    #[test]
    fn turns_follow_each_other_without_gap() {
        for zone in [New_York, Santo_Domingo] {
            for (starts, hours) in [
                ("2026-01-05T08:00:00", 24),
                ("2026-01-05T02:30:00", 12),
                ("2026-01-05T00:00:00", 24),
                ("2026-03-07T01:30:00", 1),
            ] {
                let rotation = rotation(zone, starts, hours);
                let mut turn = rotation.turn(rotation.begins().unwrap()).unwrap();
                for _ in 0..400 {
                    let next = rotation.turn(turn.to).unwrap();
                    // A turn of one hour that the clocks skip is nobody's.
                    assert!(next.number == turn.number + 1 || hours == 1 && next.number == turn.number + 2);
                    assert_eq!(next.from, turn.to);
                    assert_eq!(rotation.turn(turn.to - TimeDelta::microseconds(1)), Some(turn));
                    turn = next;
                }
            }
        }
    }

    #[test]
    fn the_order_begins_with_the_turns_person_and_names_nobody_twice() {
        let mut rotation = rotation(Santo_Domingo, "2026-01-05T08:00:00", 7 * 24);
        assert_eq!(rotation.asked_in(0), [0, 1, 2]);
        assert_eq!(rotation.asked_in(4), [1, 2, 0]);
        assert_eq!(rotation.asked_in(-3), [0, 1, 2]);
        rotation.order = vec![0, 1, 0, 2];
        assert_eq!(rotation.asked_in(2), [0, 2, 1]);
    }
}
