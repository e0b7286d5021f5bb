//! What the person on a call hears, for a telephone that can hear.

use super::bridge::Bridge;
use super::{Call, Direction, Doing, Status};
use crate::exchange::Samples;
use crate::film::Track;
use crate::ids::{CallSid, ConferenceSid};
use crate::tape::Reel;
use crate::time::Instant;
use crate::twiml::To;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overheard {
    Beep,
    Key(char),
}

impl Call {
    /// What is being recorded on it.
    pub(crate) fn tracks(&self) -> Vec<Track> {
        let mut tracks: Vec<Track> = self.reel.iter().map(Reel::track).collect();
        match &self.doing {
            Doing::Recording(recorder) => tracks.extend(recorder.track()),
            Doing::Bridged(Bridge { dialing: Some(dialing), .. }) | Doing::Dialing(dialing) => {
                tracks.extend(dialing.reel.as_ref().map(Reel::track));
            }
            _ => {}
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

    /// Whether what it waits for has nothing of its own to play.
    fn hears_music(&self) -> bool {
        match (&self.place, &self.room) {
            (Some(place), _) => place.plays_music(),
            (None, Some(room)) => room.plays_music(),
            (None, None) => false,
        }
    }
}
