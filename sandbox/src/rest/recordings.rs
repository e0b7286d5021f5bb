//! Recordings: read as data or as sound, listed, deleted; those of a call or a conference also while they are made.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::listing::{self, Span, asked, page};
use super::{date, without_json};
use crate::call::Call;
use crate::ids::{ConferenceSid, RecordingSid};
use crate::network::Network;
use crate::recording::Recording;
use crate::refusal::Refusal;

/// `{sid}.json` is data; `{sid}` and `{sid}.wav` are sound, as at the provider.
pub(super) async fn read(
    State(network): State<Network>,
    Path((account, name)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let (sid, data) = match name.strip_suffix(".json") {
        Some(sid) => (sid, true),
        None => (name.strip_suffix(".wav").unwrap_or(&name), false),
    };
    if data {
        return show(&network, &account, sid, |_| true).map(IntoResponse::into_response);
    }
    let recording = network.act(|state| state.world.recordings.get(&RecordingSid::from(sid)).cloned());
    let recording = recording.ok_or_else(|| Refusal::not_found(sid))?;
    Ok(([(CONTENT_TYPE, "audio/x-wav")], recording.wav()).into_response())
}

/// A recording as data, also through the call or conference that it is of.
pub(super) async fn read_one(
    State(network): State<Network>,
    Path((account, owner, name)): Path<(String, String, String)>,
) -> Result<Json<Value>, Refusal> {
    show(&network, &account, without_json(&name), |recording| is_of(recording, &owner))
}

pub(super) async fn list(
    State(network): State<Network>,
    Path(account): Path<String>,
    Query(query): listing::Query,
) -> Result<Json<Value>, Refusal> {
    let made = Span::asked(&query, "DateCreated")?;
    let wanted = |recording: &Recording| {
        let conference = recording.conference.as_ref().map_or("", ConferenceSid::as_str);
        made.holds(Some(recording.began))
            && asked(&query, "CallSid", recording.call.as_str())
            && asked(&query, "ConferenceSid", conference)
    };
    let path = format!("/2010-04-01/Accounts/{account}/Recordings.json");
    Ok(Json(page("recordings", &path, &query, all(&network, &account, wanted))))
}

pub(super) async fn of_call(
    State(network): State<Network>,
    Path((account, call)): Path<(String, String)>,
    Query(query): listing::Query,
) -> Json<Value> {
    let path = format!("/2010-04-01/Accounts/{account}/Calls/{call}/Recordings.json");
    Json(page("recordings", &path, &query, all(&network, &account, |recording| is_of(recording, &call))))
}

pub(super) async fn of_conference(
    State(network): State<Network>,
    Path((account, conference)): Path<(String, String)>,
    Query(query): listing::Query,
) -> Json<Value> {
    let path = format!("/2010-04-01/Accounts/{account}/Conferences/{conference}/Recordings.json");
    Json(page("recordings", &path, &query, all(&network, &account, |recording| is_of(recording, &conference))))
}

pub(super) async fn delete(
    State(network): State<Network>,
    Path((_, name)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    remove(&network, &name, |_| true)
}

pub(super) async fn delete_one(
    State(network): State<Network>,
    Path((_, owner, name)): Path<(String, String, String)>,
) -> Result<StatusCode, Refusal> {
    remove(&network, &name, |recording| is_of(recording, &owner))
}

fn is_of(recording: &Recording, owner: &str) -> bool {
    recording.call.as_str() == owner || recording.conference.as_ref().is_some_and(|sid| sid.as_str() == owner)
}

fn remove(network: &Network, name: &str, wanted: impl Fn(&Recording) -> bool) -> Result<StatusCode, Refusal> {
    let sid = RecordingSid::from(without_json(name));
    network.act(|state| {
        let there = state.world.recordings.get(&sid).is_some_and(wanted);
        there.then_some(()).ok_or_else(|| Refusal::not_found(sid.as_str()))?;
        state.world.recording_order.retain(|known| *known != sid);
        state.world.recordings.remove(&sid);
        Ok(StatusCode::NO_CONTENT)
    })
}

/// Every recording that is wanted in the order they began, and how far it is.
fn all(network: &Network, account: &str, wanted: impl Fn(&Recording) -> bool) -> Vec<Value> {
    let mut found = network.act(|state| {
        let world = &state.world;
        let kept = world.recording_order.iter().filter_map(|sid| world.recordings.get(sid));
        let kept = kept.map(|recording| (recording.clone(), "completed"));
        let calls = state.calls.values().flat_map(Call::live_reels);
        let conferences = world.conferences.values().filter_map(|conference| conference.reel.as_ref());
        let live = calls
            .chain(conferences)
            .map(|reel| (reel.so_far(world.now), if reel.is_paused() { "paused" } else { "in-progress" }));
        kept.chain(live).filter(|(recording, _)| wanted(recording)).collect::<Vec<_>>()
    });
    found.sort_by_key(|(recording, _)| recording.began);
    found.into_iter().map(|(recording, status)| json(account, network, &recording, status)).collect()
}

/// One recording, made or being made.
fn show(
    network: &Network,
    account: &str,
    sid: &str,
    wanted: impl Fn(&Recording) -> bool,
) -> Result<Json<Value>, Refusal> {
    let found = all(network, account, |recording| recording.sid.as_str() == sid && wanted(recording)).pop();
    found.map(Json).ok_or_else(|| Refusal::not_found(sid))
}

/// A recording as it is shown.
pub(super) fn json(account: &str, network: &Network, recording: &Recording, status: &str) -> Value {
    let path = format!("Recordings/{}", recording.sid);
    let ended = recording.began + recording.length;
    json!({
        "sid": recording.sid.as_str(),
        "account_sid": account,
        "call_sid": recording.call.as_str(),
        "conference_sid": recording.conference.as_ref().map(ConferenceSid::as_str),
        "api_version": "2010-04-01",
        "status": status,
        "source": recording.source,
        "track": "both",
        "channels": recording.channels,
        "duration": (!matches!(status, "in-progress" | "paused")).then(|| recording.seconds().to_string()),
        "start_time": date(recording.began),
        "date_created": date(recording.began),
        "date_updated": date(ended),
        "error_code": null,
        "encryption_details": null,
        "price": null,
        "price_unit": "USD",
        "uri": format!("/2010-04-01/Accounts/{account}/{path}.json"),
        "media_url": network.act(|state| state.world.resource_url(&path)),
        "subresource_uris": {},
    })
}
