//! Whether Redmine is set up as the hand-off needs it, asked with the account's own rights.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Redmine, wire};
use crate::provider::ticketing::api::{finding, member, places_in};
use crate::provider::ticketing::{Finding, TicketStore, Trouble};

/// The rights that the hand-off needs, as Redmine calls them.
const RIGHTS: [&str; 7] = [
    "view_issues",
    "add_issues",
    "edit_issues",
    "add_issue_notes",
    "view_private_notes",
    "set_notes_private",
    "manage_issue_relations",
];

/// A value that no case has.
const NOBODY: &str = "0";

/// Looks at the account, the project, the account's rights there, the statuses, the priority, the search and the fields.
pub(super) async fn look(redmine: &Redmine) -> Vec<Finding> {
    let doing = "check";
    if let Err(trouble) = redmine.account(doing).await {
        // Without it every other question has the same answer.
        return vec![finding("credentials", Err(trouble.what))];
    }
    let mut findings = vec![finding("credentials", Ok("the key is taken".into()))];
    let what = |trouble: Trouble| trouble.what;
    let path = format!("/projects/{}.json", redmine.project);
    let project = redmine.ask(doing, &path, &[("include", "trackers,enabled_modules")]).await;
    match project.and_then(|project| wire::inside(doing, project, "project")) {
        Ok(project) => findings.push(finding("queue", can_hold(redmine, &project))),
        Err(trouble) => {
            findings.push(finding("queue", Err(trouble.what)));
            return findings;
        }
    }
    let rights = rights(redmine, doing).await;
    findings.push(finding("rights", rights.map_err(what).and_then(|rights| enough(rights.as_ref()))));
    let statuses = redmine.ask(doing, "/issue_statuses.json", &[]).await;
    findings.push(finding("states", statuses.map_err(what).and_then(|statuses| words(redmine, &statuses))));
    if let Some(priority) = redmine.priority {
        let priorities = redmine.ask(doing, "/enumerations/issue_priorities.json", &[]).await;
        let found = priorities.map_err(what).and_then(|known| numbered(&known, "issue_priorities", priority));
        findings.push(finding("options.priority", found));
    }
    findings.push(finding("search", redmine.find(NOBODY).await.map_err(what).map(|_| "is answered".into())));
    let tracker = redmine.tracker.map(|tracker| tracker.to_string());
    let mut query = vec![("sort", "id:desc")];
    query.extend(tracker.as_deref().map(|tracker| ("tracker_id", tracker)));
    match redmine.issues(doing, &query, 0).await {
        Ok(issues) => {
            let mend = "an administrator makes it for issues, in every tracker and project that is used, and visible";
            findings.extend(places_in(issues.first().map(wire::custom_fields).as_ref(), &redmine.places, mend));
        }
        Err(trouble) => findings.push(finding("fields", Err(trouble.what))),
    }
    findings
}

/// What the account may do in the project, by the roles it has there; `None` where it is an administrator.
pub(super) async fn rights(redmine: &Redmine, doing: &str) -> Result<Option<BTreeSet<String>>, Trouble> {
    let account = redmine.ask(doing, "/users/current.json", &[("include", "memberships")]).await?;
    let account = wire::inside(doing, account, "user")?;
    if account.get("admin").and_then(Value::as_bool) == Some(true) {
        return Ok(None);
    }
    let project = redmine.ask(doing, &format!("/projects/{}.json", redmine.project), &[]).await?;
    let project = member(&wire::inside(doing, project, "project")?, "id");
    let memberships = wire::list(&account, "memberships").iter();
    let here = memberships.filter(|membership| membership.get("project").and_then(|at| member(at, "id")) == project);
    let mut rights = BTreeSet::new();
    for role in here.flat_map(|membership| wire::list(membership, "roles")).filter_map(|role| member(role, "id")) {
        let role = wire::inside(doing, redmine.ask(doing, &format!("/roles/{role}.json"), &[]).await?, "role")?;
        rights.extend(wire::list(&role, "permissions").iter().filter_map(Value::as_str).map(str::to_owned));
    }
    Ok(Some(rights))
}

fn can_hold(redmine: &Redmine, project: &Value) -> Result<String, String> {
    let modules = wire::list(project, "enabled_modules").iter();
    if !modules.filter_map(|module| member(module, "name")).any(|name| name == "issue_tracking") {
        return Err("the project has no issues: switch on its module for issue tracking".into());
    }
    if let Some(tracker) = redmine.tracker {
        numbered(project, "trackers", tracker).map_err(|mend| format!("options.tracker: {mend}"))?;
    }
    Ok("the project is there and has issues".into())
}

fn enough(rights: Option<&BTreeSet<String>>) -> Result<String, String> {
    let Some(rights) = rights else {
        return Ok("the account is an administrator: it has more rights than it needs".into());
    };
    let missing: Vec<_> = RIGHTS.into_iter().filter(|right| !rights.contains(*right)).collect();
    if missing.is_empty() {
        return Ok("the account's role in the project has every right that is needed".into());
    }
    Err(format!("the account lacks rights in the project: give its role there {}", missing.join(", ")))
}

fn words(redmine: &Redmine, statuses: &Value) -> Result<String, String> {
    let missing: Vec<_> = redmine.states.words().filter(|word| wire::status_id(statuses, word).is_none()).collect();
    if missing.is_empty() {
        return Ok("every status is there".into());
    }
    Err(format!("Redmine has no status {}: name others in states", missing.join(", ")))
}

fn numbered(record: &Value, name: &str, number: u64) -> Result<String, String> {
    let entries = wire::list(record, name);
    if entries.iter().any(|entry| entry.get("id").and_then(Value::as_u64) == Some(number)) {
        return Ok("is there".into());
    }
    let known: Vec<_> = entries
        .iter()
        .filter_map(|entry| Some(format!("{} {}", member(entry, "id")?, member(entry, "name")?)))
        .collect();
    Err(format!("there is no number {number} here; there are {}", known.join(", ")))
}
