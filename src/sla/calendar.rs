//! When the service is open: weekly hours, holidays, and what was decreed for single days.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::frame::DAY_MINUTES;
use super::zone::local;
use super::{Frame, Holiday, Mode, Reason, holiday_on};
use crate::clock::Instant;

/// How many days ahead an opening is looked for: a year of closures, and some.
pub const SEARCH_DAYS: i64 = 400;

/// Service hours in one time zone. Made from a [`super::CalendarTable`], so it is always valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub(super) zone: Tz,
    /// From Monday; the frames of a day are in order and do not overlap.
    pub(super) week: [Vec<Frame>; 7],
    pub(super) law: HolidayLaw,
    pub(super) exceptions: BTreeMap<NaiveDate, Exception>,
}

/// Whose holidays are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolidayLaw {
    /// Law 139-97 of the Dominican Republic.
    Dominican,
    /// No holidays.
    None,
}

/// A day that is not like its weekday, by somebody's word: a storm, an election, an extra opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The day.
    pub date: NaiveDate,
    /// What holds on it, in place of the weekly hours and of any holiday.
    pub opening: Opening,
    /// Why, as people are told.
    pub reason: String,
    /// Who entered it.
    pub author: String,
}

/// What holds on an exceptional day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Closed all day.
    Closed,
    /// Open in these frames only: fewer than usual, or more. In order, never empty.
    Hours(Vec<Frame>),
}

/// A part of a day, in minutes on the wall's clock.
pub(super) struct Slice {
    pub(super) from: u16,
    pub(super) to: u16,
    pub(super) counted: bool,
    pub(super) reason: Reason,
}

impl Calendar {
    /// The zone its hours are in.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The exceptional days, by date.
    pub fn exceptions(&self) -> impl Iterator<Item = &Exception> {
        self.exceptions.values()
    }

    /// Whether service hours run at `at`. Half-open: 08:00:00 is open, 16:00:00 is closed.
    #[must_use]
    pub fn is_open(&self, at: Instant) -> bool {
        local(self.zone, at).is_some_and(|local| {
            let minute = u16::try_from(local.hour().saturating_mul(60).saturating_add(local.minute()));
            minute.is_ok_and(|minute| self.frames(local.date()).iter().any(|frame| frame.holds(minute)))
        })
    }

    /// The holiday kept on `date`, whether or not an exception opens the service on it.
    #[must_use]
    pub fn holiday(&self, date: NaiveDate) -> Option<Holiday> {
        match self.law {
            HolidayLaw::Dominican => holiday_on(date),
            HolidayLaw::None => None,
        }
    }

    /// The holiday kept on the local date of `at`.
    #[must_use]
    pub fn holiday_at(&self, at: Instant) -> Option<Holiday> {
        self.holiday(local(self.zone, at)?.date())
    }

    /// When service hours begin next, looked for through [`SEARCH_DAYS`]; `None` while they run.
    #[must_use]
    pub fn next_open(&self, at: Instant) -> Option<Instant> {
        if self.is_open(at) { None } else { self.next(at, true) }
    }

    /// When service hours end, looked for through [`SEARCH_DAYS`]; `None` while they do not run.
    #[must_use]
    pub fn next_close(&self, at: Instant) -> Option<Instant> {
        if self.is_open(at) { self.next(at, false) } else { None }
    }

    /// Why service hours run or do not run at `at`.
    #[must_use]
    pub fn reason(&self, at: Instant) -> Reason {
        // Without a first piece `at` is at the end of the machine's calendar.
        self.pieces(at, Mode::BusinessHours).next().map_or(Reason::Night, |piece| piece.reason)
    }

    /// When a message about a clock in `mode` that falls to `at` is due to people who are not on guard: at once for a
    /// continuous clock, else in service hours, so that nobody is woken about an office clock.
    #[must_use]
    pub fn civil(&self, at: Instant, mode: Mode) -> Instant {
        match mode {
            Mode::Continuous => at,
            Mode::BusinessHours | Mode::BusinessDays => self.next_open(at).unwrap_or(at),
        }
    }

    fn next(&self, at: Instant, open: bool) -> Option<Instant> {
        let end = at.checked_add_signed(TimeDelta::days(SEARCH_DAYS)).unwrap_or(DateTime::<chrono::Utc>::MAX_UTC);
        self.pieces(at, Mode::BusinessHours)
            .take_while(|piece| piece.from <= end)
            .find(|piece| piece.counted == open)
            .map(|piece| piece.from)
    }

    /// The frames that hold on `date`.
    fn frames(&self, date: NaiveDate) -> &[Frame] {
        match self.exceptions.get(&date).map(|exception| &exception.opening) {
            Some(Opening::Closed) => &[],
            Some(Opening::Hours(frames)) => frames,
            None => self.regular(date),
        }
    }

    /// The frames that would hold on `date` if nobody had decreed anything.
    fn regular(&self, date: NaiveDate) -> &[Frame] {
        if self.holiday(date).is_some() { &[] } else { self.weekly(date) }
    }

    fn weekly(&self, date: NaiveDate) -> &[Frame] {
        usize::try_from(date.weekday().num_days_from_monday())
            .ok()
            .and_then(|day| self.week.get(day))
            .map_or(&[], |f| f)
    }

    /// Why `date` would have no hours at all if nobody had decreed anything.
    fn rest(&self, date: NaiveDate) -> Reason {
        match self.holiday(date) {
            Some(holiday) => Reason::Holiday { es: holiday.es, en: holiday.en },
            None => Reason::Weekend,
        }
    }

    /// Cuts `date` into what counts in `mode` and what does not, from midnight to midnight.
    pub(super) fn slices(&self, date: NaiveDate, mode: Mode) -> Vec<Slice> {
        let whole = |counted, reason| vec![Slice { from: 0, to: DAY_MINUTES, counted, reason }];
        let decreed = self.exceptions.get(&date).map(|exception| Reason::Exception(exception.reason.clone()));
        let (actual, regular) = (self.frames(date), self.regular(date));
        match (mode, actual.is_empty()) {
            (Mode::Continuous, _) => whole(true, Reason::Always),
            (_, true) => whole(false, decreed.unwrap_or_else(|| self.rest(date))),
            (Mode::BusinessDays, false) if regular.is_empty() => whole(true, decreed.unwrap_or(Reason::BusinessDay)),
            (Mode::BusinessDays, false) => whole(true, Reason::BusinessDay),
            (Mode::BusinessHours, false) => {
                let bounds = |frames: &[Frame]| frames.iter().flat_map(|frame| [frame.from(), frame.to()]).collect();
                let mut cuts: Vec<u16> = [vec![0, DAY_MINUTES], bounds(actual), bounds(regular)].concat();
                cuts.sort_unstable();
                cuts.dedup();
                let holds = |frames: &[Frame], minute| frames.iter().any(|frame| frame.holds(minute));
                cuts.iter()
                    .zip(cuts.iter().skip(1))
                    .map(|(&from, &to)| {
                        let (counted, usual) = (holds(actual, from), holds(regular, from));
                        let reason = match (counted, usual) {
                            (true, true) => Reason::Open,
                            (true, false) | (false, true) => decreed.clone().unwrap_or(Reason::Open),
                            (false, false) if regular.is_empty() => self.rest(date),
                            (false, false) => Reason::Night,
                        };
                        Slice { from, to, counted, reason }
                    })
                    .collect()
            }
        }
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

    /// The vectors S7 of the domain's table.
    #[test]
    fn the_line_knows_when_it_is_out_of_hours() {
        let calendar = calendar("");
        for (text, open, next) in [
            ("2026-05-01T10:00:00-04:00", true, None),
            ("2026-05-04T10:00:00-04:00", false, Some("2026-05-05T08:00:00-04:00")),
            ("2026-04-02T16:00:00-04:00", false, Some("2026-04-06T08:00:00-04:00")),
            ("2022-05-02T10:00:00-04:00", false, Some("2022-05-03T08:00:00-04:00")),
            ("2033-05-02T10:00:00-04:00", false, Some("2033-05-03T08:00:00-04:00")),
            ("2026-03-02T08:00:00-04:00", true, None),
            ("2026-03-02T07:59:59.999999-04:00", false, Some("2026-03-02T08:00:00-04:00")),
            ("2026-03-02T15:59:59.999999-04:00", true, None),
            ("2026-03-02T16:00:00-04:00", false, Some("2026-03-03T08:00:00-04:00")),
        ] {
            assert_eq!(calendar.is_open(at(text)), open, "{text}");
            assert_eq!(calendar.next_open(at(text)), next.map(at), "{text}");
            assert_eq!(calendar.next_close(at(text)).is_some(), open, "{text}");
        }
        assert_eq!(calendar.holiday_at(at("2026-05-04T10:00:00-04:00")).map(|day| day.es), Some("Día del Trabajo"));
        assert_eq!(calendar.holiday_at(at("2026-05-01T10:00:00-04:00")), None);
        let close = calendar.next_close(at("2026-05-01T10:00:00-04:00"));
        assert_eq!(close, Some(at("2026-05-01T16:00:00-04:00")));
    }

    #[test]
    fn a_decree_closes_shortens_or_opens_a_day_and_says_why() {
        let calendar = calendar(
            r#"
            exceptions = [
                { date = "2026-09-03", closed = true, reason = "Tormenta", author = "m.perez" },
                { date = 2026-09-04, hours = ["10:00-12:00"], reason = "Después de la tormenta", author = "m.perez" },
                { date = "2026-09-05", hours = ["09:00-13:00"], reason = "Jornada especial", author = "m.perez" },
                { date = "2026-09-24", hours = ["08:00-12:00"], reason = "Elecciones", author = "m.perez" },
            ]"#,
        );
        let storm = Reason::Exception("Tormenta".to_owned());
        let after = Reason::Exception("Después de la tormenta".to_owned());
        for (text, open, reason) in [
            ("2026-09-03T10:00:00-04:00", false, storm),
            ("2026-09-04T09:00:00-04:00", false, after),
            ("2026-09-04T10:00:00-04:00", true, Reason::Open),
            ("2026-09-04T20:00:00-04:00", false, Reason::Night),
            ("2026-09-05T08:00:00-04:00", false, Reason::Weekend),
            ("2026-09-05T09:00:00-04:00", true, Reason::Exception("Jornada especial".to_owned())),
            ("2026-09-24T09:00:00-04:00", true, Reason::Exception("Elecciones".to_owned())),
        ] {
            assert_eq!((calendar.is_open(at(text)), calendar.reason(at(text))), (open, reason), "{text}");
        }
        let holiday = calendar.reason(at("2026-09-24T20:00:00-04:00"));
        assert!(matches!(holiday, Reason::Holiday { en: "Our Lady of Mercy", .. }));
        assert_eq!(calendar.next_open(at("2026-09-02T16:00:00-04:00")), Some(at("2026-09-04T10:00:00-04:00")));
    }

    #[test]
    fn nobody_is_woken_about_an_office_clock() {
        let calendar = calendar("");
        let night = at("2026-03-03T00:30:00-04:00");
        assert_eq!(calendar.civil(night, Mode::Continuous), night);
        assert_eq!(calendar.civil(night, Mode::BusinessDays), at("2026-03-03T08:00:00-04:00"));
        let noon = at("2026-03-03T12:00:00-04:00");
        assert_eq!(calendar.civil(noon, Mode::BusinessHours), noon);
    }

    #[test]
    fn the_ends_of_time_do_not_break_it() {
        let calendar = calendar("");
        for at in [Instant::MIN_UTC, Instant::MAX_UTC] {
            let _ = (calendar.is_open(at), calendar.next_open(at), calendar.next_close(at), calendar.reason(at));
            assert_eq!(calendar.holiday_at(at), None);
        }
    }

    #[test]
    fn a_line_that_never_closes_has_no_next_closing() {
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let hours = days.map(|day| format!("{day} = [\"00:00-24:00\"]")).join("\n");
        let calendar = calendar(&format!("holidays = \"none\"\n[hours]\n{hours}"));
        assert!(calendar.is_open(at("2026-12-25T03:00:00Z")));
        assert_eq!(calendar.next_close(at("2026-12-25T03:00:00Z")), None);
    }
}
