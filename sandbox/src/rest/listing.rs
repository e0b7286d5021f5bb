//! Lists, a page at a time.

use std::collections::HashMap;

use serde_json::{Value, json};

pub(super) type Query = axum::extract::Query<HashMap<String, String>>;

/// A page of `items`, newest first, under the provider's names.
pub(super) fn page(name: &str, path: &str, query: &HashMap<String, String>, items: Vec<Value>) -> Value {
    let number = |field: &str, default: usize| query.get(field).and_then(|text| text.parse().ok()).unwrap_or(default);
    let size = number("PageSize", 50).clamp(1, 1000);
    let page = number("Page", 0);
    let start = page.saturating_mul(size);
    let more = items.len() > start.saturating_add(size);
    let shown: Vec<Value> = items.into_iter().rev().skip(start).take(size).collect();
    let uri = |page: usize| format!("{path}?PageSize={size}&Page={page}");
    let end = start.saturating_add(shown.len());
    json!({
        name: shown,
        "page": page,
        "page_size": size,
        "start": start,
        "end": end.saturating_sub(1),
        "uri": uri(page),
        "first_page_uri": uri(0),
        "previous_page_uri": page.checked_sub(1).map(uri),
        "next_page_uri": more.then(|| uri(page.saturating_add(1))),
    })
}

/// Whether `value` is what the query asks of `field`, if it asks.
pub(super) fn asked(query: &HashMap<String, String>, field: &str, value: &str) -> bool {
    query.get(field).is_none_or(|wanted| wanted.is_empty() || wanted == value)
}
