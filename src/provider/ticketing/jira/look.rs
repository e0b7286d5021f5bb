//! Whether Jira is set up as the hand-off needs it, asked with the account's own rights.

use reqwest::Method;
use serde_json::Value;

use super::Jira;
use crate::provider::ticketing::Finding;
use crate::provider::ticketing::api::{finding, member};

/// Looks at the account, its time zone, the request type with its fields, and the statuses.
pub(super) async fn look(jira: &Jira) -> Vec<Finding> {
    let ask = |path: String| async move {
        let request = jira.api.ask(Method::GET, &path);
        jira.api.json("check", request).await.map_err(|trouble| trouble.what)
    };
    let account = match ask("/rest/api/3/myself".into()).await {
        Ok(account) => account,
        // Without it every other question has the same answer.
        Err(what) => return vec![finding("credentials", Err(what))],
    };
    let mut findings = vec![finding("credentials", user(&account, &jira.user)), finding("time zone", zone(&account))];
    let path = format!("/rest/servicedeskapi/servicedesk/{}/requesttype/{}/field", jira.desk, jira.request_type);
    match ask(path).await {
        Ok(form) => {
            findings.push(finding("queue", Ok("the request type is there".into())));
            findings.extend(fields(&form, jira));
        }
        Err(what) => findings.push(finding("queue", Err(what))),
    }
    let statuses = ask("/rest/api/3/status".into()).await;
    findings.push(finding("states", statuses.and_then(|statuses| words(&statuses, jira.states.words()))));
    findings
}

fn user(account: &Value, user: &str) -> Result<String, String> {
    let names = ["emailAddress", "accountId"].into_iter().filter_map(|name| member(account, name));
    if names.into_iter().any(|name| name.eq_ignore_ascii_case(user)) {
        return Ok("the token is taken, and is that of the account in user".into());
    }
    Err("Jira names the account in another way: name its id in options.account, or our own comments are not known again".into())
}

fn zone(account: &Value) -> Result<String, String> {
    let zone = member(account, "timeZone").unwrap_or_default();
    if ["UTC", "GMT", "Etc/UTC", "Etc/GMT"].contains(&zone.as_str()) {
        return Ok("is UTC".into());
    }
    Err("the account's time zone is not UTC, in which it is asked what changed: change it in the account's settings"
        .into())
}

/// What the request type's form does not have cannot be set when a ticket is made.
fn fields(form: &Value, jira: &Jira) -> Vec<Finding> {
    let form = form.get("requestTypeFields").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let has = |place: &str| form.iter().any(|field| member(field, "fieldId").as_deref() == Some(place));
    let found = jira.places.names().map(|(field, place)| {
        let result = if has(place) {
            Ok(format!("is {place}"))
        } else {
            Err(format!(
                "the form of the request type has no {place}: add it to the form, and the account to the agents"
            ))
        };
        finding(format!("field {field}"), result)
    });
    let mut findings: Vec<_> = found.collect();
    let ours = ["summary", "description"];
    let required = form.iter().filter(|field| field.get("required").and_then(Value::as_bool) == Some(true));
    let required = required.filter_map(|field| member(field, "fieldId"));
    let missing: Vec<_> = required
        .filter(|id| !ours.contains(&id.as_str()) && !jira.places.names().any(|(_, place)| place == id))
        .collect();
    let result = if missing.is_empty() {
        Ok("the form asks for nothing else".into())
    } else {
        Err(format!(
            "the form of the request type asks for {}: make them optional, or give them a value there",
            missing.join(", ")
        ))
    };
    findings.push(finding("form", result));
    findings
}

fn words<'a>(statuses: &Value, words: impl Iterator<Item = &'a str>) -> Result<String, String> {
    let statuses = statuses.as_array().map(Vec::as_slice).unwrap_or_default();
    let is_there = |word: &str| {
        statuses.iter().any(|status| member(status, "name").is_some_and(|name| name.eq_ignore_ascii_case(word)))
    };
    let missing: Vec<_> = words.filter(|word| !is_there(word)).collect();
    if missing.is_empty() {
        return Ok("every status is there".into());
    }
    Err(format!("Jira has no status {}: name others in states, in the language of the account", missing.join(", ")))
}
