//! What happened to a ticket, line by line, and who did it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Digest, TicketState};
use crate::clock::Instant;
use crate::incident::Actor;

/// Who did something to a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Author {
    /// Guardia itself.
    System,
    /// Whoever asked for it.
    Requester,
    /// A person of the roster, by id.
    Person(String),
    /// Somebody at the command line or the console, by the name they gave.
    Operator(String),
    /// A program, by the name of its token.
    Program(String),
}

impl From<&Actor> for Author {
    fn from(actor: &Actor) -> Self {
        match actor {
            Actor::Caller => Self::Requester,
            Actor::System => Self::System,
            Actor::Person(id) => Self::Person(id.clone()),
            Actor::Operator(name) => Self::Operator(name.clone()),
        }
    }
}

/// A field of a ticket that can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TicketField {
    /// What whoever made it calls it.
    #[serde(rename = "external_id")]
    ExternalId,
    /// What it is about.
    #[serde(rename = "kind")]
    Kind,
    /// How bad it is.
    #[serde(rename = "severity")]
    Severity,
    /// The institution's code.
    #[serde(rename = "institution")]
    Institution,
    /// The affected service's id.
    #[serde(rename = "service")]
    Service,
    /// One line.
    #[serde(rename = "subject")]
    Subject,
    /// Plain text.
    #[serde(rename = "body")]
    Body,
    /// Who asked: their name.
    #[serde(rename = "requester.name")]
    RequesterName,
    /// Who asked: their address for e-mail.
    #[serde(rename = "requester.email")]
    RequesterEmail,
    /// Who asked: their number.
    #[serde(rename = "requester.phone")]
    RequesterPhone,
}

/// A field that changed. Values that are personal are left out: that it changed is all that is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Which field.
    pub field: TicketField,
    /// Its value before, unless there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Its value now, unless there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What people wrote may be personal.
        f.debug_struct("Edit").field("field", &self.field).finish_non_exhaustive()
    }
}

/// What happened to a ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TicketChange {
    /// It came in.
    Opened,
    /// Fields changed.
    Edited {
        /// Which, each once.
        edits: Vec<Edit>,
    },
    /// It stands elsewhere.
    Moved {
        /// Before.
        from: TicketState,
        /// Now.
        to: TicketState,
        /// What was noted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// Somebody wrote a comment: the one with this line's number.
    Commented {
        /// Whether whoever asked may read it.
        public: bool,
    },
    /// A file was attached: the one with this line's number.
    Attached {
        /// What its content is known by.
        sha256: Digest,
        /// Bytes.
        size: u64,
    },
    /// A person answered for the first time in this cycle.
    Responded {
        /// Whether in time.
        met: bool,
    },
    /// The promise was reckoned anew: another severity, or another cycle.
    Timed {
        /// Which cycle.
        cycle: u32,
        /// By when.
        due_at: Instant,
    },
    /// Supervisors were told that so much of the promised time is used up.
    Warned {
        /// Per cent.
        percent: u8,
    },
    /// The promise is broken.
    Breached,
}

/// A line of a ticket's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketEntry {
    /// Its place, from 1 without gaps. A comment and an attachment are known by the place of their line.
    pub sequence: i64,
    /// When it happened.
    pub at: Instant,
    /// Who did it.
    pub author: Author,
    /// What happened.
    pub change: TicketChange,
}

impl TicketField {
    /// The word stored and shown in JSON, with a dot for what is within the requester.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ExternalId => "external_id",
            Self::Kind => "kind",
            Self::Severity => "severity",
            Self::Institution => "institution",
            Self::Service => "service",
            Self::Subject => "subject",
            Self::Body => "body",
            Self::RequesterName => "requester.name",
            Self::RequesterEmail => "requester.email",
            Self::RequesterPhone => "requester.phone",
        }
    }

    /// Whether its value says who somebody is.
    #[must_use]
    pub fn is_personal(self) -> bool {
        matches!(self, Self::RequesterName | Self::RequesterEmail | Self::RequesterPhone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_reads_back_and_a_field_has_the_word_it_is_stored_by() {
        let change = TicketChange::Edited {
            edits: vec![Edit { field: TicketField::RequesterEmail, before: None, after: Some("x".to_owned()) }],
        };
        let text = serde_json::to_string(&change).unwrap();
        assert_eq!(text, r#"{"kind":"edited","edits":[{"field":"requester.email","after":"x"}]}"#);
        assert_eq!(serde_json::from_str::<TicketChange>(&text).unwrap(), change);
        for field in [TicketField::ExternalId, TicketField::Body, TicketField::RequesterPhone] {
            assert_eq!(serde_json::to_value(field).unwrap(), field.as_str());
        }
        let author = serde_json::to_string(&Author::Program("portal".to_owned())).unwrap();
        assert_eq!(author, r#"{"kind":"program","name":"portal"}"#);
        assert_eq!(serde_json::to_string(&Author::System).unwrap(), r#"{"kind":"system"}"#);
    }
}
