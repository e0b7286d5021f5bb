//! The log: what is asked for is the address, so that it can be sent to a colleague and gone back to.

use askama::Template;
use axum::Form;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::access::{Permission, Reach};
use crate::call::{CallFilter, CallPage, Direction, LoggedCall, SavedView};
use crate::flow::Outcome;
use crate::phone::Phone;
use crate::sla::Severity;
use crate::store::{StoreError, Tx};
use crate::web::Door;
use crate::web::console::guard::Visitor;
use crate::web::console::page::Page;
use crate::web::console::time::{Moment, Times};
use crate::web::console::words::{CallLog, disposition_name, outcome_name, severity};
use crate::web::console::{CONSOLE, answer};

/// Calls of a page.
const A_PAGE: u32 = 50;
/// Calls are counted up to so many.
const COUNTED: u32 = 10_000;

#[derive(Template)]
#[template(path = "calls.html")]
struct CallsPage {
    page: Page,
    w: &'static CallLog,
    rows: Vec<Row>,
    asked: Asked,
    choices: Choices,
    count: String,
    query: String,
    newer: Option<String>,
    older: Option<String>,
    views: Vec<View>,
    wrong: Option<String>,
}

struct Row {
    href: String,
    received: Moment,
    way: &'static str,
    from: String,
    institution: String,
    service: String,
    severity: &'static str,
    outcome: (&'static str, &'static str),
    node: String,
    length: String,
    waited: String,
    talked_with: String,
    case: Option<String>,
    promise: Option<(&'static str, &'static str)>,
    recordings: u32,
    disposition: &'static str,
}

struct View {
    id: String,
    name: String,
    href: String,
}

/// What the form shows again.
#[derive(Default)]
struct Asked {
    from: String,
    to: String,
    text: String,
    institution: String,
    service: String,
    outcome: String,
    severity: String,
    direction: String,
    case: String,
    recording: String,
    decided: String,
    node: String,
    is_caller: bool,
}

struct Choices {
    services: Vec<(String, String)>,
    outcomes: Vec<(&'static str, &'static str)>,
    severities: Vec<(&'static str, &'static str)>,
}

/// A number somebody looks for.
#[derive(Deserialize)]
pub struct Looked {
    #[serde(default)]
    number: String,
}

/// What an address asks for: a filter, and which part of the list.
struct Question {
    filter: CallFilter,
    page: CallPage,
    pairs: Vec<(String, String)>,
}

/// The log. Whoever sees only what is their own finds their calls at their cases.
pub async fn list(State(door): State<Door>, visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    if visitor.reach(Permission::Calls) != Some(Reach::All) {
        return Redirect::to(&format!("{CONSOLE}/cases")).into_response();
    }
    shown(&door, &visitor, &query.unwrap_or_default(), None).await
}

/// The calls of a number: its last one stands in the address, for a number must not.
pub async fn by_number(State(door): State<Door>, visitor: Visitor, Form(looked): Form<Looked>) -> Response {
    if visitor.reach(Permission::Calls) != Some(Reach::All) {
        return answer::denied(&door, &visitor);
    }
    let w = CallLog::of(visitor.language());
    let Ok(phone) = Phone::parse(&looked.number) else {
        return shown(&door, &visitor, "", Some(w.no_number.to_owned())).await;
    };
    match door.hotline.store.read(async |tx: &mut Tx| tx.last_call_from(&phone).await).await {
        Ok(Some(call)) => Redirect::to(&format!("{CONSOLE}/calls?caller_of={call}")).into_response(),
        Ok(None) => shown(&door, &visitor, "", Some(w.nobody_rang.to_owned())).await,
        Err(error) => answer::trouble(&error),
    }
}

fn question(query: &str, door: &Door) -> Result<Question, String> {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let (parts, pairs): (Vec<_>, Vec<_>) =
        pairs.into_iter().partition(|(key, _)| ["older", "newer"].contains(&key.as_str()));
    let page = match parts.as_slice() {
        [] => CallPage::Newest,
        [(key, place)] => {
            let place = place.parse().map_err(|_| format!("{key}: ?"))?;
            if key == "older" { CallPage::Older(place) } else { CallPage::Newer(place) }
        }
        _ => return Err("older, newer: ?".to_owned()),
    };
    let zone = door.hotline.policy.calendar.zone();
    let filter = CallFilter::from_pairs(pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())), zone);
    filter.map(|filter| Question { filter, page, pairs }).map_err(|error| error.to_string())
}

async fn shown(door: &Door, visitor: &Visitor, query: &str, wrong: Option<String>) -> Response {
    let l = visitor.language();
    let (w, times) = (CallLog::of(l), Times::of(door, visitor));
    let (question, wrong) = match question(query, door) {
        Ok(question) => (question, wrong),
        Err(why) => {
            let nothing = Question { filter: CallFilter::default(), page: CallPage::Newest, pairs: Vec::new() };
            (nothing, Some(format!("{} {why}", w.bad_filter)))
        }
    };
    let account = visitor.account.id;
    let read = door
        .hotline
        .store
        .read(async |tx: &mut Tx| -> Result<_, StoreError> {
            let rows = tx.call_log(&question.filter, question.page, A_PAGE + 1).await?;
            let count = tx.call_log_count(&question.filter, COUNTED).await?;
            Ok((rows, count, tx.saved_views(account).await?))
        })
        .await;
    let (mut rows, count, views) = match read {
        Ok(read) => read,
        Err(error) => return answer::trouble(&error),
    };
    let is_more = rows.len() > A_PAGE as usize;
    if is_more {
        // The one too many is at the far end of the way that was gone.
        if matches!(question.page, CallPage::Newer(_)) { drop(rows.remove(0)) } else { drop(rows.pop()) }
    }
    let filter = query_of(&question.filter);
    let (first, last) = (rows.first().map(|row| row.place), rows.last().map(|row| row.place));
    let has_newer = match question.page {
        CallPage::Newest => false,
        CallPage::Older(_) => true,
        CallPage::Newer(_) => is_more,
    };
    let has_older = matches!(question.page, CallPage::Newer(_)) || is_more;
    let link = |key: &str, place: Option<crate::call::CallPlace>| {
        place.map(|place| format!("{CONSOLE}/calls?{}{key}={place}", with_and(&filter)))
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let directory = &door.hotline.policy.directory;
    let page = CallsPage {
        page: Page::new(door, visitor, w.title).at("/calls"),
        newer: link("newer", first).filter(|_| has_newer),
        older: link("older", last).filter(|_| has_older),
        rows: rows.into_iter().map(|call| row(&times, w, door, call)).collect(),
        asked: asked(&question, door),
        choices: Choices {
            services: directory
                .services()
                .iter()
                .map(|one| (one.id.clone(), service_name(door, &times, &one.id)))
                .collect(),
            outcomes: Outcome::ALL.map(|outcome| (outcome.as_str(), outcome_name(l, outcome))).to_vec(),
            severities: Severity::ALL.map(|of| (of.as_str(), severity(l, of))).to_vec(),
        },
        count: if count >= i64::from(COUNTED) { format!("{COUNTED}+") } else { count.to_string() },
        query: filter,
        views: views.into_iter().map(view).collect(),
        w,
        wrong,
    };
    answer::show_as(status, &page)
}

/// The query that is this filter.
pub(super) fn query_of(filter: &CallFilter) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(filter.to_pairs()).finish()
}

fn with_and(query: &str) -> String {
    if query.is_empty() { String::new() } else { format!("{query}&") }
}

fn view(view: SavedView) -> View {
    View { id: view.id.to_string(), href: format!("{CONSOLE}/calls?{}", view.query), name: view.name }
}

fn asked(question: &Question, door: &Door) -> Asked {
    let zone = door.hotline.policy.calendar.zone();
    let given = |key: &str| {
        question.pairs.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    // Days stand in the form as days; an instant of a kept view as the day it falls on.
    let day = |key: &str, at: Option<crate::clock::Instant>, back: i64| {
        let written = given(key);
        if written.len() == 10 {
            return written;
        }
        let at = at.map(|at| (at - chrono::TimeDelta::seconds(back)).with_timezone(&zone));
        at.map_or_else(String::new, |at| at.format("%Y-%m-%d").to_string())
    };
    Asked {
        from: day("from", question.filter.from, 0),
        to: day("to", question.filter.to, 1),
        text: given("text"),
        institution: given("institution"),
        service: given("service"),
        outcome: given("outcome"),
        severity: given("severity"),
        direction: given("direction"),
        case: given("case"),
        recording: given("recording"),
        decided: given("decided"),
        node: given("node"),
        is_caller: question.filter.caller_of.is_some(),
    }
}

fn service_name(door: &Door, times: &Times, id: &str) -> String {
    let service = door.hotline.policy.directory.service(id);
    service
        .map_or(id, |service| if times.l == crate::language::Language::Es { &service.es } else { &service.en })
        .to_owned()
}

fn row(times: &Times, w: &'static CallLog, door: &Door, call: LoggedCall) -> Row {
    let length = call.duration().map(Times::length).unwrap_or_default();
    let promise = call
        .case
        .as_ref()
        .and_then(|case| case.met(times.now))
        .map(|met| if met { ("calm", w.met) } else { ("act", w.breached) });
    let outcome = match call.outcome {
        None => ("watch", w.lasts),
        Some(Outcome::Missed) => ("act", outcome_name(times.l, Outcome::Missed)),
        Some(outcome) => ("calm", outcome_name(times.l, outcome)),
    };
    Row {
        href: format!("{CONSOLE}/calls/{}", call.call),
        received: times.moment(call.received_at),
        way: if call.direction == Direction::Inbound { w.inbound } else { w.outbound },
        from: match call.direction {
            Direction::Inbound => call.caller.as_ref().map_or_else(|| w.withheld.to_owned(), Phone::masked),
            Direction::Outbound => call.person.clone().unwrap_or_else(|| w.reporter.to_owned()),
        },
        institution: call.institution_name.or(call.institution).unwrap_or_default(),
        service: call.service.map(|id| service_name(door, times, &id)).unwrap_or_default(),
        severity: call.severity.map_or("", |of| severity(times.l, of)),
        outcome,
        node: call.node.unwrap_or_default(),
        length,
        waited: call.waited.map(Times::length).unwrap_or_default(),
        talked_with: call.talked_with.unwrap_or_default(),
        case: call.case.map(|case| case.number.to_string()),
        promise,
        recordings: call.recordings,
        disposition: call.disposition.map_or("", |disposition| disposition_name(times.l, disposition)),
    }
}
