//! Duty as iCalendar, for the calendars people carry: `GET /api/v1/duty/schedules/{id}.ics` and `/duty/people/{id}.ics`.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;

use super::Bearer;
use super::problem::Problem;
use crate::language::Language;
use crate::oncall::{PersonId, Roster, ScheduleId};
use crate::store::Tx;
use crate::web::Door;

/// A week back, so that whoever asks after a night sees it, and a quarter ahead.
const BACK: TimeDelta = TimeDelta::days(7);
const AHEAD: TimeDelta = TimeDelta::days(90);

/// Everybody's shifts of a schedule.
pub async fn schedule(State(door): State<Door>, _: Bearer, Path(name): Path<String>) -> Response {
    let id = name.strip_suffix(".ics").and_then(|id| ScheduleId::parse(id).ok());
    feed(&door, |roster, time| roster.calendar_of(&id?, time, Language::Es)).await
}

/// One person's shifts of all schedules.
pub async fn person(State(door): State<Door>, _: Bearer, Path(name): Path<String>) -> Response {
    let id = name.strip_suffix(".ics").and_then(|id| PersonId::parse(id).ok());
    feed(&door, |roster, time| roster.calendar_for(&id?, time)).await
}

async fn feed(
    door: &Door,
    calendar: impl FnOnce(&Roster, (crate::clock::Instant, crate::clock::Instant)) -> Option<String>,
) -> Response {
    let now = door.hotline.clock.now();
    let stored = match door.hotline.store.read(async |tx: &mut Tx| tx.latest_roster().await).await {
        Ok(stored) => stored,
        Err(error) => return Problem::unavailable(&error, "the roster cannot be read").into_response(),
    };
    let roster = stored.and_then(|stored| Roster::parse(&stored.text, "roster").ok());
    match roster.and_then(|roster| calendar(&roster, (now - BACK, now + AHEAD))) {
        Some(page) => ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], page).into_response(),
        None => Problem::not_found("there is no such schedule or person; end the name in .ics").into_response(),
    }
}
