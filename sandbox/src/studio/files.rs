//! Files that were played lately, so that they are fetched again only when they have changed.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::delivery::Version;
use crate::exchange::Samples;

/// The most it holds: 64 MB.
const MOST: usize = 32 * 1024 * 1024;

/// Sounds and their versions, the one that was longest not asked for first.
#[derive(Debug, Default)]
pub(super) struct Files(Mutex<VecDeque<(String, Version, Samples)>>);

impl Files {
    pub(super) fn get(&self, url: &str) -> Option<(Version, Samples)> {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = files.iter().position(|(known, ..)| known == url)?;
        let file = files.remove(place)?;
        files.push_back(file.clone());
        Some((file.1, file.2))
    }

    pub(super) fn put(&self, url: String, version: Version, sound: Samples) {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|(known, ..)| *known != url);
        if version.is_known() && sound.len() <= MOST {
            files.push_back((url, version, sound));
        }
        while files.iter().map(|(.., sound)| sound.len()).sum::<usize>() > MOST {
            files.pop_front();
        }
    }
}
