//! What whoever wants a ticket, a comment or a file on one writes down.

use serde::Deserialize;

use super::{Digest, Requester, TicketChannel, TicketKind};
use crate::sla::Severity;

/// A ticket to be. What is left out is as its documentation says.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTicket {
    /// What whoever makes it calls it; no two tickets may have the same. None unless given.
    #[serde(default)]
    pub external_id: Option<String>,
    /// What it is about.
    pub kind: TicketKind,
    /// How bad it is; general unless given.
    #[serde(default = "general")]
    pub severity: Severity,
    /// How it came in; `api` unless given.
    #[serde(default = "api")]
    pub channel: TicketChannel,
    /// Who asked.
    #[serde(default)]
    pub requester: Requester,
    /// The institution's code.
    #[serde(default)]
    pub institution: Option<String>,
    /// The affected service's id.
    #[serde(default)]
    pub service: Option<String>,
    /// One line.
    pub subject: String,
    /// Plain text.
    #[serde(default)]
    pub body: String,
}

/// A comment to be.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    /// Plain text.
    pub text: String,
    /// Whether whoever asked may read it; not unless said.
    #[serde(default)]
    pub public: bool,
    /// Whether a person who works on the ticket wrote it, and no program; not unless said. The first public comment of a
    /// person is the first response, which stops the clock.
    #[serde(default)]
    pub by_person: bool,
    /// What it is known by where its writer may write it twice: the second time changes nothing.
    #[serde(skip)]
    pub mark: Option<String>,
}

/// A file to be attached, whose content is kept already.
#[derive(Clone)]
pub struct NewFile {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media: String,
    /// Bytes.
    pub size: u64,
    /// What its content is known by.
    pub sha256: Digest,
}

fn general() -> Severity {
    Severity::General
}

fn api() -> TicketChannel {
    TicketChannel::Api
}
