//! What the flow may know: the facts of the moment, and the answers to its questions.

use chrono::TimeDelta;

use super::estimate::{Estimate, standing};
use super::open_incident::open_incident;
use super::{Hotline, OpsError};
use crate::call::{Call, Directory};
use crate::clock::Instant;
use crate::flow::{Answer, Ask, Banner, CaseFacts, Facts, HolidayName};
use crate::id::CallId;
use crate::incident::Incident;
use crate::phone::Phone;
use crate::sla::Calendar;
use crate::store::Tx;

/// How long an open case of the same institution and service is taken for the same matter.
const SAME_MATTER: TimeDelta = TimeDelta::hours(12);

/// What the house decided, as far as callers hear of it.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// Service hours, holidays, exceptions, and the zone people live in.
    pub calendar: &'a Calendar,
    /// Institutions and services.
    pub directory: &'a Directory,
    /// The number callers dial.
    pub line: &'a Phone,
    /// Where people write to.
    pub support_email: &'a str,
}

impl Surroundings<'_> {
    /// The facts of the moment for a call from `caller`.
    #[must_use]
    pub fn facts(&self, now: Instant, caller: Option<&Phone>, banner: Option<Banner>) -> Facts {
        let calendar = self.calendar;
        let today = now.with_timezone(&calendar.zone()).date_naive();
        let open = calendar.is_open(now);
        Facts {
            now,
            zone: calendar.zone(),
            open,
            holiday: calendar
                .holiday(today)
                .map(|holiday| HolidayName { es: holiday.es.to_owned(), en: holiday.en.to_owned() }),
            next_open: if open { None } else { calendar.next_open(now) },
            banner,
            caller: caller.cloned(),
            caller_institution: caller.and_then(|from| self.directory.institution_of(from)).cloned(),
            line: self.line.clone(),
            support_email: self.support_email.to_owned(),
            services: self.directory.services().to_vec(),
            queue: String::new(),
        }
    }
}

/// The queue in which a call waits for a person: one of its own, so that whoever takes the case takes this caller.
pub(super) fn queue_of(call: CallId) -> String {
    call.to_string()
}

/// The facts of the moment for a call from `caller`.
pub(super) async fn facts(
    hotline: &Hotline,
    tx: &mut Tx,
    call: CallId,
    caller: Option<&Phone>,
) -> Result<Facts, OpsError> {
    let policy = &hotline.policy;
    let around = Surroundings {
        calendar: &policy.calendar,
        directory: &policy.directory,
        line: &policy.line,
        support_email: &policy.support_email,
    };
    let now = hotline.now();
    let facts = around.facts(now, caller, tx.banner(now).await?);
    Ok(Facts { queue: queue_of(call), ..facts })
}

/// Answers a question of the flow, in the same unit.
pub(super) async fn answer(hotline: &Hotline, tx: &mut Tx, call: &mut Call, ask: Ask) -> Result<Answer, OpsError> {
    let now = hotline.now();
    let incident = match ask {
        Ask::Institution { code } => {
            return Ok(Answer::Institution(hotline.policy.directory.institution(&code).cloned()));
        }
        Ask::OpenIncident { severity, silent } => {
            let Some(incident) = own_case(tx, call).await? else {
                let incident = open_incident(hotline, tx, call, severity, silent).await?;
                // Nothing can have been estimated yet.
                return Ok(Answer::Case(Some(case_facts(&incident, None, call.from.as_ref(), now))));
            };
            Some(incident)
        }
        Ask::OwnCase => own_case(tx, call).await?,
        Ask::Case { number } => tx.incident_by_number(&number).await?,
        Ask::OpenCase { institution, service } => {
            tx.open_incident_for(&institution, &service, now - SAME_MATTER, call.incident).await?
        }
    };
    let Some(incident) = incident else { return Ok(Answer::Case(None)) };
    let told = standing(tx, incident.id).await?;
    Ok(Answer::Case(Some(case_facts(&incident, told, call.from.as_ref(), now))))
}

async fn own_case(tx: &mut Tx, call: &Call) -> Result<Option<Incident>, OpsError> {
    Ok(match call.incident {
        Some(id) => tx.incident(id).await?,
        None => None,
    })
}

pub(super) fn case_facts(
    incident: &Incident,
    told: Option<Estimate>,
    caller: Option<&Phone>,
    now: Instant,
) -> CaseFacts {
    let known = |phone: Option<&Phone>| phone.is_some() && phone == caller;
    CaseFacts {
        number: incident.number.clone(),
        state: incident.state,
        opened_at: incident.started_at,
        due_at: incident.due_at,
        breached: incident.is_breached(now),
        acknowledged_at: incident.acknowledged_at,
        resolved_at: incident.resolved_at,
        // One that is past is no estimate any more: the line does not repeat it.
        eta: told.and_then(|told| told.eta).filter(|eta| *eta > now),
        next_update: told.and_then(|told| told.next_update).filter(|next| *next > now),
        institution: incident.institution.clone(),
        service: incident.service.clone(),
        known_caller: known(incident.reporter.as_ref()) || known(incident.call_back.as_ref()),
    }
}
