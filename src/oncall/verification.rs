//! Whether a contact is known to reach its person: they gave back a code that was sent to it, or answered a page over it.
//! An unverified contact is still paged; readiness names it.

use chrono::TimeDelta;

use crate::clock::Instant;

/// How long a code that was sent to a contact can be given back.
pub const CODE_LIFE: TimeDelta = TimeDelta::minutes(15);
/// How many wrong codes use one up.
pub const CODE_TRIES: u32 = 5;

/// What is known of one contact of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The person's id.
    pub person: String,
    /// The contact's id, unique within the person.
    pub contact: String,
    /// A keyed hash of the address this is about: of another one nothing is known.
    pub address_hash: String,
    /// Since when the contact is known to reach the person, and by what.
    pub verified: Option<(Instant, Proof)>,
    /// The code that was sent there and has not come back.
    pub challenge: Option<Challenge>,
}

/// A code that was sent to a contact. Only its hash is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// A keyed hash of the code.
    pub code_hash: String,
    /// From when on it is worth nothing.
    pub expires_at: Instant,
    /// How many wrong codes came.
    pub wrong: u32,
}

/// What showed that a contact reaches its person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// They gave back the code that was sent there.
    Code,
    /// They answered a page over it.
    Page,
}

/// What came of a code that was given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It is the one: the contact is verified.
    Right,
    /// It is another; so many more may be tried.
    Wrong {
        /// 0 when this was the last.
        left: u32,
    },
    /// None was sent, it expired, or too many wrong ones came: send a new one.
    NoCode,
}

impl Proof {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Code, Self::Page];

    /// The word stored and shown in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Page => "page",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|proof| proof.as_str() == word)
    }
}

impl Verification {
    /// Of a contact of which nothing is known.
    #[must_use]
    pub fn unknown(person: &str, contact: &str, address_hash: String) -> Self {
        Self { person: person.to_owned(), contact: contact.to_owned(), address_hash, verified: None, challenge: None }
    }

    /// What of this still holds for a contact whose address now has this hash: nothing, where it is another one.
    #[must_use]
    pub fn of_address(self, address_hash: &str) -> Self {
        if self.address_hash == address_hash {
            return self;
        }
        Self::unknown(&self.person, &self.contact, address_hash.to_owned())
    }

    /// A code was sent; one that was sent before is worth nothing from now on.
    pub fn sent(&mut self, code_hash: String, now: Instant) {
        self.challenge = Some(Challenge { code_hash, expires_at: now + CODE_LIFE, wrong: 0 });
    }

    /// The contact proved to reach the person at `now`.
    pub fn prove(&mut self, proof: Proof, now: Instant) {
        self.verified = Some((now, proof));
        self.challenge = None;
    }

    /// A code with this hash was given back at `now`. A right one is taken once.
    pub fn answer(&mut self, code_hash: &str, now: Instant) -> Attempt {
        let standing = self.challenge.as_mut().filter(|code| now < code.expires_at && code.wrong < CODE_TRIES);
        let Some(challenge) = standing else { return Attempt::NoCode };
        if challenge.code_hash != code_hash {
            challenge.wrong = challenge.wrong.saturating_add(1);
            return Attempt::Wrong { left: CODE_TRIES.saturating_sub(challenge.wrong) };
        }
        self.prove(Proof::Code, now);
        Attempt::Right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn asked() -> Verification {
        let mut known = Verification::unknown("ana", "sms", "address".to_owned());
        known.sent("right".to_owned(), at(0));
        known
    }

    #[test]
    fn a_code_is_taken_once_and_in_time() {
        for (seconds, attempt) in [(0, Attempt::Right), (899, Attempt::Right), (900, Attempt::NoCode)] {
            let mut known = asked();
            assert_eq!(known.answer("right", at(seconds)), attempt, "{seconds}");
            assert_eq!(known.verified.is_some(), attempt == Attempt::Right, "{seconds}");
            assert_eq!(known.answer("right", at(seconds)), Attempt::NoCode, "{seconds}");
        }
    }

    #[test]
    fn the_fifth_wrong_code_uses_it_up_and_a_new_one_replaces_it() {
        let mut known = asked();
        for left in (0..CODE_TRIES).rev() {
            assert_eq!(known.answer("wrong", at(1)), Attempt::Wrong { left });
        }
        assert_eq!(known.answer("right", at(1)), Attempt::NoCode);
        known.sent("newer".to_owned(), at(2));
        assert_eq!(known.answer("right", at(3)), Attempt::Wrong { left: 4 });
        assert_eq!(known.answer("newer", at(3)), Attempt::Right);
    }

    #[test]
    fn a_changed_address_is_unverified_again() {
        let mut known = asked();
        known.prove(Proof::Page, at(5));
        assert_eq!(known.clone().of_address("address"), known);
        let moved = known.of_address("another");
        assert_eq!((moved.verified, moved.challenge, moved.address_hash.as_str()), (None, None, "another"));
    }

    #[test]
    fn a_proof_is_read_back() {
        for proof in Proof::ALL {
            assert_eq!(Proof::from_word(proof.as_str()), Some(proof));
        }
        assert_eq!(Proof::from_word("hope"), None);
    }
}
