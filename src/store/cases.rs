//! What the pages of cases read: lists by their clocks, and what hangs on one case.

use uuid::Uuid;

use super::Job;
use super::Result;
use super::calls::{CallRow, columns as call_columns};
use super::incidents::{IncidentRow, columns};
use super::jobs::{JobRow, columns as job_columns};
use super::time::Timestamp;
use super::tx::{Tx, on};
use crate::call::Call;
use crate::clock::Instant;
use crate::id::IncidentId;
use crate::incident::{Incident, State};
use crate::sla::Severity;

/// Which cases are wanted; tests of the pager never are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Only those at this state.
    pub state: Option<State>,
    /// Only those that are so bad.
    pub severity: Option<Severity>,
    /// Only those of this institution, by code.
    pub institution: Option<String>,
    /// Only those about this service, by id.
    pub service: Option<String>,
    /// Only those that this person holds or was paged for, by id.
    pub person: Option<String>,
}

/// The place of a case in a list, for whoever wants those behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CasePlace {
    /// Whether the reporter was reached.
    pub answered: bool,
    /// Its due instant.
    pub due_at: Instant,
    /// The case.
    pub id: IncidentId,
}

impl CasePlace {
    /// Where `incident` stands.
    #[must_use]
    pub fn of(incident: &Incident) -> Self {
        let answered = incident.state == State::Responded;
        Self { answered, due_at: incident.due_at, id: incident.id }
    }
}

macro_rules! wanted {
    () => {
        "($1 = '' OR state = $1) AND ($2 = '' OR severity = $2) AND ($3 = '' OR institution = $3)
         AND ($4 = '' OR service = $4)
         AND ($5 = '' OR acknowledged_by = $5
              OR EXISTS (SELECT 1 FROM pages WHERE pages.incident = incidents.id AND pages.person = $5))
         AND NOT EXISTS (SELECT 1 FROM canaries WHERE canaries.incident = incidents.id)"
    };
}

const OPEN: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM incidents WHERE state IN ('received', 'acknowledged', 'responded') AND ",
    wanted!(),
    " AND (CASE WHEN state = 'responded' THEN 1 ELSE 0 END, due_at, id) > ($6, $7, $8)
     ORDER BY CASE WHEN state = 'responded' THEN 1 ELSE 0 END, due_at, id LIMIT $9"
);

const ENDED: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM incidents WHERE state IN ('resolved', 'closed', 'cancelled') AND ",
    wanted!(),
    " AND (due_at, id) < ($6, $7) ORDER BY due_at DESC, id DESC LIMIT $8"
);

impl Tx {
    /// Up to `limit` open cases behind `after`: those that await a first response by their due instants, then the others.
    ///
    /// # Errors
    /// The database's.
    pub async fn open_cases(
        &mut self,
        filter: &CaseFilter,
        after: Option<CasePlace>,
        limit: u32,
    ) -> Result<Vec<Incident>> {
        let (rank, due, id) = after.map_or((-1, Timestamp::from(Instant::UNIX_EPOCH), Uuid::nil()), |place| {
            (i32::from(place.answered), Timestamp::from(place.due_at), place.id.0)
        });
        let rows: Vec<IncidentRow> = on!(self, c => sqlx::query_as(OPEN)
            .bind(filter.state.map_or("", State::as_str)).bind(filter.severity.map_or("", Severity::as_str))
            .bind(filter.institution.as_deref().unwrap_or_default())
            .bind(filter.service.as_deref().unwrap_or_default()).bind(filter.person.as_deref().unwrap_or_default())
            .bind(rank).bind(due).bind(id).bind(i64::from(limit)).fetch_all(c).await)?;
        rows.into_iter().map(Incident::try_from).collect()
    }

    /// Up to `limit` cases that nobody has to act on any more, due before `before`; those that were due last come first.
    ///
    /// # Errors
    /// The database's.
    pub async fn ended_cases(
        &mut self,
        filter: &CaseFilter,
        before: Option<CasePlace>,
        limit: u32,
    ) -> Result<Vec<Incident>> {
        let (due, id) = before.map_or((Timestamp::FAR, Uuid::max()), |place| (place.due_at.into(), place.id.0));
        let rows: Vec<IncidentRow> = on!(self, c => sqlx::query_as(ENDED)
            .bind(filter.state.map_or("", State::as_str)).bind(filter.severity.map_or("", Severity::as_str))
            .bind(filter.institution.as_deref().unwrap_or_default())
            .bind(filter.service.as_deref().unwrap_or_default()).bind(filter.person.as_deref().unwrap_or_default())
            .bind(due).bind(id).bind(i64::from(limit)).fetch_all(c).await)?;
        rows.into_iter().map(Incident::try_from).collect()
    }

    /// The calls about an incident, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn calls_about(&mut self, incident: IncidentId) -> Result<Vec<Call>> {
        let rows: Vec<CallRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", call_columns!(), " FROM calls
             WHERE incident = $1 ORDER BY answered_at, id"))
            .bind(incident.0).fetch_all(c).await)?;
        rows.into_iter().map(Call::try_from).collect()
    }

    /// The jobs about an incident that wait or run, the soonest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn jobs_about(&mut self, incident: IncidentId) -> Result<Vec<Job>> {
        let rows: Vec<JobRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", job_columns!(), " FROM jobs
             WHERE subject = $1 AND state IN ('pending', 'leased') ORDER BY run_at, id"))
            .bind(incident.0).fetch_all(c).await)?;
        rows.into_iter().map(Job::try_from).collect()
    }
}
