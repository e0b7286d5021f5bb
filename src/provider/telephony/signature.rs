//! The provider's signature (`X-Twilio-Signature`): HMAC-SHA1 over the URL and the sorted parameters, in base64.
//!
//! It has no delimiters, no time and no nonce: it proves that the provider once sent these characters, in this order, to this
//! URL. What they mean is checked afterwards ([`super::Verifier`], [`super::Events`]).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::provider::Secret;

/// The query key that carries the hash of a JSON body.
const BODY_HASH: &str = "bodySHA256";

/// A token that signs. There is none for an empty token: everybody could sign with it.
#[derive(Clone)]
pub struct Key(Hmac<Sha1>);

impl Key {
    /// The key of `token`; `None` when the token is empty.
    #[must_use]
    pub fn new(token: &Secret) -> Option<Self> {
        if token.is_empty() {
            return None;
        }
        Hmac::new_from_slice(token.expose().as_bytes()).ok().map(Self)
    }

    fn over(&self, url: &str, params: &[(String, String)]) -> Hmac<Sha1> {
        // Sorted unique keys, each with its sorted unique values: that is, the sorted unique pairs.
        let mut pairs: Vec<_> = params.iter().collect();
        pairs.sort_unstable();
        pairs.dedup();
        let mut mac = self.0.clone();
        mac.update(url.as_bytes());
        for (key, value) in pairs {
            mac.update(key.as_bytes());
            mac.update(value.as_bytes());
        }
        mac
    }
}

/// Signs a request to exactly this `url`, as the provider does.
#[must_use]
pub fn sign(key: &Key, url: &str, params: &[(String, String)]) -> String {
    BASE64.encode(key.over(url, params).finalize().into_bytes())
}

/// Whether `signature` (base64) is one of a form sent to `url`, in any of the ways the provider writes a URL. Takes the same
/// time wherever the signature is wrong.
#[must_use]
pub fn is_signed(key: &Key, url: &str, params: &[(String, String)], signature: &str) -> bool {
    let Ok(signature) = BASE64.decode(signature) else { return false };
    candidates(url).iter().any(|url| key.over(url, params).verify_slice(&signature).is_ok())
}

/// Whether `signature` is one of a JSON `body` sent to `url`: the body's hash stands in the query, and the URL alone is signed.
#[must_use]
pub fn is_signed_json(key: &Key, url: &str, body: &[u8], signature: &str) -> bool {
    let hash = Sha256::digest(body);
    let same = |text: &str| {
        let mut digits = text.chars();
        let matches = hash.iter().all(|byte| {
            let (high, low) = (digits.next(), digits.next());
            high.and_then(|digit| digit.to_digit(16)) == Some(u32::from(byte >> 4))
                && low.and_then(|digit| digit.to_digit(16)) == Some(u32::from(byte & 15))
        });
        matches && digits.next().is_none()
    };
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut hashes = query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(key, _)| *key == BODY_HASH);
    let named = hashes.next().is_some_and(|(_, named)| same(named)) && hashes.next().is_none();
    named && is_signed(key, url, &[], signature)
}

/// The ways the provider may have written `url` when it signed: with and without the port, and with apostrophes of the query as
/// they came or percent-encoded (the WHATWG rule). A fragment is not part of a request.
#[must_use]
pub fn candidates(url: &str) -> Vec<String> {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    let mut spellings = vec![url.to_owned()];
    if let Some((scheme, authority, tail)) = parts(url) {
        spellings.push(if let Some(host) = without_port(authority) {
            format!("{scheme}://{host}{tail}")
        } else {
            let port = if scheme.eq_ignore_ascii_case("http") { 80 } else { 443 };
            format!("{scheme}://{authority}:{port}{tail}")
        });
    }
    let quoted: Vec<_> = spellings
        .iter()
        .filter_map(|url| url.split_once('?'))
        .filter(|(_, query)| query.contains('\''))
        .map(|(path, query)| format!("{path}?{}", query.replace('\'', "%27")))
        .collect();
    spellings.extend(quoted);
    spellings
}

/// Scheme, authority, and the rest from the first `/` or `?` on.
fn parts(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let (authority, tail) = rest.find(['/', '?']).and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
    Some((scheme, authority, tail))
}

/// The authority without its port; `None` when it has none.
fn without_port(authority: &str) -> Option<&str> {
    let (host, port) = authority.rsplit_once(':')?;
    // The last colon may belong to a password or to an IPv6 address.
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    is_port.then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUERY: &str = "/myapp.php?foo=1&bar=2";
    const JSON: &str = r#"{"property": "value", "boolean": true}"#;
    const JSON_HASH: &str = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
    const EMPTY_HASH: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    fn key() -> Key {
        Key::new(&Secret::new("12345")).unwrap()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn call() -> Vec<(String, String)> {
        pairs(&[
            ("To", "+18005551212"),
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675309"),
            ("From", "+14158675309"),
            ("Digits", "1234"),
        ])
    }

    /// Every public vector of the provider's own libraries: the URL as received, the URL as signed, and the signature.
    #[test]
    fn the_public_vectors_of_forms() {
        let duplicates = pairs(&[
            ("SidAccount", "AC123"),
            ("Sid", "CA123"),
            ("Digits", "5678"),
            ("Digits", "1234"),
            ("Digits", "1234"),
        ]);
        let address = "MessagingBinding.Address";
        let array = pairs(&[(address, "+1325xxxxxxx"), (address, "+1415xxxxxxx")]);
        let reversed = pairs(&[(address, "+1415xxxxxxx"), (address, "+1325xxxxxxx")]);
        let with = |authority: &str| format!("{authority}{QUERY}");
        let https = with("https://mycompany.com");
        let special = format!("{https}&Body=It's+amazing");
        let encoded = format!("{https}&Body=It%27s+amazing");
        for (received, signed, params, signature) in [
            (https.clone(), https.clone(), call(), "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
            (with("https://mycompany.com:1234"), https.clone(), call(), "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
            (https.clone(), with("https://mycompany.com:443"), call(), "kvajT1Ptam85bY51eRf/AJRuM3w="),
            (with("http://mycompany.com"), with("http://mycompany.com:80"), call(), "0ZXoZLH/DfblKGATFgpif+LLRf4="),
            (
                with("http://mycompany.com:1234"),
                with("http://mycompany.com:1234"),
                call(),
                "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=",
            ),
            (https.clone(), https.clone(), duplicates, "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
            (https.clone(), https.clone(), array, "83O6e2vORAoJHUNzJjDWN1jz+BA="),
            (https.clone(), https.clone(), reversed, "83O6e2vORAoJHUNzJjDWN1jz+BA="),
            (
                with("https://user:pass@mycompany.com"),
                with("https://user:pass@mycompany.com"),
                call(),
                "CukzLTc1tT5dXEDIHm/tKBanW10=",
            ),
            (
                with("https://user@mycompany.com"),
                with("https://user@mycompany.com"),
                call(),
                "2YRLlVAflCqxaNicjMpJcSTgzSs=",
            ),
            (
                with("https://user:pass@mycompany.com"),
                with("https://user:pass@mycompany.com:443"),
                call(),
                "ZQFR1PTIZXF2MXB8ZnKCvnnA+rI=",
            ),
            (special, encoded, call(), "TfZzewPq8wqrGlMfyAud8+/IvJ0="),
        ] {
            assert_eq!(sign(&key(), &signed, &params), signature, "{signed}");
            assert!(is_signed(&key(), &received, &params, signature), "{received}");
            assert!(
                !is_signed(&key(), &received, &pairs(&[("Digits", "9")]), signature),
                "{received}: other parameters"
            );
            let other = Key::new(&Secret::new("54321")).unwrap();
            assert!(!is_signed(&other, &received, &params, signature), "{received}: another token");
            assert!(!is_signed(&key(), &received.replace("mycompany", "other"), &params, signature), "another host");
        }
    }

    #[test]
    fn the_public_vectors_of_json() {
        let https = format!("https://mycompany.com{QUERY}");
        for (url, body, signature) in [
            (format!("{https}&bodySHA256={JSON_HASH}"), JSON, "a9nBmqA0ju/hNViExpshrM61xv4="),
            (format!("{https}&bodySHA256={EMPTY_HASH}"), "{}", "Ldidvp12m26NI7eqEvxnEpkd9Hc="),
            (format!("https://mycompany.com/myapp.php?bodySHA256={JSON_HASH}"), JSON, "y77kIzt2vzLz71DgmJGsen2scGs="),
        ] {
            assert!(is_signed_json(&key(), &url, body.as_bytes(), signature), "{url}");
            assert!(!is_signed_json(&key(), &url, b"{ }", signature), "{url}: another body");
            let twice = format!("{url}&bodySHA256={JSON_HASH}");
            assert!(!is_signed_json(&key(), &twice, body.as_bytes(), &sign(&key(), &twice, &[])), "two hashes");
        }
        let without = sign(&key(), &https, &[]);
        assert!(!is_signed_json(&key(), &https, b"{}", &without), "no hash, no proof of the body");
    }

    #[test]
    fn the_ways_a_url_is_written() {
        for (url, ways) in [
            ("https://h/p#rc=2", vec!["https://h/p", "https://h:443/p"]),
            ("https://h:8443", vec!["https://h:8443", "https://h"]),
            ("http://h?a=1", vec!["http://h?a=1", "http://h:80?a=1"]),
            ("https://[::1]:8443/p", vec!["https://[::1]:8443/p", "https://[::1]/p"]),
            ("https://[::1]/p", vec!["https://[::1]/p", "https://[::1]:443/p"]),
            ("https://h/it's", vec!["https://h/it's", "https://h:443/it's"]),
            (
                "https://h/?a='",
                vec!["https://h/?a='", "https://h:443/?a='", "https://h/?a=%27", "https://h:443/?a=%27"],
            ),
            ("nonsense", vec!["nonsense"]),
        ] {
            assert_eq!(candidates(url), ways);
        }
    }

    #[test]
    fn an_empty_token_is_no_key_and_a_broken_signature_is_refused() {
        assert!(Key::new(&Secret::new("")).is_none());
        assert!(Key::new(&Secret::new("  ")).is_none());
        let url = format!("https://mycompany.com{QUERY}");
        for signature in ["", "RSOYDt4T1cUTdK1PDd93/VVr8B8", "RSOYDt4T", "???", "RSOYDt4T1cUTdK1PDd93/VVr8B8=="] {
            assert!(!is_signed(&key(), &url, &call(), signature), "{signature}");
        }
    }
}
