//! Recorded sound: in memory while it is short, in a temporary folder when it is long, within a limit for all together.

mod open;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::TimeDelta;
use tempfile::TempDir;

use crate::ids::RecordingSid;
use crate::sound::{FRAME, Frame, mix};
use crate::time::{Instant, millis};

use open::Open;

/// Frames in a second.
const PER_SECOND: u64 = 50;
/// The longest recording, in frames: four hours.
const LONGEST: u64 = PER_SECOND * 3600 * 4;
/// More frames than this that a recording is short of were never sent: they are silence, 100 ms.
const MISSING: u64 = 5;
/// Silence that is kept before the first word and after the last one, in frames: 100 ms.
const MARGIN: u64 = 5;
/// How many frames after its beginning a voice is told to be one.
const TOLD_LATE: u64 = 2;

/// Something that is being recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Track {
    pub sid: RecordingSid,
    pub began: Instant,
    /// 1, or 2 when each side has a channel of its own.
    pub channels: u16,
    /// What the person hears is recorded as well.
    pub both: bool,
    /// How much of the time since then is left out of it.
    pub left_out: TimeDelta,
}

/// Recordings under way, and what all recordings together may hold.
#[derive(Debug)]
pub(crate) struct Films {
    open: BTreeMap<RecordingSid, Open>,
    folder: Option<Arc<TempDir>>,
    used: Arc<AtomicU64>,
    most: u64,
}

/// Where the bytes of a recording are; gives its room back when nobody has it any more.
#[derive(Debug)]
struct Store {
    path: Option<PathBuf>,
    folder: Option<Arc<TempDir>>,
    memory: Vec<u8>,
    size: u64,
    used: Arc<AtomicU64>,
}

/// A recording's sound: 8 kHz, 16 bits.
#[derive(Clone, Debug)]
pub(crate) struct Film {
    store: Arc<Store>,
    channels: u16,
    /// Frames of the store that belong to it.
    from: u64,
    to: u64,
}

impl Films {
    pub(crate) fn new(most: u64) -> Self {
        Self { open: BTreeMap::new(), folder: None, used: Arc::default(), most }
    }

    /// Puts 20 ms on a recording: what the person says, what they hear, and whether they speak. Before, and while nobody was
    /// recorded, was silence.
    pub(crate) fn add(&mut self, track: &Track, now: Instant, says: &Frame, hears: &Frame, speaks: bool) {
        let most = self.most;
        let film = self.open.entry(track.sid.clone());
        let film = film.or_insert_with(|| Open::new(track.channels, Arc::clone(&self.used)));
        film.fill(frames(now - track.began - track.left_out), most, &mut self.folder);
        if speaks {
            let first = film.voice.map_or(film.frames.saturating_sub(TOLD_LATE), |(first, _)| first);
            film.voice = Some((first, film.frames.saturating_add(1)));
        }
        if track.both && track.channels == 1 {
            film.put(&mix::all([says, hears]), hears, most, &mut self.folder);
        } else {
            film.put(says, hears, most, &mut self.folder);
        }
    }

    /// Nobody will want what was recorded.
    pub(crate) fn forget(&mut self, sid: &RecordingSid) {
        self.open.remove(sid);
    }

    /// A recording is over after so long: its sound, without the silence around it if that is to be trimmed. `None` = no
    /// telephone was on it.
    pub(crate) fn finish(&mut self, sid: &RecordingSid, length: TimeDelta, trim: bool) -> Option<Film> {
        let mut film = self.open.remove(sid)?;
        if !trim {
            film.fill(frames(length), self.most, &mut self.folder);
        }
        let (channels, frames, voice) = (film.channels, film.frames, film.voice);
        let store = film.close().inspect_err(tell).ok()?;
        let (from, to) = match voice.filter(|_| trim) {
            Some((first, last)) => (first.saturating_sub(MARGIN), last.saturating_add(MARGIN).min(frames)),
            None => (0, frames),
        };
        (from < to).then(|| Film { store: Arc::new(store), channels, from, to })
    }
}

impl Film {
    pub(crate) fn length(&self) -> TimeDelta {
        millis(i64::try_from(self.frames()).unwrap_or(i64::MAX).saturating_mul(20))
    }

    fn frames(&self) -> u64 {
        self.to.saturating_sub(self.from)
    }

    /// At most the first so many seconds of it; the samples of two channels beside each other.
    ///
    /// # Errors
    ///
    /// The temporary folder was taken away.
    pub(crate) fn samples(&self, seconds: u32) -> io::Result<Vec<i16>> {
        let size = frame_size(self.channels);
        let from = self.from.saturating_mul(size);
        let length = self.frames().min(u64::from(seconds).saturating_mul(PER_SECOND)).saturating_mul(size);
        let mut bytes = Vec::new();
        if let Some(path) = &self.store.path {
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start(from))?;
            file.take(length).read_to_end(&mut bytes)?;
        } else {
            let skip = usize::try_from(from).unwrap_or(usize::MAX);
            let take = usize::try_from(length).unwrap_or(usize::MAX);
            bytes.extend(self.store.memory.iter().skip(skip).take(take));
        }
        Ok(bytes.chunks_exact(2).filter_map(|pair| Some(i16::from_le_bytes(pair.try_into().ok()?))).collect())
    }
}

/// The same sound, not one that sounds the same.
impl PartialEq for Film {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.store, &other.store) && (self.from, self.to) == (other.from, other.to)
    }
}

impl Eq for Film {}

impl Drop for Store {
    fn drop(&mut self) {
        self.used.fetch_sub(self.size, Ordering::Relaxed);
        if let Some(path) = &self.path {
            // The folder goes in the end, whatever is left in it.
            let _ = fs::remove_file(path);
        }
    }
}

/// Whole frames of a length.
fn frames(length: TimeDelta) -> u64 {
    u64::try_from(length.num_milliseconds() / 20).unwrap_or_default()
}

/// Bytes of 20 ms.
fn frame_size(channels: u16) -> u64 {
    u64::try_from(FRAME).unwrap_or_default().saturating_mul(2).saturating_mul(u64::from(channels.max(1)))
}

fn tell(error: &io::Error) {
    tracing::error!(%error, "recorded sound cannot be kept");
}

#[cfg(test)]
mod tests;
