//! Conferences: read, listed, spoken into, ended.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde_json::{Value, json};

use super::form::Fields;
use super::listing::{self, asked, page};
use super::{date, without_json};
use crate::conference::Conference;
use crate::ids::ConferenceSid;
use crate::network::Network;
use crate::refusal::Refusal;
use crate::twiml::{Method, Target};
use crate::world::World;

pub(super) async fn list(
    State(network): State<Network>,
    Path(account): Path<String>,
    Query(query): listing::Query,
) -> Json<Value> {
    let conferences = network.act(|state| {
        let world = &state.world;
        let all = world.conference_order.iter().filter_map(|sid| world.conferences.get(sid));
        let wanted = all.filter(|conference| {
            asked(&query, "Status", conference.status.as_str()) && asked(&query, "FriendlyName", &conference.name)
        });
        wanted.map(|conference| show(&account, conference)).collect()
    });
    Json(page("conferences", &format!("/2010-04-01/Accounts/{account}/Conferences.json"), &query, conferences))
}

pub(super) async fn read(
    State(network): State<Network>,
    Path((account, sid)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    network.act(|state| Ok(Json(show(&account, find(&state.world, without_json(&sid))?))))
}

/// `Status=completed` ends it; `AnnounceUrl` is spoken to everybody in it.
pub(super) async fn modify(
    State(network): State<Network>,
    Path((account, sid)): Path<(String, String)>,
    fields: Fields,
) -> Result<Json<Value>, Refusal> {
    if let Some(other) = fields.get("Status").filter(|status| *status != "completed") {
        return Err(Refusal::bad(20_001, format!("Status: expected completed, not '{other}'")));
    }
    let announce =
        Target { url: fields.url("AnnounceUrl", 21_205)?, method: Method::from_param(fields.get("AnnounceMethod")) };
    network.act(|state| {
        let sid = find(&state.world, without_json(&sid))?.sid.clone();
        state.world.ask_for_announcement(&sid, None, &announce);
        if fields.get("Status").is_some() {
            state.world.end_conference(&sid, "conference-ended-via-api", None);
        }
        Ok(Json(show(&account, find(&state.world, sid.as_str())?)))
    })
}

pub(super) fn find<'w>(world: &'w World, sid: &str) -> Result<&'w Conference, Refusal> {
    world.conferences.get(&ConferenceSid::from(sid)).ok_or_else(|| Refusal::not_found(sid))
}

fn show(account: &str, conference: &Conference) -> Value {
    let uri = format!("/2010-04-01/Accounts/{account}/Conferences/{}", conference.sid);
    let (reason, by) = conference.ended.clone().unzip();
    json!({
        "sid": conference.sid.as_str(),
        "account_sid": account,
        "friendly_name": conference.name,
        "status": conference.status.as_str(),
        "reason_conference_ended": reason,
        "call_sid_ending_conference": by.flatten().map(|call| call.to_string()),
        "region": "us1",
        "api_version": "2010-04-01",
        "date_created": date(conference.created),
        "date_updated": date(conference.updated),
        "uri": format!("{uri}.json"),
        "subresource_uris": {
            "participants": format!("{uri}/Participants.json"),
            "recordings": format!("{uri}/Recordings.json"),
        },
    })
}
