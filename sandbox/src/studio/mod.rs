//! Where sounds are made before they are heard: words are spoken, files fetched, recordings read.

mod files;
mod shelf;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::delivery::Fetched;
use crate::exchange::Samples;
use crate::ids::CallSid;
use crate::network::Network;
use crate::problem::{Failure, code};
use crate::sound::{SoundError, decode};
use crate::time::sleep;

use files::Files;

pub(crate) use shelf::{Shelf, Voice, Wanted};

/// How long a document waits for its sounds; what is not ready then is silence.
const LONGEST: Duration = Duration::from_secs(10);
/// Sounds made at the same time for one document.
const AT_ONCE: usize = 4;
/// Sounds made for one document; the rest is silence.
pub(crate) const MOST: usize = 500;

/// What the studio keeps.
#[derive(Debug, Default)]
pub(crate) struct Studio {
    files: Files,
}

/// Sounds that a call waits for.
#[derive(Clone, Debug)]
pub(crate) struct Preparation {
    /// Its place in the timetable.
    pub place: u64,
    /// Who waits, and for which of its questions; `None` = nobody waits.
    pub waits: Option<(CallSid, u64)>,
    pub wanted: Vec<Wanted>,
}

/// What became of them.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub waits: Option<(CallSid, u64)>,
    pub sounds: Vec<(Wanted, Result<Samples, Failure>)>,
}

/// Makes what was ordered; what is not ready in time, or fails, is told and left out.
pub(crate) async fn prepare(network: &Network, order: Preparation) -> Prepared {
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut made = JoinSet::new();
    for (place, wanted) in order.wanted.iter().cloned().enumerate() {
        let (network, turns) = (network.clone(), Arc::clone(&turns));
        made.spawn(async move {
            let _turn = turns.acquire_owned().await;
            (place, make(&network, wanted).await)
        });
    }
    let mut ready: Vec<Option<Result<Samples, Failure>>> = order.wanted.iter().map(|_| None).collect();
    let late = sleep(LONGEST);
    tokio::pin!(late);
    loop {
        tokio::select! {
            biased;
            next = made.join_next() => match next {
                Some(Ok((place, sound))) => {
                    if let Some(slot) = ready.get_mut(place) {
                        *slot = Some(sound);
                    }
                }
                Some(Err(_)) => {}
                None => break,
            },
            () = &mut late => break,
        }
    }
    let missing = || Err(Failure::new(code::SAY_FAILED, "a sound was not ready in time: it is silence"));
    let sounds = order.wanted.into_iter().zip(ready).map(|(wanted, sound)| (wanted, sound.unwrap_or_else(missing)));
    Prepared { waits: order.waits, sounds: sounds.collect() }
}

async fn make(network: &Network, wanted: Wanted) -> Result<Samples, Failure> {
    match wanted {
        Wanted::Words(words, voice) => say(network, words, voice).await,
        Wanted::File(url) => file(network, url).await,
        Wanted::Recording(sid) => {
            let recording = network.act(|state| state.world.recordings.get(&sid).cloned());
            let gone = || Failure::new(code::HTTP_RETRIEVAL, "the recording was deleted");
            let recording = recording.ok_or_else(gone)?;
            decoded(move || decode(&recording.wav(), "audio/wav")).await
        }
    }
}

/// Fetches and decodes a file, or finds that it is the one that is known.
async fn file(network: &Network, url: String) -> Result<Samples, Failure> {
    let studio = network.studio();
    let (known, sound) = studio.files.get(&url).unzip();
    match network.courier().file(&url, &known.unwrap_or_default()).await? {
        Fetched::Same => sound.ok_or_else(|| Failure::new(code::HTTP_RETRIEVAL, "the application answered 304")),
        Fetched::New { bytes, content_type, version } => {
            let sound = decoded(move || decode(&bytes, &content_type)).await?;
            studio.files.put(url, version, Samples::clone(&sound));
            Ok(sound)
        }
    }
}

/// Decodes on a thread of its own: a long file takes a while.
async fn decoded(read: impl FnOnce() -> Result<Vec<i16>, SoundError> + Send + 'static) -> Result<Samples, Failure> {
    let failed =
        |why: String| Failure::new(code::CONTENT_TYPE, format!("it cannot be played, silence is heard: {why}"));
    let sound = tokio::task::spawn_blocking(read).await.map_err(|error| failed(error.to_string()))?;
    sound.map(Samples::from).map_err(|error| failed(error.to_string()))
}

async fn say(network: &Network, words: String, voice: Voice) -> Result<Samples, Failure> {
    let failed =
        |why: String| Failure::new(code::SAY_FAILED, format!("the speech engine failed, silence is heard: {why}"));
    let speaker = network.config().speech.clone().ok_or_else(|| failed("there is none".to_owned()))?;
    speaker.say(&words, &voice.language, &voice.name).await.map_err(|error| failed(error.to_string()))
}
