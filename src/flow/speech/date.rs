//! A day: "hoy", "el lunes cinco de mayo", "el viernes primero de mayo", "Monday, May fifth".

use chrono::{Datelike, NaiveDate, Weekday};

use super::number::{Form, english_ordinal, number};
use crate::flow::Language;

/// The day in words, as it is called on the day `today`.
#[must_use]
pub fn date(language: Language, day: NaiveDate, today: NaiveDate) -> String {
    match (language, day.signed_duration_since(today).num_days()) {
        (Language::Es, 0) => "hoy".to_owned(),
        (Language::Es, 1) => "mañana".to_owned(),
        (Language::Es, -1) => "ayer".to_owned(),
        (Language::En, 0) => "today".to_owned(),
        (Language::En, 1) => "tomorrow".to_owned(),
        (Language::En, -1) => "yesterday".to_owned(),
        _ => named(language, day, today),
    }
}

/// The day by its name, even when it is today; with the year when it is far from `today`.
#[must_use]
pub fn named(language: Language, day: NaiveDate, today: NaiveDate) -> String {
    let weekday = weekday(language, day.weekday());
    let month = month(language, day.month());
    let name = match language {
        Language::Es => {
            let number = match day.day() {
                1 => "primero".to_owned(),
                n => number(Language::Es, n, Form::Counting),
            };
            format!("el {weekday} {number} de {month}")
        }
        Language::En => format!("{weekday}, {month} {}", english_ordinal(day.day())),
    };
    // Near the turn of the year nobody names the year.
    let far = day.year() != today.year() && day.signed_duration_since(today).num_days().abs() > 90;
    match (far.then(|| u32::try_from(day.year()).ok()).flatten(), language) {
        (None, _) => name,
        (Some(year), Language::Es) => format!("{name} de {}", number(Language::Es, year, Form::Counting)),
        (Some(year), Language::En) => format!("{name}, {}", number(Language::En, year, Form::Counting)),
    }
}

fn weekday(language: Language, day: Weekday) -> &'static str {
    let (es, en) = match day {
        Weekday::Mon => ("lunes", "Monday"),
        Weekday::Tue => ("martes", "Tuesday"),
        Weekday::Wed => ("miércoles", "Wednesday"),
        Weekday::Thu => ("jueves", "Thursday"),
        Weekday::Fri => ("viernes", "Friday"),
        Weekday::Sat => ("sábado", "Saturday"),
        Weekday::Sun => ("domingo", "Sunday"),
    };
    match language {
        Language::Es => es,
        Language::En => en,
    }
}

fn month(language: Language, month: u32) -> &'static str {
    let (es, en) = match month {
        1 => ("enero", "January"),
        2 => ("febrero", "February"),
        3 => ("marzo", "March"),
        4 => ("abril", "April"),
        5 => ("mayo", "May"),
        6 => ("junio", "June"),
        7 => ("julio", "July"),
        8 => ("agosto", "August"),
        9 => ("septiembre", "September"),
        10 => ("octubre", "October"),
        11 => ("noviembre", "November"),
        _ => ("diciembre", "December"),
    };
    match language {
        Language::Es => es,
        Language::En => en,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        let today: NaiveDate = "2026-04-30".parse().unwrap();
        for (day, es, en) in [
            ("2026-04-30", "hoy", "today"),
            ("2026-05-01", "mañana", "tomorrow"),
            ("2026-04-29", "ayer", "yesterday"),
            ("2026-05-02", "el sábado dos de mayo", "Saturday, May second"),
            ("2026-06-01", "el lunes primero de junio", "Monday, June first"),
            ("2026-05-21", "el jueves veintiuno de mayo", "Thursday, May twenty-first"),
            ("2026-08-31", "el lunes treinta y uno de agosto", "Monday, August thirty-first"),
            ("2026-12-23", "el miércoles veintitrés de diciembre", "Wednesday, December twenty-third"),
            (
                "2027-01-05",
                "el martes cinco de enero de dos mil veintisiete",
                "Tuesday, January fifth, two thousand twenty-seven",
            ),
            (
                "2025-12-31",
                "el miércoles treinta y uno de diciembre de dos mil veinticinco",
                "Wednesday, December thirty-first, two thousand twenty-five",
            ),
        ] {
            assert_eq!(date(Language::Es, day.parse().unwrap(), today), es);
            assert_eq!(date(Language::En, day.parse().unwrap(), today), en);
        }
    }

    #[test]
    fn the_turn_of_the_year_needs_no_year() {
        let eve: NaiveDate = "2026-12-30".parse().unwrap();
        assert_eq!(date(Language::Es, "2027-01-04".parse().unwrap(), eve), "el lunes cuatro de enero");
        assert_eq!(named(Language::Es, eve, eve), "el miércoles treinta de diciembre");
    }
}
