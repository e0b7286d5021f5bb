//! What a telephone sounds like when nobody speaks: keys, ringing, busy, the beep, music.
//!
//! The signals are those of the North American numbering plan, to which the Dominican Republic belongs: ringing 440 and
//! 480 Hz, 2 s in 6; busy 480 and 620 Hz, half a second in one; congestion the same, twice as fast (ITU-T E.180,
//! supplement 2; the Precise Tone Plan). Keys are those of ITU-T Q.23. The beep and the music are our own.

use std::f32::consts::TAU;
use std::time::Duration;

use super::{FRAME, Frame, RATE, rounded, samples_in};

/// The frequencies of the rows, from the top, in Hz (ITU-T Q.23).
pub const ROWS: [u16; 4] = [697, 770, 852, 941];
/// The frequencies of the columns, from the left, in Hz (ITU-T Q.23).
pub const COLUMNS: [u16; 4] = [1209, 1336, 1477, 1633];
/// The keys, row by row.
pub const KEYS: [[char; 4]; 4] =
    [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

/// How loud the row of a key is: about -9 dB of the loudest sine.
const ROW_LEVEL: f32 = 11_500.0;
/// The column is louder by 2 dB: lines lose more of what is high.
const COLUMN_LEVEL: f32 = 14_500.0;
/// A key begins and ends within 2 ms, so that it does not click.
const EDGE: usize = 16;

/// How loud each of a signal's two frequencies is: about -20 dB.
const SIGNAL_LEVEL: f32 = 3_300.0;
/// How loud the beep is: about -12 dB.
const BEEP_LEVEL: f32 = 8_000.0;
/// How loud the music is: about -22 dB.
const MUSIC_LEVEL: f32 = 2_600.0;
/// How long the beep is.
const BEEP: Duration = Duration::from_millis(250);
/// How long a note is.
const NOTE: Duration = Duration::from_millis(400);
/// A calm round of broken chords, C, A minor, F, G, in whole Hz.
const TUNE: [u16; 16] = [262, 330, 392, 330, 220, 262, 330, 262, 175, 220, 262, 220, 196, 247, 294, 247];

/// The sound of a key (`0` to `9`, `*`, `#`, `A` to `D`) for so long; of what is no key, nothing.
#[must_use]
pub fn key(key: char, length: Duration) -> Vec<i16> {
    let Some((row, column)) = frequencies(key) else { return Vec::new() };
    let all = samples_in(length);
    (0..all)
        .map(|at| {
            let edge = edge(at.min(all.saturating_sub(1).saturating_sub(at)), EDGE);
            rounded(edge * (ROW_LEVEL * sine(row, at) + COLUMN_LEVEL * sine(column, at)))
        })
        .collect()
}

/// The row's and the column's frequency of a key, in Hz.
#[must_use]
pub fn frequencies(key: char) -> Option<(u16, u16)> {
    KEYS.iter().zip(ROWS).find_map(|(keys, row)| {
        keys.iter().zip(COLUMNS).find_map(|(&other, column)| (other == key).then_some((row, column)))
    })
}

/// A sound of the network itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Signal {
    /// The other side rings.
    Ringing,
    /// The other side is busy.
    Busy,
    /// The network cannot carry the call.
    Congestion,
    /// Speak after it. Once, then silence.
    Beep,
    /// While one waits.
    Music,
}

impl Signal {
    /// The 20 ms that come after so many frames of this signal; it never ends. The same number gives the same sound.
    #[must_use]
    pub fn frame(self, number: u64) -> Frame {
        let first = usize::try_from(number).unwrap_or(usize::MAX).saturating_mul(FRAME);
        let mut frame = Frame::SILENCE;
        for (at, sample) in frame.0.iter_mut().enumerate() {
            *sample = rounded(self.at(first.saturating_add(at)));
        }
        frame
    }

    /// How long it is, if it ends.
    #[must_use]
    pub const fn length(self) -> Option<Duration> {
        match self {
            Self::Beep => Some(BEEP),
            Self::Ringing | Self::Busy | Self::Congestion | Self::Music => None,
        }
    }

    fn at(self, at: usize) -> f32 {
        match self {
            Self::Ringing => cadence(at, (440, 480), 2000, 6000),
            Self::Busy => cadence(at, (480, 620), 500, 1000),
            Self::Congestion => cadence(at, (480, 620), 250, 500),
            Self::Beep if at < samples_in(BEEP) => BEEP_LEVEL * sine(1000, at),
            Self::Beep => 0.0,
            Self::Music => note(at),
        }
    }
}

/// Two frequencies for `on` of every `period` milliseconds.
fn cadence(at: usize, (low, high): (u16, u16), on: u64, period: u64) -> f32 {
    let within = at % samples_in(Duration::from_millis(period)).max(1);
    if within < samples_in(Duration::from_millis(on)) { SIGNAL_LEVEL * (sine(low, at) + sine(high, at)) } else { 0.0 }
}

/// One note after the other, each with an octave above it, and fading.
fn note(at: usize) -> f32 {
    let length = samples_in(NOTE).max(1);
    let within = at % length;
    let Some(&pitch) = TUNE.get(at / length % TUNE.len()) else { return 0.0 };
    let left = edge(length.saturating_sub(within), length);
    let voice = sine(pitch, at) + 0.3 * sine(pitch.saturating_mul(2), at);
    MUSIC_LEVEL * edge(within, 80) * left * voice
}

/// From 0 to 1 within so many samples.
fn edge(at: usize, length: usize) -> f32 {
    let short = |samples: usize| f32::from(u16::try_from(samples).unwrap_or(u16::MAX));
    (short(at) / short(length.max(1))).min(1.0)
}

/// A sine of whole Hz, which is the same every second: `at` may be as large as it likes.
fn sine(hertz: u16, at: usize) -> f32 {
    let rate = usize::try_from(RATE).unwrap_or(usize::MAX);
    let turn = usize::from(hertz).saturating_mul(at % rate) % rate;
    (TAU * f32::from(u16::try_from(turn).unwrap_or_default()) / f32::from(u16::try_from(rate).unwrap_or(u16::MAX)))
        .sin()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNALS: [Signal; 5] = [Signal::Ringing, Signal::Busy, Signal::Congestion, Signal::Beep, Signal::Music];

    fn loudest(samples: &[i16]) -> u16 {
        samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or_default()
    }

    /// How often it changes its sign from below, in a second.
    fn turns(samples: &[i16]) -> usize {
        samples.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count()
    }

    #[test]
    fn a_key_is_as_long_as_asked_begins_softly_and_is_never_cut_off() {
        for key_pressed in KEYS.into_iter().flatten() {
            let sound = key(key_pressed, Duration::from_millis(100));
            assert_eq!(sound.len(), 800);
            assert!((20_000..=26_000).contains(&loudest(&sound)), "{key_pressed}: {}", loudest(&sound));
            assert_eq!((sound[0], sound[799]), (0, 0));
        }
        assert!(key('x', Duration::from_secs(1)).is_empty());
        assert!(key('1', Duration::ZERO).is_empty());
    }

    #[test]
    fn keys_are_where_they_are_on_a_telephone() {
        for (key, expected) in
            [('1', (697, 1209)), ('5', (770, 1336)), ('9', (852, 1477)), ('0', (941, 1336)), ('#', (941, 1477))]
        {
            assert_eq!(frequencies(key), Some(expected));
        }
        assert_eq!(frequencies('a'), None);
    }

    #[test]
    fn signals_come_and_go_in_their_cadence() {
        // The signal, and in which frames something is heard.
        let cases: [(Signal, &[u64], &[u64]); 5] = [
            (Signal::Ringing, &[0, 99, 300, 399, 300_000_000], &[100, 299, 400]),
            (Signal::Busy, &[0, 24, 50, 74], &[25, 49, 75]),
            (Signal::Congestion, &[0, 11, 25, 36], &[13, 24, 38]),
            (Signal::Beep, &[0, 11, 12], &[13, 100, u64::MAX]),
            (Signal::Music, &[0, 10, 25, 400, 1_000_000], &[]),
        ];
        for (signal, heard, silent) in cases {
            for &number in heard {
                assert!(loudest(&signal.frame(number).0) > 500, "{signal:?} {number}");
            }
            for &number in silent {
                assert_eq!(signal.frame(number), Frame::SILENCE, "{signal:?} {number}");
            }
        }
    }

    #[test]
    fn signals_go_on_without_a_jump_and_are_never_loud() {
        for signal in SIGNALS {
            let sound: Vec<i16> = (0..2000).flat_map(|number| signal.frame(number).0).collect();
            assert!(loudest(&sound) <= 8000, "{signal:?}: {}", loudest(&sound));
            let jump = sound.windows(2).map(|pair| pair[0].abs_diff(pair[1])).max().unwrap_or_default();
            assert!(jump < 7000, "{signal:?}: {jump}");
        }
    }

    #[test]
    fn the_beep_is_a_thousand_hertz_for_a_quarter_of_a_second() {
        let sound: Vec<i16> = (0..50).flat_map(|number| Signal::Beep.frame(number).0).collect();
        assert!((249..=250).contains(&turns(&sound)), "{}", turns(&sound));
        assert_eq!(Signal::Beep.length(), Some(Duration::from_millis(250)));
        assert_eq!(Signal::Music.length(), None);
    }
}
