//! The sounds that a network makes of its own: ringing, a beep, music for those who wait.

use std::f32::consts::TAU;
use std::sync::LazyLock;

use super::Samples;
use crate::sound::RATE;

/// Ringing sounds for two seconds and is silent for four, as in North America and the Caribbean.
const RINGING: (usize, usize) = (2 * SECOND, 6 * SECOND);
const SECOND: usize = RATE as usize;
const LOUD: f32 = 4000.0;

/// How long the beep before a recording is, in samples: 500 ms.
const BEEP: usize = SECOND / 2;

/// The tone that says: the other telephone rings.
pub(super) fn ringing(place: usize) -> i16 {
    let within = place % RINGING.1;
    if within < RINGING.0 { sample(LOUD * 0.5 * (sine(440.0, within) + sine(480.0, within))) } else { 0 }
}

/// Music, so to speak: a chord taken apart, for ever, so that whoever waits hears that the line is alive.
pub(super) fn music(place: usize) -> i16 {
    const NOTES: [f32; 8] = [261.63, 329.63, 392.0, 523.25, 392.0, 329.63, 293.66, 349.23];
    const LASTS: usize = SECOND / 2;
    let within = place % LASTS;
    let note = NOTES.get((place / LASTS) % NOTES.len()).copied().unwrap_or_default();
    // Each note fades in at once and out slowly: no clicks.
    let (passed, length) = (short(within), short(LASTS));
    let fade = (passed / 80.0).min(1.0) * (1.0 - passed / length);
    sample(LOUD * 0.6 * fade * sine(note, within))
}

/// The beep before a recording, and when somebody enters or leaves a conference.
pub(crate) fn beep() -> Samples {
    static ONE: LazyLock<Samples> =
        LazyLock::new(|| (0..BEEP).map(|place| sample(LOUD * sine(1000.0, place))).collect());
    Samples::clone(&ONE)
}

fn sine(hertz: f32, place: usize) -> f32 {
    (TAU * hertz * short(place) / short(SECOND)).sin()
}

/// A place within some seconds of sound: exact.
#[expect(clippy::cast_precision_loss, reason = "places within a few seconds are far below 2^24")]
fn short(place: usize) -> f32 {
    place as f32
}

#[expect(clippy::cast_possible_truncation, reason = "a cast from a float saturates, which is what loud sound does")]
fn sample(value: f32) -> i16 {
    value as i16
}
