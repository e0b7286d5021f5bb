//! Accounts of people who open the console, how wrong passwords lock them, and their sessions.

use chrono::TimeDelta;

use super::{PasswordDigest, Role};
use crate::clock::Instant;
use crate::id::AccountId;
use crate::language::Language;

/// The longest login name, in characters.
const LONGEST_LOGIN: usize = 40;
/// The longest name of a person, in characters.
const LONGEST_NAME: usize = 80;
/// Wrong passwords in a row before the account is locked.
const PATIENCE: u32 = 5;
/// How long the first lock lasts; each further one twice as long, up to [`LONGEST_LOCK`].
const FIRST_LOCK: TimeDelta = TimeDelta::minutes(5);
const LONGEST_LOCK: TimeDelta = TimeDelta::hours(1);

/// What a login name must be.
pub const LOGIN_MEND: &str =
    "write a login of lower-case letters, digits, dots, hyphens and underscores, up to 40 of them, e.g. ana.perez";

/// Somebody who may open the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What they write to come in. No two accounts ever share one: it stands in histories.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The person of the roster that they are, by id: whose pages are their own.
    pub person: Option<String>,
    /// The language they read.
    pub language: Language,
    /// Their password; `None` = they come in by another door (`OpenID` Connect) only.
    pub password: Option<PasswordDigest>,
    /// Whether somebody else knows the password, so that it must be changed first.
    pub temporary: bool,
    /// The secret of their second factor (RFC 6238), in base32.
    pub totp: Option<String>,
    /// The last time step whose code was used: no code counts twice.
    pub totp_step: i64,
    /// Wrong passwords since the last right one.
    pub failures: u32,
    /// Until when no password counts.
    pub locked_until: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
    /// Since when it opens nothing.
    pub disabled_at: Option<Instant>,
}

impl Account {
    /// Whether somebody may come in with it at `now`, if they know the password.
    #[must_use]
    pub fn is_open(&self, now: Instant) -> bool {
        self.disabled_at.is_none() && self.locked_until.is_none_or(|until| until <= now)
    }

    /// Until when the account is locked after one more wrong password at `now`; `None` = it bears more.
    #[must_use]
    pub fn lock_after(failures: u32, now: Instant) -> Option<Instant> {
        if failures < PATIENCE {
            return None;
        }
        let doublings = (failures.saturating_sub(PATIENCE) / PATIENCE).min(10);
        let lock = FIRST_LOCK.checked_mul(1 << doublings).unwrap_or(LONGEST_LOCK).min(LONGEST_LOCK);
        failures.is_multiple_of(PATIENCE).then(|| now + lock)
    }

    /// Whether this can be a login.
    #[must_use]
    pub fn is_login(text: &str) -> bool {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
        (1..=LONGEST_LOGIN).contains(&text.len()) && text.bytes().all(fits)
    }

    /// Whether this can be the name of a person: one line of letters.
    #[must_use]
    pub fn is_name(text: &str) -> bool {
        let text = text.trim();
        (1..=LONGEST_NAME).contains(&text.chars().count()) && !text.chars().any(char::is_control)
    }
}

/// Somebody who came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The hash of what their browser shows.
    pub hash: String,
    /// Who they are.
    pub account: AccountId,
    /// When they came in.
    pub began_at: Instant,
    /// When they were seen last, to the minute.
    pub seen_at: Instant,
}

impl Session {
    /// Unseen for so long, it counts no more.
    pub const IDLE: TimeDelta = TimeDelta::hours(1);
    /// It never lasts longer: one shift.
    pub const LONGEST: TimeDelta = TimeDelta::hours(12);
    /// How exactly it is known when somebody was seen last.
    pub const COARSE: TimeDelta = TimeDelta::minutes(1);

    /// Whether it counts at `now`.
    #[must_use]
    pub fn counts(&self, now: Instant) -> bool {
        now < self.seen_at + Self::IDLE && now < self.began_at + Self::LONGEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Instant {
        "2026-03-07T22:00:00Z".parse::<Instant>().unwrap() + TimeDelta::minutes(minutes)
    }

    #[test]
    fn every_fifth_wrong_password_locks_for_longer() {
        let locks = |failures| Account::lock_after(failures, at(0)).map(|until| (until - at(0)).num_minutes());
        let expected = [(1, None), (4, None), (5, Some(5)), (6, None), (10, Some(10)), (15, Some(20)), (50, Some(60))];
        for (failures, minutes) in expected {
            assert_eq!(locks(failures), minutes, "{failures}");
        }
        assert_eq!(locks(u32::MAX), Some(60));
    }

    #[test]
    fn a_session_ends_unseen_and_after_a_shift() {
        let session =
            |seen| Session { hash: String::new(), account: AccountId::default(), began_at: at(0), seen_at: at(seen) };
        assert!(session(0).counts(at(59)) && !session(0).counts(at(60)));
        assert!(session(719).counts(at(719)) && !session(719).counts(at(720)));
    }

    #[test]
    fn logins_and_names() {
        for (text, is) in [("ana.perez", true), ("Ana", false), ("", false), ("a b", false), ("ñ", false)] {
            assert_eq!(Account::is_login(text), is, "{text}");
        }
        for (text, is) in [("Ana Pérez", true), (" ", false), ("a\nb", false)] {
            assert_eq!(Account::is_name(text), is, "{text}");
        }
    }
}
