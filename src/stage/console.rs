//! What somebody at the console does in a story, through the same use case as the console's pages.

use serde_json::{Value, json};

use super::Stage;
use super::act::{known, text};
use super::check::meant;
use crate::access::Reach;
use crate::ops::{CaseAct, Hand, act_on_case};
use crate::store::{StoreError, Tx};

/// `merge: { nth: 2, into: 1, by: marta, reason: … }`: the second case is one with the first from now on.
pub(super) async fn merge(stage: &Stage, given: &Value) -> Result<(), String> {
    known(given, &["case", "nth", "into", "by", "reason", "finds"])?;
    let into = meant(stage, &json!({ "nth": given.get("into") })).await?.number;
    act(stage, given, &CaseAct::Merge(into)).await
}

/// `assign: { nth: 1, person: ana, by: marta }`: the case is given to a person.
pub(super) async fn assign(stage: &Stage, given: &Value) -> Result<(), String> {
    known(given, &["case", "nth", "person", "by", "reason", "finds"])?;
    act(stage, given, &CaseAct::Assign(text(given, "person").ok_or("assign: to whom?")?.to_owned())).await
}

/// Does it, and looks that it stands in the audit; where it is refused, `finds` says how.
async fn act(stage: &Stage, given: &Value, act: &CaseAct) -> Result<(), String> {
    let incident = meant(stage, given).await?;
    let hotline = stage.hotline().map_err(|error| error.to_string())?;
    let login = text(given, "by").unwrap_or(super::BY);
    let hand = Hand {
        login,
        name: login,
        person: None,
        reach: Reach::All,
        seen: incident.version,
        reason: text(given, "reason").unwrap_or("a story"),
    };
    let before = acts(stage).await?;
    let found = match act_on_case(hotline, &incident.number, hand, act).await.map_err(|error| error.to_string())? {
        Ok(_) => "done".to_owned(),
        Err(refusal) => format!("{refusal:?}").to_lowercase(),
    };
    let kept = acts(stage).await?.saturating_sub(before);
    match text(given, "finds").unwrap_or("done") {
        expected if expected != found => Err(format!("the console finds {found}, not {expected}")),
        expected if kept != usize::from(expected == "done") => Err(format!("the audit has {kept} new entries")),
        _ => Ok(()),
    }
}

async fn acts(stage: &Stage) -> Result<usize, String> {
    let store = &stage.hotline().map_err(|error| error.to_string())?.store;
    let read = store.read(async |tx: &mut Tx| tx.audit_after(0, 10_000).await).await;
    read.map(|entries| entries.len()).map_err(|error: StoreError| error.to_string())
}
