//! Incidents as they stand, and their numbers.

use chrono::TimeDelta;
use uuid::Uuid;

use super::error::Place;
use super::time::{Timestamp, optional};
use super::tx::{Tx, for_update, on};
use super::{Result, StoreError};
use crate::clock::Instant;
use crate::id::{CallId, IncidentId};
use crate::incident::{CaseNumber, Incident, State};
use crate::phone::Phone;
use crate::sla::{Severity, Target};

/// Which incidents to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IncidentFilter {
    /// Only those somebody still has to act on.
    pub open: bool,
    /// How many at most.
    pub limit: u32,
}

macro_rules! columns {
    () => {
        "id, number, state, severity, call, cycle, started_at, target_seconds, target_mode, due_at, \
         acknowledged_at, acknowledged_by, responded_at, resolved_at, breached_at, \
         institution, institution_name, service, impact, reporter, call_back, text_messages, language, silent, \
         merged_into, version"
    };
}
pub(super) use columns;

/// What `State::is_open` says, word for word as in the partial indexes.
macro_rules! open {
    () => {
        "state IN ('received', 'acknowledged', 'responded')"
    };
}
pub(super) use open;

#[derive(sqlx::FromRow)]
pub(super) struct IncidentRow {
    id: Uuid,
    number: String,
    state: String,
    severity: String,
    call: Uuid,
    cycle: i64,
    started_at: Timestamp,
    target_seconds: i64,
    target_mode: String,
    due_at: Timestamp,
    acknowledged_at: Option<Timestamp>,
    acknowledged_by: Option<String>,
    responded_at: Option<Timestamp>,
    resolved_at: Option<Timestamp>,
    breached_at: Option<Timestamp>,
    institution: Option<String>,
    institution_name: Option<String>,
    service: Option<String>,
    impact: Option<String>,
    reporter: Option<String>,
    call_back: Option<String>,
    text_messages: bool,
    language: String,
    silent: bool,
    merged_into: Option<String>,
    version: i64,
}

impl TryFrom<IncidentRow> for Incident {
    type Error = StoreError;

    fn try_from(row: IncidentRow) -> Result<Self> {
        let place = Place { table: "incidents", key: &row.id.simple() };
        Ok(Self {
            number: place.ok("number", CaseNumber::parse(&row.number))?,
            state: place.some("state", State::from_word(&row.state))?,
            severity: place.some("severity", Severity::from_word(&row.severity))?,
            cycle: place.ok("cycle", u32::try_from(row.cycle))?,
            target: target(&place, row.target_seconds, &row.target_mode)?,
            reporter: row.reporter.map(|phone| place.ok("reporter", Phone::parse(&phone))).transpose()?,
            call_back: row.call_back.map(|phone| place.ok("call_back", Phone::parse(&phone))).transpose()?,
            merged_into: row.merged_into.map(|case| place.ok("merged_into", CaseNumber::parse(&case))).transpose()?,
            id: IncidentId(row.id),
            call: CallId(row.call),
            started_at: row.started_at.into(),
            due_at: row.due_at.into(),
            acknowledged_at: row.acknowledged_at.map(Instant::from),
            acknowledged_by: row.acknowledged_by,
            responded_at: row.responded_at.map(Instant::from),
            resolved_at: row.resolved_at.map(Instant::from),
            breached_at: row.breached_at.map(Instant::from),
            institution: row.institution,
            institution_name: row.institution_name,
            service: row.service,
            impact: row.impact,
            text_messages: row.text_messages,
            language: row.language,
            silent: row.silent,
            version: row.version,
        })
    }
}

/// A stored promise.
pub(super) fn target(place: &Place<'_>, seconds: i64, mode: &str) -> Result<Target> {
    Ok(Target {
        span: place.some("target_seconds", TimeDelta::try_seconds(seconds))?,
        mode: place.some("target_mode", mode.parse().ok())?,
    })
}

impl Tx {
    /// The next number of the year's cases, from 1. A unit that fails gives its number back, for the next one.
    ///
    /// # Errors
    /// The database's.
    pub async fn next_case_sequence(&mut self, year: i32) -> Result<u32> {
        let number: i64 = on!(self, c => sqlx::query_scalar(
            "INSERT INTO case_sequences (year, last_number) VALUES ($1, 1)
             ON CONFLICT (year) DO UPDATE SET last_number = case_sequences.last_number + 1 RETURNING last_number")
            .bind(i64::from(year)).fetch_one(c).await)?;
        Place { table: "case_sequences", key: &year }.ok("last_number", u32::try_from(number))
    }

    /// Keeps a new incident.
    ///
    /// # Errors
    /// The database's: an incident with this id, number or call exists, or there is no such call.
    pub async fn insert_incident(&mut self, incident: &Incident) -> Result<()> {
        on!(self, c => sqlx::query(concat!("INSERT INTO incidents (", columns!(), ")
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                     $22, $23, $24, $25, $26)"))
            .bind(incident.id.0).bind(incident.number.as_str()).bind(incident.state.as_str())
            .bind(incident.severity.as_str()).bind(incident.call.0).bind(i64::from(incident.cycle))
            .bind(Timestamp::from(incident.started_at)).bind(incident.target.span.num_seconds())
            .bind(incident.target.mode.as_str()).bind(Timestamp::from(incident.due_at))
            .bind(optional(incident.acknowledged_at)).bind(incident.acknowledged_by.as_deref())
            .bind(optional(incident.responded_at)).bind(optional(incident.resolved_at))
            .bind(optional(incident.breached_at)).bind(incident.institution.as_deref())
            .bind(incident.institution_name.as_deref()).bind(incident.service.as_deref())
            .bind(incident.impact.as_deref()).bind(incident.reporter.as_ref().map(Phone::as_str))
            .bind(incident.call_back.as_ref().map(Phone::as_str)).bind(incident.text_messages)
            .bind(&incident.language).bind(incident.silent)
            .bind(incident.merged_into.as_ref().map(CaseNumber::as_str)).bind(incident.version)
            .execute(c).await.map(drop))?;
        Ok(())
    }

    /// The incident with this id.
    ///
    /// # Errors
    /// The database's.
    pub async fn incident(&mut self, id: IncidentId) -> Result<Option<Incident>> {
        let row: Option<IncidentRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM incidents WHERE id = $1"))
            .bind(id.0).fetch_optional(c).await)?;
        row.map(Incident::try_from).transpose()
    }

    /// The incident with this id, which nobody else changes until this unit ends. First thing in a unit that changes it.
    ///
    /// # Errors
    /// The database's.
    pub async fn lock_incident(&mut self, id: IncidentId) -> Result<Option<Incident>> {
        let row: Option<IncidentRow> = on!(self, c => sqlx::query_as(
            for_update!("SELECT ", columns!(), " FROM incidents WHERE id = $1").on(c))
            .bind(id.0).fetch_optional(c).await)?;
        row.map(Incident::try_from).transpose()
    }

    /// The incident with this number.
    ///
    /// # Errors
    /// The database's.
    pub async fn incident_by_number(&mut self, number: &CaseNumber) -> Result<Option<Incident>> {
        let row: Option<IncidentRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM incidents WHERE number = $1"))
            .bind(number.as_str()).fetch_optional(c).await)?;
        row.map(Incident::try_from).transpose()
    }

    /// The incident with this number, which nobody else changes until this unit ends.
    ///
    /// # Errors
    /// The database's.
    pub async fn lock_incident_by_number(&mut self, number: &CaseNumber) -> Result<Option<Incident>> {
        let row: Option<IncidentRow> = on!(self, c => sqlx::query_as(
            for_update!("SELECT ", columns!(), " FROM incidents WHERE number = $1").on(c))
            .bind(number.as_str()).fetch_optional(c).await)?;
        row.map(Incident::try_from).transpose()
    }

    /// The incident a call is about: the one it joined, else the one it opened.
    ///
    /// # Errors
    /// The database's.
    pub async fn incident_of_call(&mut self, call: CallId) -> Result<Option<Incident>> {
        let row: Option<IncidentRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM incidents
             WHERE id = COALESCE((SELECT incident FROM calls WHERE calls.id = $1),
                                 (SELECT opened.id FROM incidents AS opened WHERE opened.call = $1))"))
            .bind(call.0).fetch_optional(c).await)?;
        row.map(Incident::try_from).transpose()
    }

    /// Keeps what an incident has become, and counts its version up. Its number and its call never change.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else saved it since it was read; the database's.
    pub async fn save_incident(&mut self, incident: &mut Incident) -> Result<()> {
        let version: Option<i64> = on!(self, c => sqlx::query_scalar(
            "UPDATE incidents SET state = $3, severity = $4, cycle = $5, started_at = $6, target_seconds = $7,
                 target_mode = $8, due_at = $9, acknowledged_at = $10, acknowledged_by = $11, responded_at = $12,
                 resolved_at = $13, breached_at = $14, institution = $15, institution_name = $16, service = $17,
                 impact = $18, reporter = $19, call_back = $20, text_messages = $21, language = $22, silent = $23,
                 merged_into = $24, version = version + 1
             WHERE id = $1 AND version = $2 RETURNING version")
            .bind(incident.id.0).bind(incident.version).bind(incident.state.as_str())
            .bind(incident.severity.as_str()).bind(i64::from(incident.cycle))
            .bind(Timestamp::from(incident.started_at)).bind(incident.target.span.num_seconds())
            .bind(incident.target.mode.as_str()).bind(Timestamp::from(incident.due_at))
            .bind(optional(incident.acknowledged_at)).bind(incident.acknowledged_by.as_deref())
            .bind(optional(incident.responded_at)).bind(optional(incident.resolved_at))
            .bind(optional(incident.breached_at)).bind(incident.institution.as_deref())
            .bind(incident.institution_name.as_deref()).bind(incident.service.as_deref())
            .bind(incident.impact.as_deref()).bind(incident.reporter.as_ref().map(Phone::as_str))
            .bind(incident.call_back.as_ref().map(Phone::as_str)).bind(incident.text_messages)
            .bind(&incident.language).bind(incident.silent)
            .bind(incident.merged_into.as_ref().map(CaseNumber::as_str))
            .fetch_optional(c).await)?;
        incident.version = version.ok_or(StoreError::Conflict { table: "incidents" })?;
        Ok(())
    }

    /// The newest open incident of an institution about a service that began at `since` or later and is not `not`.
    ///
    /// # Errors
    /// The database's.
    pub async fn open_incident_for(
        &mut self,
        institution: &str,
        service: &str,
        since: Instant,
        not: Option<IncidentId>,
    ) -> Result<Option<Incident>> {
        let row: Option<IncidentRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM incidents
             WHERE institution = $1 AND service = $2 AND started_at >= $3 AND id IS DISTINCT FROM $4 AND ", open!(), "
             ORDER BY started_at DESC, id DESC LIMIT 1"))
            .bind(institution).bind(service).bind(Timestamp::from(since)).bind(not.map(|id| id.0))
            .fetch_optional(c).await)?;
        row.map(Incident::try_from).transpose()
    }

    /// The newest open incident reported from this number that began at `since` or later and is not `not`.
    ///
    /// # Errors
    /// The database's.
    pub async fn open_incident_of_reporter(
        &mut self,
        reporter: &Phone,
        since: Instant,
        not: Option<IncidentId>,
    ) -> Result<Option<Incident>> {
        let row: Option<IncidentRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM incidents
             WHERE reporter = $1 AND started_at >= $2 AND id IS DISTINCT FROM $3 AND ", open!(), "
             ORDER BY started_at DESC, id DESC LIMIT 1"))
            .bind(reporter.as_str()).bind(Timestamp::from(since)).bind(not.map(|id| id.0))
            .fetch_optional(c).await)?;
        row.map(Incident::try_from).transpose()
    }

    /// Incidents, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn incidents(&mut self, filter: IncidentFilter) -> Result<Vec<Incident>> {
        const EVERY: &str =
            concat!("SELECT ", columns!(), " FROM incidents ORDER BY started_at DESC, id DESC LIMIT $1");
        const OPEN: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM incidents WHERE ",
            open!(),
            " ORDER BY started_at DESC, id DESC LIMIT $1"
        );
        let sql = if filter.open { OPEN } else { EVERY };
        let rows: Vec<IncidentRow> = on!(self, c => sqlx::query_as(sql)
            .bind(i64::from(filter.limit)).fetch_all(c).await)?;
        rows.into_iter().map(Incident::try_from).collect()
    }

    /// Open incidents that no job will ever look at again. There must be none: an open incident without a timer is a
    /// forgotten one.
    ///
    /// # Errors
    /// The database's.
    pub async fn open_incidents_without_job(&mut self) -> Result<Vec<IncidentId>> {
        let ids: Vec<Uuid> = on!(self, c => sqlx::query_scalar(concat!("SELECT id FROM incidents
             WHERE ", open!(), " AND NOT EXISTS (
                 SELECT 1 FROM jobs WHERE jobs.subject = incidents.id AND jobs.state IN ('pending', 'leased'))
             ORDER BY started_at, id"))
            .fetch_all(c).await)?;
        Ok(ids.into_iter().map(IncidentId).collect())
    }
}
