//! The marks of a running clock: half, three quarters, nine tenths, and broken.

use std::fmt;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{Calendar, NoOpenTime, Target};
use crate::clock::Instant;

/// A mark on the way of a clock; each is passed once per cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// 50 % of the promised time is used up.
    Half,
    /// 75 %.
    ThreeQuarters,
    /// 90 %.
    NinetyPercent,
    /// The promise is broken.
    Breach,
}

/// Every mark of a cycle with its instant, in order of time.
pub type Marks = [(Mark, Instant); 4];

/// The step of our clock ([`crate::clock::Clock::now`] and both databases keep microseconds).
const TICK: TimeDelta = TimeDelta::microseconds(1);

impl Mark {
    /// Every mark, in order of time.
    pub const ALL: [Self; 4] = [Self::Half, Self::ThreeQuarters, Self::NinetyPercent, Self::Breach];

    /// The word stored and shown in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Half => "half",
            Self::ThreeQuarters => "three_quarters",
            Self::NinetyPercent => "ninety_percent",
            Self::Breach => "breach",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mark| mark.as_str() == word)
    }

    /// How much of the promised time is used up, in percent.
    #[must_use]
    pub fn percent(self) -> u8 {
        match self {
            Self::Half => 50,
            Self::ThreeQuarters => 75,
            Self::NinetyPercent => 90,
            Self::Breach => 100,
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The instants of the marks of a clock that started at `start`, in its own counted time.
///
/// [`Mark::Breach`] is one microsecond after the due instant: a response at the due instant itself keeps the promise,
/// so the breach is the first instant of our clock that is later.
///
/// # Errors
/// [`NoOpenTime`].
pub fn marks(start: Instant, target: Target, calendar: &Calendar) -> Result<Marks, NoOpenTime> {
    let share = |percent: i32| {
        let span = target.span.checked_mul(percent).and_then(|span| span.checked_div(100)).ok_or(NoOpenTime)?;
        calendar.due(start, Target { span, ..target })
    };
    let breach = calendar.due(start, target)?.checked_add_signed(TICK).ok_or(NoOpenTime)?;
    Ok([
        (Mark::Half, share(50)?),
        (Mark::ThreeQuarters, share(75)?),
        (Mark::NinetyPercent, share(90)?),
        (Mark::Breach, breach),
    ])
}

/// The latest mark that is reached at `now`: after a stop of the machine the earlier ones are not told any more.
#[must_use]
pub fn late(marks: &Marks, now: Instant) -> Option<Mark> {
    marks.iter().rev().find(|(_, at)| *at <= now).map(|(mark, _)| *mark)
}

#[cfg(test)]
mod tests {
    use crate::sla::{CalendarTable, Mode};

    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn of(start: &str, hours: i64, mode: Mode) -> Marks {
        let calendar = Calendar::from_table(&CalendarTable::default()).unwrap();
        marks(at(start), Target { span: TimeDelta::hours(hours), mode }, &calendar).unwrap()
    }

    /// The warnings of the vector S1 of the domain's table.
    #[test]
    fn a_saturday_night_warns_at_midnight_at_one_and_at_one_thirty_six() {
        let marks = of("2026-03-07T22:00:00-04:00", 4, Mode::Continuous);
        let expected = [
            (Mark::Half, at("2026-03-08T00:00:00-04:00")),
            (Mark::ThreeQuarters, at("2026-03-08T01:00:00-04:00")),
            (Mark::NinetyPercent, at("2026-03-08T01:36:00-04:00")),
            (Mark::Breach, at("2026-03-08T02:00:00.000001-04:00")),
        ];
        assert_eq!(marks, expected);
    }

    #[test]
    fn an_office_clock_warns_in_its_own_time() {
        let marks = of("2026-03-06T15:30:00-04:00", 8, Mode::BusinessHours);
        assert_eq!(marks[0].1, at("2026-03-09T11:30:00-04:00"));
        assert_eq!(marks[1].1, at("2026-03-09T13:30:00-04:00"));
        assert_eq!(marks[2].1, at("2026-03-09T14:42:00-04:00"));
    }

    #[test]
    fn late_marks_collapse_to_the_latest() {
        let marks = of("2026-03-07T22:00:00-04:00", 4, Mode::Continuous);
        for (now, mark) in [
            ("2026-03-07T23:59:59-04:00", None),
            ("2026-03-08T00:00:00-04:00", Some(Mark::Half)),
            ("2026-03-08T01:35:59-04:00", Some(Mark::ThreeQuarters)),
            ("2026-03-08T02:00:00-04:00", Some(Mark::NinetyPercent)),
            ("2026-03-08T02:00:00.000001-04:00", Some(Mark::Breach)),
            ("2026-03-20T02:00:00-04:00", Some(Mark::Breach)),
        ] {
            assert_eq!(late(&marks, at(now)), mark, "{now}");
        }
        for mark in Mark::ALL {
            assert_eq!(Mark::from_word(mark.as_str()), Some(mark));
        }
    }
}
