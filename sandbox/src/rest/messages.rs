//! Text messages: sent at once or later, read, listed, emptied, taken back, deleted.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::form::Fields;
use super::listing::{self, Span, asked, page};
use super::{date, date_or_null, token, without_json};
use chrono::{DateTime, TimeDelta};

use crate::ids::MessageSid;
use crate::network::Network;
use crate::refusal::Refusal;
use crate::sms::{Draft, Message, Status};
use crate::time::Instant;

pub(super) async fn create(
    State(network): State<Network>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    fields.number("ValidityPeriod", 1, 36_000)?;
    let status_callback = fields.url("StatusCallback", 21_609)?;
    let later = later(&fields, network.now())?;
    let message = network.act(|state| {
        // A messaging service sends from the account's first number.
        let service = fields.get("MessagingServiceSid").and(state.world.config.lines.first());
        let service = service.map(|line| line.number.clone()).unwrap_or_default();
        let draft = Draft {
            from: fields.get("From").unwrap_or(&service),
            to: fields.text("To"),
            body: fields.raw("Body"),
            direction: "outbound-api",
            status_callback,
            token: token(&headers),
        };
        let sid = state.world.send_sms_at(draft, later)?;
        state.world.messages.get(&sid).cloned().ok_or_else(|| Refusal::not_found(sid.as_str()))
    })?;
    Ok((StatusCode::CREATED, Json(json(&network.config().account_sid, &message))))
}

/// `ScheduleType=fixed` and `SendAt`: from five minutes to 35 days ahead, through a messaging service.
fn later(fields: &Fields, now: Instant) -> Result<Option<Instant>, Refusal> {
    let (Some(text), kind) = (fields.get("SendAt"), fields.get("ScheduleType")) else { return Ok(None) };
    if kind != Some("fixed") {
        return Err(Refusal::bad(35_111, "SendAt needs ScheduleType=fixed"));
    }
    if fields.get("MessagingServiceSid").is_none() {
        return Err(Refusal::bad(35_118, "MessagingServiceSid is required to schedule a message"));
    }
    let at = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
    match at {
        Ok(at) if (TimeDelta::minutes(5)..=TimeDelta::days(35)).contains(&(at - now)) => Ok(Some(at)),
        _ => Err(Refusal::bad(35_114, "SendAt: expected an instant in ISO 8601, from five minutes to 35 days ahead")),
    }
}

/// An empty `Body` removes the words of a message that is over; `Status=canceled` takes back one that is scheduled.
pub(super) async fn modify(
    State(network): State<Network>,
    Path((account, message)): Path<(String, String)>,
    fields: Fields,
) -> Result<Json<Value>, Refusal> {
    let sid = MessageSid::from(without_json(&message));
    let empties = fields.has("Body");
    network.act(|state| {
        let now = state.world.now;
        let message = state.world.messages.get_mut(&sid).ok_or_else(|| Refusal::not_found(sid.as_str()))?;
        match fields.get("Status") {
            Some("canceled") if message.status == Status::Scheduled => message.status = Status::Canceled,
            Some("canceled") => {
                return Err(Refusal::bad(30_409, "Message cannot be canceled: it is not scheduled"));
            }
            Some(other) => return Err(Refusal::bad(20_001, format!("Status: expected canceled, not '{other}'"))),
            None => {}
        }
        if empties {
            if !fields.raw("Body").is_empty() {
                return Err(Refusal::bad(20_001, "Body: a message can only be emptied"));
            }
            over(message)?;
            message.body.clear();
        }
        message.updated = now;
        Ok(Json(json(&account, message)))
    })
}

pub(super) async fn delete(
    State(network): State<Network>,
    Path((_, message)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let sid = MessageSid::from(without_json(&message));
    network.act(|state| {
        over(state.world.messages.get(&sid).ok_or_else(|| Refusal::not_found(sid.as_str()))?)?;
        state.world.messages.remove(&sid);
        state.world.message_order.retain(|known| *known != sid);
        Ok(StatusCode::NO_CONTENT)
    })
}

fn over(message: &Message) -> Result<(), Refusal> {
    if matches!(message.status, Status::Scheduled | Status::Queued | Status::Sending) {
        return Err(Refusal::unfinished());
    }
    Ok(())
}

/// No message has any: pictures are not carried.
pub(super) async fn media(
    State(network): State<Network>,
    Path((account, message)): Path<(String, String)>,
    Query(query): listing::Query,
) -> Result<Json<Value>, Refusal> {
    let sid = MessageSid::from(message.as_str());
    let there = network.act(|state| state.world.messages.contains_key(&sid));
    there.then_some(()).ok_or_else(|| Refusal::not_found(sid.as_str()))?;
    let path = format!("/2010-04-01/Accounts/{account}/Messages/{sid}/Media.json");
    Ok(Json(page("media_list", &path, &query, Vec::new())))
}

pub(super) async fn read(
    State(network): State<Network>,
    Path((account, message)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let sid = MessageSid::from(without_json(&message));
    let message = network.act(|state| state.world.messages.get(&sid).cloned());
    let message = message.ok_or_else(|| Refusal::not_found(sid.as_str()))?;
    Ok(Json(json(&account, &message)))
}

pub(super) async fn list(
    State(network): State<Network>,
    Path(account): Path<String>,
    Query(query): listing::Query,
) -> Result<Json<Value>, Refusal> {
    let sent = Span::asked(&query, "DateSent")?;
    let messages = network.messages().into_iter().filter(|message| {
        sent.holds(message.sent) && asked(&query, "To", &message.to) && asked(&query, "From", &message.from)
    });
    let messages = messages.map(|message| json(&account, &message)).collect();
    Ok(Json(page("messages", &format!("/2010-04-01/Accounts/{account}/Messages.json"), &query, messages)))
}

fn json(account: &str, message: &Message) -> Value {
    let uri = format!("/2010-04-01/Accounts/{account}/Messages/{}", message.sid);
    json!({
        "sid": message.sid.as_str(),
        "account_sid": account,
        "api_version": "2010-04-01",
        "from": message.from,
        "to": message.to,
        "body": message.body,
        "direction": message.direction,
        "status": message.status.as_str(),
        "num_segments": message.segments.to_string(),
        "num_media": "0",
        "error_code": message.error_code,
        "error_message": message.error_code.map(|code| format!("Error {code}")),
        "messaging_service_sid": null,
        "date_created": date(message.created),
        "date_updated": date(message.updated),
        "date_sent": date_or_null(message.sent),
        "price": null,
        "price_unit": "USD",
        "uri": format!("{uri}.json"),
        "subresource_uris": { "media": format!("{uri}/Media.json") },
    })
}
