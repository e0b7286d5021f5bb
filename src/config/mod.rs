//! `guardia.toml` and the `GUARDIA_*` environment, checked once: every problem at once, each with the key, the value and
//! the mend. Only `serve` and `cli` read it; every other room is given what it needs.

mod attachments;
mod channels;
mod handover;
mod plan;
mod reader;
mod ticketing;
mod values;
mod watch;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::TimeDelta;

pub use attachments::Attachments;
pub use channels::{Channels, Fallback, Webhooks};
pub use handover::Handover;
pub use plan::{Line, Plan};
pub use reader::Problem;
use reader::Reader;
pub use ticketing::{OtherStore, Ticketing};
pub use watch::{Canary, Heartbeat};

use crate::phone::Phone;
use crate::provider::Secret;
use crate::provider::telephony::Network;
use crate::sla::{Calendar, Targets};
use crate::store::Url;

/// A checked configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the server listens and how the world reaches it.
    pub server: Server,
    /// The database.
    pub store: Url,
    /// The line itself.
    pub line: Line,
    /// The telephony provider.
    pub twilio: Twilio,
    /// Service hours, holidays, exceptions.
    pub calendar: Calendar,
    /// The promises.
    pub targets: Targets,
    /// Paging.
    pub paging: Paging,
    /// The other ways by which people are told.
    pub channels: Channels,
    /// How the pager tests itself; `None` = it does not.
    pub canary: Option<Canary>,
    /// What people are told about their own duty; `None` = nothing.
    pub handover: Option<Handover>,
    /// Where signs of life are sent; `None` = nowhere.
    pub heartbeat: Option<Heartbeat>,
    /// A bearer token of the API that may do everything; `None` = only those of the store count.
    pub api_token: Option<Secret>,
    /// The ticket store.
    pub ticketing: Ticketing,
    /// Where attachments are kept.
    pub attachments: Attachments,
    /// Where calls are journalled while the store is down.
    pub journal: PathBuf,
    /// What is logged, as `tracing` filters are written.
    pub log_filter: String,
    /// Whether log lines are JSON.
    pub log_json: bool,
}

/// Where the server listens and how the world reaches it.
#[derive(Clone, Debug)]
pub struct Server {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// What the provider calls: signatures are over this, never over forwarded headers.
    pub public_url: String,
    /// Other addresses the provider may be told, e.g. of a second site; a trusted proxy's headers select among them.
    pub alternate_urls: Vec<String>,
    /// Networks of proxies whose forwarded headers are believed, as far as they name one of the addresses above.
    pub trusted_proxies: Vec<Network>,
    /// How long a soft stop may take before it becomes a hard one.
    pub stop_within: Duration,
}

/// The telephony provider.
#[derive(Clone, Debug)]
pub struct Twilio {
    /// Our account.
    pub account_sid: String,
    /// Signs webhooks and opens the REST API.
    pub auth_token: Secret,
    /// A second token that webhooks may be signed with while the first is being changed.
    pub alternate_auth_token: Option<Secret>,
    /// The REST API.
    pub api_url: String,
    /// The number text messages come from.
    pub from: Phone,
    /// How often the provider's list of calls is held against ours; `None` = never.
    pub reconcile_every: Option<TimeDelta>,
    /// The Spanish voice.
    pub voice_es: String,
    /// The English voice.
    pub voice_en: String,
}

/// Paging.
#[derive(Clone, Debug)]
pub struct Paging {
    /// Keys the hashes of reply codes.
    pub secret: Secret,
    /// First pages that a person gets one by one within [`Paging::per`]; what is beyond is told together.
    pub burst: u32,
    /// The length of that window.
    pub per: TimeDelta,
}

/// The text of a settings file; none when there is no such file.
fn text_of(file: &Path) -> Result<String, Vec<Problem>> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => {
            let mend = format!("cannot be read: {error}");
            Err(vec![Problem { key: file.display().to_string(), value: None, mend }])
        }
    }
}

fn reader_of(text: &str, environment: impl IntoIterator<Item = (String, String)>) -> Result<Reader, Vec<Problem>> {
    let table = text.parse().map_err(|error: toml::de::Error| {
        vec![Problem { key: "guardia.toml".to_owned(), value: None, mend: format!("is not TOML: {error}") }]
    })?;
    Ok(Reader::new(table, environment))
}

impl Config {
    /// Reads `file` (when it is there) with `environment` laid over it.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn load(file: &Path, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, Vec<Problem>> {
        Self::parse(&text_of(file)?, environment)
    }

    /// Reads the text of a `guardia.toml` with `environment` laid over it.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn parse(text: &str, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, Vec<Problem>> {
        let mut reader = reader_of(text, environment)?;
        let config = Self::read(&mut reader);
        match (config, reader.finish()) {
            (Some(config), problems) if problems.is_empty() => Ok(config),
            (_, problems) => Err(problems),
        }
    }

    fn read(reader: &mut Reader) -> Option<Self> {
        // Every part is read before any `?`, so that all problems are found.
        let server = Server::read(reader);
        let store = reader.optional_unshown("store.url", "sqlite:var/guardia.db", STORE_MEND, |text| {
            text.parse::<Url>().map_err(|error| error.to_string())
        });
        let plan = Plan::read(reader);
        let twilio = Twilio::read(reader);
        let paging = Paging::read(reader);
        let channels = Channels::read(reader);
        let canary = Canary::read(reader);
        let handover = Handover::read(reader);
        let heartbeat = Heartbeat::read(reader);
        let api_token = reader.optional_secret("api.token");
        let ticketing = Ticketing::read(reader);
        let attachments = Attachments::read(reader);
        let journal = reader.optional("journal.path", "var/journal", "write a file's path", |text| {
            values::text(text).map(PathBuf::from)
        });
        let log_filter =
            reader.optional("log.filter", "info", "write e.g. \"info\" or \"guardia=debug\"", values::text);
        let log_json = reader.optional("log.json", "false", "write true or false", |text| {
            text.parse().map_err(|_| "neither true nor false".to_owned())
        });
        let Plan { line, calendar, targets } = plan?;
        Some(Self {
            server: server?,
            store: store?,
            line,
            twilio: twilio?,
            calendar,
            targets,
            paging: paging?,
            channels: channels?,
            canary: canary?,
            handover: handover?,
            heartbeat: heartbeat?,
            api_token: api_token.map(Secret::new),
            ticketing: ticketing?,
            attachments: attachments?,
            journal: journal?,
            log_filter: log_filter?,
            log_json: log_json?,
        })
    }
}

const STORE_MEND: &str = "write \"sqlite:PATH\" or \"postgres://USER@HOST/DATABASE\"";
const PHONE_MEND: &str = "write the number as +18095550100";
const DURATION_MEND: &str = "write a number and a unit, e.g. \"90s\", \"5m\" or \"4h\"";

fn phone(text: &str) -> Result<Phone, String> {
    Phone::parse(text).map_err(|_| "not a telephone number".to_owned())
}

/// An account's SID: `AC` and 32 hex digits.
fn account_sid(text: &str) -> Result<String, String> {
    let hex =
        text.strip_prefix("AC").is_some_and(|hex| hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if hex { Ok(text.to_owned()) } else { Err("not an account SID".to_owned()) }
}

/// What stands in `guardia.example.toml` in the place of secrets.
const PLACEHOLDERS: [&str; 2] = ["put-the-token-here", "change-me-to-32-random-characters-or-more"];

/// A secret of at least `least` characters.
fn secret(text: &str, least: usize) -> Result<Secret, String> {
    if text.trim().chars().count() < least {
        return Err(format!("is empty or shorter than {least} characters"));
    }
    if PLACEHOLDERS.iter().any(|placeholder| text.trim() == *placeholder) {
        return Err("is still the example's placeholder, which everybody knows".to_owned());
    }
    Ok(Secret::new(text.trim().to_owned()))
}

impl Server {
    fn read(reader: &mut Reader) -> Option<Self> {
        let listen = reader.optional("server.listen", "127.0.0.1:8080", "write ADDRESS:PORT", |text| {
            text.parse().map_err(|_| "not an address with a port".to_owned())
        });
        let public_url = reader.required(
            "server.public_url",
            "write the address the provider reaches this server at, e.g. \"https://guardia.example.gob.do\"",
            values::base_url,
        );
        let alternate_urls = reader.optional(
            "server.alternate_urls",
            "",
            "write addresses as in public_url, separated by commas",
            |text| values::list(text, values::base_url),
        );
        let trusted_proxies = reader.optional(
            "server.trusted_proxies",
            "",
            "write networks such as 10.0.0.0/8, separated by commas",
            |text| values::list(text, |network| network.parse().map_err(|_| "not a network".to_owned())),
        );
        let stop_within = reader.optional("server.stop_within", "20s", DURATION_MEND, values::duration);
        Some(Self {
            listen: listen?,
            public_url: public_url?,
            alternate_urls: alternate_urls?,
            trusted_proxies: trusted_proxies?,
            stop_within: stop_within?,
        })
    }
}

impl Twilio {
    /// Where the provider's REST API is, unless written.
    const API: &str = "https://api.twilio.com";

    fn read(reader: &mut Reader) -> Option<Self> {
        let account_sid =
            reader.required("twilio.account_sid", "write the account's SID, AC and 32 hex digits", account_sid);
        let auth_token = reader.secret(
            "twilio.auth_token",
            "write the account's auth token; without it every webhook would be refused and no call answered",
            |text| secret(text, 8),
        );
        let alternate = reader.optional_secret("twilio.alternate_auth_token");
        let api_url = reader.optional(
            "twilio.api_url",
            Self::API,
            "write the address of the provider's REST API",
            values::base_url,
        );
        let from = reader.required("twilio.from", PHONE_MEND, phone);
        let every = reader.optional(
            "twilio.reconcile_every",
            "5m",
            "write a number and a unit, e.g. \"5m\"; \"off\" = never",
            |text| match text {
                "off" => Ok(None),
                text => values::duration(text).map(|every| TimeDelta::from_std(every).ok()),
            },
        );
        let voice_es = reader.optional("twilio.voice_es", "Polly.Mia-Neural", "write a voice's name", values::text);
        let voice_en = reader.optional("twilio.voice_en", "Polly.Joanna-Neural", "write a voice's name", values::text);
        Some(Self {
            account_sid: account_sid?,
            auth_token: auth_token?,
            alternate_auth_token: alternate.map(Secret::new),
            api_url: api_url?,
            from: from?,
            reconcile_every: every?,
            voice_es: voice_es?,
            voice_en: voice_en?,
        })
    }
}

impl Paging {
    fn read(reader: &mut Reader) -> Option<Self> {
        let secret = reader.secret(
            "paging.secret",
            "write at least 32 random characters, e.g. from `openssl rand -hex 32`",
            |text| secret(text, 32),
        );
        let burst = reader.optional("paging.burst", "20", "write how many pages, 1 to 1000", |text| {
            let burst = text.parse().map_err(|_| "not a number".to_owned())?;
            if (1..=1000).contains(&burst) { Ok(burst) } else { Err("too few or too many".to_owned()) }
        });
        let per = reader.optional("paging.per", "60s", DURATION_MEND, |text| {
            let per = TimeDelta::from_std(values::duration(text)?).map_err(|_| "too long".to_owned())?;
            if per <= TimeDelta::hours(1) { Ok(per) } else { Err("longer than an hour".to_owned()) }
        });
        Some(Self { secret: secret?, burst: burst?, per: per? })
    }
}

#[cfg(test)]
mod tests;
