//! Who is in a conference: called in, read, listed, muted, put on hold, told something, made a coach, removed.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::calls::terms;
use super::conferences::find;
use super::form::Fields;
use super::listing::{self, asked, page};
use super::{date, token, without_json};
use crate::call::{First, Order, Script};
use crate::conference::{Coaching, Conference, Seat, SeatChange, Stage};
use crate::ids::{CallSid, ConferenceSid};
use crate::network::Network;
use crate::refusal::Refusal;
use crate::signal::Word;
use crate::twiml::{Beep, CONFERENCE_EVENTS, ConferenceNoun, Dial, Method, Tape, Target, Verb};
use crate::world::World;

/// Calls somebody and takes them into a conference, which is there from now on; it is named by its identifier or its name.
pub(super) async fn create(
    State(network): State<Network>,
    Path((account, sid)): Path<(String, String)>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let noun = noun(&fields)?;
    let terms = terms(&fields)?;
    let shown = network.act(|state| {
        let named = find(&state.world, &sid).ok().filter(|conference| conference.status != Stage::Completed);
        let noun = ConferenceNoun { name: named.map_or(sid.clone(), |conference| conference.name.clone()), ..noun };
        if named.is_none() && sid.starts_with("CF") && sid.len() == 34 {
            return Err(Refusal::not_found(&sid));
        }
        let script = Script { first: First::Run(vec![Verb::Dial(Box::new(Dial::conference(noun.clone())))]), ..terms };
        let order = Order { from: fields.text("From"), to: fields.text("To"), script, token: token(&headers) };
        let call = state.order(order)?;
        let conference = state.world.conference_of(&noun);
        let now = state.world.now;
        Ok(json!({
            "call_sid": call.as_str(),
            "conference_sid": conference.as_str(),
            "account_sid": account,
            "label": noun.label,
            "muted": noun.muted,
            "hold": false,
            "coaching": noun.coaches.is_some(),
            "call_sid_to_coach": noun.coaches,
            "start_conference_on_enter": noun.start_on_enter,
            "end_conference_on_exit": noun.end_on_exit,
            "status": "queued",
            "date_created": date(now),
            "date_updated": date(now),
            "uri": format!("/2010-04-01/Accounts/{account}/Conferences/{conference}/Participants/{call}.json"),
        }))
    })?;
    Ok((StatusCode::CREATED, Json(shown)))
}

/// What the participant is in the conference, and what becomes of it when they are the first.
fn noun(fields: &Fields) -> Result<ConferenceNoun, Refusal> {
    let target = |url: &str, method: &str, code| -> Result<Target, Refusal> {
        Ok(Target { url: fields.url(url, code)?, method: Method::from_param(fields.get(method)) })
    };
    let mut plain = ConferenceNoun::plain(String::new());
    let events = fields.all("ConferenceStatusCallbackEvent").join(" ");
    plain.events = events.split_whitespace().map(str::to_owned).collect();
    if let Some(unknown) = plain.events.iter().find(|event| !CONFERENCE_EVENTS.contains(&event.as_str())) {
        let text = format!("ConferenceStatusCallbackEvent: '{unknown}' is not one of a conference");
        return Err(Refusal::bad(20_001, text));
    }
    plain.record = match fields.get("ConferenceRecord") {
        None | Some("false" | "do-not-record") => None,
        Some("true" | "record-from-start") => Some(Tape {
            from_ringing: false,
            dual: false,
            status: target("ConferenceRecordingStatusCallback", "ConferenceRecordingStatusCallbackMethod", 21_609)?,
            events: vec!["completed".to_owned()],
        }),
        Some(other) => return Err(Refusal::bad(20_001, format!("ConferenceRecord: '{other}' is not known"))),
    };
    let most = fields.number("MaxParticipants", 2, 250)?.and_then(|most| usize::try_from(most).ok());
    Ok(ConferenceNoun {
        muted: fields.flag("Muted")?.unwrap_or(plain.muted),
        beep: Beep::read(fields.get("Beep")),
        start_on_enter: fields.flag("StartConferenceOnEnter")?.unwrap_or(plain.start_on_enter),
        end_on_exit: fields.flag("EndConferenceOnExit")?.unwrap_or(plain.end_on_exit),
        wait: target("WaitUrl", "WaitMethod", 21_205)?,
        silent: fields.has("WaitUrl") && fields.get("WaitUrl").is_none(),
        most: most.unwrap_or(plain.most),
        status: target("ConferenceStatusCallback", "ConferenceStatusCallbackMethod", 21_609)?,
        coaches: match coaching(fields)? {
            Coaching::Of(call) => Some(call.to_string()),
            Coaching::AsBefore | Coaching::Nobody => None,
        },
        label: fields.get("Label").map(str::to_owned),
        ..plain
    })
}

pub(super) async fn list(
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

pub(super) async fn read(
    State(network): State<Network>,
    Path((account, sid, call)): Path<(String, String, String)>,
) -> Result<Json<Value>, Refusal> {
    network.act(|state| show_seat(&account, &state.world, &sid, without_json(&call)))
}

pub(super) async fn modify(
    State(network): State<Network>,
    Path((account, sid, name)): Path<(String, String, String)>,
    fields: Fields,
) -> Result<Json<Value>, Refusal> {
    let target = |url: &str, method: &str| -> Result<Target, Refusal> {
        Ok(Target { url: fields.url(url, 21_205)?, method: Method::from_param(fields.get(method)) })
    };
    let announce = target("AnnounceUrl", "AnnounceMethod")?;
    let change = SeatChange {
        muted: fields.flag("Muted")?,
        hold: fields.flag("Hold")?,
        end_on_exit: fields.flag("EndConferenceOnExit")?,
        hold_url: target("HoldUrl", "HoldMethod")?,
        coaching: coaching(&fields)?,
    };
    network.act(|state| {
        let name = without_json(&name);
        let (conference, call) = seat(&state.world, &sid, name)?;
        if let Coaching::Of(coached) = &change.coaching {
            seat(&state.world, &sid, coached.as_str())?;
        }
        state.world.change_seat(&conference, &call, &change);
        state.world.ask_for_announcement(&conference, Some(&call), &announce);
        show_seat(&account, &state.world, &sid, name)
    })
}

/// `Coaching` and `CallSidToCoach`; the second alone means both.
fn coaching(fields: &Fields) -> Result<Coaching, Refusal> {
    match (fields.flag("Coaching")?, fields.get("CallSidToCoach")) {
        (Some(false), _) => Ok(Coaching::Nobody),
        (_, Some(call)) => Ok(Coaching::Of(CallSid::from(call))),
        (Some(true), None) => Err(Refusal::bad(20_001, "Coaching needs CallSidToCoach")),
        (None, None) => Ok(Coaching::AsBefore),
    }
}

/// Removes a participant: their call goes on with what follows its `Dial`.
pub(super) async fn remove(
    State(network): State<Network>,
    Path((_, sid, call)): Path<(String, String, String)>,
) -> Result<StatusCode, Refusal> {
    network.act(|state| {
        let (conference, call) = seat(&state.world, &sid, without_json(&call))?;
        state.world.leave_conference(&conference, &call, true);
        state.world.word(call, Word::ConferenceEnds);
        Ok(StatusCode::NO_CONTENT)
    })
}

fn seat(world: &World, sid: &str, name: &str) -> Result<(ConferenceSid, CallSid), Refusal> {
    let conference = find(world, sid)?;
    let seat = conference.seat_named(name).ok_or_else(|| Refusal::not_found(name))?;
    Ok((conference.sid.clone(), seat.call.clone()))
}

fn show_seat(account: &str, world: &World, sid: &str, call: &str) -> Result<Json<Value>, Refusal> {
    let conference = find(world, sid)?;
    let seat = conference.seat_named(call).ok_or_else(|| Refusal::not_found(call))?;
    Ok(Json(participant(account, conference, seat)))
}

fn participant(account: &str, conference: &Conference, seat: &Seat) -> Value {
    let uri = format!("/2010-04-01/Accounts/{account}/Conferences/{}/Participants/{}.json", conference.sid, seat.call);
    json!({
        "call_sid": seat.call.as_str(),
        "conference_sid": conference.sid.as_str(),
        "account_sid": account,
        "label": seat.label,
        "muted": seat.muted,
        "hold": seat.hold,
        "coaching": seat.coaches.is_some(),
        "call_sid_to_coach": seat.coaches.as_ref().map(CallSid::as_str),
        "start_conference_on_enter": seat.start_on_enter,
        "end_conference_on_exit": seat.end_on_exit,
        "status": if conference.status == Stage::Completed { "complete" } else { "connected" },
        "date_created": date(seat.joined),
        "date_updated": date(conference.updated),
        "uri": uri,
    })
}
