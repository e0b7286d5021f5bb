//! Reads a roster's page, a file per part; what is wrong becomes a problem with its place, and reading goes on.

mod changes;
mod contacts;
mod escalations;
mod people;
mod schedules;
mod terms;
#[cfg(test)]
mod tests;

use super::{Escalation, EscalationId, Person, Schedule};
use crate::source::{Fields, Node, Problem, Source};

/// What a roster is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) people: Vec<Person>,
    pub(super) schedules: Vec<Schedule>,
    pub(super) escalations: Vec<Escalation>,
    pub(super) services: Vec<(String, EscalationId)>,
}

/// Reads the parts, and notes every problem; with one they may be missing or are not to be used.
pub(super) fn read(source: &Source, problems: &mut Vec<Problem>, root: &Node) -> Option<Parts> {
    let known = ["people", "rotation", "overrides", "schedules", "escalation", "services"];
    let mut roster = Fields::new(source, problems, "the roster", root, &known)?;
    let draft = roster.need("people").and_then(|node| people::people(&mut roster, node)).unwrap_or_default();
    let schedules = schedules::schedules(&mut roster, &draft);
    let escalations = escalations::escalations(&mut roster, &draft, &schedules);
    let services = escalations::services(&mut roster, &escalations);
    Some(Parts {
        people: draft.people.into_iter().collect::<Option<_>>()?,
        schedules: schedules.read,
        escalations: escalations.read,
        services,
    })
}
