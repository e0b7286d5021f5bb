//! An incident as it stands, and every change it went through.

use serde::{Deserialize, Serialize};

use super::{CaseNumber, State};
use crate::clock::Instant;
use crate::id::{CallId, IncidentId};
use crate::phone::Phone;
use crate::sla::{Severity, Target};

/// An incident as it stands. The clock's fields belong to the present cycle.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// What the caller was told.
    pub number: CaseNumber,
    /// Where it stands.
    pub state: State,
    /// How bad it is.
    pub severity: Severity,
    /// The call that opened it.
    pub call: CallId,
    /// 1, and one more for each time it was reopened.
    pub cycle: u32,
    /// When the line answered (or it was reopened): the clock's start.
    pub started_at: Instant,
    /// The promise that was made.
    pub target: Target,
    /// The earliest instant at which open time since the start equals the target.
    pub due_at: Instant,
    /// When somebody took it, and who.
    pub acknowledged_at: Option<Instant>,
    /// Who took it: a person's id of the roster, or a name.
    pub acknowledged_by: Option<String>,
    /// When a person reached the reporter.
    pub responded_at: Option<Instant>,
    /// When the fault was gone.
    pub resolved_at: Option<Instant>,
    /// When the promise was found broken.
    pub breached_at: Option<Instant>,
    /// The reporting institution's code.
    pub institution: Option<String>,
    /// The reporting institution's name when it was reported.
    pub institution_name: Option<String>,
    /// The affected service's id.
    pub service: Option<String>,
    /// How it fails: the word of `flow::Impact`.
    pub impact: Option<String>,
    /// The number that reported it.
    pub reporter: Option<Phone>,
    /// Where the reporter is called back.
    pub call_back: Option<Phone>,
    /// Whether the reporter wants text messages there.
    pub text_messages: bool,
    /// The language the reporter speaks: two letters.
    pub language: String,
    /// Reported by a caller who could not speak.
    pub silent: bool,
    /// The case that holds this one, when it turned out to be the same.
    pub merged_into: Option<CaseNumber>,
    /// Counts every change; the next writer must know it.
    pub version: i64,
}

impl Incident {
    /// Whether the promise is broken at `now`: a response came late, or none came and the due instant is past.
    #[must_use]
    pub fn is_breached(&self, now: Instant) -> bool {
        match self.responded_at {
            Some(responded) => responded > self.due_at,
            None => self.breached_at.is_some() || (self.state.awaits_response() && now > self.due_at),
        }
    }
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The caller, through the line.
    Caller,
    /// Guardia itself.
    System,
    /// A person of the roster, by id.
    Person(String),
    /// Somebody at the command line or the console, by the name they gave.
    Operator(String),
}

/// One line of an incident's timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the timeline, from 1 without gaps.
    pub sequence: i64,
    /// When it happened.
    pub at: Instant,
    /// Who did it.
    pub actor: Actor,
    /// What happened.
    pub change: Change,
}

/// What happened to an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// The line logged it.
    Opened {
        /// How bad the caller said it is.
        severity: Severity,
        /// The promise.
        due_at: Instant,
    },
    /// It is none: the pager tests itself with it.
    Canary {
        /// Who is paged: a person's id.
        person: String,
    },
    /// Something was learned about it; the field's name, never its value when it is a number.
    Learned {
        /// Which field.
        what: String,
        /// Its value, where that is no personal data.
        #[serde(skip_serializing_if = "Option::is_none")]
        value: Option<String>,
    },
    /// Something the caller said was attached.
    Recorded {
        /// The provider's recording id.
        recording: String,
        /// What it holds.
        holds: String,
        /// Whole seconds.
        seconds: u32,
    },
    /// Another call is about it too.
    Joined {
        /// The call.
        call: CallId,
        /// The case that call had opened, now one with this.
        #[serde(skip_serializing_if = "Option::is_none")]
        case: Option<CaseNumber>,
    },
    /// A page went to a person.
    Paged {
        /// The person's id.
        person: String,
        /// From 0; one more for each page of the ladder.
        round: u32,
    },
    /// A page could not be handed over or delivered.
    PageFailed {
        /// The person's id.
        person: String,
        /// From 0.
        round: u32,
        /// How it was sent: `sms`, `voice`, `email` or `webhook`.
        #[serde(default = "by_text")]
        channel: String,
        /// The provider's error code.
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<u32>,
    },
    /// A contact of a person who was paged is not used any more; supervisors were told.
    ContactDisabled {
        /// The person's id.
        person: String,
        /// How it reached them: `sms`, `voice`, `email` or `webhook`.
        channel: String,
        /// `opted_out` or `invalid`.
        reason: String,
    },
    /// A page reached a device. That proves nobody is there.
    PageDelivered {
        /// The person's id.
        person: String,
        /// From 0.
        round: u32,
    },
    /// A step of the ladder had nobody on duty, and was passed over.
    DutyGap,
    /// Its service is under maintenance: nobody is paged for it until then.
    Muted {
        /// The end of the maintenance.
        until: Instant,
        /// Why.
        reason: String,
    },
    /// The line called a person or the reporter, and this came of it.
    Called {
        /// The person's id, or `reporter`.
        person: String,
        /// `answered`, `machine`, `busy`, `no-answer`, `failed`, `talked`, ...
        how: String,
    },
    /// The person who has the case and the reporter talked to each other.
    Bridged {
        /// The person's id.
        person: String,
        /// Whole seconds.
        seconds: u32,
    },
    /// Somebody asked a person to come into the conversation with the reporter.
    Invited {
        /// The person's id.
        person: String,
    },
    /// Somebody came into the room of a conversation of three and more.
    Entered {
        /// The person's id, or `reporter`.
        person: String,
    },
    /// Somebody is out of that room.
    Left {
        /// The person's id, or `reporter`.
        person: String,
        /// For how many whole seconds they and the reporter were in it together.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<u32>,
    },
    /// A person passed it on.
    Escalated {
        /// The person's id.
        person: String,
    },
    /// Nobody could be paged: the ladder had no one.
    NobodyOnDuty,
    /// A person took it.
    Acknowledged {
        /// The person's id.
        person: String,
        /// How they proved to be there: `sms`, `operator`, ...
        method: String,
    },
    /// Whoever holds it was asked whether the reporter was reached.
    Reminded {
        /// The person's id.
        person: String,
        /// Counted on from the pages of the ladder.
        round: u32,
    },
    /// Whoever holds it answered a reminder: still at it.
    Confirmed {
        /// The person's id.
        person: String,
    },
    /// Whoever holds it did not answer a reminder: others are paged.
    Unanswered {
        /// The person's id, or the name it was taken under.
        person: String,
    },
    /// The first response reached the reporter.
    Responded {
        /// How: `sms`, `manual`, ...
        method: String,
        /// What the person noted.
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// Whether it came in time.
        met: bool,
    },
    /// A mark of the clock passed without a first response.
    Warned {
        /// Per cent of the target.
        percent: u8,
    },
    /// How bad it is was judged anew: same start, new promise.
    Reclassified {
        /// Before.
        from: Severity,
        /// Now.
        to: Severity,
        /// The new promise.
        due_at: Instant,
        /// Why, where whoever did it said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The clock was counted anew: the calendar was edited, or an earlier case is one with this.
    Recounted {
        /// What was promised before.
        before: Instant,
        /// The new promise.
        due_at: Instant,
    },
    /// The promise is broken.
    Breached {
        /// Why, when it was not simply late: `reclassified`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The reporter was told when it will be solved, or when the next news comes.
    Estimated {
        /// When it will be solved.
        #[serde(skip_serializing_if = "Option::is_none")]
        eta: Option<Instant>,
        /// When the next news comes.
        #[serde(skip_serializing_if = "Option::is_none")]
        next_update: Option<Instant>,
        /// Why, where it replaces an earlier one.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Somebody was reminded that the reporter must be told an estimate.
    EstimateDue {
        /// Until when.
        lapses: Instant,
    },
    /// The fault is gone.
    Resolved {
        /// What the person noted.
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// Nothing is left to do.
    Closed,
    /// It was none, or another case holds it.
    Cancelled {
        /// Why.
        reason: String,
        /// The case that holds it from now on, where a person said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        into: Option<CaseNumber>,
    },
    /// It is back.
    Reopened {
        /// The new cycle.
        cycle: u32,
        /// The new promise.
        due_at: Instant,
        /// Why, where whoever did it said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Somebody wrote a note for those who work on it. Neither the reporter nor the ticket store learns of it.
    Noted {
        /// The note.
        text: String,
    },
    /// The reporter was sent a text message.
    Informed {
        /// The template's name.
        template: String,
    },
    /// The ticket store holds its ticket.
    Ticketed {
        /// The ticket's id there.
        ticket: String,
    },
    /// Somebody wrote a comment on its ticket in the store of another maker.
    StoreCommented {
        /// Whether the requester may read it there.
        public: bool,
        /// What it says; nothing of those that are not for the requester.
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// Somebody moved its ticket there to a state that moves nothing here.
    StoreMoved {
        /// The store's word.
        state: String,
    },
    /// Somebody heard a recording by the link that stands in its ticket. Whoever has the link may; who it was is not known.
    HeardByLink {
        /// The provider's recording id.
        recording: String,
    },
    /// A job for it failed for good; a person was told.
    GivenUp {
        /// The job's kind.
        job: String,
    },
}

/// Pages once went by text only.
fn by_text() -> String {
    "sms".to_owned()
}
