//! Sound as telephones carry it: one channel, 8000 samples a second, 16 bits, in frames of 20 ms.
//!
//! | Where | What |
//! |---|---|
//! | `g711` | how it travels: mu-law and A-law |
//! | `tones` | keys, ringing, busy, the beep, music |
//! | `dtmf` | which key was pressed, from the sound alone |
//! | `silence` | whether somebody speaks |
//! | `mix` | several people in one room |
//! | `jitter` | frames that come late, twice, in the wrong order or never |
//! | `wav`, `decode` | sound files, written and read |
//! | `speech` | words as sound, by an engine of your choice |
//!
//! All but `speech` is pure: no clock, no sockets, no files.

use std::time::Duration;

mod decode;
pub mod dtmf;
pub mod g711;
pub mod jitter;
pub mod mix;
mod resample;
mod riff;
pub mod silence;
pub mod speech;
pub mod tones;
#[cfg(test)]
mod trials;
pub mod wav;

pub use decode::{LARGEST, LONGEST, SoundError, decode, raw};

/// Samples in a second.
pub const RATE: u32 = 8000;
/// Samples in a frame.
pub const FRAME: usize = 160;

/// 20 ms of sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame(pub [i16; FRAME]);

impl Frame {
    /// 20 ms of nothing.
    pub const SILENCE: Self = Self([0; FRAME]);

    /// The first 20 ms of these samples, silence where there are fewer.
    #[must_use]
    pub fn from_samples(samples: &[i16]) -> Self {
        let mut frame = Self::SILENCE;
        for (to, from) in frame.0.iter_mut().zip(samples) {
            *to = *from;
        }
        frame
    }
}

/// Sound as frames; the last one ends in silence.
pub fn frames(samples: &[i16]) -> impl Iterator<Item = Frame> {
    samples.chunks(FRAME).map(Frame::from_samples)
}

/// How many samples a length is, rounded down.
#[must_use]
pub fn samples_in(length: Duration) -> usize {
    usize::try_from(length.as_micros().saturating_mul(u128::from(RATE)) / 1_000_000).unwrap_or(usize::MAX)
}

/// How long so many samples are.
#[must_use]
pub fn length_of(samples: usize) -> Duration {
    Duration::from_micros(u64::try_from(samples).unwrap_or(u64::MAX).saturating_mul(1_000_000) / u64::from(RATE))
}

/// The nearest sample; what is louder than a sample can be is as loud as it can be.
#[expect(clippy::cast_possible_truncation, reason = "a cast from a float stops at the ends of the range")]
fn rounded(value: f32) -> i16 {
    value.round() as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_end_in_silence() {
        let frames: Vec<Frame> = frames(&[7; 200]).collect();
        assert_eq!(frames.len(), 2);
        assert_eq!(frames[0], Frame([7; FRAME]));
        assert_eq!((frames[1].0[39], frames[1].0[40]), (7, 0));
    }

    #[test]
    fn lengths_and_samples_are_one() {
        for (milliseconds, samples) in [(0, 0), (1, 8), (20, 160), (1000, 8000), (3_600_000, 28_800_000)] {
            assert_eq!(samples_in(Duration::from_millis(milliseconds)), samples);
            assert_eq!(length_of(samples), Duration::from_millis(milliseconds));
        }
    }

    #[test]
    fn what_is_too_loud_is_as_loud_as_it_can_be() {
        assert_eq!([0.4, -0.6, 40_000.0, -40_000.0, f32::NAN].map(rounded), [0, -1, i16::MAX, i16::MIN, 0]);
    }
}
