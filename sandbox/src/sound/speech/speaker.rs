//! What keeps an engine from saying the same twice, or too much at once.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use moka::future::Cache;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::{Engine, MOST_CHARACTERS, SpeechError};
use crate::sound::{decode, wav};

/// How much a [`Speaker`] does and keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Texts that are spoken at the same time.
    pub at_once: usize,
    /// Texts that may wait until it is their turn; more are [`SpeechError::Busy`].
    pub waiting: usize,
    /// Bytes of sound that are kept in memory: what was asked for least is forgotten.
    pub memory: u64,
    /// Where sound is kept for the next time, and at most how many bytes of it. Whoever can read the folder can hear what
    /// was said on calls.
    pub folder: Option<(PathBuf, u64)>,
}

impl Default for Bounds {
    /// Two at once, 200 waiting, 64 MB (more than an hour of speech), no folder.
    fn default() -> Self {
        Self { at_once: 2, waiting: 200, memory: 64 * 1024 * 1024, folder: None }
    }
}

/// SHA-256 of the engine, the voice, the language and the text.
type Key = [u8; 32];

/// An engine, and what it has said.
#[derive(Debug)]
pub struct Speaker {
    engine: Arc<dyn Engine>,
    said: Cache<Key, Arc<[i16]>>,
    /// One place for each text that is spoken or waits.
    places: Semaphore,
    turns: Semaphore,
    folder: Option<Folder>,
}

impl Speaker {
    /// This engine, within bounds.
    #[must_use]
    pub fn new(engine: Arc<dyn Engine>, bounds: Bounds) -> Self {
        let bytes = |_: &Key, sound: &Arc<[i16]>| {
            u32::try_from(sound.len().saturating_mul(2)).unwrap_or(u32::MAX).saturating_add(64)
        };
        let at_once = bounds.at_once.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            engine,
            said: Cache::builder().max_capacity(bounds.memory).weigher(bytes).build(),
            places: Semaphore::new(at_once.saturating_add(bounds.waiting).min(Semaphore::MAX_PERMITS)),
            turns: Semaphore::new(at_once),
            folder: bounds.folder.map(|(path, most)| Folder { path, most, used: AtomicU64::new(u64::MAX) }),
        }
    }

    /// The words as sound. Whoever asks for the same while it is being said gets the same answer, also when it fails;
    /// a failure is not kept.
    ///
    /// # Errors
    /// As the engine; [`SpeechError::TooLong`] and [`SpeechError::Busy`] by itself.
    pub async fn say(&self, text: &str, language: &str, voice: &str) -> Result<Arc<[i16]>, SpeechError> {
        if text.trim().is_empty() {
            return Ok(Arc::new([]));
        }
        if text.chars().count() > MOST_CHARACTERS {
            return Err(SpeechError::TooLong);
        }
        let key = self.key(text, language, voice);
        let sound = self.said.try_get_with(key, self.make(key, text, language, voice)).await;
        sound.map_err(|error| SpeechError::clone(&error))
    }

    async fn make(&self, key: Key, text: &str, language: &str, voice: &str) -> Result<Arc<[i16]>, SpeechError> {
        if let Some(folder) = &self.folder
            && let Some(sound) = folder.find(key).await
        {
            return Ok(sound.into());
        }
        let _place = self.places.try_acquire().map_err(|_| SpeechError::Busy)?;
        let _turn = self.turns.acquire().await.map_err(|_| SpeechError::Busy)?;
        let sound: Arc<[i16]> = self.engine.say(text, language, voice).await?.into();
        if let Some(folder) = &self.folder {
            folder.keep(key, &sound).await;
        }
        Ok(sound)
    }

    fn key(&self, text: &str, language: &str, voice: &str) -> Key {
        let mut digest = Sha256::new();
        for part in [self.engine.name(), voice, language, text] {
            // With its length before it, no part can look like the end of another.
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            digest.update(part.as_bytes());
        }
        digest.finalize().into()
    }
}

/// Sound that outlives the program. It only saves time: what cannot be read or written is made again.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    most: u64,
    /// Bytes in it, as far as is known; the largest number until it was looked at.
    used: AtomicU64,
}

impl Folder {
    fn file(&self, key: Key) -> PathBuf {
        self.path.join(format!("{}.wav", URL_SAFE_NO_PAD.encode(key)))
    }

    async fn find(&self, key: Key) -> Option<Vec<i16>> {
        let bytes = tokio::fs::read(self.file(key)).await.ok()?;
        decode(&bytes, "audio/wav").ok()
    }

    /// Whole or not at all: under another name first.
    async fn keep(&self, key: Key, sound: &[i16]) {
        let bytes = wav::mono(sound);
        let more = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.used.load(Ordering::Relaxed) == u64::MAX {
            self.used.store(self.measured().await, Ordering::Relaxed);
        }
        if self.used.load(Ordering::Relaxed).saturating_add(more) > self.most {
            return;
        }
        let (file, unfinished) = (self.file(key), self.file(key).with_extension("new"));
        let kept = async {
            tokio::fs::create_dir_all(&self.path).await?;
            tokio::fs::write(&unfinished, &bytes).await?;
            tokio::fs::rename(&unfinished, &file).await
        };
        match kept.await {
            Ok(()) => {
                self.used.fetch_add(more, Ordering::Relaxed);
            }
            Err(error) => tracing::warn!(%error, "a spoken text could not be kept in the folder of speech"),
        }
    }

    async fn measured(&self) -> u64 {
        let mut used = 0_u64;
        let Ok(mut files) = tokio::fs::read_dir(&self.path).await else { return 0 };
        while let Ok(Some(file)) = files.next_entry().await {
            used = used.saturating_add(file.metadata().await.map_or(0, |about| about.len()));
        }
        used
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;
    use tokio::sync::Notify;

    use super::*;

    /// Says as many samples as there are bytes, when it is let; `fail` in the text fails.
    #[derive(Debug)]
    struct Parrot {
        asked: Mutex<Vec<String>>,
        has_begun: Semaphore,
        may_end: Notify,
        waits: bool,
    }

    impl Parrot {
        fn new(waits: bool) -> Arc<Self> {
            let (has_begun, may_end) = (Semaphore::new(0), Notify::new());
            Arc::new(Self { asked: Mutex::default(), has_begun, may_end, waits })
        }

        fn asked(&self) -> Vec<String> {
            self.asked.lock().unwrap().clone()
        }
    }

    #[async_trait]
    impl Engine for Parrot {
        fn name(&self) -> &'static str {
            "parrot"
        }

        async fn say(&self, text: &str, language: &str, voice: &str) -> Result<Vec<i16>, SpeechError> {
            self.asked.lock().unwrap().push(format!("{language} {voice} {text}"));
            self.has_begun.add_permits(1);
            if self.waits {
                self.may_end.notified().await;
            }
            if text.contains("fail") { Err(SpeechError::Refused(503)) } else { Ok(vec![7; text.len()]) }
        }
    }

    fn speaker(parrot: &Arc<Parrot>, change: impl FnOnce(&mut Bounds)) -> Arc<Speaker> {
        let mut bounds = Bounds::default();
        change(&mut bounds);
        Arc::new(Speaker::new(parrot.clone(), bounds))
    }

    #[tokio::test]
    async fn the_same_is_said_once_and_anything_else_again() {
        let parrot = Parrot::new(false);
        let speaker = speaker(&parrot, |_| ());
        for _ in 0..2 {
            for (text, language, voice) in [("ab", "es", "x"), ("ab", "en", "x"), ("ab", "es", "y"), ("a", "bes", "x")]
            {
                assert_eq!(*speaker.say(text, language, voice).await.unwrap(), *vec![7; text.len()]);
            }
        }
        assert_eq!(parrot.asked(), ["es x ab", "en x ab", "es y ab", "bes x a"]);
        assert_eq!(speaker.say("  \n", "es", "x").await.unwrap().len(), 0);
        assert_eq!(speaker.say(&"x".repeat(5001), "es", "x").await, Err(SpeechError::TooLong));
        assert_eq!(parrot.asked().len(), 4);
    }

    #[tokio::test]
    async fn who_asks_together_is_answered_together_also_by_a_failure_that_is_not_kept() {
        let parrot = Parrot::new(true);
        let speaker = speaker(&parrot, |_| ());
        for (round, text) in ["hola", "fail", "fail"].into_iter().enumerate() {
            let all: Vec<_> = (0..20)
                .map(|_| {
                    let speaker = speaker.clone();
                    tokio::spawn(async move { speaker.say(text, "es", "").await })
                })
                .collect();
            parrot.has_begun.acquire().await.unwrap().forget();
            // All of them have asked by now: the runtime has one thread, and they came before what was begun.
            tokio::task::yield_now().await;
            parrot.may_end.notify_one();
            for one in all {
                assert_eq!(one.await.unwrap().is_ok(), text == "hola");
            }
            assert_eq!(parrot.asked().len(), round + 1);
        }
    }

    #[tokio::test]
    async fn so_many_speak_so_many_wait_and_more_are_too_many() {
        let parrot = Parrot::new(true);
        let speaker = speaker(&parrot, |bounds| (bounds.at_once, bounds.waiting) = (2, 1));
        let ask = |text: &'static str| {
            let speaker = speaker.clone();
            tokio::spawn(async move { speaker.say(text, "es", "").await })
        };
        let (one, two) = (ask("one"), ask("two"));
        parrot.has_begun.acquire_many(2).await.unwrap().forget();
        let three = ask("three");
        while speaker.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(ask("four").await.unwrap(), Err(SpeechError::Busy));
        assert_eq!(parrot.asked().len(), 2);
        parrot.may_end.notify_one();
        parrot.has_begun.acquire().await.unwrap().forget();
        // One that hangs up makes room.
        two.abort();
        parrot.may_end.notify_waiters();
        assert!(three.await.unwrap().is_ok());
        drop(one);
        assert_eq!(parrot.asked().last().unwrap(), "es  three");
    }

    #[tokio::test]
    async fn no_more_is_kept_than_memory_allows() {
        let parrot = Parrot::new(false);
        let speaker = speaker(&parrot, |bounds| bounds.memory = 10_000);
        for number in 0..50 {
            speaker.say(&format!("{number} {}", "x".repeat(1000)), "es", "").await.unwrap();
        }
        speaker.said.run_pending_tasks().await;
        assert!((1..=4).contains(&speaker.said.entry_count()), "{}", speaker.said.entry_count());
    }

    #[tokio::test]
    async fn a_folder_outlives_the_speaker_and_does_not_grow_beyond_its_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("speech");
        let with_folder = |parrot: &_, most| speaker(parrot, |bounds| bounds.folder = Some((path.clone(), most)));
        let parrot = Parrot::new(false);
        let first = with_folder(&parrot, 250);
        for text in ["x".repeat(20), "y".repeat(30), "z".repeat(100)] {
            first.say(&text, "es", "").await.unwrap();
        }
        let files = || std::fs::read_dir(&path).unwrap().count();
        assert_eq!(files(), 2);
        // Another one finds what the first one kept, and what it may still keep; a damaged file is made again.
        let second = with_folder(&parrot, 250);
        assert_eq!(second.say(&"x".repeat(20), "es", "").await.unwrap().len(), 20);
        assert_eq!(parrot.asked().len(), 3);
        second.say(&"w".repeat(20), "es", "").await.unwrap();
        assert_eq!(files(), 2);
        for file in std::fs::read_dir(&path).unwrap() {
            std::fs::write(file.unwrap().path(), "no sound").unwrap();
        }
        let third = with_folder(&parrot, 1000);
        assert_eq!(third.say(&"x".repeat(20), "es", "").await.unwrap().len(), 20);
        assert_eq!(parrot.asked().len(), 5);
    }
}
