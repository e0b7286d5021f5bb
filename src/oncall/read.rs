//! Reads the parts of a roster's page; what is wrong becomes a problem with its place, and reading goes on.

use chrono_tz::Tz;
use saphyr::MarkedYaml;

use super::page::{Fields, Page, Place, place, quote};
use super::problem::did_you_mean;
use super::wall::{read_instant, read_local};
use super::{Override, Person, PersonId, Rotation};
use crate::language::Language;
use crate::phone::Phone;

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

/// What a roster is made of.
pub(super) type Parts = (Vec<Person>, Rotation, Vec<Override>);

/// Reads the parts, and notes every problem on `page`; a part with one may be missing or not to be used.
pub(super) fn read(page: &mut Page<'_>, root: &MarkedYaml<'_>) -> Option<Parts> {
    let fields = page.fields(root, "the roster", &["people", "rotation", "overrides"])?;
    let draft = page.required(&fields, "people", "").and_then(|node| people(page, node)).unwrap_or_default();
    let rotation = page
        .required(&fields, "rotation", "")
        .and_then(|node| page.fields(node, "the rotation", &["order", "starts", "length", "zone"]));
    let zone = rotation.as_ref().map_or(Some(Tz::America__Santo_Domingo), |fields| zone(page, fields));
    let rotation = rotation.and_then(|fields| rotation_of(page, &fields, zone, &draft));
    // Times are read in some zone even when the zone is the problem, so that theirs are told too.
    let zone = zone.unwrap_or(Tz::America__Santo_Domingo);
    let overrides = fields.get("overrides").map_or(Some(Vec::new()), |node| overrides(page, node, zone, &draft));
    let people = draft.people.into_iter().collect::<Option<Vec<Person>>>();
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

fn people(page: &mut Page<'_>, node: &MarkedYaml<'_>) -> Option<Draft> {
    let list = page.list(node, "'people'")?;
    if list.is_empty() || list.len() > MOST_PEOPLE {
        page.report(place(node), format!("a roster has 1 to {MOST_PEOPLE} people"), |problem| problem);
    }
    let mut draft = Draft { whole: list.len() <= MOST_PEOPLE, ..Draft::default() };
    let mut numbers: Vec<(Phone, String)> = Vec::new();
    for node in list.iter().take(MOST_PEOPLE) {
        let Some(fields) = page.fields(node, "a person", &["id", "name", "phone", "language", "supervisor"]) else {
            draft.whole = false;
            continue;
        };
        let id = id(page, &fields, &mut draft);
        let name = name(page, &fields);
        let phone = phone(page, &fields, name.as_deref().unwrap_or("somebody else"), &mut numbers);
        let language = language(page, &fields);
        let supervisor = supervisor(page, &fields);
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

/// Reads the id, and puts it into `draft` even when it is a faulty one.
fn id(page: &mut Page<'_>, fields: &Fields<'_, '_>, draft: &mut Draft) -> Option<PersonId> {
    let text = page.required(fields, "id", "ana").and_then(|node| Some((page.text(node, "'id'")?, place(node))));
    let Some((text, at)) = text else {
        draft.whole = false;
        // Places in both lists must agree; no id is empty.
        draft.ids.push(String::new());
        return None;
    };
    let id = PersonId::parse(&text);
    if let Err(error) = id {
        page.report(at, format!("'{}' is no id", quote(&text)), |problem| {
            problem.mend(format!("Shorten or respell it: {error}"))
        });
    }
    if draft.ids.contains(&text) {
        page.report(at, format!("the id '{}' is taken", quote(&text)), |problem| {
            problem.mend("Give each person an id of their own")
        });
    }
    draft.ids.push(text);
    id.ok()
}

fn name(page: &mut Page<'_>, fields: &Fields<'_, '_>) -> Option<String> {
    let node = page.required(fields, "name", "Ana Rodríguez")?;
    let name = page.text(node, "'name'")?;
    let fits = name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control);
    if !fits {
        page.report(place(node), format!("a name has at most {LONGEST_NAME} letters, on one line"), |problem| problem);
    }
    fits.then_some(name)
}

/// Reads the number; `numbers` holds those read before, each with its person's name.
fn phone(
    page: &mut Page<'_>,
    fields: &Fields<'_, '_>,
    name: &str,
    numbers: &mut Vec<(Phone, String)>,
) -> Option<Phone> {
    let node = page.required(fields, "phone", "\"+18095550101\"")?;
    match Phone::parse(&page.text(node, "'phone'")?) {
        Ok(phone) => {
            if let Some((_, other)) = numbers.iter().find(|(other, _)| *other == phone) {
                page.report(place(node), format!("this number is {}'s already", quote(other)), |problem| {
                    problem.why("The number tells who answers").mend("Give each person a number of their own")
                });
            }
            numbers.push((phone.clone(), name.to_owned()));
            Some(phone)
        }
        Err(error) => {
            page.report(place(node), error.to_string(), |problem| problem);
            None
        }
    }
}

fn language(page: &mut Page<'_>, fields: &Fields<'_, '_>) -> Option<Language> {
    let Some(node) = fields.get("language") else { return Some(Language::Es) };
    let language = Language::from_code(&page.text(node, "'language'")?);
    if language.is_none() {
        page.report(place(node), "no such language", |problem| problem.mend("Write es or en"));
    }
    language
}

fn supervisor(page: &mut Page<'_>, fields: &Fields<'_, '_>) -> Option<bool> {
    let Some(node) = fields.get("supervisor") else { return Some(false) };
    let supervisor = page.text(node, "'supervisor'")?.parse().ok();
    if supervisor.is_none() {
        page.report(place(node), "'supervisor' is neither true nor false", |problem| {
            problem.mend("Write true or false")
        });
    }
    supervisor
}

/// The place in the list of the person a node names.
fn known(page: &mut Page<'_>, node: &MarkedYaml<'_>, draft: &Draft) -> Option<usize> {
    let id = page.text(node, "a person's id")?;
    let found = draft.ids.iter().position(|known| *known == id);
    if found.is_none() && draft.whole {
        let hint = did_you_mean(&id, draft.ids.iter().map(String::as_str))
            .unwrap_or_else(|| "Add them under 'people', or name somebody who is there".to_owned());
        page.report(place(node), format!("nobody has the id '{}'", quote(&id)), |problem| problem.mend(hint));
    }
    found
}

fn zone(page: &mut Page<'_>, fields: &Fields<'_, '_>) -> Option<Tz> {
    let Some(node) = fields.get("zone") else { return Some(Tz::America__Santo_Domingo) };
    let name = page.text(node, "'zone'")?;
    let zone = name.parse().ok();
    if zone.is_none() {
        let hint = did_you_mean(&name, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()))
            .unwrap_or_else(|| "Write it as America/Santo_Domingo".to_owned());
        page.report(place(node), format!("'{}' is no IANA time zone", quote(&name)), |problem| problem.mend(hint));
    }
    zone
}

fn rotation_of(page: &mut Page<'_>, fields: &Fields<'_, '_>, zone: Option<Tz>, draft: &Draft) -> Option<Rotation> {
    let order = page.required(fields, "order", "[ana, luis]").and_then(|node| {
        let list = page.list(node, "'order'")?;
        if list.is_empty() || list.len() > MOST_TURNS {
            page.report(place(node), format!("the rotation must name 1 to {MOST_TURNS} people"), |problem| {
                problem.why("Without one nobody is ever on duty").mend("Write the ids, as 'order: [ana, luis]'")
            });
            return None;
        }
        let order: Vec<Option<usize>> = list.iter().map(|node| known(page, node, draft)).collect();
        order.into_iter().collect::<Option<Vec<usize>>>()
    });
    let starts = page.required(fields, "starts", "2026-01-05T08:00").and_then(|node| {
        let text = page.text(node, "'starts'")?;
        let starts = read_local(&text, zone.unwrap_or(Tz::America__Santo_Domingo));
        date_or_report(page, place(node), "starts", starts.as_ref());
        starts
    });
    let days = page.required(fields, "length", "7d").and_then(|node| {
        let days = length(&page.text(node, "'length'")?);
        if days.is_none() {
            page.report(place(node), format!("a turn lasts 1 to {LONGEST_TURN} days"), |problem| {
                problem.mend("Write days or weeks, as 7d or 1w")
            });
        }
        days
    });
    Some(Rotation { order: order?, starts: starts?, zone: zone?, days: days? })
}

fn date_or_report<T>(page: &mut Page<'_>, at: Place, key: &str, read: Option<&T>) {
    if read.is_none() {
        page.report(at, format!("'{key}' is no date and time"), |problem| {
            problem.mend("Write it as 2026-01-05T08:00, or with an offset as 2026-01-05T08:00:00-04:00")
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

fn overrides(page: &mut Page<'_>, node: &MarkedYaml<'_>, zone: Tz, draft: &Draft) -> Option<Vec<Override>> {
    let list = page.list(node, "'overrides'")?;
    if list.len() > MOST_OVERRIDES {
        page.report(place(node), format!("at most {MOST_OVERRIDES} overrides"), |problem| {
            problem.mend("Remove the past ones")
        });
    }
    let mut overrides: Vec<Override> = Vec::new();
    for node in list.iter().take(MOST_OVERRIDES) {
        let Some(fields) = page.fields(node, "an override", &["from", "to", "person"]) else { continue };
        let mut time = |key: &str| {
            let node = page.required(&fields, key, "2026-04-03T08:00")?;
            let read = read_instant(&page.text(node, "a date and time")?, zone);
            date_or_report(page, place(node), key, read.as_ref());
            read
        };
        let (from, to) = (time("from"), time("to"));
        let person = page.required(&fields, "person", "ana").and_then(|node| known(page, node, draft));
        let (Some(from), Some(to)) = (from, to) else { continue };
        if to <= from {
            page.report(place(node), "the override ends before it begins", |problem| {
                problem.mend("Swap 'from' and 'to'")
            });
        } else if overrides.iter().any(|other| other.from < to && from < other.to) {
            page.report(place(node), "the override overlaps an earlier one", |problem| {
                problem.why("Only one person can be on duty").mend("End one where the other begins")
            });
        } else {
            // An unknown person is a problem already; the entry stays for the check of overlaps.
            overrides.push(Override { from, to, person: person.unwrap_or(0) });
        }
    }
    overrides.sort_by_key(|change| change.from);
    Some(overrides)
}
