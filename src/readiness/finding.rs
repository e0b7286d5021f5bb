//! What may be wrong, and how heavy it weighs.

use chrono::TimeDelta;
use chrono_tz::Tz;

use super::Callback;
use crate::clock::Instant;
use crate::oncall::Channel;

/// How heavy a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Worth knowing.
    Watch,
    /// Nothing is lost yet; somebody must act in the days to come.
    Act,
    /// A call or a page would be lost now.
    Broken,
}

/// What is wrong. Carries names of people, and no address of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A setting, or a page that the settings name, is not right.
    Settings {
        /// Which: a key, or a file with its line.
        place: String,
        /// What is wrong, and the mend, as the checker says it.
        problem: String,
    },
    /// The store cannot be opened or read.
    StoreAway {
        /// Why.
        why: String,
    },
    /// The store takes nothing.
    StoreRefuses,
    /// Jobs are due and nobody runs them.
    JobsLate {
        /// How long the oldest has been due.
        late: TimeDelta,
    },
    /// Jobs were given up in the last day.
    GivenUp {
        /// How many.
        count: usize,
    },
    /// Open cases that no job will ever look at again.
    Forgotten {
        /// How many.
        count: usize,
    },
    /// Calls wait in the journal and are not in the store.
    JournalWaits,
    /// The journal cannot be written.
    JournalAway,
    /// The provider does not answer.
    ProviderAway {
        /// Why.
        why: String,
    },
    /// The provider does not know us.
    Refused,
    /// The line's number is none of the account.
    StrangeNumber,
    /// The provider does not tell where it sends what happens on the number.
    NumberUntold,
    /// The provider sends something elsewhere, or nowhere.
    Misdirected {
        /// What.
        callback: Callback,
        /// Where it must be sent.
        expected: String,
        /// Whether it is sent somewhere at all.
        elsewhere: bool,
    },
    /// A request that we signed is refused, or a changed one believed.
    Signatures,
    /// Our clock differs from the provider's.
    ClockOff {
        /// How far ours is ahead.
        ahead: TimeDelta,
    },
    /// No roster was imported.
    NoRoster,
    /// Nobody is a supervisor.
    NoSupervisor,
    /// Nobody is on duty.
    Gap {
        /// By this schedule.
        schedule: String,
        /// From when.
        from: Instant,
        /// Until when, as far as was looked.
        to: Instant,
        /// Whether that is now.
        now: bool,
        /// In which zone it is told.
        zone: Tz,
    },
    /// Something about how a person is reached.
    Person {
        /// Their id.
        id: String,
        /// Their name.
        name: String,
        /// When they are on duty next; `None` = they are not, and are told nevertheless.
        duty: Option<(Instant, Tz)>,
        /// Whether that is now.
        now: bool,
        /// What it is.
        what: Fitness,
    },
    /// The pager does not test itself.
    NoTests,
    /// Who is to be paged for tests is not on the roster.
    StrangeTester {
        /// The id.
        person: String,
    },
    /// The last test was not answered.
    TestFailed {
        /// Who was paged.
        person: String,
        /// When, and in which zone that is told.
        at: (Instant, Tz),
    },
    /// Tests have stopped.
    TestsLate {
        /// When the last one began, and in which zone that is told.
        last: (Instant, Tz),
    },
    /// No signs of life are sent.
    NoHeartbeat,
    /// Signs of life have stopped, or never began.
    HeartbeatLate {
        /// How long ago the last one was.
        since: Option<TimeDelta>,
    },
}

/// What may be wrong with how a person is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fitness {
    /// No contact is verified.
    Unverified,
    /// Contacts of one channel are verified, and there is one of another that is not.
    HalfVerified {
        /// The channel.
        by: Channel,
    },
    /// There are contacts of one channel only.
    OneWay {
        /// The channel.
        by: Channel,
    },
    /// Nothing in writing reaches them.
    NotInWriting,
    /// They have no PIN, though others have.
    NoPin,
}

impl Weight {
    /// The word in JSON, and in the terminal.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Act => "act",
            Self::Broken => "broken",
        }
    }
}

impl Finding {
    /// How heavy it weighs.
    #[must_use]
    pub fn weight(&self) -> Weight {
        use Callback as C;
        match self {
            Self::Settings { .. }
            | Self::StoreAway { .. }
            | Self::StoreRefuses
            | Self::JobsLate { .. }
            | Self::Forgotten { .. }
            | Self::JournalAway
            | Self::ProviderAway { .. }
            | Self::Refused
            | Self::StrangeNumber
            | Self::Misdirected { callback: C::Voice | C::Sms, .. }
            | Self::Signatures
            | Self::NoRoster
            | Self::Gap { now: true, .. }
            | Self::Person { now: true, what: Fitness::Unverified, .. }
            | Self::TestFailed { .. } => Weight::Broken,
            Self::ClockOff { ahead } if ahead.abs() > super::judge::CLOCK_WRONG => Weight::Broken,
            Self::GivenUp { .. }
            | Self::JournalWaits
            | Self::Misdirected { .. }
            | Self::ClockOff { .. }
            | Self::NoSupervisor
            | Self::Gap { .. }
            | Self::Person {
                what: Fitness::Unverified | Fitness::HalfVerified { .. } | Fitness::OneWay { .. }, ..
            }
            | Self::StrangeTester { .. }
            | Self::TestsLate { .. }
            | Self::HeartbeatLate { .. } => Weight::Act,
            Self::NumberUntold
            | Self::Person { what: Fitness::NotInWriting | Fitness::NoPin, .. }
            | Self::NoTests
            | Self::NoHeartbeat => Weight::Watch,
        }
    }

    /// The word for programs: it stays what it is when sentences are mended.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Settings { .. } => "settings",
            Self::StoreAway { .. } => "store-away",
            Self::StoreRefuses => "store-refuses",
            Self::JobsLate { .. } => "jobs-late",
            Self::GivenUp { .. } => "jobs-given-up",
            Self::Forgotten { .. } => "cases-forgotten",
            Self::JournalWaits => "journal-waits",
            Self::JournalAway => "journal-away",
            Self::ProviderAway { .. } => "provider-away",
            Self::Refused => "provider-refuses",
            Self::StrangeNumber => "number-strange",
            Self::NumberUntold => "number-untold",
            Self::Misdirected { .. } => "callback-wrong",
            Self::Signatures => "signatures",
            Self::ClockOff { .. } => "clock-off",
            Self::NoRoster => "no-roster",
            Self::NoSupervisor => "no-supervisor",
            Self::Gap { .. } => "nobody-on-duty",
            Self::Person { what, .. } => match what {
                Fitness::Unverified => "unverified",
                Fitness::HalfVerified { .. } => "half-verified",
                Fitness::OneWay { .. } => "one-way",
                Fitness::NotInWriting => "not-in-writing",
                Fitness::NoPin => "no-pin",
            },
            Self::NoTests => "no-canary",
            Self::StrangeTester { .. } => "canary-strange",
            Self::TestFailed { .. } => "canary-failed",
            Self::TestsLate { .. } => "canary-late",
            Self::NoHeartbeat => "no-heartbeat",
            Self::HeartbeatLate { .. } => "heartbeat-late",
        }
    }

    /// The person, schedule or setting it is about, by its id.
    #[must_use]
    pub fn who(&self) -> Option<&str> {
        match self {
            Self::Settings { place, .. } => Some(place),
            Self::Person { id, .. } => Some(id),
            Self::Gap { schedule, .. } => Some(schedule),
            Self::Misdirected { callback, .. } => Some(callback.name()),
            Self::StrangeTester { person } | Self::TestFailed { person, .. } => Some(person),
            _ => None,
        }
    }
}
