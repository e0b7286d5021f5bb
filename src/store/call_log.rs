//! The call log, page by page, newest first.
//!
//! `tx.call_log(&filter, page, limit)` is one page of the list: ask for one row more than is shown, and there is a next page
//! (`CallPage::Older` of the last row shown) when it comes. `tx.call_log_count` says how many rows there are, up to a bound.
//! `tx.calls_to_answer` is the work-list of missed calls that nobody dealt with. The table is kept by triggers
//! (`migrations/*/0009_call_log.sql`); on PostgreSQL it follows when the unit commits.

use chrono::TimeDelta;
use uuid::Uuid;

use super::error::Place;
use super::tx::{Tx, on};
use super::{Result, StoreError};
use crate::call::{CallFilter, CallPage, CallPlace, Direction, Disposition, LoggedCall, LoggedCase};
use crate::clock::Instant;
use crate::flow::{Language, Outcome};
use crate::id::{CallId, IncidentId};
use crate::incident::{CaseNumber, State};
use crate::phone::Phone;
use crate::sla::Severity;
use crate::store::call_log_question::Question;
use crate::store::time::Timestamp;

#[derive(sqlx::FromRow)]
struct LogRow {
    call: Uuid,
    place: i64,
    received_at: Timestamp,
    ended_at: Option<Timestamp>,
    direction: String,
    caller: Option<String>,
    outcome: Option<String>,
    node: Option<String>,
    institution: Option<String>,
    institution_name: Option<String>,
    service: Option<String>,
    severity: Option<String>,
    language: String,
    person: Option<String>,
    disposition: Option<String>,
    talked_with: Option<String>,
    talked_seconds: Option<i64>,
    waited_at: Option<Timestamp>,
    began_waiting: Option<Timestamp>,
    recordings: i64,
    incident: Option<Uuid>,
    number: Option<String>,
    state: Option<String>,
    due_at: Option<Timestamp>,
    responded_at: Option<Timestamp>,
    breached_at: Option<Timestamp>,
}

impl LogRow {
    fn case(&mut self, place: &Place<'_>) -> Result<Option<LoggedCase>> {
        let (Some(incident), Some(number)) = (self.incident, self.number.take()) else { return Ok(None) };
        let state = self.state.as_deref().and_then(State::from_word);
        Ok(Some(LoggedCase {
            incident: IncidentId(incident),
            number: place.ok("number", CaseNumber::parse(&number))?,
            state: place.some("state", state)?,
            due_at: place.some("due_at", self.due_at)?.into(),
            responded_at: self.responded_at.map(Instant::from),
            breached_at: self.breached_at.map(Instant::from),
        }))
    }
}

impl TryFrom<LogRow> for LoggedCall {
    type Error = StoreError;

    fn try_from(mut row: LogRow) -> Result<Self> {
        let place = Place { table: "call_log", key: &row.call.simple() };
        let case = row.case(&place)?;
        // The wait in the queue ends when they have parted.
        let talked = TimeDelta::try_seconds(row.talked_seconds.unwrap_or(0)).unwrap_or_default();
        let waited = row.began_waiting.zip(row.waited_at);
        let waited = waited.map(|(began, ended)| Instant::from(ended) - Instant::from(began) - talked);
        Ok(Self {
            call: CallId(row.call),
            place: CallPlace(row.place),
            received_at: row.received_at.into(),
            ended_at: row.ended_at.map(Instant::from),
            direction: place.some("direction", Direction::from_word(&row.direction))?,
            caller: row.caller.map(|caller| place.ok("caller", Phone::parse(&caller))).transpose()?,
            outcome: row.outcome.map(|word| place.some("outcome", Outcome::from_word(&word))).transpose()?,
            node: row.node,
            institution: row.institution,
            institution_name: row.institution_name,
            service: row.service,
            severity: row.severity.map(|word| place.some("severity", Severity::from_word(&word))).transpose()?,
            language: place.some("language", Language::from_code(&row.language))?,
            person: row.person,
            talked_with: row.talked_with,
            waited: waited.map(|waited| waited.max(TimeDelta::zero())),
            recordings: place.ok("recordings", u32::try_from(row.recordings))?,
            disposition: row
                .disposition
                .map(|word| place.some("disposition", Disposition::from_word(&word)))
                .transpose()?,
            case,
        })
    }
}

/// The rows of a page, chosen already: what a row needs beside its own columns is looked up for those only.
pub(super) const ROWS: &str = "
    SELECT l.call, l.place, l.received_at, l.ended_at, l.direction, l.caller, l.outcome, l.node, l.institution,
        l.institution_name, l.service, l.severity, l.language, l.person, l.disposition,
        (SELECT e.change ->> 'person' FROM incident_entries AS e
         WHERE e.incident = i.id AND i.call = l.call AND e.change ->> 'kind' = 'bridged'
             AND (l.ended_at IS NULL OR e.at <= l.ended_at) ORDER BY e.sequence LIMIT 1) AS talked_with,
        (SELECT CAST(e.change ->> 'seconds' AS BIGINT) FROM incident_entries AS e
         WHERE e.incident = i.id AND i.call = l.call AND e.change ->> 'kind' = 'bridged'
             AND (l.ended_at IS NULL OR e.at <= l.ended_at) ORDER BY e.sequence LIMIT 1) AS talked_seconds,
        (SELECT MIN(w.at) FROM call_entries AS w WHERE w.call = l.call AND w.happening ->> 'kind' = 'waited') AS waited_at,
        (SELECT MAX(r.at) FROM call_entries AS r WHERE r.call = l.call AND r.happening ->> 'kind' = 'reached'
             AND r.sequence < (SELECT MIN(w.sequence) FROM call_entries AS w
                               WHERE w.call = l.call AND w.happening ->> 'kind' = 'waited')) AS began_waiting,
        (SELECT COUNT(*) FROM recordings WHERE recordings.call = l.call) AS recordings,
        i.id AS incident, i.number, i.state, i.due_at, i.responded_at, i.breached_at
    FROM chosen JOIN call_log AS l ON l.place = chosen.place LEFT JOIN incidents AS i ON i.id = l.incident
    ORDER BY l.place DESC";

impl Tx {
    /// At most `limit` calls that `filter` lets pass, of this part of the list, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn call_log(&mut self, filter: &CallFilter, page: CallPage, limit: u32) -> Result<Vec<LoggedCall>> {
        match self.question(filter).await? {
            Some(question) => self.logged(&question.of(page).at_most(limit)).await,
            None => Ok(Vec::new()),
        }
    }

    /// How many calls `filter` lets pass; `most` when there are as many or more.
    ///
    /// # Errors
    /// The database's.
    pub async fn call_log_count(&mut self, filter: &CallFilter, most: u32) -> Result<i64> {
        let Some(question) = self.question(filter).await? else { return Ok(0) };
        let question = question.at_most(most);
        Ok(on!(self, c => question.count(c).build_query_scalar().persistent(false).fetch_one(c).await)?)
    }

    /// The calls whose callers left with nothing and about which nobody decided anything, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn calls_to_answer(&mut self, page: CallPage, limit: u32) -> Result<Vec<LoggedCall>> {
        self.logged(&Question::to_answer().of(page).at_most(limit)).await
    }

    /// How many of those there are; `most` when there are as many or more.
    ///
    /// # Errors
    /// The database's.
    pub async fn calls_to_answer_count(&mut self, most: u32) -> Result<i64> {
        let question = Question::to_answer().at_most(most);
        Ok(on!(self, c => question.count(c).build_query_scalar().persistent(false).fetch_one(c).await)?)
    }

    /// The newest call from this number: for [`CallFilter::caller_of`].
    ///
    /// # Errors
    /// The database's.
    pub async fn last_call_from(&mut self, caller: &Phone) -> Result<Option<CallId>> {
        let call: Option<Uuid> = on!(self, c => sqlx::query_scalar(
            "SELECT call FROM call_log WHERE caller = $1 AND direction = 'inbound' ORDER BY place DESC LIMIT 1")
            .bind(caller.as_str()).fetch_optional(c).await)?;
        Ok(call.map(CallId))
    }

    /// What is asked of the database; `None` when nothing can be found.
    async fn question(&mut self, filter: &CallFilter) -> Result<Option<Question>> {
        let Some(call) = filter.caller_of else { return Ok(Some(Question::new(filter, None))) };
        let caller: Option<Option<String>> = on!(self, c => sqlx::query_scalar("SELECT caller FROM calls WHERE id = $1")
            .bind(call.0).fetch_optional(c).await)?;
        Ok(caller.flatten().map(|caller| Question::new(filter, Some(caller))))
    }

    async fn logged(&mut self, question: &Question) -> Result<Vec<LoggedCall>> {
        let rows: Vec<LogRow> = on!(self, c => question.rows(c).build_query_as().persistent(false).fetch_all(c).await)?;
        rows.into_iter().map(LoggedCall::try_from).collect()
    }
}
