//! An instant as people here name it: "las seis de la tarde de hoy", "two a.m. on Sunday, March eighth".

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

use super::Context;
use super::date::{date, named};
use super::time::{Article, Part, time};
use crate::clock::Instant;
use crate::flow::Language;

/// The instant in words, with the article it takes after "a", "desde" and "antes de".
#[must_use]
pub fn moment(language: Language, at: Instant, context: &Context) -> String {
    let local = context.local(at);
    let today = context.today();
    match language {
        Language::Es => spanish(local, today),
        Language::En => english(local, today),
    }
}

fn spanish(at: NaiveDateTime, today: NaiveDate) -> String {
    if is_midnight(at.time()) {
        // "La medianoche del lunes" could be either end of Monday; "las doce de la noche del domingo" is one.
        return format!("las doce de la noche {}", of_day(&date(Language::Es, eve(at.date()), today)));
    }
    let clock = time(Language::Es, at.time(), Article::With);
    let tomorrow = at.date().signed_duration_since(today) == TimeDelta::days(1);
    let day = match Part::of(at.time()) {
        // "De la mañana de mañana" trips the tongue, and in the small hours "mañana" leaves the caller counting nights.
        Part::SmallHours | Part::Morning if tomorrow => named(Language::Es, at.date(), today),
        _ => date(Language::Es, at.date(), today),
    };
    format!("{clock} {}", of_day(&day))
}

/// "de hoy", "del lunes cinco de mayo".
fn of_day(day: &str) -> String {
    match day.strip_prefix("el ") {
        Some(name) => format!("del {name}"),
        None => format!("de {day}"),
    }
}

fn english(at: NaiveDateTime, today: NaiveDate) -> String {
    let (clock, day) = if is_midnight(at.time()) {
        ("midnight".to_owned(), eve(at.date()))
    } else {
        (time(Language::En, at.time(), Article::With), at.date())
    };
    let midnight = day != at.date();
    match (day.signed_duration_since(today).num_days(), midnight) {
        (0, true) => format!("{clock} tonight"),
        (1, true) => format!("{clock} tomorrow night"),
        (-1, true) => format!("{clock} last night"),
        (-1..=1, false) => format!("{clock} {}", date(Language::En, day, today)),
        (_, true) => format!("{clock} at the end of {}", named(Language::En, day, today)),
        (_, false) => format!("{clock} on {}", named(Language::En, day, today)),
    }
}

fn is_midnight(time: NaiveTime) -> bool {
    time.hour() == 0 && time.minute() == 0
}

/// The day that ends at the beginning of `day`.
fn eve(day: NaiveDate) -> NaiveDate {
    day.pred_opt().unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_seen_from_saturday_night() {
        // 2026-03-07 is a Saturday; Santo Domingo is UTC-4.
        let context = Context { now: "2026-03-08T02:00:00Z".parse().unwrap(), zone: chrono_tz::America::Santo_Domingo };
        for (at, es, en) in [
            ("2026-03-07T18:00:00-04:00", "las seis de la tarde de hoy", "six p.m. today"),
            (
                "2026-03-07T23:59:59-04:00",
                "las once y cincuenta y nueve de la noche de hoy",
                "eleven fifty-nine p.m. today",
            ),
            ("2026-03-07T02:00:00-04:00", "las dos de la madrugada de hoy", "two a.m. today"),
            ("2026-03-07T12:00:00-04:00", "el mediodía de hoy", "noon today"),
            ("2026-03-08T00:00:00-04:00", "las doce de la noche de hoy", "midnight tonight"),
            (
                "2026-03-08T00:10:00-04:00",
                "las doce y diez de la madrugada del domingo ocho de marzo",
                "twelve ten a.m. tomorrow",
            ),
            ("2026-03-08T01:00:00-04:00", "la una de la madrugada del domingo ocho de marzo", "one a.m. tomorrow"),
            ("2026-03-08T02:00:00-04:00", "las dos de la madrugada del domingo ocho de marzo", "two a.m. tomorrow"),
            ("2026-03-08T08:00:00-04:00", "las ocho de la mañana del domingo ocho de marzo", "eight a.m. tomorrow"),
            ("2026-03-08T12:00:00-04:00", "el mediodía de mañana", "noon tomorrow"),
            ("2026-03-08T12:30:00-04:00", "las doce y media de la tarde de mañana", "twelve thirty p.m. tomorrow"),
            ("2026-03-08T13:15:00-04:00", "la una y cuarto de la tarde de mañana", "one fifteen p.m. tomorrow"),
            ("2026-03-09T00:00:00-04:00", "las doce de la noche de mañana", "midnight tomorrow night"),
            ("2026-03-07T00:00:00-04:00", "las doce de la noche de ayer", "midnight last night"),
            ("2026-03-06T16:00:00-04:00", "las cuatro de la tarde de ayer", "four p.m. yesterday"),
            (
                "2026-03-09T08:00:00-04:00",
                "las ocho de la mañana del lunes nueve de marzo",
                "eight a.m. on Monday, March ninth",
            ),
            ("2026-03-09T12:00:00-04:00", "el mediodía del lunes nueve de marzo", "noon on Monday, March ninth"),
            (
                "2026-03-10T00:00:00-04:00",
                "las doce de la noche del lunes nueve de marzo",
                "midnight at the end of Monday, March ninth",
            ),
            (
                "2026-04-01T09:30:00-04:00",
                "las nueve y media de la mañana del miércoles primero de abril",
                "nine thirty a.m. on Wednesday, April first",
            ),
        ] {
            let at: Instant = at.parse().unwrap();
            assert_eq!(moment(Language::Es, at, &context), es);
            assert_eq!(moment(Language::En, at, &context), en);
        }
    }

    #[test]
    fn the_zone_decides_the_day() {
        let at: Instant = "2026-03-08T04:30:00Z".parse().unwrap();
        let new_york = Context { now: at, zone: chrono_tz::America::New_York };
        let dominican = Context { now: at, zone: chrono_tz::America::Santo_Domingo };
        assert_eq!(moment(Language::Es, at, &new_york), "las once y media de la noche de hoy");
        assert_eq!(moment(Language::Es, at, &dominican), "las doce y media de la madrugada de hoy");
    }
}
