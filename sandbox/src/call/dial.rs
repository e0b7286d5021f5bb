//! `Dial`: others are called, or taken out of a queue, and joined to this call.

use std::collections::VecDeque;

use super::bridge::Bridge;
use super::{Call, Direction, Doing, First, Script, Status};
use crate::ids::CallSid;
use crate::problem::code;
use crate::refusal::is_e164;
use crate::signal::{Signal, Word};
use crate::tape::Reel;
use crate::time::{Instant, whole_seconds};
use crate::twiml::{Dial, NumberNoun, QueueNoun, Target, To};
use crate::world::World;

/// A `Dial` under way: nobody is joined yet, or (inside a [`Bridge`]) somebody is.
#[derive(Debug)]
pub(super) struct Dialing {
    pub dial: Box<Dial>,
    /// Who rings, or hears what comes before the conversation.
    legs: Vec<CallSid>,
    /// Who is still to be rung, one after the other.
    left: VecDeque<NumberNoun>,
    /// The last one who was tried.
    last: Option<CallSid>,
    pub reel: Option<Reel>,
}

/// How a `Dial` ended.
#[derive(Debug)]
struct Ending {
    status: &'static str,
    seconds: i64,
    bridged: bool,
}

impl Call {
    pub(super) fn dial(&mut self, world: &mut World, dial: Box<Dial>) {
        if self.aside.is_some() || self.place.is_some() || self.room.is_some() {
            let text =
                "<Dial> may not stand in a document that is run before two calls are joined, nor in a wait document";
            world.problem(code::SCHEMA, &self.document.url, Some(&self.sid), text.to_owned());
            return self.apologise(world);
        }
        let mut dialing = Dialing { dial, legs: Vec::new(), left: VecDeque::new(), last: None, reel: None };
        if let Some(tape) = &mut dialing.dial.record {
            tape.status = self.absolute(&tape.status);
            dialing.reel = tape.from_ringing.then(|| Reel::start(world, &self.sid, None, "DialVerb", tape.clone()));
        }
        match dialing.dial.to.clone() {
            To::Numbers(numbers) => {
                dialing.left = numbers.into();
                self.dial_more(world, dialing);
            }
            To::Queue(queue) => self.dial_queue(world, dialing, &queue),
            To::Conference(conference) => self.enter_conference(world, dialing, *conference),
        }
    }

    /// Dials everybody who is left, or only the next one; the `Dial` is over when there is nobody.
    fn dial_more(&mut self, world: &mut World, mut dialing: Dialing) {
        let mut status = "failed";
        while let Some(noun) = dialing.left.pop_front() {
            match self.leg(world, &dialing.dial, &noun) {
                Ok(leg) => {
                    dialing.last = Some(leg.sid.clone());
                    dialing.legs.push(leg.sid.clone());
                    world.signals.push_back(Signal::Born(Box::new(leg)));
                    status = "no-answer";
                    if dialing.dial.sequential {
                        break;
                    }
                }
                Err((code, text)) => world.problem(code, &self.document.url, Some(&self.sid), text),
            }
        }
        if dialing.legs.is_empty() {
            return self.dialled(world, dialing, &Ending { status, seconds: 0, bridged: false });
        }
        self.stop_timer(world);
        self.doing = Doing::Dialing(Box::new(dialing));
    }

    /// A leg of this call's: it is dialled at once, whatever the limit on calls made by REST.
    fn leg(&self, world: &mut World, dial: &Dial, noun: &NumberNoun) -> Result<Self, (u32, String)> {
        if !is_e164(&noun.number) {
            return Err((code::DIAL_NUMBER, format!("<Dial>: '{}' is not a phone number", noun.number)));
        }
        let from = dial.caller_id.as_deref().unwrap_or(&self.from);
        let known = world.config.line(from).is_some() || [&self.from, &self.to].iter().any(|known| *known == from);
        if !known {
            let text = format!("<Dial callerId=\"{from}\"> is neither a number of this account nor the caller's own");
            return Err((code::DIAL_CALLER_ID, text));
        }
        let whisper = self.absolute(&noun.whisper);
        let script = Script {
            first: if whisper.url.is_some() { First::Ask(whisper) } else { First::Run(Vec::new()) },
            fallback: Target { url: None, method: noun.whisper.method },
            status: self.absolute(&noun.status),
            events: noun.events.clone(),
            ring: dial.timeout,
            detection: noun.detects_machines.then_some(super::Detection::AtOnce),
            keys: noun.keys.clone(),
            ..Script::none()
        };
        let mut leg = Self::new(world, from, &noun.number, Direction::OutboundDial, script);
        leg.parent = Some(self.sid.clone());
        leg.aside = Some(self.sid.clone());
        leg.set_timer(world, world.now);
        Ok(leg)
    }

    /// Takes the first one out of a queue, or waits for somebody to come.
    fn dial_queue(&mut self, world: &mut World, dialing: Dialing, noun: &QueueNoun) {
        let whisper = self.absolute(&noun.whisper);
        let Some(queue) = world.queues.get_mut(&noun.name) else {
            return self.dialled(world, dialing, &Ending { status: "failed", seconds: 0, bridged: false });
        };
        queue.takers.push_back((self.sid.clone(), whisper));
        let until = world.now + dialing.dial.timeout;
        self.do_until(world, Doing::Dialing(Box::new(dialing)), until);
        world.match_queue(&noun.name);
    }

    /// Somebody was taken out of the queue for this call.
    pub(super) fn taken(&mut self, world: &mut World, member: CallSid) {
        if let Doing::Dialing(dialing) = &mut self.doing {
            dialing.last = Some(member.clone());
            dialing.legs.push(member);
            self.stop_timer(world);
        } else {
            world.word(member, self.parted());
        }
    }

    /// Nobody came into the queue in time.
    pub(super) fn dial_turns(&mut self, world: &mut World, dialing: Dialing) {
        self.stop_taking(world, &dialing);
        self.dialled(world, dialing, &Ending { status: "no-answer", seconds: 0, bridged: false });
    }

    /// Somebody is ready to talk: the others are let go, the two are joined.
    pub(super) fn other_is_ready(&mut self, world: &mut World, from: CallSid, answered: Instant) {
        let ours = matches!(&self.doing, Doing::Dialing(dialing) if dialing.legs.contains(&from));
        let doing = std::mem::replace(&mut self.doing, Doing::Between);
        let Doing::Dialing(mut dialing) = doing else {
            self.doing = doing;
            return world.word(from, self.parted());
        };
        if !ours {
            self.doing = Doing::Dialing(dialing);
            return world.word(from, self.parted());
        }
        for other in dialing.legs.drain(..).filter(|leg| *leg != from) {
            world.word(other, self.parted());
        }
        self.pick_up(world);
        dialing.left.clear();
        dialing.last = Some(from.clone());
        if dialing.reel.is_none() {
            let tape = dialing.dial.record.clone();
            dialing.reel = tape.map(|tape| Reel::start(world, &self.sid, None, "DialVerb", tape));
        }
        let until = world.now + dialing.dial.longest;
        world.word(from.clone(), Word::Joined(self.sid.clone()));
        self.do_until(world, Doing::Bridged(Bridge { with: from, answered, dialing: Some(dialing) }), until);
    }

    /// One of those who were dialled is gone before anybody was joined.
    pub(super) fn leg_is_gone(&mut self, world: &mut World, from: &CallSid, status: Status, seconds: i64) {
        let doing = std::mem::replace(&mut self.doing, Doing::Between);
        let Doing::Dialing(mut dialing) = doing else {
            self.doing = doing;
            return;
        };
        let known = dialing.legs.len();
        dialing.legs.retain(|leg| leg != from);
        if dialing.legs.len() == known || !dialing.legs.is_empty() {
            self.doing = Doing::Dialing(dialing);
        } else if dialing.left.is_empty() {
            dialing.last = Some(from.clone());
            // Whoever waited in a queue was on the line long before they were dialled.
            let seconds = if matches!(dialing.dial.to, To::Queue(_)) { 0 } else { seconds };
            self.dialled(world, *dialing, &Ending { status: outcome(status), seconds, bridged: false });
        } else {
            self.dial_more(world, *dialing);
        }
    }

    /// The two were joined and are no longer.
    pub(super) fn talked(&mut self, world: &mut World, bridge: Bridge) {
        self.stop_timer(world);
        self.stop_hearing(world);
        let Some(dialing) = bridge.dialing else { return };
        let seconds = whole_seconds(world.now - bridge.answered);
        self.dialled(world, *dialing, &Ending { status: "completed", seconds, bridged: true });
    }

    /// The `Dial` is over: its action is asked, or the document goes on.
    fn dialled(&mut self, world: &mut World, mut dialing: Dialing, ending: &Ending) {
        let params = Self::dial_params(world, &mut dialing, ending);
        if dialing.dial.action.url.is_some() {
            self.ask(world, &dialing.dial.action, params);
        } else {
            self.do_until(world, Doing::Between, world.now);
        }
    }

    /// This call no longer waits for somebody in a queue.
    fn stop_taking(&self, world: &mut World, dialing: &Dialing) {
        if let To::Queue(noun) = &dialing.dial.to
            && let Some(queue) = world.queues.get_mut(&noun.name)
        {
            queue.takers.retain(|(taker, _)| *taker != self.sid);
        }
    }

    /// A conference is over for this call.
    pub(super) fn conference_is_over(&mut self, world: &mut World, dialing: Dialing, status: &'static str) {
        let bridged = status == "answered";
        self.dialled(world, dialing, &Ending { status, seconds: 0, bridged });
    }

    pub(super) fn hand_in_conference(&self, world: &mut World, dialing: &mut Dialing) {
        self.hand_in_dial(world, dialing, &Ending { status: "answered", seconds: 0, bridged: true });
    }

    /// This call is over, or taken elsewhere, while it dials: whoever it rang is let go.
    pub(super) fn stop_dialing(&mut self, world: &mut World, mut dialing: Dialing) {
        for leg in &dialing.legs {
            world.word(leg.clone(), self.parted());
        }
        self.stop_taking(world, &dialing);
        self.hand_in_dial(world, &mut dialing, &Ending { status: "canceled", seconds: 0, bridged: false });
    }

    /// This call is over, or taken elsewhere, while two people talk on it.
    pub(super) fn stop_talking(&mut self, world: &mut World, bridge: Bridge) {
        self.stop_hearing(world);
        world.word(bridge.with.clone(), self.parted());
        if let Some(mut dialing) = bridge.dialing {
            let seconds = whole_seconds(world.now - bridge.answered);
            self.hand_in_dial(world, &mut dialing, &Ending { status: "completed", seconds, bridged: true });
        }
    }

    /// The recording is kept in any case; the action is told only of a call that is over, and its answer is not heard.
    fn hand_in_dial(&self, world: &mut World, dialing: &mut Dialing, ending: &Ending) {
        let params = Self::dial_params(world, dialing, ending);
        if self.status.is_final() && dialing.dial.action.url.is_some() {
            self.hand_in(world, &dialing.dial.action, params);
        }
    }

    fn dial_params(world: &mut World, dialing: &mut Dialing, ending: &Ending) -> Vec<(&'static str, String)> {
        let mut params = vec![("DialCallStatus", ending.status.to_owned())];
        if let Some(last) = &dialing.last {
            params.push(("DialCallSid", last.to_string()));
        }
        // Of a conference there is no one call that was dialled.
        if dialing.last.is_some() && (ending.seconds > 0 || ending.bridged) {
            params.push(("DialCallDuration", ending.seconds.to_string()));
        }
        params.push(("DialBridged", ending.bridged.to_string()));
        if let Some(reel) = dialing.reel.take() {
            params.extend(reel.stop(world));
        }
        params
    }
}

fn outcome(status: Status) -> &'static str {
    match status {
        Status::Queued | Status::Ringing | Status::InProgress => "completed",
        over => over.as_str(),
    }
}
