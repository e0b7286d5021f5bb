//! One call: what the caller had from it, and everything that happened, as a score with its sound.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::TimeDelta;
use serde::Deserialize;

use super::timeline::{Line, score};
use super::{Found, find, path};
use crate::access::Permission;
use crate::call::{Call, Direction, Disposition, Recording, TextKind};
use crate::flow::Outcome;
use crate::ops::OpsError;
use crate::phone::Phone;
use crate::store::Tx;
use crate::web::Door;
use crate::web::console::guard::Visitor;
use crate::web::console::page::Page;
use crate::web::console::time::{Moment, Times};
use crate::web::console::words::{CallPageWords, Terms, disposition_name, outcome_name};
use crate::web::console::{CONSOLE, answer};

#[derive(Template)]
#[template(path = "call.html")]
struct CallPage {
    page: Page,
    w: &'static CallPageWords,
    id: String,
    received: Moment,
    way: &'static str,
    from: String,
    length: String,
    outcome: (&'static str, &'static str),
    language: String,
    case: Option<String>,
    institution: String,
    lines: Vec<Line>,
    tapes: Vec<Tape>,
    nodes: Vec<String>,
    texts: Vec<Said>,
    decisions: Vec<Said>,
    dispositions: Vec<(&'static str, &'static str)>,
    may: Rights,
    same_caller: Option<String>,
    wrong: Option<&'static str>,
}

/// What whoever looks may do about the call.
struct Rights {
    note: bool,
    decide: bool,
    unmask: bool,
}

struct Tape {
    holds: String,
    length: String,
    src: Option<String>,
    file: Option<String>,
    /// Why there is no sound, where there is none.
    why_not: &'static str,
    /// When it begins, in milliseconds since the line answered.
    begins: i64,
}

struct Said {
    at: Moment,
    by: String,
    what: String,
}

/// What is said beside the call.
#[derive(Default)]
pub struct Notice {
    /// What was done.
    pub done: Option<&'static str>,
    /// Why nothing was done.
    pub wrong: Option<&'static str>,
    /// Whether the number is shown this once.
    pub is_number_shown: bool,
}

/// What was done just before.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// The call.
pub async fn show(
    State(door): State<Door>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Done>,
) -> Response {
    let w = CallPageWords::of(visitor.language());
    let done = match asked.done.as_str() {
        "noted" => Some(w.done_noted),
        "decided" => Some(w.done_decided),
        _ => None,
    };
    match find(&door, &visitor, &id, Permission::Calls).await {
        Ok(found) => shown(&door, &visitor, found, Notice { done, ..Notice::default() }).await,
        Err(response) => response,
    }
}

/// The call, with what is said beside it.
pub async fn shown(door: &Door, visitor: &Visitor, found: Found, notice: Notice) -> Response {
    let (hotline, Found { call, case }) = (&door.hotline, found);
    let read = hotline
        .store
        .read(async |tx: &mut Tx| -> Result<_, OpsError> {
            let of_case = match &case {
                Some(case) => tx.entries(case.id).await?,
                None => Vec::new(),
            };
            Ok((
                hotline.roster(tx).await?,
                tx.call_entries(call.id).await?,
                tx.legs(call.id).await?,
                tx.recordings(call.id).await?,
                of_case,
                tx.call_texts(call.id).await?,
                tx.dispositions(call.id).await?,
            ))
        })
        .await;
    let (roster, entries, legs, recordings, of_case, texts, decisions) = match read {
        Ok(read) => read,
        Err(error) => return answer::trouble(&error),
    };
    let l = visitor.language();
    let (w, times) = (CallPageWords::of(l), Times::of(door, visitor));
    let terms = Terms { times, roster: roster.as_deref(), directory: &hotline.policy.directory };
    let lines = score(w, &terms, &call, (&entries, &legs, &recordings), &of_case);
    let outcome = match call.outcome {
        None => ("watch", w.lasts),
        Some(Outcome::Missed) => ("act", outcome_name(l, Outcome::Missed)),
        Some(outcome) => ("calm", outcome_name(l, outcome)),
    };
    let is_inbound = call.direction == Direction::Inbound;
    let from = match (&call.from, notice.is_number_shown) {
        (Some(phone), true) => phone.local().to_owned(),
        (Some(phone), false) => phone.masked(),
        (None, _) => w.withheld.to_owned(),
    };
    let said_institution = call.session.institution.as_ref().map(|known| known.name.clone());
    let institution = case.as_ref().and_then(|case| case.institution_name.clone()).or(said_institution);
    let page = CallPage {
        page: Page::new(door, visitor, w.title).at("/calls").saying(notice.done),
        id: call.id.to_string(),
        received: times.moment(call.answered_at),
        way: if is_inbound { w.inbound } else { w.outbound },
        length: Times::length(call.ended_at.unwrap_or(times.now) - call.answered_at),
        outcome,
        language: call.session.language.to_string(),
        institution: institution.unwrap_or_default(),
        case: case.as_ref().map(|case| case.number.to_string()),
        lines,
        tapes: recordings.iter().map(|tape| self::tape(w, visitor, &terms, &call, tape)).collect(),
        nodes: path::nodes(&entries),
        texts: texts
            .into_iter()
            .map(|text| Said {
                at: times.moment(text.at),
                by: match text.kind {
                    TextKind::Transcript => w.transcript.to_owned(),
                    TextKind::Note => text.author.map(|by| terms.name(&by)).unwrap_or_default(),
                },
                what: text.text,
            })
            .collect(),
        decisions: decisions
            .into_iter()
            .map(|decided| Said {
                at: times.moment(decided.at),
                by: decided.decided_by,
                what: format!("{} {}", disposition_name(l, decided.disposition), decided.note.unwrap_or_default()),
            })
            .collect(),
        dispositions: Disposition::ALL.iter().map(|one| (one.as_str(), disposition_name(l, *one))).collect(),
        may: Rights {
            note: visitor.may(Permission::CallNotes),
            decide: visitor.may(Permission::WorkChange),
            unmask: visitor.may(Permission::Unmask) && call.from.is_some() && !notice.is_number_shown,
        },
        same_caller: call
            .from
            .as_ref()
            .filter(|_| is_inbound)
            .map(|_: &Phone| format!("{CONSOLE}/calls?caller_of={}", call.id)),
        from,
        wrong: notice.wrong,
        w,
    };
    let status = if notice.wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    answer::show_as(status, &page)
}

fn tape(w: &'static CallPageWords, visitor: &Visitor, terms: &Terms<'_>, call: &Call, tape: &Recording) -> Tape {
    let name = &tape.provider_recording;
    let length = TimeDelta::seconds(i64::from(tape.seconds));
    // What is kept is when the provider had it whole.
    let begins = (tape.at - length - call.answered_at).num_milliseconds().max(0);
    let ready = |permission| visitor.may(permission) && tape.is_ready();
    Tape {
        holds: terms.holds(&tape.holds).to_owned(),
        length: Times::length(length),
        src: ready(Permission::Hear).then(|| format!("{CONSOLE}/calls/{}/sound/{name}", call.id)),
        file: ready(Permission::Download).then(|| format!("{CONSOLE}/calls/{}/file/{name}", call.id)),
        begins,
        why_not: if tape.is_ready() { w.may_not_hear } else { w.not_ready },
    }
}
