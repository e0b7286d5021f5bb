//! Times as people read them: local, in words, with the absolute one beside it.

use chrono::{Datelike, NaiveDate, TimeDelta, Timelike};
use chrono_tz::Tz;

use super::guard::Visitor;
use crate::clock::Instant;
use crate::language::Language;
use crate::web::Door;

/// Writes times for one reader.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// The language.
    pub l: Language,
    /// Where they live.
    pub zone: Tz,
    /// Now.
    pub now: Instant,
}

/// An instant as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// For programs, in UTC (RFC 3339).
    pub machine: String,
    /// "hoy 6:00 p. m.".
    pub words: String,
    /// "sábado 7 de marzo de 2026, 6:00:00 p. m.".
    pub absolute: String,
}

const MONTHS: [[&str; 12]; 2] = [
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
];

const DAYS: [[&str; 7]; 2] = [
    ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
];

impl Times {
    /// Of now, for whoever looks, where the house lives.
    pub fn of(door: &Door, visitor: &Visitor) -> Self {
        let hotline = &door.hotline;
        Self { l: visitor.language(), zone: hotline.policy.calendar.zone(), now: hotline.clock.now() }
    }

    /// An instant, near ones by their day's word.
    pub fn moment(&self, at: Instant) -> Moment {
        let (local, today) = (at.with_timezone(&self.zone), self.now.with_timezone(&self.zone).date_naive());
        let day = local.date_naive();
        let clock = self.clock(local.hour(), local.minute(), None);
        Moment {
            machine: at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            words: format!("{} {clock}", self.near(day, today)),
            absolute: format!(
                "{} {}, {}",
                self.weekday(day),
                self.date(day),
                self.clock(local.hour(), local.minute(), Some(local.second()))
            ),
        }
    }

    /// How long, in the two largest units: "3 h 12 min", "45 s", "2 d 4 h".
    pub fn length(length: TimeDelta) -> String {
        let seconds = length.num_seconds().abs();
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
        match (days, hours, minutes) {
            (0, 0, 0) => format!("{} s", seconds % 60),
            (0, 0, minutes) => format!("{minutes} min"),
            (0, hours, 0) => format!("{hours} h"),
            (0, hours, minutes) => format!("{hours} h {minutes} min"),
            (days, 0, _) => format!("{days} d"),
            (days, hours, _) => format!("{days} d {hours} h"),
        }
    }

    /// A day: "7 de marzo de 2026".
    pub fn date(&self, day: NaiveDate) -> String {
        let month = self.month(day.month0());
        match self.l {
            Language::Es => format!("{} de {month} de {}", day.day(), day.year()),
            Language::En => format!("{} {month} {}", day.day(), day.year()),
        }
    }

    /// A month's name; 0 = January.
    pub fn month(&self, month0: u32) -> &'static str {
        pick(&MONTHS, self.l, month0)
    }

    /// A day of the week's name.
    pub fn weekday(&self, day: NaiveDate) -> &'static str {
        pick(&DAYS, self.l, day.weekday().num_days_from_monday())
    }

    /// The days of the week, Monday first.
    pub fn weekdays(&self) -> [&'static str; 7] {
        let [es, en] = DAYS;
        if self.l == Language::Es { es } else { en }
    }

    /// A time of day: "6:00 p. m.".
    pub fn clock(&self, hour: u32, minute: u32, second: Option<u32>) -> String {
        let (twelve, half) = (if hour.is_multiple_of(12) { 12 } else { hour % 12 }, hour / 12);
        let half = match (self.l, half) {
            (Language::Es, 0) => "a. m.",
            (Language::Es, _) => "p. m.",
            (Language::En, 0) => "a.m.",
            (Language::En, _) => "p.m.",
        };
        match second {
            Some(second) => format!("{twelve}:{minute:02}:{second:02}\u{a0}{half}"),
            None => format!("{twelve}:{minute:02}\u{a0}{half}"),
        }
    }

    fn near(&self, day: NaiveDate, today: NaiveDate) -> String {
        let near = match (self.l, day.signed_duration_since(today).num_days()) {
            (Language::Es, 0) => "hoy",
            (Language::Es, -1) => "ayer",
            (Language::Es, 1) => "mañana",
            (Language::En, 0) => "today",
            (Language::En, -1) => "yesterday",
            (Language::En, 1) => "tomorrow",
            (_, 2..=6) => self.weekday(day),
            _ => return self.short_date(day, today),
        };
        near.to_owned()
    }

    fn short_date(&self, day: NaiveDate, today: NaiveDate) -> String {
        let month = self.month(day.month0());
        let year = if day.year() == today.year() { String::new() } else { format!(" {}", day.year()) };
        format!("{} {}{year},", day.day(), month.chars().take(3).collect::<String>())
    }
}

fn pick<const N: usize>(names: &[[&'static str; N]; 2], l: Language, index: u32) -> &'static str {
    let row = names.get(usize::from(l == Language::En));
    row.and_then(|row| row.get(usize::try_from(index).ok()?)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(l: Language) -> Times {
        Times { l, zone: chrono_tz::America::Santo_Domingo, now: "2026-03-07T20:00:00Z".parse().unwrap() }
    }

    #[test]
    fn near_instants_have_the_word_of_their_day() {
        for (at, es, en) in [
            ("2026-03-07T22:00:00Z", "hoy 6:00\u{a0}p. m.", "today 6:00\u{a0}p.m."),
            ("2026-03-07T03:59:00Z", "ayer 11:59\u{a0}p. m.", "yesterday 11:59\u{a0}p.m."),
            ("2026-03-08T04:00:00Z", "mañana 12:00\u{a0}a. m.", "tomorrow 12:00\u{a0}a.m."),
            ("2026-03-10T16:05:00Z", "martes 12:05\u{a0}p. m.", "Tuesday 12:05\u{a0}p.m."),
            ("2026-02-27T12:00:00Z", "27 feb, 8:00\u{a0}a. m.", "27 Feb, 8:00\u{a0}a.m."),
            ("2025-12-25T12:00:00Z", "25 dic 2025, 8:00\u{a0}a. m.", "25 Dec 2025, 8:00\u{a0}a.m."),
        ] {
            let at = at.parse().unwrap();
            assert_eq!(times(Language::Es).moment(at).words, es);
            assert_eq!(times(Language::En).moment(at).words, en);
        }
        let moment = times(Language::Es).moment("2026-03-07T22:00:09.5Z".parse().unwrap());
        assert_eq!(moment.absolute, "sábado 7 de marzo de 2026, 6:00:09\u{a0}p. m.");
        assert_eq!(moment.machine, "2026-03-07T22:00:09.500Z");
    }

    #[test]
    fn lengths_have_two_units_at_most() {
        for (seconds, words) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3600, "1 h"),
            (11_520, "3 h 12 min"),
            (187_200, "2 d 4 h"),
            (-60, "1 min"),
        ] {
            assert_eq!(Times::length(TimeDelta::seconds(seconds)), words);
        }
    }
}
