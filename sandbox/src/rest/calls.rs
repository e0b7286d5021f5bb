//! Calls: made, read, listed, taken elsewhere, ended, deleted.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::form::Fields;
use super::listing::{self, Span, asked, page};
use super::{date, date_or_null, token, without_json};
use crate::call::{Call, CallView, DETECTION_LIMIT, Detection, First, Order, Redirection, Script, Status};
use crate::ids::CallSid;
use crate::network::Network;
use crate::refusal::Refusal;
use crate::twiml::{Method, RECORDING_EVENTS, Tape, Target, Verb, are_keys, read_document};

/// The longest document a request may carry itself (provider's limit, error 32018).
const LONGEST_TWIML: usize = 4000;
/// The most keys that an order may press.
const LONGEST_KEYS: usize = 32;

pub(super) async fn create(
    State(network): State<Network>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let script = script(&fields)?;
    let order = Order { from: fields.text("From"), to: fields.text("To"), script, token: token(&headers) };
    let sid = network.act(|state| state.order(order))?;
    Ok((StatusCode::CREATED, Json(show(&network, &sid)?)))
}

fn script(fields: &Fields) -> Result<Script, Refusal> {
    let ask = Target { url: fields.url("Url", 21_205)?, method: Method::from_param(fields.get("Method")) };
    let first = match (ask.url.is_some(), fields.get("Twiml")) {
        (true, _) => First::Ask(ask),
        (false, Some(twiml)) => First::Run(document(twiml)?),
        (false, None) => return Err(Refusal::bad(21_205, "Url or Twiml is required")),
    };
    Ok(Script { first, ..terms(fields)? })
}

/// What an order says but for what the call is about.
pub(super) fn terms(fields: &Fields) -> Result<Script, Refusal> {
    let target = |url: &str, method: &str, code| -> Result<Target, Refusal> {
        Ok(Target { url: fields.url(url, code)?, method: Method::from_param(fields.get(method)) })
    };
    let events = fields.all("StatusCallbackEvent");
    if let Some(unknown) =
        events.iter().find(|event| !matches!(event.as_str(), "initiated" | "ringing" | "answered" | "completed"))
    {
        return Err(Refusal::bad(21_626, format!("StatusCallbackEvent: '{unknown}' is not an event of a call")));
    }
    Ok(Script {
        fallback: target("FallbackUrl", "FallbackMethod", 21_205)?,
        status: target("StatusCallback", "StatusCallbackMethod", 21_609)?,
        events,
        // The provider waits five seconds longer than it was told.
        ring: TimeDelta::seconds(fields.number("Timeout", 1, 600)?.unwrap_or(60).saturating_add(5)),
        detection: detection(fields)?,
        detection_limit: fields.number("MachineDetectionTimeout", 3, 59)?.map_or(DETECTION_LIMIT, TimeDelta::seconds),
        keys: keys(fields)?,
        record: record(fields)?,
        detected: match fields.get("AsyncAmd") {
            Some("true") => Some(target("AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod", 21_609)?),
            _ => None,
        },
        longest: fields.number("TimeLimit", 1, 86_400)?.map(TimeDelta::seconds),
        ..Script::none()
    })
}

/// Which machine detection is wanted. Its thresholds are checked; the network knows without listening who picked up.
fn detection(fields: &Fields) -> Result<Option<Detection>, Refusal> {
    for (name, least, most) in [
        ("MachineDetectionSpeechThreshold", 1000, 6000),
        ("MachineDetectionSpeechEndThreshold", 500, 5000),
        ("MachineDetectionSilenceTimeout", 2000, 10_000),
    ] {
        fields.number(name, least, most)?;
    }
    match fields.get("MachineDetection") {
        None => Ok(None),
        Some("Enable") => Ok(Some(Detection::AtOnce)),
        Some("DetectMessageEnd") => Ok(Some(Detection::AfterGreeting)),
        Some(other) => {
            Err(Refusal::bad(20_001, format!("MachineDetection: expected Enable or DetectMessageEnd, not '{other}'")))
        }
    }
}

fn keys(fields: &Fields) -> Result<String, Refusal> {
    let keys = fields.text("SendDigits");
    if keys.len() > LONGEST_KEYS || !are_keys(keys) {
        let text = format!("SendDigits: expected at most {LONGEST_KEYS} keys of 0-9, *, #, w and W");
        return Err(Refusal::bad(20_001, text));
    }
    Ok(keys.to_owned())
}

/// `Record=true`: the whole call, from its answer to its end.
fn record(fields: &Fields) -> Result<Option<Tape>, Refusal> {
    if fields.flag("Record")? == Some(true) { tape(fields).map(Some) } else { Ok(None) }
}

/// How a call is recorded, and who is told.
pub(super) fn tape(fields: &Fields) -> Result<Tape, Refusal> {
    let status = Target {
        url: fields.url("RecordingStatusCallback", 21_609)?,
        method: Method::from_param(fields.get("RecordingStatusCallbackMethod")),
    };
    let mut events = fields.all("RecordingStatusCallbackEvent");
    if let Some(unknown) = events.iter().find(|event| !RECORDING_EVENTS.contains(&event.as_str())) {
        return Err(Refusal::bad(
            20_001,
            format!("RecordingStatusCallbackEvent: '{unknown}' is not one of a recording"),
        ));
    }
    if events.is_empty() {
        events.push("completed".to_owned());
    }
    Ok(Tape { from_ringing: false, dual: fields.get("RecordingChannels") == Some("dual"), status, events })
}

fn document(twiml: &str) -> Result<Vec<Verb>, Refusal> {
    if twiml.chars().count() > LONGEST_TWIML {
        return Err(Refusal::bad(32_018, format!("Twiml is longer than {LONGEST_TWIML} characters")));
    }
    read_document(twiml).map_err(|failure| Refusal::bad(failure.code, failure.text))
}

pub(super) async fn read(
    State(network): State<Network>,
    Path((_, call)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    show(&network, &CallSid::from(without_json(&call))).map(Json)
}

pub(super) async fn list(
    State(network): State<Network>,
    Path(account): Path<String>,
    Query(query): listing::Query,
) -> Result<Json<Value>, Refusal> {
    let (started, ended) = (Span::asked(&query, "StartTime")?, Span::asked(&query, "EndTime")?);
    let calls = network.calls().into_iter().filter(|call| {
        started.holds(call.answered.or(call.ended))
            && ended.holds(call.ended)
            && asked(&query, "Status", call.status.as_str())
            && asked(&query, "To", &call.to)
            && asked(&query, "From", &call.from)
            && asked(&query, "ParentCallSid", call.parent.as_ref().map_or("", CallSid::as_str))
    });
    let calls = calls.map(|call| json(&account, &call)).collect();
    Ok(Json(page("calls", &format!("/2010-04-01/Accounts/{account}/Calls.json"), &query, calls)))
}

pub(super) async fn modify(
    State(network): State<Network>,
    Path((_, call)): Path<(String, String)>,
    fields: Fields,
) -> Result<Json<Value>, Refusal> {
    let sid = CallSid::from(without_json(&call));
    let change = change(&fields)?;
    let told = Target {
        url: fields.url("StatusCallback", 21_609)?,
        method: Method::from_param(fields.get("StatusCallbackMethod")),
    };
    let longest = fields.number("TimeLimit", 1, 86_400)?.map(TimeDelta::seconds);
    if let Some(code) = network.faults().call_changes {
        return Err(Refusal::bad(code, "the network was told to refuse every change of a call"));
    }
    network
        .act(|state| {
            state.with_call(&sid, |call, world| {
                call.set_terms(world, told, longest);
                apply(call, world, change)
            })
        })
        .ok_or_else(|| Refusal::not_found(sid.as_str()))??;
    show(&network, &sid).map(Json)
}

/// Only of a call that is over.
pub(super) async fn delete(
    State(network): State<Network>,
    Path((_, call)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let sid = CallSid::from(without_json(&call));
    network.act(|state| {
        let call = state.calls.get(&sid).ok_or_else(|| Refusal::not_found(sid.as_str()))?;
        if !call.status.is_final() {
            return Err(Refusal::unfinished());
        }
        state.calls.remove(&sid);
        state.call_order.retain(|known| *known != sid);
        Ok(StatusCode::NO_CONTENT)
    })
}

enum Change {
    Nothing,
    Cancel,
    Complete,
    Redirect(Redirection),
}

fn change(fields: &Fields) -> Result<Change, Refusal> {
    match fields.get("Status") {
        Some("canceled") => return Ok(Change::Cancel),
        Some("completed") => return Ok(Change::Complete),
        Some(other) => {
            return Err(Refusal::bad(21_218, format!("Invalid status '{other}': canceled or completed")));
        }
        None => {}
    }
    if let Some(url) = fields.url("Url", 21_205)? {
        let target = Target { url: Some(url), method: Method::from_param(fields.get("Method")) };
        return Ok(Change::Redirect(Redirection::Ask(target)));
    }
    Ok(match fields.get("Twiml") {
        Some(twiml) => Change::Redirect(Redirection::Run(document(twiml)?)),
        None => Change::Nothing,
    })
}

fn apply(call: &mut Call, world: &mut crate::world::World, change: Change) -> Result<(), Refusal> {
    let over = || Refusal::bad(21_220, "Call is not in-progress. Cannot redirect.");
    match change {
        Change::Cancel if matches!(call.status, Status::Queued | Status::Ringing) => {
            call.end(world, Status::Canceled);
            Ok(())
        }
        // A call that was answered is not taken back, and one that is over stays as it is.
        Change::Cancel | Change::Nothing => Ok(()),
        Change::Complete => {
            let status = if call.answered.is_some() { Status::Completed } else { Status::Canceled };
            call.end(world, status);
            Ok(())
        }
        Change::Redirect(_) if call.status != Status::InProgress => Err(over()),
        Change::Redirect(to) => {
            call.redirect(world, to);
            Ok(())
        }
    }
}

fn show(network: &Network, sid: &CallSid) -> Result<Value, Refusal> {
    let call = network.call(sid).ok_or_else(|| Refusal::not_found(sid.as_str()))?;
    Ok(json(&network.config().account_sid, &call))
}

fn json(account: &str, call: &CallView) -> Value {
    let uri = format!("/2010-04-01/Accounts/{account}/Calls/{}", call.sid);
    json!({
        "sid": call.sid.as_str(),
        "account_sid": account,
        "parent_call_sid": call.parent.as_ref().map(CallSid::as_str),
        "api_version": "2010-04-01",
        "from": call.from,
        "from_formatted": call.from,
        "to": call.to,
        "to_formatted": call.to,
        "phone_number_sid": null,
        "status": call.status.as_str(),
        "direction": call.direction.as_str(),
        "date_created": date(call.created),
        "date_updated": date(call.updated),
        "start_time": date_or_null(call.answered.or(call.ended)),
        "end_time": date_or_null(call.ended),
        "duration": call.seconds().map(|seconds| seconds.to_string()),
        "answered_by": call.answered_by,
        "forwarded_from": null,
        "caller_name": null,
        "group_sid": null,
        "trunk_sid": null,
        "queue_time": "0",
        "annotation": null,
        "price": null,
        "price_unit": "USD",
        "uri": format!("{uri}.json"),
        "subresource_uris": { "recordings": format!("{uri}/Recordings.json") },
    })
}
