//! The interpreter: one verb after the other.

use super::speech::Speech;
use super::{Call, Doing, Status};
use crate::problem::code;
use crate::sms::Draft;
use crate::time::Instant;
use crate::timetable::Event;
use crate::twiml::{Play, Rejection, SmsVerb, Target, Verb};
use crate::world::World;

impl Call {
    /// Runs the next verb of the document, or its end.
    pub(super) fn proceed(&mut self, world: &mut World) {
        self.doing = Doing::Between;
        let Some(verb) = self.document.verbs.pop_front() else { return self.end_of_document(world) };
        if self.taken_at().is_some() && !verb.may_come_before_a_conversation() {
            let text =
                "only Say, Play, Pause and Redirect may stand in the document run on a call taken out of a queue";
            world.problem(code::SCHEMA, &self.document.url, Some(&self.sid), text.to_owned());
            return self.do_until(world, Doing::Between, world.now);
        }
        if verb.picks_up() {
            self.pick_up(world);
        }
        match verb {
            Verb::Say(say) => {
                let speech = Speech::say(&say, world);
                self.speak(world, speech);
            }
            Verb::Play(mut play) => {
                self.resolve_file(&mut play);
                let speech = Speech::play(&play, world);
                self.speak(world, speech);
            }
            Verb::Pause(length) => self.speak(world, Speech::silence(length)),
            Verb::Gather(gather) => self.gather(world, gather),
            Verb::Record(record) => self.record(world, record),
            Verb::Redirect(target) => self.ask(world, &target, Vec::new()),
            Verb::Hangup => self.end(world, Status::Completed),
            Verb::Reject(rejection) => self.reject(world, rejection),
            Verb::Enqueue(enqueue) => self.enqueue(world, &enqueue),
            Verb::Leave => self.leave(world, "leave"),
            Verb::Sms(sms) => self.send_sms(world, &sms),
            Verb::Dial(dial) => self.dial(world, dial),
        }
    }

    /// The address of a file as the document means it.
    pub(super) fn resolve_file(&self, play: &mut Play) {
        if let Some(url) = self.resolve(&play.url) {
            play.url = url;
        }
    }

    /// What the call was doing until now is over.
    pub(crate) fn turn(&mut self, world: &mut World) {
        self.timer = None;
        match std::mem::replace(&mut self.doing, Doing::Between) {
            Doing::Queued => self.dial_out(world),
            Doing::Initiated => self.ring(world),
            Doing::Ringing(ringing) => self.rung(world, ringing),
            Doing::Between => self.proceed(world),
            Doing::Speaking(mut speech) => {
                speech.end_of_piece(self, world);
                self.speak(world, speech);
            }
            Doing::Gathering(gathering) => self.gather_turns(world, gathering),
            Doing::Recording(recorder) => self.record_turns(world, recorder),
            Doing::Waiting if self.room.is_some() => self.play_in_room(world),
            Doing::Waiting => self.ask_what_to_play(world),
            Doing::Conferring => self.goes_out(world),
            Doing::Detecting => self.first(world),
            Doing::Redirected(to) => self.go_to(world, to),
            Doing::Dialing(dialing) => self.dial_turns(world, *dialing),
            Doing::Bridged(bridge) => self.hang_up_on_other(world, bridge),
            // These wait for something else than time.
            doing @ (Doing::Fetching | Doing::Ready | Doing::Over) => self.doing = doing,
        }
    }

    pub(super) fn speak(&mut self, world: &mut World, mut speech: Speech) {
        match speech.begin(world.now) {
            Some(lasts) => {
                let until = world.now + lasts;
                self.do_until(world, Doing::Speaking(speech), until);
            }
            None => self.proceed(world),
        }
    }

    /// Does something until an instant; whatever was to end before is forgotten.
    pub(super) fn do_until(&mut self, world: &mut World, doing: Doing, until: Instant) {
        self.doing = doing;
        self.set_timer(world, until);
    }

    pub(super) fn set_timer(&mut self, world: &mut World, at: Instant) {
        self.stop_timer(world);
        self.timer = Some(world.timetable.put(at, Event::CallTurns(self.sid.clone())));
    }

    pub(super) fn stop_timer(&mut self, world: &mut World) {
        if let Some(timer) = self.timer.take() {
            world.timetable.cancel(timer);
        }
    }

    fn end_of_document(&mut self, world: &mut World) {
        if let Some(waiting) = self.aside.clone() {
            self.ready(world, waiting);
        } else if self.place.is_some() {
            self.wait_on(world);
        } else if self.room.is_some() {
            self.wait_in_room(world);
        } else {
            self.pick_up(world);
            self.end(world, Status::Completed);
        }
    }

    fn reject(&mut self, world: &mut World, rejection: Rejection) {
        let status = match (self.status, rejection) {
            (Status::Ringing, Rejection::Busy) => Status::Busy,
            (Status::Ringing, Rejection::Rejected) => Status::NoAnswer,
            _ => Status::Completed,
        };
        self.end(world, status);
    }

    fn send_sms(&mut self, world: &mut World, sms: &SmsVerb) {
        let ours = if self.person() == self.from { self.to.clone() } else { self.from.clone() };
        let sent = world.send_sms(Draft {
            from: sms.from.as_deref().unwrap_or(&ours),
            to: sms.to.as_deref().unwrap_or(self.person()),
            body: &sms.body,
            direction: "outbound-call",
            status_callback: sms.status_callback.as_deref().and_then(|url| self.resolve(url)),
            token: None,
        });
        let params = match sent {
            Ok(sid) => vec![("SmsSid", sid.to_string()), ("SmsStatus", "sent".to_owned())],
            Err(refusal) => {
                world.problem(refusal.code, &self.document.url, Some(&self.sid), refusal.message);
                vec![("SmsStatus", "failed".to_owned())]
            }
        };
        match &sms.action.url {
            Some(url) => {
                let target = Target { url: Some(url.clone()), method: sms.action.method };
                self.ask(world, &target, params);
            }
            None => self.do_until(world, Doing::Between, world.now),
        }
    }
}
