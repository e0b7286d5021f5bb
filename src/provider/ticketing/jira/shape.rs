//! What Jira's issues say, in our words, and our words as Jira wants them. Pure.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value};

use crate::clock::Instant;
use crate::provider::ticketing::api::{Places, instant_in, member};
use crate::provider::ticketing::{Changed, Trouble};
use crate::ticket::{Remote, RemoteAttachment, RemoteComment};

/// The kind of link that says that an issue is the double of another.
pub(super) const DUPLICATE: &str = "Duplicate";

/// An instant as Jira writes it, `2026-11-27T04:05:06.000-0400`: its zone has no colon.
pub(super) fn instant(text: &str) -> Option<Instant> {
    let zoned = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z").map(|at| at.with_timezone(&Utc)).ok();
    zoned.or_else(|| instant_in(text))
}

/// An instant of ours as Jira takes it.
pub(super) fn date_time(ours: &str) -> String {
    let written = |at: Instant| at.format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string();
    instant_in(ours).map_or_else(|| ours.to_owned(), written)
}

/// Text whose brackets Jira does not take for links: our marks stand in some.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '[' | ']' | '{' | '}' | '\\') {
            plain.push('\\');
        }
        plain.push(character);
    }
    plain
}

/// The words of a document in Atlassian's format, one line for each block of it.
pub(super) fn words(document: &Value) -> String {
    let mut text = String::new();
    write_words(document, &mut text);
    // Where a site takes no markup, the escapes of `plain` stand in the text.
    text.trim().replace("\\[", "[").replace("\\]", "]")
}

fn write_words(node: &Value, text: &mut String) {
    if let Some(plain) = node.as_str() {
        text.push_str(plain);
    }
    let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
    match kind {
        "hardBreak" => text.push('\n'),
        _ => text.push_str(node.get("text").and_then(Value::as_str).unwrap_or_default()),
    }
    for child in node.get("content").and_then(Value::as_array).into_iter().flatten() {
        write_words(child, text);
    }
    if matches!(kind, "paragraph" | "heading" | "listItem" | "codeBlock") {
        text.push('\n');
    }
}

/// The fields of an issue with instants as everybody writes them, and choices by their words.
fn readable(fields: &Value) -> Value {
    let fields = fields.as_object().into_iter().flatten().map(|(name, value)| {
        let value = value.get("value").unwrap_or(value);
        let at = value.as_str().and_then(instant).map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        (name.clone(), at.map_or_else(|| value.clone(), Value::from))
    });
    Value::Object(fields.collect::<Map<_, _>>())
}

/// An issue.
pub(super) fn remote(doing: &str, issue: &Value, places: &Places) -> Result<Remote, Trouble> {
    let unreadable = || Trouble::unreadable(doing);
    let fields = issue.get("fields").ok_or_else(unreadable)?;
    Ok(Remote {
        id: member(issue, "id").ok_or_else(unreadable)?,
        subject: member(fields, "summary").unwrap_or_default(),
        state: fields.get("status").and_then(|status| member(status, "name")).ok_or_else(unreadable)?,
        values: places.read(&readable(fields)),
        updated_at: member(fields, "updated").and_then(|text| instant(&text)),
    })
}

/// The issue that `issue` is a double of, by its links: whichever of the two was made first when they were linked.
pub(super) fn original(issue: &Value) -> Option<String> {
    let links = issue.pointer("/fields/issuelinks").and_then(Value::as_array)?;
    let mut doubles = links
        .iter()
        .filter(|link| link.pointer("/type/name").and_then(Value::as_str) == Some(DUPLICATE))
        .filter_map(|link| link.get("outwardIssue").or_else(|| link.get("inwardIssue")));
    doubles.find_map(|other| member(other, "id"))
}

/// An issue that changed.
pub(super) fn change(doing: &str, issue: &Value, case_field: &str) -> Result<Changed, Trouble> {
    let fields = issue.get("fields").ok_or_else(|| Trouble::unreadable(doing))?;
    let at = member(fields, "updated").and_then(|text| instant(&text));
    Ok(Changed {
        id: member(issue, "id").ok_or_else(|| Trouble::unreadable(doing))?,
        external_id: member(fields, case_field),
        at: at.ok_or_else(|| Trouble::unreadable(doing))?,
    })
}

/// A comment; `user` is our account's address, or its id.
pub(super) fn comment(doing: &str, comment: &Value, user: &str) -> Result<RemoteComment, Trouble> {
    let author = comment.get("author");
    let names = ["emailAddress", "accountId"].into_iter().filter_map(|name| member(author?, name));
    Ok(RemoteComment {
        id: member(comment, "id").ok_or_else(|| Trouble::unreadable(doing))?,
        text: comment.get("body").map(words).unwrap_or_default(),
        // What Jira does not call internal, the requester reads.
        public: comment.get("jsdPublic").and_then(Value::as_bool) != Some(false),
        ours: names.into_iter().any(|name| name.eq_ignore_ascii_case(user)),
        at: member(comment, "created").and_then(|text| instant(&text)),
    })
}

/// A file of an issue.
pub(super) fn file(doing: &str, file: &Value) -> Result<RemoteAttachment, Trouble> {
    let needed = |name: &str| member(file, name).ok_or_else(|| Trouble::unreadable(doing));
    Ok(RemoteAttachment {
        id: needed("id")?,
        name: needed("filename")?,
        size: file.get("size").and_then(Value::as_u64),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn instants_have_a_zone_without_a_colon() {
        let at = instant("2026-11-27T00:05:06.789-0400").unwrap();
        assert_eq!(at, instant("2026-11-27T04:05:06.789Z").unwrap());
        assert_eq!(date_time("2026-11-27T04:05:06Z"), "2026-11-27T04:05:06.000+0000");
        assert_eq!(instant("mañana"), None);
    }

    #[test]
    fn a_mark_comes_back_as_it_was_said() {
        assert_eq!(plain("Ñ [26000019/4] {x}"), "Ñ \\[26000019/4\\] \\{x\\}");
        let paragraph = |text: &str| json!({"type": "paragraph", "content": [{"type": "text", "text": text}]});
        let broken = json!({"type": "paragraph", "content": [
            {"type": "text", "text": "María "}, {"type": "text", "text": "Núñez", "marks": [{"type": "strong"}]},
            {"type": "hardBreak"}, {"type": "text", "text": "[26000019/4]"},
        ]});
        for (content, text) in [
            (json!([paragraph("uno"), paragraph("[26000019/4]")]), "uno\n[26000019/4]"),
            (json!([broken]), "María Núñez\n[26000019/4]"),
            (json!([paragraph("\\[26000019/4\\]")]), "[26000019/4]"),
        ] {
            assert_eq!(words(&json!({"type": "doc", "version": 1, "content": content})), text);
        }
        assert_eq!(words(&json!("llano")), "llano");
    }
}
