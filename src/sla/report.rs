//! Did we keep our word: promises met and broken, how long people waited, and when.

use std::collections::BTreeMap;

use chrono::{Datelike, TimeDelta, Timelike};
use chrono_tz::Tz;

use super::{Calendar, Severity};
use crate::clock::Instant;

/// One promise that was made: a case, or a further cycle of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The case's number.
    pub case: String,
    /// How bad it is.
    pub severity: Severity,
    /// Who reported it: code and name.
    pub institution: Option<(String, String)>,
    /// What is affected.
    pub service: Option<String>,
    /// When the clock began.
    pub started_at: Instant,
    /// Until when the promise is kept.
    pub due_at: Instant,
    /// When somebody took it.
    pub acknowledged_at: Option<Instant>,
    /// When a person reached the reporter.
    pub responded_at: Option<Instant>,
}

/// How a promise stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The first response came in time.
    Met,
    /// It came late, or did not come.
    Breached,
    /// There is still time.
    Running,
}

impl Promise {
    /// How it stands at `now`. A response at the very instant it is due is in time.
    #[must_use]
    pub fn kept(&self, now: Instant) -> Kept {
        match self.responded_at {
            Some(at) if at <= self.due_at => Kept::Met,
            None if now <= self.due_at => Kept::Running,
            Some(_) | None => Kept::Breached,
        }
    }
}

/// Some promises taken together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many were kept.
    pub met: u32,
    /// How many were broken.
    pub breached: u32,
    /// How many have time left.
    pub running: u32,
    responses: Vec<TimeDelta>,
    acknowledgements: Vec<TimeDelta>,
}

impl Tally {
    /// All of them.
    #[must_use]
    pub fn promises(&self) -> u32 {
        self.met.saturating_add(self.breached).saturating_add(self.running)
    }

    /// Met ones of those that are decided, in per mille; `None` while none is.
    #[must_use]
    pub fn met_per_mille(&self) -> Option<u32> {
        self.met.saturating_mul(1000).checked_div(self.met.saturating_add(self.breached))
    }

    /// The time to the first response that `percent` of those who got one did not have to wait longer than (nearest rank);
    /// `None` where nobody got one.
    #[must_use]
    pub fn response_within(&self, percent: usize) -> Option<TimeDelta> {
        let rank = self.responses.len().saturating_mul(percent).div_ceil(100).max(1);
        self.responses.get(rank.saturating_sub(1)).copied()
    }

    /// The mean time to the acknowledgement (MTTA); `None` where nobody took one.
    #[must_use]
    pub fn mean_to_acknowledge(&self) -> Option<TimeDelta> {
        let seconds: i64 = self.acknowledgements.iter().map(TimeDelta::num_seconds).sum();
        let count = i64::try_from(self.acknowledgements.len()).ok()?;
        seconds.checked_div(count).map(TimeDelta::seconds)
    }

    fn add(&mut self, promise: &Promise, now: Instant) {
        let count = match promise.kept(now) {
            Kept::Met => &mut self.met,
            Kept::Breached => &mut self.breached,
            Kept::Running => &mut self.running,
        };
        *count = count.saturating_add(1);
        self.responses.extend(promise.responded_at.map(|at| at - promise.started_at));
        self.acknowledgements.extend(promise.acknowledged_at.map(|at| at - promise.started_at));
    }

    fn sorted(mut self) -> Self {
        self.responses.sort_unstable();
        self
    }
}

/// Hour by day of the week, Monday first.
pub type Hours = [[u32; 24]; 7];

/// Promises by everything that supervisors answer for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// All together.
    pub whole: Tally,
    /// By month: year, and 1 = January.
    pub months: BTreeMap<(i32, u32), Tally>,
    /// By severity.
    pub severities: BTreeMap<Severity, Tally>,
    /// By institution: code and name; `None` where it is not known.
    pub institutions: BTreeMap<Option<(String, String)>, Tally>,
    /// Those that began in service hours, and those that did not.
    pub in_hours: [Tally; 2],
    /// When the broken ones began.
    pub breaches: Hours,
}

impl Report {
    /// Of `promises` at `now`; service hours and local time are the calendar's.
    #[must_use]
    pub fn of(promises: &[Promise], calendar: &Calendar, now: Instant) -> Self {
        let (mut report, zone) = (Self::default(), calendar.zone());
        for promise in promises {
            let local = promise.started_at.with_timezone(&zone);
            report.whole.add(promise, now);
            report.months.entry((local.year(), local.month())).or_default().add(promise, now);
            report.severities.entry(promise.severity).or_default().add(promise, now);
            report.institutions.entry(promise.institution.clone()).or_default().add(promise, now);
            let [within, outside] = &mut report.in_hours;
            if calendar.is_open(promise.started_at) { within } else { outside }.add(promise, now);
            if promise.kept(now) == Kept::Breached {
                count(&mut report.breaches, promise.started_at, zone);
            }
        }
        Self {
            whole: report.whole.sorted(),
            months: sorted(report.months),
            severities: sorted(report.severities),
            institutions: sorted(report.institutions),
            in_hours: report.in_hours.map(Tally::sorted),
            breaches: report.breaches,
        }
    }
}

/// Instants by hour and day of the week where people live.
#[must_use]
pub fn by_hour(instants: &[Instant], zone: Tz) -> Hours {
    let mut hours = Hours::default();
    for at in instants {
        count(&mut hours, *at, zone);
    }
    hours
}

fn count(hours: &mut Hours, at: Instant, zone: Tz) {
    let local = at.with_timezone(&zone);
    let index = |number: u32| usize::try_from(number).unwrap_or_default();
    let day = hours.get_mut(index(local.weekday().num_days_from_monday()));
    if let Some(cell) = day.and_then(|day| day.get_mut(index(local.hour()))) {
        *cell = cell.saturating_add(1);
    }
}

fn sorted<K: Ord>(tallies: BTreeMap<K, Tally>) -> BTreeMap<K, Tally> {
    tallies.into_iter().map(|(key, tally)| (key, tally.sorted())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sla::CalendarTable;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn calendar() -> Calendar {
        Calendar::from_table(&CalendarTable::default()).unwrap()
    }

    fn promise(started: &str, acknowledged: Option<i64>, responded: Option<i64>) -> Promise {
        let started_at = at(started);
        let after = |minutes| started_at + TimeDelta::minutes(minutes);
        Promise {
            case: "26000017".to_owned(),
            severity: Severity::Critical,
            institution: Some(("0001".to_owned(), "Hacienda".to_owned())),
            service: None,
            started_at,
            due_at: after(240),
            acknowledged_at: acknowledged.map(after),
            responded_at: responded.map(after),
        }
    }

    #[test]
    fn promises_are_counted_where_they_belong() {
        let promises = [
            // Saturday night, Monday noon and Monday at four, when service hours have just ended: local time.
            promise("2026-03-08T02:00:00Z", Some(9), Some(239)),
            promise("2026-03-09T16:00:00Z", Some(1), Some(240)),
            promise("2026-03-09T20:00:00Z", None, Some(241)),
            promise("2026-04-01T03:59:00Z", None, None),
            promise("2026-04-01T04:00:00Z", None, None),
        ];
        let report = Report::of(&promises, &calendar(), at("2026-04-01T08:00:00Z"));
        assert_eq!((report.whole.met, report.whole.breached, report.whole.running), (2, 2, 1));
        assert_eq!(report.whole.met_per_mille(), Some(500));
        assert_eq!(report.whole.mean_to_acknowledge(), Some(TimeDelta::minutes(5)));
        assert_eq!(report.whole.response_within(50), Some(TimeDelta::minutes(240)));
        assert_eq!(report.whole.response_within(90), Some(TimeDelta::minutes(241)));
        let months: Vec<_> = report.months.iter().map(|(month, tally)| (*month, tally.promises())).collect();
        assert_eq!(months, [((2026, 3), 4), ((2026, 4), 1)], "the month is the one of the place");
        assert_eq!(report.in_hours.each_ref().map(Tally::promises), [1, 4]);
        assert_eq!((report.breaches[0][16], report.breaches[1][23]), (1, 1));
    }

    #[test]
    fn nothing_is_no_percentage() {
        let tally = Tally::default();
        assert_eq!((tally.met_per_mille(), tally.response_within(90), tally.mean_to_acknowledge()), (None, None, None));
    }

    proptest! {
        /// A percentile is one of the values, and that many are not longer.
        #[test]
        fn percentiles_are_what_they_say(minutes in prop::collection::vec(0_i64..10_000, 1..60), percent in 1_usize..=100) {
            let promises: Vec<Promise> =
                minutes.iter().map(|minutes| promise("2026-03-08T02:00:00Z", None, Some(*minutes))).collect();
            let report = Report::of(&promises, &calendar(), at("2026-12-01T00:00:00Z"));
            let found = report.whole.response_within(percent).unwrap().num_minutes();
            let not_longer = minutes.iter().filter(|minutes| **minutes <= found).count();
            prop_assert!(minutes.contains(&found));
            prop_assert!(not_longer * 100 >= percent * minutes.len());
            let shorter = minutes.iter().filter(|minutes| **minutes < found).count();
            prop_assert!(shorter * 100 < percent * minutes.len());
        }

        /// Every promise is in each table once.
        #[test]
        fn every_table_has_all_of_them(starts in prop::collection::vec(0_i64..500_000, 0..60)) {
            let promises: Vec<Promise> = starts
                .iter()
                .map(|minutes| Promise {
                    started_at: at("2026-01-01T00:00:00Z") + TimeDelta::minutes(*minutes),
                    ..promise("2026-01-01T00:00:00Z", None, None)
                })
                .collect();
            let report = Report::of(&promises, &calendar(), at("2027-06-01T00:00:00Z"));
            let all = u32::try_from(promises.len()).unwrap();
            prop_assert_eq!(report.whole.promises(), all);
            prop_assert_eq!(report.months.values().map(Tally::promises).sum::<u32>(), all);
            prop_assert_eq!(report.in_hours.iter().map(Tally::promises).sum::<u32>(), all);
            prop_assert_eq!(report.breaches.iter().flatten().sum::<u32>(), report.whole.breached);
        }
    }
}
