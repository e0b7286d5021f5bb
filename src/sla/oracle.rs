//! The clock against a slow oracle that asks the wall's clock minute by minute, on random calendars.

use chrono::{DateTime, Datelike, TimeDelta, Timelike};
use proptest::prelude::*;

use super::{Calendar, CalendarTable, ExceptionRow, HolidayLaw, HoursTable, Mode, Target, holiday_on};
use crate::clock::Instant;

/// Without changes of clocks, with them, with one of half an hour, and with an odd offset.
const ZONES: [&str; 4] = ["America/Santo_Domingo", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"];

/// What a calendar was made from: the oracle reads this, never the calendar.
#[derive(Clone, Debug)]
struct Made {
    table: CalendarTable,
    /// From Monday: minutes of the day.
    week: [Vec<(u32, u32)>; 7],
    /// By date: no frames = closed.
    exceptions: Vec<(chrono::NaiveDate, Vec<(u32, u32)>)>,
}

impl Made {
    fn frames(&self, date: chrono::NaiveDate) -> &[(u32, u32)] {
        if let Some((_, frames)) = self.exceptions.iter().find(|(day, _)| *day == date) {
            return frames;
        }
        if self.table.holidays == HolidayLaw::Dominican && holiday_on(date).is_some() {
            return &[];
        }
        &self.week[date.weekday().num_days_from_monday() as usize]
    }

    fn counts(&self, at: Instant, mode: Mode) -> bool {
        let local = at.with_timezone(&self.table.zone.parse::<chrono_tz::Tz>().unwrap());
        let minute = local.hour() * 60 + local.minute();
        let frames = self.frames(local.date_naive());
        match mode {
            Mode::Continuous => true,
            Mode::BusinessHours => frames.iter().any(|(from, to)| (*from..*to).contains(&minute)),
            Mode::BusinessDays => !frames.is_empty(),
        }
    }

    /// Counts whole and broken minutes: every bound of a calendar lies on a minute, and so do today's changes of
    /// clocks.
    fn due(&self, start: Instant, target: Target, give_up: Instant) -> Option<Instant> {
        let (mut at, mut left) = (start, target.span);
        while at < give_up {
            let next = DateTime::from_timestamp((at.timestamp().div_euclid(60) + 1) * 60, 0).unwrap();
            if self.counts(at, target.mode) {
                if next - at >= left {
                    return Some(at + left);
                }
                left -= next - at;
            }
            at = next;
        }
        None
    }
}

fn text((from, to): (u32, u32)) -> String {
    format!("{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
}

/// One to two frames of a day, apart or touching.
fn frames() -> impl Strategy<Value = Vec<(u32, u32)>> {
    prop_oneof![
        Just(vec![(480, 960)]),
        Just(vec![(0, 1440)]),
        (0_u32..1439).prop_flat_map(|from| (Just(from), from + 1..=1440)).prop_map(|frame| vec![frame]),
        prop::sample::subsequence((0..=1440).step_by(15).collect::<Vec<u32>>(), 4)
            .prop_map(|cuts| vec![(cuts[0], cuts[1]), (cuts[2], cuts[3])]),
        prop::sample::subsequence((0..=1440).collect::<Vec<u32>>(), 3)
            .prop_map(|cuts| vec![(cuts[0], cuts[1]), (cuts[1], cuts[2])]),
    ]
}

fn day() -> impl Strategy<Value = Vec<(u32, u32)>> {
    prop_oneof![2 => frames(), 1 => Just(Vec::new())]
}

prop_compose! {
    /// A calendar that matters around `at`: its exceptions lie within ten days.
    fn made(at: Instant)(
        zone in prop::sample::select(ZONES.to_vec()),
        dominican in any::<bool>(),
        monday in frames(),
        rest in prop::collection::vec(day(), 6),
        exceptions in prop::collection::btree_map(0_u64..10, day(), 0..3),
    ) -> Made {
        let mut week: [Vec<(u32, u32)>; 7] = Default::default();
        week[0] = monday;
        week[1..].clone_from_slice(&rest);
        let exceptions: Vec<_> = exceptions
            .into_iter()
            .map(|(days, frames)| (at.date_naive() + chrono::Days::new(days), frames))
            .collect();
        let texts = |frames: &Vec<(u32, u32)>| frames.iter().copied().map(text).collect::<Vec<String>>();
        let table = CalendarTable {
            zone: zone.to_owned(),
            holidays: if dominican { HolidayLaw::Dominican } else { HolidayLaw::None },
            hours: HoursTable {
                monday: texts(&week[0]),
                tuesday: texts(&week[1]),
                wednesday: texts(&week[2]),
                thursday: texts(&week[3]),
                friday: texts(&week[4]),
                saturday: texts(&week[5]),
                sunday: texts(&week[6]),
            },
            exceptions: exceptions.iter().map(|(date, frames)| ExceptionRow {
                date: date.to_string(),
                closed: frames.is_empty(),
                hours: texts(frames),
                reason: "r".to_owned(),
                author: "a".to_owned(),
            }).collect(),
        };
        Made { table, week, exceptions }
    }
}

/// Starts near changes of clocks of New York and Lord Howe, near the turn of a year, and anywhere; to the microsecond.
fn start() -> impl Strategy<Value = Instant> {
    let near = prop_oneof![
        Just("2026-03-08T07:00:00Z"),
        Just("2026-11-01T06:00:00Z"),
        Just("2026-04-04T15:00:00Z"),
        Just("2026-10-03T15:30:00Z"),
        Just("2026-12-31T20:00:00Z"),
        Just("2026-05-02T20:00:00Z"),
        Just("2028-02-28T20:00:00Z"),
    ];
    (near, -3 * 86_400_i64..3 * 86_400, prop_oneof![Just(0_i64), 0_i64..1_000_000]).prop_map(
        |(near, seconds, micros)| {
            near.parse::<Instant>().unwrap() + TimeDelta::seconds(seconds) + TimeDelta::microseconds(micros)
        },
    )
}

fn case() -> impl Strategy<Value = (Instant, Made)> {
    start().prop_flat_map(|start| (Just(start), made(start)))
}

fn mode() -> impl Strategy<Value = Mode> {
    prop::sample::select(Mode::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn due_and_elapsed_agree_with_the_oracle((start, made) in case(), mode in mode(), seconds in 1_i64..30 * 3_600) {
        let calendar = Calendar::from_table(&made.table).unwrap();
        let target = Target { span: TimeDelta::seconds(seconds), mode };
        let give_up = start + TimeDelta::days(15);
        let due = calendar.due(start, target);
        match made.due(start, target, give_up) {
            Some(expected) => {
                prop_assert_eq!(due, Ok(expected));
                prop_assert_eq!(calendar.elapsed(start, expected, mode), target.span);
                let before = expected - TimeDelta::microseconds(1);
                prop_assert!(calendar.elapsed(start, before, mode) < target.span, "due is the earliest such instant");
            }
            None => prop_assert!(!due.is_ok_and(|due| due < give_up)),
        }
    }

    #[test]
    fn open_and_the_next_opening_agree_with_the_oracle((start, made) in case()) {
        let calendar = Calendar::from_table(&made.table).unwrap();
        let open = made.counts(start, Mode::BusinessHours);
        prop_assert_eq!(calendar.is_open(start), open);
        let changes = |to: bool| (1..15 * 1_440).map(|minutes| {
            DateTime::from_timestamp((start.timestamp().div_euclid(60) + minutes) * 60, 0).unwrap()
        }).find(|at| made.counts(*at, Mode::BusinessHours) == to);
        let found = if open { calendar.next_close(start) } else { calendar.next_open(start) };
        match changes(!open) {
            Some(expected) => prop_assert_eq!(found, Some(expected)),
            None => prop_assert!(found.is_none_or(|found| found >= start + TimeDelta::days(14))),
        }
        prop_assert!(calendar.next_open(start).is_none() || !open);
        prop_assert!(calendar.next_close(start).is_none() || open);
    }

    #[test]
    fn a_later_start_or_a_longer_span_is_never_due_earlier(
        (start, made) in case(), mode in mode(), span in 1_i64..100_000, later in 0_i64..400_000,
        longer in 0_i64..100_000,
    ) {
        let calendar = Calendar::from_table(&made.table).unwrap();
        let due = |later, seconds| {
            calendar.due(start + TimeDelta::seconds(later), Target { span: TimeDelta::seconds(seconds), mode })
        };
        if let (Ok(due), Ok(of_later), Ok(of_longer)) = (due(0, span), due(later, span), due(0, span + longer)) {
            prop_assert!(due <= of_later && due <= of_longer);
            prop_assert!(due >= start + TimeDelta::seconds(span));
            prop_assert!(longer == 0 || due < of_longer);
        }
    }

    #[test]
    fn an_explanation_leaves_no_gap_and_adds_up((start, made) in case(), mode in mode(), seconds in 1_i64..200_000) {
        let calendar = Calendar::from_table(&made.table).unwrap();
        let target = Target { span: TimeDelta::seconds(seconds), mode };
        let (Ok(due), Ok(stretches)) = (calendar.due(start, target), calendar.explain(start, target)) else {
            return Ok(());
        };
        prop_assert_eq!(stretches.first().map(|stretch| stretch.from), Some(start));
        prop_assert_eq!(stretches.last().map(|stretch| (stretch.to, stretch.counted)), Some((due, true)));
        let counted = stretches.iter().filter(|stretch| stretch.counted).map(|stretch| stretch.to - stretch.from);
        prop_assert_eq!(counted.sum::<TimeDelta>(), target.span);
        for pair in stretches.windows(2) {
            prop_assert_eq!(pair[0].to, pair[1].from);
            prop_assert!(pair[0].counted != pair[1].counted || pair[0].reason != pair[1].reason);
        }
    }
}
