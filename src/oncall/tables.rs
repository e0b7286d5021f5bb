//! Tables of examples: each a page as a person writes it, and who is on duty when.

use super::{Roster, ScheduleId};
use crate::clock::Instant;
use crate::language::Language;

const PEOPLE: &str = "people:
  - { id: ana, name: Ana, phone: \"+18095550101\" }
  - { id: luis, name: Luis, phone: \"+18095550102\" }
  - { id: carmen, name: Carmen, phone: \"+18095550103\" }
  - { id: marta, name: Marta, phone: \"+18095550104\", supervisor: true }
";
/// One layer of weeks; what follows is part of the schedule.
const WEEKS: &str = "schedules:
  guardia:
    zone: America/Santo_Domingo
    layers:
      - rotation: { order: [ana, luis, carmen], starts: 2026-01-05T08:00, length: weekly }
";

fn at(text: &str) -> Instant {
    text.parse().unwrap_or_else(|_| panic!("no instant: {text}"))
}

fn parsed(rest: &str) -> Roster {
    Roster::parse(&format!("{PEOPLE}{rest}"), "r.yaml").unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn guardia() -> ScheduleId {
    ScheduleId::usual()
}

/// Who is on duty, then `/`, then who is asked next.
fn told(roster: &Roster, text: &str) -> String {
    let duty = roster.on_duty(&guardia(), at(text));
    let ids: Vec<&str> = duty.order.iter().map(|person| person.id.as_str()).collect();
    let (people, then) = ids.split_at(duty.people.len());
    format!("{} / {}", people.join(" "), then.join(" "))
}

fn table(rest: &str, rows: &[(&str, &str)]) {
    let roster = parsed(rest);
    for (text, expected) in rows {
        assert_eq!(told(&roster, text), *expected, "{text}");
    }
}

/// Layers with hours over midnight, on the wall's clock.
#[test]
fn later_layers_win_while_their_hours_run_and_the_lower_one_shows_through() {
    let rest = format!(
        "{WEEKS}      - name: nights
        rotation: {{ order: [marta, luis], starts: 2026-01-05T20:00, length: daily }}
        only: [{{ days: [mon-wed, fri], from: \"20:00\", to: \"06:00\" }}]
"
    );
    table(
        &rest,
        &[
            ("2026-01-05T19:59:59-04:00", "ana / luis carmen"),
            ("2026-01-05T20:00:00-04:00", "marta / luis ana carmen"),
            ("2026-01-06T05:59:59-04:00", "marta / luis ana carmen"),
            // Marta's turn goes on until eight, the layer's hours do not.
            ("2026-01-06T06:00:00-04:00", "ana / luis carmen"),
            ("2026-01-06T20:00:00-04:00", "luis / marta ana carmen"),
            // The turns go on through Thursday, whose night has no hours: Friday's is the fifth.
            ("2026-01-08T21:00:00-04:00", "ana / luis carmen"),
            ("2026-01-09T21:00:00-04:00", "marta / luis ana carmen"),
            ("2026-01-10T05:00:00-04:00", "marta / luis ana carmen"),
            ("2026-01-10T21:00:00-04:00", "ana / luis carmen"),
        ],
    );
}

/// `TestRotationGap`: a layer that has not begun leaves the one below in charge.
#[test]
fn an_upper_layer_counts_from_its_beginning_and_the_lowest_always() {
    let rest = format!(
        "{WEEKS}      - name: new
        rotation: {{ order: [marta], starts: 2026-02-02T08:00, length: weekly }}
"
    );
    table(
        &rest,
        &[
            ("2025-06-01T12:00:00-04:00", "ana / luis carmen"),
            ("2026-02-02T07:59:59-04:00", "ana / luis carmen"),
            ("2026-02-02T08:00:00-04:00", "marta / luis carmen ana"),
        ],
    );
    let roster = parsed(&rest);
    let early = roster.duty(at("2025-06-01T12:00:00-04:00"));
    assert_eq!(
        early.why[0].text(Language::En),
        "Ana is the first person of the rotation, which has not begun yet, and on duty until then."
    );
}

/// `TestRotation_Wrap`.
#[test]
fn the_order_begins_again_after_its_last() {
    table(
        WEEKS,
        &[
            ("2026-01-19T08:00:00-04:00", "carmen / ana luis"),
            ("2026-01-26T08:00:00-04:00", "ana / luis carmen"),
            ("2031-01-06T07:59:59-04:00", "carmen / ana luis"),
            ("2031-01-06T08:00:00-04:00", "ana / luis carmen"),
        ],
    );
}

/// `TestScheduleOverrideAdd`, `TestScheduleOverrideRemove`, `TestScheduleOverrideReplace`.
#[test]
fn each_kind_of_override() {
    let rest = format!(
        "{WEEKS}    overrides:
      - {{ from: 2026-01-06T08:00, to: 2026-01-06T12:00, person: marta }}
      - {{ from: 2026-01-07T08:00, to: 2026-01-07T12:00, add: marta }}
      - {{ from: 2026-01-08T08:00, to: 2026-01-08T12:00, remove: ana }}
      - {{ from: 2026-01-09T08:00, to: 2026-01-12T12:00, replace: ana, by: marta }}
      - {{ from: 2026-01-10T08:00, to: 2026-01-10T12:00, add: luis }}
      - {{ from: 2026-01-11T08:00, to: 2026-01-11T12:00, remove: carmen }}
"
    );
    table(
        &rest,
        &[
            ("2026-01-06T08:00:00-04:00", "marta / ana luis carmen"),
            ("2026-01-06T12:00:00-04:00", "ana / luis carmen"),
            ("2026-01-07T08:00:00-04:00", "ana marta / luis carmen"),
            // Who was taken off duty by name is not asked after the others either.
            ("2026-01-08T08:00:00-04:00", " / luis carmen"),
            ("2026-01-09T08:00:00-04:00", "marta / luis carmen"),
            ("2026-01-10T09:00:00-04:00", "marta luis / carmen"),
            ("2026-01-11T09:00:00-04:00", "marta / luis"),
            // Only while Ana would be on duty.
            ("2026-01-12T08:00:00-04:00", "luis / carmen"),
            ("2026-01-12T12:00:00-04:00", "luis / carmen ana"),
        ],
    );
    let roster = parsed(&rest);
    let away = roster.duty(at("2026-01-08T09:00:00-04:00"));
    let why: Vec<String> = away.why.iter().map(|reason| reason.text(Language::En)).collect();
    assert_eq!(
        why[1..],
        [
            "Ana is off duty by an override, from Thu 8 Jan 2026 08:00 to Thu 8 Jan 2026 12:00.",
            "Nobody is on duty.",
            "Who does not answer is followed by Luis, Carmen.",
        ]
    );
    let gaps = roster.gaps(&guardia(), at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00Z"));
    assert_eq!(gaps.len(), 1);
    assert_eq!((gaps[0].from, gaps[0].to), (at("2026-01-08T08:00:00-04:00"), at("2026-01-08T12:00:00-04:00")));
}

#[test]
fn two_people_take_each_others_turns() {
    let rest = format!(
        "{WEEKS}    swaps:
      - {{ from: 2026-01-05T08:00, to: 2026-01-19T08:00, between: [ana, luis] }}
"
    );
    table(
        &rest,
        &[
            ("2026-01-05T08:00:00-04:00", "luis / ana carmen"),
            ("2026-01-12T07:59:59-04:00", "luis / ana carmen"),
            ("2026-01-12T08:00:00-04:00", "ana / luis carmen"),
            ("2026-01-19T08:00:00-04:00", "carmen / ana luis"),
        ],
    );
}

/// `TestTempSchedules`: nothing else of the schedule counts, neither rotation nor override nor exchange.
#[test]
fn a_planned_shift_replaces_everything() {
    let rest = format!(
        "{WEEKS}    overrides:
      - {{ from: 2026-01-06T08:00, to: 2026-01-08T08:00, person: carmen }}
    swaps:
      - {{ from: 2026-01-06T08:00, to: 2026-01-08T08:00, between: [ana, luis] }}
    shifts:
      - {{ from: 2026-01-06T12:00, to: 2026-01-07T12:00, people: [marta, luis] }}
"
    );
    table(
        &rest,
        &[
            ("2026-01-06T11:59:59-04:00", "carmen / ana luis"),
            ("2026-01-06T12:00:00-04:00", "marta luis / ana carmen"),
            ("2026-01-07T12:00:00-04:00", "carmen / ana luis"),
        ],
    );
    let shifts = parsed(&rest);
    let shifts = shifts.shifts(&guardia(), at("2026-01-06T06:00:00-04:00"), at("2026-01-08T12:00:00-04:00"));
    let told: Vec<String> = shifts
        .iter()
        .map(|shift| format!("{} {} {}", shift.person.id, shift.from.format("%d %H"), shift.to.format("%d %H")))
        .collect();
    // In UTC: four hours later.
    let expected = [
        "ana 06 10 06 12",
        "carmen 06 12 06 16",
        "luis 06 16 07 16",
        "marta 06 16 07 16",
        "carmen 07 16 08 12",
        "ana 08 12 08 16",
    ];
    assert_eq!(told, expected);
    assert_eq!(
        shifts[2].why.text(Language::Es),
        "Marta, Luis están de guardia por un turno que reemplaza el horario, desde el mar 6 ene 2026 12:00 hasta el mié \
         7 ene 2026 12:00."
    );
}

/// `TestRotation_DST`: hand-overs in the hour that New York skips on 8 March and in the one that comes twice on
/// 1 November; Santo Domingo keeps its clocks.
#[test]
fn hand_overs_where_the_clocks_are_moved() {
    let daily = |zone: &str, time: &str| {
        format!(
            "schedules: {{ guardia: {{ zone: {zone}, layers: [{{ rotation: {{ order: [ana, luis], starts: \
             2026-01-05T{time}, length: daily }} }}] }} }}"
        )
    };
    table(
        &daily("America/New_York", "02:30"),
        &[
            ("2026-03-08T01:59:59-05:00", "luis / ana"),
            ("2026-03-08T03:00:00-04:00", "ana / luis"),
            ("2026-03-09T02:29:59-04:00", "ana / luis"),
            ("2026-03-09T02:30:00-04:00", "luis / ana"),
        ],
    );
    table(
        &daily("America/New_York", "01:30"),
        &[
            ("2026-11-01T01:29:59-04:00", "luis / ana"),
            ("2026-11-01T01:30:00-04:00", "ana / luis"),
            ("2026-11-01T01:00:00-05:00", "ana / luis"),
            ("2026-11-01T01:30:00-05:00", "ana / luis"),
            ("2026-11-02T01:30:00-05:00", "luis / ana"),
        ],
    );
    table(
        &daily("America/Santo_Domingo", "02:30"),
        &[("2026-03-08T02:29:59-04:00", "luis / ana"), ("2026-03-08T02:30:00-04:00", "ana / luis")],
    );
}
