//! Whether somebody speaks: the level of each frame against the noise of the line.

use std::time::Duration;

use super::{FRAME, Frame};

/// How loud a frame of nothing is; also the softest there is, in dB of the loudest square wave.
const FLOOR: f32 = -90.0;
/// Nothing softer than this is speech, in dB.
const FAINTEST: f32 = -48.0;
/// Anything louder than this is speech, whatever the noise, in dB.
const LOUD: f32 = -22.0;
/// Speech begins so much above the noise, in dB.
const BEGINS: f32 = 10.0;
/// Speech has ended when it is less than this above the noise, in dB.
const ENDS: f32 = 6.0;
/// So many loud frames in a row are speech: one may be a click.
const BEGINS_AFTER: u32 = 3;
/// So many soft frames in a row are its end, 240 ms: shorter are the gaps within words.
const ENDS_AFTER: u32 = 12;
/// What is heard before anything is known of the line, in dB.
const USUAL_NOISE: f32 = -65.0;
/// The noise is the softest frame of the last 2 s, kept as the softest of each half second: nobody speaks so long without
/// a gap (after R. Martin, "Noise power spectral density estimation based on optimal smoothing and minimum statistics").
const PART: u32 = 25;
const PARTS: usize = 4;

/// How loud a frame is, in dB of the loudest square wave: 0 to -90. Speech on a telephone is about -15 to -35.
#[must_use]
pub fn level(frame: &Frame) -> f32 {
    let energy: i64 = frame.0.iter().map(|&sample| i64::from(sample) * i64::from(sample)).sum();
    #[expect(clippy::cast_precision_loss, reason = "a level needs no more than three digits")]
    let mean = energy as f32 / FRAME as f32;
    if mean < 1.0 { FLOOR } else { (10.0 * (mean / (32_768.0 * 32_768.0)).log10()).max(FLOOR) }
}

/// Listens to one direction of a call.
#[derive(Clone, Debug)]
pub struct Silence {
    /// The softest level of each half second, the oldest first; the last one is not over.
    softest: [f32; PARTS],
    /// Frames of the half second that is not over.
    of_part: u32,
    speaking: bool,
    /// Frames in a row that speak against `speaking`.
    against: u32,
    quiet: u32,
}

impl Default for Silence {
    fn default() -> Self {
        Self { softest: [USUAL_NOISE; PARTS], of_part: 0, speaking: false, against: 0, quiet: 0 }
    }
}

impl Silence {
    /// Nothing heard yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The next 20 ms; whether somebody speaks. It is told 60 ms after the beginning and 240 ms after the end.
    pub fn hear(&mut self, frame: &Frame) -> bool {
        let level = level(frame);
        let above = if self.speaking { ENDS } else { BEGINS };
        let loud = level > (self.noise() + above).clamp(FAINTEST, LOUD);
        self.learn(level);
        self.against = if loud == self.speaking { 0 } else { self.against.saturating_add(1) };
        if self.against >= if self.speaking { ENDS_AFTER } else { BEGINS_AFTER } {
            self.speaking = !self.speaking;
            self.against = 0;
        }
        self.quiet = if loud && self.speaking { 0 } else { self.quiet.saturating_add(1) };
        self.speaking
    }

    /// For how long nobody has spoken, from the last loud frame of speech: what a recording's silence is measured by.
    #[must_use]
    pub fn quiet_for(&self) -> Duration {
        Duration::from_millis(20).saturating_mul(self.quiet)
    }

    fn noise(&self) -> f32 {
        self.softest.iter().copied().fold(0.0, f32::min)
    }

    fn learn(&mut self, level: f32) {
        if self.of_part == PART {
            self.of_part = 0;
            self.softest.rotate_left(1);
            if let Some(last) = self.softest.last_mut() {
                *last = level;
            }
        }
        self.of_part = self.of_part.saturating_add(1);
        if let Some(last) = self.softest.last_mut() {
            *last = last.min(level);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::sound::trials::{Noise, spoken};
    use crate::sound::{frames, samples_in};

    /// The frames at which speech began and ended.
    fn turns(samples: &[i16]) -> Vec<(usize, bool)> {
        let (mut silence, mut before, mut turns) = (Silence::new(), false, Vec::new());
        for (at, frame) in frames(samples).enumerate() {
            let speaking = silence.hear(&frame);
            if speaking != before {
                turns.push((at, speaking));
                before = speaking;
            }
        }
        turns
    }

    /// Noise of this level for so long.
    fn noise(level: f32, seconds: u64) -> Vec<i16> {
        Noise::new(3).samples(level, samples_in(Duration::from_secs(seconds)))
    }

    fn together(one: &[i16], other: &[i16]) -> Vec<i16> {
        one.iter().zip(other).map(|(one, other)| one.saturating_add(*other)).collect()
    }

    #[test]
    fn levels_are_those_of_known_sounds() {
        let alternating = |sample: i16| {
            let mut frame = Frame([sample; FRAME]);
            frame.0.iter_mut().step_by(2).for_each(|sample| *sample = -*sample);
            frame
        };
        let tone = Frame::from_samples(&crate::sound::tones::key('5', Duration::from_millis(100))[160..320]);
        let cases = [
            (Frame::SILENCE, -90.0),
            (alternating(i16::MAX), 0.0),
            (alternating(3277), -20.0),
            (alternating(1), -90.0),
            (tone, -8.0),
        ];
        for (frame, expected) in cases {
            assert!((level(&frame) - expected).abs() < 0.5, "{} and not {expected}", level(&frame));
        }
    }

    #[test]
    fn nobody_speaks_in_silence_or_on_a_steady_line() {
        for level in [-90.0, -70.0, -60.0, -52.0] {
            assert_eq!(turns(&noise(level, 20)), [], "{level}");
        }
    }

    #[test]
    fn a_noisy_line_is_found_out_within_three_seconds() {
        for level in [-45.0, -35.0, -27.0] {
            let turns = turns(&noise(level, 30));
            assert!(matches!(turns.as_slice(), [(_, true), (..=150, false)]), "{level}: {turns:?}");
        }
    }

    #[test]
    fn a_click_is_no_speech() {
        let mut sound = vec![0; 16_000];
        sound[8000..8200].fill(20_000);
        assert_eq!(turns(&sound), []);
    }

    #[test]
    fn what_was_quiet_is_counted_from_the_last_word() {
        let mut silence = Silence::new();
        let loud = Frame([4000; FRAME]);
        for _ in 0..10 {
            silence.hear(&loud);
        }
        assert_eq!(silence.quiet_for(), Duration::ZERO);
        for _ in 0..50 {
            silence.hear(&Frame::SILENCE);
        }
        assert_eq!(silence.quiet_for(), Duration::from_secs(1));
        // What is no speech does not break the silence.
        silence.hear(&loud);
        assert_eq!(silence.quiet_for(), Duration::from_millis(1020));
    }

    #[test]
    fn words_are_heard_over_the_noise_of_the_line_espeak() {
        let words =
            spoken("es-419", "La nómina no responde desde las nueve de la noche y nadie contesta en la oficina.");
        let (before, after) = (28_000, 40_000);
        for level in [-90.0, -60.0, -50.0, -42.0] {
            let mut sound = vec![0; before];
            sound.extend(&words);
            sound.resize(sound.len() + after, 0);
            let sound = together(&sound, &noise(level, 30));
            // What a noisy line does at first is told above.
            let turns: Vec<_> = turns(&sound).into_iter().filter(|(at, _)| *at > 173).collect();
            let (first, last) = (turns.first().copied().unwrap(), turns.last().copied().unwrap());
            assert!(first.1 && (175..=190).contains(&first.0), "{level}: {turns:?}");
            let end = (before + words.len()) / FRAME;
            assert!(!last.1 && (end - 10..=end + 20).contains(&last.0), "{level}: ends {end}: {turns:?}");
        }
    }
}
