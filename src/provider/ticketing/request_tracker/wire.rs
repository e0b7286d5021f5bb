//! What RT's records say, in our words, and how a question is written to it. Pure.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::SubsecRound;
use reqwest::Url;
use serde_json::{Map, Value, json};

use crate::clock::Instant;
use crate::provider::ticketing::api::{Places, instant_in, member};
use crate::provider::ticketing::{Changed, Trouble};
use crate::ticket::{Field, Remote, RemoteAttachment, RemoteComment, Values};

/// How RT writes an instant that is not set.
const NOT_SET: &str = "1970-01-01T00:00:00Z";

/// What is asked of each ticket in a search.
pub(super) const TICKET_FIELDS: &str = "Status,Subject,CustomFields,LastUpdated";

/// What is asked of each part of a message, the content left out.
pub(super) const FILE_FIELDS: &str = "Filename,ContentType,ContentLength";

/// A value in `TicketSQL`: RT takes a backslash before any character away.
pub(super) fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'").replace('"', "\\\""))
}

/// An instant as RT reads it in the account's time zone, which must be UTC: it does not understand another writing.
pub(super) fn bare(text: &str) -> String {
    instant_in(text).map_or_else(|| text.to_owned(), bare_instant)
}

pub(super) fn bare_instant(at: Instant) -> String {
    at.trunc_subsecs(0).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The `TicketSQL` for the tickets of a queue whose custom field is `value`.
pub(super) fn by_field(queue: &str, field: &str, value: &str) -> String {
    format!("Queue = {} AND 'CF.{{{field}}}' = {}", quoted(queue), quoted(value))
}

/// The `TicketSQL` for what changed in a queue at or after `since`.
pub(super) fn changed_since(queue: &str, since: Instant) -> String {
    format!("Queue = {} AND LastUpdated >= {}", quoted(queue), quoted(&bare_instant(since)))
}

/// A name as the last part of a path.
pub(super) fn in_path(name: &str) -> Option<String> {
    let mut url = Url::parse("http://localhost").ok()?;
    url.path_segments_mut().ok()?.push(name);
    Some(url.path().trim_start_matches('/').to_owned())
}

/// The number of the account that a token belongs to: `1-27-0123456789abcdef`.
pub(super) fn account_in(token: &str) -> Option<&str> {
    let mut parts = token.trim().split('-');
    let (_, account, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let is_number = !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && !rest.is_empty()).then_some(account)
}

/// What a collection gives: `None` in place of the items where it is no collection.
pub(super) fn items(doing: &str, answer: Value) -> Result<Vec<Value>, Trouble> {
    match answer {
        Value::Object(mut answer) => match answer.remove("items") {
            Some(Value::Array(items)) => Ok(items),
            _ => Err(Trouble::unreadable(doing)),
        },
        _ => Err(Trouble::unreadable(doing)),
    }
}

/// The custom fields of a ticket by their names. What is not set is left out, an instant that RT dates 1970 among it.
fn custom_fields(ticket: &Value) -> Value {
    let fields = ticket.get("CustomFields").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let fields = fields.iter().filter_map(|field| {
        let value = field.get("values")?.get(0)?;
        let is_set = !value.is_null() && value.as_str() != Some(NOT_SET);
        is_set.then(|| Some((member(field, "name")?, value.clone()))).flatten()
    });
    Value::Object(fields.collect())
}

/// What a ticket's custom fields hold, in our own writing.
pub(super) fn values(ticket: &Value, places: &Places) -> Values {
    places.read(&custom_fields(ticket))
}

/// What RT is to put into the custom fields. `present` are those that are set: RT makes of a missing value where none was an
/// empty one, and of a missing instant the year 1970, so only what is there is taken away.
pub(super) fn custom_fields_of(wanted: &Values, present: &Values, places: &Places) -> Map<String, Value> {
    let gone = present.keys().filter(|field| !wanted.contains_key(field)).map(|field| (*field, String::new()));
    let mut fields = Map::new();
    places.write(&gone.collect(), bare, None, &mut fields);
    fields.values_mut().for_each(|value| *value = Value::Null);
    places.write(wanted, bare, None, &mut fields);
    fields
}

/// By when RT's own pages say that something is due.
pub(super) fn due(values: &Values) -> Option<String> {
    values.get(&Field::FirstResponseDue).map(|due| bare(due))
}

/// A ticket, read by itself or found. Of one that was merged RT gives the one that holds it now.
pub(super) fn remote(doing: &str, ticket: &Value, places: &Places) -> Result<Remote, Trouble> {
    let needed = |name: &str| member(ticket, name).ok_or_else(|| Trouble::unreadable(doing));
    Ok(Remote {
        id: needed("id")?,
        subject: member(ticket, "Subject").unwrap_or_default(),
        state: needed("Status")?,
        values: values(ticket, places),
        updated_at: member(ticket, "LastUpdated").and_then(|text| instant_in(&text)),
    })
}

/// A ticket that changed.
pub(super) fn change(doing: &str, ticket: &Value, places: &Places) -> Result<Changed, Trouble> {
    let at = member(ticket, "LastUpdated").and_then(|text| instant_in(&text));
    Ok(Changed {
        id: member(ticket, "id").ok_or_else(|| Trouble::unreadable(doing))?,
        external_id: values(ticket, places).remove(&Field::ExternalId),
        at: at.ok_or_else(|| Trouble::unreadable(doing))?,
    })
}

/// The place of an id among others: they count up.
pub(super) fn rank(id: &str) -> u64 {
    id.parse().unwrap_or(u64::MAX)
}

/// A comment or a reply, without its text: that is a part of its own.
pub(super) fn comment(entry: &Value, account: &str) -> Option<RemoteComment> {
    let public = match entry.get("Type").and_then(Value::as_str)? {
        "Comment" => false,
        "Correspond" => true,
        _ => return None,
    };
    let author = entry.get("Creator").and_then(|author| member(author, "id"));
    Some(RemoteComment {
        id: member(entry, "id")?,
        text: String::new(),
        public,
        ours: author.is_some_and(|author| author.eq_ignore_ascii_case(account)),
        at: member(entry, "Created").and_then(|text| instant_in(&text)),
    })
}

/// The question for the parts of text of these comments.
pub(super) fn texts_of(comments: &[RemoteComment]) -> Value {
    let of = |comment: &RemoteComment| json!({"field": "TransactionId", "operator": "=", "value": comment.id, "entry_aggregator": "OR"});
    let mut question: Vec<_> = comments.iter().map(of).collect();
    question.push(json!({"field": "ContentType", "operator": "STARTSWITH", "value": "text/"}));
    question.into()
}

/// The text of each comment. Plain text is taken before HTML, which RT's editor adds; a file of text is neither.
pub(super) fn texts(parts: &[Value]) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for media in ["text/plain", "text/html"] {
        let of_media = |part: &&Value| member(part, "ContentType").is_some_and(|found| found.starts_with(media));
        for part in parts.iter().filter(of_media).filter(|part| member(part, "Filename").is_none()) {
            if let (Some(comment), Some(text)) = (member(part, "TransactionId"), member(part, "Content")) {
                texts.entry(comment).or_insert(text);
            }
        }
    }
    texts
}

/// A file; a part of a message without a name is none.
pub(super) fn file(part: &Value) -> Option<RemoteAttachment> {
    Some(RemoteAttachment {
        id: member(part, "id")?,
        name: member(part, "Filename")?,
        size: member(part, "ContentLength").and_then(|size| size.parse().ok()),
    })
}

/// The content of a file, in base64 with line ends.
pub(super) fn content(doing: &str, file: &[u8]) -> Result<Vec<u8>, Trouble> {
    let unreadable = || Trouble::unreadable(doing);
    let file: Value = serde_json::from_slice(file).map_err(|_| unreadable())?;
    let text = file.get("Content").and_then(Value::as_str).ok_or_else(unreadable)?;
    let text: String = text.split_ascii_whitespace().collect();
    BASE64.decode(text).map_err(|_| unreadable())
}

/// What a person can do about a refusal.
pub(super) fn mend(status: u16) -> &'static str {
    match status {
        400 => "RT does not take it: is the ticket still there, and may the account comment on it? See RT's log",
        401 => "RT does not take the token: make another one of the same account (Settings, Auth Tokens)",
        403 => {
            "the queue or the ticket is not there, or the account may not do this: give it SeeQueue, CreateTicket, \
             ShowTicket, ShowTicketComments, CommentOnTicket, ReplyToTicket, ModifyTicket, SeeCustomField and \
             ModifyCustomField on the queue"
        }
        404 => "there is no such ticket, or no REST2 at this address: url ends before /REST/2.0",
        413 => "the file is larger than the server before RT takes",
        _ => "see RT's log",
    }
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
