//! Signatures of Standard Webhooks (the specification of that name, "Signature scheme", symmetric): HMAC-SHA256 over id, time
//! and body, with dots between, in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::provider::Secret;

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// The specification's bounds for the bytes of a secret.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The secret is missing or misshapen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the webhook's secret must be whsec_ and 24 to 64 random bytes in base64: make one with openssl rand -base64 32"
)]
pub struct SignerError;

/// Signs what is posted.
#[derive(Clone)]
pub struct Signer(Hmac<Sha256>);

impl Signer {
    /// Reads a secret.
    ///
    /// # Errors
    /// [`SignerError`].
    pub fn new(secret: &Secret) -> Result<Self, SignerError> {
        let text = secret.expose().trim().strip_prefix(PREFIX).ok_or(SignerError)?;
        let bytes = BASE64.decode(text).ok().filter(|bytes| SECRET_BYTES.contains(&bytes.len())).ok_or(SignerError)?;
        Hmac::new_from_slice(&bytes).map(Self).map_err(|_| SignerError)
    }

    /// The signature of a post: `v1,` and base64.
    #[must_use]
    pub fn sign(&self, id: &str, seconds: i64, body: &str) -> String {
        let mut mac = self.0.clone();
        for part in [id, ".", &seconds.to_string(), ".", body] {
            mac.update(part.as_bytes());
        }
        format!("v1,{}", BASE64.encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the specification's libraries are tested with.
    #[test]
    fn the_public_example() {
        let signer = Signer::new(&Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).unwrap();
        let signature = signer.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn secrets_as_people_write_them() {
        let short = format!("whsec_{}", BASE64.encode([7; 23]));
        let long = format!("whsec_{}", BASE64.encode([7; 65]));
        for secret in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!!!", &short, &long] {
            assert!(Signer::new(&Secret::new(secret)).is_err(), "{secret}");
        }
        let longest = Secret::new(format!(" whsec_{}\n", BASE64.encode([7; 64])));
        assert!(Signer::new(&longest).is_ok());
    }
}
