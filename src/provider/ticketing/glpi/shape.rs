//! What GLPI's items say, in our words, and our words as GLPI wants them. Pure.

use serde_json::Value;

use crate::provider::ticketing::api::{Places, instant_in, member};
use crate::provider::ticketing::{Changed, Trouble};
use crate::ticket::{Remote, RemoteComment};

/// How GLPI writes instants: in the account's own time zone, which must be UTC.
pub(super) const DATE_TIME: &str = "%Y-%m-%d %H:%M:%S";

/// An instant of ours as GLPI writes it.
pub(super) fn date_time(ours: &str) -> String {
    instant_in(ours).map_or_else(|| ours.to_owned(), |at| at.format(DATE_TIME).to_string())
}

/// Plain text as GLPI shows it: its texts are HTML.
pub(super) fn html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<p>{}</p>", escaped.trim_end().replace('\n', "<br>"))
}

/// A ticket.
pub(super) fn remote(doing: &str, ticket: &Value, places: &Places) -> Result<Remote, Trouble> {
    let needed = |name: &str| member(ticket, name).ok_or_else(|| Trouble::unreadable(doing));
    Ok(Remote {
        id: needed("id")?,
        subject: needed("name")?,
        state: needed("status")?,
        values: places.read(ticket),
        updated_at: member(ticket, "date_mod").and_then(|text| instant_in(&text)),
    })
}

/// A row of a search, by the numbers of its columns; `None` where it is nobody's case.
pub(super) fn change(doing: &str, row: &Value, case_column: &str) -> Result<Changed, Trouble> {
    let at = member(row, super::CHANGED).and_then(|text| instant_in(&text));
    Ok(Changed {
        id: member(row, super::ID).ok_or_else(|| Trouble::unreadable(doing))?,
        external_id: member(row, case_column),
        at: at.ok_or_else(|| Trouble::unreadable(doing))?,
    })
}

/// A followup; `user` is our account's id.
pub(super) fn comment(doing: &str, followup: &Value, user: &str) -> Result<RemoteComment, Trouble> {
    Ok(RemoteComment {
        id: member(followup, "id").ok_or_else(|| Trouble::unreadable(doing))?,
        text: member(followup, "content").unwrap_or_default(),
        public: member(followup, "is_private").as_deref() == Some("0"),
        ours: member(followup, "users_id").as_deref() == Some(user),
        at: member(followup, "date").and_then(|text| instant_in(&text)),
    })
}

/// Items in the order in which they were made.
pub(super) fn list(doing: &str, answer: Value) -> Result<Vec<Value>, Trouble> {
    let Value::Array(mut items) = answer else { return Err(Trouble::unreadable(doing)) };
    items.sort_by_key(|item| item.get("id").and_then(Value::as_u64));
    Ok(items)
}

/// The id of what was added. GLPI also says no by `false` in a success.
pub(super) fn added(doing: &str, answer: &Value) -> Result<String, Trouble> {
    match answer.get("id") {
        Some(Value::Bool(false)) => Err(Trouble::refused(format!("{doing}: {NO}"))),
        _ => member(answer, "id").ok_or_else(|| Trouble::unreadable(doing)),
    }
}

/// Whether an update was done: `[{"19": true, "message": ""}]`. GLPI also says no by `false` in a success.
pub(super) fn updated(doing: &str, answer: &Value, id: &str) -> Result<(), Trouble> {
    let done = answer.get(0).and_then(|done| done.get(id)).and_then(|done| match done {
        Value::Bool(done) => Some(*done),
        // As older versions write it.
        other => other.as_str()?.parse().ok(),
    });
    match done {
        Some(true) => Ok(()),
        Some(false) => Err(Trouble::refused(format!("{doing}: {NO}"))),
        None => Err(Trouble::unreadable(doing)),
    }
}

const NO: &str =
    "GLPI says that it was not done: look at the rights of the account and at what its ticket template requires";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_html_that_shows_the_same() {
        assert_eq!(html("a < b & c > d\nñ\n"), "<p>a &lt; b &amp; c &gt; d<br>ñ</p>");
        assert_eq!(date_time("2026-11-27T04:05:06Z"), "2026-11-27 04:05:06");
    }
}
