//! What a ticket is about, and how it came in.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a ticket is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketKind {
    /// Something does not work.
    Incident,
    /// A question.
    Enquiry,
    /// Something should be otherwise.
    Change,
}

/// How a ticket came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketChannel {
    /// By the line.
    Phone,
    /// By e-mail.
    Email,
    /// By a form on the web.
    Web,
    /// By another program.
    Api,
}

impl TicketKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Incident, Self::Enquiry, Self::Change];

    /// The word stored and shown in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Enquiry => "enquiry",
            Self::Change => "change",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

impl TicketChannel {
    /// Every channel.
    pub const ALL: [Self; 4] = [Self::Phone, Self::Email, Self::Web, Self::Api];

    /// The word stored and shown in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Web => "web",
            Self::Api => "api",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == word)
    }
}

impl fmt::Display for TicketKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_json() {
        for kind in TicketKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(TicketKind::from_word(kind.as_str()), Some(kind));
        }
        for channel in TicketChannel::ALL {
            assert_eq!(serde_json::to_value(channel).unwrap(), channel.as_str());
            assert_eq!(TicketChannel::from_word(channel.as_str()), Some(channel));
        }
    }
}
