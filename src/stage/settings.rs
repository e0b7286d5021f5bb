//! The files a stage is set with: the shipped flow, directory and roster, unless a story brings its own.

use std::path::Path;
use std::sync::Arc;

use super::StageError;
use super::inbox::{Inbox, SECRET};
use crate::config::Config;
use crate::flow::Banner;
use crate::provider::ticketing::TicketStore;

/// What a story may bring of its own.
#[derive(Clone)]
pub struct Props {
    /// The roster's text; `None` = none was ever imported.
    pub roster: Option<String>,
    /// The announced outage.
    pub banner: Option<Banner>,
    /// Where ids and codes are drawn from.
    pub seed: u64,
    /// `sqlite:…` or `postgres://…`; a new SQLite file when left out.
    pub store: Option<String>,
    /// How often the provider's list of calls is held against ours.
    pub reconcile: &'static str,
    /// So many first pages go to a person one by one within a minute.
    pub burst: u32,
    /// What people are told about their own duty: lines of `[handover]`.
    pub handover: &'static str,
    /// A ticket store of another maker, in the place of the one that the settings name.
    pub ticket_store: Option<Arc<dyn TicketStore>>,
    /// Lines of `guardia.toml` beyond those every stage has.
    pub settings: String,
}

impl Default for Props {
    fn default() -> Self {
        Self {
            roster: Some(include_str!("../../roster.example.yaml").to_owned()),
            banner: None,
            seed: 1,
            store: None,
            reconcile: "off",
            burst: 20,
            // A story is about a case, unless it is about duty.
            handover: r#"before = "off""#,
            ticket_store: None,
            settings: String::new(),
        }
    }
}

/// The shipped files, by their place below the folder.
const FILES: [(&str, &str); 6] = [
    ("voice-flows/critical-hotline.yaml", include_str!("../../voice-flows/critical-hotline.yaml")),
    ("voice-flows/prompts/es.yaml", include_str!("../../voice-flows/prompts/es.yaml")),
    ("voice-flows/prompts/en.yaml", include_str!("../../voice-flows/prompts/en.yaml")),
    ("voice-flows/messages/es.yaml", include_str!("../../voice-flows/messages/es.yaml")),
    ("voice-flows/messages/en.yaml", include_str!("../../voice-flows/messages/en.yaml")),
    ("directory.yaml", include_str!("../../directory.yaml")),
];

/// The music of those who wait.
const MUSIC: (&str, &[u8]) = ("voice-flows/audio/hold.wav", include_bytes!("../../voice-flows/audio/hold.wav"));

/// Writes the files below `folder` and gives the checked settings over them.
pub(super) fn write(folder: &Path, props: &Props, api_url: &str, inbox: Option<&Inbox>) -> Result<Config, StageError> {
    let texts = FILES.map(|(name, text)| (name, text.as_bytes()));
    for (name, bytes) in texts.into_iter().chain([MUSIC]) {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, bytes)?;
    }
    let place = |name: &str| folder.join(name).display().to_string();
    let store = props.store.clone().unwrap_or_else(|| format!("sqlite:{}", place("guardia.db")));
    let text = format!(
        r#"{settings}
[server]
public_url = "https://guardia.example"
[store]
url = "{store}"
[line]
number = "+18095550100"
support_email = "soporte@guardia.example"
flow = "{flow}"
directory = "{directory}"
[twilio]
account_sid = "AC00000000000000000000000000000000"
auth_token = "stage-token-of-no-account"
api_url = "{api_url}"
from = "+18095550100"
reconcile_every = "{reconcile}"
[handover]
{handover}
[journal]
path = "{journal}"
[attachments]
folder = "{attachments}"
[api]
token = "stage"
[paging]
secret = "a-secret-of-the-stage-that-guards-nothing"
burst = {burst}
{channels}"#,
        burst = props.burst,
        handover = props.handover,
        settings = props.settings,
        reconcile = props.reconcile,
        channels = inbox.map(channels).unwrap_or_default(),
        flow = place("voice-flows/critical-hotline.yaml"),
        directory = place("directory.yaml"),
        journal = place("journal"),
        attachments = place("attachments"),
    );
    Config::parse(&text, std::iter::empty()).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        StageError::Settings(lines.join("; "))
    })
}

/// Mail and webhooks end on the stage.
fn channels(inbox: &Inbox) -> String {
    format!(
        r#"[email]
host = "127.0.0.1"
port = {}
security = "none"
from = "Guardia <guardia@guardia.example>"
[webhooks]
this_machine = true
secret = "{SECRET}"
"#,
        inbox.smtp.port()
    )
}
