//! A recording that is not handed over is heard by a link in the ticket of its case: by whoever has it, until it lapses, and each
//! listening is on the case's timeline.
//!
//! A token is when it lapses, a keyed hash, and the provider's id of the recording. Nothing is kept of it: what is written into a
//! store of another maker cannot be taken back, so it ends by itself.

use chrono::TimeDelta;

use super::hotline::keyed;
use super::link::is_same;
use super::{Hotline, OpsError};
use crate::call::Recording;
use crate::clock::Instant;
use crate::id::hex;
use crate::incident::{Actor, CaseNumber, Change, Entry};
use crate::store::Tx;

/// How many letters of a token say when it lapses: seconds since 1970, in hexadecimal digits.
const WHEN: usize = 10;
/// How many bytes of the hash are in it, two letters each.
const HASH: usize = 16;
/// No token is longer: an id of the provider's has 34 letters.
const LONGEST: usize = 128;
/// So often one recording is heard within an hour: more than people listen, and little enough for a timeline.
const MOST: usize = 60;
const WITHIN: TimeDelta = TimeDelta::hours(1);

/// Where recordings of cases are heard.
#[derive(Clone, Debug)]
pub struct Sounds {
    /// Whether they are on the tickets, wherever a store takes them; else tickets have links to them.
    pub on_tickets: bool,
    /// The address below which such links stand, without a final slash.
    pub links: String,
    /// How long one works.
    pub link_life: TimeDelta,
}

/// What a link of a recording leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordingLink {
    /// A recording of this case.
    Open(Recording, CaseNumber),
    /// Nothing any more.
    Lapsed,
    /// Nothing for a while: it was heard too often.
    TooOften,
}

/// Where `recording` is heard until the second of `until`.
pub(super) fn url_of_recording(hotline: &Hotline, recording: &str, until: Instant) -> String {
    format!("{}/{}", hotline.policy.sounds.links, token_of(&hotline.policy.code_key, recording, until.timestamp()))
}

fn token_of(key: &[u8], recording: &str, until: i64) -> String {
    let until = format!("{until:0WHEN$x}");
    let mac = hex(keyed(key, &["recording", &until, recording]).get(..HASH).unwrap_or_default());
    until + &mac + recording
}

/// The recording that a token is of, and when it lapses; nothing is asked of the store for one that was made up.
fn meant<'t>(key: &[u8], token: &'t str) -> Option<(&'t str, Instant)> {
    if token.len() > LONGEST {
        return None;
    }
    let until = i64::from_str_radix(token.get(..WHEN)?, 16).ok()?;
    let recording = token.get(WHEN..)?.get(HASH.saturating_mul(2)..)?;
    let is_right = is_same(&token_of(key, recording, until), token);
    is_right.then_some((recording, Instant::from_timestamp(until, 0)?))
}

/// What the link with `token` leads to; `None` for one that is made up or whose recording is not there.
///
/// # Errors
/// The store's.
pub async fn recording_of_link(hotline: &Hotline, token: &str) -> Result<Option<RecordingLink>, OpsError> {
    let Some((recording, until)) = meant(&hotline.policy.code_key, token) else { return Ok(None) };
    let now = hotline.now();
    if now >= until {
        return Ok(Some(RecordingLink::Lapsed));
    }
    hotline
        .store
        .read(async |tx: &mut Tx| -> Result<Option<RecordingLink>, OpsError> {
            let found = tx.recording(recording).await?.filter(Recording::is_ready);
            let Some(found) = found else { return Ok(None) };
            let Some(id) = found.incident else { return Ok(None) };
            let incident = tx.incident(id).await?.ok_or(OpsError::NotFound("incident"))?;
            let heard = |entry: &&Entry| {
                let is_this = matches!(&entry.change, Change::HeardByLink { recording: heard } if heard == recording);
                is_this && now.signed_duration_since(entry.at) < WITHIN
            };
            if tx.entries(id).await?.iter().filter(heard).count() >= MOST {
                return Ok(Some(RecordingLink::TooOften));
            }
            Ok(Some(RecordingLink::Open(found, incident.number)))
        })
        .await
}

/// Somebody is about to hear `recording`: first it is on the timeline of its case.
///
/// # Errors
/// The store's; nobody may hear it then.
pub async fn heard_by_link(hotline: &Hotline, recording: &Recording) -> Result<(), OpsError> {
    let incident = recording.incident.ok_or(OpsError::NotFound("incident"))?;
    let change = Change::HeardByLink { recording: recording.provider_recording.clone() };
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            tx.append_entry(incident, hotline.now(), &Actor::System, &change).await?;
            Ok(())
        })
        .await
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &[u8] = b"0123456789abcdef0123456789abcdef";
    const RECORDING: &str = "RE0123456789abcdef0123456789abcdef";
    const UNTIL: i64 = 1_773_453_600;

    #[test]
    fn a_token_says_what_is_heard_and_until_when() {
        let token = token_of(KEY, RECORDING, UNTIL);
        assert_eq!(token.len(), WHEN + 2 * HASH + RECORDING.len());
        assert_eq!(meant(KEY, &token), Some((RECORDING, "2026-03-14T02:00:00Z".parse().unwrap())));
        assert_eq!(meant(b"another key", &token), None);
        // Beside whatever else is signed with this key: the purpose is under the hash.
        let other = format!("{UNTIL:010x}{}{RECORDING}", hex(&keyed(KEY, &["link", RECORDING])[..HASH]));
        assert_eq!(meant(KEY, &other), None);
    }

    #[test]
    fn a_token_with_one_letter_more_less_or_other_is_none() {
        let token = token_of(KEY, RECORDING, UNTIL);
        for at in 0..token.len() {
            for letter in ['0', '1', 'a', 'A', 'R', 'f', 'z', '+', '-', '%', 'ñ'] {
                let mut letters: Vec<char> = token.chars().collect();
                if letters[at] != letter {
                    letters[at] = letter;
                    let forged: String = letters.iter().collect();
                    assert_eq!(meant(KEY, &forged), None, "{forged}");
                }
            }
            let (first, rest) = token.split_at(at);
            assert_eq!(meant(KEY, first), None, "the first {at}");
            assert!(at == 0 || meant(KEY, rest).is_none(), "all but the first {at}");
        }
        assert_eq!(meant(KEY, &format!("{token}0")), None);
        assert_eq!(meant(KEY, &token.to_uppercase()), None);
        assert_eq!(meant(KEY, &token_of(KEY, &"R".repeat(LONGEST), UNTIL)), None, "too long, though it is ours");
    }

    proptest! {
        #[test]
        fn what_was_made_up_is_none(token in any::<String>()) {
            prop_assert_eq!(meant(KEY, &token), None);
        }

        #[test]
        fn each_recording_and_instant_has_a_token_of_its_own(one in "RE[0-9a-f]{1,32}", other in "RE[0-9a-f]{1,32}", until in 0..4_000_000_000_i64, later in 1..100_000_i64) {
            let token = token_of(KEY, &one, until);
            prop_assert_eq!(meant(KEY, &token), Some((one.as_str(), Instant::from_timestamp(until, 0).unwrap())));
            prop_assert_ne!(&token, &token_of(KEY, &one, until + later));
            prop_assert!(one == other || token != token_of(KEY, &other, until));
        }
    }
}
