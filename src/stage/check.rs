//! What a story says of Guardia's side: the call, the case, its clock, its ticket, and that nothing is left over.

use chrono::DateTime;
use serde_json::Value;

use super::inbox::Inbox;
use super::{Stage, timeline};
use crate::call::{Call, Direction};
use crate::incident::Incident;
use crate::provider::http::{Http, Limits};
use crate::store::{IncidentFilter, Journal, StoreError, Tx};

/// Looks whether `name` is as `expected` says.
pub(super) async fn check(stage: &Stage, name: &str, expected: &Value) -> Result<(), String> {
    match name {
        "incident" => fields(expected, &incident(stage, expected).await?),
        "incidents" => same("the number of incidents", expected, &Value::from(incidents(stage).await?.len())),
        "call" => fields(expected, &call(stage, expected).await?),
        "calls" => {
            same("the number of calls", expected, &Value::from(calls_of(stage, Direction::Inbound).await?.len()))
        }
        "called" => {
            let placed = calls_of(stage, Direction::Outbound).await?.len();
            same("the number of calls that the line placed", expected, &Value::from(placed))
        }
        "ticket" => ticket(stage, expected).await,
        "timeline" => timeline::check(stage, expected).await,
        "affected" => affected(stage, expected).await,
        "letters" => letters(stage, expected),
        "receives_email" => inbox(stage)?.receives("mail", expected),
        "receives_http" => inbox(stage)?.receives("post", expected),
        "nothing_is_left_over" => nothing_is_left_over(stage).await,
        other => Err(format!(
            "nobody here can tell about '{other}'; write incident, incidents, call, calls, called, ticket, timeline, \
             affected, letters, receives_email, receives_http or nothing_is_left_over"
        )),
    }
}

/// `letters: { to: /ana, count: 0 }`: how many came there and were not looked at.
fn letters(stage: &Stage, expected: &Value) -> Result<(), String> {
    let to = expected.get("to").and_then(Value::as_str).ok_or("letters: to whom?")?;
    let count = stage.letters().iter().filter(|letter| letter.to == to).count();
    same("the number of letters", expected.get("count").unwrap_or(&Value::Null), &Value::from(count))
}

/// Where mail and webhooks of the stage end.
fn inbox(stage: &Stage) -> Result<&Inbox, String> {
    stage.inbox.as_ref().ok_or_else(|| "no contact of the roster leads to the stage's inbox".to_owned())
}

/// The incidents, the oldest first.
async fn incidents(stage: &Stage) -> Result<Vec<Incident>, String> {
    let store = &stage.hotline().map_err(|error| error.to_string())?.store;
    let filter = IncidentFilter { open: false, limit: 1_000 };
    let mut found = store.read(async |tx: &mut Tx| tx.incidents(filter).await).await.map_err(|e| e.to_string())?;
    found.reverse();
    Ok(found)
}

/// The calls, the oldest first.
async fn calls(stage: &Stage) -> Result<Vec<Call>, String> {
    let store = &stage.hotline().map_err(|error| error.to_string())?.store;
    let mut found = store.read(async |tx: &mut Tx| tx.calls(1_000, None).await).await.map_err(|e| e.to_string())?;
    found.reverse();
    Ok(found)
}

/// The calls to the line, or those that it placed, the oldest first.
async fn calls_of(stage: &Stage, direction: Direction) -> Result<Vec<Call>, String> {
    Ok(calls(stage).await?.into_iter().filter(|call| call.direction == direction).collect())
}

/// One of `all`: the one at `at` (1 is the oldest), else the last.
fn chosen<'a, T>(all: &'a [T], expected: &Value, what: &str) -> Result<&'a T, String> {
    let at = expected.get("nth").and_then(Value::as_u64).and_then(|nth| usize::try_from(nth).ok());
    let found = match at {
        Some(nth) => nth.checked_sub(1).and_then(|index| all.get(index)),
        None => all.last(),
    };
    found.ok_or_else(|| format!("there are {} {what}s", all.len()))
}

/// The incident a story means: the `case` of this number, the `nth`, else the last.
pub(super) async fn meant(stage: &Stage, expected: &Value) -> Result<Incident, String> {
    let all = incidents(stage).await?;
    match expected.get("case").and_then(Value::as_str) {
        Some(number) => all
            .into_iter()
            .find(|incident| incident.number.as_str() == number)
            .ok_or_else(|| format!("there is no case {number}")),
        None => chosen(&all, expected, "incident").cloned(),
    }
}

/// What a story may say of an incident.
async fn incident(stage: &Stage, expected: &Value) -> Result<Value, String> {
    let found = meant(stage, expected).await?;
    let clock = stage.clock.now();
    let store = &stage.hotline().map_err(|error| error.to_string())?.store;
    let recordings = store
        .read(async |tx: &mut Tx| tx.incident_recordings(found.id).await)
        .await
        .map_err(|error: StoreError| error.to_string())?;
    let holds: Vec<String> = recordings.into_iter().map(|recording| recording.holds).collect();
    let text = |text: &Option<String>| text.clone().map_or(Value::Null, Value::String);
    Ok(serde_json::json!({
        "case": found.number,
        "state": found.state,
        "severity": found.severity,
        "cycle": found.cycle,
        "due": found.due_at,
        "started": found.started_at,
        "breached": found.is_breached(clock),
        "acknowledged_by": text(&found.acknowledged_by),
        "institution": text(&found.institution),
        "service": text(&found.service),
        "impact": text(&found.impact),
        "silent": found.silent,
        "language": found.language,
        "text_messages": found.text_messages,
        "call_back": found.call_back,
        "merged_into": found.merged_into,
        "recordings": holds,
    }))
}

/// What a story may say of a caller's call.
async fn call(stage: &Stage, expected: &Value) -> Result<Value, String> {
    let all = calls_of(stage, Direction::Inbound).await?;
    let found = chosen(&all, expected, "call")?;
    let store = &stage.hotline().map_err(|error| error.to_string())?.store;
    let recordings = store
        .read(async |tx: &mut Tx| tx.recordings(found.id).await)
        .await
        .map_err(|error: StoreError| error.to_string())?;
    Ok(serde_json::json!({
        "outcome": found.outcome,
        "place": found.session.node,
        "ended": found.ended_at.is_some(),
        "language": found.session.language,
        "has_case": found.incident.is_some(),
        "recording_allowed": found.session.recording,
        "recordings": recordings.len(),
        "fallback": found.fallback,
    }))
}

async fn ticket(stage: &Stage, expected: &Value) -> Result<(), String> {
    let number = meant(stage, expected).await?.number;
    let address = stage.address();
    // Read as any program would: over HTTP, with the token.
    let http = Http::new(Limits::default()).map_err(|error| error.to_string())?;
    let url = format!("http://{address}/api/v1/tickets/{number}");
    let (status, body) =
        http.get(&url, stage.config.api_token.as_ref()).await.map_err(|error| format!("no ticket: {error}"))?;
    if status != 200 {
        return Err(format!("reading the ticket of case {number} gives HTTP {status}"));
    }
    let ticket: Value = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
    let made = timeline::count(stage, expected, "ticketed").await?;
    if made != 1 {
        return Err(format!("the ticket of case {number} was made {made} times"));
    }
    match expected.get("state") {
        Some(state) => same("the ticket's state", state, ticket.get("state").unwrap_or(&Value::Null)),
        None => Ok(()),
    }
}

/// `affected: { service: nomina, since: …, count: 1 }`: how many callers were counted for an announced outage.
async fn affected(stage: &Stage, expected: &Value) -> Result<(), String> {
    let text = |name: &str| expected.get(name).and_then(Value::as_str);
    let since = text("since").and_then(|since| DateTime::parse_from_rfc3339(since).ok());
    let key = match (text("case"), text("service"), since) {
        (Some(case), _, _) => case.to_owned(),
        (None, Some(service), Some(since)) => format!("{service}@{}", since.timestamp()),
        _ => return Err("affected: write the case, or the service and since when, and count".to_owned()),
    };
    let store = &stage.hotline().map_err(|error| error.to_string())?.store;
    let count =
        store.read(async |tx: &mut Tx| tx.affected(&key).await).await.map_err(|error: StoreError| error.to_string())?;
    same("the number of those affected", expected.get("count").unwrap_or(&Value::Null), &Value::from(count))
}

/// Every call has ended with an outcome, no job is due, leased or dead, every case that awaits a response has a job, and
/// the journal is empty.
async fn nothing_is_left_over(stage: &Stage) -> Result<(), String> {
    let hotline = stage.hotline().map_err(|error| error.to_string())?;
    let now = stage.clock.now();
    if let Some(letter) = stage.letters().first() {
        return Err(format!("something came that no step looked at: {letter:?}"));
    }
    for call in calls(stage).await? {
        if call.ended_at.is_none() || call.outcome.is_none() {
            return Err(format!("a call is still on the line, at '{}'", call.session.node));
        }
    }
    let (counts, forgotten, next) = hotline
        .store
        .read(async |tx: &mut Tx| -> Result<_, StoreError> {
            Ok((tx.job_counts().await?, tx.open_incidents_without_job().await?, tx.next_due().await?))
        })
        .await
        .map_err(|error| error.to_string())?;
    if counts.dead > 0 || counts.leased > 0 {
        return Err(format!("{} jobs are dead and {} leased", counts.dead, counts.leased));
    }
    if let Some(next) = next.filter(|next| *next <= now) {
        return Err(format!("a job that is due since {next} was not run"));
    }
    if !forgotten.is_empty() {
        return Err(format!("{} open cases have no job that will ever look at them", forgotten.len()));
    }
    let journal = Journal::open(&stage.config.journal).and_then(|journal| journal.is_empty());
    if !journal.map_err(|error| error.to_string())? {
        return Err("the fallback journal holds calls that are not in the store".to_owned());
    }
    Ok(())
}

/// Every field that the story names is as it says; instants are compared as instants.
pub(super) fn fields(expected: &Value, found: &Value) -> Result<(), String> {
    let Some(expected) = expected.as_object() else { return Err("write { field: value, … }".to_owned()) };
    for (name, expected) in expected.iter().filter(|(name, _)| *name != "nth") {
        let Some(found) = found.get(name) else { return Err(format!("there is no '{name}' here")) };
        same(name, expected, found)?;
    }
    Ok(())
}

pub(super) fn same(what: &str, expected: &Value, found: &Value) -> Result<(), String> {
    let instant = |value: &Value| value.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    let equal = match (instant(expected), instant(found)) {
        (Some(expected), Some(found)) => expected == found,
        _ => expected == found || expected.as_str().map(str::to_owned) == Some(found.to_string()),
    };
    if equal { Ok(()) } else { Err(format!("{what} is {found}, not {expected}")) }
}
