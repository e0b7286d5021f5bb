//! Recordings: read as data or as sound, listed, deleted.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::listing::{self, asked, page};
use super::{date, without_json};
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
    let recording = network.act(|state| state.world.recordings.get(&RecordingSid::from(sid)).cloned());
    let recording = recording.ok_or_else(|| Refusal::not_found(sid))?;
    Ok(if data {
        Json(json(&account, &network, &recording)).into_response()
    } else {
        ([(CONTENT_TYPE, "audio/x-wav")], recording.wav()).into_response()
    })
}

pub(super) async fn list(
    State(network): State<Network>,
    Path(account): Path<String>,
    Query(query): listing::Query,
) -> Json<Value> {
    let recordings = network.recordings().into_iter();
    let recordings = recordings.filter(|recording| asked(&query, "CallSid", recording.call.as_str()));
    let recordings = recordings.map(|recording| json(&account, &network, &recording)).collect();
    Json(page("recordings", &format!("/2010-04-01/Accounts/{account}/Recordings.json"), &query, recordings))
}

pub(super) async fn of_call(
    State(network): State<Network>,
    Path((account, call)): Path<(String, String)>,
    Query(query): listing::Query,
) -> Json<Value> {
    let recordings = network.recordings().into_iter().filter(|recording| recording.call.as_str() == call);
    let recordings = recordings.map(|recording| json(&account, &network, &recording)).collect();
    let path = format!("/2010-04-01/Accounts/{account}/Calls/{call}/Recordings.json");
    Json(page("recordings", &path, &query, recordings))
}

pub(super) async fn delete(
    State(network): State<Network>,
    Path((_, name)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let sid = RecordingSid::from(without_json(&name));
    let removed = network.act(|state| {
        state.world.recording_order.retain(|known| *known != sid);
        state.world.recordings.remove(&sid)
    });
    removed.map(|_| StatusCode::NO_CONTENT).ok_or_else(|| Refusal::not_found(sid.as_str()))
}

fn json(account: &str, network: &Network, recording: &Recording) -> Value {
    let path = format!("Recordings/{}", recording.sid);
    let ended = recording.began + recording.length;
    json!({
        "sid": recording.sid.as_str(),
        "account_sid": account,
        "call_sid": recording.call.as_str(),
        "conference_sid": recording.conference.as_ref().map(ConferenceSid::as_str),
        "api_version": "2010-04-01",
        "status": "completed",
        "source": recording.source,
        "channels": recording.channels,
        "duration": recording.seconds().to_string(),
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
