//! What GLPI's items say, in our words, and our words as GLPI wants them. Pure.

use serde_json::Value;

use crate::provider::ticketing::api::{Places, instant_in, member};
use crate::provider::ticketing::{Changed, Trouble};
use crate::ticket::{Field, Remote, RemoteComment};

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

/// Where our number stands: in a column of its own, or in brackets in the subject, as versions before 11 have no such column.
#[derive(Clone, Debug)]
pub(super) struct Number {
    pub(super) column: String,
    /// The column's number in searches; empty where it has none.
    pub(super) option: String,
}

impl Number {
    /// Our number in `column`; `option` where the column's number in searches is not the one that GLPI gives it.
    pub(super) fn new(column: String, option: Option<String>) -> Self {
        let usual = if column == SUBJECT { "1" } else { "87" };
        Self { column, option: option.unwrap_or_else(|| usual.to_owned()) }
    }

    /// The number of a ticket.
    pub(super) fn of(&self, ticket: &Value) -> Option<String> {
        self.in_text(member(ticket, &self.column)?)
    }

    /// The number in a row of a search.
    fn in_row(&self, row: &Value) -> Option<String> {
        self.in_text(member(row, &self.option)?)
    }

    fn in_text(&self, text: String) -> Option<String> {
        if self.column != SUBJECT {
            return Some(text);
        }
        text.split('[').filter_map(|part| part.split_once(']')).map(|(number, _)| number).find_map(|number| {
            let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| number.to_owned())
        })
    }

    /// The column without the number, so that it is found no more.
    pub(super) fn without(&self, ticket: &Value) -> String {
        let Some(number) = self.of(ticket) else { return member(ticket, &self.column).unwrap_or_default() };
        if self.column != SUBJECT {
            return String::new();
        }
        let subject = member(ticket, SUBJECT).unwrap_or_default();
        subject.replace(&format!("[{number}]"), &format!("({number})"))
    }
}

/// The column of the subject.
const SUBJECT: &str = "name";

/// A ticket.
pub(super) fn remote(doing: &str, ticket: &Value, places: &Places, number: &Number) -> Result<Remote, Trouble> {
    let needed = |name: &str| member(ticket, name).ok_or_else(|| Trouble::unreadable(doing));
    let mut values = places.read(ticket);
    values.remove(&Field::ExternalId);
    values.extend(number.of(ticket).map(|number| (Field::ExternalId, number)));
    Ok(Remote {
        id: needed("id")?,
        subject: needed(SUBJECT)?,
        state: needed("status")?,
        values,
        updated_at: member(ticket, "date_mod").and_then(|text| instant_in(&text)),
    })
}

/// A row of a search, by the numbers of its columns.
pub(super) fn change(doing: &str, row: &Value, number: &Number) -> Result<Changed, Trouble> {
    let at = member(row, super::CHANGED).and_then(|text| instant_in(&text));
    Ok(Changed {
        id: member(row, super::ID).ok_or_else(|| Trouble::unreadable(doing))?,
        external_id: number.in_row(row),
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
    use serde_json::json;

    use super::*;

    #[test]
    fn our_number_stands_in_a_column_or_in_the_subject() {
        let own = Number::new("externalid".into(), None);
        let subject = Number::new("name".into(), None);
        let ticket = json!({"name": "[Ñ] [26000019] caída", "externalid": "26000027"});
        assert_eq!((own.of(&ticket).as_deref(), own.without(&ticket).as_str()), (Some("26000027"), ""));
        assert_eq!(subject.of(&ticket).as_deref(), Some("26000019"));
        assert_eq!(subject.without(&ticket), "[Ñ] (26000019) caída");
        let double = json!({"name": subject.without(&ticket)});
        assert_eq!((subject.of(&double), subject.without(&double).as_str()), (None, "[Ñ] (26000019) caída"));
        assert_eq!((own.option.as_str(), subject.option.as_str()), ("87", "1"));
    }

    #[test]
    fn text_is_html_that_shows_the_same() {
        assert_eq!(html("a < b & c > d\nñ\n"), "<p>a &lt; b &amp; c &gt; d<br>ñ</p>");
        assert_eq!(date_time("2026-11-27T04:05:06Z"), "2026-11-27 04:05:06");
    }
}
