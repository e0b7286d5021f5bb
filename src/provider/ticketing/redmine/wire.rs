//! What Redmine's records say, in our words. Pure.

use serde_json::{Map, Value, json};

use crate::clock::Instant;
use crate::provider::ticketing::api::{Places, States, instant_in, member};
use crate::provider::ticketing::{Changed, Trouble};
use crate::ticket::{Field, Remote, RemoteAttachment, RemoteComment, Values, instant_text};

/// What an answer holds under `name`.
pub(super) fn inside(doing: &str, mut answer: Value, name: &str) -> Result<Value, Trouble> {
    answer.get_mut(name).map(Value::take).ok_or_else(|| Trouble::unreadable(doing))
}

/// The list that a record holds under `name`; none where it is not told.
pub(super) fn list<'a>(record: &'a Value, name: &str) -> &'a [Value] {
    record.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The custom fields of an issue by their numbers.
pub(super) fn custom_fields(issue: &Value) -> Value {
    let fields = list(issue, "custom_fields").iter();
    Value::Object(fields.filter_map(|field| Some((member(field, "id")?, field.get("value")?.clone()))).collect())
}

/// The custom fields of an issue, in our own writing.
pub(super) fn values(issue: &Value, places: &Places) -> Values {
    places.read(&custom_fields(issue))
}

/// The custom fields as Redmine is sent them. `absent` stands where a value is not known; without it such a field is left alone.
pub(super) fn custom_fields_of(values: &Values, absent: Option<&Value>, places: &Places) -> Value {
    let mut fields = Map::new();
    places.write(values, str::to_owned, absent, &mut fields);
    fields.into_iter().map(|(id, value)| json!({"id": number(&id), "value": value})).collect()
}

/// A number as JSON writes it.
pub(super) fn number(id: &str) -> Value {
    id.parse::<u64>().map_or_else(|_| Value::from(id), Value::from)
}

/// The place of an id among others: they count up.
pub(super) fn rank(id: &str) -> u64 {
    id.parse().unwrap_or(u64::MAX)
}

/// Where an issue stands: by its name, or by its number where the configuration names that.
pub(super) fn state(issue: &Value, states: &States) -> Option<String> {
    let status = issue.get("status")?;
    let id = member(status, "id");
    id.filter(|id| states.words().any(|word| word == id)).or_else(|| member(status, "name"))
}

pub(super) fn remote(doing: &str, issue: &Value, places: &Places, states: &States) -> Result<Remote, Trouble> {
    let unreadable = || Trouble::unreadable(doing);
    Ok(Remote {
        id: member(issue, "id").ok_or_else(unreadable)?,
        subject: member(issue, "subject").unwrap_or_default(),
        state: state(issue, states).ok_or_else(unreadable)?,
        values: values(issue, places),
        updated_at: updated_at(issue),
    })
}

fn updated_at(issue: &Value) -> Option<Instant> {
    member(issue, "updated_on").and_then(|text| instant_in(&text))
}

/// An issue that changed.
pub(super) fn change(doing: &str, issue: &Value, places: &Places) -> Result<Changed, Trouble> {
    Ok(Changed {
        id: member(issue, "id").ok_or_else(|| Trouble::unreadable(doing))?,
        external_id: values(issue, places).remove(&Field::ExternalId),
        at: updated_at(issue).ok_or_else(|| Trouble::unreadable(doing))?,
    })
}

/// The filter for what changed at or after `since`.
pub(super) fn changed_since(since: Instant) -> String {
    format!(">={}", instant_text(since))
}

/// The issue that this one is marked a double of, where it was merged: its case number is gone.
pub(super) fn original(issue: &Value, places: &Places) -> Option<String> {
    if values(issue, places).contains_key(&Field::ExternalId) {
        return None;
    }
    originals(issue).next()
}

/// The issues that this one is marked a double of.
pub(super) fn originals(issue: &Value) -> impl Iterator<Item = String> {
    let id = member(issue, "id");
    let relations = list(issue, "relations").iter();
    let ours = relations.filter(|relation| member(relation, "relation_type").as_deref() == Some("duplicates"));
    // Seen from the other end it is the same relation.
    ours.filter(move |relation| member(relation, "issue_id") == id)
        .filter_map(|relation| member(relation, "issue_to_id"))
}

/// A comment; `None` where a journal tells of changes only.
pub(super) fn comment(journal: &Value, account: &str) -> Option<RemoteComment> {
    Some(RemoteComment {
        id: member(journal, "id")?,
        text: member(journal, "notes")?,
        public: journal.get("private_notes").and_then(Value::as_bool) != Some(true),
        ours: journal.get("user").and_then(|user| member(user, "id")).as_deref() == Some(account),
        at: member(journal, "created_on").and_then(|text| instant_in(&text)),
    })
}

/// A file. It is read by its number, so the address that Redmine gives, which may be wrong behind a proxy, is not used.
pub(super) fn file(attachment: &Value) -> Option<RemoteAttachment> {
    Some(RemoteAttachment {
        id: member(attachment, "id")?,
        name: member(attachment, "filename")?,
        size: attachment.get("filesize").and_then(Value::as_u64),
    })
}

/// The number of the status that is called `word`, or is that number.
pub(super) fn status_id(statuses: &Value, word: &str) -> Option<Value> {
    let statuses = list(statuses, "issue_statuses");
    let by = |name: &str| statuses.iter().find(|status| member(status, name).as_deref() == Some(word));
    by("name").or_else(|| by("id"))?.get("id").cloned()
}

/// What a person can do about a refusal.
pub(super) fn mend(status: u16) -> &'static str {
    match status {
        401 => "Redmine does not take the key: look at the account's key, and that its REST interface is on",
        403 => "the account may not do this, or the project is closed: look at its role in the project",
        404 => "there is no such issue or project, or the account may not see it",
        413 => "the file is larger than the server before Redmine takes",
        422 => {
            "Redmine does not take what it is sent: a value that is not on a field's list, a required field that is not \
             told, or a file that is larger than its settings allow or of a kind that they forbid"
        }
        _ => "look in Redmine's log",
    }
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
