//! Somebody whom the line called picked up, or pressed a key: what they hear next, and what it does to the case.

use chrono::TimeDelta;

use super::acknowledge::{Acknowledged, acknowledge};
use super::bundle::{self, pass_all, standing};
use super::invite::INVITE;
use super::message::{carried, stands};
use super::outbound::{code_spoken, recognise};
use super::part::CALL_BACK;
use super::room::{conversation, enter, gone, room_of};
use super::spoken::Voice;
use super::take_turn::{Document, keep_turn};
use super::verify::{proved_by_number, speak_code};
use super::{Hotline, OpsError};
use crate::call::{Call, Happening};
use crate::clock::Instant;
use crate::flow::{Input, Verb};
use crate::id::CallId;
use crate::incident::{Actor, Incident, State};
use crate::oncall::Channel;
use crate::paging::dialogue::{self, About, Heard, Step, Taking};
use crate::paging::{Dialogue, Place};
use crate::store::Tx;

/// How long somebody who took the case by telephone has to decide whether to talk at once.
const DECIDES: TimeDelta = TimeDelta::seconds(45);

/// A call of ours was picked up.
#[derive(Clone, Debug)]
pub struct PickedUp {
    /// The call.
    pub call: CallId,
    /// The provider's id of the leg it came over.
    pub provider_call: String,
    /// Whether the provider took it for a machine.
    pub machine: bool,
    /// The provider's retry token, where it sends one.
    pub token: Option<String>,
}

/// The first document of a call that the line placed. A repeat gets the same one.
///
/// # Errors
/// [`OpsError`]; nothing is kept then.
pub async fn picked_up(hotline: &Hotline, up: PickedUp) -> Result<Document, OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Document, OpsError> {
            let mut call = tx.lock_call(up.call).await?.ok_or(OpsError::NotFound("call"))?;
            recognise(tx, &mut call, &up.provider_call).await?;
            if let Some(first) = tx.turn(call.id, 0).await? {
                return Ok(Document { call: call.id, number: 1, verbs: first.answer });
            }
            let how = if up.machine { "machine" } else { "answered" }.to_owned();
            tx.append_call_entries(call.id, hotline.now(), &[Happening::Called { how }]).await?;
            let verbs = match code_spoken(tx, call.id).await? {
                Some(message) => speak_code(hotline, tx, &message, up.machine).await?,
                None => converse(hotline, tx, &call, Heard::Answered { machine: up.machine }).await?,
            };
            call.turn = 1;
            tx.save_call(&call).await?;
            keep_turn(hotline, tx, &call, 0, up.token.clone(), &Input::Begin, &verbs).await?;
            Ok(Document { call: call.id, number: 1, verbs })
        })
        .await
}

/// One step of the dialogue of `call`, in the unit of `tx`.
pub(super) async fn converse(hotline: &Hotline, tx: &mut Tx, call: &Call, heard: Heard) -> Result<Vec<Verb>, OpsError> {
    let mut dialogue = tx.dialogue(call.id).await?.ok_or(OpsError::NotFound("dialogue"))?;
    let known = tx.incident(dialogue.incident).await?.ok_or(OpsError::NotFound("incident"))?;
    let message = tx.message(dialogue.message).await?.ok_or(OpsError::NotFound("message"))?;
    let bundle = carried(tx, &message).await?;
    // Of a bundle, what still stands; its cases are locked when they are taken, each in its turn.
    let cases = match bundle {
        Some(bundle) => {
            let pages = standing(tx, bundle).await?;
            bundle::cases(tx, &pages).await?
        }
        None => Vec::new(),
    };
    let incident = if bundle.is_some() {
        cases.first().cloned().unwrap_or(known)
    } else {
        // The reporter's call before the case, as the reporter's own turns lock them.
        tx.lock_call(known.call).await?;
        tx.lock_incident(known.id).await?.ok_or(OpsError::NotFound("incident"))?
    };
    let roster = hotline.roster(tx).await?;
    let person = Hotline::person(roster.as_deref(), &dialogue.person);
    let waiting = waits(tx, &incident).await?;
    let reports = reports(tx, &incident).await?;
    let right = match &heard {
        Heard::Keys(keys) => person.and_then(|person| person.pin.as_ref()).is_some_and(|pin| pin.is(keys)),
        _ => false,
    };
    let talk = conversation(tx, &incident, Some(call.id)).await?.map(|conversation| conversation.talk);
    let mut room = room_of(tx, call.id).await?;
    let about = About {
        pin: person.is_some_and(|person| person.pin.is_some()),
        right,
        report: !reports.is_empty(),
        waiting: waiting.is_some(),
        reachable: incident.call_back.is_some(),
        call_back: message.template == CALL_BACK,
        bundle: bundle.is_some(),
        invited: message.template == INVITE,
        talk,
        room: room.as_ref().map(|room| room.state),
    };
    let needed = if about.call_back {
        taking(&incident, &dialogue.person) == Taking::StillTheirs
    } else {
        stands(tx, &message).await?
    };
    let (place, step) = match &heard {
        // Somebody was faster while it rang, or the reporter was reached meanwhile.
        Heard::Answered { machine: false } if !needed => {
            let taking = if about.bundle { Taking::Moot } else { taking(&incident, &dialogue.person) };
            dialogue::taken(taking, about)
        }
        _ => dialogue::step(dialogue.place, &heard, about),
    };
    let mut cases = cases.len();
    let (place, step, incident) = match step {
        Step::Accept => {
            let (taking, incident) = match bundle {
                Some(bundle) => {
                    cases = bundle::accept_all(hotline, tx, &dialogue.person, bundle, "voice").await?.len();
                    (if cases > 0 { Taking::Theirs } else { Taking::Moot }, incident)
                }
                None => accept(hotline, tx, &dialogue, incident).await?,
            };
            // A key pressed in this call: that telephone reaches them.
            if let Some(person) = person {
                proved_by_number(hotline, tx, person, Channel::Voice, &call.to).await?;
            }
            if bundle.is_none() && matches!(taking, Taking::Theirs | Taking::StillTheirs) {
                keep_waiting(tx, waiting, Some(hotline.now() + DECIDES)).await?;
            }
            let (place, step) = dialogue::taken(taking, about);
            (place, step, incident)
        }
        Step::PassOn => {
            let taking = match bundle {
                Some(bundle) if pass_all(hotline, tx, &dialogue.person, bundle).await? > 0 => Taking::Theirs,
                Some(_) => Taking::Moot,
                None => pass_on(hotline, tx, &dialogue, &incident).await?,
            };
            let (place, step) = dialogue::passed(taking, about);
            (place, step, incident)
        }
        Step::Enter => {
            if let Some(person) = person {
                proved_by_number(hotline, tx, person, Channel::Voice, &call.to).await?;
            }
            let (place, step) = dialogue::entering(enter(hotline, tx, &incident, call, &dialogue.person).await?);
            room = room_of(tx, call.id).await?;
            (place, step, incident)
        }
        step => {
            if matches!((dialogue.place, place), (Place::Offer, Place::Over)) {
                keep_waiting(tx, waiting, None).await?;
            }
            (place, step, incident)
        }
    };
    dialogue.place = place;
    tx.save_dialogue(&dialogue).await?;
    if place == Place::Over {
        gone(hotline, tx, call.id).await?;
    }
    let flow = hotline.flow(tx, &hotline.policy.flow).await?;
    let roster = roster.as_deref();
    let asked_by = about.invited.then_some(message.body.as_str());
    let voice = Voice { hotline, flow, roster, person, incident: &incident, reports: &reports, cases, asked_by };
    match step {
        Step::Say(say) => voice.speak(&say),
        Step::Join(say) => voice.join(&say, waiting, consents(tx, &incident).await?),
        Step::Confer(say) => voice.confer(&say, &room.ok_or(OpsError::Impossible("a conversation without a room"))?),
        Step::Accept | Step::PassOn | Step::Enter => Err(OpsError::Impossible("a dialogue that acts twice")),
    }
}

/// The call that waits for a person on this case, if one does.
pub(super) async fn waits(tx: &mut Tx, incident: &Incident) -> Result<Option<CallId>, OpsError> {
    let call = tx.call(incident.call).await?;
    let waits = |call: &Call| call.ended_at.is_none() && call.session.waiting_since.is_some();
    Ok(call.filter(waits).map(|call| call.id))
}

/// Whether the reporter may be recorded: they were asked, and did not decline.
pub(super) async fn consents(tx: &mut Tx, incident: &Incident) -> Result<bool, OpsError> {
    Ok(tx.call(incident.call).await?.is_some_and(|call| call.session.recording == Some(true)))
}

/// A caller in the queue stays while a person decides, or no longer.
async fn keep_waiting(tx: &mut Tx, waiting: Option<CallId>, until: Option<Instant>) -> Result<(), OpsError> {
    let Some(id) = waiting else { return Ok(()) };
    if let Some(mut call) = tx.lock_call(id).await? {
        call.session.joining_until = until;
        tx.save_call(&call).await?;
    }
    Ok(())
}

/// What the reporter recorded of the fault, the oldest first: addresses at the provider.
async fn reports(tx: &mut Tx, incident: &Incident) -> Result<Vec<String>, OpsError> {
    let recordings = tx.incident_recordings(incident.id).await?;
    let spoken = recordings.into_iter().filter(|recording| recording.seconds > 0 && recording.status != "absent");
    Ok(spoken.map(|recording| recording.url).collect())
}

/// How a case stands to somebody who would take it.
fn taking(incident: &Incident, person: &str) -> Taking {
    match (&incident.acknowledged_by, incident.state) {
        (_, State::Received) => Taking::Theirs,
        (Some(holder), State::Acknowledged) if holder == person => Taking::StillTheirs,
        (Some(_), State::Acknowledged) => Taking::Others,
        _ => Taking::Moot,
    }
}

async fn accept(
    hotline: &Hotline,
    tx: &mut Tx,
    dialogue: &Dialogue,
    incident: Incident,
) -> Result<(Taking, Incident), OpsError> {
    let actor = Actor::Person(dialogue.person.clone());
    Ok(match acknowledge(hotline, tx, incident, &actor, &dialogue.person, "voice").await? {
        Acknowledged::Taken(incident) => (Taking::Theirs, incident),
        Acknowledged::Already(incident) => (taking(&incident, &dialogue.person), incident),
    })
}

async fn pass_on(hotline: &Hotline, tx: &mut Tx, dialogue: &Dialogue, incident: &Incident) -> Result<Taking, OpsError> {
    let message = tx.message(dialogue.message).await?.ok_or(OpsError::NotFound("message"))?;
    let page = message.page.ok_or(OpsError::Impossible("a dialogue without a page"))?;
    let page = tx.page(page).await?.ok_or(OpsError::NotFound("page"))?;
    Ok(if super::reply::hand_on(hotline, tx, &dialogue.person, page, incident).await? {
        Taking::Theirs
    } else {
        taking(incident, &dialogue.person)
    })
}
