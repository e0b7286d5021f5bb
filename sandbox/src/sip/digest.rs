//! Who somebody says they are, proved without sending the password (RFC 7616 and RFC 8760: MD5 and SHA-256, qop `auth`).

use std::fmt::Write as _;
use std::net::IpAddr;

use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha2::{Digest as _, Sha256};

use crate::time::Instant;

/// Longest header that is read.
const LONGEST: usize = 2048;

/// Makes challenges and checks answers. A nonce carries its own time and is bound to the address it was given to, so
/// nothing needs to be remembered. Until it expires it may be used again by the same address.
pub(crate) struct Digest {
    realm: String,
    secret: [u8; 32],
    lifetime: TimeDelta,
    sha256: bool,
}

/// What an answer was worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The password is right.
    Right,
    /// The password is right and the nonce too old: the telephone may try again by itself.
    Stale,
    /// Anything else.
    Wrong,
}

/// An answer, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub username: String,
    realm: String,
    nonce: String,
    uri: String,
    response: String,
    sha256: bool,
    /// `cnonce` and `nc`, when `qop` is `auth`.
    qop: Option<(String, String)>,
}

impl Digest {
    pub(crate) fn new(realm: &str, secret: [u8; 32], lifetime: TimeDelta, sha256: bool) -> Self {
        Self { realm: realm.to_owned(), secret, lifetime, sha256 }
    }

    /// The values of the headers that ask for a proof, the best first (RFC 8760).
    pub(crate) fn challenges(&self, source: IpAddr, now: Instant, stale: bool) -> Vec<String> {
        let nonce = self.nonce(source, now.timestamp());
        let stale = if stale { ", stale=true" } else { "" };
        let algorithms: &[&str] = if self.sha256 { &["SHA-256", "MD5"] } else { &["MD5"] };
        algorithms
            .iter()
            .map(|algorithm| {
                let realm = &self.realm;
                format!("Digest realm=\"{realm}\", nonce=\"{nonce}\", algorithm={algorithm}, qop=\"auth\"{stale}")
            })
            .collect()
    }

    /// Checks an answer against the password of whoever it names; `None` = nobody of that name, and the same work is done.
    pub(crate) fn check(
        &self,
        answer: &Answer,
        password: Option<&str>,
        method: &str,
        source: IpAddr,
        now: Instant,
    ) -> Proof {
        let hash = |text: &str| {
            if answer.sha256 { hex(&Sha256::digest(text.as_bytes())) } else { hex(&Md5::digest(text.as_bytes())) }
        };
        let known = hash(&format!("{}:{}:{}", answer.username, self.realm, password.unwrap_or_default()));
        let asked = hash(&format!("{method}:{}", answer.uri));
        let expected = match &answer.qop {
            Some((cnonce, count)) => hash(&format!("{known}:{}:{count}:{cnonce}:auth:{asked}", answer.nonce)),
            None => hash(&format!("{known}:{}:{asked}", answer.nonce)),
        };
        let right = same(&expected, &answer.response.to_ascii_lowercase());
        let given = self.given_at(&answer.nonce, source);
        match given {
            Some(given) if right && password.is_some() && answer.realm == self.realm => {
                let age = now.timestamp().saturating_sub(given);
                if (0..=self.lifetime.num_seconds()).contains(&age) { Proof::Right } else { Proof::Stale }
            }
            _ => Proof::Wrong,
        }
    }

    fn nonce(&self, source: IpAddr, seconds: i64) -> String {
        let time = format!("{seconds:x}");
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(&self.secret) else { return time };
        let sealed = mac.chain_update(format!("{time} {source}")).finalize().into_bytes();
        format!("{time}.{}", hex(&sealed))
    }

    /// When we gave this nonce to this address; `None` = we did not.
    fn given_at(&self, nonce: &str, source: IpAddr) -> Option<i64> {
        let (time, _) = nonce.split_once('.')?;
        let seconds = i64::from_str_radix(time, 16).ok()?;
        same(&self.nonce(source, seconds), nonce).then_some(seconds)
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("Digest").field("realm", &self.realm).finish_non_exhaustive()
    }
}

impl Answer {
    /// Reads the value of an `Authorization` header; `None` = not an answer that we asked for.
    pub(crate) fn read(value: &str) -> Option<Self> {
        if value.len() > LONGEST {
            return None;
        }
        let (scheme, mut rest) = value.trim().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("digest") {
            return None;
        }
        let mut fields: Vec<(String, String)> = Vec::new();
        while let Some((name, after)) = rest.split_once('=') {
            let after = after.trim_start();
            let (value, left) = match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"')?,
                None => after.split_once(',').map_or((after, ""), |(value, left)| (value.trim(), left)),
            };
            fields.push((name.trim_matches([' ', ',', '\t']).to_ascii_lowercase(), value.to_owned()));
            rest = left;
        }
        let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let sha256 = match field("algorithm").unwrap_or_default().to_ascii_uppercase().as_str() {
            "" | "MD5" => false,
            "SHA-256" => true,
            _ => return None,
        };
        let qop = match field("qop").as_deref() {
            None => None,
            Some("auth") => Some((field("cnonce")?, field("nc")?)),
            Some(_) => return None,
        };
        Some(Self {
            username: field("username")?,
            realm: field("realm")?,
            nonce: field("nonce")?,
            uri: field("uri")?,
            response: field("response")?,
            sha256,
            qop,
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Equal, in a time that does not tell where they differ.
fn same(left: &str, right: &str) -> bool {
    left.len() == right.len() && left.bytes().zip(right.bytes()).fold(0, |all, (left, right)| all | (left ^ right)) == 0
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn at(seconds: i64) -> Instant {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(1_700_000_000 + seconds)
    }

    fn digest() -> Digest {
        Digest::new("sandbox", [7; 32], TimeDelta::seconds(60), true)
    }

    /// What a telephone answers.
    fn answer(challenge: &str, password: &str, algorithm: &str) -> Answer {
        let nonce = challenge.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap();
        let hash = |text: String| match algorithm {
            "MD5" => hex(&Md5::digest(text.as_bytes())),
            _ => hex(&Sha256::digest(text.as_bytes())),
        };
        let known = hash(format!("+18095550111:sandbox:{password}"));
        let asked = hash("REGISTER:sip:127.0.0.1".to_owned());
        let response = hash(format!("{known}:{nonce}:00000001:abc:auth:{asked}"));
        Answer::read(&format!(
            "Digest username=\"+18095550111\", realm=\"sandbox\", nonce=\"{nonce}\", uri=\"sip:127.0.0.1\", \
             response=\"{response}\", algorithm={algorithm}, cnonce=\"abc\", nc=00000001, qop=auth"
        ))
        .unwrap()
    }

    #[test]
    fn the_example_of_rfc_7616_is_right_in_both_algorithms() {
        // Section 3.9.1, its own realm and nonce; the nonce is not ours, so only the hash is compared.
        let text = |algorithm: &str, response: &str| {
            format!(
                "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", \
                 algorithm={algorithm}, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, \
                 cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"{response}\""
            )
        };
        let cases = [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ];
        for (algorithm, response) in cases {
            let mut digest = digest();
            "http-auth@example.org".clone_into(&mut digest.realm);
            let answer = Answer::read(&text(algorithm, response)).unwrap();
            // A foreign nonce is wrong in any case: seal it by hand and see that nothing else was.
            assert_eq!(digest.check(&answer, Some("Circle of Life"), "GET", HOME, at(0)), Proof::Wrong);
            let hash = |text: String| match algorithm {
                "MD5" => hex(&Md5::digest(text.as_bytes())),
                _ => hex(&Sha256::digest(text.as_bytes())),
            };
            let known = hash("Mufasa:http-auth@example.org:Circle of Life".to_owned());
            let asked = hash("GET:/dir/index.html".to_owned());
            let (cnonce, count) = answer.qop.clone().unwrap();
            assert_eq!(hash(format!("{known}:{}:{count}:{cnonce}:auth:{asked}", answer.nonce)), response);
        }
    }

    #[test]
    fn the_right_password_in_time_from_the_same_address() {
        let digest = digest();
        for (challenge, algorithm) in digest.challenges(HOME, at(0), false).iter().zip(["SHA-256", "MD5"]) {
            let good = answer(challenge, "secret", algorithm);
            let check = |password, method, source, now| digest.check(&good, password, method, source, at(now));
            assert_eq!(check(Some("secret"), "REGISTER", HOME, 60), Proof::Right);
            assert_eq!(check(Some("secret"), "REGISTER", HOME, 61), Proof::Stale);
            assert_eq!(check(Some("other"), "REGISTER", HOME, 0), Proof::Wrong);
            assert_eq!(check(Some("secret"), "INVITE", HOME, 0), Proof::Wrong);
            assert_eq!(check(Some("secret"), "REGISTER", IpAddr::from([10, 0, 0, 1]), 0), Proof::Wrong);
            assert_eq!(check(None, "REGISTER", HOME, 0), Proof::Wrong);
            let nobody = answer(challenge, "", algorithm);
            assert_eq!(
                digest.check(&nobody, None, "REGISTER", HOME, at(0)),
                Proof::Wrong,
                "no password is no password"
            );
        }
        assert!(digest.challenges(HOME, at(0), true)[0].ends_with("stale=true"));
    }

    #[test]
    fn a_nonce_that_was_made_up_is_wrong() {
        let digest = digest();
        let forged = answer("Digest nonce=\"6553f100.00\"", "secret", "MD5");
        assert_eq!(digest.check(&forged, Some("secret"), "REGISTER", HOME, at(0)), Proof::Wrong);
    }

    #[test]
    fn what_is_no_answer() {
        for value in [
            "",
            "Digest",
            "Basic abc=",
            "Digest username=\"a\"",
            "Digest username=\"a, realm",
            "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\", algorithm=MD4",
            "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\", qop=auth-int",
            "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\", qop=auth",
        ] {
            assert_eq!(Answer::read(value), None, "{value}");
        }
        assert_eq!(Answer::read(&format!("Digest {}", "a=b,".repeat(1000))), None);
    }
}
