//! The people of the page.

use std::time::Duration;

use chrono::TimeDelta;

use super::contacts::{Numbers, contacts, notify};
use super::terms::{Known, id, name, text};
use crate::language::Language;
use crate::oncall::{Person, PersonId, Pin};
use crate::source::{Fields, Node, quote};

/// How long before their duty people may be told of it.
const SHORTEST_HANDOVER: Duration = Duration::from_mins(1);
const LONGEST_HANDOVER: Duration = Duration::from_hours(7 * 24);
/// The most people of a roster.
const MOST_PEOPLE: usize = 500;

/// The people as far as they can be read, place by place.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) known: Known,
    pub(super) people: Vec<Option<Person>>,
}

pub(super) fn people<'p>(roster: &mut Fields<'p>, node: &'p Node) -> Option<Draft> {
    let list = roster.list_of(node, "people")?;
    if list.is_empty() || list.len() > MOST_PEOPLE {
        roster.problem(|source, _| source.problem(node.at, format!("a roster has 1 to {MOST_PEOPLE} people")));
    }
    let mut draft = Draft::default();
    draft.known.partial = list.len() > MOST_PEOPLE;
    let mut numbers = Numbers::default();
    for node in list.iter().take(MOST_PEOPLE) {
        let known = ["id", "name", "phone", "contacts", "notify", "pin", "language", "supervisor", "handover"];
        let Some(mut fields) = roster.entry(node, "a person", &known) else {
            draft.known.partial = true;
            continue;
        };
        let person = person(&mut fields, &mut draft.known, &mut numbers);
        draft.people.push(person);
    }
    Some(draft)
}

fn person(fields: &mut Fields<'_>, known: &mut Known, numbers: &mut Numbers) -> Option<Person> {
    let id = person_id(fields, known);
    let name = text(fields, "name").and_then(|(text, at)| name(fields, text, at));
    numbers.next(name.as_deref().unwrap_or("somebody else"));
    let contacts = contacts(fields, numbers);
    let notify = notify(fields, &contacts);
    let pin = fields.get("pin").and_then(|node| pin(fields, node));
    let language = match fields.get("language") {
        Some(node) => fields.choice_of(node, "language", &Language::ALL.map(|language| (language.code(), language))),
        None => Some(Language::Es),
    };
    let supervisor = match fields.get("supervisor") {
        Some(node) => fields.flag_of(node, "supervisor"),
        None => Some(false),
    };
    let handover = handover(fields);
    Some(Person {
        id: id?,
        name: name?,
        language: language?,
        supervisor: supervisor?,
        contacts: contacts.read,
        pin,
        notify,
        handover,
    })
}

/// Reads how long before their duty a person is told of it: a length of time, or `off`.
fn handover(fields: &mut Fields<'_>) -> Option<TimeDelta> {
    let node = fields.get("handover")?;
    if node.as_text() == Some("off") {
        return Some(TimeDelta::zero());
    }
    TimeDelta::from_std(fields.duration("handover", SHORTEST_HANDOVER, SHORTEST_HANDOVER..=LONGEST_HANDOVER)).ok()
}

/// Reads the id, and notes it even when it is a faulty one.
fn person_id(fields: &mut Fields<'_>, known: &mut Known) -> Option<PersonId> {
    let Some((text, at)) = text(fields, "id") else {
        known.partial = true;
        // Places in both lists must agree; no id is empty.
        known.names.push(String::new());
        return None;
    };
    let id = id(fields, text, at, PersonId::parse);
    if known.names.iter().any(|taken| taken == text) {
        fields.problem(|source, _| {
            source.problem(at, format!("the id '{}' is taken", quote(text))).mend("Give each person an id of their own")
        });
    }
    known.names.push(text.to_owned());
    id
}

/// Reads a PIN; a wrong one is not repeated in the problem.
fn pin<'p>(fields: &mut Fields<'p>, node: &'p Node) -> Option<Pin> {
    let pin = Pin::parse(fields.text_of(node, "pin")?.trim());
    if pin.is_none() {
        fields.problem(|source, _| {
            source.problem(node.at, "a PIN has 4 to 8 digits").mend("Write it in quotes, as pin: \"4711\"")
        });
    }
    pin
}
