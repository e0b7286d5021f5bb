//! An address that is not used for now, and the words by which its owner brings that about.

use chrono::TimeDelta;

use crate::clock::Instant;

/// How long an address that nothing reached is left alone: a network may have been wrong about it, and somebody may have
/// mended it.
const INVALID_FOR: TimeDelta = TimeDelta::hours(24);

/// Why an address is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Disabled {
    /// Its owner sent STOP: the provider sends nothing there until they send START.
    OptedOut,
    /// It can never be reached this way: no such number, a landline, a mailbox that is gone.
    Invalid,
}

/// What the owner of a number wants of all messages to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wish {
    /// None any more.
    Stop,
    /// To get them again.
    Start,
}

impl Disabled {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::OptedOut, Self::Invalid];

    /// The word stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OptedOut => "opted_out",
            Self::Invalid => "invalid",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|disabled| disabled.as_str() == word)
    }

    /// Whether what was found out at `since` still holds at `now`.
    #[must_use]
    pub fn stands(self, since: Instant, now: Instant) -> bool {
        match self {
            Self::OptedOut => true,
            Self::Invalid => now.signed_duration_since(since) < INVALID_FOR,
        }
    }
}

/// Reads a wish: the words that the telephony provider itself acts on (its "Support for opt-out keywords"), each alone in
/// its message, whatever the case. Never an answer to a page.
#[must_use]
pub fn wish(text: &str) -> Option<Wish> {
    match text.trim().to_ascii_uppercase().as_str() {
        "STOP" | "STOPALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" | "OPTOUT" | "REVOKE" => Some(Wish::Stop),
        "START" | "YES" | "UNSTOP" => Some(Wish::Start),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_alone_is_a_wish() {
        for (text, expected) in [
            ("STOP", Some(Wish::Stop)),
            (" stop\n", Some(Wish::Stop)),
            ("Cancel", Some(Wish::Stop)),
            ("quit", Some(Wish::Stop)),
            ("end", Some(Wish::Stop)),
            ("Unstop", Some(Wish::Start)),
            ("yes", Some(Wish::Start)),
            ("STOP 4821A", None),
            ("4821A", None),
            ("si", None),
            ("alto", None),
            ("", None),
        ] {
            assert_eq!(wish(text), expected, "{text:?}");
        }
    }

    #[test]
    fn an_owner_decides_for_good_and_a_network_for_a_day() {
        let since: Instant = "2026-03-08T02:00:00Z".parse().unwrap();
        for (why, hours, stands) in [
            (Disabled::OptedOut, 10_000, true),
            (Disabled::Invalid, 0, true),
            (Disabled::Invalid, 23, true),
            (Disabled::Invalid, 24, false),
        ] {
            assert_eq!(why.stands(since, since + TimeDelta::hours(hours)), stands, "{why:?} after {hours} h");
            assert_eq!(Disabled::from_word(why.as_str()), Some(why));
        }
        assert_eq!(Disabled::from_word("gone"), None);
    }
}
