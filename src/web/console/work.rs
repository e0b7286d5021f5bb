//! What waits for somebody: callers who left with nothing, hand-offs that failed, contacts that nobody proved.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::guard::Visitor;
use super::page::Page;
use super::time::{Moment, Times};
use super::words::{Pending, channel_name, disposition_name, step_name};
use super::{CONSOLE, answer};
use crate::access::{Act, Permission};
use crate::call::{CallPage, Disposition, LoggedCall};
use crate::oncall::{Roster, Verification};
use crate::ops::{OpsError, StuckStep, retry_hand_offs, standing, stuck_hand_offs};
use crate::phone::Phone;
use crate::store::{DeadJob, Tx};
use crate::web::Door;

/// Calls that are shown.
const CALLS: u32 = 50;
/// Waiting ones are counted up to so many.
const COUNTED: u32 = 10_000;
/// Jobs and hand-offs that are shown.
const JOBS: u32 = 50;

#[derive(Template)]
#[template(path = "work.html")]
struct WorkPage {
    page: Page,
    w: &'static Pending,
    calls: Vec<Missed>,
    waiting: i64,
    older: Option<String>,
    dispositions: Vec<(&'static str, &'static str)>,
    stuck: Vec<Stuck>,
    jobs: Vec<Dead>,
    contacts: Vec<(String, &'static str)>,
    may_change: bool,
}

struct Missed {
    id: String,
    received: Moment,
    from: String,
    institution: String,
    node: String,
    length: String,
    recordings: u32,
}

struct Stuck {
    case: Option<String>,
    step: &'static str,
    at: Moment,
    error: String,
    is_given_up: bool,
}

struct Dead {
    kind: String,
    at: Moment,
    error: String,
}

/// What the address says.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    done: String,
    older: Option<i64>,
}

/// The work-lists.
pub async fn show(State(door): State<Door>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let hotline = &door.hotline;
    let part = asked.older.map_or(CallPage::Newest, |place| CallPage::Older(crate::call::CallPlace(place)));
    let read = hotline
        .store
        .read(async |tx: &mut Tx| -> Result<_, OpsError> {
            Ok((
                tx.calls_to_answer(part, CALLS + 1).await?,
                tx.calls_to_answer_count(COUNTED).await?,
                tx.dead_jobs(JOBS).await?,
                hotline.roster(tx).await?,
                tx.verifications().await?,
            ))
        })
        .await;
    let stuck = stuck_hand_offs(&hotline.store, JOBS).await;
    let ((mut calls, waiting, dead, roster, verifications), stuck) = match (read, stuck) {
        (Ok(read), Ok(stuck)) => (read, stuck),
        (Err(error), _) | (_, Err(error)) => return answer::trouble(&error),
    };
    let l = visitor.language();
    let (w, times) = (Pending::of(l), Times::of(&door, &visitor));
    let is_more = calls.len() > CALLS as usize;
    calls.truncate(CALLS as usize);
    let last = calls.last().map(|call| call.place);
    let done = match asked.done.as_str() {
        "decided" => Some(w.done_decided),
        "retried" => Some(w.done_retried),
        _ => None,
    };
    let step = |is_given_up| {
        move |step: StuckStep| Stuck {
            case: step.case.map(|number| number.to_string()),
            step: step_name(l, step.step.as_ref()),
            at: times.moment(step.at),
            error: step.error,
            is_given_up,
        }
    };
    answer::show(&WorkPage {
        page: Page::new(&door, &visitor, w.title).at("/pending").saying(done),
        calls: calls.into_iter().map(|call| missed(&times, w, call)).collect(),
        waiting,
        older: last.filter(|_| is_more).map(|place| format!("{CONSOLE}/pending?older={place}")),
        dispositions: Disposition::ALL.iter().map(|one| (one.as_str(), disposition_name(l, *one))).collect(),
        stuck: stuck.given_up.into_iter().map(step(true)).chain(stuck.held_up.into_iter().map(step(false))).collect(),
        jobs: dead.into_iter().map(|dead| job(&times, dead)).collect(),
        contacts: roster.iter().flat_map(|roster| unproved(&door, &times, roster, &verifications)).collect(),
        may_change: visitor.may(Permission::WorkChange),
        w,
    })
}

/// Hand-offs that failed are tried anew.
pub async fn retry(State(door): State<Door>, visitor: Visitor) -> Response {
    let act = Act {
        at: door.hotline.clock.now(),
        actor: visitor.account.login.clone(),
        act: "hand_off.retried".to_owned(),
        subject: String::new(),
        reason: String::new(),
        detail: String::new(),
    };
    // Each case is a unit of its own; that somebody asked for it is on record before the first.
    let noted = door.hotline.store.write(async |tx: &mut Tx| tx.append_act(&act).await).await;
    let tried = match noted {
        Ok(_) => retry_hand_offs(&door.hotline, None).await,
        Err(error) => return answer::trouble(&error),
    };
    match tried {
        Ok(_) => Redirect::to(&format!("{CONSOLE}/pending?done=retried")).into_response(),
        Err(error) => answer::trouble(&error),
    }
}

fn missed(times: &Times, w: &'static Pending, call: LoggedCall) -> Missed {
    Missed {
        id: call.call.to_string(),
        received: times.moment(call.received_at),
        from: call.caller.as_ref().map_or_else(|| w.withheld.to_owned(), Phone::masked),
        length: call.duration().map(Times::length).unwrap_or_default(),
        institution: call.institution_name.or(call.institution).unwrap_or_default(),
        node: call.node.unwrap_or_default(),
        recordings: call.recordings,
    }
}

fn job(times: &Times, dead: DeadJob) -> Dead {
    Dead { kind: dead.job.kind, at: times.moment(dead.died_at), error: dead.error.unwrap_or_default() }
}

/// Contacts of which nobody knows that they reach their person.
fn unproved(door: &Door, times: &Times, roster: &Roster, known: &[Verification]) -> Vec<(String, &'static str)> {
    let people = roster.people().iter();
    let contacts = people.flat_map(|person| person.contacts.iter().map(move |contact| (person, contact)));
    contacts
        .filter(|(person, contact)| {
            standing(&door.hotline, known, person, contact).is_none_or(|known| known.verified.is_none())
        })
        .map(|(person, contact)| (person.name.clone(), channel_name(times.l, contact.channel())))
        .collect()
}
