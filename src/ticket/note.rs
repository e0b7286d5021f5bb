//! What is said on a ticket after it was made, and how our own words are known again.

use std::fmt;

use crate::clock::Instant;

/// A comment of ours.
#[derive(Clone, PartialEq, Eq)]
pub struct Comment {
    /// What it is known by: `26000019/4`, the case and the place in its timeline. Stands in the text too, in brackets, so that
    /// it is found again in a store that keeps nothing beside the text.
    pub mark: String,
    /// Plain text, its mark not included.
    pub text: String,
    /// Whether the requester may read it; else it is for those who work on the ticket.
    pub public: bool,
}

impl Comment {
    /// The text as the store is sent it: the words, and the mark in brackets on a last line of its own.
    #[must_use]
    pub fn marked(&self) -> String {
        format!("{}\n[{}]", self.text.trim_end(), self.mark)
    }

    /// Whether `text`, as a store gives it back (it may be HTML, or wrapped), is this comment.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        text.contains(&format!("[{}]", self.mark))
    }
}

impl fmt::Debug for Comment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What people wrote may be personal.
        f.debug_struct("Comment").field("mark", &self.mark).field("public", &self.public).finish_non_exhaustive()
    }
}

/// A comment of a ticket, as its store tells it.
#[derive(Clone, PartialEq, Eq)]
pub struct RemoteComment {
    /// The store's id.
    pub id: String,
    /// The text, as it is.
    pub text: String,
    /// Whether the requester may read it.
    pub public: bool,
    /// Whether we wrote it: by the account we use.
    pub ours: bool,
    /// When it was written.
    pub at: Option<Instant>,
}

impl fmt::Debug for RemoteComment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, public, ours, .. } = self;
        f.debug_struct("RemoteComment")
            .field("id", id)
            .field("public", public)
            .field("ours", ours)
            .finish_non_exhaustive()
    }
}

/// A file of ours: a recording.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, which says what it is and is the only one of its kind on the ticket: [`Attachment::name_of`].
    pub name: String,
    /// Its media type.
    pub media: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Attachment {
    /// The name of a recording of the case with this number: `26000019-RE….wav`.
    #[must_use]
    pub fn name_of(case: &str, recording: &str) -> String {
        format!("{case}-{recording}.wav")
    }
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment").field("name", &self.name).field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// A file of a ticket, as its store lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteAttachment {
    /// The store's id, or the address below the store's own where it keeps files by address.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Bytes, where the store says so.
    pub size: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_known_by_its_mark_however_the_store_writes_it() {
        let comment = Comment { mark: "26000019/4".into(), text: "Asumido.\n".into(), public: false };
        assert_eq!(comment.marked(), "Asumido.\n[26000019/4]");
        assert!(comment.is_in("<p>Asumido.<br>[26000019/4]</p>"));
        assert!(!comment.is_in("Asumido. [26000019/41]"));
        assert!(!comment.is_in("Asumido."));
    }
}
