//! What a provider's error code means for whoever waits for the message.
//!
//! The codes are Twilio's (its error dictionary); the classes are ours. Twilio splits and renumbers codes and advises against
//! relying on them alone: an unknown code is temporary, and everything that is not delivered hurries to the next contact.

use serde::{Deserialize, Serialize};

/// What to do about a message that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Temporary or unknown: send again, and do not wait for it.
    Retry,
    /// This sender cannot reach this number, or not now: another sender may.
    OtherSender,
    /// The number can never receive messages: mark it, go on to the next contact.
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

/// The known codes, ascending. Those from 30001 on come in reports after the message was taken; the others at once.
const CODES: &[(u32, Class)] = &[
    (20003, Class::Configuration),  // authentication failed
    (20005, Class::Configuration),  // account not active
    (20008, Class::Configuration),  // test credentials used for a real resource
    (20404, Class::Configuration),  // no such account or resource
    (20429, Class::Retry),          // too many requests
    (20500, Class::Retry),          // internal error
    (20503, Class::Retry),          // service unavailable
    (21205, Class::Configuration),  // invalid callback URL
    (21211, Class::ContactInvalid), // invalid To
    (21212, Class::Configuration),  // invalid From
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
];

/// What `code` means: of an answer to a request, or of a report on a message.
#[must_use]
pub fn classify(code: u32) -> Class {
    known(code).unwrap_or(Class::Retry)
}

pub(super) fn known(code: u32) -> Option<Class> {
    let at = CODES.binary_search_by_key(&code, |(code, _)| *code).ok()?;
    CODES.get(at).map(|(_, class)| *class)
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
            (0, Class::Retry),
            (99_999, Class::Retry),
        ] {
            assert_eq!(classify(code), class, "{code}");
            assert_eq!(serde_json::to_value(class).unwrap(), class.as_str());
        }
    }
}
