//! Who did what, in a chain: each entry's hash is over the one before it, so that whatever is changed, taken out or put in
//! between is found.

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::clock::Instant;
use crate::id::hex;

/// What the first entry follows.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// An act that is kept for good. It names nothing personal of callers: subjects are ids and case numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// When.
    pub at: Instant,
    /// The login of whoever did it, or `guardia` for the program, `command` for somebody at the machine.
    pub actor: String,
    /// What was done, in the words of [`is_act`], e.g. `recording.heard`.
    pub act: String,
    /// To what: `call:…`, `case:…`, `account:…`; empty for none.
    pub subject: String,
    /// Why, in the words of whoever did it; empty where none is asked for.
    pub reason: String,
    /// From what to what, and the like.
    pub detail: String,
}

/// An act in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// 1, 2, 3 without a gap.
    pub sequence: i64,
    /// What was done.
    pub act: Act,
    /// The hash of this entry.
    pub hash: String,
}

/// Where a chain does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// The first entry that is not what it was, or that follows a gap.
    pub sequence: i64,
}

impl Act {
    /// The hash of this act as entry number `sequence`, behind the entry with the hash `before`. JSON of a list has one way
    /// to be written, so nothing can be moved from one field into the next.
    #[must_use]
    pub fn hash(&self, sequence: i64, before: &str) -> String {
        let whole = json!([
            before,
            sequence,
            self.at.timestamp_micros(),
            self.actor,
            self.act,
            self.subject,
            self.reason,
            self.detail
        ]);
        hex(&Sha256::digest(whole.to_string()))
    }
}

/// Holds entries in their order against the chain, page by page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    sequence: i64,
    hash: String,
}

impl Default for Chain {
    fn default() -> Self {
        Self { sequence: 0, hash: GENESIS.to_owned() }
    }
}

impl Chain {
    /// How many entries it has.
    #[must_use]
    pub fn len(&self) -> i64 {
        self.sequence
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sequence == 0
    }

    /// The hash of its last entry: written down elsewhere, it proves everything before it.
    #[must_use]
    pub fn head(&self) -> &str {
        &self.hash
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// [`Break`] when it is not what it was, or does not follow.
    pub fn follow(&mut self, entry: &AuditEntry) -> Result<(), Break> {
        let next = self.sequence.saturating_add(1);
        if entry.sequence != next || entry.act.hash(next, &self.hash) != entry.hash {
            return Err(Break { sequence: next });
        }
        self.sequence = next;
        self.hash.clone_from(&entry.hash);
        Ok(())
    }
}

/// Whether a text is the word of an act: lower-case words with dots between.
#[must_use]
pub fn is_act(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'.' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries() -> Vec<AuditEntry> {
        let mut before = GENESIS.to_owned();
        (1..=3)
            .map(|sequence| {
                let act = Act {
                    at: "2026-03-07T22:00:00Z".parse().unwrap(),
                    actor: "ana".to_owned(),
                    act: "recording.heard".to_owned(),
                    subject: format!("call:{sequence}"),
                    reason: String::new(),
                    detail: String::new(),
                };
                let hash = act.hash(sequence, &before);
                before.clone_from(&hash);
                AuditEntry { sequence, act, hash }
            })
            .collect()
    }

    fn broken(entries: &[AuditEntry]) -> Option<i64> {
        let mut chain = Chain::default();
        entries.iter().find_map(|entry| chain.follow(entry).err()).map(|at| at.sequence)
    }

    #[test]
    fn a_chain_holds_until_somebody_touches_it() {
        let whole = entries();
        assert_eq!(broken(&whole), None);
        let mut changed = entries();
        changed[1].act.subject = "call:9".to_owned();
        assert_eq!(broken(&changed), Some(2), "changed");
        let mut rehashed = changed.clone();
        rehashed[1].hash = rehashed[1].act.hash(2, &whole[0].hash);
        assert_eq!(broken(&rehashed), Some(3), "changed with its hash");
        let mut moved = entries();
        moved[0].act.reason = "call:1".to_owned();
        moved[0].act.subject = String::new();
        assert_eq!(broken(&moved), Some(1), "from one field to the next");
        let without: Vec<_> = whole.iter().filter(|entry| entry.sequence != 2).cloned().collect();
        assert_eq!(broken(&without), Some(2), "taken out");
    }
}
