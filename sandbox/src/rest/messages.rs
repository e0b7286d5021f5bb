//! Text messages: sent, read, listed.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::form::Fields;
use super::listing::{self, asked, page};
use super::{date, date_or_null, token, without_json};
use crate::ids::MessageSid;
use crate::network::Network;
use crate::refusal::Refusal;
use crate::sms::{Draft, Message};

pub(super) async fn create(
    State(network): State<Network>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    fields.number("ValidityPeriod", 1, 36_000)?;
    let status_callback = fields.url("StatusCallback", 21_609)?;
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
        let sid = state.world.send_sms(draft)?;
        state.world.messages.get(&sid).cloned().ok_or_else(|| Refusal::not_found(sid.as_str()))
    })?;
    Ok((StatusCode::CREATED, Json(json(&network.config().account_sid, &message))))
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
) -> Json<Value> {
    let messages = network.messages().into_iter();
    let messages = messages.filter(|message| asked(&query, "To", &message.to) && asked(&query, "From", &message.from));
    let messages = messages.map(|message| json(&account, &message)).collect();
    Json(page("messages", &format!("/2010-04-01/Accounts/{account}/Messages.json"), &query, messages))
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
