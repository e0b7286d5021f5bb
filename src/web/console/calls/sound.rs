//! Recordings are heard in the console by whoever may, and taken away by fewer. Both are in the audit before a sound leaves.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use chrono::TimeDelta;

use super::find;
use crate::access::{Act, Permission};
use crate::store::{AuditFilter, StoreError, Tx};
use crate::web::console::answer;
use crate::web::console::guard::Visitor;
use crate::web::{Door, recording};

/// A player asks for a recording in pieces: within so long, that is one listening.
const ONE_LISTENING: TimeDelta = TimeDelta::minutes(10);

/// A recording, to be heard here.
pub async fn hear(
    State(door): State<Door>,
    visitor: Visitor,
    Path((id, name)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    give(&door, &visitor, (&id, &name), (&method, &headers), Permission::Hear).await
}

/// A recording, to be taken away.
pub async fn download(
    State(door): State<Door>,
    visitor: Visitor,
    Path((id, name)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    give(&door, &visitor, (&id, &name), (&method, &headers), Permission::Download).await
}

async fn give(
    door: &Door,
    visitor: &Visitor,
    (id, name): (&str, &str),
    (method, headers): (&Method, &HeaderMap),
    permission: Permission,
) -> Response {
    let found = match find(door, visitor, id, permission).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let store = &door.hotline.store;
    let read = match store.read(async |tx: &mut Tx| tx.recording(name).await).await {
        Ok(read) => read,
        Err(error) => return answer::trouble(&error),
    };
    let Some(known) = read.filter(|known| known.call == found.call.id && known.is_ready()) else {
        return answer::missing(door, visitor);
    };
    let (act, is_file) = match permission {
        Permission::Download => ("recording.taken", true),
        _ => ("recording.heard", false),
    };
    let act = Act {
        at: door.hotline.clock.now(),
        actor: visitor.account.login.clone(),
        act: act.to_owned(),
        subject: format!("call:{}", found.call.id),
        reason: String::new(),
        detail: known.provider_recording.clone(),
    };
    let file = found.case.map_or_else(|| found.call.id.to_string(), |case| case.number.to_string());
    recording::give(door, &known.url, (&file, is_file), (method, headers), async || {
        store.write(async |tx: &mut Tx| note(tx, &act).await).await
    })
    .await
}

/// Keeps the act, unless it is a further piece of the same listening.
async fn note(tx: &mut Tx, act: &Act) -> Result<(), StoreError> {
    let filter =
        AuditFilter { actor: Some(act.actor.clone()), subject: Some(act.subject.clone()), act: Some(act.act.clone()) };
    let before = tx.audit_before(&filter, None, 10).await?;
    let is_same = before.iter().any(|entry| entry.act.detail == act.detail && act.at - entry.act.at < ONE_LISTENING);
    if !is_same {
        tx.append_act(act).await?;
    }
    Ok(())
}
