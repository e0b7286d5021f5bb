//! What handlers share.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use axum::body::Bytes;

use super::console::ConsoleDoor;
use super::{KeysInUse, Pace, Tapes};
use crate::ops::{Hotline, Journalled, Wake};
use crate::provider::telephony::{Dialect, Events, FrontDoor, LineCheck, Verifier, Voices};
use crate::provider::{Blobs, Secret};
use crate::readiness::Callbacks;
use crate::store::Journal;

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub struct Door {
    /// Use cases and reads.
    pub hotline: Hotline,
    /// The fallback journal.
    pub spool: Spool,
    /// Which address the provider called.
    pub front: Arc<FrontDoor>,
    /// Whether it was the provider.
    pub verifier: Arc<Verifier>,
    /// What it says.
    pub events: Arc<Events>,
    /// What the provider's family can do.
    pub dialect: &'static Dialect,
    /// How the line sounds.
    pub voices: Arc<Voices>,
    /// Asks the provider about us.
    pub line_check: LineCheck,
    /// Where the provider must send what happens on the line.
    pub callbacks: Arc<Callbacks>,
    /// The one token of the API that the settings name; it may do everything.
    pub api_token: Option<Arc<Secret>>,
    /// Signs what the ticket store of another maker says; `None` = it says nothing.
    pub store_secret: Option<Arc<Secret>>,
    /// The recordings of callers.
    pub tapes: Tapes,
    /// The content of attachments.
    pub blobs: Blobs,
    /// The words of the safe document, Spanish first.
    pub safe_words: Arc<SafeWords>,
    /// The recorded prompts.
    pub sounds: Arc<Sounds>,
    /// How often links are followed.
    pub pace: Arc<Pace>,
    /// Keys of requests that are being worked on.
    pub keys_in_use: KeysInUse,
    /// What only the console needs.
    pub console: ConsoleDoor,
    /// How often tokens are tried that do not count.
    pub wrong_tokens: Arc<Pace>,
}

/// Recorded prompts by the names of their files, read at the start.
pub type Sounds = HashMap<String, Bytes>;

/// The words of the safe documents: known at start, so that nothing has to be asked for when the store is away.
#[derive(Clone, Debug)]
pub struct SafeWords {
    /// "We have a technical difficulty; leave a message after the tone", in Spanish and English.
    pub technical: [String; 2],
    /// "Your message is kept; we will call you", in Spanish and English.
    pub done: [String; 2],
}

/// The fallback journal and the bell of whoever folds it.
#[derive(Clone)]
pub struct Spool {
    journal: Journal,
    bell: Wake,
}

impl Spool {
    /// Over `journal`; `bell` wakes the one who folds it.
    #[must_use]
    pub fn new(journal: Journal, bell: Wake) -> Self {
        Self { journal, bell }
    }

    /// Keeps `entry` on disk before it returns.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn keep(&self, entry: &Journalled) -> io::Result<()> {
        self.journal.append(entry)?;
        self.bell.ring();
        Ok(())
    }

    /// The same off the runtime's threads, which a disk may keep waiting; whether the disk took it.
    pub async fn keep_aside(&self, entry: Journalled) -> bool {
        let spool = self.clone();
        matches!(tokio::task::spawn_blocking(move || spool.keep(&entry)).await, Ok(Ok(())))
    }

    /// Whether nothing waits to be folded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.looks_empty().unwrap_or(false)
    }

    /// The same; `None` when that cannot be told.
    #[must_use]
    pub fn looks_empty(&self) -> Option<bool> {
        self.journal.is_empty().ok()
    }
}
