//! A ticket of the built-in store, its requester, and its clock.

use std::fmt;

use serde::Deserialize;

use super::{TicketChannel, TicketKind, TicketState};
use crate::clock::Instant;
use crate::id::{IncidentId, TicketId};
use crate::phone::Phone;
use crate::sla::{Severity, Target, Verdict, judge};

/// A ticket of the built-in store.
#[derive(Clone, PartialEq)]
pub struct Ticket {
    /// Its id: UUID version 7.
    pub id: TicketId,
    /// What whoever made it calls it; no two tickets have the same. Of an incident's ticket: its case number.
    pub external_id: Option<String>,
    /// The incident whose ticket it is. What the incident knows is the incident's to change.
    pub incident: Option<IncidentId>,
    /// What it is about.
    pub kind: TicketKind,
    /// How bad it is.
    pub severity: Severity,
    /// Where it stands.
    pub state: TicketState,
    /// How it came in.
    pub channel: TicketChannel,
    /// Who asked.
    pub requester: Requester,
    /// The institution's code.
    pub institution: Option<String>,
    /// The affected service's id.
    pub service: Option<String>,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// The promise of a first response.
    pub clock: ResponseClock,
    /// When it was created.
    pub created_at: Instant,
    /// When anything of it changed last, comments and attachments among it.
    pub updated_at: Instant,
    /// Counts its changes: whoever changes it says which version they know.
    pub version: i64,
}

/// Who asked: personal.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Requester {
    /// Their name.
    pub name: Option<String>,
    /// Their address for e-mail.
    pub email: Option<String>,
    /// Their number.
    pub phone: Option<Phone>,
}

/// The promise of a first response. It never pauses; a ticket that comes back begins another cycle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResponseClock {
    /// Which cycle, from 1.
    pub cycle: u32,
    /// When it began.
    pub started_at: Instant,
    /// The promise.
    pub target: Target,
    /// By when.
    pub due_at: Instant,
    /// When a person answered.
    pub responded_at: Option<Instant>,
    /// When it was noted that the promise was broken.
    pub breached_at: Option<Instant>,
}

impl ResponseClock {
    /// How it stands at `now`.
    #[must_use]
    pub fn verdict(&self, now: Instant) -> Verdict {
        judge(self.due_at, self.responded_at, now)
    }
}

impl Ticket {
    /// Whether it is an incident's, which has the clock and says where it stands.
    #[must_use]
    pub fn is_case(&self) -> bool {
        self.incident.is_some()
    }

    /// Whether its own clock runs: nobody answered yet, somebody still has to, and no incident has that clock.
    #[must_use]
    pub fn awaits_response(&self) -> bool {
        !self.is_case() && self.state.is_open() && self.clock.responded_at.is_none()
    }

    /// A person answered at `now`, in public, for the first time in this cycle: whether it was in time. `None` when that is
    /// no first response, because there was one, or because the clock is an incident's.
    pub fn answer(&mut self, now: Instant) -> Option<bool> {
        if self.is_case() || self.clock.responded_at.is_some() {
            return None;
        }
        self.clock.responded_at = Some(now);
        let met = self.clock.verdict(now) == Verdict::Met;
        if !met && self.clock.breached_at.is_none() {
            self.clock.breached_at = Some(now);
        }
        if self.state == TicketState::New {
            self.state = TicketState::Open;
        }
        Some(met)
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What people wrote may be personal.
        f.debug_struct("Ticket")
            .field("id", &self.id)
            .field("incident", &self.incident)
            .field("kind", &self.kind)
            .field("severity", &self.severity)
            .field("state", &self.state)
            .field("clock", &self.clock)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Requester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |field: bool| if field { "known" } else { "unknown" };
        f.debug_struct("Requester")
            .field("name", &known(self.name.is_some()))
            .field("email", &known(self.email.is_some()))
            .field("phone", &known(self.phone.is_some()))
            .finish()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;
    use crate::sla::Mode;

    pub fn at(seconds: i64) -> Instant {
        "2026-03-09T12:00:00Z".parse::<Instant>().unwrap() + TimeDelta::seconds(seconds)
    }

    pub fn ticket() -> Ticket {
        Ticket {
            id: TicketId(Uuid::from_u128(7)),
            external_id: Some("PORTAL-17".to_owned()),
            incident: None,
            kind: TicketKind::Incident,
            severity: Severity::Major,
            state: TicketState::New,
            channel: TicketChannel::Api,
            requester: Requester {
                name: Some("Marta Núñez".to_owned()),
                email: Some("marta@example.gob.do".to_owned()),
                phone: Some(Phone::parse("+18095550142").unwrap()),
            },
            institution: Some("MAP".to_owned()),
            service: Some("nomina".to_owned()),
            subject: "No abre la nómina".to_owned(),
            body: "Desde las ocho.".to_owned(),
            clock: ResponseClock {
                cycle: 1,
                started_at: at(0),
                target: Target { span: TimeDelta::hours(8), mode: Mode::BusinessHours },
                due_at: at(100),
                responded_at: None,
                breached_at: None,
            },
            created_at: at(0),
            updated_at: at(0),
            version: 1,
        }
    }

    #[test]
    fn the_first_answer_of_a_person_counts_and_no_later_one() {
        for (seconds, met) in [(99, true), (100, true), (101, false)] {
            let mut ticket = ticket();
            assert!(ticket.awaits_response());
            assert_eq!(ticket.answer(at(seconds)), Some(met), "{seconds}");
            assert_eq!(ticket.clock.breached_at.is_some(), !met);
            assert_eq!(ticket.state, TicketState::Open);
            assert!(!ticket.awaits_response());
            assert_eq!(ticket.answer(at(500)), None);
            assert_eq!(ticket.clock.responded_at, Some(at(seconds)));
        }
        let mut case = Ticket { incident: Some(IncidentId(Uuid::from_u128(9))), ..ticket() };
        assert_eq!(case.answer(at(1)), None, "the incident has the clock");
        assert_eq!(case.state, TicketState::New);
    }

    #[test]
    fn nothing_personal_is_shown() {
        let shown = format!("{:?} {:?}", ticket(), ticket().requester);
        for personal in ["Marta", "marta@", "0142", "nómina", "ocho"] {
            assert!(!shown.contains(personal), "{shown}");
        }
    }
}
