//! A page, and the tree of what stands on it: everything with its line and column.

use super::Problem;

/// A page and the name it is shown under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name people see in a problem, e.g. `voice-flows/critical-hotline.yaml`.
    pub file: String,
    /// The page.
    pub text: String,
}

/// A place on a page; both count from 1, the column in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A text, a list or a map, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where it begins.
    pub at: Position,
    /// What it is.
    pub kind: Kind,
}

/// What a [`Node`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing was written, or `~` or `null`.
    Null,
    /// A text as written; numbers and `true` are texts too.
    Scalar(String),
    /// A list.
    List(Vec<Node>),
    /// Keys with their values, in the order of the page. No key stands twice.
    Map(Vec<(Key, Node)>),
}

/// A key of a map, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// As written.
    pub text: String,
    /// Where it begins.
    pub at: Position,
}

impl Source {
    /// A page with its name.
    #[must_use]
    pub fn new(file: impl Into<String>, text: impl Into<String>) -> Self {
        Self { file: file.into(), text: text.into() }
    }

    /// A problem at a place of this page; `why` and `mend` are added by [`Problem::why`] and [`Problem::mend`].
    #[must_use]
    pub fn problem(&self, at: Position, what: impl Into<String>) -> Problem {
        Problem::at(&self.file, at, what)
    }
}

impl Node {
    /// The text, when it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The list, when it is one.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::List(items) => Some(items),
            _ => None,
        }
    }

    /// The map, when it is one.
    #[must_use]
    pub fn as_map(&self) -> Option<&[(Key, Self)]> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key, when this is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?.iter().find(|(known, _)| known.text == key).map(|(_, value)| value)
    }

    /// What it is, for a sentence: `a text`, `a list`, `a map`, `nothing`.
    #[must_use]
    pub fn what(&self) -> &'static str {
        match &self.kind {
            Kind::Null => "nothing",
            Kind::Scalar(_) => "a text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
        }
    }
}
