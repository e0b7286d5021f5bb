//! The rotation: people in order, each for so many days, handed over at the same time on the wall's clock.

use chrono::{NaiveDateTime, TimeDelta};
use chrono_tz::Tz;

use super::wall::{instant_of, local_of};
use crate::clock::Instant;

/// Who follows whom, and when. People are places in the roster's list; there is at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    pub(super) order: Vec<usize>,
    pub(super) starts: NaiveDateTime,
    pub(super) zone: Tz,
    pub(super) days: u32,
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

    /// How many days a turn lasts.
    #[must_use]
    pub fn days(&self) -> u32 {
        self.days
    }

    /// The turn that `at` falls in; `None` beyond the calendar of the machine.
    pub(super) fn turn(&self, at: Instant) -> Option<Turn> {
        let local = local_of(self.zone, at)?;
        let length = TimeDelta::try_days(i64::from(self.days))?.num_seconds().max(1);
        let guess = (local - self.starts).num_seconds().div_euclid(length);
        // Around a change of clocks the wall's clock may be a turn ahead or behind, never more.
        (-1..=1).find_map(|away| {
            let number = guess.checked_add(away)?;
            let (from, to) = (self.handover(number)?, self.handover(number.checked_add(1)?)?);
            (from <= at && at < to).then_some(Turn { number, from, to })
        })
    }

    /// When turn `number` begins.
    fn handover(&self, number: i64) -> Option<Instant> {
        let days = number.checked_mul(i64::from(self.days))?;
        instant_of(self.zone, self.starts.checked_add_signed(TimeDelta::try_days(days)?)?)
    }

    /// Everybody in the order in which they would be asked in turn `number`, the turn's own person first. Nobody twice.
    pub(super) fn asked_in(&self, number: i64) -> Vec<usize> {
        // Before the rotation begins its first person is on duty: somebody always is.
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

    fn rotation(zone: Tz, starts: &str, days: u32) -> Rotation {
        Rotation { order: vec![0, 1, 2], starts: starts.parse().unwrap(), zone, days }
    }

    #[test]
    fn the_handover_stays_at_eight_on_the_wall_through_a_change_of_clocks() {
        let rotation = rotation(New_York, "2026-03-02T08:00:00", 7);
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

    #[test]
    fn a_handover_that_is_skipped_or_comes_twice_happens_once() {
        let skipped = rotation(New_York, "2026-03-07T02:30:00", 1);
        assert_eq!(skipped.turn(at("2026-03-08T06:59:59Z")).map(|turn| turn.number), Some(0));
        assert_eq!(skipped.turn(at("2026-03-08T07:00:00Z")).map(|turn| turn.number), Some(1));
        let twice = rotation(New_York, "2026-10-31T01:30:00", 1);
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
            for starts in ["2026-01-05T08:00:00", "2026-01-05T02:30:00", "2026-01-05T00:00:00"] {
                let rotation = rotation(zone, starts, 1);
                let mut turn = rotation.turn(at("2026-01-10T12:00:00Z")).unwrap();
                for _ in 0..400 {
                    let next = rotation.turn(turn.to).unwrap();
                    assert_eq!((next.number, next.from), (turn.number + 1, turn.to));
                    assert_eq!(rotation.turn(turn.to - TimeDelta::microseconds(1)), Some(turn));
                    turn = next;
                }
            }
        }
    }

    #[test]
    fn the_order_begins_with_the_turns_person_and_names_nobody_twice() {
        let mut rotation = rotation(Santo_Domingo, "2026-01-05T08:00:00", 7);
        assert_eq!(rotation.asked_in(0), [0, 1, 2]);
        assert_eq!(rotation.asked_in(4), [1, 2, 0]);
        assert_eq!(rotation.asked_in(-3), [0, 1, 2]);
        rotation.order = vec![0, 1, 0, 2];
        assert_eq!(rotation.asked_in(2), [0, 2, 1]);
    }
}
