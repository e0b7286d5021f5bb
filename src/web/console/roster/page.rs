//! The roster as it is read.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{TimeDelta, Timelike};
use serde::Deserialize;

use super::agree::Wish;
use super::{Known, known};
use crate::access::Permission;
use crate::clock::Instant;
use crate::oncall::{Address, Amendment, Contact, Person, PersonId, Roster, Schedule};
use crate::ops::standing;
use crate::web::Door;
use crate::web::console::answer;
use crate::web::console::guard::Visitor;
use crate::web::console::page::Page;
use crate::web::console::time::{Moment, Times};
use crate::web::console::words::{Duties, agreement, channel_name};

/// Weeks of the calendar.
const WEEKS: i64 = 4;

#[derive(Template)]
#[template(path = "roster.html")]
struct RosterPage {
    page: Page,
    w: &'static Duties,
    schedules: Vec<Timetable>,
    people: Vec<Member>,
    version: i64,
    may_change: bool,
    kinds: Vec<(&'static str, &'static str)>,
    choices: Vec<(String, String)>,
    wish: Wish,
    wrong: Option<&'static str>,
}

struct Timetable {
    id: String,
    now: Vec<String>,
    until: Option<Moment>,
    why: Vec<String>,
    next: Vec<String>,
    shifts: Vec<Turn>,
    gaps: Vec<(Moment, Moment)>,
    agreed: Vec<Agreed>,
}

struct Turn {
    who: String,
    from: Moment,
    to: Moment,
    why: String,
    is_now: bool,
}

struct Agreed {
    words: String,
    from: Moment,
    to: Moment,
    /// What takes it out again.
    wish: Wish,
    is_over: bool,
}

struct Member {
    id: String,
    name: String,
    is_supervisor: bool,
    contacts: Vec<Method>,
}

struct Method {
    channel: &'static str,
    shown: String,
    verified: Option<Moment>,
}

/// What was done just before.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// The roster.
pub async fn show(State(door): State<Door>, visitor: Visitor, Query(asked): Query<Done>) -> Response {
    let w = Duties::of(visitor.language());
    let done = match asked.done.as_str() {
        "agreed" => Some(w.done_agreed),
        "withdrawn" => Some(w.done_withdrawn),
        _ => None,
    };
    match known(&door).await {
        Ok(known) => shown(&door, &visitor, known.as_ref(), done, None),
        Err(response) => response,
    }
}

/// The page that was imported, or written since: for whoever keeps it beside the program.
pub async fn file(State(door): State<Door>, visitor: Visitor) -> Response {
    match known(&door).await {
        Ok(Some(known)) => {
            let headers = [
                (header::CONTENT_TYPE, "application/yaml; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"roster.yaml\""),
                (header::CACHE_CONTROL, "no-store"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, known.roster.text().to_owned()).into_response()
        }
        Ok(None) => answer::missing(&door, &visitor),
        Err(response) => response,
    }
}

/// The page, saying what was done or why it was not.
pub(super) fn shown(
    door: &Door,
    visitor: &Visitor,
    known: Option<&Known>,
    done: Option<&'static str>,
    refused: Option<(&'static str, Wish)>,
) -> Response {
    let l = visitor.language();
    let (w, times) = (Duties::of(l), Times::of(door, visitor));
    let (wrong, wish) = refused.map_or((None, Wish::default()), |(wrong, wish)| (Some(wrong), wish));
    let roster = known.map(|known| known.roster.as_ref());
    let page = RosterPage {
        page: Page::new(door, visitor, w.title).at("/roster").saying(done),
        schedules: roster.into_iter().flat_map(|roster| timetables(roster, &times)).collect(),
        people: known.into_iter().flat_map(|known| members(door, &times, known)).collect(),
        version: known.map_or(0, |known| known.version),
        may_change: visitor.may(Permission::RosterChange) && roster.is_some(),
        kinds: w.kinds().to_vec(),
        choices: roster
            .into_iter()
            .flat_map(Roster::people)
            .map(|one| (one.id.to_string(), one.name.clone()))
            .collect(),
        w,
        wish,
        wrong,
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    answer::show_as(status, &page)
}

fn timetables(roster: &Roster, times: &Times) -> Vec<Timetable> {
    roster.schedules().iter().map(|schedule| timetable(roster, schedule, times)).collect()
}

fn timetable(roster: &Roster, schedule: &Schedule, times: &Times) -> Timetable {
    let (id, l) = (&schedule.id, times.l);
    let from = times.now.with_second(0).and_then(|now| now.with_nanosecond(0)).unwrap_or(times.now);
    let to = from + TimeDelta::weeks(WEEKS);
    let duty = roster.on_duty(id, times.now);
    let names = |people: &[&Person]| people.iter().map(|person| person.name.clone()).collect::<Vec<_>>();
    let on_duty = duty.people.len();
    Timetable {
        id: id.to_string(),
        now: names(&duty.people),
        until: duty.until.map(|until| times.moment(until)),
        why: duty.why.iter().map(|why| why.text(l)).collect(),
        next: names(duty.order.get(on_duty..).unwrap_or_default()),
        shifts: roster
            .shifts(id, from, to)
            .into_iter()
            .map(|shift| Turn {
                who: shift.person.name.clone(),
                from: times.moment(shift.from),
                to: times.moment(shift.to),
                why: shift.why.text(l),
                is_now: shift.from <= times.now && times.now < shift.to,
            })
            .collect(),
        gaps: roster.gaps(id, from, to).iter().map(|gap| (times.moment(gap.from), times.moment(gap.to))).collect(),
        agreed: roster
            .amendments(id)
            .into_iter()
            .map(|(span, amendment)| Agreed {
                words: agreement(l, &amendment, |id| name_of(roster, id)),
                from: times.moment(span.from),
                to: times.moment(span.to),
                is_over: span.to <= times.now,
                wish: wish(id.as_str(), (span.from, span.to), &amendment),
            })
            .collect(),
    }
}

fn name_of(roster: &Roster, id: &PersonId) -> String {
    roster.person(id).map_or_else(|| id.to_string(), |person| person.name.clone())
}

/// What a form says to take an agreement out again: instants as they are, for nobody changes them.
fn wish(schedule: &str, (from, to): (Instant, Instant), amendment: &Amendment) -> Wish {
    let (kind, person, other) = match amendment {
        Amendment::Instead(person) => ("instead", person, None),
        Amendment::Add(person) => ("add", person, None),
        Amendment::Remove(person) => ("remove", person, None),
        Amendment::Replace { gone, by } => ("replace", gone, Some(by)),
        Amendment::Swap([one, other]) => ("swap", one, Some(other)),
    };
    Wish {
        schedule: schedule.to_owned(),
        kind: kind.to_owned(),
        person: person.to_string(),
        other: other.map(ToString::to_string).unwrap_or_default(),
        from: from.to_rfc3339(),
        to: to.to_rfc3339(),
        ..Wish::default()
    }
}

fn members(door: &Door, times: &Times, known: &Known) -> Vec<Member> {
    let method = |person: &Person, contact: &Contact| Method {
        channel: channel_name(times.l, contact.channel()),
        shown: masked(&contact.address),
        verified: standing(&door.hotline, &known.verifications, person, contact)
            .and_then(|known| known.verified)
            .map(|(at, _)| times.moment(at)),
    };
    known
        .roster
        .people()
        .iter()
        .map(|person| Member {
            id: person.id.to_string(),
            name: person.name.clone(),
            is_supervisor: person.supervisor,
            contacts: person.contacts.iter().map(|contact| method(person, contact)).collect(),
        })
        .collect()
}

/// An address as colleagues may see it: the end of a number, the house of a mail, the host of a hook.
fn masked(address: &Address) -> String {
    match address {
        Address::Sms(phone) | Address::Voice(phone) => phone.masked(),
        Address::Email(email) => {
            let host = email.as_str().rsplit_once('@').map_or("", |(_, host)| host);
            format!("…@{host}")
        }
        Address::Webhook(webhook) => {
            let url = webhook.url.as_str();
            let host = url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', '?', '#']).next();
            format!("{}/…", host.unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::console::words::Duties;

    #[test]
    fn addresses_are_shown_in_part() {
        let roster = Roster::parse(include_str!("../../../../roster.full.example.yaml"), "roster").unwrap();
        let shown: Vec<String> = roster
            .people()
            .iter()
            .flat_map(|person| &person.contacts)
            .map(|contact| masked(&contact.address))
            .collect();
        assert!(shown.contains(&"…0101".to_owned()) && shown.contains(&"…@example.org".to_owned()), "{shown:?}");
        assert!(shown.contains(&"chat.example.org/…".to_owned()), "{shown:?}");
        assert_eq!(Duties::of(crate::language::Language::Es).kinds().len(), 5);
    }
}
