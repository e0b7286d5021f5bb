//! A slow witness: it walks through every minute and asks what a person with a calendar on the wall would ask, and says
//! who is on duty. What the room computes must agree with it, minute by minute.

use chrono::{Datelike, Days, NaiveDateTime, TimeDelta};
use chrono_tz::America::{New_York, Santo_Domingo};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::schedule::{Change, Layer, Override, Planned, Span, Swap};
use super::situation::Situation;
use super::window::Window;
use super::{Roster, Rotation, Schedule, ScheduleId};
use crate::clock::Instant;

/// The first minute that is walked through; every case begins here, so that what began long before counts too.
const START: &str = "2026-02-28T00:00:00Z";
/// The days that are walked through: the clocks of New York are moved on 8 March.
pub(super) const DAYS: i64 = 16;
/// The same around 1 November.
const AUTUMN: &str = "2026-10-24T00:00:00Z";

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// Who is on duty at every minute from `start` on. Whatever stands on the wall's clock happens when the clock first
/// shows that time or a later one: so the highest time shown so far is all there is to know.
pub(super) fn minutes(schedule: &Schedule, start: Instant) -> Vec<(Instant, Vec<usize>)> {
    let mut shown = (start - TimeDelta::days(2)).with_timezone(&schedule.zone).naive_local();
    let mut counts: Vec<Count> = schedule.layers.iter().map(|layer| Count::new(&layer.rotation)).collect();
    let mut minutes = Vec::new();
    for minute in -2 * 24 * 60..DAYS * 24 * 60 {
        let now = start + TimeDelta::minutes(minute);
        shown = shown.max(now.with_timezone(&schedule.zone).naive_local());
        for count in &mut counts {
            count.shown(shown);
        }
        if minute >= 0 {
            minutes.push((now, on_duty(schedule, now, shown, &counts)));
        }
    }
    minutes
}

/// The hand-overs of a rotation, counted one by one as they pass.
struct Count {
    next: NaiveDateTime,
    length: TimeDelta,
    passed: usize,
}

impl Count {
    fn new(rotation: &Rotation) -> Self {
        Self { next: rotation.starts, length: TimeDelta::hours(i64::from(rotation.hours)), passed: 0 }
    }

    fn shown(&mut self, shown: NaiveDateTime) {
        while shown >= self.next {
            self.next += self.length;
            self.passed += 1;
        }
    }
}

fn on_duty(schedule: &Schedule, now: Instant, shown: NaiveDateTime, counts: &[Count]) -> Vec<usize> {
    let within = |span: Span| span.from <= now && now < span.to;
    for shift in &schedule.shifts {
        if within(shift.span) {
            return shift.people.clone();
        }
    }
    let mut people = Vec::new();
    for (place, (layer, count)) in schedule.layers.iter().zip(counts).enumerate() {
        let open = layer.only.is_empty() || layer.only.iter().any(|window| is_open(window, shown));
        if open && (count.passed > 0 || place == 0) {
            // Before the first layer begins its first person is there.
            let order = &layer.rotation.order;
            people = vec![order[count.passed.saturating_sub(1) % order.len()]];
        }
    }
    for swap in schedule.swaps.iter().filter(|swap| within(swap.span)) {
        let [one, other] = swap.between;
        // Only the layers' person is exchanged, and only once.
        if people.first() == Some(&one) {
            people = vec![other];
            break;
        } else if people.first() == Some(&other) {
            people = vec![one];
            break;
        }
    }
    for change in schedule.overrides.iter().filter(|change| within(change.span)) {
        match change.change {
            Change::Instead(person) => people = vec![person],
            Change::Add(person) => people.push(person),
            Change::Remove(person) => people.retain(|other| *other != person),
            Change::Replace { gone, by } => {
                people = people.into_iter().map(|person| if person == gone { by } else { person }).collect();
            }
        }
    }
    let mut once: Vec<usize> = Vec::new();
    for person in people {
        if !once.contains(&person) {
            once.push(person);
        }
    }
    once
}

fn is_open(window: &Window, shown: NaiveDateTime) -> bool {
    [0, 1].into_iter().any(|back| {
        let day = shown.date() - Days::new(back);
        let end = if window.to > window.from { day } else { day + Days::new(1) };
        window.days[day.weekday().num_days_from_monday() as usize]
            && day.and_time(window.from) <= shown
            && shown < end.and_time(window.to)
    })
}

/// A span on the half hour, within the walk and a little beyond.
fn span(start: Instant) -> impl Strategy<Value = Span> {
    (-48_i64..DAYS * 48, 1_i64..200).prop_map(move |(from, length)| {
        let from = start + TimeDelta::minutes(30 * from);
        Span { from, to: from + TimeDelta::minutes(30 * length) }
    })
}

fn window() -> impl Strategy<Value = Window> {
    (any::<[bool; 7]>(), 0_u32..48, 0_u32..48, 0_usize..7).prop_map(|(mut days, from, to, one)| {
        days[one] = true;
        let time = |half: u32| chrono::NaiveTime::from_hms_opt(half / 2, half % 2 * 30, 0).unwrap();
        Window { days, from: time(from), to: time(to) }
    })
}

fn layer(zone: Tz, start: Instant) -> impl Strategy<Value = Layer> {
    let order = proptest::collection::vec(0_usize..5, 1..5);
    let hours = prop_oneof![Just(1_u32), Just(5), Just(8), Just(12), Just(24), Just(7 * 24)];
    // Some begin before the walk, some within it.
    let starts = (-40_i64 * 48..(DAYS - 4) * 48)
        .prop_map(move |half| (start + TimeDelta::minutes(30 * half)).with_timezone(&zone).naive_local());
    (order, hours, starts, proptest::collection::vec(window(), 0..3)).prop_map(move |(order, hours, starts, only)| {
        Layer { name: None, rotation: Rotation { order, starts, zone, hours }, only }
    })
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (0_usize..5).prop_map(Change::Instead),
        (0_usize..5).prop_map(Change::Add),
        (0_usize..5).prop_map(Change::Remove),
        (0_usize..5, 1_usize..5).prop_map(|(gone, more)| Change::Replace { gone, by: (gone + more) % 5 }),
    ]
}

/// A schedule, and the instant from which it is walked through.
pub(super) fn schedule() -> impl Strategy<Value = (Schedule, Instant)> {
    let zone = prop_oneof![2 => Just(New_York), 1 => Just(Santo_Domingo)];
    (zone, any::<bool>()).prop_flat_map(|(zone, autumn)| {
        let start = at(if autumn { AUTUMN } else { START });
        let layers = proptest::collection::vec(layer(zone, start), 1..4);
        let overrides = proptest::collection::vec((span(start), change()), 0..4);
        let swaps = proptest::collection::vec((span(start), 0_usize..5, 1_usize..5), 0..3);
        let shifts = proptest::collection::vec(
            (span(start), proptest::sample::subsequence(vec![0_usize, 1, 2, 3, 4], 1..3)),
            0..2,
        );
        (layers, overrides, swaps, shifts).prop_map(move |(mut layers, overrides, swaps, shifts)| {
            for (number, layer) in layers.iter_mut().enumerate() {
                layer.name = Some(format!("layer {number}"));
            }
            let overrides: Vec<Override> =
                overrides.into_iter().map(|(span, change)| Override { span, change }).collect();
            let swaps: Vec<Swap> =
                swaps.into_iter().map(|(span, one, more)| Swap { span, between: [one, (one + more) % 5] }).collect();
            let shifts: Vec<Planned> = shifts.into_iter().map(|(span, people)| Planned { span, people }).collect();
            let id = ScheduleId::usual();
            (agreeing(Schedule { id, zone, layers, overrides, swaps, shifts }), start)
        })
    })
}

/// Without what contradicts something before it: the reader refuses such a page.
fn agreeing(mut schedule: Schedule) -> Schedule {
    let mut overrides: Vec<Override> = Vec::new();
    for change in std::mem::take(&mut schedule.overrides) {
        let alone = |change: Change| matches!(change, Change::Instead(_));
        let against = |other: &Override| {
            let both = alone(other.change) || alone(change.change) || other.change.shares(change.change).is_some();
            other.span.meets(&change.span) && both
        };
        if !overrides.iter().any(against) {
            overrides.push(change);
        }
    }
    overrides.sort_by_key(|change| change.span.from);
    let mut swaps: Vec<Swap> = Vec::new();
    for swap in std::mem::take(&mut schedule.swaps) {
        let against = |other: &Swap| {
            other.span.meets(&swap.span) && other.between.iter().any(|person| swap.between.contains(person))
        };
        if !swaps.iter().any(against) {
            swaps.push(swap);
        }
    }
    swaps.sort_by_key(|swap| swap.span.from);
    let mut shifts: Vec<Planned> = Vec::new();
    for shift in std::mem::take(&mut schedule.shifts) {
        if !shifts.iter().any(|other| other.span.meets(&shift.span)) {
            shifts.push(shift);
        }
    }
    shifts.sort_by_key(|shift| shift.span.from);
    Schedule { overrides, swaps, shifts, ..schedule }
}

/// A roster of five people with this schedule, by way of the page.
pub(super) fn roster(schedule: Schedule) -> Roster {
    let people = (0..5).map(|n| format!("  - {{ id: p{n}, name: P{n}, phone: \"+1809555010{n}\" }}"));
    let people = people.collect::<Vec<String>>().join("\n");
    let page = format!("people:\n{people}\nrotation: {{ order: [p0], starts: 2026-01-05T08:00, length: 7d }}\n");
    let mut roster = Roster::parse(&page, "r.yaml").unwrap();
    roster.schedules = vec![schedule];
    roster
}

fn places(situation: &Situation) -> Vec<usize> {
    situation.people.iter().map(|(person, _)| *person).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Everything that tells who is on duty agrees with the witness at every minute, and with each other between.
    #[test]
    fn who_is_on_duty_agrees_with_a_walk_through_every_minute((schedule, start) in schedule()) {
        let walked = minutes(&schedule, start);
        let end = start + TimeDelta::days(DAYS);
        let mut next = start;
        let mut now = Vec::new();
        for (minute, people) in &walked {
            // The next change is found from change to change, as everybody does who does not ask every minute.
            if *minute >= next {
                now = places(&schedule.situation(*minute));
                next = schedule.next_change(*minute).unwrap_or(end);
            }
            prop_assert_eq!(&now, people, "{}", minute);
        }
        let roster = roster(schedule);
        let id = ScheduleId::usual();
        let gaps = roster.gaps(&id, start, end);
        // Everything begins and ends on a whole minute, so that to the minute is exact.
        let place = |at: Instant| {
            assert_eq!((at - start).num_seconds() % 60, 0, "{at}");
            usize::try_from((at - start).num_minutes()).unwrap()
        };
        let mut there = vec![Vec::new(); walked.len()];
        for shift in roster.shifts(&id, start, end) {
            let person = roster.people().iter().position(|person| person.id == shift.person.id).unwrap();
            there[place(shift.from)..place(shift.to)].iter_mut().for_each(|there| there.push(person));
        }
        let mut empty = vec![false; walked.len()];
        for gap in &gaps {
            empty[place(gap.from)..place(gap.to)].fill(true);
        }
        for ((minute, people), (there, empty)) in walked.iter().zip(there.iter_mut().zip(empty)) {
            prop_assert_eq!(empty, people.is_empty(), "{}", minute);
            let mut people = people.clone();
            people.sort_unstable();
            there.sort_unstable();
            prop_assert_eq!(&*there, &people, "{}", minute);
        }
        for pair in gaps.windows(2) {
            prop_assert!(pair[0].to < pair[1].from, "gaps do not touch");
        }
    }

    /// The page that a roster is written as reads as the same roster.
    #[test]
    fn a_written_page_reads_as_the_same_roster(
        (schedule, _) in schedule(),
        name in "[^\\p{Cc}]{1,60}",
        layer in "[^\\p{Cc}]{1,60}",
        pin in proptest::option::of("[0-9]{4,8}"),
        handover in proptest::option::of(prop_oneof![Just(0), 60_i64..600_000]),
    ) {
        prop_assume!(!name.trim().is_empty() && !layer.trim().is_empty());
        let mut roster = roster(schedule);
        roster.people[0].name = name.trim().to_owned();
        roster.people[0].pin = pin.as_deref().and_then(super::Pin::parse);
        roster.people[0].handover = handover.map(TimeDelta::seconds);
        roster.schedules[0].layers[0].name = Some(layer.trim().to_owned());
        let page = roster.to_yaml();
        match Roster::parse(&page, "written") {
            Ok(again) => prop_assert_eq!(again, roster, "{}", page),
            Err(problems) => prop_assert!(false, "{:?}\n{}", problems, page),
        }
    }

    /// Nobody is asked twice, nobody is asked after themselves, and the end of a duty is where something changes.
    #[test]
    fn the_order_and_the_end_of_a_duty_hold((schedule, start) in schedule(), minute in 0..DAYS * 24 * 60) {
        let now = start + TimeDelta::minutes(minute);
        let before = schedule.situation(now);
        let roster = roster(schedule);
        let duty = roster.duty(now);
        let mut ids: Vec<&str> = duty.order.iter().map(|person| person.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), duty.order.len());
        prop_assert_eq!(&duty.order[..duty.people.len()], &duty.people[..]);
        prop_assert_eq!(&duty.order[duty.people.len()..], &roster.followers(&ScheduleId::usual(), now)[..]);
        if let Some(until) = duty.until {
            prop_assert!(until > now);
            let schedule = &roster.schedules[0];
            prop_assert_ne!(&schedule.situation(until).people, &before.people);
            prop_assert_eq!(&schedule.situation(until - TimeDelta::microseconds(1)).people, &before.people);
        }
    }
}
