//! Whether ServiceNow is set up as the hand-off needs it, asked with the rights of an account for integrations.

use reqwest::Method;
use serde_json::Value;

use super::{JOURNAL, ServiceNow};
use crate::provider::ticketing::Finding;
use crate::provider::ticketing::api::{finding, member, places_in};

/// Looks at the account, the table, its columns, the journal and the group.
pub(super) async fn look(store: &ServiceNow) -> Vec<Finding> {
    let doing = "check";
    let ask = |path: &str| {
        // The latest: it has the columns of today.
        let query = [("sysparm_limit", "1"), ("sysparm_query", "ORDERBYDESCsys_created_on")];
        let request = store.api.ask(Method::GET, path).query(&query);
        async move { store.api.json(doing, request).await.map_err(|trouble| trouble.what) }
    };
    let records = match ask(&format!("/api/now/table/{}", store.table)).await {
        Ok(records) => records,
        // Without it every other question has the same answer.
        Err(what) => return vec![finding("credentials", Err(what))],
    };
    let mut findings = vec![
        finding(
            "credentials",
            Ok("the account is taken; its time zone must be GMT, which only ServiceNow shows".into()),
        ),
        finding("queue", Ok(format!("the table {} is read", store.table))),
    ];
    let latest = records.get("result").and_then(|records| records.get(0));
    let mend = "an administrator adds the column to the table, or gives the account a right to it";
    findings.extend(places_in(latest, &store.places, mend));
    let journal = ask(JOURNAL).await.map(|_| "the journal is read".into());
    findings.push(finding("right to read comments", journal));
    if let Some(group) = store.more.get("assignment_group").and_then(Value::as_str) {
        findings.push(finding("assignment group", is_there(store, group).await));
    }
    findings
}

async fn is_there(store: &ServiceNow, group: &str) -> Result<String, String> {
    let path = format!("/api/now/table/sys_user_group/{group}");
    let asked = store.api.json_if_there("check", store.api.ask(Method::GET, &path)).await;
    match asked.map_err(|trouble| trouble.what)? {
        Some(answer) if answer.get("result").and_then(|group| member(group, "sys_id")).is_some() => {
            Ok("the group is there".into())
        }
        _ => {
            Err("there is no such group, or the account may not see it: options.assignment_group is its sys_id".into())
        }
    }
}
