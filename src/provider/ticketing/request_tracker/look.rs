//! Whether RT is set up as the hand-off needs it, asked with the account's own rights.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Map, Value};

use super::{RequestTracker, wire};
use crate::provider::ticketing::Finding;
use crate::provider::ticketing::api::{finding, instant_in, member, places_in};

/// What is asked of the latest tickets: where they may go next stands among their links.
const LATEST: [(&str, &str); 4] =
    [("fields", "Status,LastUpdated,_hyperlinks"), ("orderby", "id"), ("order", "DESC"), ("per_page", "20")];

/// Looks at the account, its time zone, the queue and its fields, the search, and the statuses of the latest tickets.
pub(super) async fn look(rt: &RequestTracker) -> Vec<Finding> {
    let doing = "check";
    let ask = |path: String, query: Vec<(&'static str, String)>| async move {
        let request = rt.api.ask(Method::GET, &path).query(&query);
        rt.api.json(doing, request).await.map_err(|trouble| trouble.what)
    };
    if let Err(what) = ask("/REST/2.0/rt".into(), Vec::new()).await {
        // Without them every other question has the same answer.
        return vec![finding("credentials", Err(what))];
    }
    let mut findings = Vec::new();
    let account = ask(rt.account_path(), Vec::new()).await;
    findings
        .push(finding("credentials", account.as_ref().map_err(Clone::clone).and_then(|account| whose(rt, account))));
    let path = format!("/REST/2.0/queue/{}", wire::in_path(&rt.queue).unwrap_or_default());
    match ask(path, Vec::new()).await {
        Ok(queue) => {
            findings.push(finding("queue", may_create(&queue)));
            let mend = "an administrator applies it to the queue's tickets in RT, and gives the account SeeCustomField and \
                        ModifyCustomField";
            findings.extend(places_in(Some(&fields_of(&queue)), &rt.places, mend));
        }
        Err(what) => findings.push(finding("queue", Err(what))),
    }
    let search = vec![("query", wire::by_field(&rt.queue, &rt.case_field, "-"))];
    let searched = ask("/REST/2.0/tickets".into(), search).await;
    findings.push(finding("search", searched.map(|_| "is answered".into())));

    let mut query = vec![("query", format!("Queue = {}", wire::quoted(&rt.queue)))];
    query.extend(LATEST.map(|(name, value)| (name, value.to_owned())));
    let latest = match ask("/REST/2.0/tickets".into(), query).await.map(|answer| wire::items(doing, answer)) {
        Ok(Ok(latest)) => latest,
        Ok(Err(trouble)) => return failed(findings, trouble.what),
        Err(what) => return failed(findings, what),
    };
    findings.push(finding("states", statuses(rt, &latest)));
    findings.push(finding("right to comment", may_comment(&latest)));
    let zone = account.ok().and_then(|account| member(&account, "Timezone"));
    let proof = match latest.first() {
        Some(ticket) => Some(ask("/REST/2.0/tickets".into(), vec![("query", same_instant(ticket))]).await),
        None => None,
    };
    findings.push(finding("time zone", is_utc(zone.as_deref(), proof)));
    findings
}

fn failed(mut findings: Vec<Finding>, what: String) -> Vec<Finding> {
    findings.push(finding("states", Err(what)));
    findings
}

fn whose(rt: &RequestTracker, account: &Value) -> Result<String, String> {
    let id = member(account, "id");
    match &rt.owner {
        Some(owner) if id.as_ref() != Some(owner) => {
            Err("the token belongs to another account: name its own in user, or our own comments are not known again"
                .into())
        }
        _ => Ok("the token is taken".into()),
    }
}

fn links<'a>(record: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    let links = record.get("_hyperlinks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    links.iter().filter(move |link| link.get("ref").and_then(Value::as_str) == Some(kind))
}

fn may_create(queue: &Value) -> Result<String, String> {
    if links(queue, "create").next().is_some() {
        return Ok("the account sees it and may create tickets in it".into());
    }
    Err("the account may not create tickets in the queue: give it CreateTicket".into())
}

fn fields_of(queue: &Value) -> Value {
    let fields = queue.get("TicketCustomFields").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let names = fields.iter().filter_map(|field| Some((member(field, "name")?, Value::Null)));
    Value::Object(names.collect::<Map<_, _>>())
}

/// The life cycle itself is not told: what the latest tickets are, and what they may become, is.
fn statuses(rt: &RequestTracker, latest: &[Value]) -> Result<String, String> {
    let of = |ticket: &Value| -> Vec<String> {
        let next = links(ticket, "lifecycle").filter_map(|link| member(link, "to"));
        next.chain(member(ticket, "Status")).collect()
    };
    let seen: BTreeSet<_> = latest.iter().flat_map(of).collect();
    let missing: Vec<_> = rt.states.words().filter(|word| !seen.contains(*word)).collect();
    if latest.is_empty() {
        return Ok("there is no ticket yet to see them on: look again after the first".into());
    }
    if missing.is_empty() {
        return Ok("every status was seen on the latest tickets".into());
    }
    let missing = missing.join(", ");
    // From the first status of all there is a way to each of the others, in the life cycles that RT brings.
    let from_the_first = latest.iter().any(|ticket| {
        let first = rt.states.word(crate::incident::State::Received);
        first.is_some() && member(ticket, "Status").as_deref() == first
    });
    if from_the_first {
        return Err(format!(
            "a new ticket cannot become {missing}: name statuses of the queue's life cycle in states, and give the account \
             ModifyTicket"
        ));
    }
    Ok(format!("not seen on the latest tickets: {missing}"))
}

fn may_comment(latest: &[Value]) -> Result<String, String> {
    let Some(ticket) = latest.first() else {
        return Ok("there is no ticket yet to see it on: look again after the first".into());
    };
    let has = |kind: &str| links(ticket, kind).next().is_some();
    if has("comment") && has("correspond") {
        return Ok("the account may comment and reply".into());
    }
    Err("the account may not comment and reply: give it CommentOnTicket and ReplyToTicket on the queue".into())
}

/// Finds the ticket by the instant of its last change only where RT reads that instant as UTC.
fn same_instant(ticket: &Value) -> String {
    let id = member(ticket, "id").unwrap_or_default();
    let at = member(ticket, "LastUpdated").and_then(|text| instant_in(&text)).map(wire::bare_instant);
    let at = wire::quoted(&at.unwrap_or_default());
    format!("id = {} AND LastUpdated >= {at} AND LastUpdated <= {at}", wire::quoted(&id))
}

fn is_utc(zone: Option<&str>, proof: Option<Result<Value, String>>) -> Result<String, String> {
    let mend = "set the time zone of the account to UTC in RT, or deadlines are shifted";
    match (zone, proof) {
        (Some("UTC" | "Etc/UTC" | "GMT"), _) => Ok("UTC".into()),
        (None, Some(Ok(found))) if found.get("count").and_then(Value::as_u64) == Some(1) => {
            Ok("UTC, by RT's own setting: better set it for the account too".into())
        }
        _ => Err(mend.into()),
    }
}
