//! The network's own sounds, ready to be heard: the beep, the keys of somebody else.

use std::sync::LazyLock;
use std::time::Duration;

use super::Samples;
use crate::sound::tones::{self, Signal};
use crate::sound::{FRAME, samples_in};

/// How long a key that somebody else pressed sounds, and the pause after it.
const KEY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_millis(60));

/// The beep before a recording, and when somebody enters or leaves a conference.
pub(crate) fn beep() -> Samples {
    static BEEP: LazyLock<Samples> = LazyLock::new(|| {
        let length = Signal::Beep.length().map_or(0, samples_in);
        let frames = (0..).map(|number| Signal::Beep.frame(number).0).take(length.div_ceil(FRAME));
        frames.flatten().take(length).collect()
    });
    Samples::clone(&BEEP)
}

/// What a key sounds like to others.
pub(super) fn key(key: char) -> Samples {
    let mut sound = tones::key(key, KEY.0);
    sound.extend(std::iter::repeat_n(0, samples_in(KEY.1)));
    sound.into()
}
