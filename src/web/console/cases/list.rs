//! The list of cases.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::clock::Clock;
use crate::access::{Permission, Reach};
use crate::clock::Instant;
use crate::id::IncidentId;
use crate::incident::{Incident, State as CaseState};
use crate::ops::{CaseCursor, case_list};
use crate::sla::Severity;
use crate::store::{CaseFilter, CasePlace};
use crate::web::Door;
use crate::web::console::guard::{Visitor, one_value};
use crate::web::console::page::Page;
use crate::web::console::time::{Moment, Times};
use crate::web::console::words::{CaseList, Terms, severity, state};
use crate::web::console::{CONSOLE, answer};

/// Cases on one page.
const PAGE: u32 = 50;

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    state: String,
    severity: String,
    institution: String,
    service: String,
    after: String,
}

struct Choice {
    value: String,
    label: String,
    is_chosen: bool,
}

struct Row {
    number: String,
    href: String,
    clock: Clock,
    state: &'static str,
    severity: &'static str,
    institution: String,
    service: String,
    due: Moment,
    holder: String,
}

#[derive(Template)]
#[template(path = "cases.html")]
struct ListPage {
    page: Page,
    w: &'static CaseList,
    states: Vec<Choice>,
    severities: Vec<Choice>,
    institutions: Vec<Choice>,
    services: Vec<Choice>,
    rows: Vec<Row>,
    empty: &'static str,
    is_filtered: bool,
    next: Option<String>,
    is_first: bool,
    here: String,
}

/// The list.
pub async fn list(State(door): State<Door>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let own = visitor.reach(Permission::Cases) != Some(Reach::All);
    // Whoever is nobody of the roster has no case of their own: no person has an empty id, and no case is theirs.
    let person = own.then(|| visitor.account.person.clone().unwrap_or_else(|| "-".to_owned()));
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let filter = CaseFilter {
        state: CaseState::from_word(&asked.state),
        severity: Severity::from_word(&asked.severity),
        institution: some(&asked.institution),
        service: some(&asked.service),
        person,
    };
    let after = read_cursor(&asked.after);
    let listing = match case_list(&door.hotline, &filter, after, PAGE).await {
        Ok(listing) => listing,
        Err(error) => return answer::trouble(&error),
    };
    let (l, w) = (visitor.language(), CaseList::of(visitor.language()));
    let directory = &door.hotline.policy.directory;
    let terms = Terms { times: Times::of(&door, &visitor), roster: listing.roster.as_deref(), directory };
    let choice = |value: &str, label: String, chosen: &str| Choice {
        value: value.to_owned(),
        label,
        is_chosen: value == chosen,
    };
    let here = address(&asked);
    let is_filtered =
        [&asked.state, &asked.severity, &asked.institution, &asked.service].iter().any(|text| !text.is_empty());
    answer::show(&ListPage {
        page: Page::new(&door, &visitor, w.title).at("/cases"),
        w,
        states: CaseState::ALL.iter().map(|of| choice(of.as_str(), state(l, *of).to_owned(), &asked.state)).collect(),
        severities: Severity::ALL
            .iter()
            .map(|of| choice(of.as_str(), severity(l, *of).to_owned(), &asked.severity))
            .collect(),
        institutions: directory
            .institutions()
            .map(|of| choice(&of.code, of.name.clone(), &asked.institution))
            .collect(),
        services: directory.services().iter().map(|of| choice(&of.id, terms.service(&of.id), &asked.service)).collect(),
        rows: listing.cases.iter().map(|case| row(&door, &terms, w, case)).collect(),
        empty: if own && !is_filtered { w.empty_own } else { w.empty },
        is_filtered,
        next: listing.next.map(|cursor| format!("{here}{}after={}", joint(&here), write_cursor(cursor))),
        is_first: after.is_none(),
        here,
    })
}

fn row(door: &Door, terms: &Terms<'_>, w: &CaseList, case: &Incident) -> Row {
    let l = terms.times.l;
    Row {
        number: case.number.to_string(),
        href: format!("{CONSOLE}/cases/{}", case.number),
        clock: Clock::of(&door.hotline.policy.calendar, terms.times, case),
        state: state(l, case.state),
        severity: severity(l, case.severity),
        institution: case.institution_name.clone().unwrap_or_else(|| w.unknown.to_owned()),
        service: case.service.as_deref().map_or_else(|| w.unknown.to_owned(), |service| terms.service(service)),
        due: terms.times.moment(case.due_at),
        holder: case.acknowledged_by.as_deref().map_or_else(|| w.nobody.to_owned(), |holder| terms.name(holder)),
    }
}

/// The list with these filters.
fn address(asked: &Asked) -> String {
    let pairs = [
        ("state", &asked.state),
        ("severity", &asked.severity),
        ("institution", &asked.institution),
        ("service", &asked.service),
    ];
    let pairs: Vec<String> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", one_value(value)))
        .collect();
    if pairs.is_empty() { format!("{CONSOLE}/cases") } else { format!("{CONSOLE}/cases?{}", pairs.join("&")) }
}

fn joint(address: &str) -> char {
    if address.contains('?') { '&' } else { '?' }
}

fn write_cursor(cursor: CaseCursor) -> String {
    let (word, place) = match cursor {
        CaseCursor::Open(place) => (if place.answered { "answered" } else { "open" }, place),
        CaseCursor::Ended(place) => ("ended", place),
    };
    format!("{word}-{}-{}", place.due_at.timestamp_micros(), place.id)
}

fn read_cursor(text: &str) -> Option<CaseCursor> {
    let mut parts = text.splitn(3, '-');
    let (word, micros, id) = (parts.next()?, parts.next()?, parts.next()?);
    let due_at = Instant::from_timestamp_micros(micros.parse().ok()?)?;
    let id = IncidentId(id.parse().ok()?);
    match word {
        "open" | "answered" => Some(CaseCursor::Open(CasePlace { answered: word == "answered", due_at, id })),
        "ended" => Some(CaseCursor::Ended(CasePlace { answered: false, due_at, id })),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_list_is_written_and_read() {
        let place = |answered| CasePlace {
            answered,
            due_at: "2026-03-08T06:00:00.000001Z".parse().unwrap(),
            id: IncidentId("c0ffee00000040008000000000000001".parse().unwrap()),
        };
        for cursor in [CaseCursor::Open(place(false)), CaseCursor::Open(place(true)), CaseCursor::Ended(place(false))] {
            assert_eq!(read_cursor(&write_cursor(cursor)), Some(cursor));
        }
        for text in ["", "open", "open-1", "open-x-1", "closed-1-c0ffee00000040008000000000000001", "open-1-x"] {
            assert_eq!(read_cursor(text), None, "{text}");
        }
    }
}
