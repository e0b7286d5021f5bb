//! Lists, a page at a time.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, NaiveTime};
use serde_json::{Value, json};

use crate::refusal::Refusal;
use crate::time::Instant;

pub(super) type Query = axum::extract::Query<HashMap<String, String>>;

/// What the names of items are taken from: a page's token names the last one before it.
const NAMES: [&str; 2] = ["sid", "call_sid"];

/// A page of `items`, newest first, under the provider's names. The next page is told by the item it follows, so that
/// what is new meanwhile moves nothing, and asks for what this one asked for.
pub(super) fn page(name: &str, path: &str, query: &HashMap<String, String>, items: Vec<Value>) -> Value {
    let number = |field: &str, default: usize| query.get(field).and_then(|text| text.parse().ok()).unwrap_or(default);
    let size = number("PageSize", 50).clamp(1, 1000);
    let page = number("Page", 0);
    let sid = |item: &Value| NAMES.iter().find_map(|name| item.get(name)?.as_str().map(str::to_owned));
    let items: Vec<Value> = items.into_iter().rev().collect();
    let after = query.get("PageToken").and_then(|token| token.strip_prefix("PA"));
    let followed = after.and_then(|after| items.iter().position(|item| sid(item).as_deref() == Some(after)));
    let start = followed.map_or_else(|| page.saturating_mul(size), |place| place.saturating_add(1));
    let more = items.len() > start.saturating_add(size);
    let shown: Vec<Value> = items.into_iter().skip(start).take(size).collect();
    let last = shown.last().and_then(sid);
    let mut filters: Vec<(&str, String)> = query.iter().map(|(field, value)| (field.as_str(), value.clone())).collect();
    filters.retain(|(field, _)| !matches!(*field, "Page" | "PageSize" | "PageToken"));
    filters.sort();
    let uri = |page: usize, token: Option<&str>| {
        let mut asked = filters.clone();
        asked.extend([("PageSize", size.to_string()), ("Page", page.to_string())]);
        asked.extend(token.map(|token| ("PageToken", format!("PA{token}"))));
        format!("{path}?{}", query_string(&asked))
    };
    let first = page.saturating_mul(size);
    json!({
        "end": first.saturating_add(shown.len()).saturating_sub(1),
        name: shown,
        "page": page,
        "page_size": size,
        "start": first,
        "uri": uri(page, after),
        "first_page_uri": uri(0, None),
        "previous_page_uri": page.checked_sub(1).map(|page| uri(page, None)),
        "next_page_uri": more.then(|| uri(page.saturating_add(1), last.as_deref())),
    })
}

fn query_string(fields: &[(&str, String)]) -> String {
    // Only the query is wanted of it.
    let Ok(mut url) = reqwest::Url::parse("http://network/") else { return String::new() };
    url.query_pairs_mut().extend_pairs(fields);
    url.query().unwrap_or_default().to_owned()
}

/// Whether `value` is what the query asks of `field`, if it asks.
pub(super) fn asked(query: &HashMap<String, String>, field: &str, value: &str) -> bool {
    query.get(field).is_none_or(|wanted| wanted.is_empty() || wanted == value)
}

/// The instants a query asks for: `StartTime=2026-03-07` (that day), `StartTime>=` and `StartTime<=` with a date or an
/// instant.
#[derive(Debug, Default)]
pub(super) struct Span {
    from: Option<Instant>,
    until: Option<Instant>,
}

impl Span {
    pub(super) fn asked(query: &HashMap<String, String>, field: &str) -> Result<Self, Refusal> {
        let read = |name: String| -> Result<Option<(Instant, Instant)>, Refusal> {
            let Some(text) = query.get(&name).map(|text| text.trim()).filter(|text| !text.is_empty()) else {
                return Ok(None);
            };
            moment(text).map(Some).ok_or_else(|| {
                let expected = "a date, as 2026-03-07, or an instant, as 2026-03-07T22:00:00Z";
                Refusal::bad(20_001, format!("{name}: expected {expected}"))
            })
        };
        let mut span = Self::default();
        if let Some((first, last)) = read(field.to_owned())? {
            (span.from, span.until) = (Some(first), Some(last));
        }
        // `StartTime>=x` is the field `StartTime>` in a query.
        if let Some((first, _)) = read(format!("{field}>"))? {
            span.from = Some(first);
        }
        if let Some((_, last)) = read(format!("{field}<"))? {
            span.until = Some(last);
        }
        Ok(span)
    }

    /// Whether an instant is within; one that has not come yet only is when nothing was asked.
    pub(super) fn holds(&self, at: Option<Instant>) -> bool {
        match at {
            Some(at) => self.from.is_none_or(|from| at >= from) && self.until.is_none_or(|until| at <= until),
            None => self.from.is_none() && self.until.is_none(),
        }
    }
}

/// The first and the last instant that `text` means.
fn moment(text: &str) -> Option<(Instant, Instant)> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        let instant = instant.to_utc();
        return Some((instant, instant));
    }
    let day: NaiveDate = text.parse().ok()?;
    let next = day.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN).and_utc();
    Some((day.and_time(NaiveTime::MIN).and_utc(), next - crate::time::millis(1)))
}
