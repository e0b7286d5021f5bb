//! The `[calendar]` table of the settings, and everything that can be wrong with it.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use chrono_tz::{TZ_VARIANTS, Tz};
use serde::{Deserialize, Serialize};

use super::{Calendar, Exception, Frame, HolidayLaw, Opening, frame};

/// The most frames a day is cut into.
const MOST_FRAMES: usize = 8;
/// The most exceptional days of a calendar: some three years of them.
const MOST_EXCEPTIONS: usize = 1_000;
/// The longest reason and author, in characters.
const LONGEST_TEXT: usize = 200;

/// The `[calendar]` table as it is written; [`Calendar::from_table`] checks it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CalendarTable {
    /// An IANA zone; `America/Santo_Domingo` by default.
    pub zone: String,
    /// `dominican` (the default) or `none`.
    pub holidays: HolidayLaw,
    /// Service hours of each weekday.
    pub hours: HoursTable,
    /// Decreed closures, reduced hours and extra openings.
    pub exceptions: Vec<ExceptionRow>,
}

/// Service hours by weekday, each day a list of frames such as `08:00-16:00`. A day that is not written keeps its
/// default: 08:00-16:00 from Monday to Friday, closed at the weekend. An empty list closes a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "each field is the day of its name")]
pub struct HoursTable {
    pub monday: Vec<String>,
    pub tuesday: Vec<String>,
    pub wednesday: Vec<String>,
    pub thursday: Vec<String>,
    pub friday: Vec<String>,
    pub saturday: Vec<String>,
    pub sunday: Vec<String>,
}

/// An exceptional day as it is written: `closed = true`, or `hours` with at least one frame.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionRow {
    /// `2026-09-03`, with or without quotes.
    #[serde(deserialize_with = "date_text")]
    pub date: String,
    /// Closed all day.
    #[serde(default)]
    pub closed: bool,
    /// Open in these frames only.
    #[serde(default)]
    pub hours: Vec<String>,
    /// Why.
    pub reason: String,
    /// Who entered it.
    pub author: String,
}

/// Something wrong with a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarProblem {
    /// Where, as a path of keys below the calendar: `hours.monday[0]`.
    pub key: String,
    /// What is wrong, and how to mend it.
    pub what: String,
}

impl fmt::Display for CalendarProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "calendar.{}: {}", self.key, self.what)
    }
}

impl Default for CalendarTable {
    fn default() -> Self {
        Self {
            zone: "America/Santo_Domingo".to_owned(),
            holidays: HolidayLaw::Dominican,
            hours: HoursTable::default(),
            exceptions: Vec::new(),
        }
    }
}

impl Default for HoursTable {
    fn default() -> Self {
        let day = || vec!["08:00-16:00".to_owned()];
        Self {
            monday: day(),
            tuesday: day(),
            wednesday: day(),
            thursday: day(),
            friday: day(),
            saturday: Vec::new(),
            sunday: Vec::new(),
        }
    }
}

/// TOML has dates of its own; both they and strings are read.
fn date_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Date(toml::value::Datetime),
    }
    Ok(match Written::deserialize(deserializer)? {
        Written::Text(text) => text,
        Written::Date(date) => date.to_string(),
    })
}

impl Calendar {
    /// Checks a table.
    ///
    /// # Errors
    /// Every problem of it, in the order of the table.
    pub fn from_table(table: &CalendarTable) -> Result<Self, Vec<CalendarProblem>> {
        let mut problems = Vec::new();
        let zone = zone(&table.zone, &mut problems);
        let days = [
            ("monday", &table.hours.monday),
            ("tuesday", &table.hours.tuesday),
            ("wednesday", &table.hours.wednesday),
            ("thursday", &table.hours.thursday),
            ("friday", &table.hours.friday),
            ("saturday", &table.hours.saturday),
            ("sunday", &table.hours.sunday),
        ];
        let week = days.map(|(day, texts)| frames(&format!("hours.{day}"), texts, &mut problems));
        if days.iter().all(|(_, texts)| texts.is_empty()) {
            problem(
                &mut problems,
                "hours",
                "no day has service hours: give at least one day a frame such as 08:00-16:00",
            );
        }
        let exceptions = exceptions(&table.exceptions, &mut problems);
        match (zone, problems.is_empty()) {
            (Some(zone), true) => Ok(Self { zone, week, law: table.holidays, exceptions }),
            _ => Err(problems),
        }
    }

    /// The calendar with more exceptional days; one for a date that has one already takes its place.
    ///
    /// # Errors
    /// Every problem of the rows.
    pub fn with_exceptions(mut self, rows: &[ExceptionRow]) -> Result<Self, Vec<CalendarProblem>> {
        let mut problems = Vec::new();
        self.exceptions.extend(exceptions(rows, &mut problems));
        if problems.is_empty() { Ok(self) } else { Err(problems) }
    }
}

fn problem(problems: &mut Vec<CalendarProblem>, key: impl Into<String>, what: impl Into<String>) {
    problems.push(CalendarProblem { key: key.into(), what: what.into() });
}

fn zone(name: &str, problems: &mut Vec<CalendarProblem>) -> Option<Tz> {
    if let Ok(zone) = name.parse::<Tz>() {
        return Some(zone);
    }
    let short: String = name.chars().take(60).collect();
    let nearest = TZ_VARIANTS.iter().max_by(|one, other| {
        let likeness = |zone: &Tz| strsim::jaro_winkler(zone.name(), &short);
        likeness(one).total_cmp(&likeness(other))
    });
    let hint = nearest.map_or("", |zone| zone.name());
    problem(problems, "zone", format!("'{short}' is no IANA time zone. Did you mean '{hint}'?"));
    None
}

fn frames(key: &str, texts: &[String], problems: &mut Vec<CalendarProblem>) -> Vec<Frame> {
    if texts.len() > MOST_FRAMES {
        problem(problems, key, format!("a day may have at most {MOST_FRAMES} frames"));
        return Vec::new();
    }
    let read: Vec<Frame> = texts
        .iter()
        .enumerate()
        .filter_map(|(index, text)| {
            Frame::parse(text).map_err(|error| problem(problems, format!("{key}[{index}]"), error.to_string())).ok()
        })
        .collect();
    match frame::in_order(read) {
        Ok(frames) => frames,
        Err((one, other)) => {
            problem(problems, key, format!("{one} and {other} overlap: join them, or end one where the other begins"));
            Vec::new()
        }
    }
}

fn exceptions(rows: &[ExceptionRow], problems: &mut Vec<CalendarProblem>) -> BTreeMap<NaiveDate, Exception> {
    let mut exceptions = BTreeMap::new();
    if rows.len() > MOST_EXCEPTIONS {
        problem(problems, "exceptions", format!("at most {MOST_EXCEPTIONS} days: remove the past ones"));
        return exceptions;
    }
    for (index, row) in rows.iter().enumerate() {
        let key = format!("exceptions[{index}]");
        for (name, text) in [("reason", &row.reason), ("author", &row.author)] {
            if text.trim().is_empty() || text.chars().count() > LONGEST_TEXT {
                problem(problems, format!("{key}.{name}"), format!("write 1 to {LONGEST_TEXT} characters"));
            }
        }
        let opening = match (row.closed, row.hours.is_empty()) {
            (true, true) => Some(Opening::Closed),
            (false, false) => Some(Opening::Hours(frames(&format!("{key}.hours"), &row.hours, problems))),
            (true, false) | (false, true) => None,
        };
        if opening.is_none() {
            problem(problems, &key, "write either closed = true, or hours with at least one frame such as 08:00-12:00");
        }
        let date = row.date.parse::<NaiveDate>().ok();
        if date.is_none() {
            problem(problems, format!("{key}.date"), "not a date: write it as 2026-09-03");
        }
        if let (Some(date), Some(opening)) = (date, opening) {
            let exception = Exception { date, opening, reason: row.reason.clone(), author: row.author.clone() };
            if exceptions.insert(date, exception).is_some() {
                problem(problems, format!("{key}.date"), format!("{date} has an exception already: keep one of them"));
            }
        }
    }
    exceptions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_named_at_once_with_its_place() {
        let table: CalendarTable = toml::from_str(
            r#"
            zone = "America/Santo_Domigo"
            hours.monday = ["08:00-12:30", "12:00-16:00"]
            hours.friday = ["8 to 4"]
            exceptions = [
                { date = "2026-02-30", closed = true, reason = "x", author = "y" },
                { date = "2026-09-03", reason = "", author = "y" },
                { date = "2026-09-04", closed = true, hours = ["08:00-09:00"], reason = "x", author = "y" },
                { date = "2026-09-05", closed = true, reason = "x", author = "y" },
                { date = "2026-09-05", closed = true, reason = "x", author = "y" },
            ]"#,
        )
        .unwrap();
        let problems = Calendar::from_table(&table).unwrap_err();
        let keys: Vec<&str> = problems.iter().map(|problem| problem.key.as_str()).collect();
        assert_eq!(
            keys,
            [
                "zone",
                "hours.monday",
                "hours.friday[0]",
                "exceptions[0].date",
                "exceptions[1].reason",
                "exceptions[1]",
                "exceptions[2]",
                "exceptions[4].date",
            ]
        );
        let zone = problems[0].to_string();
        assert_eq!(
            zone,
            "calendar.zone: 'America/Santo_Domigo' is no IANA time zone. Did you mean 'America/Santo_Domingo'?"
        );
    }

    #[test]
    fn an_unknown_key_is_refused_and_an_unwritten_day_keeps_its_default() {
        assert!(toml::from_str::<CalendarTable>("hour = {}").is_err());
        assert!(toml::from_str::<CalendarTable>("hours.mon = []").is_err());
        let table: CalendarTable = toml::from_str(r#"hours.saturday = ["09:00-12:00"]"#).unwrap();
        let calendar = Calendar::from_table(&table).unwrap();
        assert_eq!(calendar.week.each_ref().map(Vec::len), [1, 1, 1, 1, 1, 1, 0]);
        let back: CalendarTable = toml::from_str(&toml::to_string(&table).unwrap()).unwrap();
        assert_eq!(back, table);
    }

    #[test]
    fn a_calendar_that_never_opens_and_lists_without_end_are_refused() {
        let mut table = CalendarTable::default();
        for day in [
            &mut table.hours.monday,
            &mut table.hours.tuesday,
            &mut table.hours.wednesday,
            &mut table.hours.thursday,
            &mut table.hours.friday,
        ] {
            day.clear();
        }
        assert_eq!(Calendar::from_table(&table).unwrap_err()[0].key, "hours");
        table.hours.monday = (0..9).map(|hour| format!("0{hour}:00-0{hour}:30")).collect();
        assert_eq!(Calendar::from_table(&table).unwrap_err()[0].key, "hours.monday");
        let row = ExceptionRow { date: "2026-01-01".to_owned(), closed: true, ..ExceptionRow::default() };
        let many = CalendarTable { exceptions: vec![row; 1_001], ..CalendarTable::default() };
        assert_eq!(Calendar::from_table(&many).unwrap_err()[0].key, "exceptions");
    }

    #[test]
    fn an_exception_added_later_takes_the_place_of_an_earlier_one() {
        let row = |closed, hours: &[&str]| ExceptionRow {
            date: "2026-09-03".to_owned(),
            closed,
            hours: hours.iter().map(|text| (*text).to_owned()).collect(),
            reason: "Tormenta".to_owned(),
            author: "m.perez".to_owned(),
        };
        let calendar = Calendar::from_table(&CalendarTable { exceptions: vec![row(true, &[])], ..Default::default() });
        let calendar = calendar.unwrap().with_exceptions(&[row(false, &["10:00-12:00"])]).unwrap();
        let opening: Vec<&Opening> = calendar.exceptions().map(|exception| &exception.opening).collect();
        assert_eq!(opening, [&Opening::Hours(vec![Frame::parse("10:00-12:00").unwrap()])]);
        assert!(calendar.with_exceptions(&[row(false, &[])]).is_err());
    }
}
