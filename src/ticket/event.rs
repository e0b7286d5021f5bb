//! What people do in the ticket store of another maker that a supervisor may count as the first response.

use std::collections::BTreeSet;

use serde::Deserialize;

/// Something that happens to a ticket there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub enum StoreEvent {
    /// Somebody writes a comment that the requester may read: `public_comment`.
    PublicComment,
    /// Somebody moves the ticket to the state of this name, the store's own: `state:NAME`.
    State(String),
}

/// What of the store's events means something for the clock of a case. Nothing does unless it is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreEvents {
    /// A person of the service reached the reporter.
    #[serde(default)]
    pub first_response: BTreeSet<StoreEvent>,
}

/// A name that is no event.
#[derive(Debug, thiserror::Error)]
#[error("'{0}' is no event of a ticket store: write public_comment, or state: and the store's name of a state")]
pub struct NoEvent(String);

impl TryFrom<String> for StoreEvent {
    type Error = NoEvent;

    fn try_from(name: String) -> Result<Self, NoEvent> {
        if name == "public_comment" {
            return Ok(Self::PublicComment);
        }
        match name.strip_prefix("state:").map(str::trim) {
            Some(state) if !state.is_empty() => Ok(Self::State(state.to_owned())),
            _ => Err(NoEvent(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_known_by_its_name() {
        let read = |name: &str| StoreEvent::try_from(name.to_owned());
        assert_eq!(read("public_comment").unwrap(), StoreEvent::PublicComment);
        assert_eq!(read("state: in progress").unwrap(), StoreEvent::State("in progress".into()));
        for wrong in ["", "state", "state:", "state: ", "comment", "Public_comment"] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.contains("write public_comment"), "{wrong}: {error}");
        }
    }
}
