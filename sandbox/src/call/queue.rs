//! `Enqueue`: waiting in a line, with something to listen to.

use std::collections::VecDeque;

use super::{Call, Document, Doing};
use crate::ids::{CallSid, Ids, QueueSid};
use crate::signal::Word;
use crate::time::{Instant, millis, whole_seconds};
use crate::twiml::{Enqueue, Target};
use crate::world::World;

/// One round of the music a queue plays when it has nothing else.
const MUSIC: i64 = 30_000;
/// The least time one round of a wait document takes.
const ROUND: i64 = 1000;

/// A queue: it is there from the first call that waits in it.
#[derive(Debug)]
pub(crate) struct Queue {
    pub sid: QueueSid,
    /// The most calls that may wait in it.
    pub largest: usize,
    pub created: Instant,
    /// Who waits, the longest first, and since when.
    pub members: VecDeque<(CallSid, Instant)>,
    /// Calls that wait for a member, and what is run on it before the two are joined.
    pub takers: VecDeque<(CallSid, Target)>,
}

/// Calls a queue holds unless it is told otherwise.
pub(crate) const LARGEST: usize = 100;

impl Queue {
    pub(crate) fn new(ids: &mut Ids, now: Instant, largest: usize) -> Self {
        let sid = QueueSid::draw(ids);
        Self { sid, largest, created: now, members: VecDeque::new(), takers: VecDeque::new() }
    }

    /// How long its members have waited, on average, in whole seconds.
    pub(crate) fn average_wait(&self, now: Instant) -> i64 {
        let all: i64 = self.members.iter().map(|(_, since)| (now - *since).num_seconds()).sum();
        all.checked_div(i64::try_from(self.members.len()).unwrap_or(i64::MAX)).unwrap_or(0)
    }
}

impl World {
    /// Gives those who wait for a member of a queue the members there are.
    pub(crate) fn match_queue(&mut self, name: &str) {
        let Some(queue) = self.queues.get_mut(name) else { return };
        let mut matches = Vec::new();
        while !queue.members.is_empty()
            && let Some((taker, whisper)) = queue.takers.pop_front()
        {
            matches.extend(queue.members.pop_front().map(|(member, _)| (member, taker, whisper)));
        }
        for (member, taker, whisper) in matches {
            self.word(taker.clone(), Word::Taken(member.clone()));
            self.word(member, Word::Summoned { by: taker, whisper });
        }
    }
}

/// A call's place in a queue.
#[derive(Debug)]
pub(super) struct Place {
    queue: String,
    sid: QueueSid,
    action: Target,
    wait: Target,
    since: Instant,
    /// When somebody took it out of the queue.
    taken: Option<Instant>,
    /// Whether it was joined to them.
    bridged: bool,
    /// When the wait document was last asked for.
    round: Instant,
    /// What is left of the document that led here.
    after: Document,
}

impl Place {
    /// Whether it has nothing of its own to play.
    pub(super) fn plays_music(&self) -> bool {
        self.wait.url.is_none()
    }

    /// How long it waited in the queue, in whole seconds.
    fn waited(&self, now: Instant) -> i64 {
        whole_seconds(self.taken.unwrap_or(now) - self.since)
    }
}

impl Call {
    pub(super) fn enqueue(&mut self, world: &mut World, enqueue: &Enqueue) {
        // A wait document that enqueues again moves the call.
        let waited = self.leave_place(world);
        let after = waited.map_or_else(|| std::mem::take(&mut self.document), |place| place.after);
        let (ids, now) = (&mut world.ids, world.now);
        let queue = world.queues.entry(enqueue.name.clone()).or_insert_with(|| Queue::new(ids, now, LARGEST));
        let sid = queue.sid.clone();
        if queue.members.len() >= enqueue.largest.unwrap_or(queue.largest) {
            self.document = after;
            return self.left(world, &enqueue.action, "queue-full", &sid, 0);
        }
        queue.members.push_back((self.sid.clone(), now));
        self.document.url.clone_from(&after.url);
        let (wait, action) = (self.absolute(&enqueue.wait), self.absolute(&enqueue.action));
        self.place = Some(Place {
            wait,
            action,
            queue: enqueue.name.clone(),
            sid,
            since: world.now,
            taken: None,
            bridged: false,
            round: world.now,
            after,
        });
        world.match_queue(&enqueue.name);
        let waits = |queue: &Queue| queue.members.iter().any(|(member, _)| *member == self.sid);
        if world.queues.get(&enqueue.name).is_some_and(waits) {
            self.ask_what_to_play(world);
        } else {
            // Somebody was waiting for it, and takes it out at this very instant.
            self.doing = Doing::Waiting;
        }
    }

    /// Asks for the wait document, or plays music until the next round.
    pub(super) fn ask_what_to_play(&mut self, world: &mut World) {
        let Some(place) = &mut self.place else { return self.proceed(world) };
        place.round = world.now;
        if place.wait.url.is_none() {
            let until = world.now + millis(MUSIC);
            return self.do_until(world, Doing::Waiting, until);
        }
        let Some(queue) = world.queues.get(&place.queue) else { return };
        let position = queue.members.iter().position(|(member, _)| *member == self.sid);
        let params = vec![
            ("QueuePosition", position.unwrap_or_default().saturating_add(1).to_string()),
            ("QueueTime", whole_seconds(world.now - place.since).to_string()),
            ("AvgQueueTime", queue.average_wait(world.now).to_string()),
            ("CurrentQueueSize", queue.members.len().to_string()),
            ("QueueSid", place.sid.to_string()),
        ];
        let target = place.wait.clone();
        self.ask(world, &target, params);
    }

    /// Somebody takes this call out of its queue: what it plays is cut, and `whisper` is run before the two are joined.
    pub(super) fn summoned(&mut self, world: &mut World, by: CallSid, whisper: &Target) {
        let Some(place) = self.place.as_mut().filter(|place| place.taken.is_none()) else {
            return world.word(by, self.parted());
        };
        place.taken = Some(world.now);
        let waited = whole_seconds(world.now - place.since);
        let params = vec![
            ("QueueSid", place.sid.to_string()),
            ("QueueTime", waited.to_string()),
            ("DequeingCallSid", by.to_string()),
        ];
        self.stop_timer(world);
        self.stop_doing(world);
        self.aside = Some(by.clone());
        if whisper.url.is_some() {
            self.ask(world, whisper, params);
        } else {
            self.ready(world, by);
        }
    }

    /// When somebody took this call out of its queue.
    pub(super) fn taken_at(&self) -> Option<Instant> {
        self.place.as_ref().and_then(|place| place.taken)
    }

    pub(super) fn mark_bridged(&mut self) {
        if let Some(place) = &mut self.place {
            place.bridged = true;
        }
    }

    /// The wait document is over: it is asked for again, but never twice within a second.
    pub(super) fn wait_on(&mut self, world: &mut World) {
        let Some(place) = &self.place else { return };
        let next = world.now.max(place.round + millis(ROUND));
        self.do_until(world, Doing::Waiting, next);
    }

    /// Gets out of the queue and goes on with the verb's action, or with what came after it.
    pub(super) fn leave(&mut self, world: &mut World, result: &'static str) {
        let Some(place) = self.leave_place(world) else { return self.proceed(world) };
        let waited = place.waited(world.now);
        self.document = place.after;
        self.left(world, &place.action, result, &place.sid, waited);
    }

    fn left(&mut self, world: &mut World, action: &Target, result: &'static str, sid: &QueueSid, waited: i64) {
        if action.url.is_some() {
            self.ask(world, action, result_params(result, sid, waited));
        } else {
            self.do_until(world, Doing::Between, world.now);
        }
    }

    /// The call ends or is taken elsewhere while it waits: the action is told, its answer is not heard.
    pub(super) fn taken_from_queue(&mut self, world: &mut World, result: &'static str) {
        let Some(place) = self.leave_place(world) else { return };
        if place.action.url.is_some() {
            let waited = place.waited(world.now);
            let result = match result {
                "hangup" if place.bridged => "bridged",
                "redirected" if place.bridged => "redirected-from-bridged",
                other => other,
            };
            self.hand_in(world, &place.action, result_params(result, &place.sid, waited));
        }
    }

    pub(super) fn leave_place(&mut self, world: &mut World) -> Option<Place> {
        let place = self.place.take()?;
        if let Some(queue) = world.queues.get_mut(&place.queue) {
            queue.members.retain(|(member, _)| *member != self.sid);
        }
        Some(place)
    }
}

fn result_params(result: &str, sid: &QueueSid, waited: i64) -> Vec<(&'static str, String)> {
    vec![("QueueResult", result.to_owned()), ("QueueSid", sid.to_string()), ("QueueTime", waited.to_string())]
}
