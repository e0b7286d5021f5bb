//! What a stage holds in the end, as text that two runs can be compared by.

use guardia::incident::Incident;
use guardia::stage::Stage;
use guardia::store::{IncidentFilter, StoreError, Tx};

/// Everything that is on record and does not depend on chance: calls, cases, timelines, tickets, recordings, messages.
pub async fn record(stage: &Stage) -> Vec<String> {
    let store = &stage.hotline().unwrap().store;
    let lines: Result<Vec<String>, StoreError> = store
        .read(async |tx: &mut Tx| {
            let mut lines = Vec::new();
            let mut cases: Vec<Incident> = tx.incidents(IncidentFilter { open: false, limit: 1_000 }).await?;
            cases.reverse();
            for case in &cases {
                lines.push(format!(
                    "case {} {} cycle {} due {} breached {:?} by {:?} merged {:?} {:?} {:?} {:?}",
                    case.number,
                    case.state,
                    case.cycle,
                    case.due_at,
                    case.breached_at,
                    case.acknowledged_by,
                    case.merged_into,
                    case.institution,
                    case.service,
                    case.impact
                ));
                let mut entries: Vec<String> = Vec::new();
                for entry in tx.entries(case.id).await? {
                    let change = serde_json::to_value(&entry.change).unwrap();
                    entries.push(format!("  {} {}", entry.at, change["kind"]));
                }
                // Requests of one instant are served side by side: which is first is not told.
                entries.sort();
                lines.extend(entries);
                for recording in tx.incident_recordings(case.id).await? {
                    lines.push(format!("  recording {} of {} s", recording.holds, recording.seconds));
                }
                let mut messages: Vec<String> = Vec::new();
                for message in tx.messages(case.id).await? {
                    messages.push(format!(
                        "  message {} to {} {:?}",
                        message.template,
                        message.to.stored(),
                        message.state
                    ));
                }
                messages.sort();
                lines.extend(messages);
                let ticket = tx.ticket_by_external_id(case.number.as_str()).await?;
                lines.push(format!("  ticket {:?}", ticket.map(|ticket| (ticket.subject, ticket.state, ticket.body))));
            }
            let mut calls = tx.calls(1_000, None).await?;
            calls.reverse();
            for call in calls {
                lines.push(format!(
                    "call {} to {} left {} turn {} outcome {:?} case {}",
                    call.answered_at,
                    call.ended_at.map(|at| at.to_string()).unwrap_or_default(),
                    call.session.node,
                    call.turn,
                    call.outcome,
                    call.incident.is_some()
                ));
                lines.push(format!("  recordings {}", tx.recordings(call.id).await?.len()));
            }
            Ok(lines)
        })
        .await;
    let mut lines = lines.unwrap();
    // What the people on the other side got, codes left out: they are drawn.
    let mut got: Vec<String> = stage
        .network
        .messages()
        .iter()
        .map(|message| format!("text {} {} {}", message.direction, message.to, without_codes(&message.body)))
        .collect();
    got.sort();
    lines.extend(got);
    lines
}

/// A text with every run of four digits before a letter of an answer left out.
fn without_codes(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut kept = String::new();
    let mut place = 0;
    while place < letters.len() {
        let code = letters.get(place..place + 4).is_some_and(|four| four.iter().all(char::is_ascii_digit));
        let answer = letters.get(place + 4).is_some_and(|letter| matches!(letter, 'A' | 'E' | 'R'));
        if code && answer {
            kept.push_str("____");
            place += 4;
        } else {
            kept.push(letters[place]);
            place += 1;
        }
    }
    kept
}
