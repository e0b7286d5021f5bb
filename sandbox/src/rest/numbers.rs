//! The account's telephone numbers, and where what happens on them is sent.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde_json::{Value, json};

use super::date;
use super::listing::{self, page};
use crate::config::Line;
use crate::network::Network;
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

fn show(account: &str, place: usize, line: &Line, made: Instant) -> Value {
    let sid = format!("PN{place:032x}");
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
