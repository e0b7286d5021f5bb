//! How things stand, as far as it matters for tonight.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::clock::Instant;
use crate::oncall::{Contact, Person, Roster};

/// How things stand at one instant.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The instant.
    pub now: Instant,
    /// The zone in which times are told that belong to no schedule.
    pub zone: Tz,
    /// The roster in use; `None` = none was imported.
    pub roster: Option<&'a Roster>,
    /// The contacts that are known to reach their people.
    pub verified: Reached,
    /// The house itself; `None` = the store cannot be read, which is a finding of its own.
    pub house: Option<House>,
    /// The telephony provider; `None` = it was not asked.
    pub line: Option<Line>,
    /// Where the provider must send what happens on the line.
    pub callbacks: Callbacks,
    /// Whether a request that we sign ourselves is believed, and a changed one is not.
    pub signatures: bool,
    /// Whether the fallback journal is empty; `None` = it cannot be written.
    pub journal_empty: Option<bool>,
}

/// The contacts that are known to reach their people, by person and contact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached(BTreeSet<(String, String)>);

/// How the house itself stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct House {
    /// Whether the store takes something.
    pub store_writes: bool,
    /// How long the oldest job has been due.
    pub late: Option<TimeDelta>,
    /// How many jobs were given up in the last day.
    pub given_up: usize,
    /// How many open cases no job will ever look at again.
    pub forgotten: usize,
    /// The tests of the pager; `None` = there are none.
    pub tests: Option<Tests>,
    /// Signs of life, how often and when the last one went out; `None` = none are sent.
    pub heartbeat: Option<(TimeDelta, Option<Instant>)>,
}

/// How the tests of the pager went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tests {
    /// Who is paged for them.
    pub person: String,
    /// How often.
    pub every: TimeDelta,
    /// When the last one that is over began, and whether it was answered.
    pub last: Option<(Instant, bool)>,
}

/// What the telephony provider says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Nothing: in a few words, why.
    Away(String),
    /// That it does not know us.
    Refuses,
    /// It knows us.
    Answers {
        /// How far our clock is ahead of its clock; `None` = it does not show it.
        ahead: Option<TimeDelta>,
        /// The line's number there.
        number: Number,
    },
}

/// A number at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Number {
    /// It does not tell.
    Untold,
    /// It is none of this account.
    Strange,
    /// Where what happens on it is sent.
    Ours(Callbacks),
}

/// Where what happens on the line is sent: whole addresses, empty = nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Callbacks {
    /// Calls.
    pub voice: String,
    /// Calls whose document could not be had.
    pub fallback: String,
    /// What becomes of calls.
    pub status: String,
    /// Text messages.
    pub sms: String,
}

/// One of [`Callbacks`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callback {
    /// Calls.
    Voice,
    /// Calls whose document could not be had.
    Fallback,
    /// What becomes of calls.
    Status,
    /// Text messages.
    Sms,
}

impl Reached {
    /// Notes that this contact is known to reach the person.
    pub fn note(&mut self, person: &Person, contact: &Contact) {
        self.0.insert((person.id.to_string(), contact.id.to_string()));
    }

    /// The contacts of `person` that are known to reach them.
    pub fn of<'p>(&self, person: &'p Person) -> impl Iterator<Item = &'p Contact> {
        let known = move |contact: &&Contact| self.0.contains(&(person.id.to_string(), contact.id.to_string()));
        person.contacts.iter().filter(known)
    }
}

impl Callback {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Voice, Self::Fallback, Self::Status, Self::Sms];

    /// What the provider's console calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Voice => "voice_url",
            Self::Fallback => "voice_fallback_url",
            Self::Status => "status_callback",
            Self::Sms => "sms_url",
        }
    }
}

impl Callbacks {
    /// One of them.
    #[must_use]
    pub fn get(&self, callback: Callback) -> &str {
        match callback {
            Callback::Voice => &self.voice,
            Callback::Fallback => &self.fallback,
            Callback::Status => &self.status,
            Callback::Sms => &self.sms,
        }
    }
}
