//! What goes in and out of the machine: inputs, questions with their answers, effects, and the facts of the moment.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Language, Verb};
use crate::clock::Instant;
use crate::incident::{self, CaseNumber};
use crate::phone::Phone;
use crate::sla::Severity;

/// What reached the line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// The call begins.
    Begin,
    /// Keys, without the end key. May be empty when only the end key was pressed.
    Digits(String),
    /// Words, where the provider hears speech.
    Speech(String),
    /// A recording, by the provider's id and address.
    Recording {
        /// The provider's id.
        id: String,
        /// Where the provider keeps it.
        url: String,
        /// Its length in whole seconds.
        seconds: u32,
    },
    /// Neither keys nor words: the time-out passed, or nothing was recorded.
    Silence,
    /// The wait in the queue is over.
    Waited(Waited),
    /// The conversation that the last document began is over, or none came about.
    Parted(Parted),
    /// The line took the call elsewhere, out of a wait or a conversation.
    Moved,
    /// The answer to the question the machine asked last.
    Answer(Answer),
}

/// How joining a call to another ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parted {
    /// The provider's word: `completed`, `no-answer`, `busy`, ...
    pub how: String,
    /// Whether the two could hear each other.
    pub joined: bool,
    /// For how long, in whole seconds.
    pub seconds: u32,
    /// What was recorded of it: the provider's id, and its address.
    pub recording: Option<(String, String)>,
}

/// How a wait in the queue ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waited {
    /// The caller was joined to a person, and they have parted.
    Joined,
    /// What is heard while waiting let the caller go on: [`super::State::leaving`] says where.
    Left,
    /// There was no room, or the provider could not: nobody waits.
    Failed,
}

/// What the machine must know or have done before it can go on. The one who drives it answers with [`Input::Answer`], in
/// the same unit of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Open the incident of this call (or give it, when it is open already). Answer: [`Answer::Case`] with `Some`.
    OpenIncident {
        /// How bad the caller said it is.
        severity: Severity,
        /// Reported by a caller who could not speak.
        silent: bool,
    },
    /// Which institution has this code? Answer: [`Answer::Institution`].
    Institution {
        /// Four digits.
        code: String,
    },
    /// The case with this number. Answer: [`Answer::Case`].
    Case {
        /// A number with a right check digit.
        number: CaseNumber,
    },
    /// Another open case of this institution about this service, not this call's own. Answer: [`Answer::Case`].
    OpenCase {
        /// The institution's code.
        institution: String,
        /// The service's id.
        service: String,
    },
    /// This call's own incident as it stands now. Answer: [`Answer::Case`].
    OwnCase,
}

/// The answer to an [`Ask`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// A case, if there is one.
    Case(Option<CaseFacts>),
    /// An institution, if the code is known.
    Institution(Option<Institution>),
}

/// An institution of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Institution {
    /// Four digits.
    pub code: String,
    /// Its name as it is spoken.
    pub name: String,
}

/// A case as the line may speak of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFacts {
    /// Its number.
    pub number: CaseNumber,
    /// Where it stands.
    pub state: incident::State,
    /// When the line answered the call that opened it.
    pub opened_at: Instant,
    /// The instant the promise names.
    pub due_at: Instant,
    /// Whether that passed without a first response.
    pub breached: bool,
    /// When somebody took it.
    pub acknowledged_at: Option<Instant>,
    /// When it was resolved.
    pub resolved_at: Option<Instant>,
    /// The estimated time of resolution, once told.
    pub eta: Option<Instant>,
    /// When the next news is due.
    pub next_update: Option<Instant>,
    /// The code of the institution that reported it, once known.
    pub institution: Option<String>,
    /// The affected service's id, once known.
    pub service: Option<String>,
    /// Whether the caller of this call may hear about it without another proof: the number reported it.
    pub known_caller: bool,
}

/// What an effect changes outside the call. Nothing is sent by it: the driver turns it into rows and jobs of the same unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The call reached this node (for its timeline).
    Reached {
        /// The node's name.
        node: String,
    },
    /// The caller chose a language.
    Language(Language),
    /// The caller agreed to recording by staying (`true`) or declined it (`false`).
    Consent {
        /// Whether recording is allowed.
        recording: bool,
        /// The prompt that asked.
        prompt: String,
    },
    /// Something was learned about the incident; it is enriched when there is one.
    Learned(Learned),
    /// A recording belongs to the call.
    Recorded {
        /// The provider's id.
        id: String,
        /// Where the provider keeps it.
        url: String,
        /// Whole seconds.
        seconds: u32,
        /// What it holds, e.g. `description`, `institution`, `addition`.
        holds: String,
        /// The case it is added to; `None` = this call's own incident.
        case: Option<CaseNumber>,
    },
    /// The caller is counted as affected by the announced outage, and informed of its end.
    Affected,
    /// The caller said this call is about that case: this call's own incident, if any, is one with it.
    Join {
        /// The case that stays.
        case: CaseNumber,
    },
    /// Reopen a resolved case.
    Reopen {
        /// The case.
        case: CaseNumber,
    },
    /// A text message is to be sent.
    Send {
        /// The template's name in the message prompts.
        template: String,
        /// To whom; `None` = nobody can be told (no number is known).
        to: Option<Phone>,
        /// The language of the text.
        language: Language,
        /// The text, within one GSM-7 segment.
        text: String,
    },
    /// The call ends here, with what the caller had from it.
    Ended(Outcome),
}

/// Something learned about the incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Learned {
    /// Who reports.
    Institution(Institution),
    /// The affected service's id.
    Service(String),
    /// How the service fails.
    Impact(Impact),
    /// Where the reporter is called back.
    CallBack(Phone),
    /// Whether the reporter wants text messages there.
    TextMessages(bool),
}

/// How the service fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// It does not work at all.
    Down,
    /// It works with serious faults.
    Degraded,
    /// An attack or a leak is suspected (Decree 685-22: the national CSIRT is to be told).
    Attack,
}

impl Impact {
    /// Every way to fail.
    pub const ALL: [Self; 3] = [Self::Down, Self::Degraded, Self::Attack];

    /// The word stored and written in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Degraded => "degraded",
            Self::Attack => "attack",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|impact| impact.as_str() == word)
    }
}

/// What the caller had from the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// An incident is open.
    Reported,
    /// The caller heard what they asked for.
    Informed,
    /// Something was added to an open case, or the caller was counted with it.
    Added,
    /// The caller left without either: it goes to the work-list of missed calls.
    Missed,
}

impl Outcome {
    /// Every outcome, best first.
    pub const ALL: [Self; 4] = [Self::Reported, Self::Added, Self::Informed, Self::Missed];

    /// The word stored and written in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Informed => "informed",
            Self::Added => "added",
            Self::Missed => "missed",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}

/// The facts of the moment: everything a condition or a placeholder may draw on that the caller did not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Now.
    pub now: Instant,
    /// The zone people here live in; spoken times are in it.
    pub zone: Tz,
    /// Whether service hours run now.
    pub open: bool,
    /// Today's holiday, by its Spanish and English name.
    pub holiday: Option<HolidayName>,
    /// When service hours begin next; `None` while they run or when the calendar has no opening within a year.
    pub next_open: Option<Instant>,
    /// The announced outage, while it stands.
    pub banner: Option<Banner>,
    /// The caller's number, unless withheld.
    pub caller: Option<Phone>,
    /// The institution this number belongs to.
    pub caller_institution: Option<Institution>,
    /// The line that was dialled, as people are told to dial it.
    pub line: Phone,
    /// Where people write to.
    pub support_email: String,
    /// The services of the directory, by id, with their spoken names.
    pub services: Vec<Service>,
    /// The queue this call waits in for a person: an opaque name of its own.
    pub queue: String,
}

/// A holiday in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolidayName {
    /// In Spanish.
    pub es: String,
    /// In English.
    pub en: String,
}

/// A service of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its id in flows and in the store.
    pub id: String,
    /// As it is spoken in Spanish.
    pub es: String,
    /// As it is spoken in English.
    pub en: String,
    /// In a text message: at most 12 letters of plain ASCII.
    pub short: String,
}

/// An announced outage. It always ends: its expiry is part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Banner {
    /// The service that is out, by id.
    pub service: String,
    /// The case it is worked on under.
    pub case: Option<CaseNumber>,
    /// Since when.
    pub since: Instant,
    /// The estimated end.
    pub eta: Option<Instant>,
    /// When it stops being announced.
    pub until: Instant,
}

/// What one step of the machine gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Where the call stands now.
    pub state: super::State,
    /// What to do outside the call, in order; done before a question of the same step is answered.
    pub effects: Vec<Effect>,
    /// What comes of it.
    pub next: Next,
}

/// What comes of a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// A question must be answered first.
    Ask(Ask),
    /// The next document.
    Document(Vec<Verb>),
}
