//! When a layer counts: hours of some days of the week, on the wall's clock.

use chrono::{Datelike, Days, NaiveDate, NaiveTime, Weekday};
use chrono_tz::Tz;

use super::wall::{instant_of, local_of};
use crate::clock::Instant;

/// The days of the week, Monday first, as a page writes them.
pub(super) const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

/// Hours of some days. They begin on such a day, and end on the next one when the end is not after the beginning:
/// 22:00 to 06:00 crosses midnight, and 08:00 to 08:00 is a whole day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The days on which it begins, by their number from Monday.
    pub(super) days: [bool; 7],
    /// The time at which it begins.
    pub(super) from: NaiveTime,
    /// The time before which it ends.
    pub(super) to: NaiveTime,
}

impl Window {
    /// Whether `at` lies in it; at the ends of the machine's calendar it does not.
    pub(super) fn open(&self, zone: Tz, at: Instant) -> bool {
        self.spans(zone, at).any(|(from, to)| from <= at && at < to)
    }

    /// When it opens or closes next.
    pub(super) fn next_edge(&self, zone: Tz, at: Instant) -> Option<Instant> {
        self.edges(zone, at).filter(|edge| *edge > at).min()
    }

    /// When it opened or closed last; `at` itself may be that.
    pub(super) fn last_edge(&self, zone: Tz, at: Instant) -> Option<Instant> {
        self.edges(zone, at).filter(|edge| *edge <= at).max()
    }

    fn edges(&self, zone: Tz, at: Instant) -> impl Iterator<Item = Instant> {
        self.spans(zone, at).flat_map(|(from, to)| [from, to])
    }

    /// Every time it is open from eleven days before `at` to eleven days after: a week, the day over midnight, and the
    /// day that clocks may leave out.
    fn spans(&self, zone: Tz, at: Instant) -> impl Iterator<Item = (Instant, Instant)> {
        const REACH: Days = Days::new(11);
        let today = local_of(zone, at).map(|local| local.date());
        let first = today.and_then(|today| today.checked_sub_days(REACH));
        let last = today.and_then(|today| today.checked_add_days(REACH));
        let days = first.into_iter().flat_map(|first: NaiveDate| first.iter_days());
        let days = days.take_while(move |day| last.is_some_and(|last| *day <= last));
        days.filter_map(move |day| self.span(zone, day))
    }

    /// When it is open, if it opens on `day`.
    fn span(&self, zone: Tz, day: NaiveDate) -> Option<(Instant, Instant)> {
        let opens = usize::try_from(day.weekday().num_days_from_monday()).ok().and_then(|day| self.days.get(day));
        if !*opens? {
            return None;
        }
        let end = if self.to <= self.from { day.checked_add_days(Days::new(1))? } else { day };
        Some((instant_of(zone, day.and_time(self.from))?, instant_of(zone, end.and_time(self.to))?))
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::America::{New_York, Santo_Domingo};

    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn window(days: &[usize], from: &str, to: &str) -> Window {
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
        Window { days: std::array::from_fn(|day| days.contains(&day)), from: time(from), to: time(to) }
    }

    #[test]
    fn hours_over_midnight_belong_to_the_day_they_begin_on() {
        let friday = window(&[4], "22:00", "06:00");
        for (text, open) in [
            ("2026-03-06T05:59:00-04:00", false),
            ("2026-03-06T21:59:59-04:00", false),
            ("2026-03-06T22:00:00-04:00", true),
            ("2026-03-07T05:59:59-04:00", true),
            ("2026-03-07T06:00:00-04:00", false),
            ("2026-03-07T22:00:00-04:00", false),
        ] {
            assert_eq!(friday.open(Santo_Domingo, at(text)), open, "{text}");
        }
        let whole = window(&[0, 1, 2, 3, 4, 5, 6], "08:00", "08:00");
        assert!(whole.open(Santo_Domingo, at("2026-03-07T07:59:59-04:00")));
        assert!(whole.open(Santo_Domingo, at("2026-03-07T08:00:00-04:00")));
    }

    #[test]
    fn an_edge_that_the_clocks_skip_or_show_twice_comes_once() {
        let sunday = window(&[6], "01:30", "02:30");
        // 8 March: from half past one to where the clocks jump from two to three.
        assert_eq!(sunday.next_edge(New_York, at("2026-03-08T06:30:00Z")), Some(at("2026-03-08T07:00:00Z")));
        // 1 November: from the first half past one to half past two, two hours later.
        assert_eq!(sunday.next_edge(New_York, at("2026-11-01T00:00:00Z")), Some(at("2026-11-01T05:30:00Z")));
        assert_eq!(sunday.next_edge(New_York, at("2026-11-01T05:30:00Z")), Some(at("2026-11-01T07:30:00Z")));
        assert!(sunday.open(New_York, at("2026-11-01T06:15:00Z")));
        assert_eq!(sunday.last_edge(New_York, at("2026-11-01T05:30:00Z")), Some(at("2026-11-01T05:30:00Z")));
        // Hours that lie within what is skipped are none.
        let skipped = window(&[6], "02:10", "02:50");
        assert!(!skipped.open(New_York, at("2026-03-08T07:00:00Z")));
    }

    #[test]
    fn one_day_of_the_week_has_an_edge_within_reach() {
        let sunday = window(&[6], "08:00", "16:00");
        assert_eq!(
            sunday.next_edge(Santo_Domingo, at("2026-03-08T16:00:00-04:00")),
            Some(at("2026-03-15T08:00:00-04:00"))
        );
        assert_eq!(
            sunday.last_edge(Santo_Domingo, at("2026-03-08T07:59:59-04:00")),
            Some(at("2026-03-01T16:00:00-04:00"))
        );
        assert_eq!(sunday.next_edge(Santo_Domingo, Instant::MAX_UTC), None);
        assert!(!sunday.open(Santo_Domingo, Instant::MIN_UTC));
    }
}
