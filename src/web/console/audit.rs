//! Who did what: the record, newest first.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::guard::{Visitor, one_value};
use super::page::Page;
use super::time::{Moment, Times};
use super::words::{FAMILIES, Record, act_name};
use super::{CONSOLE, answer};
use crate::language::Language;
use crate::store::{AuditFilter, Tx};
use crate::web::Door;

/// Entries of a page.
const A_PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    page: Page,
    w: &'static Record,
    rows: Vec<Row>,
    families: Vec<(&'static str, &'static str, bool)>,
    actor: String,
    subject: String,
    older: Option<String>,
    newest: Option<String>,
}

struct Row {
    sequence: i64,
    at: Moment,
    actor: String,
    act: String,
    subject: String,
    reason: String,
    detail: String,
}

/// What the address says.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    actor: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    act: String,
    before: Option<i64>,
}

impl Asked {
    /// The same question, from another place on.
    fn address(&self, before: Option<i64>) -> String {
        let pairs = [("actor", &self.actor), ("subject", &self.subject), ("act", &self.act)];
        let mut query: Vec<String> = pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", one_value(value)))
            .collect();
        query.extend(before.map(|before| format!("before={before}")));
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{CONSOLE}/audit{mark}{}", query.join("&"))
    }
}

/// The record.
pub async fn list(State(door): State<Door>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let filter = AuditFilter { actor: some(&asked.actor), subject: some(&asked.subject), act: some(&asked.act) };
    let store = &door.hotline.store;
    let read = store.read(async |tx: &mut Tx| tx.audit_before(&filter, asked.before, A_PAGE + 1).await).await;
    let mut entries = match read {
        Ok(entries) => entries,
        Err(error) => return answer::trouble(&error),
    };
    let is_more = entries.len() > A_PAGE as usize;
    entries.truncate(A_PAGE as usize);
    let last = entries.last().map(|entry| entry.sequence);
    let l = visitor.language();
    let (w, times) = (Record::of(l), Times::of(&door, &visitor));
    let rows = entries.into_iter().map(|entry| Row {
        sequence: entry.sequence,
        at: times.moment(entry.act.at),
        actor: entry.act.actor,
        act: act_name(l, &entry.act.act).map_or(entry.act.act, str::to_owned),
        subject: entry.act.subject,
        reason: entry.act.reason,
        detail: entry.act.detail,
    });
    let page = AuditPage {
        page: Page::new(&door, &visitor, w.title).at("/audit"),
        w,
        rows: rows.collect(),
        families: FAMILIES
            .map(|(word, [es, en])| (word, if l == Language::Es { es } else { en }, word == asked.act))
            .to_vec(),
        older: last.filter(|_| is_more).map(|last| asked.address(Some(last))),
        newest: asked.before.map(|_| asked.address(None)),
        actor: asked.actor,
        subject: asked.subject,
    };
    answer::show(&page)
}
