//! Something went wrong that a person must know: the supervisors are told by text message.

use super::hand_off::Refusal;
use super::message::tell;
use super::{Hotline, OpsError};
use crate::clock::Instant;
use crate::incident::Incident;
use crate::language::Language;
use crate::store::Tx;

/// What supervisors are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alert {
    /// An incident is open and nobody can be paged.
    NobodyOnDuty,
    /// A step of the ladder had nobody on duty.
    DutyGap,
    /// The service of the case is under maintenance: nobody is paged for it until then.
    Muted {
        /// The end of the maintenance.
        until: Instant,
    },
    /// Whoever holds the case did not answer a reminder.
    Unanswered,
    /// The reporter of an answered case waits for an estimate until then.
    EstimateDue {
        /// When the last promise of news lapses.
        lapses: Instant,
    },
    /// A test of the pager was not answered.
    CanaryMissed,
    /// The ticket store of another maker has not got everything.
    TicketStore {
        /// Why.
        refusal: Refusal,
        /// Cases with something that waits.
        waiting: u64,
        /// Since when the oldest of them does.
        since: Instant,
    },
    /// A job was given up after so many tries.
    GivenUp {
        /// How many.
        tries: u32,
    },
    /// An address of a program did not take what it was told, and is told nothing any more.
    HookOff {
        /// After so many tries.
        tries: u32,
    },
}

/// The template of alerts about jobs that were given up: one of these that fails raises no further one.
pub(super) const GIVEN_UP: &str = "given_up";

/// Tells every supervisor of the roster.
pub(super) async fn supervisors(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: Option<&Incident>,
    alert: Alert,
) -> Result<(), OpsError> {
    let Some(roster) = hotline.roster(tx).await? else { return Ok(()) };
    let writer = &hotline.policy.writer;
    for supervisor in roster.supervisors() {
        let language = supervisor.language;
        let (template, body) = match (alert, incident) {
            (Alert::NobodyOnDuty, Some(incident)) => {
                let subject = hotline.subject(incident);
                ("nobody_on_duty", writer.nobody_on_duty(language, &subject, incident.call_back.as_ref()))
            }
            (Alert::DutyGap, Some(incident)) => ("duty_gap", writer.duty_gap(language, &incident.number)),
            (Alert::Muted { until }, Some(incident)) => {
                ("muted", writer.muted(language, &hotline.subject(incident), until))
            }
            (Alert::Unanswered, Some(incident)) => {
                let holder = incident.acknowledged_by.as_deref().unwrap_or_default();
                let name = Hotline::person(Some(&roster), holder).map_or(holder, |person| &person.name);
                ("unanswered", writer.unanswered(language, &hotline.subject(incident), name))
            }
            (Alert::CanaryMissed, Some(incident)) => {
                let test = tx.canary(incident.id).await?;
                let who = test.as_ref().map_or("", |test| test.person.as_str());
                let name = Hotline::person(Some(&roster), who).map_or(who, |person| &person.name);
                ("canary_missed", writer.canary_missed(language, &incident.number, name))
            }
            (Alert::GivenUp { tries }, incident) => {
                let case = incident.map(|incident| &incident.number);
                let what = if language == Language::Es { "un mensaje" } else { "a message" };
                (GIVEN_UP, writer.dead_letter(language, case, what, tries))
            }
            (Alert::TicketStore { refusal: Refusal::Away, waiting, since }, _) => {
                ("ticket_store", writer.ticket_store_away(language, waiting, since))
            }
            (Alert::TicketStore { refusal: Refusal::Refused, .. }, incident) => {
                let case = incident.map(|incident| &incident.number);
                ("ticket_store", writer.ticket_store_refused(language, case))
            }
            (Alert::HookOff { tries }, _) => {
                let what = if language == Language::Es { "avisos a un programa" } else { "news to a program" };
                (GIVEN_UP, writer.dead_letter(language, None, what, tries))
            }
            (Alert::EstimateDue { lapses }, Some(incident)) => {
                ("estimate_due", writer.estimate_due(language, &incident.number, lapses, hotline.now()))
            }
            (
                Alert::NobodyOnDuty
                | Alert::DutyGap
                | Alert::Muted { .. }
                | Alert::Unanswered
                | Alert::CanaryMissed
                | Alert::EstimateDue { .. },
                None,
            ) => continue,
        };
        let about = incident.map(|incident| incident.id);
        tell(hotline, tx, about, template, supervisor, body).await?;
    }
    Ok(())
}
