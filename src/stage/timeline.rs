//! What a story says of a case's timeline.

use serde_json::Value;

use super::Stage;
use super::check::{meant, same};
use crate::store::{StoreError, Tx};

/// Looks whether a case's timeline is as a story says:
///
/// - `has: [opened, paged]`: these kinds in this order, others between;
/// - `lacks: [breached]`: none of these;
/// - `counts: { warned: 3 }`: each so often;
/// - `paged: [carmen, ana]`: exactly these people were paged, in this order;
/// - `called: [carmen busy, reporter no-answer]`: exactly these calls of the line were answered so, in this order;
/// - `warned: [50, 75, 90]`: exactly these marks of the clock;
/// - `met: true`: the first response counted as in time.
pub(super) async fn check(stage: &Stage, expected: &Value) -> Result<(), String> {
    let changes = changes(stage, expected).await?;
    let kinds: Vec<&str> = changes.iter().filter_map(kind).collect();
    let all = kinds.join(", ");
    for (name, expected) in expected.as_object().ok_or("timeline: write { has: [...] }")? {
        match name.as_str() {
            "case" | "nth" => {}
            "has" => {
                let mut rest = kinds.iter();
                for wanted in words(expected) {
                    if !rest.any(|kind| **kind == wanted) {
                        return Err(format!("'{wanted}' is not in its place in the timeline: {all}"));
                    }
                }
            }
            "lacks" => {
                if let Some(unwanted) = words(expected).into_iter().find(|word| kinds.contains(&word.as_str())) {
                    return Err(format!("'{unwanted}' is in the timeline: {all}"));
                }
            }
            "counts" => {
                for (kind, count) in expected.as_object().ok_or("counts: write { kind: how often }")? {
                    let found = kinds.iter().filter(|known| *known == kind).count();
                    same(&format!("the number of '{kind}'"), count, &Value::from(found))?;
                }
            }
            "paged" => same("who was paged, in order,", expected, &all_of(&changes, "paged", "person"))?,
            "called" => same("who was called, and what came of it,", expected, &called(&changes))?,
            "warned" => same("the list of marks", expected, &all_of(&changes, "warned", "percent"))?,
            "met" => {
                same(
                    "whether it was met",
                    &Value::from(vec![expected.clone()]),
                    &all_of(&changes, "responded", "met"),
                )?;
            }
            other => {
                return Err(format!(
                    "timeline: '{other}' is not known here; write case, nth, has, lacks, counts, paged, called, \
                     warned or met"
                ));
            }
        }
    }
    Ok(())
}

/// How often `kind` is in the timeline of the case that `expected` means.
pub(super) async fn count(stage: &Stage, expected: &Value, kind_: &str) -> Result<usize, String> {
    Ok(changes(stage, expected).await?.iter().filter(|change| kind(change) == Some(kind_)).count())
}

async fn changes(stage: &Stage, expected: &Value) -> Result<Vec<Value>, String> {
    let incident = meant(stage, expected).await?;
    let store = &stage.hotline().map_err(|error| error.to_string())?.store;
    let entries = store
        .read(async |tx: &mut Tx| tx.entries(incident.id).await)
        .await
        .map_err(|error: StoreError| error.to_string())?;
    Ok(entries.iter().filter_map(|entry| serde_json::to_value(&entry.change).ok()).collect())
}

/// Whom the line called, each with what came of it, in order.
fn called(changes: &[Value]) -> Value {
    let word = |change: &Value, field: &str| change.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let calls = changes.iter().filter(|change| kind(change) == Some("called"));
    calls.map(|change| format!("{} {}", word(change, "person"), word(change, "how"))).collect()
}

fn kind(change: &Value) -> Option<&str> {
    change.get("kind").and_then(Value::as_str)
}

fn words(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// One field of every change of a kind, in order.
fn all_of(changes: &[Value], wanted: &str, field: &str) -> Value {
    changes
        .iter()
        .filter(|change| kind(change) == Some(wanted))
        .filter_map(|change| change.get(field).cloned())
        .collect()
}
