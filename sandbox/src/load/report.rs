//! What came of a run, as one piece of JSON.

use std::collections::BTreeMap;

use serde::Serialize;

/// What came of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Choices, arrivals and identifiers were drawn from it.
    pub seed: u64,
    /// How long it went on, in seconds.
    pub seconds: f64,
    /// Those who called.
    pub calls: Calls,
    /// What the application was asked and told, by kind. Retries count each by itself.
    pub webhooks: BTreeMap<&'static str, WebhookFigures>,
    /// What is on the network's error log, by the provider's number.
    pub errors: Vec<ErrorKind>,
    /// All of them.
    pub errors_total: u64,
}

/// Those who called.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Calls {
    /// They came; each was either started or turned away.
    pub arrived: u64,
    /// They dialled.
    pub started: u64,
    /// As many as may be were on the telephone already.
    pub turned_away: u64,
    /// The most that were on the telephone at once.
    pub most_at_once: usize,
    /// How far the latest was behind its time, in milliseconds: more than a few, and this machine was too slow for the run.
    pub latest_ms: f64,
    /// Those who dialled, by kind of caller.
    pub by_kind: BTreeMap<String, u64>,
    /// Those who dialled, by how it went.
    pub by_outcome: BTreeMap<&'static str, u64>,
}

/// One kind of webhook.
#[derive(Clone, Debug, Serialize)]
pub struct WebhookFigures {
    /// How many were sent.
    pub count: u64,
    /// Half of them were answered within this, in milliseconds.
    pub p50_ms: f64,
    /// Nine of ten.
    pub p90_ms: f64,
    /// Ninety-nine of a hundred.
    pub p99_ms: f64,
    /// All of them.
    pub max_ms: f64,
    /// How many by HTTP status; `none` = there was no answer.
    pub statuses: BTreeMap<String, u64>,
}

/// One kind of error.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorKind {
    /// The provider's number.
    pub code: u32,
    /// How many.
    pub count: u64,
    /// What the first of them was.
    pub example: String,
}

/// Microseconds as milliseconds; beyond an hour it makes no difference.
pub(super) fn milliseconds(microseconds: u64) -> f64 {
    f64::from(u32::try_from(microseconds).unwrap_or(u32::MAX)) / 1000.0
}
