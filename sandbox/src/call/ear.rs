//! What the person on a call hears, for a telephone that can hear.

use super::{Call, Direction, Doing, Status};
use crate::exchange::Samples;
use crate::film::Track;
use crate::ids::{CallSid, ConferenceSid};
use crate::signal::Aloud;
use crate::studio::{Preparation, Voice, Wanted};
use crate::tape::Reel;
use crate::time::Instant;
use crate::twiml::To;
use crate::world::World;

/// What is heard at an instant.
#[derive(Clone, Debug)]
pub(crate) enum Ear {
    Nothing,
    /// Somebody's telephone rings.
    Ringing,
    /// Somebody waits, and nothing else is played to them.
    Music,
    /// A sound, and when it began.
    Sound {
        sound: Samples,
        began: Instant,
    },
    /// The call it is joined to.
    Other(CallSid),
    /// Everybody else in a conference.
    Room(ConferenceSid),
}

/// What is heard over it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Overheard {
    Beep,
    Key(char),
    /// Words, as soon as they are spoken.
    Words(Wanted),
    /// Nothing of it any more.
    Hush,
}

impl Call {
    /// What is being recorded on it.
    pub(crate) fn tracks(&self) -> Vec<Track> {
        let mut tracks: Vec<Track> = self.live_reels().filter(|reel| !reel.is_paused()).map(Reel::track).collect();
        if let Doing::Recording(recorder) = &self.doing {
            tracks.extend(recorder.track());
        }
        tracks
    }

    pub(crate) fn ear(&self) -> Ear {
        if self.status == Status::Ringing && self.direction == Direction::Inbound {
            return Ear::Ringing;
        }
        match &self.doing {
            Doing::Speaking(speech) => speech.ear(),
            Doing::Gathering(gathering) => gathering.ear(),
            Doing::Recording(recorder) => recorder.ear(),
            Doing::Waiting if self.hears_music() => Ear::Music,
            Doing::Dialing(dialing) if matches!(dialing.dial.to, To::Numbers(_)) => Ear::Ringing,
            Doing::Bridged(bridge) => Ear::Other(bridge.with.clone()),
            Doing::Conferring => self.room.as_ref().map_or(Ear::Nothing, |room| Ear::Room(room.conference.clone())),
            _ => Ear::Nothing,
        }
    }

    /// What a telephone gets of what the person on this call says.
    pub(super) fn aloud(&self) -> Aloud {
        if self.plugged { Aloud::Carried } else { Aloud::Spoken }
    }

    /// A telephone hears what somebody else says.
    pub(super) fn listen(&mut self, world: &mut World, words: &str, aloud: Aloud) {
        match aloud {
            Aloud::Beep => self.overhear(Overheard::Beep),
            Aloud::Spoken if self.plugged && world.config.speech.is_some() => {
                let wanted = Wanted::Words(words.to_owned(), Voice::default());
                if !world.shelf.is_ready(&wanted) {
                    let place = world.timetable.place();
                    world.preparations.push(Preparation { place, waits: None, wanted: vec![wanted.clone()] });
                }
                self.overhear(Overheard::Words(wanted));
            }
            Aloud::Spoken | Aloud::Carried => {}
        }
    }

    /// Nothing is heard any more of what others said.
    pub(super) fn hush(&mut self) {
        self.overheard.clear();
        self.overhear(Overheard::Hush);
    }

    /// Something is heard over everything else.
    pub(super) fn overhear(&mut self, what: Overheard) {
        /// More are lost: nobody listens.
        const MOST: usize = 32;
        if self.plugged && self.overheard.len() < MOST {
            self.overheard.push(what);
        }
    }

    /// Whether what it waits for has nothing of its own to play.
    fn hears_music(&self) -> bool {
        match (&self.place, &self.room) {
            (Some(place), _) => place.plays_music(),
            (None, Some(room)) => room.plays_music(),
            (None, None) => false,
        }
    }
}
