//! Passwords: kept as argon2id hashes, with the parameters that OWASP's password storage cheat sheet names (19 MiB, two passes,
//! one lane).

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};

use crate::id::Ids;

/// Bytes of salt.
const SALT: usize = 16;
/// KiB that one hash takes.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Letters of a password that is made by chance: 95 bits. Without those that are taken for another.
const MADE: usize = 20;
const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A password as it is kept: argon2id in PHC's format.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordDigest(pub String);

/// Why a text cannot be a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than [`Passwords::SHORTEST`] characters.
    #[error("the password is too short: 12 characters at least; a sentence is easier to remember than signs")]
    Short,
    /// More than [`Passwords::LONGEST`] characters: an argon2 of megabytes would keep the machine busy.
    #[error("the password is too long: 200 characters at most")]
    Long,
    /// It is the account's name, or one character over and over.
    #[error("the password is too easy: not the account's name, and not one character over and over")]
    Easy,
    /// The hash could not be made.
    #[error("the password could not be hashed")]
    Hash,
}

/// Makes and checks them. Both take tens of milliseconds of a core: never on a runtime's thread, never inside a unit of work.
pub struct Passwords(Argon2<'static>);

impl Passwords {
    /// The shortest password, in characters.
    pub const SHORTEST: usize = 12;
    /// The longest, in characters.
    pub const LONGEST: usize = 200;

    /// With the parameters above.
    #[must_use]
    pub fn new() -> Self {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap_or_default();
        Self(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// Whether `text` may be the password of the account `name`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn judge(name: &str, text: &str) -> Result<(), PasswordError> {
        let length = text.chars().count();
        if length < Self::SHORTEST {
            return Err(PasswordError::Short);
        }
        if length > Self::LONGEST {
            return Err(PasswordError::Long);
        }
        let first = text.chars().next();
        if text.chars().all(|character| Some(character) == first) || text.to_lowercase().contains(&name.to_lowercase())
        {
            return Err(PasswordError::Easy);
        }
        Ok(())
    }

    /// The digest of `text`.
    ///
    /// # Errors
    /// [`PasswordError::Hash`] when there is no memory for it.
    pub fn digest(&self, ids: &Ids, text: &str) -> Result<PasswordDigest, PasswordError> {
        let hash = self.0.hash_password_with_salt(text.as_bytes(), &ids.bytes::<SALT>());
        hash.map(|hash| PasswordDigest(hash.to_string())).map_err(|_| PasswordError::Hash)
    }

    /// Whether `text` is the password. Without a digest it takes the same time and is not.
    #[must_use]
    pub fn is_right(&self, digest: Option<&PasswordDigest>, text: &str) -> bool {
        let text = if text.chars().count() > Self::LONGEST { "" } else { text };
        let known = digest.and_then(|digest| PasswordHash::new(&digest.0).ok());
        if let Some(known) = known {
            return self.0.verify_password(text.as_bytes(), &known).is_ok();
        }
        // Whoever measures the time learns nothing about which accounts there are.
        let _ = self.0.hash_password_with_salt(text.as_bytes(), &[0; SALT]);
        false
    }

    /// A password by chance, in groups that can be read out.
    #[must_use]
    pub fn make(ids: &Ids) -> String {
        let letters: Vec<char> = (0..MADE)
            .map(|_| {
                let index = usize::try_from(ids.below(LETTERS.len() as u64)).unwrap_or(0);
                LETTERS.get(index).copied().map_or('a', char::from)
            })
            .collect();
        letters.chunks(5).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

/// Never the digest: whoever has it can try passwords at home.
impl std::fmt::Debug for PasswordDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordDigest")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_another_is_not() {
        let (ids, passwords) = (Ids::seeded(1), Passwords::new());
        let digest = passwords.digest(&ids, "una frase larga").unwrap();
        assert!(digest.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", digest.0);
        assert!(passwords.is_right(Some(&digest), "una frase larga"));
        assert!(!passwords.is_right(Some(&digest), "una frase corta"));
        assert!(!passwords.is_right(None, "una frase larga"));
        assert_ne!(passwords.digest(&ids, "una frase larga").unwrap(), digest, "each has a salt of its own");
    }

    #[test]
    fn what_can_be_a_password() {
        let long = "a1".repeat(101);
        for (text, judged) in [
            ("corta", Err(PasswordError::Short)),
            (long.as_str(), Err(PasswordError::Long)),
            ("aaaaaaaaaaaaaaaa", Err(PasswordError::Easy)),
            ("Maria.Perez-2026", Err(PasswordError::Easy)),
            ("ñandú ñandú ñandú", Ok(())),
        ] {
            assert_eq!(Passwords::judge("maria.perez", text), judged, "{text}");
        }
        let made = Passwords::make(&Ids::seeded(2));
        assert_eq!((made.len(), Passwords::judge("ana", &made)), (23, Ok(())), "{made}");
    }
}
