//! A test of the pager by itself: an incident like any other, told to one person only.

use chrono::TimeDelta;

use crate::clock::Instant;
use crate::id::IncidentId;
use crate::oncall::{Escalation, EscalationId, PersonId, Step, Target};

/// How long the person who is tested has to answer. A page that failed for good ends the test at once.
pub const PATIENCE: TimeDelta = TimeDelta::minutes(10);

/// A test of the pager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canary {
    /// The incident that was made for it.
    pub incident: IncidentId,
    /// Who is paged: an id of the roster.
    pub person: String,
    /// When it began.
    pub started_at: Instant,
    /// When it was answered or given up.
    pub ended_at: Option<Instant>,
    /// Whether they answered in time.
    pub answered: bool,
}

/// Whom a test is told to: one step with the one person. There is no second one; what comes after it ends the test.
#[must_use]
pub fn escalation(person: PersonId) -> Escalation {
    let step = Step { notify: vec![Target::Person(person)], wait: PATIENCE };
    Escalation { id: EscalationId::canary(), steps: vec![step], rounds: 1, ack_timeout: PATIENCE }
}
