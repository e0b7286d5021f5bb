//! Reads the parts of a roster's page; what is wrong becomes a problem with its place, and reading goes on.

use chrono_tz::Tz;

use super::wall::{read_instant, read_local};
use super::{Override, Person, PersonId, Rotation};
use crate::language::Language;
use crate::phone::Phone;
use crate::source::{Fields, Node, Position, Problem, Source, quote};

/// The most people of a roster.
const MOST_PEOPLE: usize = 500;
/// The most places in the rotation's order.
const MOST_TURNS: usize = 500;
/// The most overrides.
const MOST_OVERRIDES: usize = 1_000;
/// The longest name, in characters.
const LONGEST_NAME: usize = 60;
/// The longest turn, in days.
const LONGEST_TURN: u32 = 366;
/// The zone of a rotation that names none.
const ZONE: Tz = Tz::America__Santo_Domingo;

/// What a roster is made of.
pub(super) type Parts = (Vec<Person>, Rotation, Vec<Override>);

/// Reads the parts, and notes every problem; a part with one may be missing or not to be used.
pub(super) fn read(source: &Source, problems: &mut Vec<Problem>, root: &Node) -> Option<Parts> {
    let mut roster = Fields::new(source, problems, "the roster", root, &["people", "rotation", "overrides"])?;
    let draft = roster.need("people").and_then(|node| people(&mut roster, node)).unwrap_or_default();
    let (zone, rotation) = match roster.map("rotation", &["order", "starts", "length", "zone"]) {
        Some(mut fields) => {
            let zone = zone(&mut fields);
            // Times are read in some zone even when the zone is the problem, so that theirs are told too.
            let rotation = rotation(&mut fields, zone.unwrap_or(ZONE), &draft);
            (zone, rotation)
        }
        None => (None, None),
    };
    let overrides = match roster.get("overrides") {
        Some(node) => overrides(&mut roster, node, zone.unwrap_or(ZONE), &draft),
        None => Some(Vec::new()),
    };
    let people = draft.people.into_iter().collect::<Option<Vec<Person>>>();
    zone?;
    Some((people?, rotation?, overrides?))
}

/// The people as far as they can be read, place by place: a faulty one is still known by the id, so that one mistake is
/// not told again wherever the person is named.
#[derive(Default)]
struct Draft {
    ids: Vec<String>,
    people: Vec<Option<Person>>,
    /// Whether every id could be read: only then is another one unknown.
    whole: bool,
}

fn people<'p>(roster: &mut Fields<'p>, node: &'p Node) -> Option<Draft> {
    let list = roster.list_of(node, "people")?;
    if list.is_empty() || list.len() > MOST_PEOPLE {
        roster.problem(|source, _| source.problem(node.at, format!("a roster has 1 to {MOST_PEOPLE} people")));
    }
    let mut draft = Draft { whole: list.len() <= MOST_PEOPLE, ..Draft::default() };
    let mut numbers: Vec<(Phone, String)> = Vec::new();
    for node in list.iter().take(MOST_PEOPLE) {
        let known = ["id", "name", "phone", "language", "supervisor"];
        let Some(mut fields) = roster.entry(node, "a person", &known) else {
            draft.whole = false;
            continue;
        };
        let id = id(&mut fields, &mut draft);
        let name = name(&mut fields);
        let phone = phone(&mut fields, name.as_deref().unwrap_or("somebody else"), &mut numbers);
        let language = match fields.get("language") {
            Some(node) => {
                fields.choice_of(node, "language", &Language::ALL.map(|language| (language.code(), language)))
            }
            None => Some(Language::Es),
        };
        let supervisor = match fields.get("supervisor") {
            Some(node) => fields.flag_of(node, "supervisor"),
            None => Some(false),
        };
        let person = match (id, name, phone, language, supervisor) {
            (Some(id), Some(name), Some(phone), Some(language), Some(supervisor)) => {
                Some(Person { id, name, phone, language, supervisor })
            }
            _ => None,
        };
        draft.people.push(person);
    }
    Some(draft)
}

/// A text below a key that must be there, and where it stands.
fn text<'p>(fields: &mut Fields<'p>, key: &str) -> Option<(&'p str, Position)> {
    let node = fields.need(key)?;
    Some((fields.text_of(node, key)?.trim(), node.at))
}

/// Reads the id, and puts it into `draft` even when it is a faulty one.
fn id(fields: &mut Fields<'_>, draft: &mut Draft) -> Option<PersonId> {
    let Some((text, at)) = text(fields, "id") else {
        draft.whole = false;
        // Places in both lists must agree; no id is empty.
        draft.ids.push(String::new());
        return None;
    };
    let id = PersonId::parse(text);
    if let Err(error) = id {
        fields.problem(|source, _| {
            source.problem(at, format!("'{}' is no id", quote(text))).mend(format!("Shorten or respell it: {error}"))
        });
    }
    if draft.ids.iter().any(|taken| taken == text) {
        fields.problem(|source, _| {
            source.problem(at, format!("the id '{}' is taken", quote(text))).mend("Give each person an id of their own")
        });
    }
    draft.ids.push(text.to_owned());
    id.ok()
}

fn name(fields: &mut Fields<'_>) -> Option<String> {
    let (name, at) = text(fields, "name")?;
    let fits = name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control);
    if !fits {
        fields
            .problem(|source, _| source.problem(at, format!("a name has at most {LONGEST_NAME} letters, on one line")));
    }
    fits.then(|| name.to_owned())
}

/// Reads the number; `numbers` holds those read before, each with its person's name.
fn phone(fields: &mut Fields<'_>, name: &str, numbers: &mut Vec<(Phone, String)>) -> Option<Phone> {
    let (text, at) = text(fields, "phone")?;
    match Phone::parse(text) {
        Ok(phone) => {
            if let Some((_, other)) = numbers.iter().find(|(other, _)| *other == phone) {
                fields.problem(|source, _| {
                    source
                        .problem(at, format!("this number is {}'s already", quote(other)))
                        .why("The number tells who answers")
                        .mend("Give each person a number of their own")
                });
            }
            numbers.push((phone.clone(), name.to_owned()));
            Some(phone)
        }
        Err(error) => {
            fields.problem(|source, _| source.problem(at, error.to_string()));
            None
        }
    }
}

/// The place in the list of the person a node names.
fn known<'p>(fields: &mut Fields<'p>, node: &'p Node, key: &str, draft: &Draft) -> Option<usize> {
    let id = fields.text_of(node, key)?.trim();
    let found = draft.ids.iter().position(|known| known == id);
    if found.is_none() && draft.whole {
        fields.problem(|source, _| {
            source.problem(node.at, format!("nobody has the id '{}'", quote(id))).did_you_mean(
                id,
                draft.ids.iter().map(String::as_str),
                "Add them under 'people', or name somebody who is there",
            )
        });
    }
    found
}

fn zone(rotation: &mut Fields<'_>) -> Option<Tz> {
    let Some(node) = rotation.get("zone") else { return Some(ZONE) };
    let name = rotation.text_of(node, "zone")?.trim();
    let zone = name.parse().ok();
    if zone.is_none() {
        rotation.problem(|source, _| {
            source.problem(node.at, format!("'{}' is no IANA time zone", quote(name))).did_you_mean(
                name,
                chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()),
                "Write it as America/Santo_Domingo",
            )
        });
    }
    zone
}

fn rotation(fields: &mut Fields<'_>, zone: Tz, draft: &Draft) -> Option<Rotation> {
    let order = fields.need("order").and_then(|node| order(fields, node, draft));
    let starts = text(fields, "starts").and_then(|(text, at)| {
        let starts = read_local(text, zone);
        date_or_problem(fields, at, "starts", starts.as_ref());
        starts
    });
    let days = text(fields, "length").and_then(|(text, at)| {
        let days = length(text);
        if days.is_none() {
            fields.problem(|source, _| {
                source
                    .problem(at, format!("a turn lasts 1 to {LONGEST_TURN} days"))
                    .mend("Write days or weeks, as 7d or 1w")
            });
        }
        days
    });
    Some(Rotation { order: order?, starts: starts?, zone, days: days? })
}

fn order<'p>(rotation: &mut Fields<'p>, node: &'p Node, draft: &Draft) -> Option<Vec<usize>> {
    let list = rotation.list_of(node, "order")?;
    if list.is_empty() || list.len() > MOST_TURNS {
        rotation.problem(|source, _| {
            source
                .problem(node.at, format!("the rotation must name 1 to {MOST_TURNS} people"))
                .why("Without one nobody is ever on duty")
                .mend("Write the ids, as 'order: [ana, luis]'")
        });
        return None;
    }
    // Every one is looked up before the first unknown one ends it, so that all are told.
    let order: Vec<Option<usize>> = list.iter().map(|node| known(rotation, node, "order", draft)).collect();
    order.into_iter().collect()
}

fn date_or_problem<T>(fields: &mut Fields<'_>, at: Position, key: &str, read: Option<&T>) {
    if read.is_none() {
        fields.problem(|source, _| {
            source
                .problem(at, format!("'{key}' is no date and time"))
                .mend("Write it as 2026-01-05T08:00, or with an offset as 2026-01-05T08:00:00-04:00")
        });
    }
}

/// `7d` or `1w`, in days.
fn length(text: &str) -> Option<u32> {
    let (number, unit) = match (text.strip_suffix('d'), text.strip_suffix('w')) {
        (Some(number), _) => (number, 1),
        (_, Some(number)) => (number, 7),
        _ => return None,
    };
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    number.parse::<u32>().ok()?.checked_mul(unit).filter(|days| (1..=LONGEST_TURN).contains(days))
}

fn overrides<'p>(roster: &mut Fields<'p>, node: &'p Node, zone: Tz, draft: &Draft) -> Option<Vec<Override>> {
    let list = roster.list_of(node, "overrides")?;
    if list.len() > MOST_OVERRIDES {
        roster.problem(|source, _| {
            source.problem(node.at, format!("at most {MOST_OVERRIDES} overrides")).mend("Remove the past ones")
        });
    }
    let mut overrides: Vec<Override> = Vec::new();
    for node in list.iter().take(MOST_OVERRIDES) {
        let Some(mut fields) = roster.entry(node, "an override", &["from", "to", "person"]) else { continue };
        let mut time = |key: &str| {
            let (text, at) = text(&mut fields, key)?;
            let read = read_instant(text, zone);
            date_or_problem(&mut fields, at, key, read.as_ref());
            read
        };
        let (from, to) = (time("from"), time("to"));
        let person = fields.need("person").and_then(|node| known(&mut fields, node, "person", draft));
        let (Some(from), Some(to)) = (from, to) else { continue };
        if to <= from {
            fields.problem(|source, _| {
                source.problem(node.at, "the override ends before it begins").mend("Swap 'from' and 'to'")
            });
        } else if overrides.iter().any(|other| other.from < to && from < other.to) {
            fields.problem(|source, _| {
                source
                    .problem(node.at, "the override overlaps an earlier one")
                    .why("Only one person can be on duty")
                    .mend("End one where the other begins")
            });
        } else {
            // An unknown person is a problem already; the entry stays for the check of overlaps.
            overrides.push(Override { from, to, person: person.unwrap_or(0) });
        }
    }
    overrides.sort_by_key(|change| change.from);
    Some(overrides)
}
