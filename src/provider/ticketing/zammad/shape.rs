//! What Zammad's records say, in our words. Pure.

use serde_json::{Map, Value};

use crate::provider::ticketing::api::{Places, instant_in, member};
use crate::provider::ticketing::{Changed, Trouble};
use crate::ticket::{Remote, RemoteAttachment, RemoteComment};

/// A ticket, asked for with `expand`.
pub(super) fn remote(doing: &str, ticket: &Value, places: &Places) -> Result<Remote, Trouble> {
    let needed = |name: &str| member(ticket, name).ok_or_else(|| Trouble::unreadable(doing));
    Ok(Remote {
        id: needed("id")?,
        subject: needed("title")?,
        state: needed("state")?,
        values: places.read(ticket),
        updated_at: member(ticket, "updated_at").and_then(|text| instant_in(&text)),
    })
}

/// A ticket that changed.
pub(super) fn change(doing: &str, ticket: &Value, case_attribute: &str) -> Result<Changed, Trouble> {
    let at = member(ticket, "updated_at").and_then(|text| instant_in(&text));
    Ok(Changed {
        id: member(ticket, "id").ok_or_else(|| Trouble::unreadable(doing))?,
        external_id: member(ticket, case_attribute),
        at: at.ok_or_else(|| Trouble::unreadable(doing))?,
    })
}

/// A note as it is sent.
pub(super) fn article(subject: &str, body: &str, internal: bool) -> Map<String, Value> {
    // Zammad wants some text.
    let body = if body.trim().is_empty() { "-" } else { body };
    let mut article = Map::from_iter([
        ("body".to_owned(), Value::from(body)),
        ("content_type".to_owned(), "text/plain".into()),
        ("type".to_owned(), "note".into()),
        ("internal".to_owned(), internal.into()),
    ]);
    if !subject.is_empty() {
        article.insert("subject".into(), subject.into());
    }
    article
}

/// An article as a comment; `login` is ours.
pub(super) fn comment(doing: &str, article: &Value, login: &str) -> Result<RemoteComment, Trouble> {
    let author = member(article, "created_by");
    Ok(RemoteComment {
        id: member(article, "id").ok_or_else(|| Trouble::unreadable(doing))?,
        text: member(article, "body").unwrap_or_default(),
        public: article.get("internal").and_then(Value::as_bool) == Some(false),
        ours: author.is_some_and(|author| author.eq_ignore_ascii_case(login)),
        at: member(article, "created_at").and_then(|text| instant_in(&text)),
    })
}

/// The files of an article. Their ids are the address of each: ticket, article, file.
pub(super) fn files(doing: &str, article: &Value) -> Result<Vec<RemoteAttachment>, Trouble> {
    let Some(files) = article.get("attachments").and_then(Value::as_array) else { return Ok(Vec::new()) };
    let needed = |record: &Value, name: &str| member(record, name).ok_or_else(|| Trouble::unreadable(doing));
    let (ticket, article) = (needed(article, "ticket_id")?, needed(article, "id")?);
    let files = files.iter().map(|file| {
        Ok(RemoteAttachment {
            id: format!("{ticket}/{article}/{}", needed(file, "id")?),
            name: needed(file, "filename")?,
            size: member(file, "size").and_then(|size| size.parse().ok()),
        })
    });
    files.collect()
}
