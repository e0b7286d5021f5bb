//! Somebody whom the line called picked up, or pressed a key: what they hear next, and what it does to the case.

use chrono::TimeDelta;

use super::acknowledge::{Acknowledged, acknowledge};
use super::bundle::{self, pass_all, standing};
use super::invite::INVITE;
use super::message::{carried, stands};
use super::outbound::{code_spoken, recognise};
use super::part::CALL_BACK;
use super::room::{conversation, enter, room_of};
use super::room_news::gone;
use super::spoken::Voice;
use super::take_turn::{Document, keep_turn};
use super::verify::{proved_by_number, speak_code};
use super::{Hotline, OpsError};
use crate::call::{Call, Happening};
use crate::clock::Instant;
use crate::flow::{Input, Verb};
use crate::id::{BundleId, CallId};
use crate::incident::{Actor, Incident, State};
use crate::oncall::{Channel, Person};
use crate::paging::dialogue::{self, About, Heard, Step, Taking, Talk};
use crate::paging::{Dialogue, Message, Place, Room};
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
    let roster = hotline.roster(tx).await?;
    let roster = roster.as_deref();
    let mut scene = Scene::of(tx, call).await?;
    let person = Hotline::person(roster, &scene.dialogue.person);
    let about = scene.about(person, &heard);
    let (place, step) = match &heard {
        // Somebody was faster while it rang, or the reporter was reached meanwhile.
        Heard::Answered { machine: false } if !scene.is_needed(tx).await? => {
            let taking = if about.bundle { Taking::Moot } else { scene.taking() };
            dialogue::taken(taking, about)
        }
        _ => dialogue::step(scene.dialogue.place, &heard, about),
    };
    let proves = matches!(step, Step::Accept | Step::Enter);
    let (place, step) = scene.act(hotline, tx, call, (place, step), about).await?;
    if let Some(person) = person.filter(|_| proves) {
        // A key pressed in this call: that telephone reaches them.
        proved_by_number(hotline, tx, person, Channel::Voice, &call.to).await?;
    }
    scene.dialogue.place = place;
    tx.save_dialogue(&scene.dialogue).await?;
    if place == Place::Over {
        gone(hotline, tx, call.id).await?;
    }
    let flow = hotline.flow(tx, &hotline.policy.flow).await?;
    let Scene { message, cases, incident, waiting, reports, room, .. } = &scene;
    let asked_by = about.invited.then_some(message.body.as_str());
    let voice = Voice { hotline, flow, roster, person, incident, reports, cases: *cases, asked_by };
    match step {
        Step::Say(say) => voice.speak(&say),
        Step::Join(say) => voice.join(&say, *waiting, consents(tx, incident).await?),
        Step::Confer(say) => {
            voice.confer(&say, room.as_ref().ok_or(OpsError::Impossible("a conversation without a room"))?)
        }
        Step::Accept | Step::PassOn | Step::Enter => Err(OpsError::Impossible("a dialogue that acts twice")),
    }
}

/// What a step of a dialogue is about, as it stands.
struct Scene {
    dialogue: Dialogue,
    message: Message,
    bundle: Option<BundleId>,
    /// How many cases of the bundle still stand, and how many were taken once they are.
    cases: usize,
    /// The case; of a bundle, the first that still stands.
    incident: Incident,
    /// The call of the reporter, where they wait on the line.
    waiting: Option<CallId>,
    /// What the reporter recorded.
    reports: Vec<String>,
    /// The conversation with the reporter that goes on without this person.
    talk: Option<Talk>,
    /// The room into which this person comes.
    room: Option<Room>,
}

impl Scene {
    /// Locks the reporter's call and the case, unless it is a bundle: its cases are locked when they are taken, each in its
    /// turn.
    async fn of(tx: &mut Tx, call: &Call) -> Result<Self, OpsError> {
        let dialogue = tx.dialogue(call.id).await?.ok_or(OpsError::NotFound("dialogue"))?;
        let known = tx.incident(dialogue.incident).await?.ok_or(OpsError::NotFound("incident"))?;
        let message = tx.message(dialogue.message).await?.ok_or(OpsError::NotFound("message"))?;
        let bundle = carried(tx, &message).await?;
        let (incident, cases) = if let Some(bundle) = bundle {
            let pages = standing(tx, bundle).await?;
            let cases = bundle::cases(tx, &pages).await?;
            (cases.first().cloned().unwrap_or(known), cases.len())
        } else {
            // The reporter's call before the case, as the reporter's own turns lock them.
            tx.lock_call(known.call).await?;
            (tx.lock_incident(known.id).await?.ok_or(OpsError::NotFound("incident"))?, 1)
        };
        let waiting = waits(tx, &incident).await?;
        let reports = reports(tx, &incident).await?;
        let talk = conversation(tx, &incident, Some(call.id)).await?.map(|conversation| conversation.talk);
        let room = room_of(tx, call.id).await?;
        Ok(Self { dialogue, message, bundle, cases, incident, waiting, reports, talk, room })
    }

    fn about(&self, person: Option<&Person>, heard: &Heard) -> About {
        let pin = person.and_then(|person| person.pin.as_ref());
        About {
            // Nobody who is not on the roster any more gets in: they have no code that is right.
            pin: person.is_none() || pin.is_some(),
            right: matches!(heard, Heard::Keys(keys) if pin.is_some_and(|pin| pin.is(keys))),
            report: !self.reports.is_empty(),
            waiting: self.waiting.is_some(),
            reachable: self.incident.call_back.is_some(),
            call_back: self.message.template == CALL_BACK,
            bundle: self.bundle.is_some(),
            invited: self.message.template == INVITE,
            talk: self.talk,
            room: self.room.as_ref().map(|room| room.state),
        }
    }

    /// Whether the person is still needed who picks up now.
    async fn is_needed(&self, tx: &mut Tx) -> Result<bool, OpsError> {
        if self.message.template == CALL_BACK {
            return Ok(self.taking() == Taking::StillTheirs);
        }
        stands(tx, &self.message).await
    }

    fn taking(&self) -> Taking {
        taking(&self.incident, &self.dialogue.person)
    }

    /// Does what a step asks for; what is said then.
    async fn act(
        &mut self,
        hotline: &Hotline,
        tx: &mut Tx,
        call: &Call,
        (place, step): (Place, Step),
        about: About,
    ) -> Result<(Place, Step), OpsError> {
        let person = self.dialogue.person.clone();
        Ok(match (step, self.bundle) {
            (Step::Accept, Some(bundle)) => {
                self.cases = bundle::accept_all(hotline, tx, &person, bundle, "voice").await?.len();
                dialogue::taken(if self.cases > 0 { Taking::Theirs } else { Taking::Moot }, about)
            }
            (Step::Accept, None) => {
                let taking = self.accept(hotline, tx).await?;
                if matches!(taking, Taking::Theirs | Taking::StillTheirs) {
                    keep_waiting(tx, self.waiting, Some(hotline.now() + DECIDES)).await?;
                }
                dialogue::taken(taking, about)
            }
            (Step::PassOn, Some(bundle)) => {
                let passed = pass_all(hotline, tx, &person, bundle).await? > 0;
                dialogue::passed(if passed { Taking::Theirs } else { Taking::Moot }, about)
            }
            (Step::PassOn, None) => dialogue::passed(self.pass_on(hotline, tx).await?, about),
            (Step::Enter, _) => {
                let state = enter(hotline, tx, &self.incident, call, &person).await?;
                self.room = room_of(tx, call.id).await?;
                dialogue::entering(state)
            }
            (step, _) => {
                if matches!((self.dialogue.place, place), (Place::Offer, Place::Over)) {
                    keep_waiting(tx, self.waiting, None).await?;
                }
                (place, step)
            }
        })
    }

    async fn accept(&mut self, hotline: &Hotline, tx: &mut Tx) -> Result<Taking, OpsError> {
        let person = &self.dialogue.person;
        let actor = Actor::Person(person.clone());
        let (taking, incident) = match acknowledge(hotline, tx, self.incident.clone(), &actor, person, "voice").await? {
            Acknowledged::Taken(incident) => (Taking::Theirs, incident),
            Acknowledged::Already(incident) => (taking(&incident, person), incident),
        };
        self.incident = incident;
        Ok(taking)
    }

    async fn pass_on(&self, hotline: &Hotline, tx: &mut Tx) -> Result<Taking, OpsError> {
        let page = self.message.page.ok_or(OpsError::Impossible("a dialogue without a page"))?;
        let page = tx.page(page).await?.ok_or(OpsError::NotFound("page"))?;
        let passed = super::reply::hand_on(hotline, tx, &self.dialogue.person, page, &self.incident).await?;
        Ok(if passed { Taking::Theirs } else { self.taking() })
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
