//! A message on its way out, over whichever channel.

use serde::{Deserialize, Serialize};

use crate::clock::Instant;
use crate::id::{IncidentId, MessageId, PageId};
use crate::oncall::Channel;
use crate::phone::Phone;

/// A message on its way out. The row is there before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id; also the idempotency key at the provider.
    pub id: MessageId,
    /// What it is about.
    pub incident: Option<IncidentId>,
    /// The page it carries to a person: sent only while that page stands.
    pub page: Option<PageId>,
    /// What it is, e.g. `page`, `caller_confirm`.
    pub template: String,
    /// How it is sent.
    pub channel: Channel,
    /// To whom.
    pub to: Recipient,
    /// The words.
    pub body: String,
    /// Where it stands.
    pub state: Delivery,
    /// The provider's id, once it took it.
    pub provider_message: Option<String>,
    /// The provider's error code, once it failed.
    pub error_code: Option<u32>,
    /// When it was decided.
    pub created_at: Instant,
    /// When the provider took it.
    pub sent_at: Option<Instant>,
}

/// Who gets a message. `Debug` masks numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// A number: a reporter's, or one of a person's.
    Number(Phone),
    /// A contact of the roster that is no number. Its address is looked up when the message is sent, so that no secret of
    /// a webhook is kept twice.
    Contact {
        /// The person's id.
        person: String,
        /// The contact's id.
        contact: String,
    },
}

impl Recipient {
    /// Reads what [`Recipient::stored`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once('/') {
            Some((person, contact)) => Some(Self::Contact { person: person.to_owned(), contact: contact.to_owned() }),
            None => Phone::parse(text).ok().map(Self::Number),
        }
    }

    /// The number, where it is one.
    #[must_use]
    pub fn number(&self) -> Option<&Phone> {
        match self {
            Self::Number(number) => Some(number),
            Self::Contact { .. } => None,
        }
    }

    /// As the store keeps it: E.164, or `person/contact`.
    #[must_use]
    pub fn stored(&self) -> String {
        match self {
            Self::Number(number) => number.as_str().to_owned(),
            Self::Contact { person, contact } => format!("{person}/{contact}"),
        }
    }
}

/// Where a message stands. Later ones replace earlier ones, never the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Decided; nothing is known of a sending.
    Intended,
    /// The provider took it.
    Accepted,
    /// The provider handed it to the network.
    Sent,
    /// It failed for good.
    Failed,
    /// A device confirmed it.
    Delivered,
}

impl Delivery {
    /// Every one, earliest first.
    pub const ALL: [Self; 5] = [Self::Intended, Self::Accepted, Self::Sent, Self::Failed, Self::Delivered];

    /// The word stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|delivery| delivery.as_str() == word)
    }

    /// Where a message stands after `news`, which may come late or twice.
    #[must_use]
    pub fn after(self, news: Self) -> Self {
        self.max(news)
    }
}
