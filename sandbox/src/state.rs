//! The whole network at one instant: the world and its calls, and what happens when an event is due.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::call::{Call, Direction, Order, Script, Status};
use crate::config::Config;
use crate::delivery::{Arrival, Purpose};
use crate::exchange::{Exchange, Told};
use crate::ids::CallSid;
use crate::refusal::Refusal;
use crate::signal::Signal;
use crate::studio::{Prepared, Wanted};
use crate::time::Instant;
use crate::timetable::Event;
use crate::transcript::What;
use crate::world::World;

#[derive(Debug)]
pub(crate) struct State {
    pub world: World,
    pub calls: BTreeMap<CallSid, Call>,
    /// In order of creation.
    pub call_order: Vec<CallSid>,
    pub exchange: Exchange,
}

impl State {
    pub(crate) fn new(config: Arc<Config>) -> Self {
        Self {
            world: World::new(config),
            calls: BTreeMap::new(),
            call_order: Vec::new(),
            exchange: Exchange::default(),
        }
    }

    /// Does something with a call and the world around it; `None` = there is no such call.
    pub(crate) fn with_call<R>(&mut self, sid: &CallSid, act: impl FnOnce(&mut Call, &mut World) -> R) -> Option<R> {
        self.calls.get_mut(sid).map(|call| act(call, &mut self.world))
    }

    /// Somebody calls one of the application's numbers. When there is no room for another call it is not kept: its name is
    /// nobody's.
    pub(crate) fn dial(&mut self, from: &str, to: &str) -> CallSid {
        let script = self.world.config.line(to).and_then(Script::of_line);
        let known = script.is_some();
        let mut call = Call::new(&mut self.world, from, to, Direction::Inbound, script.unwrap_or_else(Script::none));
        let sid = call.sid.clone();
        let most = self.world.config.limits.resources;
        if self.calls.len() >= most {
            self.world.log(from, None, What::Note, format!("no room for another call: {most} are kept"));
            return sid;
        }
        if known {
            call.ring_in(&mut self.world);
        } else {
            let why = format!("{to} is not a number with a voice address");
            self.world.log(from, Some(&sid), What::Note, why);
            call.fail(&mut self.world);
        }
        self.keep(call);
        sid
    }

    /// The person on a call presses keys; what is not a key is left out.
    pub(crate) fn press(&mut self, sid: &CallSid, keys: &str, told: Told) {
        let keys: Vec<char> = keys.chars().filter(|key| key.is_ascii_digit() || matches!(key, '*' | '#')).collect();
        if keys.is_empty() {
            return;
        }
        self.with_call(sid, |call, world| {
            world.log(call.person(), Some(&call.sid), What::Presses, keys.iter().collect());
            for key in keys {
                call.press(world, key, told);
            }
        });
    }

    /// The application calls somebody.
    pub(crate) fn order(&mut self, order: Order<'_>) -> Result<CallSid, Refusal> {
        if self.calls.len() >= self.world.config.limits.resources {
            return Err(Refusal { status: 429, code: 20_429, message: "Too many calls".to_owned() });
        }
        let call = Call::order(&mut self.world, order)?;
        let sid = call.sid.clone();
        self.keep(call);
        Ok(sid)
    }

    fn keep(&mut self, call: Call) {
        self.call_order.push(call.sid.clone());
        self.calls.insert(call.sid.clone(), call);
    }

    /// Runs what is due up to `to`, and leaves the clock there. It never goes back.
    pub(crate) fn advance_to(&mut self, to: Instant) {
        while let Some((at, event)) = self.world.timetable.take_due(to) {
            self.world.now = self.world.now.max(at);
            self.happen(event);
            self.settle();
        }
        self.world.now = self.world.now.max(to);
    }

    /// Lets calls take up what they were told, and what that leads to.
    pub(crate) fn settle(&mut self) {
        while let Some(signal) = self.world.signals.pop_front() {
            match signal {
                Signal::Born(call) => self.keep(*call),
                Signal::Word(to, word) => {
                    self.with_call(&to, |call, world| call.take(world, word));
                }
            }
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::CallTurns(sid) => {
                self.with_call(&sid, Call::turn);
            }
            Event::CallHears(sid) => {
                self.with_call(&sid, Call::heard_out);
            }
            Event::CallTooLong(sid) => {
                self.with_call(&sid, |call, world| call.end(world, Status::Completed));
            }
            Event::Announces(announcement) => self.world.announcement_turns(*announcement),
            Event::Departs(request) => self.world.departures.push(*request),
            Event::Arrives(arrival) => self.arrive(*arrival),
            Event::SoundsAreReady(prepared) => self.sounds_are_ready(*prepared),
            Event::SmsTurns(sid, status) => self.world.sms_turns(&sid, status),
            Event::SmsReceipt(sid, status) => self.world.send_receipt(&sid, status),
        }
    }

    fn sounds_are_ready(&mut self, prepared: Prepared) {
        let Prepared { waits, sounds } = prepared;
        let call = waits.as_ref().map(|(call, _)| call);
        for (wanted, sound) in sounds {
            match sound {
                Ok(sound) => self.world.shelf.put(wanted, sound),
                Err(failure) => {
                    let url = if let Wanted::File(url) = &wanted { url.as_str() } else { "" };
                    self.world.problem(failure.code, url, call, failure.text);
                    self.world.shelf.remove(&wanted);
                }
            }
        }
        if let Some((call, question)) = waits {
            self.with_call(&call, |call, world| call.sounds_are_ready(world, question));
        }
    }

    fn arrive(&mut self, arrival: Arrival) {
        let Arrival { request, attempts, answer } = arrival;
        self.world.record_deliveries(attempts);
        if let Ok(answer) = &answer
            && let Some(matter) = self.world.matter(&request.purpose)
        {
            self.world.cookies.keep(&matter, &answer.url, &answer.cookies);
        }
        match &request.purpose {
            Purpose::Document(sid) => {
                let (fetch, url) = (request.fetch, request.url.as_str());
                let url = url.split('#').next().unwrap_or(url);
                self.with_call(sid, |call, world| call.fetched(world, fetch, url, answer));
            }
            Purpose::Announcement(conference, to) => {
                self.world.announce_to_room(conference, to.clone(), &request.url, answer);
            }
            Purpose::IncomingSms(sid) => {
                if let Err(failure) = answer.and_then(|answer| self.world.answer_sms(sid, request.fetch, &answer)) {
                    self.world.problem(failure.code, &request.url, None, failure.text);
                }
            }
            Purpose::CallStatus(sid) | Purpose::Farewell(sid) | Purpose::RecordingStatus(sid) => {
                if let Err(failure) = answer {
                    self.world.problem(failure.code, &request.url, Some(sid), failure.text);
                }
            }
            Purpose::SmsStatus(_) | Purpose::ConferenceStatus(_) => {
                if let Err(failure) = answer {
                    self.world.problem(failure.code, &request.url, None, failure.text);
                }
            }
        }
    }
}
