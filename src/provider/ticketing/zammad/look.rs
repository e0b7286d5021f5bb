//! Whether Zammad is set up as the hand-off needs it, asked with an agent's rights.

use reqwest::Method;
use serde_json::Value;

use super::Zammad;
use crate::provider::ticketing::Finding;
use crate::provider::ticketing::api::{finding, member, places_in};

/// Looks at the account, its rights in the group, the states and the attributes.
pub(super) async fn look(zammad: &Zammad) -> Vec<Finding> {
    let doing = "check";
    let ask = |path: &str, query: &[(&str, &str)]| {
        let request = zammad.api.ask(Method::GET, path).query(query);
        async move { zammad.api.json(doing, request).await.map_err(|trouble| trouble.what) }
    };
    let account = match ask("/api/v1/users/me", &[("expand", "true")]).await {
        Ok(account) => account,
        // Without it every other question has the same answer.
        Err(what) => return vec![finding("credentials", Err(what))],
    };
    let mut findings =
        vec![finding("credentials", login(&account, &zammad.login)), finding("queue", rights(&account, &zammad.group))];
    let states = ask("/api/v1/ticket_states", &[]).await;
    findings.push(finding("states", states.and_then(|states| words(&states, zammad.states.words()))));
    match ask("/api/v1/tickets", &[("expand", "true"), ("per_page", "1")]).await {
        Ok(tickets) => {
            let mend = "an administrator adds it in Zammad (Objects, Ticket) and updates the database";
            findings.extend(places_in(tickets.get(0), &zammad.places, mend));
        }
        Err(what) => findings.push(finding("fields", Err(what))),
    }
    findings
}

fn login(account: &Value, login: &str) -> Result<String, String> {
    if member(account, "login").is_some_and(|name| name.eq_ignore_ascii_case(login)) {
        return Ok("the token is taken, and is that of the account in user".into());
    }
    Err("the token belongs to another account: name its login in user, or our own comments are not known again".into())
}

/// An account's groups are listed by name, each with what the account may do there.
fn rights(account: &Value, group: &str) -> Result<String, String> {
    let Some(rights) = account.get("groups").and_then(|groups| groups.get(group)).and_then(Value::as_array) else {
        return Err("the account has no rights in the group, or there is no such group: give it full access".into());
    };
    let has = |right: &str| rights.iter().any(|other| other.as_str() == Some(right));
    if has("full") || ["read", "create", "change"].into_iter().all(has) {
        return Ok("the account may read, create and change in the group".into());
    }
    Err("the account may not read, create and change in the group: give it full access".into())
}

fn words<'a>(states: &Value, words: impl Iterator<Item = &'a str>) -> Result<String, String> {
    let states = states.as_array().map(Vec::as_slice).unwrap_or_default();
    let is_there = |word: &str| {
        states.iter().any(|state| {
            member(state, "name").as_deref() == Some(word)
                && state.get("active").and_then(Value::as_bool) != Some(false)
        })
    };
    let missing: Vec<_> = words.filter(|word| !is_there(word)).collect();
    if missing.is_empty() {
        return Ok("every state is there".into());
    }
    Err(format!("Zammad has no active state {}: name others in states", missing.join(", ")))
}
