//! What people will do, and when.

use std::collections::BTreeMap;

use guardia::clock::Instant;
use guardia::incident::CaseNumber;
use guardia_sandbox::CallSid;

use crate::weather::Turn;

/// What somebody does.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Somebody calls the line; with bad weather or without.
    Dials {
        from: String,
        weather: bool,
    },
    /// Keys on a call, by whoever has this number.
    Presses {
        call: CallSid,
        keys: String,
        number: String,
    },
    HangsUp(CallSid),
    Answers(CallSid),
    Declines(CallSid),
    Texts {
        from: String,
        body: String,
    },
    /// The weather turns.
    Turns(Turn),
    /// Guardia goes down, and comes up again.
    Stops,
    Starts,
    /// An operator ends the case of this call.
    Ends(CallSid),
    /// A case that is over is looked at.
    Judged(CaseNumber),
    /// The year is over: every case ends.
    EverythingEnds,
}

/// Deeds to come. Those of one instant are done in the order they were set down.
#[derive(Debug, Default)]
pub struct Agenda {
    deeds: BTreeMap<(Instant, u64), Deed>,
    count: u64,
}

impl Agenda {
    pub fn set(&mut self, at: Instant, deed: Deed) {
        self.count += 1;
        self.deeds.insert((at, self.count), deed);
    }

    pub fn next_at(&self) -> Option<Instant> {
        self.deeds.first_key_value().map(|((at, _), _)| *at)
    }

    /// The next deed that is due at `now`.
    pub fn take_due(&mut self, now: Instant) -> Option<Deed> {
        let first = self.deeds.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}
