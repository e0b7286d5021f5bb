//! What hangs on a ticket: comments and files.

use std::fmt;

use super::{Author, Digest};
use crate::clock::Instant;

/// A comment on a ticket of the built-in store.
#[derive(Clone, PartialEq, Eq)]
pub struct TicketComment {
    /// The place of its line in the ticket's history.
    pub sequence: i64,
    /// What it is known by where its writer may write it twice: `26000019/4`, the case and the place in its timeline.
    pub mark: Option<String>,
    /// Plain text.
    pub text: String,
    /// Whether whoever asked may read it.
    pub public: bool,
    /// Whether a person wrote it, whoever brought it here. A public one of a person is an answer.
    pub by_person: bool,
    /// Who brought it here.
    pub author: Author,
    /// When.
    pub at: Instant,
}

/// A file on a ticket of the built-in store.
#[derive(Clone, PartialEq, Eq)]
pub struct TicketAttachment {
    /// The place of its line in the ticket's history.
    pub sequence: i64,
    /// Its name.
    pub name: String,
    /// Its media type, as whoever attached it says.
    pub media: String,
    /// Bytes.
    pub size: u64,
    /// What its content is known by.
    pub sha256: Digest,
    /// Who attached it.
    pub author: Author,
    /// When.
    pub at: Instant,
}

impl fmt::Debug for TicketComment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What people wrote may be personal.
        f.debug_struct("TicketComment")
            .field("sequence", &self.sequence)
            .field("mark", &self.mark)
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TicketAttachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names of files may be personal.
        f.debug_struct("TicketAttachment")
            .field("sequence", &self.sequence)
            .field("size", &self.size)
            .field("sha256", &self.sha256)
            .finish_non_exhaustive()
    }
}
