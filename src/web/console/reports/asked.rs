//! What a report's address says: months, and which promises.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;
use serde::Deserialize;

use crate::clock::Instant;
use crate::sla::{Promise, Severity};
use crate::web::console::guard::one_value;

/// Months of a report when none are asked for.
const USUAL: u32 = 12;
/// Months of a report at most.
const LONGEST: u32 = 60;

/// What the address says.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    /// The first month, as 2026-03.
    #[serde(default)]
    pub from: String,
    /// The last month.
    #[serde(default)]
    pub to: String,
    /// Only promises of this severity.
    #[serde(default)]
    pub severity: String,
    /// Only those of this institution, by its code.
    #[serde(default)]
    pub institution: String,
}

/// Whole months where people live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The first day.
    pub first: NaiveDate,
    /// The day behind the last one.
    pub end: NaiveDate,
    /// Its beginning.
    pub from: Instant,
    /// Its end; not in it any more.
    pub until: Instant,
}

impl Asked {
    /// Whether a promise is among those that are asked for.
    pub fn wants(&self, promise: &Promise) -> bool {
        let institution = promise.institution.as_ref().map_or("", |(code, _)| code.as_str());
        (self.severity.is_empty() || self.severity() == Some(promise.severity))
            && (self.institution.is_empty() || self.institution == institution)
    }

    /// The severity that is asked for.
    pub fn severity(&self) -> Option<Severity> {
        Severity::from_word(&self.severity)
    }

    /// The query that asks for the same, over these months.
    pub fn query(&self, stretch: &Stretch) -> String {
        let months = format!("from={}&to={}", month(stretch.first), month(stretch.last()));
        let more = [("severity", &self.severity), ("institution", &self.institution)];
        more.into_iter()
            .filter(|(_, value)| !value.is_empty())
            .fold(months, |query, (name, value)| format!("{query}&{name}={}", one_value(value)))
    }
}

impl Stretch {
    /// What is asked for, as far as it can be read; else the last twelve months.
    pub fn of(asked: &Asked, zone: Tz, now: Instant) -> Self {
        let today = now.with_timezone(&zone).date_naive();
        let this_month = today.with_day(1).unwrap_or(today);
        let to = read(&asked.to).unwrap_or(this_month);
        let usual = to.checked_sub_months(Months::new(USUAL - 1)).unwrap_or(to);
        let longest = to.checked_sub_months(Months::new(LONGEST - 1)).unwrap_or(to);
        let first = read(&asked.from).filter(|from| *from <= to).unwrap_or(usual).max(longest);
        let end = to.checked_add_months(Months::new(1)).unwrap_or(to);
        Self { first, end, from: midnight(first, zone, now), until: midnight(end, zone, now) }
    }

    /// Its last day.
    pub fn last(&self) -> NaiveDate {
        self.end.checked_sub_days(Days::new(1)).unwrap_or(self.end)
    }
}

/// A month as fields write it.
pub fn month(day: NaiveDate) -> String {
    day.format("%Y-%m").to_string()
}

fn read(month: &str) -> Option<NaiveDate> {
    let (year, month) = month.split_once('-')?;
    let year: i32 = year.parse().ok().filter(|year| (2000..=2100).contains(year))?;
    NaiveDate::from_ymd_opt(year, month.parse().ok()?, 1)
}

/// The first instant of a day; where clocks are put forward at midnight, the first that there is.
fn midnight(day: NaiveDate, zone: Tz, now: Instant) -> Instant {
    let start = day.and_time(NaiveTime::MIN);
    let local =
        (0..4).find_map(|hours| zone.from_local_datetime(&(start + chrono::TimeDelta::hours(hours))).earliest());
    local.map_or(now, |local| local.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(from: &str, to: &str) -> (String, String, Instant, Instant) {
        let asked = Asked { from: from.to_owned(), to: to.to_owned(), ..Asked::default() };
        let now = "2026-03-01T03:00:00Z".parse().unwrap();
        let stretch = Stretch::of(&asked, chrono_tz::America::Santo_Domingo, now);
        (month(stretch.first), month(stretch.last()), stretch.from, stretch.until)
    }

    #[test]
    fn months_are_those_of_the_place() {
        // It is still February there.
        let (first, last, from, until) = stretch("", "");
        assert_eq!((first.as_str(), last.as_str()), ("2025-03", "2026-02"));
        assert_eq!(from.to_rfc3339(), "2025-03-01T04:00:00+00:00");
        assert_eq!(until.to_rfc3339(), "2026-03-01T04:00:00+00:00");
        for (from, to, read) in [
            ("2026-01", "2026-01", ("2026-01", "2026-01")),
            ("2026-01", "2025-01", ("2024-02", "2025-01")),
            ("2000-01", "2026-01", ("2021-02", "2026-01")),
            ("x", "2026-13", ("2025-03", "2026-02")),
        ] {
            let (first, last, ..) = stretch(from, to);
            assert_eq!((first.as_str(), last.as_str()), read, "{from} {to}");
        }
    }
}
