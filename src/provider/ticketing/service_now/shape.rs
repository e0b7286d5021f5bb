//! What ServiceNow's records say, in our words. Pure.

use serde_json::Value;

use crate::provider::ticketing::api::{Places, instant_in, member};
use crate::provider::ticketing::{Changed, Trouble};
use crate::ticket::{Remote, RemoteAttachment, RemoteComment};

/// What those who work on a record read.
pub(super) const WORK_NOTES: &str = "work_notes";

/// What the caller reads too.
pub(super) const COMMENTS: &str = "comments";

/// How a column of type Date/Time holds an instant, in UTC.
pub(super) const DATE_TIME: &str = "%Y-%m-%d %H:%M:%S";

/// An instant of ours as ServiceNow is sent it.
pub(super) fn date_time(text: &str) -> String {
    instant_in(text).map_or_else(|| text.to_owned(), |at| at.format(DATE_TIME).to_string())
}

/// The records of an answer that lists them.
pub(super) fn list(doing: &str, mut answer: Value) -> Result<Vec<Value>, Trouble> {
    match answer.get_mut("result").map(Value::take) {
        Some(Value::Array(records)) => Ok(records),
        _ => Err(Trouble::unreadable(doing)),
    }
}

/// The id that a reference holds: alone, or beside its link.
pub(super) fn reference(record: &Value, name: &str) -> Option<String> {
    member(record, name).or_else(|| member(record.get(name)?, "value"))
}

/// A record of the table.
pub(super) fn remote(doing: &str, record: &Value, places: &Places) -> Result<Remote, Trouble> {
    let needed = |name: &str| member(record, name).ok_or_else(|| Trouble::unreadable(doing));
    Ok(Remote {
        id: needed("sys_id")?,
        subject: member(record, "short_description").unwrap_or_default(),
        state: needed("state")?,
        values: places.read(record),
        updated_at: member(record, "sys_updated_on").and_then(|text| instant_in(&text)),
    })
}

/// A record that changed.
pub(super) fn change(doing: &str, record: &Value, case_column: &str) -> Result<Changed, Trouble> {
    let at = member(record, "sys_updated_on").and_then(|text| instant_in(&text));
    Ok(Changed {
        id: member(record, "sys_id").ok_or_else(|| Trouble::unreadable(doing))?,
        external_id: member(record, case_column),
        at: at.ok_or_else(|| Trouble::unreadable(doing))?,
    })
}

/// An entry of the journal as a comment; `None` where it is of another kind. `user` is ours.
pub(super) fn comment(doing: &str, entry: &Value, user: &str) -> Option<Result<RemoteComment, Trouble>> {
    let element = member(entry, "element")?;
    if element != WORK_NOTES && element != COMMENTS {
        return None;
    }
    let comment = member(entry, "sys_id").ok_or_else(|| Trouble::unreadable(doing)).map(|id| RemoteComment {
        id,
        text: member(entry, "value").unwrap_or_default(),
        public: element == COMMENTS,
        ours: member(entry, "sys_created_by").as_deref() == Some(user),
        at: member(entry, "sys_created_on").and_then(|text| instant_in(&text)),
    });
    Some(comment)
}

/// The metadata of a file.
pub(super) fn file(doing: &str, file: &Value) -> Result<RemoteAttachment, Trouble> {
    let needed = |name: &str| member(file, name).ok_or_else(|| Trouble::unreadable(doing));
    Ok(RemoteAttachment {
        id: needed("sys_id")?,
        name: needed("file_name")?,
        size: member(file, "size_bytes").and_then(|size| size.parse().ok()),
    })
}
