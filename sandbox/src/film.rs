//! Recorded sound: in memory while it is short, in a temporary folder when it is long, within a limit for all together.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::TimeDelta;
use tempfile::TempDir;

use crate::ids::RecordingSid;
use crate::sound::{FRAME, Frame, mix};
use crate::time::{Instant, millis};

/// Frames in a second.
const PER_SECOND: u64 = 50;
/// The longest recording, in frames: four hours.
const LONGEST: u64 = PER_SECOND * 3600 * 4;
/// What stays in memory of a recording: half a minute of one channel.
const IN_MEMORY: usize = 30 * 16_000;
/// What is written at once of a longer one.
const AT_ONCE: usize = 64 * 1024;
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
}

/// Recordings under way, and what all recordings together may hold.
#[derive(Debug)]
pub(crate) struct Films {
    open: BTreeMap<RecordingSid, Open>,
    folder: Option<Arc<TempDir>>,
    used: Arc<AtomicU64>,
    most: u64,
}

#[derive(Debug)]
struct Open {
    store: Store,
    channels: u16,
    /// In memory: everything, or what is not written yet.
    bytes: Vec<u8>,
    file: Option<File>,
    frames: u64,
    /// From the first frame of a voice to the one after the last.
    voice: Option<(u64, u64)>,
    full: bool,
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

    /// Whether anything is being recorded.
    pub(crate) fn run(&self) -> bool {
        !self.open.is_empty()
    }

    /// Puts 20 ms on a recording: what the person says, what they hear, and whether they speak. Whoever is recorded late was
    /// silent before.
    pub(crate) fn add(&mut self, track: &Track, now: Instant, says: &Frame, hears: &Frame, speaks: bool) {
        let most = self.most;
        let film = match self.open.entry(track.sid.clone()) {
            Entry::Occupied(film) => film.into_mut(),
            Entry::Vacant(place) => {
                let film = place.insert(Open::new(track.channels, Arc::clone(&self.used)));
                let late = u64::try_from((now - track.began).num_milliseconds() / 20).unwrap_or_default();
                for _ in 0..late.min(LONGEST) {
                    film.put(&Frame::SILENCE, &Frame::SILENCE, most, &mut self.folder);
                }
                film
            }
        };
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

    /// A recording is over: its sound, without the silence around it if that is to be trimmed. `None` = no telephone was on it.
    pub(crate) fn finish(&mut self, sid: &RecordingSid, trim: bool) -> Option<Film> {
        let Open { mut store, channels, bytes, file, frames, voice, .. } = self.open.remove(sid)?;
        if let Some(mut file) = file {
            file.write_all(&bytes).inspect_err(tell).ok()?;
        } else {
            store.memory = bytes;
        }
        let (from, to) = match voice.filter(|_| trim) {
            Some((first, last)) => (first.saturating_sub(MARGIN), last.saturating_add(MARGIN).min(frames)),
            None => (0, frames),
        };
        (from < to).then(|| Film { store: Arc::new(store), channels, from, to })
    }
}

impl Open {
    fn new(channels: u16, used: Arc<AtomicU64>) -> Self {
        let store = Store { path: None, folder: None, memory: Vec::new(), size: 0, used };
        Self { store, channels, bytes: Vec::new(), file: None, frames: 0, voice: None, full: false }
    }

    fn put(&mut self, one: &Frame, other: &Frame, most: u64, folder: &mut Option<Arc<TempDir>>) {
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

/// Bytes of 20 ms.
fn frame_size(channels: u16) -> u64 {
    u64::try_from(FRAME).unwrap_or_default().saturating_mul(2).saturating_mul(u64::from(channels.max(1)))
}

fn tell(error: &io::Error) {
    tracing::error!(%error, "recorded sound cannot be kept");
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::ids::Ids;

    fn track(ids: &mut Ids, channels: u16) -> Track {
        Track { sid: RecordingSid::draw(ids), began: DateTime::UNIX_EPOCH, channels, both: channels == 2 }
    }

    fn frame(sample: i16) -> Frame {
        Frame([sample; FRAME])
    }

    fn samples(film: &Film) -> Vec<i16> {
        film.samples(u32::MAX).unwrap()
    }

    #[test]
    fn a_long_recording_is_spilled_and_comes_back_whole_and_its_room_is_given_back() {
        let (mut films, mut ids) = (Films::new(u64::MAX), Ids::new(1));
        let track = track(&mut ids, 2);
        for number in 0..3000 {
            films.add(&track, track.began, &frame(number), &frame(-number), false);
        }
        let film = films.finish(&track.sid, false).unwrap();
        assert_eq!(film.length(), TimeDelta::seconds(60));
        let path = film.store.path.clone().expect("a minute of two channels is long");
        let samples = samples(&film);
        assert_eq!(samples.len(), 3000 * FRAME * 2);
        assert!(samples.chunks(2 * FRAME).zip(0..).all(|(frame, number)| frame[0] == number && frame[1] == -number));
        assert_eq!(film.samples(1).unwrap().len(), 16_000);
        drop(film);
        assert!(!path.exists());
        assert_eq!(films.used.load(Ordering::Relaxed), 0);
        let folder = films.folder.as_ref().unwrap().path().to_owned();
        drop(films);
        assert!(!folder.exists());
    }

    #[test]
    fn silence_around_a_voice_is_trimmed_but_for_a_moment() {
        let (mut films, mut ids) = (Films::new(u64::MAX), Ids::new(1));
        let track = track(&mut ids, 1);
        for number in 0..100 {
            // A voice from 20 to 60, told from the third frame on.
            let voice = if (20..60).contains(&number) { 1000 } else { 0 };
            films.add(&track, track.began, &frame(voice), &Frame::SILENCE, (22..60).contains(&number));
        }
        let film = films.finish(&track.sid, true).unwrap();
        assert_eq!((film.from, film.to), (15, 65));
        assert_eq!(samples(&film).iter().filter(|sample| **sample == 1000).count(), 40 * FRAME);
    }

    #[test]
    fn who_is_recorded_late_was_silent_before_and_what_is_too_much_is_lost() {
        let (mut films, mut ids) = (Films::new(60 * 320), Ids::new(1));
        let track = track(&mut ids, 1);
        for _ in 0..100 {
            films.add(&track, track.began + TimeDelta::seconds(1), &frame(7), &Frame::SILENCE, false);
        }
        let film = films.finish(&track.sid, false).unwrap();
        let samples = samples(&film);
        assert_eq!(samples.len(), 60 * FRAME);
        assert_eq!((samples[50 * FRAME - 1], samples[50 * FRAME]), (0, 7));
        assert!(films.finish(&track.sid, false).is_none());
    }
}
