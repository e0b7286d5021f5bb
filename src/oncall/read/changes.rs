//! What is different for a while: overrides, exchanges, shifts planned by hand; and where they contradict each other.

use chrono_tz::Tz;

use super::people::Draft;
use super::terms::{NO_PERSON, entries, maybe_entries, span};
use crate::oncall::schedule::{Change, Override, Planned, Swap};
use crate::source::{Fields, Node, Position, quote};

/// The most entries of each kind.
const MOST: usize = 1_000;
/// The most people of a planned shift.
const MOST_TOGETHER: usize = 50;
/// The place of somebody who is not on the page, which is a problem already: nobody has it, so it contradicts nothing.
const UNKNOWN: usize = usize::MAX;
/// How two times that must not meet are mended.
const APART: &str = "End one where the other begins";

/// Reads `overrides`, by their beginning.
pub(super) fn overrides(fields: &mut Fields<'_>, zone: Tz, draft: &Draft) -> Vec<Override> {
    let mut read: Vec<Override> = Vec::new();
    for node in maybe_entries(fields, "overrides", 0..=MOST) {
        let known = ["from", "to", "person", "add", "remove", "replace", "by"];
        let Some(mut fields) = fields.entry(node, "an override", &known) else { continue };
        let span = span(&mut fields, zone, "the override");
        let change = change(&mut fields, draft);
        let (Some(span), Some(change)) = (span, change) else { continue };
        let mut earlier = read.iter().filter(|other| other.span.meets(&span));
        match earlier.find_map(|other| conflict(change, other.change, draft)) {
            Some((what, why)) => overlap(&mut fields, node.at, what, why),
            None => read.push(Override { span, change }),
        }
    }
    read.sort_by_key(|change| change.span.from);
    read
}

/// Reads what an override changes: one of four things.
fn change(fields: &mut Fields<'_>, draft: &Draft) -> Option<Change> {
    let ways = ["person", "add", "remove", "replace"];
    let written: Vec<(&str, &Node)> = ways.into_iter().filter_map(|way| Some((way, fields.get(way)?))).collect();
    let at = fields.at();
    let [(way, node)] = written.as_slice() else {
        if written.is_empty() {
            fields.need("person");
        } else {
            let words: Vec<&str> = written.iter().map(|(way, _)| *way).collect();
            fields.problem(|source, owner| {
                source
                    .problem(at, format!("{owner} says '{}' at once", words.join("' and '")))
                    .mend("Write one of 'person', 'add', 'remove', and 'replace' with 'by'")
            });
        }
        return None;
    };
    if let (Some(by), true) = (fields.get("by"), *way != "replace") {
        fields.problem(|source, _| {
            source.problem(by.at, format!("'by' says nothing about '{way}'")).mend("Remove it, or write 'replace'")
        });
    }
    let mut known = |node, key| draft.known.find(fields, node, key, &NO_PERSON).unwrap_or(UNKNOWN);
    let person = known(node, way);
    Some(match *way {
        "person" => Change::Instead(person),
        "add" => Change::Add(person),
        "remove" => Change::Remove(person),
        _ => {
            let node = fields.need("by")?;
            let by = draft.known.find(fields, node, "by", &NO_PERSON).unwrap_or(UNKNOWN);
            if by == person && by != UNKNOWN {
                fields.problem(|source, _| {
                    source.problem(node.at, "the override replaces somebody by themselves").mend("Name somebody else")
                });
            }
            Change::Replace { gone: person, by }
        }
    })
}

/// Why two overrides cannot hold at once.
fn conflict(change: Change, other: Change, draft: &Draft) -> Option<(String, &'static str)> {
    let alone = |change| matches!(change, Change::Instead(_));
    let what = "the override overlaps an earlier one";
    if alone(change) && alone(other) {
        return Some((what.to_owned(), "Only one person can be on duty"));
    }
    if alone(change) || alone(other) {
        return Some((what.to_owned(), "One of them says who alone is on duty"));
    }
    let person = change.shares(other)?;
    let id = draft.known.names.get(person)?;
    Some((format!("{what} about '{}'", quote(id)), "Only one of them can hold"))
}

fn overlap(fields: &mut Fields<'_>, at: Position, what: String, why: &str) {
    fields.problem(|source, _| source.problem(at, what).why(why).mend(APART));
}

/// Reads `swaps`, by their beginning.
pub(super) fn swaps(fields: &mut Fields<'_>, zone: Tz, draft: &Draft) -> Vec<Swap> {
    let mut read: Vec<Swap> = Vec::new();
    for node in maybe_entries(fields, "swaps", 0..=MOST) {
        let Some(mut fields) = fields.entry(node, "an exchange", &["from", "to", "between"]) else { continue };
        let span = span(&mut fields, zone, "the exchange");
        let between = fields.need("between").map(|node| people(&mut fields, node, "between", 2..=2, draft));
        let (Some(span), Some(&[one, other])) = (span, between.as_deref()) else { continue };
        let mut earlier = read.iter().filter(|swap| swap.span.meets(&span)).flat_map(|swap| swap.between);
        let both =
            earlier.find(|person| [one, other].contains(person)).and_then(|person| draft.known.names.get(person));
        match both {
            Some(id) => {
                let what = format!("the exchange overlaps an earlier one of '{}'", quote(id));
                overlap(&mut fields, node.at, what, "Nobody can have the turns of two people");
            }
            None => read.push(Swap { span, between: [one, other] }),
        }
    }
    read.sort_by_key(|swap| swap.span.from);
    read
}

/// Reads `shifts`, by their beginning.
pub(super) fn shifts(fields: &mut Fields<'_>, zone: Tz, draft: &Draft) -> Vec<Planned> {
    let mut read: Vec<Planned> = Vec::new();
    for node in maybe_entries(fields, "shifts", 0..=MOST) {
        let Some(mut fields) = fields.entry(node, "a shift", &["from", "to", "people"]) else { continue };
        let span = span(&mut fields, zone, "the shift");
        let people = fields.need("people").map(|node| people(&mut fields, node, "people", 1..=MOST_TOGETHER, draft));
        let (Some(span), Some(people)) = (span, people) else { continue };
        if read.iter().any(|other| other.span.meets(&span)) {
            let what = "the shift overlaps an earlier one".to_owned();
            overlap(&mut fields, node.at, what, "A shift replaces everything else");
        } else {
            read.push(Planned { span, people });
        }
    }
    read.sort_by_key(|shift| shift.span.from);
    read
}

/// Several people, nobody twice.
fn people<'p>(
    fields: &mut Fields<'p>,
    node: &'p Node,
    key: &str,
    bounds: std::ops::RangeInclusive<usize>,
    draft: &Draft,
) -> Vec<usize> {
    let mut people = Vec::new();
    for node in entries(fields, node, key, bounds) {
        let person = draft.known.find(fields, node, key, &NO_PERSON).unwrap_or(UNKNOWN);
        if person != UNKNOWN && people.contains(&person) {
            fields.problem(|source, _| source.problem(node.at, "the person stands here twice").mend("Remove one"));
        }
        people.push(person);
    }
    people
}
