//! `Enqueue`: waiting in a line, with something to listen to.

use super::{Call, Document, Doing};
use crate::ids::{CallSid, QueueSid};
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
    /// Who waits, the longest first.
    pub members: Vec<CallSid>,
}

/// A call's place in a queue.
#[derive(Debug)]
pub(super) struct Place {
    queue: String,
    sid: QueueSid,
    action: Target,
    wait: Target,
    since: Instant,
    /// When the wait document was last asked for.
    round: Instant,
    /// What is left of the document that led here.
    after: Document,
}

impl Call {
    pub(super) fn enqueue(&mut self, world: &mut World, enqueue: Enqueue) {
        // A wait document that enqueues again moves the call.
        let waited = self.leave_place(world);
        let after = waited.map_or_else(|| std::mem::take(&mut self.document), |place| place.after);
        let ids = &mut world.ids;
        let queue = world
            .queues
            .entry(enqueue.name.clone())
            .or_insert_with(|| Queue { sid: QueueSid::draw(ids), members: Vec::new() });
        let sid = queue.sid.clone();
        if queue.members.len() >= enqueue.largest {
            self.document = after;
            return self.left(world, &enqueue.action, "queue-full", &sid, 0);
        }
        queue.members.push(self.sid.clone());
        let resolved = |call: &Self, target: &Target| Target {
            url: target.url.as_deref().and_then(|url| call.resolve(url)),
            method: target.method,
        };
        self.document.url.clone_from(&after.url);
        self.place = Some(Place {
            wait: resolved(self, &enqueue.wait),
            action: resolved(self, &enqueue.action),
            queue: enqueue.name,
            sid,
            since: world.now,
            round: world.now,
            after,
        });
        self.ask_what_to_play(world);
    }

    /// Asks for the wait document, or plays music until the next round.
    pub(super) fn ask_what_to_play(&mut self, world: &mut World) {
        let Some(place) = &mut self.place else { return self.proceed(world) };
        place.round = world.now;
        if place.wait.url.is_none() {
            let until = world.now + millis(MUSIC);
            return self.do_until(world, Doing::Waiting, until);
        }
        let members = world.queues.get(&place.queue).map(|queue| queue.members.as_slice()).unwrap_or_default();
        let position = members.iter().position(|member| *member == self.sid).unwrap_or_default().saturating_add(1);
        let waited = whole_seconds(world.now - place.since).to_string();
        let params = vec![
            ("QueuePosition", position.to_string()),
            ("QueueTime", waited.clone()),
            ("AvgQueueTime", waited),
            ("CurrentQueueSize", members.len().to_string()),
            ("QueueSid", place.sid.to_string()),
        ];
        let target = place.wait.clone();
        self.ask(world, &target, params);
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
        let waited = whole_seconds(world.now - place.since);
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
            let waited = whole_seconds(world.now - place.since);
            self.hand_in(world, &place.action, result_params(result, &place.sid, waited));
        }
    }

    pub(super) fn leave_place(&mut self, world: &mut World) -> Option<Place> {
        let place = self.place.take()?;
        if let Some(queue) = world.queues.get_mut(&place.queue) {
            queue.members.retain(|member| *member != self.sid);
        }
        Some(place)
    }
}

fn result_params(result: &str, sid: &QueueSid, waited: i64) -> Vec<(&'static str, String)> {
    vec![("QueueResult", result.to_owned()), ("QueueSid", sid.to_string()), ("QueueTime", waited.to_string())]
}
