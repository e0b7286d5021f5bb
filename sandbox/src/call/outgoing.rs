//! Calls that the application makes.

use chrono::TimeDelta;

use super::speech::{as_long_as, time_of_keys};
use super::{Call, Detection, Direction, Doing, Ringing, Script, Status};
use crate::delivery::Purpose;
use crate::notice::Happened;
use crate::phone::Phone;
use crate::refusal::{Refusal, is_e164};
use crate::time::{Instant, millis};
use crate::timetable::Event;
use crate::transcript::What;
use crate::twiml::Target;
use crate::world::{News, Webhook, World};

/// From dialling to ringing.
const CONNECTING: i64 = 500;
/// How long a phone that is off is looked for.
const LOOKED_FOR: i64 = 5000;

/// How long voicemail records.
const VOICEMAIL: i64 = 120_000;
/// What voicemail says that nobody gave other words.
const GREETING: &str = "Deje su mensaje después del tono.";

/// A call to be made, not checked yet.
#[derive(Debug)]
pub(crate) struct Order<'o> {
    pub from: &'o str,
    pub to: &'o str,
    pub script: Script,
    pub token: Option<String>,
}

impl Call {
    /// Accepts an order; the call waits for its turn.
    pub(crate) fn order(world: &mut World, order: Order<'_>) -> Result<Self, Refusal> {
        let Order { from, to, script, token } = order;
        if to.is_empty() {
            return Err(Refusal::bad(21_201, "No 'To' number is specified"));
        }
        if !is_e164(to) {
            return Err(Refusal::bad(21_211, format!("Invalid 'To' Phone Number: {to}")));
        }
        if from.is_empty() {
            return Err(Refusal::bad(21_213, "No 'From' number is specified"));
        }
        if !is_e164(from) {
            return Err(Refusal::bad(21_212, format!("Invalid 'From' Phone Number: {from}")));
        }
        if world.config.line(from).is_none() {
            let message = format!("The source phone number provided, {from}, is not a number of this account");
            return Err(Refusal::bad(21_210, message));
        }
        let mut call = Self::new(world, from, to, Direction::Outbound, script);
        call.token = token;
        let turn = world.next_call_at.max(world.now);
        let per_second = i64::from(world.config.calls_per_second.clamp(1, 1000));
        world.next_call_at = turn + millis(1000 / per_second);
        call.set_timer(world, turn);
        Ok(call)
    }

    pub(super) fn dial_out(&mut self, world: &mut World) {
        self.tell(world, "initiated");
        let rings = world.now + millis(CONNECTING);
        self.do_until(world, Doing::Initiated, rings);
    }

    pub(super) fn ring(&mut self, world: &mut World) {
        let phone = world.phones.get(&self.to).copied().unwrap_or_default();
        let longest = self.script.ring;
        let (after, ringing) = match phone {
            Phone::Answers(after) if after < longest => (after, Ringing::PickedUp("human")),
            Phone::Voicemail(after) if after < longest => (after, Ringing::PickedUp("machine_start")),
            Phone::Attended | Phone::Answers(_) | Phone::Voicemail(_) => (longest, Ringing::TimeUp),
            Phone::SwitchedOff => (millis(LOOKED_FOR).min(longest), Ringing::TimeUp),
            Phone::Busy => (millis(0), Ringing::Busy),
        };
        if !matches!(phone, Phone::Busy | Phone::SwitchedOff) {
            self.status = Status::Ringing;
            self.updated = world.now;
            self.rang = true;
            world.log(&self.to, Some(&self.sid), What::Rings, self.from.clone());
            world.notices.push(self.notice(Happened::Rings));
            self.tell(world, "ringing");
        }
        let until = world.now + after;
        self.do_until(world, Doing::Ringing(ringing), until);
    }

    pub(super) fn rung(&mut self, world: &mut World, ringing: Ringing) {
        match ringing {
            Ringing::PickedUp(who) => self.picked_up(world, who),
            Ringing::TimeUp => self.end(world, Status::NoAnswer),
            Ringing::Busy => self.end(world, Status::Busy),
        }
    }

    /// Whether the phone rings and somebody could pick it up.
    pub(crate) fn is_ringing_out(&self) -> bool {
        self.direction != Direction::Inbound && self.status == Status::Ringing
    }

    /// Somebody, or something, picks up.
    pub(crate) fn picked_up(&mut self, world: &mut World, who: &'static str) {
        if !self.is_ringing_out() {
            return;
        }
        self.stop_timer(world);
        let machine = who != "human";
        let note = if machine { "(voicemail)".to_owned() } else { String::new() };
        world.log(&self.to, Some(&self.sid), What::Answers, note);
        self.pick_up(world);
        let greeted = if machine { self.greet(world) } else { world.now };
        if !self.script.keys.is_empty() {
            // Whoever presses keys knows who picks up: nothing is detected.
            let pressed = world.now + time_of_keys(&self.script.keys);
            world.log(&self.to, Some(&self.sid), What::Hears, format!("[keys {}]", self.script.keys));
            return self.do_until(world, Doing::Detecting, pressed);
        }
        let Some(detection) = self.script.detection else { return self.first(world) };
        let (found, at) = self.detects(world, detection, who, greeted);
        if self.script.detected.is_some() {
            // Nobody waits for what is found: the document runs at once.
            self.tell_detection(world, found, at - world.now);
            return self.first(world);
        }
        self.answered_by = Some(found);
        if at > world.now {
            self.do_until(world, Doing::Detecting, at);
        } else {
            self.first(world);
        }
    }

    /// What machine detection finds, and when.
    fn detects(
        &self,
        world: &World,
        detection: Detection,
        who: &'static str,
        greeted: Instant,
    ) -> (&'static str, Instant) {
        if let Some((found, after)) = world.faults.detections.get(&self.to) {
            return (found.as_str(), world.now + *after);
        }
        let limit = world.now + self.script.detection_limit;
        match (who, detection) {
            ("human", _) | (_, Detection::AtOnce) => (who, world.now),
            _ if greeted > limit => ("unknown", limit),
            _ => ("machine_end_beep", greeted),
        }
    }

    /// Tells what asynchronous machine detection found.
    fn tell_detection(&self, world: &mut World, found: &'static str, after: TimeDelta) {
        let Some(Target { url: Some(url), method }) = self.script.detected.clone() else { return };
        let params = vec![
            ("CallSid", self.sid.to_string()),
            ("AnsweredBy", found.to_owned()),
            ("MachineDetectionDuration", after.num_milliseconds().to_string()),
        ];
        let purpose = Purpose::CallStatus(self.sid.clone());
        world.callback_after(after, News::Last, Webhook { purpose, fetch: 0, method, url, params, fallback: None });
    }

    /// Voicemail speaks as soon as it picks up, whoever listens; until when.
    fn greet(&mut self, world: &mut World) -> Instant {
        let words = world.greetings.get(&self.to).cloned().unwrap_or_else(|| GREETING.to_owned());
        let until = world.now + as_long_as(&words);
        self.hear(world, &words, until - world.now);
        self.machine = Some(until);
        // It records for so long, and hangs up.
        if let Some(longest) = self.longest.take() {
            world.timetable.cancel(longest);
            let full = longest.0.min(until + millis(VOICEMAIL));
            self.longest = Some(world.timetable.put(full, Event::CallTooLong(self.sid.clone())));
        }
        until
    }

    /// Somebody turns the call away.
    pub(crate) fn declined(&mut self, world: &mut World) {
        if self.is_ringing_out() {
            world.log(&self.to, Some(&self.sid), What::HangsUp, String::new());
            self.end(world, Status::Busy);
        }
    }
}
