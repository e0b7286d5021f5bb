//! What a token may do.

use std::collections::BTreeSet;
use std::fmt;

/// One thing that a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Read whether a call would reach a person: it tells names.
    Readiness,
    /// Read who is on duty, as calendars.
    DutyRead,
    /// Say who takes a case, and ask people into its conversation.
    IncidentsWrite,
    /// Read tickets with their comments, files and history.
    TicketsRead,
    /// Make and change tickets, and comment on them.
    TicketsWrite,
    /// Add files to tickets.
    TicketsAttach,
    /// Read which addresses hear of changes.
    Hooks,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Readiness,
        Self::DutyRead,
        Self::IncidentsWrite,
        Self::TicketsRead,
        Self::TicketsWrite,
        Self::TicketsAttach,
        Self::Hooks,
    ];

    /// The word for commands, answers and the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Readiness => "readiness",
            Self::DutyRead => "duty:read",
            Self::IncidentsWrite => "incidents:write",
            Self::TicketsRead => "tickets:read",
            Self::TicketsWrite => "tickets:write",
            Self::TicketsAttach => "tickets:attach",
            Self::Hooks => "hooks",
        }
    }

    /// The scope of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a token may do, in the order of [`Scope::ALL`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        Scope::ALL.into_iter().collect()
    }

    /// Whether `scope` is among them.
    #[must_use]
    pub fn allow(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Reads what [`fmt::Display`] writes; `None` where one word is no scope.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.split_whitespace().map(Scope::from_word).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

/// The words with a blank between, as in OAuth.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.0.iter().map(|scope| scope.as_str()).collect();
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_come_back_from_their_words() {
        for scope in Scope::ALL {
            assert_eq!(Scope::from_word(scope.as_str()), Some(scope));
        }
        for (text, read) in [
            ("", Some("")),
            ("tickets:write  duty:read", Some("duty:read tickets:write")),
            ("tickets", None),
            ("tickets:read Hooks", None),
        ] {
            assert_eq!(Scopes::parse(text).map(|scopes| scopes.to_string()).as_deref(), read, "{text}");
        }
        assert_eq!(Scopes::parse(&Scopes::all().to_string()), Some(Scopes::all()));
        assert!(!Scopes::default().allow(Scope::Hooks));
    }
}
