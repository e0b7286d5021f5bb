//! Whether everybody who is on duty now or soon can be reached, and whether somebody is.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use chrono_tz::Tz;

use super::{Facts, Finding, Fitness};
use crate::clock::Instant;
use crate::oncall::{Channel, Person, Roster, ScheduleId, Target};

/// How far ahead duty is looked at.
const AHEAD: TimeDelta = TimeDelta::days(7);

/// Somebody who will be told: when they are on duty next, and in which zone that is told.
struct Told<'r> {
    person: &'r Person,
    duty: Option<(Instant, Tz)>,
}

/// What is found of schedules and people.
pub(super) fn judge(facts: &Facts<'_>) -> Vec<Finding> {
    let Some(roster) = facts.roster else { return vec![Finding::NoRoster] };
    let mut findings = Vec::new();
    if roster.supervisors().next().is_none() {
        findings.push(Finding::NoSupervisor);
    }
    findings.extend(gaps(roster, facts.now));
    let pins = roster.people().iter().any(|person| person.pin.is_some());
    for told in told(roster, facts.now) {
        let now = told.duty.is_some_and(|(from, _)| from <= facts.now);
        for what in fitness(facts, told.person, pins) {
            let (id, name) = (told.person.id.to_string(), told.person.name.clone());
            findings.push(Finding::Person { id, name, duty: told.duty, now, what });
        }
    }
    findings
}

/// The targets of every escalation that is used.
fn targets(roster: &Roster) -> Vec<Target> {
    let services = roster.services().map(Some).chain(std::iter::once(None));
    let escalations = services.map(|service| roster.escalation(service));
    escalations.flat_map(|escalation| escalation.steps).flat_map(|step| step.notify).collect()
}

/// The schedules by which somebody is told.
fn schedules(roster: &Roster) -> BTreeSet<ScheduleId> {
    let named = targets(roster).into_iter().filter_map(|target| match target {
        Target::Schedule(schedule) | Target::Ahead { schedule, .. } => Some(schedule),
        Target::Person(_) | Target::Everyone => None,
    });
    named.collect()
}

fn zone(roster: &Roster, schedule: &ScheduleId) -> Tz {
    roster.schedule(schedule).map_or(Tz::UTC, |schedule| schedule.zone)
}

fn gaps(roster: &Roster, now: Instant) -> Vec<Finding> {
    let mut findings = Vec::new();
    for schedule in schedules(roster) {
        let zone = zone(roster, &schedule);
        for gap in roster.gaps(&schedule, now, now + AHEAD) {
            let (schedule, now) = (schedule.to_string(), gap.from <= now);
            findings.push(Finding::Gap { schedule, from: gap.from, to: gap.to, now, zone });
        }
    }
    findings
}

/// Everybody who is on duty now or soon, whom an escalation names, and who supervises: once each, in the page's order.
fn told(roster: &Roster, now: Instant) -> Vec<Told<'_>> {
    let shifts: Vec<_> = schedules(roster)
        .into_iter()
        .flat_map(|schedule| {
            let zone = zone(roster, &schedule);
            roster.shifts(&schedule, now, now + AHEAD).into_iter().map(move |shift| (shift, zone))
        })
        .collect();
    let named: BTreeSet<_> = targets(roster)
        .into_iter()
        .filter_map(|target| match target {
            Target::Person(person) => Some(person),
            _ => None,
        })
        .collect();
    let next = |person: &Person| {
        let theirs = shifts.iter().filter(|(shift, _)| shift.person.id == person.id);
        theirs.min_by_key(|(shift, _)| shift.from).map(|(shift, zone)| (shift.from, *zone))
    };
    let matters = |told: &Told<'_>| told.duty.is_some() || told.person.supervisor || named.contains(&told.person.id);
    roster.people().iter().map(|person| Told { person, duty: next(person) }).filter(matters).collect()
}

/// What is wrong with how a person is reached. `pins` = others have one.
fn fitness(facts: &Facts<'_>, person: &Person, pins: bool) -> Vec<Fitness> {
    let channels: BTreeSet<Channel> = person.contacts.iter().map(crate::oncall::Contact::channel).collect();
    let verified: BTreeSet<Channel> = facts.verified.of(person).map(crate::oncall::Contact::channel).collect();
    let mut found = Vec::new();
    match (verified.first(), verified.len(), channels.first(), channels.len()) {
        (None, ..) => found.push(Fitness::Unverified),
        (Some(by), 1, _, 2..) => found.push(Fitness::HalfVerified { by: *by }),
        _ => {}
    }
    if let (Some(by), 1) = (channels.first(), channels.len()) {
        found.push(Fitness::OneWay { by: *by });
    }
    if channels.iter().all(|channel| *channel == Channel::Voice) {
        found.push(Fitness::NotInWriting);
    }
    if pins && person.pin.is_none() && channels.contains(&Channel::Voice) {
        found.push(Fitness::NoPin);
    }
    found
}
