//! Recordings of a call while it lasts, as the application wants them (REST): started, paused, stopped.

use super::{Bridge, Call, Doing, Status};
use crate::recording::Recording;
use crate::tape::{Reel, TapeChange};
use crate::twiml::Tape;
use crate::world::World;

/// The name of the recording that runs, whichever it is.
const CURRENT: &str = "Twilio.CURRENT";

impl Call {
    /// Starts to record; `None` = nobody is on the line.
    pub(crate) fn start_tape(&mut self, world: &mut World, tape: Tape) -> Option<Recording> {
        if self.status != Status::InProgress {
            return None;
        }
        let reel = Reel::start(world, &self.sid, None, "StartCallRecordingAPI", tape);
        let recording = reel.so_far(world.now);
        self.reels.push(reel);
        Some(recording)
    }

    /// What is being recorded of it: the call itself, and the conversation of its `Dial`.
    pub(crate) fn live_reels(&self) -> impl Iterator<Item = &Reel> {
        let dialing = match &self.doing {
            Doing::Dialing(dialing) | Doing::Bridged(Bridge { dialing: Some(dialing), .. }) => dialing.reel.as_ref(),
            _ => None,
        };
        self.reels.iter().chain(dialing)
    }

    /// Changes a recording under way, by its name or as the one that runs; `None` = there is no such one.
    pub(crate) fn change_tape(&mut self, world: &mut World, name: &str, change: TapeChange) -> Option<Recording> {
        let is_it = |reel: &Reel| reel.sid().as_str() == name || name == CURRENT;
        let dialing = match &mut self.doing {
            Doing::Dialing(dialing) | Doing::Bridged(Bridge { dialing: Some(dialing), .. }) => Some(&mut dialing.reel),
            _ => None,
        };
        if let Some(place) = self.reels.iter().rposition(is_it) {
            let mut own = Some(self.reels.remove(place));
            let changed = change.of(world, &mut own);
            self.reels.extend(own);
            return changed;
        }
        let reel = dialing.filter(|reel| reel.as_ref().is_some_and(is_it))?;
        change.of(world, reel)
    }
}
