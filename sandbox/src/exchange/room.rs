//! A conference at one beat: everybody hears everybody but themselves.

use std::collections::BTreeMap;

use super::Said;
use crate::film::Track;
use crate::ids::{CallSid, ConferenceSid};
use crate::sound::{Frame, mix};
use crate::tape::Reel;
use crate::world::World;

/// What is heard in a conference.
#[derive(Debug)]
pub(super) struct Voices {
    /// What those hear who are heard themselves.
    without: BTreeMap<CallSid, Frame>,
    /// What the others hear, and the recording.
    pub all: Frame,
    /// Whether anybody speaks.
    pub speak: bool,
}

impl Voices {
    pub(super) fn of(world: &World, room: &ConferenceSid, said: &Said) -> Self {
        let heard = world.heard(room).into_iter();
        let (sids, voices): (Vec<CallSid>, Vec<_>) =
            heard.filter_map(|sid| said.get(&sid).map(|(frame, speaks)| (sid, (frame.clone(), *speaks)))).unzip();
        let (frames, speak): (Vec<Frame>, Vec<bool>) = voices.into_iter().unzip();
        let without = sids.into_iter().zip(mix::each_without_itself(&frames)).collect();
        Self { without, all: mix::all(&frames), speak: speak.contains(&true) }
    }

    /// What a call hears.
    pub(super) fn to(&self, sid: &CallSid) -> &Frame {
        self.without.get(sid).unwrap_or(&self.all)
    }
}

impl World {
    /// Who is heard in a conference.
    pub(super) fn heard(&self, sid: &ConferenceSid) -> Vec<CallSid> {
        let seats = self.conferences.get(sid).map(|conference| conference.seats.as_slice()).unwrap_or_default();
        seats.iter().filter(|seat| !seat.muted && !seat.hold).map(|seat| seat.call.clone()).collect()
    }

    /// What is being recorded of a conference.
    pub(super) fn track(&self, sid: &ConferenceSid) -> Option<Track> {
        self.conferences.get(sid)?.reel.as_ref().map(Reel::track)
    }
}
