//! The signature of a webhook, as the provider documents it: base64 of HMAC-SHA1 over the URL and, for a form, every
//! distinct name and value in byte order, run together without delimiters.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// Signs a request to `url` (without its fragment) whose form has `params`; a GET has none, its query is in the URL.
#[must_use]
pub fn sign(auth_token: &str, url: &str, params: &[(String, String)]) -> String {
    let mut text = url.to_owned();
    let distinct: BTreeSet<(&str, &str)> = params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for (name, value) in distinct {
        text.push_str(name);
        text.push_str(value);
    }
    match Hmac::<Sha1>::new_from_slice(auth_token.as_bytes()) {
        Ok(mut mac) => {
            mac.update(text.as_bytes());
            STANDARD.encode(mac.finalize().into_bytes())
        }
        // HMAC takes a key of any length; no signature is what is left to say.
        Err(_) => String::new(),
    }
}
