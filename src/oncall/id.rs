//! The ids that a roster's page gives: of people, contacts, schedules and escalations.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text that is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is 1 to 40 of the characters a-z, 0-9, '-', '_' and '.'")]
pub struct NoId;

/// One type per kind of thing, so that a schedule's id is never taken for a person's.
macro_rules! id {
    ($(#[$about:meta])* $name:ident) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads an id.
            ///
            /// # Errors
            /// [`NoId`].
            pub fn parse(text: &str) -> Result<Self, NoId> {
                if is_id(text) { Ok(Self(text.to_owned())) } else { Err(NoId) }
            }

            /// The id.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NoId;

            fn try_from(text: String) -> Result<Self, NoId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

id! {
    /// A person's id: what the roster, the store and the timeline call them. 1 to 40 of `a-z`, `0-9`, `-`, `_` and `.`.
    PersonId
}
id! {
    /// A contact's id, unique within its person; written like a [`PersonId`].
    ContactId
}
id! {
    /// A schedule's id; written like a [`PersonId`].
    ScheduleId
}
id! {
    /// An escalation's id; written like a [`PersonId`].
    EscalationId
}

impl ScheduleId {
    /// The schedule of a page that writes its rotation without a name, `guardia`; and of whoever asks for none.
    #[must_use]
    pub fn usual() -> Self {
        Self("guardia".to_owned())
    }
}

impl ContactId {
    /// The contact for texts that the shorthand `phone` makes.
    pub(super) fn sms() -> Self {
        Self("sms".to_owned())
    }

    /// The contact for calls that the shorthand `phone` makes.
    pub(super) fn voice() -> Self {
        Self("voice".to_owned())
    }
}

impl EscalationId {
    /// The escalation of services that name none, `default`.
    #[must_use]
    pub fn usual() -> Self {
        Self("default".to_owned())
    }

    /// The escalation of a test of the pager.
    #[must_use]
    pub fn canary() -> Self {
        Self("canary".to_owned())
    }
}

fn is_id(text: &str) -> bool {
    let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
    (1..=40).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_an_id() {
        for (text, fits) in [
            ("ana", true),
            ("ana.r-2_b", true),
            (&"a".repeat(40), true),
            (&"a".repeat(41), false),
            ("", false),
            ("Ana", false),
            ("josé", false),
            ("a b", false),
        ] {
            assert_eq!(PersonId::parse(text).is_ok(), fits, "{text}");
            let stored = serde_json::to_string(text).unwrap();
            assert_eq!(serde_json::from_str::<ScheduleId>(&stored).is_ok(), fits, "{text}");
        }
        assert_eq!(ScheduleId::parse("guardia"), Ok(ScheduleId::usual()));
        assert_eq!(EscalationId::parse("default"), Ok(EscalationId::usual()));
    }
}
