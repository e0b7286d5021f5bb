//! What a provider's error code means for whoever waits for the message or the call.
//!
//! The codes are Twilio's (its error dictionary); the classes are ours. Twilio splits and renumbers codes and advises against
//! relying on them alone: an unknown code is temporary, everything that is not delivered hurries to the next contact, and
//! the configuration may class a code otherwise ([`Classes`]).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// What to do about a message or a call that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Temporary or unknown: send again, and do not wait for it.
    Retry,
    /// This sender cannot reach this number, or not now: another sender may.
    OtherSender,
    /// The address can never be reached this way: mark it, go on to the next contact.
    ContactInvalid,
    /// The recipient said STOP: only they can undo it. Mark the contact and tell a supervisor.
    OptedOut,
    /// Our account, sender or address is wrong: every message will fail. Tell a supervisor now.
    Configuration,
}

impl Class {
    /// The word for metrics and the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::OtherSender => "other_sender",
            Self::ContactInvalid => "contact_invalid",
            Self::OptedOut => "opted_out",
            Self::Configuration => "configuration",
        }
    }
}

/// The known codes, ascending. Those of 13xxx come in the result of a number that a document dialled, those of 30xxx in
/// reports after a message was taken; the others at once.
const CODES: &[(u32, Class)] = &[
    (10001, Class::Configuration),  // account not active
    (10004, Class::Retry),          // too many calls at once
    (13214, Class::Configuration),  // dial: invalid caller id
    (13223, Class::ContactInvalid), // dial: no telephone number
    (13224, Class::ContactInvalid), // dial: a number that nobody can reach
    (13225, Class::OtherSender),    // dial: a number this account may not call
    (13226, Class::ContactInvalid), // dial: invalid country code
    (13227, Class::Configuration),  // dial: country not enabled for the account
    (20003, Class::Configuration),  // authentication failed
    (20005, Class::Configuration),  // account not active
    (20008, Class::Configuration),  // test credentials used for a real resource
    (20404, Class::Configuration),  // no such account or resource
    (20429, Class::Retry),          // too many requests
    (20500, Class::Retry),          // internal error
    (20503, Class::Retry),          // service unavailable
    (21201, Class::Configuration),  // call: no recipient
    (21202, Class::ContactInvalid), // call: a premium or emergency number
    (21203, Class::Configuration),  // call: country not enabled for the account
    (21205, Class::Configuration),  // invalid callback URL
    (21210, Class::Configuration),  // call: the sender is not a number of ours
    (21211, Class::ContactInvalid), // invalid To
    (21212, Class::Configuration),  // invalid From
    (21213, Class::Configuration),  // call: no sender
    (21214, Class::ContactInvalid), // call: the number cannot be reached
    (21215, Class::Configuration),  // call: country or number not enabled for the account
    (21216, Class::OtherSender),    // call: this account may not call the number
    (21217, Class::ContactInvalid), // call: no valid number
    (21219, Class::Configuration),  // call: trial account, recipient not verified
    (21220, Class::Retry),          // call: not in a state to be changed; `Calls` reads it as "over"
    (21408, Class::Configuration),  // region not enabled for the account
    (21602, Class::Configuration),  // no body
    (21603, Class::Configuration),  // no sender
    (21604, Class::Configuration),  // no recipient
    (21606, Class::Configuration),  // the sender is not ours or sends no messages
    (21608, Class::Configuration),  // trial account: recipient not verified
    (21609, Class::Configuration),  // invalid status callback
    (21610, Class::OptedOut),       // recipient replied STOP
    (21611, Class::OtherSender),    // the sender's queue is full
    (21612, Class::OtherSender),    // no route from this sender to this number
    (21614, Class::ContactInvalid), // not a mobile number
    (21617, Class::Configuration),  // body too long
    (21659, Class::Configuration),  // the sender is not a number of ours
    (21660, Class::Configuration),  // the sender belongs to another account
    (21703, Class::Configuration),  // the messaging service has no sender
    (30001, Class::OtherSender),    // queue overflow
    (30002, Class::Configuration),  // account suspended
    (30003, Class::Retry),          // handset unreachable: off, or out of range
    (30004, Class::OtherSender),    // blocked by the carrier or the recipient
    (30005, Class::ContactInvalid), // unknown number
    (30006, Class::ContactInvalid), // landline, or a carrier without messages
    (30007, Class::OtherSender),    // filtered as spam
    (30008, Class::Retry),          // unknown
    (30009, Class::Retry),          // a segment is missing
    (30010, Class::Configuration),  // price above the message's bound
    (30017, Class::Retry),          // carrier congestion
    (30022, Class::OtherSender),    // the sender's rate limit
    (30023, Class::OtherSender),    // the sender's daily limit
    (30024, Class::Configuration),  // the sender is not provisioned
    (30032, Class::Configuration),  // toll-free sender not verified
    (30034, Class::Configuration),  // sender not registered
    (30036, Class::Retry),          // not delivered within its validity
    (30410, Class::Retry),          // the carrier did not answer
    (32018, Class::Configuration),  // call: the document in the request is too long
];

/// The classes of codes: the table of this file, but for what the configuration says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Classes(BTreeMap<u32, Class>);

impl Classes {
    /// The table with `overrides`, which win; codes the table does not know may be among them.
    #[must_use]
    pub fn with(overrides: BTreeMap<u32, Class>) -> Self {
        Self(overrides)
    }

    /// What `code` means: of an answer to a request, or of a report. Unknown is temporary.
    #[must_use]
    pub fn classify(&self, code: u32) -> Class {
        self.known(code).unwrap_or(Class::Retry)
    }

    /// Every code that means `class`, ascending.
    #[must_use]
    pub fn of(&self, class: Class) -> Vec<u32> {
        let from_table = CODES.iter().map(|(code, _)| *code);
        let codes: BTreeSet<u32> = from_table.chain(self.0.keys().copied()).collect();
        codes.into_iter().filter(|code| self.classify(*code) == class).collect()
    }

    /// What `code` means, if anybody said so.
    #[must_use]
    pub fn known(&self, code: u32) -> Option<Class> {
        let from_table = || {
            let at = CODES.binary_search_by_key(&code, |(code, _)| *code).ok()?;
            CODES.get(at).map(|(_, class)| *class)
        };
        self.0.get(&code).copied().or_else(from_table)
    }
}

/// What `code` means by the table alone.
#[must_use]
pub fn classify(code: u32) -> Class {
    Classes::default().classify(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_ascend_so_that_each_is_found() {
        assert!(CODES.is_sorted_by(|(one, _), (next, _)| one < next));
        for (code, class) in CODES {
            assert_eq!(classify(*code), *class, "{code}");
        }
    }

    #[test]
    fn what_decides_over_a_page() {
        for (code, class) in [
            (30003, Class::Retry),
            (30007, Class::OtherSender),
            (30005, Class::ContactInvalid),
            (21614, Class::ContactInvalid),
            (21610, Class::OptedOut),
            (20003, Class::Configuration),
            (21214, Class::ContactInvalid),
            (21216, Class::OtherSender),
            (13227, Class::Configuration),
            (0, Class::Retry),
            (99_999, Class::Retry),
        ] {
            assert_eq!(classify(code), class, "{code}");
            assert_eq!(serde_json::to_value(class).unwrap(), class.as_str());
        }
    }

    #[test]
    fn the_configuration_has_the_last_word() {
        let overrides = [(30003, Class::ContactInvalid), (99_999, Class::OtherSender)];
        let classes = Classes::with(overrides.into());
        for (code, class) in [
            (30003, Class::ContactInvalid),
            (99_999, Class::OtherSender),
            (30005, Class::ContactInvalid),
            (99_998, Class::Retry),
        ] {
            assert_eq!(classes.classify(code), class, "{code}");
        }
        assert_eq!(classes.known(99_998), None);
        assert_eq!(classes.of(Class::OptedOut), [21610]);
        let invalid = classes.of(Class::ContactInvalid);
        assert!(invalid.contains(&30003) && invalid.contains(&30005) && !invalid.contains(&99_999));
    }
}
