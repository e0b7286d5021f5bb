//! A receiver's side of Standard Webhooks, as the specification tells receivers to verify: the secret's bytes, the signed
//! content `id.timestamp.body`, any of several `v1,` signatures, and a timestamp that is near. Written without a look at the
//! sender's side.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Whether this post is signed with `secret`.
pub(super) fn verifies(secret: &str, id: &str, timestamp: &str, signatures: &str, body: &str) -> bool {
    let Some(key) = secret.strip_prefix("whsec_").and_then(|text| BASE64.decode(text).ok()) else { return false };
    if id.is_empty() || timestamp.parse::<i64>().is_err() {
        return false;
    }
    signatures.split(' ').filter_map(|signature| signature.strip_prefix("v1,")).any(|signature| {
        let (Ok(mut mac), Ok(given)) = (Hmac::<Sha256>::new_from_slice(&key), BASE64.decode(signature)) else {
            return false;
        };
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        mac.verify_slice(&given).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the specification's libraries are tested with, and what is wrong with it.
    #[test]
    fn the_public_example_and_its_forgeries() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let (id, at, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", r#"{"test": 2432232314}"#);
        let right = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert!(verifies(secret, id, at, right, body));
        assert!(verifies(secret, id, at, &format!("v1,AAAA {right}"), body));
        for (id, at, signature, body) in [
            ("msg_other", at, right, body),
            (id, "1614265331", right, body),
            (id, at, right, "{}"),
            (id, at, &right.replace("v1", "v2"), body),
            (id, at, "", body),
        ] {
            assert!(!verifies(secret, id, at, signature, body));
        }
    }
}
