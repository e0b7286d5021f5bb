//! What came of a run, as one piece of JSON.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;
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
    /// How calls went over SIP, when they did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sip: Option<SipFigures>,
    /// What is on the network's error log, by the provider's number.
    pub errors: Vec<ErrorKind>,
    /// All of them; calls that failed over SIP are not among them.
    pub errors_total: u64,
}

impl Report {
    /// All that went wrong: errors on the network's log, and calls that failed over SIP.
    #[must_use]
    pub fn faults(&self) -> u64 {
        self.errors_total.saturating_add(self.sip.as_ref().map_or(0, |sip| sip.failed))
    }
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
    /// From the request's departure to the end of the answer.
    #[serde(flatten)]
    pub times: Times,
    /// How many by HTTP status; `none` = there was no answer.
    pub statuses: BTreeMap<String, u64>,
}

/// Calls over SIP, as the callers' telephones saw them.
#[derive(Clone, Debug, Serialize)]
pub struct SipFigures {
    /// From the INVITE to the first 180 (RFC 6076, session request delay).
    pub ringing: Times,
    /// From the INVITE to the 200: what the application takes for its first document is in it.
    pub set_up: Times,
    /// Calls that were not taken, by code of RFC 3261.
    pub refused: BTreeMap<String, u64>,
    /// Those of them that neither the application (480, 486) nor the caller (487) wanted so.
    pub failed: u64,
    /// Interarrival jitter as it stood after each packet of sound that came (RFC 3550, section 6.4.1).
    pub jitter: Times,
    /// Packets that the telephones sent.
    pub packets_sent: u64,
    /// Packets that arrived at them.
    pub packets_heard: u64,
    /// Packets on the way to them that never came.
    pub packets_lost: u64,
    /// Those, of a hundred that were sent to them.
    pub lost_percent: f64,
}

/// How long something took.
#[derive(Clone, Debug, Serialize)]
pub struct Times {
    /// How many there were.
    pub count: u64,
    /// Half of them took at most this, in milliseconds.
    pub p50_ms: f64,
    /// Nine of ten.
    pub p90_ms: f64,
    /// Ninety-nine of a hundred.
    pub p99_ms: f64,
    /// All of them.
    pub max_ms: f64,
}

impl Times {
    /// Of a histogram in microseconds.
    pub(super) fn of(times: &Histogram<u64>) -> Self {
        let at = |share: f64| milliseconds(times.value_at_quantile(share));
        Self {
            count: times.len(),
            p50_ms: at(0.5),
            p90_ms: at(0.9),
            p99_ms: at(0.99),
            max_ms: milliseconds(times.max()),
        }
    }
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
