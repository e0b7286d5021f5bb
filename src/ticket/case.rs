//! What a ticket store must hold of a case, in no store's own words.

use std::collections::BTreeMap;
use std::fmt;

use chrono::SecondsFormat;
use serde::{Deserialize, Serialize};

use crate::clock::Instant;
use crate::incident::State;

/// A fact of a case that has a field of its own in a ticket store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Our case number: what every store is searched by before anything is created.
    ExternalId,
    /// Our id of the call: a second key, opaque.
    Call,
    /// The number that reported it, masked where the policy says so.
    CallerNumber,
    /// The institution's code.
    Institution,
    /// The affected service's id.
    Service,
    /// `critical`, `major` or `general`.
    Severity,
    /// By when the first response is promised.
    FirstResponseDue,
    /// When a person reached the reporter.
    FirstResponseAt,
    /// When it will be solved, as the reporter was told.
    Eta,
    /// When the reporter hears next.
    NextUpdate,
    /// How it came in: `phone`.
    Channel,
}

impl Field {
    /// Every one, in the order of their names above.
    pub const ALL: [Self; 11] = [
        Self::ExternalId,
        Self::Call,
        Self::CallerNumber,
        Self::Institution,
        Self::Service,
        Self::Severity,
        Self::FirstResponseDue,
        Self::FirstResponseAt,
        Self::Eta,
        Self::NextUpdate,
        Self::Channel,
    ];

    /// The word that the configuration uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ExternalId => "external_id",
            Self::Call => "call",
            Self::CallerNumber => "caller_number",
            Self::Institution => "institution",
            Self::Service => "service",
            Self::Severity => "severity",
            Self::FirstResponseDue => "first_response_due",
            Self::FirstResponseAt => "first_response_at",
            Self::Eta => "eta",
            Self::NextUpdate => "next_update",
            Self::Channel => "channel",
        }
    }

    /// Whether its value is an instant, which stores write in many ways.
    #[must_use]
    pub fn is_instant(self) -> bool {
        matches!(self, Self::FirstResponseDue | Self::FirstResponseAt | Self::Eta | Self::NextUpdate)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The values of fields in our own writing: instants by [`instant_text`], everything else as it is. What is not known is
/// absent, never empty.
pub type Values = BTreeMap<Field, String>;

/// An instant as [`Values`] hold it: UTC, whole seconds, RFC 3339. No store keeps more than seconds.
#[must_use]
pub fn instant_text(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// What a store is told of telephone numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// The whole number.
    Full,
    /// Its last four digits.
    Masked,
    /// Nothing.
    Hidden,
}

/// A case as a ticket store must hold it.
#[derive(Clone, PartialEq, Eq)]
pub struct Case {
    /// Our case number. The subject carries it in brackets too.
    pub external_id: String,
    /// One line, at most 200 characters.
    pub subject: String,
    /// What was known when the ticket was made: plain text.
    pub body: String,
    /// Whom the store takes for its requester: an e-mail address, where the institution has one.
    pub requester: Option<String>,
    /// Its fields, [`Field::ExternalId`] among them.
    pub values: Values,
    /// Where it stands.
    pub state: State,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The rest may be personal.
        f.debug_struct("Case")
            .field("external_id", &self.external_id)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// A ticket of another store, as it was read back.
#[derive(Clone, PartialEq, Eq)]
pub struct Remote {
    /// The store's id, the effective one: of a ticket that was merged, the id of the one that holds it now.
    pub id: String,
    /// Its subject.
    pub subject: String,
    /// The store's own word for where it stands.
    pub state: String,
    /// Its fields in our writing, as far as they are mapped and set.
    pub values: Values,
    /// When it was changed last, where the store says so.
    pub updated_at: Option<Instant>,
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("id", &self.id).field("state", &self.state).finish_non_exhaustive()
    }
}

/// The fields of `case` that `remote` does not hold as they were sent, of those that `mapped` names: a store that says yes may
/// have dropped a value. Compared is what the store can hold; the subject is compared by the case number in it.
#[must_use]
pub fn differences(case: &Case, remote: &Remote, mapped: &[Field]) -> Vec<Field> {
    case.values
        .iter()
        .filter(|(field, value)| mapped.contains(field) && remote.values.get(field) != Some(value))
        .map(|(field, _)| *field)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case() -> Case {
        Case {
            external_id: "26000019".into(),
            subject: "[26000019] caída".into(),
            body: String::new(),
            requester: None,
            values: Values::from([(Field::ExternalId, "26000019".into()), (Field::Severity, "critical".into())]),
            state: State::Received,
        }
    }

    #[test]
    fn a_dropped_value_is_named_and_an_unmapped_one_is_not() {
        let case = case();
        let mut remote = Remote {
            id: "1".into(),
            subject: case.subject.clone(),
            state: "new".into(),
            values: case.values.clone(),
            updated_at: None,
        };
        assert_eq!(differences(&case, &remote, &Field::ALL), []);
        remote.values.remove(&Field::Severity);
        assert_eq!(differences(&case, &remote, &Field::ALL), [Field::Severity]);
        assert_eq!(differences(&case, &remote, &[Field::ExternalId]), []);
        remote.values.insert(Field::Severity, "major".into());
        assert_eq!(differences(&case, &remote, &Field::ALL), [Field::Severity]);
    }

    #[test]
    fn the_words_are_those_of_the_configuration() {
        for field in Field::ALL {
            assert_eq!(serde_json::to_value(field).unwrap(), field.as_str());
        }
    }
}
