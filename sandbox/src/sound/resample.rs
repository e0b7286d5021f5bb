//! From the rate of a file to that of telephones.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler, WindowFunction};

use super::{RATE, rounded};

/// The slowest and the fastest that a file may be, in samples a second.
pub(super) const RATES: std::ops::RangeInclusive<u32> = 4000..=192_000;
/// About this part of a second is worked on at once. The more, the steeper the filter.
const CHUNK: usize = 20;

/// The same sound at 8 kHz, from samples of -1 to 1; `None` for a rate that is no usual one.
pub(super) fn to_telephone(samples: &[f32], rate: u32) -> Option<Vec<i16>> {
    let to_sample = |&sample: &f32| rounded(sample * 32_768.0);
    if rate == RATE {
        return Some(samples.iter().map(to_sample).collect());
    }
    if !RATES.contains(&rate) {
        return None;
    }
    if samples.is_empty() {
        return Some(Vec::new());
    }
    let (from, to) = (usize::try_from(rate).ok()?, usize::try_from(RATE).ok()?);
    let mut resampler =
        Fft::<f32>::new_custom(from, to, from / CHUNK, 1, 1, WindowFunction::BlackmanHarris2, FixedSync::Input).ok()?;
    let input = InterleavedSlice::new(samples, 1, samples.len()).ok()?;
    let output = resampler.process_all(&input, samples.len(), None).ok()?;
    Some(output.take_data().iter().map(to_sample).collect())
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;

    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    fn sine(hertz: f32, rate: u32, milliseconds: u32) -> Vec<f32> {
        (0..rate * milliseconds / 1000).map(|at| 0.5 * (TAU * hertz * at as f32 / rate as f32).sin()).collect()
    }

    /// The root of the mean square, away from the ends.
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    fn level(samples: &[i16]) -> f64 {
        let middle = &samples[400..samples.len() - 400];
        (middle.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>() / middle.len() as f64).sqrt()
    }

    #[test]
    fn a_tone_keeps_its_length_its_level_and_its_pitch() {
        for rate in [8000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 47_997] {
            let sound = to_telephone(&sine(1000.0, rate, 1000), rate).unwrap();
            assert!(sound.len().abs_diff(8000) <= 8, "{rate}: {}", sound.len());
            assert!((level(&sound) - 11_585.0).abs() < 100.0, "{rate}: {}", level(&sound));
            let turns = sound.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
            assert!(turns.abs_diff(1000) <= 2, "{rate}: {turns}");
            // The delay of the filter is taken out: the first quarter of the first wave is there.
            assert!(sound[2] > 10_000, "{rate}: {:?}", &sound[..8]);
        }
    }

    #[test]
    fn what_a_telephone_cannot_carry_does_not_become_something_else() {
        for (hertz, rate) in [(5000.0, 44_100), (7000.0, 16_000), (15_000.0, 48_000)] {
            let sound = to_telephone(&sine(hertz, rate, 500), rate).unwrap();
            assert!(level(&sound) < 20.0, "{hertz} Hz at {rate}: {}", level(&sound));
        }
    }

    #[test]
    fn odd_lengths_and_rates_are_answered() {
        assert_eq!(to_telephone(&[], 44_100), Some(vec![]));
        assert_eq!(to_telephone(&[0.5], 8000), Some(vec![16_384]));
        assert_eq!(to_telephone(&[2.0, -2.0], 8000), Some(vec![i16::MAX, i16::MIN]));
        assert!(to_telephone(&[0.5], 44_100).unwrap().len() <= 1);
        for rate in [0, 1, 3999, 192_001, u32::MAX] {
            assert_eq!(to_telephone(&[0.5; 100], rate), None, "{rate}");
        }
    }
}
