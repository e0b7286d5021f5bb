//! What a story makes happen on Guardia's side: an operator's act, an announcement, faults of the network, a restart.

use chrono::{DateTime, TimeDelta};
use guardia_sandbox::Receipts;
use serde_json::Value;

use super::Stage;
use super::check::meant;
use crate::clock::Instant;
use crate::flow::Banner;
use crate::incident::{Actor, CaseNumber, Event};
use crate::ops::change_case;

/// Makes `name` happen.
pub(super) async fn act(stage: &mut Stage, name: &str, given: &Value) -> Result<(), String> {
    match name {
        "case" => case(stage, given).await,
        "banner" => banner(stage, given).await,
        "network" => network(stage, given),
        "guardia" => guardia(stage, given).await,
        "store" => store(stage, given).await,
        "file" => file(stage, given),
        other => {
            Err(format!("nobody here can make '{other}' happen; write case, banner, network, guardia, store or file"))
        }
    }
}

/// `case: { does: resolve, by: marta, note: … }`: an operator moves a case on; the last unless `case` or `nth` is given.
async fn case(stage: &Stage, given: &Value) -> Result<(), String> {
    known(given, &["case", "nth", "does", "by", "note"])?;
    let incident = meant(stage, given).await?;
    let event = match text(given, "does") {
        Some("acknowledge") => Event::Acknowledge,
        Some("respond") => Event::Respond,
        Some("resolve") => Event::Resolve,
        Some("close") => Event::Close,
        Some("cancel") => Event::Cancel,
        Some("reopen") => Event::Reopen,
        _ => return Err("case: does: write acknowledge, respond, resolve, close, cancel or reopen".to_owned()),
    };
    let actor = Actor::Operator(text(given, "by").unwrap_or(super::BY).to_owned());
    let hotline = stage.hotline().map_err(|error| error.to_string())?;
    let changed = change_case(hotline, &incident.number, event, &actor, text(given, "note")).await;
    changed.map(|_| ()).map_err(|error| error.to_string())
}

/// `banner: { service: nomina, since: …, eta: …, until: … }`: an outage is announced.
async fn banner(stage: &Stage, given: &Value) -> Result<(), String> {
    known(given, &["service", "case", "since", "eta", "until"])?;
    let banner = Banner {
        service: text(given, "service").ok_or("banner: which service?")?.to_owned(),
        case: text(given, "case").map(CaseNumber::parse).transpose().map_err(|error| error.to_string())?,
        since: instant(given, "since")?.unwrap_or(stage.clock.now()),
        eta: instant(given, "eta")?,
        until: instant(given, "until")?.ok_or("banner: until when? An announcement always ends")?,
    };
    stage.announce(&banner).await.map_err(|error| error.to_string())
}

/// `network: { receipts: reversed, fails: { "+1809…": 30003 } }`: what goes wrong from now on, beside what did already.
fn network(stage: &Stage, given: &Value) -> Result<(), String> {
    known(given, &["receipts", "fails", "reaches", "wrong_signature"])?;
    let mut faults = stage.network.faults();
    match given.get("receipts") {
        None => {}
        Some(Value::String(word)) => {
            faults.sms_receipts = match word.as_str() {
                "in_order" => Receipts::InOrder,
                "reversed" => Receipts::Reversed,
                "none" => Receipts::None,
                _ => return Err("network: receipts: write in_order, reversed, none or seconds of delay".to_owned()),
            }
        }
        Some(late) => {
            let seconds = late.as_i64().ok_or("network: receipts: write a word or seconds of delay")?;
            faults.sms_receipts = Receipts::Late(TimeDelta::try_seconds(seconds).ok_or("network: receipts: so late?")?);
        }
    }
    for (number, code) in given.get("fails").and_then(Value::as_object).into_iter().flatten() {
        let code = code.as_u64().and_then(|code| u32::try_from(code).ok()).ok_or("network: fails: write a code")?;
        faults.sms_failures.insert(number.clone(), code);
    }
    for number in given.get("reaches").and_then(Value::as_array).into_iter().flatten() {
        faults.sms_failures.remove(number.as_str().unwrap_or_default());
    }
    if let Some(wrong) = given.get("wrong_signature") {
        faults.wrong_signature = wrong.as_bool().ok_or("network: wrong_signature: write true or false")?;
    }
    stage.network.set_faults(faults);
    Ok(())
}

/// `guardia: restarts`, or `stops` and later `starts`.
async fn guardia(stage: &mut Stage, given: &Value) -> Result<(), String> {
    let word = given.as_str().unwrap_or_default();
    if !matches!(word, "stops" | "starts" | "restarts") {
        return Err("guardia: write stops, starts or restarts".to_owned());
    }
    if word != "starts" {
        stage.stop().await;
    }
    if word != "stops" {
        stage.start().await.map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// `store: closes`: from now on, until Guardia restarts, it takes and gives nothing.
async fn store(stage: &Stage, given: &Value) -> Result<(), String> {
    if given.as_str() != Some("closes") {
        return Err("store: write closes; it is there again after guardia: restarts".to_owned());
    }
    stage.hotline().map_err(|error| error.to_string())?.store.close().await;
    Ok(())
}

/// `file: { name: voice-flows/prompts/es.yaml, replace: …, by: … }`: somebody edits a file; Guardia reads it when it starts.
fn file(stage: &Stage, given: &Value) -> Result<(), String> {
    known(given, &["name", "replace", "by"])?;
    let (Some(name), Some(old), Some(new)) = (text(given, "name"), text(given, "replace"), text(given, "by")) else {
        return Err("file: write its name, what to replace, and by what".to_owned());
    };
    let path = stage.folder.join(name);
    let before = std::fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
    if !before.contains(old) {
        return Err(format!("{name}: \"{old}\" does not stand there"));
    }
    std::fs::write(&path, before.replace(old, new)).map_err(|error| format!("{name}: {error}"))
}

fn text<'v>(given: &'v Value, name: &str) -> Option<&'v str> {
    given.get(name).and_then(Value::as_str)
}

fn instant(given: &Value, name: &str) -> Result<Option<Instant>, String> {
    let read = |text| DateTime::parse_from_rfc3339(text).map_err(|error| format!("{name}: {error}"));
    Ok(text(given, name).map(read).transpose()?.map(|at| at.to_utc()))
}

fn known(given: &Value, names: &[&str]) -> Result<(), String> {
    let fields = given.as_object().ok_or_else(|| format!("write {{ {} }}", names.join(", ")))?;
    match fields.keys().find(|name| !names.contains(&name.as_str())) {
        Some(unknown) => Err(format!("'{unknown}' is not known here; there are {}", names.join(", "))),
        None => Ok(()),
    }
}
