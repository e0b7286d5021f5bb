//! What a story makes happen on Guardia's side: an operator's act, an announcement, faults of the network, a restart.

use chrono::{DateTime, TimeDelta};
use guardia_sandbox::Receipts;
use serde_json::Value;

use super::Stage;
use super::check::meant;
use crate::clock::Instant;
use crate::flow::Banner;
use crate::incident::{Actor, CaseNumber, Event, Maintenance};
use crate::oncall::Roster;
use crate::ops::{begin_maintenance, change_case, end_maintenance, invite};
use crate::provider::http::{Http, Limits};
use crate::store::{StoreError, Tx};

/// Makes `name` happen.
pub(super) async fn act(stage: &mut Stage, name: &str, given: &Value) -> Result<(), String> {
    match name {
        "case" => case(stage, given).await,
        "join" => join(stage, given).await,
        // What a console does is large; a story is played by what waits for it.
        "merge" => Box::pin(super::console::merge(stage, given)).await,
        "assign" => Box::pin(super::console::assign(stage, given)).await,
        "banner" => banner(stage, given).await,
        "maintenance" => maintenance(stage, given).await,
        "network" => network(stage, given),
        "guardia" => guardia(stage, given).await,
        "store" => store(stage, given).await,
        "file" => file(stage, given),
        "inbox" => inbox(stage, given),
        "link" => link(stage, given).await,
        "roster" => roster(stage, given).await,
        other => {
            let known =
                "case, join, merge, assign, banner, maintenance, network, guardia, store, file, inbox, link or roster";
            Err(format!("nobody here can make '{other}' happen; write {known}"))
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

/// `join: { person: ana, by: marta, finds: nobody }`: an operator asks a person to come into the conversation about a case,
/// which is refused where `finds` says so.
async fn join(stage: &Stage, given: &Value) -> Result<(), String> {
    known(given, &["case", "nth", "person", "by", "finds"])?;
    let incident = meant(stage, given).await?;
    let hotline = stage.hotline().map_err(|error| error.to_string())?;
    let by = text(given, "by").unwrap_or(super::BY);
    let person = text(given, "person").ok_or("join: whom?")?;
    let found = invite(hotline, &incident.number, person, by).await.map_err(|error| error.to_string())?;
    let found = format!("{found:?}").to_lowercase();
    let expected = text(given, "finds").unwrap_or("called");
    if found == expected { Ok(()) } else { Err(format!("join: finds {found}, not {expected}")) }
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

/// `maintenance: { service: nomina, from: …, to: …, by: marta, reason: … }`, or `{ service: nomina, ends: true }`.
async fn maintenance(stage: &Stage, given: &Value) -> Result<(), String> {
    known(given, &["service", "from", "to", "by", "reason", "ends"])?;
    let service = text(given, "service").ok_or("maintenance: of which service?")?.to_owned();
    let hotline = stage.hotline().map_err(|error| error.to_string())?;
    if given.get("ends").is_some() {
        let ended = end_maintenance(hotline, &service).await.map_err(|error| error.to_string())?;
        return if ended > 0 { Ok(()) } else { Err(format!("maintenance: there was none of {service}")) };
    }
    let window = Maintenance {
        service,
        from: instant(given, "from")?.unwrap_or(stage.clock.now()),
        to: instant(given, "to")?.ok_or("maintenance: until when? It always ends")?,
        by: text(given, "by").unwrap_or(super::BY).to_owned(),
        reason: text(given, "reason").unwrap_or("a story").to_owned(),
    };
    begin_maintenance(hotline, &window).await.map_err(|error| error.to_string())
}

/// `network: { receipts: reversed, fails: { "+1809…": 30003 }, changes: 20500 }`: what goes wrong from now on, beside what did already.
fn network(stage: &Stage, given: &Value) -> Result<(), String> {
    known(given, &["receipts", "fails", "reaches", "wrong_signature", "changes"])?;
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
    if let Some(code) = given.get("changes") {
        faults.call_changes = code.as_u64().and_then(|code| u32::try_from(code).ok());
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

/// `inbox: { to: /ana, refuses: 503 }`, and later `{ to: /ana, takes: true }`.
fn inbox(stage: &Stage, given: &Value) -> Result<(), String> {
    known(given, &["to", "refuses", "takes"])?;
    let inbox = stage.inbox.as_ref().ok_or("inbox: no contact of the roster leads to the stage's inbox")?;
    let status = given.get("refuses").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
    inbox.refuse(text(given, "to").ok_or("inbox: to whom?")?, status);
    Ok(())
}

/// `link: { of: ana@example.do, asks: get, finds: 200, says: … }`: somebody follows the link of what came there and was not
/// looked at yet; the post with the button is `asks: post`.
async fn link(stage: &Stage, given: &Value) -> Result<(), String> {
    known(given, &["of", "asks", "finds", "says"])?;
    let of = text(given, "of").ok_or("link: of what?")?;
    let letter = stage.letters().into_iter().find(|letter| letter.to == of);
    let letter = letter.ok_or_else(|| format!("link: nothing that came to {of} is unseen"))?;
    let ends = |character: char| !(character.is_ascii_alphanumeric() || character == '/');
    let path = letter.text.split(stage.config.server.public_url.as_str()).nth(1);
    let path = path.and_then(|rest| rest.split(ends).next()).ok_or_else(|| format!("no link in {}", letter.text))?;
    let http = Http::new(Limits::default()).map_err(|error| error.to_string())?;
    let url = format!("http://{}{path}", stage.address());
    let (status, body) = match text(given, "asks") {
        Some("get") => http.get(&url, None).await,
        Some("post") => http.press(&url).await,
        _ => return Err("link: asks: write get or post".to_owned()),
    }
    .map_err(|error| error.to_string())?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let expected = given.get("finds").and_then(Value::as_u64).unwrap_or(200);
    if u64::from(status) != expected {
        return Err(format!("the link gives HTTP {status}: {body}"));
    }
    match text(given, "says") {
        Some(words) if !body.contains(words) => Err(format!("the link's page does not say '{words}': {body}")),
        _ => Ok(()),
    }
}

/// `roster: { replace: …, by: … }`: somebody edits the roster and imports it; `roster: "people: …"`: they import another.
async fn roster(stage: &Stage, given: &Value) -> Result<(), String> {
    if let Some(text) = given.as_str() {
        Roster::parse(text, "roster").map_err(|problems| {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            format!("roster: {}", lines.join("; "))
        })?;
        return stage.import(text).await.map_err(|error| error.to_string());
    }
    known(given, &["replace", "by"])?;
    let (Some(old), Some(new)) = (text(given, "replace"), text(given, "by")) else {
        return Err("roster: write what to replace, and by what".to_owned());
    };
    let store = &stage.hotline().map_err(|error| error.to_string())?.store;
    let stored = store.read(async |tx: &mut Tx| tx.latest_roster().await).await;
    let before = stored.map_err(|error: StoreError| error.to_string())?.ok_or("roster: none was imported")?.text;
    if !before.contains(old) {
        return Err(format!("roster: \"{old}\" does not stand there"));
    }
    stage.import(&before.replace(old, new)).await.map_err(|error| error.to_string())
}

pub(super) fn text<'v>(given: &'v Value, name: &str) -> Option<&'v str> {
    given.get(name).and_then(Value::as_str)
}

fn instant(given: &Value, name: &str) -> Result<Option<Instant>, String> {
    let read = |text| DateTime::parse_from_rfc3339(text).map_err(|error| format!("{name}: {error}"));
    Ok(text(given, name).map(read).transpose()?.map(|at| at.to_utc()))
}

pub(super) fn known(given: &Value, names: &[&str]) -> Result<(), String> {
    let fields = given.as_object().ok_or_else(|| format!("write {{ {} }}", names.join(", ")))?;
    match fields.keys().find(|name| !names.contains(&name.as_str())) {
        Some(unknown) => Err(format!("'{unknown}' is not known here; there are {}", names.join(", "))),
        None => Ok(()),
    }
}
