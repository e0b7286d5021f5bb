//! A request that may be sent again: its key, what it was, and what it was answered.

use sha2::{Digest, Sha256};

use crate::id::hex;

/// The key of a request, and what the request was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The name of the token that asked: keys of two programs have nothing to do with each other.
    pub token: String,
    /// What the program named its request.
    pub key: String,
    /// A hash over method, path and body.
    pub fingerprint: String,
}

/// An answer as it is kept and given again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Where what was made is.
    pub location: Option<String>,
    /// Its version.
    pub etag: Option<String>,
    /// The JSON body.
    pub body: String,
}

impl Answer {
    /// A status with a JSON body, and neither place nor version.
    #[must_use]
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self { status, location: None, etag: None, body: body.to_string() }
    }
}

impl Idempotency {
    /// The longest key, in characters.
    pub const LONGEST_KEY: usize = 255;

    /// A hash over what a request was. Of a body that is too large to be kept, `content` is its own hash.
    #[must_use]
    pub fn fingerprint(method: &str, path: &str, content: &[u8]) -> String {
        let mut hash = Sha256::new();
        for part in [method.as_bytes(), path.as_bytes(), content] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(part);
        }
        hex(&hash.finalize())
    }

    /// The key in a header: as it stands, or in quotes as structured fields write it; `None` where it is no key.
    #[must_use]
    pub fn parse_key(header: &str) -> Option<String> {
        let header = header.trim();
        let quoted = header.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let key = quoted.unwrap_or(header);
        let fits = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        ((1..=Self::LONGEST_KEY).contains(&key.len()) && key.bytes().all(fits)).then(|| key.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_as_programs_write_them() {
        let long = "a".repeat(256);
        for (header, key) in [
            ("8e03978e-40d5-43e8-bc93-6894a57f9324", Some("8e03978e-40d5-43e8-bc93-6894a57f9324")),
            ("\"8e03\"", Some("8e03")),
            (" a ", Some("a")),
            ("", None),
            ("\"\"", None),
            ("\"a", None),
            ("a b", None),
            ("ñ", None),
            (&long, None),
        ] {
            assert_eq!(Idempotency::parse_key(header).as_deref(), key, "{header}");
        }
    }

    #[test]
    fn no_part_of_a_request_runs_into_the_next() {
        let one = Idempotency::fingerprint("POST", "/tickets", b"x");
        assert_eq!(one, Idempotency::fingerprint("POST", "/tickets", b"x"));
        assert_ne!(one, Idempotency::fingerprint("POST", "/ticket", b"sx"));
        assert_ne!(one, Idempotency::fingerprint("PUT", "/tickets", b"x"));
    }
}
