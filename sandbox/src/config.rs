//! What a network is made of: an account, its numbers, and where the application lives.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::sound::speech::Speaker;
use crate::time::{Instant, machine_now};

/// Everything a network is started with. [`Config::new`] gives the defaults, the rest is set field by field.
#[derive(Clone, Debug)]
pub struct Config {
    /// The account: `AC` and 32 hexadecimal digits. Default: `AC` and 32 zeros.
    pub account_sid: String,
    /// The account's secret: signs every webhook and opens the REST API.
    pub auth_token: String,
    /// The application's telephone numbers.
    pub lines: Vec<Line>,
    /// What the network's clock shows at first. Default: 2026-01-01T00:00:00Z.
    pub start: Instant,
    /// Where identifiers and tokens are drawn from: the same seed makes the same network. Default 1.
    pub seed: u64,
    /// Outgoing calls started per second; more wait in the queue. Default 1, as on a new account.
    pub calls_per_second: u32,
    /// The REST API's own address as the application sees it, without a trailing slash; recordings are named below it.
    /// `None` = the address [`crate::Network::serve`] listens on.
    pub api_url: Option<String>,
    /// Where requests for a public address really go. `None` = every address is called as it is written.
    pub detour: Option<Detour>,
    /// Says what documents say, for telephones that can hear; every `Say` then takes as long as it really takes. `None` =
    /// silence, 15 characters a second.
    pub speech: Option<Arc<Speaker>>,
    /// What bounds the network.
    pub limits: Limits,
}

/// A public base address (signed and written everywhere) and the one really connected to, as behind a reverse proxy.
#[derive(Clone, Debug)]
pub struct Detour {
    /// What the application believes to be: `https://guardia.example`.
    pub public_url: String,
    /// Where it listens: `http://127.0.0.1:8080`.
    pub connect_url: String,
}

/// One of the application's numbers and the addresses that are asked what to do on it.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// The number in E.164.
    pub number: String,
    /// Asked for the first document of a call to this number.
    pub voice_url: Option<String>,
    /// Asked when the document could not be fetched or read.
    pub voice_fallback_url: Option<String>,
    /// Told when a call to this number ends (and what else `status_callback_events` names).
    pub status_callback: Option<String>,
    /// Which steps of a call are told: `initiated`, `ringing`, `answered`, `completed`. Empty = `completed` only.
    pub status_callback_events: Vec<String>,
    /// Told of every text message to this number.
    pub sms_url: Option<String>,
    /// Told instead when `sms_url` fails.
    pub sms_fallback_url: Option<String>,
}

/// What bounds the network. The provider's own limits (64 kB of TwiML, 15 s, 1600 characters) are not settings.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Documents one call may run without any time passing: more is a redirect loop. Default 50.
    pub documents_per_instant: u32,
    /// Longest call. Default 4 hours, as at the provider.
    pub call: chrono::TimeDelta,
    /// Transcript entries, deliveries and problems kept, each; the oldest go first. Default 100 000.
    pub kept: usize,
    /// Calls, messages and recordings that may exist. Default 100 000 each.
    pub resources: usize,
    /// Telephones that may be plugged in at the same time. Default 100.
    pub handsets: usize,
    /// Bytes of sound that all recordings together may hold, in memory and in a temporary folder. Default 1 GB: 18 hours.
    pub recorded_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            documents_per_instant: 50,
            call: chrono::TimeDelta::hours(4),
            kept: 100_000,
            resources: 100_000,
            handsets: 100,
            recorded_bytes: 1_000_000_000,
        }
    }
}

impl Config {
    /// A network with one account and no number yet.
    #[must_use]
    pub fn new(account_sid: impl Into<String>, auth_token: impl Into<String>) -> Self {
        Self {
            account_sid: account_sid.into(),
            auth_token: auth_token.into(),
            lines: Vec::new(),
            start: DateTime::<Utc>::from_timestamp(1_767_225_600, 0).unwrap_or_default(),
            seed: 1,
            calls_per_second: 1,
            api_url: None,
            detour: None,
            speech: None,
            limits: Limits::default(),
        }
    }

    /// The same network, starting at the present: for one that runs in real time.
    #[must_use]
    pub fn starting_now(self) -> Self {
        Self { start: machine_now(), ..self }
    }

    pub(crate) fn line(&self, number: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.number == number)
    }
}

impl Line {
    /// A number whose calls are answered by `voice_url`.
    #[must_use]
    pub fn voice(number: impl Into<String>, voice_url: impl Into<String>) -> Self {
        Self { number: number.into(), voice_url: Some(voice_url.into()), ..Self::default() }
    }
}

impl Detour {
    /// The address to connect to for `url`; `None` = `url` is not below the public address.
    pub(crate) fn connect(&self, url: &str) -> Option<String> {
        let public = self.public_url.trim_end_matches('/');
        let rest = url.strip_prefix(public)?;
        let whole = rest.is_empty() || rest.starts_with(['/', '?', '#']);
        whole.then(|| format!("{}{rest}", self.connect_url.trim_end_matches('/')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detour_only_catches_its_own_origin() {
        let detour = Detour {
            public_url: "https://guardia.example".to_owned(),
            connect_url: "http://127.0.0.1:8080/".to_owned(),
        };
        assert_eq!(detour.connect("https://guardia.example/a?b=1").as_deref(), Some("http://127.0.0.1:8080/a?b=1"));
        assert_eq!(detour.connect("https://guardia.example").as_deref(), Some("http://127.0.0.1:8080"));
        assert_eq!(detour.connect("https://guardia.example.evil/a"), None);
        assert_eq!(detour.connect("http://guardia.example/a"), None);
    }
}
