//! Sounds to try things on: noise that is the same every time, and people who speak.

use std::process::{Command, Stdio};

use super::{decode, rounded};

/// Noise of a generator of its own, so that a test is the same every time.
pub(super) struct Noise(u64);

impl Noise {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Evenly from 0 to 1 (splitmix64).
    pub(super) fn chance(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f32::from(u16::try_from((value ^ (value >> 31)) >> 48).unwrap()) / 65_536.0
    }

    /// White noise of this level in dB of the loudest square wave, nearly normal.
    pub(super) fn samples(&mut self, level: f32, count: usize) -> Vec<i16> {
        let deviation = 32_768.0 * 10_f32.powf(level / 20.0);
        (0..count).map(|_| rounded(deviation * ((0..12).map(|_| self.chance()).sum::<f32>() - 6.0))).collect()
    }
}

/// The file that espeak-ng writes to a pipe.
pub(super) fn spoken_file(voice: &str, words: &str) -> Vec<u8> {
    let output = Command::new("espeak-ng")
        .args(["-v", voice, "-s", "150", "-z", "--stdout", "--", words])
        .stderr(Stdio::inherit())
        .output()
        .unwrap_or_else(|error| panic!("espeak-ng cannot be run ({error}): install it, as tests/run does"));
    assert!(output.status.success(), "espeak-ng ends with {}", output.status);
    assert!(output.stdout.len() > 20_000, "espeak-ng said nothing");
    output.stdout
}

/// What espeak-ng says, at 8 kHz.
pub(super) fn spoken(voice: &str, words: &str) -> Vec<i16> {
    decode(&spoken_file(voice, words), "audio/x-wav").unwrap()
}
