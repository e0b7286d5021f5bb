//! Date and time as people write them in a roster, and the instant at which the wall's clock shows them.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike, LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone, Timelike};
use chrono_tz::Tz;

use crate::clock::Instant;
use crate::language::Language;

const DAYS_ES: [&str; 7] = ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"];
const DAYS_EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS_ES: [&str; 12] = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"];
const MONTHS_EN: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The instant at which the clocks of `zone` show `local`: the first of two when it comes twice, and the end of the gap
/// when it is skipped. `None` beyond the calendar of the machine.
pub(super) fn instant_of(zone: Tz, local: NaiveDateTime) -> Option<Instant> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) => Some(at.to_utc()),
        LocalResult::Ambiguous(first, second) => Some(first.to_utc().min(second.to_utc())),
        LocalResult::None => {
            // The clocks jump over `local` once, and no clock is two days away from UTC: the first second that shows
            // `local` or later is found by halving.
            let reach = TimeDelta::days(2);
            let mut before = local.checked_sub_signed(reach)?.and_utc().timestamp();
            let mut after = local.checked_add_signed(reach)?.and_utc().timestamp();
            while after.saturating_sub(before) > 1 {
                let middle = before.midpoint(after);
                if local_of(zone, DateTime::from_timestamp(middle, 0)?)? >= local {
                    after = middle;
                } else {
                    before = middle;
                }
            }
            DateTime::from_timestamp(after, 0)
        }
    }
}

/// What the clocks of `zone` show at `at`; `None` at the very ends of the machine's calendar.
pub(super) fn local_of(zone: Tz, at: Instant) -> Option<NaiveDateTime> {
    let offset = zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc();
    at.naive_utc().checked_add_signed(TimeDelta::try_seconds(i64::from(offset))?)
}

/// An instant as people of the zone say it: `Mon 30 Mar 2026 08:00`, `lun 30 mar 2026 08:00`. Where the clocks show the
/// time twice, or where it is not a whole minute, the offset or the seconds follow.
#[must_use]
pub fn said(at: Instant, zone: Tz, language: Language) -> String {
    let local = at.with_timezone(&zone);
    let (days, months) = match language {
        Language::Es => (DAYS_ES, MONTHS_ES),
        Language::En => (DAYS_EN, MONTHS_EN),
    };
    let word = |words: &[&'static str], index: u32| {
        usize::try_from(index).ok().and_then(|index| words.get(index)).copied().unwrap_or_default()
    };
    let day = word(&days, local.weekday().num_days_from_monday());
    let month = word(&months, local.month0());
    let mut text = format!("{day} {} {month} {} {}", local.day(), local.year(), local.format("%H:%M"));
    // Writing to a String cannot fail.
    if local.second() != 0 {
        let _ = write!(text, ":{:02}", local.second());
    }
    if matches!(zone.from_local_datetime(&local.naive_local()), LocalResult::Ambiguous(..)) {
        let _ = write!(text, " ({})", local.format("%:z"));
    }
    text
}

/// Reads a local date and time such as `2026-01-05T08:00`, or RFC 3339 with its offset, as what the wall's clock of
/// `zone` shows then.
pub(super) fn read_local(text: &str, zone: Tz) -> Option<NaiveDateTime> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.with_timezone(&zone).naive_local());
    }
    local(text)
}

/// Reads the same as an instant.
pub(super) fn read_instant(text: &str, zone: Tz) -> Option<Instant> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    instant_of(zone, local(text)?)
}

fn local(text: &str) -> Option<NaiveDateTime> {
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
}

#[cfg(test)]
mod tests {
    use chrono_tz::America::New_York;
    use chrono_tz::Pacific::Apia;

    use super::*;

    #[test]
    fn a_local_time_that_comes_twice_is_its_first_and_one_that_is_skipped_is_the_end_of_the_gap() {
        for (zone, text, instant) in [
            (New_York, "2026-07-01T08:00", "2026-07-01T12:00:00Z"),
            (New_York, "2026-11-01 01:30", "2026-11-01T05:30:00Z"),
            (New_York, "2026-03-08T02:30:00", "2026-03-08T07:00:00Z"),
            (New_York, "2026-03-08 02:00:00", "2026-03-08T07:00:00Z"),
            (New_York, "2026-03-08T03:30:00+02:00", "2026-03-08T01:30:00Z"),
            // Samoa had no 30 December 2011.
            (Apia, "2011-12-30T08:00:00", "2011-12-30T10:00:00Z"),
        ] {
            assert_eq!(read_instant(text, zone), instant.parse().ok(), "{text}");
        }
        assert_eq!(read_instant("2026-03-08", New_York), None);
        for (text, es, en) in [
            ("2026-07-01T12:00:00Z", "mié 1 jul 2026 08:00", "Wed 1 Jul 2026 08:00"),
            ("2026-11-01T05:30:00Z", "dom 1 nov 2026 01:30 (-04:00)", "Sun 1 Nov 2026 01:30 (-04:00)"),
            ("2026-11-01T06:30:00Z", "dom 1 nov 2026 01:30 (-05:00)", "Sun 1 Nov 2026 01:30 (-05:00)"),
            ("2026-09-06T04:00:09Z", "dom 6 sept 2026 00:00:09", "Sun 6 Sep 2026 00:00:09"),
        ] {
            let at = text.parse().unwrap();
            assert_eq!((said(at, New_York, Language::Es), said(at, New_York, Language::En)), (es.into(), en.into()));
        }
        assert_eq!(read_local("2026-03-02T12:00:00Z", New_York), "2026-03-02T07:00:00".parse().ok());
    }
}
