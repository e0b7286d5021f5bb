//! What one call tells another. It is taken up as soon as whoever spoke is done with its own step, at the same instant.

use crate::call::{Call, Status};
use crate::exchange::Told;
use crate::ids::CallSid;
use crate::time::Instant;
use crate::twiml::Target;

/// Something that concerns another call than the one that acts.
#[derive(Debug)]
pub(crate) enum Signal {
    /// A leg is there and will be dialled.
    Born(Box<Call>),
    /// A word from one call to another.
    Word(CallSid, Word),
}

/// What a telephone that can hear gets of what is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aloud {
    /// A beep: nobody says it.
    Beep,
    /// The words, spoken: whoever says them has no telephone.
    Spoken,
    /// Nothing: it is in the sound that their telephone sends.
    Carried,
}

/// What a call is told.
#[derive(Debug)]
pub(crate) enum Word {
    /// Whoever was dialled, or was taken out of a queue, is ready to talk.
    Ready { from: CallSid, answered: Instant },
    /// The two can hear each other now.
    Joined(CallSid),
    /// The other one is gone, or was taken elsewhere; what became of it.
    Parted { from: CallSid, status: Status, seconds: i64 },
    /// Somebody takes this call out of its queue.
    Summoned { by: CallSid, whisper: Target },
    /// A call was taken out of a queue for this one.
    Taken(CallSid),
    /// Somebody joined to this call (`who` is their number) says something, until an instant.
    Hears { who: String, words: String, until: Instant, aloud: Aloud },
    /// Somebody joined to this call pressed a key: heard as such, or already in their sound.
    Tone(char, Told),
    /// The conference starts, or the call is no longer on hold.
    ConferenceStarts,
    /// The call is put on hold, and what it hears there.
    OnHold(Target),
    /// The conference is over, or the call was removed from it.
    ConferenceEnds,
}
