//! Recordings, and the sound file each is read as.

use chrono::TimeDelta;

use crate::film::Film;
use crate::ids::{CallSid, ConferenceSid, RecordingSid};
use crate::sound::RATE;
use crate::sound::wav::file;
use crate::time::{Instant, whole_seconds};

/// What a caller left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// Its identifier.
    pub sid: RecordingSid,
    /// The call it was made on.
    pub call: CallSid,
    /// The conference that was recorded, if it was one; `call` is the one that opened it.
    pub conference: Option<ConferenceSid>,
    /// When it began.
    pub began: Instant,
    /// How long it is.
    pub length: TimeDelta,
    /// The words that were said, as the caller's script gives them: what playing it sounds like.
    pub words: String,
    /// What made it, as on the wire: `RecordVerb`, `DialVerb`, `Conference`.
    pub source: &'static str,
    /// 1, or 2 when each side has a channel of its own.
    pub channels: u16,
    /// Its sound, when a telephone was on it.
    pub(crate) film: Option<Film>,
}

impl Recording {
    /// The length in whole seconds, rounded up: `RecordingDuration`.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        whole_seconds(self.length)
    }

    /// A WAV file of it, 8 kHz, 16 bits: what was heard, or (when no telephone was on the call, or the temporary folder was
    /// taken away) a quiet tone of 400 Hz for as long.
    #[must_use]
    pub fn wav(&self) -> Vec<u8> {
        match self.film.as_ref().map(|film| film.samples(LONGEST)) {
            Some(Ok(sound)) => {
                let each = sound.len() / usize::from(self.channels.max(1));
                file(self.channels, each, sound.into_iter())
            }
            Some(Err(error)) => {
                tracing::error!(%error, "the sound of a recording is gone");
                self.tone()
            }
            None => self.tone(),
        }
    }

    fn tone(&self) -> Vec<u8> {
        wav(u32::try_from(self.seconds()).unwrap_or_default(), self.channels)
    }
}

/// The longest recording there is, in seconds: four hours, 230 MB.
const LONGEST: u32 = 4 * 3600;
/// One period of the tone: 20 samples of a sine, quiet (about -30 dB).
const TONE: [i16; 20] =
    [0, 309, 588, 809, 951, 1000, 951, 809, 588, 309, 0, -309, -588, -809, -951, -1000, -951, -809, -588, -309];

fn wav(seconds: u32, channels: u16) -> Vec<u8> {
    let samples = usize::try_from(seconds.min(LONGEST).saturating_mul(RATE)).unwrap_or_default();
    let both = |&sample: &i16| std::iter::repeat_n(sample, usize::from(channels));
    file(channels, samples, TONE.iter().cycle().flat_map(both))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wav_is_as_long_as_it_says() {
        assert_eq!(wav(9, 2).len(), 44 + 9 * 32_000);
        let file = wav(9, 1);
        assert_eq!(file.len(), 44 + 9 * 16_000);
        assert_eq!(&file[0..4], b"RIFF");
        assert_eq!(&file[8..16], b"WAVEfmt ");
        assert_eq!(u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize, file.len() - 8);
        assert_eq!(u32::from_le_bytes(file[40..44].try_into().unwrap()) as usize, file.len() - 44);
    }
}
