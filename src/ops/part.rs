//! The person who has a case and its reporter have parted, or were not joined: the evidence of a first response, or the
//! next attempt at one.

use chrono::TimeDelta;

use super::change::respond;
use super::effects::keep_recording;
use super::message::{Intent, intend, set_down};
use super::open_incident::{language_of, tell_ticket_store};
use super::room::room_of;
use super::{Hotline, Lease, OpsError, Task, enqueue};
use crate::call::{Call, Recording};
use crate::flow::Parted;
use crate::id::IncidentId;
use crate::incident::{Actor, Change, Incident};
use crate::oncall::{Address, Channel};
use crate::paging::{Message, Place, Recipient, RoomState};
use crate::store::Tx;

/// The shortest conversation that is a first response, in seconds: long enough to have said something.
pub(super) const LEAST_SECONDS: u32 = 10;
/// What the row of a call to whoever has a case is named, when they are to be joined to the reporter.
pub(super) const CALL_BACK: &str = "call_back";
/// After a reporter was not reached: 5, 15 and 30 minutes after the first attempt, then every hour.
const ATTEMPTS: [TimeDelta; 3] = [TimeDelta::minutes(5), TimeDelta::minutes(10), TimeDelta::minutes(15)];
const AFTER_THAT: TimeDelta = TimeDelta::hours(1);

/// Takes in how joining the person called in `call` to the reporter ended.
pub(super) async fn part(hotline: &Hotline, tx: &mut Tx, call: &Call, parted: &Parted) -> Result<(), OpsError> {
    let now = hotline.now();
    let Some(dialogue) = tx.dialogue(call.id).await? else { return Ok(()) };
    let known = tx.incident(dialogue.incident).await?.ok_or(OpsError::NotFound("incident"))?;
    // The reporter's call before the case, as the reporter's own turns lock them: at a move both come at once.
    tx.lock_call(known.call).await?;
    let incident = tx.lock_incident(dialogue.incident).await?.ok_or(OpsError::NotFound("incident"))?;
    if let Some((id, url)) = &parted.recording {
        let recording = Recording {
            provider_recording: id.clone(),
            call: call.id,
            incident: Some(incident.id),
            url: url.clone(),
            seconds: parted.seconds,
            holds: "conversation".to_owned(),
            status: "in-progress".to_owned(),
            at: now,
        };
        keep_recording(hotline, tx, &recording).await?;
    }
    if dialogue.place == Place::Room {
        // Who was in a room, and for how long, is told by the room.
        return Ok(());
    }
    let given_way = gives_way(tx, call, parted).await?;
    if !parted.joined && given_way {
        return Ok(());
    }
    if !parted.joined {
        let change = Change::Called { person: "reporter".to_owned(), how: parted.how.clone() };
        tx.append_entry(incident.id, now, &Actor::System, &change).await?;
        return missed(hotline, tx, &incident).await;
    }
    let actor = Actor::Person(dialogue.person.clone());
    let change = Change::Bridged { person: dialogue.person.clone(), seconds: parted.seconds };
    tx.append_entry(incident.id, now, &actor, &change).await?;
    tell_ticket_store(hotline, tx, incident.id).await?;
    if parted.seconds < LEAST_SECONDS {
        return if given_way { Ok(()) } else { missed(hotline, tx, &incident).await };
    }
    if incident.state.awaits_response() {
        respond(hotline, tx, incident, &actor, now, "call", None).await?;
    }
    Ok(())
}

/// Whether the conversation goes on in a room, or was to: then what was said so far is counted with what follows there, and
/// whether anything was, is known once everybody is out.
async fn gives_way(tx: &mut Tx, call: &Call, parted: &Parted) -> Result<bool, OpsError> {
    let Some(room) = room_of(tx, call.id).await? else { return Ok(false) };
    if room.state == RoomState::Closed {
        // The end of their call was told before this: all is written down, and the next attempt set.
        return Ok(true);
    }
    let alive = room.state.is_live() || room.state == RoomState::Over;
    let Some(mut seat) = tx.seat_of_call(call.id).await?.filter(|seat| alive && seat.left_at.is_none()) else {
        return Ok(false);
    };
    seat.talked = Some(if parted.joined { parted.seconds } else { 0 });
    tx.save_seat(&seat).await?;
    Ok(true)
}

/// The reporter was not reached: they are told so, and the line tries again.
pub(super) async fn missed(hotline: &Hotline, tx: &mut Tx, incident: &Incident) -> Result<(), OpsError> {
    if !incident.state.awaits_response() {
        return Ok(());
    }
    try_later(hotline, tx, incident).await?;
    let now = hotline.now();
    if incident.text_messages
        && let Some(to) = incident.call_back.clone()
    {
        let (writer, language) = (&hotline.policy.writer, language_of(incident));
        let body = writer.caller_missed(language, &incident.number, now, &hotline.policy.line);
        intend(hotline, tx, Some(incident.id), "caller_missed", to, body).await?;
    }
    Ok(())
}

/// Sets down the next attempt to reach the reporter, once, however many say that it is needed: whoever was called and was
/// not joined to them, whoever did not pick up.
pub(super) async fn try_later(hotline: &Hotline, tx: &mut Tx, incident: &Incident) -> Result<(), OpsError> {
    if !incident.state.awaits_response() {
        return Ok(());
    }
    let attempts = |message: &Message| message.template == CALL_BACK && message.created_at >= incident.started_at;
    let tried = tx.messages(incident.id).await?.iter().filter(|message| attempts(message)).count();
    let wait = ATTEMPTS.get(tried).copied().unwrap_or(AFTER_THAT);
    let attempt = u32::try_from(tried).unwrap_or(u32::MAX).saturating_add(1);
    let task = Task::CallBack { incident: incident.id, cycle: incident.cycle, attempt };
    enqueue(hotline, tx, Some(incident.id), hotline.now() + wait, &task).await
}

/// Attempt number `attempt` to reach the reporter is due: whoever has the case is called, to be joined to them. It stops
/// only at a person's word: a first response, or the end of the case.
///
/// # Errors
/// [`OpsError`].
pub async fn call_back(
    hotline: &Hotline,
    lease: Lease,
    incident: IncidentId,
    cycle: u32,
    _attempt: u32,
) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let incident = tx.lock_incident(incident).await?.ok_or(OpsError::NotFound("incident"))?;
            lease.settle(hotline, tx).await?;
            if incident.cycle != cycle || !incident.state.awaits_response() || incident.call_back.is_none() {
                return Ok(());
            }
            let roster = hotline.roster(tx).await?;
            let holder = incident.acknowledged_by.as_deref();
            let Some(holder) = holder.and_then(|holder| Hotline::person(roster.as_deref(), holder)) else {
                return Ok(());
            };
            let voice = holder.contacts.iter().find_map(|contact| match &contact.address {
                Address::Voice(number) => Some(number.clone()),
                _ => None,
            });
            // Without a number to call, the reminders go on.
            let Some(number) = voice else { return Ok(()) };
            let intent = Intent {
                incident: Some(incident.id),
                page: None,
                template: CALL_BACK,
                channel: Channel::Voice,
                to: Recipient::Number(number),
                body: String::new(),
                at: hotline.now(),
            };
            set_down(hotline, tx, intent).await?;
            Ok(())
        })
        .await
}
