//! The shared test vectors: three independent implementations agree on them.

use chrono::{DateTime, TimeDelta};
use serde_json::{Map, Value};

use super::{Calendar, CalendarTable, Mode, Target, parse_span};
use crate::clock::Instant;

fn instant(value: &Value) -> Instant {
    DateTime::parse_from_rfc3339(value.as_str().unwrap()).unwrap().to_utc()
}

/// `business_hours_8h` -> the target; `None` for a field that is no deadline.
fn target(field: &str) -> Option<Target> {
    let (mode, within) = field.rsplit_once('_')?;
    Some(Target { span: parse_span(within).ok()?, mode: mode.parse().ok()? })
}

#[test]
fn every_field_of_every_vector_holds() {
    let calendar = Calendar::from_table(&CalendarTable::default()).unwrap();
    let vectors: Vec<Map<String, Value>> =
        serde_json::from_str(include_str!("../../tests/vectors/sla-vectors.json")).unwrap();
    let mut deadlines = 0;
    for vector in &vectors {
        let name = vector["name"].as_str().unwrap();
        let start = instant(&vector["start"]);
        for (field, value) in vector {
            match (field.as_str(), target(field)) {
                ("name" | "start", _) => {}
                ("start_utc", _) => assert_eq!(instant(value), start, "{name}"),
                ("open_at_start", _) => assert_eq!(Some(calendar.is_open(start)), value.as_bool(), "{name}"),
                (_, Some(target)) => {
                    assert_eq!(calendar.due(start, target), Ok(instant(value)), "{name}: {field}");
                    assert_eq!(calendar.elapsed(start, instant(value), target.mode), target.span, "{name}: {field}");
                    deadlines += 1;
                }
                (field, None) => panic!("{name}: the field {field} is not tested"),
            }
        }
    }
    assert_eq!(deadlines, vectors.len() * 9);
    assert!(vectors.len() >= 15, "the file is whole");
}

/// The table of the domain's page, in the local year of each row: start, then the five deadlines.
#[test]
fn the_table_of_the_domain_page_holds() {
    let calendar = Calendar::from_table(&CalendarTable::default()).unwrap();
    let columns = [
        (4, Mode::Continuous),
        (4, Mode::BusinessHours),
        (8, Mode::BusinessHours),
        (48, Mode::BusinessDays),
        (48, Mode::BusinessHours),
    ];
    let rows = [
        "2026-03-02T14:00 2026-03-02T18:00 2026-03-03T10:00 2026-03-03T14:00 2026-03-04T14:00 2026-03-10T14:00",
        "2026-03-02T12:00 2026-03-02T16:00 2026-03-02T16:00 2026-03-03T12:00 2026-03-04T12:00 2026-03-10T12:00",
        "2026-03-02T16:00 2026-03-02T20:00 2026-03-03T12:00 2026-03-03T16:00 2026-03-04T16:00 2026-03-10T16:00",
        "2026-03-06T15:30 2026-03-06T19:30 2026-03-09T11:30 2026-03-09T15:30 2026-03-10T15:30 2026-03-16T15:30",
        "2026-03-07T10:00 2026-03-07T14:00 2026-03-09T12:00 2026-03-09T16:00 2026-03-11T00:00 2026-03-16T16:00",
        "2026-04-02T15:00 2026-04-02T19:00 2026-04-06T11:00 2026-04-06T15:00 2026-04-07T15:00 2026-04-13T15:00",
        "2026-05-01T15:30 2026-05-01T19:30 2026-05-05T11:30 2026-05-05T15:30 2026-05-06T15:30 2026-05-12T15:30",
        "2026-05-04T10:00 2026-05-04T14:00 2026-05-05T12:00 2026-05-05T16:00 2026-05-07T00:00 2026-05-12T16:00",
        "2026-11-06T14:00 2026-11-06T18:00 2026-11-10T10:00 2026-11-10T14:00 2026-11-11T14:00 2026-11-17T14:00",
        "2026-12-31T15:00 2026-12-31T19:00 2027-01-05T11:00 2027-01-05T15:00 2027-01-06T15:00 2027-01-12T15:00",
        "2029-08-15T15:00 2029-08-15T19:00 2029-08-17T11:00 2029-08-17T15:00 2029-08-20T15:00 2029-08-24T15:00",
    ];
    for row in rows {
        let instants: Vec<Instant> =
            row.split(' ').map(|text| format!("{text}:00-04:00").parse::<Instant>().unwrap()).collect();
        for ((hours, mode), expected) in columns.iter().zip(&instants[1..]) {
            let target = Target { span: TimeDelta::hours(*hours), mode: *mode };
            assert_eq!(calendar.due(instants[0], target), Ok(*expected), "{row}: {target}");
        }
    }
}
