//! Queues and who waits in them: made, read, listed, changed, deleted; a member taken out.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::form::Fields;
use super::listing::{self, page};
use super::{date, without_json};
use crate::call::{LARGEST, Queue, Redirection};
use crate::ids::CallSid;
use crate::network::Network;
use crate::refusal::Refusal;
use crate::state::State as Everything;
use crate::time::{Instant, whole_seconds};
use crate::twiml::{Method, Target};

pub(super) async fn create(
    State(network): State<Network>,
    Path(account): Path<String>,
    fields: Fields,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let name = named(fields.text("FriendlyName"))?.to_owned();
    let largest = largest(&fields)?.unwrap_or(LARGEST);
    let made = network.act(|state| {
        let now = state.world.now;
        if state.world.queues.contains_key(&name) {
            return Err(Refusal::bad(22_003, format!("A queue named {name} already exists")));
        }
        let queue = Queue::new(&mut state.world.ids, now, largest);
        let shown = show(&account, &name, &queue, now);
        state.world.queues.insert(name, queue);
        Ok(shown)
    })?;
    Ok((StatusCode::CREATED, Json(made)))
}

pub(super) async fn list(
    State(network): State<Network>,
    Path(account): Path<String>,
    Query(query): listing::Query,
) -> Json<Value> {
    let mut queues = network.act(|state| {
        let now = state.world.now;
        let all = state.world.queues.iter();
        all.map(|(name, queue)| (queue.created, show(&account, name, queue, now))).collect::<Vec<_>>()
    });
    queues.sort_by_key(|(created, _)| *created);
    let queues = queues.into_iter().map(|(_, queue)| queue).collect();
    Json(page("queues", &format!("/2010-04-01/Accounts/{account}/Queues.json"), &query, queues))
}

pub(super) async fn read(
    State(network): State<Network>,
    Path((account, sid)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    network.act(|state| {
        let now = state.world.now;
        let (name, queue) = find(state, without_json(&sid))?;
        Ok(Json(show(&account, name, queue, now)))
    })
}

/// Another size at once; another name only while nobody waits in it.
pub(super) async fn modify(
    State(network): State<Network>,
    Path((account, sid)): Path<(String, String)>,
    fields: Fields,
) -> Result<Json<Value>, Refusal> {
    let largest = largest(&fields)?;
    let name = fields.get("FriendlyName").map(named).transpose()?;
    network.act(|state| {
        let now = state.world.now;
        let (old, queue) = find(state, without_json(&sid))?;
        let (old, waits) = (old.clone(), !queue.members.is_empty());
        let name = name.unwrap_or(&old);
        if name != old {
            if waits {
                return Err(Refusal::bad(20_001, "FriendlyName: somebody waits in the queue under its name"));
            }
            if state.world.queues.contains_key(name) {
                return Err(Refusal::bad(22_003, format!("A queue named {name} already exists")));
            }
        }
        let mut queue = state.world.queues.remove(&old).ok_or_else(|| Refusal::not_found(&sid))?;
        queue.largest = largest.unwrap_or(queue.largest);
        let shown = show(&account, name, &queue, now);
        state.world.queues.insert(name.to_owned(), queue);
        Ok(Json(shown))
    })
}

/// Only while nobody waits in it.
pub(super) async fn delete(
    State(network): State<Network>,
    Path((_, sid)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    network.act(|state| {
        let (name, queue) = find(state, without_json(&sid))?;
        let name = name.clone();
        if !queue.members.is_empty() {
            return Err(Refusal::bad(20_001, format!("Queue {name} is not empty")));
        }
        state.world.queues.remove(&name);
        Ok(StatusCode::NO_CONTENT)
    })
}

fn named(name: &str) -> Result<&str, Refusal> {
    if (1..=64).contains(&name.chars().count()) {
        return Ok(name);
    }
    Err(Refusal::bad(20_001, "FriendlyName: expected 1 to 64 characters"))
}

fn largest(fields: &Fields) -> Result<Option<usize>, Refusal> {
    Ok(fields.number("MaxSize", 1, 5000)?.and_then(|size| usize::try_from(size).ok()))
}

pub(super) async fn members(
    State(network): State<Network>,
    Path((account, sid)): Path<(String, String)>,
    Query(query): listing::Query,
) -> Result<Json<Value>, Refusal> {
    let members = network.act(|state| {
        let now = state.world.now;
        let (_, queue) = find(state, &sid)?;
        let all = queue.members.iter().enumerate();
        let members = all.map(|(place, (call, since))| member(&account, queue, call, place, *since, now));
        // The page turns its items round, newest first; members come the longest first.
        Ok::<_, Refusal>(members.rev().collect())
    })?;
    let path = format!("/2010-04-01/Accounts/{account}/Queues/{sid}/Members.json");
    Ok(Json(page("queue_members", &path, &query, members)))
}

pub(super) async fn read_member(
    State(network): State<Network>,
    Path((account, sid, call)): Path<(String, String, String)>,
) -> Result<Json<Value>, Refusal> {
    network.act(|state| {
        let now = state.world.now;
        let (_, queue) = find(state, &sid)?;
        let (place, call, since) = seek(queue, without_json(&call))?;
        Ok(Json(member(&account, queue, &call, place, since, now)))
    })
}

/// Takes a member out and on to another document: the `Enqueue` is told `redirected`.
pub(super) async fn take_out(
    State(network): State<Network>,
    Path((account, sid, call)): Path<(String, String, String)>,
    fields: Fields,
) -> Result<Json<Value>, Refusal> {
    let url = fields.url("Url", 21_205)?.ok_or_else(|| Refusal::bad(20_001, "Url is required"))?;
    let target = Target { url: Some(url), method: Method::from_param(fields.get("Method")) };
    network.act(|state| {
        let now = state.world.now;
        let (_, queue) = find(state, &sid)?;
        let (place, call, since) = seek(queue, without_json(&call))?;
        let shown = member(&account, queue, &call, place, since, now);
        state.with_call(&call, |call, world| call.redirect(world, Redirection::Ask(target)));
        Ok(Json(shown))
    })
}

fn find<'s>(state: &'s Everything, sid: &str) -> Result<(&'s String, &'s Queue), Refusal> {
    state.world.queues.iter().find(|(_, queue)| queue.sid.as_str() == sid).ok_or_else(|| Refusal::not_found(sid))
}

/// A member by the name of its call; `Front` is the one who has waited the longest.
fn seek(queue: &Queue, name: &str) -> Result<(usize, CallSid, Instant), Refusal> {
    let found = queue.members.iter().enumerate().find(|(_, (call, _))| name == "Front" || call.as_str() == name);
    let (place, (call, since)) = found.ok_or_else(|| Refusal::not_found(name))?;
    Ok((place, call.clone(), *since))
}

fn show(account: &str, name: &str, queue: &Queue, now: Instant) -> Value {
    let uri = format!("/2010-04-01/Accounts/{account}/Queues/{}", queue.sid);
    json!({
        "sid": queue.sid.as_str(),
        "account_sid": account,
        "friendly_name": name,
        "current_size": queue.members.len(),
        "max_size": queue.largest,
        "average_wait_time": queue.average_wait(now),
        "date_created": date(queue.created),
        "date_updated": date(queue.created),
        "uri": format!("{uri}.json"),
        "subresource_uris": { "members": format!("{uri}/Members.json") },
    })
}

fn member(account: &str, queue: &Queue, call: &CallSid, place: usize, since: Instant, now: Instant) -> Value {
    json!({
        "queue_sid": queue.sid.as_str(),
        "call_sid": call.as_str(),
        "position": place.saturating_add(1),
        "wait_time": whole_seconds(now - since),
        "date_enqueued": date(since),
        "uri": format!("/2010-04-01/Accounts/{account}/Queues/{}/Members/{call}.json", queue.sid),
    })
}
