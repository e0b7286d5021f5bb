//! The holidays of the Dominican Republic, computed as Law 139-97 (in force since 27 June 1997) has them.
//!
//! A holiday that may move and falls on a Tuesday or Wednesday is kept on the Monday before, one on a Thursday or
//! Friday on the Monday after; its own date is then worked. Labour Day on a Sunday is kept on the Monday after. 16
//! August never moves: Supreme Court, sentence 14 of 20 February 2008, on article 35 of the Constitution. The years
//! before that sentence are computed by the same rule.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::Serialize;

/// The first whole year of the law.
pub const FIRST_YEAR: i32 = 1998;

/// The last year for which lists are given; nobody knows the law of later ones.
pub const LAST_YEAR: i32 = 2100;

/// A holiday of one year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Holiday {
    /// The day on which nobody works.
    pub date: NaiveDate,
    /// The date it commemorates.
    pub nominal: NaiveDate,
    /// As it stands in lists: the word people know it by.
    pub short: &'static str,
    /// Its Spanish name.
    pub es: &'static str,
    /// Its English name.
    pub en: &'static str,
}

/// When a holiday is.
#[derive(Clone, Copy)]
enum When {
    /// Month and day, wherever in the week it falls.
    Fixed(u32, u32),
    /// Month and day, moved to a Monday from the middle of the week.
    Moving(u32, u32),
    /// Like `Moving`, and from a Sunday to the Monday after.
    MovingAndSunday(u32, u32),
    /// Days before (negative) or after Easter Sunday.
    Easter(i64),
}

/// The calendar of the law, in the order of the year. Corpus Christi and Good Friday go with Easter.
const LAW: [(When, &str, &str, &str); 12] = [
    (When::Fixed(1, 1), "Año Nuevo", "Año Nuevo", "New Year's Day"),
    (When::Moving(1, 6), "Santos Reyes", "Día de los Santos Reyes", "Epiphany"),
    (When::Fixed(1, 21), "Altagracia", "Día de Nuestra Señora de la Altagracia", "Our Lady of Altagracia"),
    (When::Moving(1, 26), "Duarte", "Natalicio de Juan Pablo Duarte", "Juan Pablo Duarte's Birthday"),
    (When::Fixed(2, 27), "Independencia", "Día de la Independencia", "Independence Day"),
    (When::Easter(-2), "Viernes Santo", "Viernes Santo", "Good Friday"),
    (When::MovingAndSunday(5, 1), "Trabajo", "Día del Trabajo", "Labour Day"),
    (When::Easter(60), "Corpus Christi", "Corpus Christi", "Corpus Christi"),
    (When::Fixed(8, 16), "Restauración", "Día de la Restauración", "Restoration Day"),
    (When::Fixed(9, 24), "Mercedes", "Día de Nuestra Señora de las Mercedes", "Our Lady of Mercy"),
    (When::Moving(11, 6), "Constitución", "Día de la Constitución", "Constitution Day"),
    (When::Fixed(12, 25), "Navidad", "Navidad", "Christmas Day"),
];

/// The holidays of `year`, by the date on which they are kept; empty for a year outside [`FIRST_YEAR`]..=[`LAST_YEAR`].
#[must_use]
pub fn holidays(year: i32) -> Vec<Holiday> {
    let mut holidays: Vec<Holiday> = of(year).collect();
    holidays.sort_by_key(|holiday| holiday.date);
    holidays
}

/// The holiday kept on `date`, if it is one.
#[must_use]
pub fn holiday_on(date: NaiveDate) -> Option<Holiday> {
    // No holiday that moves is within four days of a year's end, so the year kept is the year commemorated.
    of(date.year()).find(|holiday| holiday.date == date)
}

fn of(year: i32) -> impl Iterator<Item = Holiday> {
    LAW.into_iter().filter(move |_| (FIRST_YEAR..=LAST_YEAR).contains(&year)).filter_map(
        move |(when, short, es, en)| {
            let (nominal, date) = when.in_year(year)?;
            Some(Holiday { date, nominal, short, es, en })
        },
    )
}

impl When {
    /// The date commemorated and the date kept.
    fn in_year(self, year: i32) -> Option<(NaiveDate, NaiveDate)> {
        let day = |month, day| NaiveDate::from_ymd_opt(year, month, day);
        let (nominal, moves, from_sunday) = match self {
            Self::Fixed(month, of_month) => (day(month, of_month)?, false, false),
            Self::Moving(month, of_month) => (day(month, of_month)?, true, false),
            Self::MovingAndSunday(month, of_month) => (day(month, of_month)?, true, true),
            Self::Easter(days) => {
                let easter = easter(year)?;
                let away = Days::new(days.unsigned_abs());
                let date = if days < 0 { easter.checked_sub_days(away) } else { easter.checked_add_days(away) };
                (date?, false, false)
            }
        };
        let kept = match nominal.weekday() {
            Weekday::Tue if moves => nominal.checked_sub_days(Days::new(1)),
            Weekday::Wed if moves => nominal.checked_sub_days(Days::new(2)),
            Weekday::Thu if moves => nominal.checked_add_days(Days::new(4)),
            Weekday::Fri if moves => nominal.checked_add_days(Days::new(3)),
            Weekday::Sun if from_sunday => nominal.checked_add_days(Days::new(1)),
            _ => Some(nominal),
        };
        Some((nominal, kept?))
    }
}

/// Easter Sunday of the Gregorian calendar: the anonymous computus of Nature, 20 April 1876, in J. Meeus's letters.
fn easter(year: i32) -> Option<NaiveDate> {
    let golden = year.rem_euclid(19);
    let (century, of_century) = (year.div_euclid(100), year.rem_euclid(100));
    let (leap_centuries, century_rest) = (century.div_euclid(4), century.rem_euclid(4));
    let correction = (century - (century + 8).div_euclid(25) + 1).div_euclid(3);
    let epact = (19 * golden + century - leap_centuries - correction + 15).rem_euclid(30);
    let (leaps, leap_rest) = (of_century.div_euclid(4), of_century.rem_euclid(4));
    let weekday = (32 + 2 * century_rest + 2 * leaps - epact - leap_rest).rem_euclid(7);
    let late = (golden + 11 * epact + 22 * weekday).div_euclid(451);
    let count = epact + weekday - 7 * late + 114;
    let month = u32::try_from(count.div_euclid(31)).ok()?;
    let day = u32::try_from(count.rem_euclid(31)).ok()?.checked_add(1)?;
    NaiveDate::from_ymd_opt(year, month, day)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Listed {
        year: i32,
        name: String,
        nominal: NaiveDate,
        observed: NaiveDate,
        moved: bool,
        weekday: String,
        weekday_closed: bool,
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_holiday_of_the_list_is_computed_and_none_besides() {
        let listed: Vec<Listed> =
            serde_json::from_str(include_str!("../../tests/vectors/do-holidays-2025-2030.json")).unwrap();
        let mut counted = 0;
        for year in 2025..=2030 {
            let mut expected: Vec<&Listed> = listed.iter().filter(|listed| listed.year == year).collect();
            expected.sort_by_key(|listed| listed.observed);
            let computed = holidays(year);
            assert_eq!(computed.len(), expected.len(), "{year}");
            for (computed, expected) in computed.iter().zip(expected) {
                assert_eq!((computed.date, computed.nominal), (expected.observed, expected.nominal), "{year}");
                assert_eq!(computed.short, expected.name);
                assert!(computed.es.contains(&expected.name), "{} {}", computed.es, expected.name);
                assert_eq!(computed.date != computed.nominal, expected.moved, "{}", computed.es);
                assert_eq!(computed.date.format("%a").to_string(), expected.weekday);
                let weekend = matches!(computed.date.weekday(), Weekday::Sat | Weekday::Sun);
                assert_eq!(!weekend, expected.weekday_closed, "{}", computed.es);
                counted += 1;
            }
        }
        assert_eq!(counted, listed.len());
    }

    #[test]
    fn easter_falls_where_the_almanacs_have_it() {
        for text in ["1998-04-12", "2000-04-23", "2008-03-23", "2019-04-21", "2024-03-31", "2038-04-25", "2100-03-28"] {
            assert_eq!(easter(date(text).year()), Some(date(text)));
        }
    }

    #[test]
    fn labour_day_follows_the_notices_of_the_ministry() {
        for (kept, nominal) in [
            ("2022-05-02", "2022-05-01"),
            ("2024-04-29", "2024-05-01"),
            ("2025-05-05", "2025-05-01"),
            ("2026-05-04", "2026-05-01"),
            ("2033-05-02", "2033-05-01"),
        ] {
            assert_eq!(holiday_on(date(kept)).map(|holiday| holiday.nominal), Some(date(nominal)), "{kept}");
            assert_eq!(holiday_on(date(nominal)), None, "{nominal} is worked");
        }
    }

    #[test]
    fn every_year_has_its_twelve_on_different_days_and_restoration_day_never_moves() {
        for year in FIRST_YEAR..=LAST_YEAR {
            let list = holidays(year);
            let days: BTreeSet<NaiveDate> = list.iter().map(|holiday| holiday.date).collect();
            assert_eq!(days.len(), 12, "{year}");
            assert!(list.iter().all(|holiday| holiday.date.year() == year), "{year}");
            let restoration = NaiveDate::from_ymd_opt(year, 8, 16).unwrap();
            assert_eq!(holiday_on(restoration).map(|holiday| holiday.en), Some("Restoration Day"));
            for holiday in list.iter().filter(|holiday| holiday.date != holiday.nominal) {
                assert_eq!(holiday.date.weekday(), Weekday::Mon);
                let away = (holiday.date - holiday.nominal).num_days();
                assert!(matches!(away, -2 | -1 | 1 | 3 | 4), "{year} {}", holiday.es);
            }
        }
        assert!(holidays(FIRST_YEAR - 1).is_empty() && holidays(LAST_YEAR + 1).is_empty());
    }
}
