//! The account, its telephone numbers, and where what happens on them is sent.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use serde_json::{Value, json};

use super::form::Fields;
use super::listing::{self, page};
use super::{date, without_json};
use crate::config::Line;
use crate::network::Network;
use crate::refusal::Refusal;
use crate::time::Instant;

/// Those whose number has what `PhoneNumber` says in it, as at the provider.
pub(super) async fn list(
    State(network): State<Network>,
    Path(account): Path<String>,
    Query(query): listing::Query,
) -> Json<Value> {
    let wanted = query.get("PhoneNumber").map(String::as_str).unwrap_or_default();
    let config = network.config();
    let lines = config.lines.iter().enumerate().filter(|(_, line)| line.number.contains(wanted));
    let shown = lines.map(|(place, line)| show(&account, place, line, config.start)).collect();
    Json(page(
        "incoming_phone_numbers",
        &format!("/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json"),
        &query,
        shown,
    ))
}

pub(super) async fn read(
    State(network): State<Network>,
    Path((account, sid)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let config = network.config();
    let (place, line) = find(&config.lines, without_json(&sid))?;
    Ok(Json(show(&account, place, line, config.start)))
}

/// Where what happens on a number is sent from now on; an empty address is none.
pub(super) async fn modify(
    State(network): State<Network>,
    Path((account, sid)): Path<(String, String)>,
    fields: Fields,
) -> Result<Json<Value>, Refusal> {
    for method in ["VoiceMethod", "VoiceFallbackMethod", "StatusCallbackMethod", "SmsMethod", "SmsFallbackMethod"] {
        if fields.get(method).is_some_and(|method| method != "POST") {
            return Err(Refusal::bad(20_001, format!("{method}: the sandbox sends what happens on a number by POST")));
        }
    }
    let address = |name: &str| -> Result<Option<Option<String>>, Refusal> {
        Ok(if fields.has(name) { Some(fields.url(name, 21_502)?) } else { None })
    };
    let (voice, voice_fallback) = (address("VoiceUrl")?, address("VoiceFallbackUrl")?);
    let (sms, sms_fallback, status) = (address("SmsUrl")?, address("SmsFallbackUrl")?, address("StatusCallback")?);
    network.act(|state| {
        let config = Arc::make_mut(&mut state.world.config);
        let (place, _) = find(&config.lines, without_json(&sid))?;
        let line = config.lines.get_mut(place).ok_or_else(|| Refusal::not_found(&sid))?;
        let changes = [
            (&mut line.voice_url, voice),
            (&mut line.voice_fallback_url, voice_fallback),
            (&mut line.sms_url, sms),
            (&mut line.sms_fallback_url, sms_fallback),
            (&mut line.status_callback, status),
        ];
        for (address, change) in changes {
            *address = change.unwrap_or_else(|| address.take());
        }
        Ok(Json(show(&account, place, line, config.start)))
    })
}

fn find<'l>(lines: &'l [Line], sid: &str) -> Result<(usize, &'l Line), Refusal> {
    let found = lines.iter().enumerate().find(|(place, _)| sid_of(*place) == sid);
    found.ok_or_else(|| Refusal::not_found(sid))
}

fn sid_of(place: usize) -> String {
    format!("PN{place:032x}")
}

/// The one account of the network.
pub(super) async fn account(State(network): State<Network>) -> Json<Value> {
    let config = network.config();
    let (sid, uri) = (&config.account_sid, format!("/2010-04-01/Accounts/{}", config.account_sid));
    let below = [
        ("calls", "Calls"),
        ("conferences", "Conferences"),
        ("incoming_phone_numbers", "IncomingPhoneNumbers"),
        ("messages", "Messages"),
        ("queues", "Queues"),
        ("recordings", "Recordings"),
    ];
    let below = below.map(|(name, resource)| (name.to_owned(), Value::from(format!("{uri}/{resource}.json"))));
    Json(json!({
        "sid": sid,
        "owner_account_sid": sid,
        "friendly_name": "Sandbox",
        "status": "active",
        "type": "Full",
        "date_created": date(config.start),
        "date_updated": date(config.start),
        "uri": format!("{uri}.json"),
        "subresource_uris": below.into_iter().collect::<serde_json::Map<_, _>>(),
    }))
}

fn show(account: &str, place: usize, line: &Line, made: Instant) -> Value {
    let sid = sid_of(place);
    let url = |url: &Option<String>| url.clone().unwrap_or_default();
    json!({
        "sid": sid,
        "account_sid": account,
        "phone_number": line.number,
        "friendly_name": line.number,
        "voice_url": url(&line.voice_url),
        "voice_method": "POST",
        "voice_fallback_url": url(&line.voice_fallback_url),
        "voice_fallback_method": "POST",
        "status_callback": url(&line.status_callback),
        "status_callback_method": "POST",
        "sms_url": url(&line.sms_url),
        "sms_method": "POST",
        "sms_fallback_url": url(&line.sms_fallback_url),
        "sms_fallback_method": "POST",
        "capabilities": { "voice": true, "sms": true, "mms": false, "fax": false },
        "date_created": date(made),
        "date_updated": date(made),
        "uri": format!("/2010-04-01/Accounts/{account}/IncomingPhoneNumbers/{sid}.json"),
    })
}
