//! Conferences and who is in them: read, listed, ended; a participant muted, put on hold, removed.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::form::Fields;
use super::listing::{self, asked, page};
use super::{date, without_json};
use crate::conference::{Conference, Seat, SeatChange, Stage};
use crate::ids::{CallSid, ConferenceSid};
use crate::network::Network;
use crate::refusal::Refusal;
use crate::signal::Word;
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

/// `Status=completed` ends it.
pub(super) async fn modify(
    State(network): State<Network>,
    Path((account, sid)): Path<(String, String)>,
    fields: Fields,
) -> Result<Json<Value>, Refusal> {
    if let Some(other) = fields.get("Status").filter(|status| *status != "completed") {
        return Err(Refusal::bad(20_001, format!("Status: expected completed, not '{other}'")));
    }
    network.act(|state| {
        let sid = find(&state.world, without_json(&sid))?.sid.clone();
        if fields.get("Status").is_some() {
            state.world.end_conference(&sid, "conference-ended-via-api", None);
        }
        Ok(Json(show(&account, find(&state.world, sid.as_str())?)))
    })
}

pub(super) async fn participants(
    State(network): State<Network>,
    Path((account, sid)): Path<(String, String)>,
    Query(query): listing::Query,
) -> Result<Json<Value>, Refusal> {
    let seats = network.act(|state| {
        let conference = find(&state.world, &sid)?;
        let wanted = conference.seats.iter().filter(|seat| {
            asked(&query, "Muted", &seat.muted.to_string()) && asked(&query, "Hold", &seat.hold.to_string())
        });
        Ok::<_, Refusal>(wanted.map(|seat| participant(&account, conference, seat)).collect())
    })?;
    let path = format!("/2010-04-01/Accounts/{account}/Conferences/{sid}/Participants.json");
    Ok(Json(page("participants", &path, &query, seats)))
}

pub(super) async fn read_participant(
    State(network): State<Network>,
    Path((account, sid, call)): Path<(String, String, String)>,
) -> Result<Json<Value>, Refusal> {
    network.act(|state| show_seat(&account, &state.world, &sid, without_json(&call)))
}

pub(super) async fn modify_participant(
    State(network): State<Network>,
    Path((account, sid, call)): Path<(String, String, String)>,
    fields: Fields,
) -> Result<Json<Value>, Refusal> {
    let hold_url = Target { url: fields.url("HoldUrl", 21_205)?, method: Method::from_param(fields.get("HoldMethod")) };
    let change = SeatChange {
        muted: fields.flag("Muted")?,
        hold: fields.flag("Hold")?,
        end_on_exit: fields.flag("EndConferenceOnExit")?,
        hold_url,
    };
    network.act(|state| {
        let call = without_json(&call);
        let conference = find(&state.world, &sid)?.sid.clone();
        state.world.change_seat(&conference, &CallSid::from(call), &change);
        show_seat(&account, &state.world, &sid, call)
    })
}

/// Removes a participant: their call goes on with what follows its `Dial`.
pub(super) async fn remove_participant(
    State(network): State<Network>,
    Path((_, sid, call)): Path<(String, String, String)>,
) -> Result<StatusCode, Refusal> {
    network.act(|state| {
        let conference = find(&state.world, &sid)?;
        let call = CallSid::from(without_json(&call));
        conference.seat(&call).ok_or_else(|| Refusal::not_found(call.as_str()))?;
        let conference = conference.sid.clone();
        state.world.leave_conference(&conference, &call, true);
        state.world.word(call, Word::ConferenceEnds);
        Ok(StatusCode::NO_CONTENT)
    })
}

fn find<'w>(world: &'w World, sid: &str) -> Result<&'w Conference, Refusal> {
    world.conferences.get(&ConferenceSid::from(sid)).ok_or_else(|| Refusal::not_found(sid))
}

fn show_seat(account: &str, world: &World, sid: &str, call: &str) -> Result<Json<Value>, Refusal> {
    let conference = find(world, sid)?;
    let seat = conference.seat(&CallSid::from(call)).ok_or_else(|| Refusal::not_found(call))?;
    Ok(Json(participant(account, conference, seat)))
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
        "subresource_uris": { "participants": format!("{uri}/Participants.json") },
    })
}

fn participant(account: &str, conference: &Conference, seat: &Seat) -> Value {
    let uri = format!("/2010-04-01/Accounts/{account}/Conferences/{}/Participants/{}.json", conference.sid, seat.call);
    json!({
        "call_sid": seat.call.as_str(),
        "conference_sid": conference.sid.as_str(),
        "account_sid": account,
        "label": null,
        "muted": seat.muted,
        "hold": seat.hold,
        "coaching": false,
        "call_sid_to_coach": null,
        "start_conference_on_enter": seat.start_on_enter,
        "end_conference_on_exit": seat.end_on_exit,
        "status": if conference.status == Stage::Completed { "complete" } else { "connected" },
        "date_created": date(seat.joined),
        "date_updated": date(conference.updated),
        "uri": uri,
    })
}
