//! The escalations of the page, and which service has which.

use std::time::Duration;

use chrono::TimeDelta;

use super::people::Draft;
use super::schedules::Schedules;
use super::terms::{Known, NO_ESCALATION, NO_PERSON, NO_SCHEDULE, entries, id, named};
use crate::oncall::escalation::{ACK_TIMEOUT, WAIT};
use crate::oncall::{Escalation, EscalationId, PersonId, ScheduleId, Step, Target};
use crate::source::{Fields, Node, quote};

/// The most escalations of a roster.
const MOST_ESCALATIONS: usize = 100;
/// The most steps of one.
const MOST_STEPS: usize = 50;
/// The most targets of a step.
const MOST_TARGETS: usize = 20;
/// The most rounds of the steps.
const MOST_ROUNDS: u32 = 100;
/// How far ahead in a schedule a target may be.
const FARTHEST: u32 = 100;
/// The most services with an escalation of their own.
const MOST_SERVICES: usize = 500;
/// The longest id of a service.
const LONGEST_SERVICE: usize = 60;
const SHORTEST_WAIT: Duration = Duration::from_secs(10);
const SHORTEST_TIMEOUT: Duration = Duration::from_mins(1);
const LONGEST: Duration = Duration::from_hours(24);

/// The escalations as far as they can be read.
#[derive(Default)]
pub(super) struct Escalations {
    known: Known,
    pub(super) read: Vec<Escalation>,
}

/// Reads `escalation`.
pub(super) fn escalations(roster: &mut Fields<'_>, draft: &Draft, schedules: &Schedules) -> Escalations {
    let mut escalations = Escalations::default();
    for (key, node) in named(roster, "escalation", MOST_ESCALATIONS) {
        let id = id(roster, &key.text, key.at, EscalationId::parse);
        escalations.known.names.push(key.text.clone());
        let Some(id) = id else { continue };
        let name = format!("escalation '{id}'");
        let Some(mut fields) = roster.entry(node, name, &["steps", "rounds", "ack_timeout"]) else { continue };
        let steps = fields.need("steps").map(|node| steps(&mut fields, node, draft, schedules)).unwrap_or_default();
        let rounds = fields.number("rounds", 1, 1..=MOST_ROUNDS);
        let ack_timeout = length(&mut fields, "ack_timeout", ACK_TIMEOUT, SHORTEST_TIMEOUT);
        escalations.read.push(Escalation { id, steps, rounds, ack_timeout });
    }
    // It is there even when the page does not write it.
    let usual = EscalationId::usual();
    if !escalations.known.names.iter().any(|name| name == usual.as_str()) {
        escalations.known.names.push(usual.into());
    }
    escalations
}

/// A length of time up to a day.
fn length(fields: &mut Fields<'_>, key: &str, usual: TimeDelta, least: Duration) -> TimeDelta {
    let read = fields.duration(key, usual.to_std().unwrap_or(LONGEST), least..=LONGEST);
    TimeDelta::from_std(read).unwrap_or(usual)
}

fn steps<'p>(fields: &mut Fields<'p>, node: &'p Node, draft: &Draft, schedules: &Schedules) -> Vec<Step> {
    let mut steps = Vec::new();
    for node in entries(fields, node, "steps", 1..=MOST_STEPS) {
        let Some(mut fields) = fields.entry(node, "a step", &["notify", "wait"]) else { continue };
        let wait = length(&mut fields, "wait", WAIT, SHORTEST_WAIT);
        let Some(node) = fields.need("notify") else { continue };
        let targets = entries(&mut fields, node, "notify", 1..=MOST_TARGETS);
        let notify = targets.iter().filter_map(|node| target(&mut fields, node, draft, schedules)).collect();
        steps.push(Step { notify, wait });
    }
    steps
}

/// Reads `everyone`, `{ person: ana }`, `{ schedule: guardia }` or `{ ahead: 1, schedule: guardia }`.
fn target<'p>(step: &mut Fields<'p>, node: &'p Node, draft: &Draft, schedules: &Schedules) -> Option<Target> {
    if let Some(word) = node.as_text() {
        if word == "everyone" {
            return Some(Target::Everyone);
        }
        step.problem(|source, _| {
            let problem = source.problem(node.at, format!("'{}' does not say what it is", quote(word)));
            if draft.known.names.iter().any(|id| id == word) {
                problem.mend(format!("Write {{ person: {word} }}"))
            } else if schedules.known.names.iter().any(|id| id == word) {
                problem.mend(format!("Write {{ schedule: {word} }}"))
            } else {
                let mend = "Write 'everyone', { person: ana }, { schedule: guardia } or { ahead: 1 }";
                problem.did_you_mean(word, ["everyone"], mend)
            }
        });
        return None;
    }
    let mut fields = step.entry(node, "whom a step tells", &["person", "schedule", "ahead"])?;
    match (fields.get("person"), fields.get("schedule"), fields.get("ahead")) {
        (Some(node), None, None) => {
            let place = draft.known.find(&mut fields, node, "person", &NO_PERSON)?;
            PersonId::parse(draft.known.names.get(place)?).ok().map(Target::Person)
        }
        (None, Some(node), None) => schedule(&mut fields, node, schedules).map(Target::Schedule),
        (None, named, Some(_)) => {
            let turns = fields.number("ahead", 1, 1..=FARTHEST);
            let usual = || super::super::roster::usual(&schedules.read).map(|schedule| schedule.id.clone());
            let schedule = match named {
                Some(node) => schedule(&mut fields, node, schedules),
                None => usual(),
            };
            Some(Target::Ahead { schedule: schedule?, turns })
        }
        _ => {
            fields.problem(|source, _| {
                source
                    .problem(node.at, "whom a step tells is one person, one schedule, or who follows in one")
                    .mend("Write each on its own, as { person: ana }, { schedule: guardia } or { ahead: 1 }")
            });
            None
        }
    }
}

fn schedule<'p>(fields: &mut Fields<'p>, node: &'p Node, schedules: &Schedules) -> Option<ScheduleId> {
    let place = schedules.known.find(fields, node, "schedule", &NO_SCHEDULE)?;
    ScheduleId::parse(schedules.known.names.get(place)?).ok()
}

/// Reads `services`. Whether the directory has them is not known here.
pub(super) fn services(roster: &mut Fields<'_>, escalations: &Escalations) -> Vec<(String, EscalationId)> {
    let mut services = Vec::new();
    for (key, node) in named(roster, "services", MOST_SERVICES) {
        let length = key.text.chars().count();
        if !(1..=LONGEST_SERVICE).contains(&length) || key.text.chars().any(char::is_control) {
            roster.problem(|source, _| {
                source
                    .problem(key.at, format!("'{}' is no id of a service", quote(&key.text)))
                    .mend("Write the id that the directory gives it")
            });
        }
        let owner = format!("service '{}'", quote(&key.text));
        let Some(mut fields) = roster.entry(node, owner, &["escalation"]) else { continue };
        let Some(node) = fields.need("escalation") else { continue };
        let place = escalations.known.find(&mut fields, node, "escalation", &NO_ESCALATION);
        let id = place.and_then(|place| EscalationId::parse(escalations.known.names.get(place)?).ok());
        services.extend(id.map(|id| (key.text.clone(), id)));
    }
    services
}
