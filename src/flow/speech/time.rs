//! A time of day: "las dos y diez de la tarde", "mediodía", "two ten p.m.".

use chrono::{NaiveTime, Timelike};

use super::number::{Form, number};
use crate::flow::Language;

/// Whether a Spanish time carries its article. English times have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Article {
    /// "las dos de la tarde", "el mediodía": after "a", "desde", "antes de".
    With,
    /// "dos de la tarde", "mediodía".
    Without,
}

/// The part of the day an hour belongs to, as Spanish names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// 00:01 to 05:59.
    SmallHours,
    /// 06:00 to 11:59.
    Morning,
    /// 12:01 to 18:59.
    Afternoon,
    /// 19:00 to 23:59.
    Evening,
}

impl Part {
    pub(super) fn of(time: NaiveTime) -> Self {
        match time.hour() {
            0..=5 => Self::SmallHours,
            6..=11 => Self::Morning,
            12..=18 => Self::Afternoon,
            _ => Self::Evening,
        }
    }

    fn spanish(self) -> &'static str {
        match self {
            Self::SmallHours => "de la madrugada",
            Self::Morning => "de la mañana",
            Self::Afternoon => "de la tarde",
            Self::Evening => "de la noche",
        }
    }
}

/// The time in words, to the minute; seconds are dropped, so that a promise is never said later than it is.
#[must_use]
pub fn time(language: Language, time: NaiveTime, article: Article) -> String {
    match language {
        Language::Es => spanish(time, article),
        Language::En => english(time),
    }
}

fn spanish(time: NaiveTime, article: Article) -> String {
    let (_, hour) = time.hour12();
    let (the, words) = match (time.hour(), time.minute()) {
        (0, 0) => ("la", "medianoche".to_owned()),
        (12, 0) => ("el", "mediodía".to_owned()),
        (_, minute) => {
            let the = if hour == 1 { "la" } else { "las" };
            let hour = number(Language::Es, hour, Form::Feminine);
            let part = Part::of(time).spanish();
            let words = match minute {
                0 => format!("{hour} {part}"),
                15 => format!("{hour} y cuarto {part}"),
                30 => format!("{hour} y media {part}"),
                minute => format!("{hour} y {} {part}", number(Language::Es, minute, Form::Counting)),
            };
            (the, words)
        }
    };
    match article {
        Article::With => format!("{the} {words}"),
        Article::Without => words,
    }
}

fn english(time: NaiveTime) -> String {
    let (afternoon, hour) = time.hour12();
    let half = if afternoon { "p.m." } else { "a.m." };
    let hour = number(Language::En, hour, Form::Counting);
    match (time.hour(), time.minute()) {
        (0, 0) => "midnight".to_owned(),
        (12, 0) => "noon".to_owned(),
        (_, 0) => format!("{hour} {half}"),
        (_, minute @ 1..=9) => format!("{hour} oh {} {half}", number(Language::En, minute, Form::Counting)),
        (_, minute) => format!("{hour} {} {half}", number(Language::En, minute, Form::Counting)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_the_day() {
        for (hour, minute, with, without, en) in [
            (0, 0, "la medianoche", "medianoche", "midnight"),
            (0, 10, "las doce y diez de la madrugada", "doce y diez de la madrugada", "twelve ten a.m."),
            (1, 0, "la una de la madrugada", "una de la madrugada", "one a.m."),
            (1, 1, "la una y uno de la madrugada", "una y uno de la madrugada", "one oh one a.m."),
            (2, 0, "las dos de la madrugada", "dos de la madrugada", "two a.m."),
            (
                5,
                59,
                "las cinco y cincuenta y nueve de la madrugada",
                "cinco y cincuenta y nueve de la madrugada",
                "five fifty-nine a.m.",
            ),
            (6, 0, "las seis de la mañana", "seis de la mañana", "six a.m."),
            (8, 30, "las ocho y media de la mañana", "ocho y media de la mañana", "eight thirty a.m."),
            (
                11,
                45,
                "las once y cuarenta y cinco de la mañana",
                "once y cuarenta y cinco de la mañana",
                "eleven forty-five a.m.",
            ),
            (12, 0, "el mediodía", "mediodía", "noon"),
            (12, 30, "las doce y media de la tarde", "doce y media de la tarde", "twelve thirty p.m."),
            (13, 0, "la una de la tarde", "una de la tarde", "one p.m."),
            (13, 15, "la una y cuarto de la tarde", "una y cuarto de la tarde", "one fifteen p.m."),
            (14, 10, "las dos y diez de la tarde", "dos y diez de la tarde", "two ten p.m."),
            (16, 21, "las cuatro y veintiuno de la tarde", "cuatro y veintiuno de la tarde", "four twenty-one p.m."),
            (18, 0, "las seis de la tarde", "seis de la tarde", "six p.m."),
            (19, 0, "las siete de la noche", "siete de la noche", "seven p.m."),
            (
                23,
                59,
                "las once y cincuenta y nueve de la noche",
                "once y cincuenta y nueve de la noche",
                "eleven fifty-nine p.m.",
            ),
        ] {
            let at = NaiveTime::from_hms_opt(hour, minute, 59).unwrap();
            assert_eq!(time(Language::Es, at, Article::With), with);
            assert_eq!(time(Language::Es, at, Article::Without), without);
            assert_eq!(time(Language::En, at, Article::With), en);
        }
    }
}
