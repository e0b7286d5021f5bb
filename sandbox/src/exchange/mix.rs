//! Many voices in one room: everybody hears everybody but themselves.

use std::collections::BTreeMap;

use super::Said;
use crate::ids::{CallSid, ConferenceSid};
use crate::sound::{FRAME, Frame};
use crate::world::World;

/// What is said in a conference at one beat.
#[derive(Debug)]
pub(super) struct Mix {
    all: [i32; FRAME],
    voices: BTreeMap<CallSid, Frame>,
}

impl Mix {
    /// Adds up those who are heard in a conference.
    pub(super) fn of(world: &World, room: &ConferenceSid, said: &Said) -> Self {
        let heard = world.heard(room);
        let voices: BTreeMap<CallSid, Frame> =
            heard.into_iter().filter_map(|sid| Some((sid.clone(), said.get(&sid)?.clone()))).collect();
        let mut all = [0_i32; FRAME];
        for voice in voices.values() {
            for (sum, sample) in all.iter_mut().zip(voice.0) {
                *sum = sum.saturating_add(i32::from(sample));
            }
        }
        Self { all, voices }
    }

    /// What one of them hears.
    pub(super) fn without(&self, sid: &CallSid) -> Frame {
        let own = self.voices.get(sid).map_or([0; FRAME], |voice| voice.0);
        let mut frame = Frame::SILENCE;
        for ((sample, sum), own) in frame.0.iter_mut().zip(self.all).zip(own) {
            *sample = loudest(sum.saturating_sub(i32::from(own)));
        }
        frame
    }
}

/// A sum as a sample: what is too loud is as loud as can be.
fn loudest(sum: i32) -> i16 {
    i16::try_from(sum).unwrap_or(if sum < 0 { i16::MIN } else { i16::MAX })
}
