//! What a file is known by: the SHA-256 of its content.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::hex;

/// The SHA-256 of a file's content, as 64 lower-case hexadecimal digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// Of the 32 bytes that the hash gives.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(hex(bytes))
    }

    /// Reads the digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 64 && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sixty_four_small_digits_are_one() {
        let digest = Digest::new(&[0xab; 32]);
        assert_eq!(digest.as_str(), "ab".repeat(32));
        assert_eq!(Digest::parse(digest.as_str()), Some(digest));
        for text in ["", &"a".repeat(63), &"A".repeat(64), &"g".repeat(64), &"a".repeat(65), "../../etc"] {
            assert_eq!(Digest::parse(text), None, "{text}");
        }
    }
}
