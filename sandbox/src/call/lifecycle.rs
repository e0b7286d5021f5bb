//! The states of a call and who is told of them.

use std::collections::VecDeque;

use chrono::TimeDelta;

use super::{Call, Direction, Document, Doing, First, Script, Status};
use crate::delivery::Purpose;
use crate::ids::CallSid;
use crate::notice::Happened;
use crate::tape::Reel;
use crate::time::{millis, rfc2822, whole_seconds};
use crate::timetable::Event;
use crate::transcript::What;
use crate::twiml::{Target, Verb};
use crate::world::{News, Webhook, World};

/// When a document that was left behind still asks for what follows it, as a user measured it.
const STALE_TAIL: i64 = 67;
/// And when the new one is asked for.
const NEW_DOCUMENT: i64 = 236;

impl Call {
    pub(crate) fn new(world: &mut World, from: &str, to: &str, direction: Direction, script: Script) -> Self {
        Self {
            sid: CallSid::draw(&mut world.ids),
            from: from.to_owned(),
            to: to.to_owned(),
            direction,
            status: Status::Queued,
            created: world.now,
            updated: world.now,
            answered: None,
            ended: None,
            answered_by: None,
            script,
            document: Document::default(),
            doing: Doing::Queued,
            timer: None,
            longest: None,
            keys: VecDeque::new(),
            place: None,
            room: None,
            parent: None,
            aside: None,
            saying: None,
            hearing: Vec::new(),
            plugged: false,
            overheard: Vec::new(),
            rang: false,
            machine: None,
            reels: Vec::new(),
            token: None,
            fetches: 0,
            documents_now: (world.now, 0),
            on_fallback: false,
            sequence: 0,
        }
    }

    /// Somebody called the application: it rings, and the application is asked what to do.
    pub(crate) fn ring_in(&mut self, world: &mut World) {
        world.log(&self.from, Some(&self.sid), What::Dials, self.to.clone());
        self.status = Status::Ringing;
        world.notices.push(self.notice(Happened::Rings));
        self.tell(world, "ringing");
        self.first(world);
    }

    /// A call that never was: the number is nobody's.
    pub(crate) fn fail(&mut self, world: &mut World) {
        world.log(&self.from, Some(&self.sid), What::Dials, self.to.clone());
        self.end(world, Status::Failed);
    }

    /// Runs the call's first document.
    pub(super) fn first(&mut self, world: &mut World) {
        match self.script.first.clone() {
            First::Ask(target) => self.ask(world, &target, Vec::new()),
            First::Run(verbs) => self.run(world, verbs),
        }
    }

    /// The call is answered, if it was not.
    pub(super) fn pick_up(&mut self, world: &mut World) {
        if self.status != Status::Ringing {
            return;
        }
        self.status = Status::InProgress;
        self.updated = world.now;
        self.answered = Some(world.now);
        let most = self.script.longest.unwrap_or(world.config.limits.call).min(world.config.limits.call);
        self.longest = Some(world.timetable.put(world.now + most, Event::CallTooLong(self.sid.clone())));
        world.notices.push(self.notice(Happened::Answered));
        self.tell(world, "answered");
        if let Some(tape) = self.script.record.clone() {
            self.reels.push(Reel::start(world, &self.sid, None, "OutboundAPI", tape));
        }
    }

    /// The call is over.
    pub(crate) fn end(&mut self, world: &mut World, status: Status) {
        if self.status.is_final() {
            return;
        }
        let rang = self.status == Status::Ringing;
        self.status = status;
        world.notices.push(self.notice(if rang { Happened::TakenBack(status) } else { Happened::Ended(status) }));
        self.updated = world.now;
        self.ended = Some(world.now);
        self.stop_timer(world);
        if let Some(longest) = self.longest.take() {
            world.timetable.cancel(longest);
        }
        self.stop_doing(world);
        self.doing = Doing::Over;
        self.taken_from_queue(world, "hangup");
        self.leave_room(world);
        for reel in std::mem::take(&mut self.reels) {
            reel.stop(world);
        }
        if let Some(greeted) = self.machine {
            let kept = whole_seconds(world.now - greeted);
            world.log(&self.to, Some(&self.sid), What::Note, format!("(voicemail) a message of {kept} s"));
        }
        world.log(self.person(), Some(&self.sid), What::Over, status.as_str().to_owned());
        self.tell(world, "completed");
        world.cookies.forget(self.sid.as_str());
        self.leave_aside(world);
    }

    /// Whatever is being done is cut short.
    pub(super) fn stop_doing(&mut self, world: &mut World) {
        match std::mem::replace(&mut self.doing, Doing::Between) {
            Doing::Speaking(speech) => speech.cut(self, world),
            Doing::Gathering(gathering) => gathering.cut(self, world),
            Doing::Recording(recorder) => self.recorded_at_hangup(world, &recorder),
            Doing::Dialing(dialing) => self.stop_dialing(world, *dialing),
            Doing::Bridged(bridge) => self.stop_talking(world, bridge),
            _ => {}
        }
    }

    /// Whoever waited for this call to be ready to talk waits in vain.
    fn leave_aside(&mut self, world: &mut World) {
        if let Some(waiting) = self.aside.take() {
            let word = self.parted();
            world.word(waiting, word);
        }
    }

    /// The application takes a live call elsewhere (REST): what runs is cut, the new document is all that counts.
    pub(crate) fn redirect(&mut self, world: &mut World, to: Redirection) {
        world.notices.push(self.notice(Happened::Modified));
        self.stop_timer(world);
        let tail = if world.faults.stale_document { self.tail() } else { None };
        if let Doing::Recording(recorder) = &self.doing {
            recorder.forget(world);
            // What was recorded so far belongs to the document that is left behind.
            self.doing = Doing::Between;
        }
        self.stop_doing(world);
        self.taken_from_queue(world, "redirected");
        self.leave_room(world);
        self.leave_aside(world);
        self.on_fallback = false;
        if world.faults.stale_document {
            self.ask_for_the_tail(world, tail);
            let until = world.now + millis(NEW_DOCUMENT);
            self.do_until(world, Doing::Redirected(to), until);
        } else {
            self.go_to(world, to);
        }
    }

    /// Another status callback, another longest time: from the call's answer on, or as soon as it is over.
    pub(crate) fn set_terms(&mut self, world: &mut World, told: Target, longest: Option<TimeDelta>) {
        if told.url.is_some() {
            self.script.status = told;
        }
        let Some(longest) = longest else { return };
        self.script.longest = Some(longest);
        if let (Some(key), Some(answered)) = (self.longest.take(), self.answered) {
            world.timetable.cancel(key);
            let end = (answered + longest).max(world.now);
            self.longest = Some(world.timetable.put(end, Event::CallTooLong(self.sid.clone())));
        }
    }

    pub(super) fn go_to(&mut self, world: &mut World, to: Redirection) {
        match to {
            Redirection::Ask(target) => self.ask(world, &target, Vec::new()),
            Redirection::Run(verbs) => self.run(world, verbs),
        }
    }

    /// Where the document in force would lead if nothing more happened.
    fn tail(&self) -> Option<Target> {
        if let Doing::Gathering(gathering) = &self.doing
            && let Some(action) = gathering.empty_action()
        {
            return Some(action.clone());
        }
        self.document.verbs.iter().find_map(|verb| match verb {
            Verb::Redirect(target) => Some(target.clone()),
            _ => None,
        })
    }

    /// The provider asks for it although the document was left behind; the answer is not heard.
    fn ask_for_the_tail(&mut self, world: &mut World, tail: Option<Target>) {
        let Some(tail) = tail else { return };
        let url = tail.url.map_or_else(|| Some(self.document.url.clone()), |url| self.resolve(&url));
        let Some(url) = url.filter(|url| !url.is_empty()) else { return };
        self.fetches = self.fetches.wrapping_add(1);
        world.webhook_after(
            millis(STALE_TAIL),
            Webhook {
                purpose: Purpose::Document(self.sid.clone()),
                fetch: self.fetches,
                method: tail.method,
                url,
                params: self.params(),
                fallback: None,
            },
        );
    }

    /// Tells the status callback of a step, if it wants to know.
    pub(super) fn tell(&mut self, world: &mut World, event: &'static str) {
        let events = &self.script.events;
        let wanted = if events.is_empty() { event == "completed" } else { events.iter().any(|wanted| wanted == event) };
        let purpose = Purpose::CallStatus(self.sid.clone());
        let news = if event == "completed" { News::Last } else { News::Early };
        let Some(url) = self.script.status.url.clone().filter(|_| wanted) else {
            if news == News::Last {
                world.release(&purpose, TimeDelta::zero());
            }
            return;
        };
        let mut params = self.params();
        for (name, value) in &mut params {
            if *name == "CallStatus" && event == "initiated" {
                "initiated".clone_into(value);
            }
        }
        if event == "completed" {
            params.push(("CallDuration", self.seconds().to_string()));
            params.push(("Duration", self.seconds().div_euclid(60).saturating_add(1).to_string()));
            let answer = if self.answered.is_some() { "200" } else { sip_answer(self.status) };
            params.push(("SipResponseCode", answer.to_owned()));
        }
        params.push(("Timestamp", rfc2822(world.now)));
        params.push(("CallbackSource", "call-progress-events".to_owned()));
        params.push(("SequenceNumber", self.sequence.to_string()));
        self.sequence = self.sequence.saturating_add(1);
        let method = self.script.status.method;
        let webhook = Webhook { purpose, fetch: 0, method, url, params, fallback: None };
        world.callback_after(TimeDelta::zero(), news, webhook);
    }
}

/// Where a live call is taken.
#[derive(Debug)]
pub(crate) enum Redirection {
    Ask(Target),
    Run(Vec<Verb>),
}

fn sip_answer(status: Status) -> &'static str {
    match status {
        Status::Busy => "486",
        Status::NoAnswer => "480",
        Status::Canceled => "487",
        _ => "404",
    }
}
