//! A recording under way.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::TempDir;

use super::{LONGEST, MISSING, Store, frame_size, tell};
use crate::sound::Frame;

/// What stays in memory of a recording: half a minute of one channel.
const IN_MEMORY: usize = 30 * 16_000;
/// What is written at once of a longer one.
const AT_ONCE: usize = 64 * 1024;

#[derive(Debug)]
pub(super) struct Open {
    store: Store,
    pub channels: u16,
    /// In memory: everything, or what is not written yet.
    bytes: Vec<u8>,
    file: Option<File>,
    pub frames: u64,
    /// From the first frame of a voice to the one after the last.
    pub voice: Option<(u64, u64)>,
    full: bool,
}

impl Open {
    pub(super) fn new(channels: u16, used: Arc<AtomicU64>) -> Self {
        let store = Store { path: None, folder: None, memory: Vec::new(), size: 0, used };
        Self { store, channels, bytes: Vec::new(), file: None, frames: 0, voice: None, full: false }
    }

    /// Fills up with silence what was not recorded until so many frames.
    pub(super) fn fill(&mut self, until: u64, most: u64, folder: &mut Option<Arc<TempDir>>) {
        if self.frames.saturating_add(MISSING) > until {
            return;
        }
        for _ in self.frames..until.min(LONGEST) {
            if self.full {
                return;
            }
            self.put(&Frame::SILENCE, &Frame::SILENCE, most, folder);
        }
    }

    /// Nothing more comes.
    pub(super) fn close(mut self) -> io::Result<Store> {
        match self.file {
            Some(mut file) => file.write_all(&self.bytes)?,
            None => self.store.memory = self.bytes,
        }
        Ok(self.store)
    }

    pub(super) fn put(&mut self, one: &Frame, other: &Frame, most: u64, folder: &mut Option<Arc<TempDir>>) {
        let size = frame_size(self.channels);
        let would = self.store.used.load(Ordering::Relaxed).saturating_add(size);
        if self.full || would > most {
            if !self.full {
                tracing::warn!(most, "recordings hold as much sound as they may: the rest of this one is lost");
            }
            self.full = true;
            return;
        }
        self.store.used.fetch_add(size, Ordering::Relaxed);
        self.store.size = self.store.size.saturating_add(size);
        self.frames = self.frames.saturating_add(1);
        for (one, other) in one.0.iter().zip(other.0) {
            self.bytes.extend(one.to_le_bytes());
            if self.channels == 2 {
                self.bytes.extend(other.to_le_bytes());
            }
        }
        let most = if self.file.is_some() { AT_ONCE } else { IN_MEMORY };
        if self.bytes.len() >= most
            && let Err(error) = self.spill(folder)
        {
            tell(&error);
            self.full = true;
        }
    }

    fn spill(&mut self, folder: &mut Option<Arc<TempDir>>) -> io::Result<()> {
        if self.file.is_none() {
            let folder = if let Some(folder) = folder {
                Arc::clone(folder)
            } else {
                let new = Arc::new(tempfile::Builder::new().prefix("guardia-sandbox-").tempdir()?);
                Arc::clone(folder.insert(new))
            };
            let (file, path) = tempfile::Builder::new().suffix(".pcm").tempfile_in(folder.path())?.keep()?;
            (self.file, self.store.path, self.store.folder) = (Some(file), Some(path), Some(folder));
        }
        if let Some(file) = &mut self.file {
            file.write_all(&self.bytes)?;
        }
        self.bytes.clear();
        Ok(())
    }
}
