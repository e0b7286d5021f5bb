//! Tokens of programs. Their text is shown once and kept nowhere: the store has its hash.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

use super::Scopes;
use crate::clock::Instant;
use crate::id::{Ids, TokenId, hex};

/// What every token begins with, so that programs that look for secrets in places where none belong know one.
const PREFIX: &str = "grd_";
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Letters by chance: 190 bits.
const RANDOM: usize = 32;
/// Letters that follow from those: what was mistyped, or looks like a token by accident, is told apart without the store.
const CHECK: usize = 6;
/// The longest name of a token or a hook.
const LONGEST_NAME: usize = 40;

/// What a name must be.
pub const NAME_MEND: &str = "write a name of lower-case letters, digits and hyphens, up to 40 of them";

/// A token as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id.
    pub id: TokenId,
    /// Its name, which no other token ever had.
    pub name: String,
    /// The hash of its text, in hexadecimal digits.
    pub hash: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Instant,
    /// When it was used last, to the hour.
    pub last_used_at: Option<Instant>,
    /// From when on it counts no more; `None` = it does not end by itself.
    pub expires_at: Option<Instant>,
    /// Since when it counts no more because somebody said so.
    pub revoked_at: Option<Instant>,
}

impl ApiToken {
    /// Whether it counts at `now`.
    #[must_use]
    pub fn counts(&self, now: Instant) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// Whether this can be the name of a token or a hook.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(fits)
}

/// The text of a new token: `grd_`, 32 random letters and digits, and 6 that check them.
#[must_use]
pub fn make(ids: &Ids) -> String {
    let mut text = PREFIX.to_owned();
    text.extend((0..RANDOM).map(|_| letter(ids.below(62))));
    let check = check(&text);
    text + &check
}

/// Whether a text is a token that somebody made here, or made up with care. Asks nothing of the store.
#[must_use]
pub fn is_well_formed(text: &str) -> bool {
    let fits = text.len() == PREFIX.len() + RANDOM + CHECK && text.starts_with(PREFIX) && text.is_ascii();
    let parts = text.split_at_checked(PREFIX.len() + RANDOM);
    fits && parts.is_some_and(|(first, last)| check(first) == last)
}

/// What is kept of a token's text. It has far too many possible values to be guessed, so a plain hash is enough.
#[must_use]
pub fn token_hash(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// A new secret for the signatures of Standard Webhooks: `whsec_` and 32 random bytes in base64.
#[must_use]
pub fn make_secret(ids: &Ids) -> String {
    format!("whsec_{}", BASE64.encode(ids.bytes::<32>()))
}

fn check(text: &str) -> String {
    let number = Sha256::digest(text).iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let digits = (0..CHECK).scan(number, |rest, _| {
        let digit = *rest % 62;
        *rest /= 62;
        Some(letter(digit))
    });
    digits.collect()
}

fn letter(index: u64) -> char {
    let byte = usize::try_from(index).ok().and_then(|index| LETTERS.get(index));
    char::from(byte.copied().unwrap_or(b'0'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_is_known_by_its_look() {
        let ids = Ids::seeded(7);
        let (one, two) = (make(&ids), make(&ids));
        assert_ne!(one, two);
        assert_eq!(one.len(), 42);
        assert!(one.starts_with("grd_") && is_well_formed(&one) && is_well_formed(&two));
        let wrong = [
            String::new(),
            "grd_".to_owned(),
            one.to_uppercase(),
            format!("{one}0"),
            one.replacen("grd_", "gr-_", 1),
            one.chars().take(41).chain(['ñ']).collect(),
        ];
        for text in wrong {
            assert!(!is_well_formed(&text), "{text}");
        }
        assert_eq!(token_hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn names() {
        for (name, is) in [("desk-2", true), ("", false), ("Desk", false), ("a b", false), (&"a".repeat(41), false)] {
            assert_eq!(is_name(name), is, "{name}");
        }
    }

    #[test]
    fn a_token_counts_until_its_end() {
        let at = |text: &str| text.parse::<Instant>().unwrap();
        let (before, end) = (at("2026-03-01T00:00:00Z"), at("2026-03-02T00:00:00Z"));
        let ids = Ids::seeded(1);
        let lasting = ApiToken {
            id: TokenId(ids.opaque()),
            name: "desk".to_owned(),
            hash: token_hash("x"),
            scopes: Scopes::all(),
            created_at: before,
            last_used_at: None,
            expires_at: None,
            revoked_at: None,
        };
        let ending = ApiToken { expires_at: Some(end), ..lasting.clone() };
        let revoked = ApiToken { revoked_at: Some(before), ..lasting.clone() };
        assert!(lasting.counts(end) && ending.counts(before));
        assert!(!ending.counts(end) && !revoked.counts(end));
    }

    proptest! {
        /// A letter that was mistyped is found.
        #[test]
        fn a_mistyped_token_is_none(seed in any::<u64>(), place in 4_usize..42, letter in "[0-9A-Za-z]") {
            let token = make(&Ids::seeded(seed));
            let mut other = token.clone();
            other.replace_range(place..=place, &letter);
            prop_assert_eq!(is_well_formed(&other), other == token);
        }
    }
}
