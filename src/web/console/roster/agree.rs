//! People agree that somebody else is on duty for a while, or no longer do.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use serde::Deserialize;

use super::known;
use super::page::shown;
use crate::clock::Instant;
use crate::oncall::{Amendment, NoAmendment, PersonId, ScheduleId, Span};
use crate::ops::{Agreement, NotAmended, amend_roster};
use crate::web::Door;
use crate::web::console::guard::Visitor;
use crate::web::console::words::Duties;
use crate::web::console::{CONSOLE, answer};

/// The longest reason, in characters.
const LONGEST_REASON: usize = 300;

/// What is to be different, as it was written.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Wish {
    /// The schedule.
    #[serde(default)]
    pub schedule: String,
    /// `instead`, `add`, `remove`, `replace` or `swap`.
    #[serde(default)]
    pub kind: String,
    /// Whom it is about.
    #[serde(default)]
    pub person: String,
    /// The other one, where two are needed.
    #[serde(default)]
    pub other: String,
    /// From when on, on the clock of the place, or an instant.
    #[serde(default)]
    pub from: String,
    /// Until when.
    #[serde(default)]
    pub to: String,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// The roster that was read.
    #[serde(default)]
    pub version: i64,
}

/// Somebody else is on duty for a while.
pub async fn agree(State(door): State<Door>, visitor: Visitor, Form(wish): Form<Wish>) -> Response {
    settle(&door, &visitor, wish, Agreement::Made).await
}

/// No longer.
pub async fn withdraw(State(door): State<Door>, visitor: Visitor, Form(wish): Form<Wish>) -> Response {
    settle(&door, &visitor, wish, Agreement::Withdrawn).await
}

async fn settle(door: &Door, visitor: &Visitor, wish: Wish, agreement: Agreement) -> Response {
    let w = Duties::of(visitor.language());
    let zone = door.hotline.policy.calendar.zone();
    let why = match read(&wish, zone) {
        Ok((schedule, span, amendment)) => {
            let who = (visitor.account.login.as_str(), wish.reason.trim());
            let what = (&schedule, span, &amendment);
            match amend_roster(&door.hotline, who, wish.version, agreement, what).await {
                Ok(Ok(_)) => {
                    let done = if agreement == Agreement::Made { "agreed" } else { "withdrawn" };
                    return Redirect::to(&format!("{CONSOLE}/roster?done={done}")).into_response();
                }
                Ok(Err(NotAmended::Stale)) => w.stale,
                Ok(Err(NotAmended::Refused(NoAmendment::Unknown))) => w.no_such,
                Ok(Err(NotAmended::Refused(NoAmendment::Backwards))) => w.backwards,
                Ok(Err(NotAmended::Refused(NoAmendment::Contradiction))) => w.contradiction,
                Err(error) => return answer::trouble(&error),
            }
        }
        Err(Unreadable::Time) => w.no_time,
        Err(Unreadable::People) => w.no_such,
        Err(Unreadable::Reason) => w.no_reason,
    };
    match known(door).await {
        Ok(known) => shown(door, visitor, known.as_ref(), None, Some((why, wish))),
        Err(response) => response,
    }
}

/// What of a wish cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unreadable {
    Time,
    People,
    Reason,
}

fn read(wish: &Wish, zone: Tz) -> Result<(ScheduleId, Span, Amendment), Unreadable> {
    let person = |text: &str| PersonId::parse(text).map_err(|_| Unreadable::People);
    let length = wish.reason.trim().chars().count();
    if length == 0 || length > LONGEST_REASON {
        return Err(Unreadable::Reason);
    }
    let schedule = ScheduleId::parse(&wish.schedule).map_err(|_| Unreadable::People)?;
    let amendment = match wish.kind.as_str() {
        "instead" => Amendment::Instead(person(&wish.person)?),
        "add" => Amendment::Add(person(&wish.person)?),
        "remove" => Amendment::Remove(person(&wish.person)?),
        "replace" => Amendment::Replace { gone: person(&wish.person)?, by: person(&wish.other)? },
        "swap" => Amendment::Swap([person(&wish.person)?, person(&wish.other)?]),
        _ => return Err(Unreadable::People),
    };
    let instant = |text: &str| instant(text, zone).ok_or(Unreadable::Time);
    Ok((schedule, Span { from: instant(&wish.from)?, to: instant(&wish.to)? }, amendment))
}

/// An instant, or a time on the clock of the place as fields of forms write it. One that the clock shows twice is the first.
fn instant(text: &str, zone: Tz) -> Option<Instant> {
    if let Ok(instant) = text.parse::<Instant>() {
        return Some(instant);
    }
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").ok()?;
    Some(zone.from_local_datetime(&local).earliest()?.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_place() {
        let zone = chrono_tz::America::Santo_Domingo;
        for (text, read) in [
            ("2026-04-03T08:00", Some("2026-04-03T12:00:00Z")),
            ("2026-04-03T12:00:00+00:00", Some("2026-04-03T12:00:00Z")),
            ("2026-04-03", None),
            ("", None),
        ] {
            assert_eq!(instant(text, zone), read.map(|text| text.parse().unwrap()), "{text}");
        }
    }
}
