//! What is over and old is forgotten, so that a network may run for as long as it likes.

use crate::state::State;
use crate::time::Instant;

impl State {
    /// Forgets calls and conferences that ended, recordings that were made on them, and messages that last changed before an
    /// instant.
    pub(crate) fn forget_before(&mut self, instant: Instant) {
        let Self { world, calls, call_order, .. } = self;
        calls.retain(|_, call| call.ended.is_none_or(|ended| ended >= instant));
        call_order.retain(|sid| calls.contains_key(sid));
        world.recordings.retain(|_, recording| recording.began >= instant || calls.contains_key(&recording.call));
        world.recording_order.retain(|sid| world.recordings.contains_key(sid));
        world.conferences.retain(|_, room| room.ended.is_none() || room.updated >= instant);
        world.conference_order.retain(|sid| world.conferences.contains_key(sid));
        world.messages.retain(|_, message| message.updated >= instant);
        world.message_order.retain(|sid| world.messages.contains_key(sid));
    }
}
