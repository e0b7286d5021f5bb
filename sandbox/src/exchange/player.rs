//! What one person hears, without a gap: sounds follow each other sample by sample, however the beat falls.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::TimeDelta;

use crate::call::Ear;
use crate::sound::tones::Signal;
use crate::sound::{FRAME, Frame};
use crate::time::Instant;

/// Sound of any length, shared by all who hear it.
pub(crate) type Samples = Arc<[i16]>;

/// So much later than on the network a sound is heard that follows none: 25 ms, a beat and a little more. Its end then
/// never comes before the beginning of the next one is known.
const LATE: usize = FRAME + FRAME / 4;
/// So near its end, a sound is heard out although the next one has begun: 50 ms.
const HEARD_OUT: usize = 5 * FRAME / 2;
/// Further behind than this, a sound is taken up where it should be: 60 ms.
const BEHIND: usize = 3 * FRAME;
/// Tones and beeps that may be heard over each other.
const MOST_OVERLAYS: usize = 32;

/// What is heard on one line.
#[derive(Debug, Default)]
pub(super) struct Player {
    playing: Playing,
    /// The end of what was heard before.
    tail: VecDeque<i16>,
    /// What is heard over it, one after the other: tones, beeps.
    over: VecDeque<(Samples, usize)>,
}

#[derive(Debug, Default)]
enum Playing {
    #[default]
    Nothing,
    Sound {
        sound: Samples,
        began: Instant,
        place: usize,
    },
    /// A signal that goes on for ever: its next frame, and what is left of this one.
    Endless {
        signal: Signal,
        next: u64,
        rest: VecDeque<i16>,
    },
}

impl Player {
    /// The next 20 ms of what nobody on the network says.
    pub(super) fn next(&mut self, ear: &Ear, now: Instant) -> Frame {
        self.turn_to(ear, now);
        let mut frame = Frame::SILENCE;
        for sample in &mut frame.0 {
            *sample = self.tail.pop_front().or_else(|| self.playing.next()).unwrap_or_default();
        }
        frame
    }

    /// Adds 20 ms of what is heard over everything else.
    pub(super) fn overlay(&mut self, frame: &mut Frame) {
        for sample in &mut frame.0 {
            while self.over.front().is_some_and(|(sound, place)| *place >= sound.len()) {
                self.over.pop_front();
            }
            let Some((sound, place)) = self.over.front_mut() else { return };
            *sample = sample.saturating_add(sound.get(*place).copied().unwrap_or_default());
            *place = place.saturating_add(1);
        }
    }

    /// Something is heard over everything else as soon as what came before it is over.
    pub(super) fn strike(&mut self, sound: Samples) {
        if self.over.len() < MOST_OVERLAYS {
            self.over.push_back((sound, 0));
        }
    }

    fn turn_to(&mut self, ear: &Ear, now: Instant) {
        let next = match ear {
            Ear::Sound { sound, began } => {
                let should = samples_between(*began, now).min(sound.len());
                if let Playing::Sound { sound: known, began: since, place } = &mut self.playing
                    && Arc::ptr_eq(known, sound)
                    && since == began
                {
                    if place.saturating_add(self.tail.len()).saturating_add(BEHIND) < should {
                        *place = should;
                    }
                    return;
                }
                // Who is plugged in late hears the rest.
                let place = if should > BEHIND { should } else { 0 };
                if !matches!(self.playing, Playing::Sound { .. }) && self.tail.is_empty() {
                    self.tail.extend([0; LATE]);
                }
                Playing::Sound { sound: Arc::clone(sound), began: *began, place }
            }
            Ear::Ringing => self.endless(Signal::Ringing),
            Ear::Music => self.endless(Signal::Music),
            Ear::Nothing | Ear::Other(_) | Ear::Room(_) => Playing::Nothing,
        };
        let before = std::mem::replace(&mut self.playing, next);
        if let Playing::Sound { sound, place, .. } = before
            && !matches!(ear, Ear::Other(_) | Ear::Room(_))
        {
            let rest = sound.get(place..).unwrap_or_default();
            if rest.len() <= HEARD_OUT {
                self.tail.extend(rest);
            }
        }
    }

    fn endless(&mut self, wanted: Signal) -> Playing {
        match std::mem::take(&mut self.playing) {
            Playing::Endless { signal, next, rest } if signal == wanted => Playing::Endless { signal, next, rest },
            before => {
                self.playing = before;
                Playing::Endless { signal: wanted, next: 0, rest: VecDeque::new() }
            }
        }
    }
}

impl Playing {
    fn next(&mut self) -> Option<i16> {
        match self {
            Self::Nothing => None,
            Self::Sound { sound, place, .. } => {
                let sample = sound.get(*place).copied();
                *place = place.saturating_add(1);
                sample
            }
            Self::Endless { signal, next, rest } => {
                if rest.is_empty() {
                    rest.extend(signal.frame(*next).0);
                    *next = next.wrapping_add(1);
                }
                rest.pop_front()
            }
        }
    }
}

/// How long a sound is.
pub(crate) fn length(sound: &[i16]) -> TimeDelta {
    TimeDelta::microseconds(i64::try_from(sound.len()).unwrap_or(i64::MAX).saturating_mul(125))
}

/// Samples that go by from one instant to another.
fn samples_between(from: Instant, to: Instant) -> usize {
    let micros = (to - from).num_microseconds().unwrap_or(i64::MAX).max(0);
    usize::try_from(micros / 125).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn at(millis: i64) -> Instant {
        DateTime::from_timestamp_millis(millis).unwrap()
    }

    fn ramp(from: i16, length: i16) -> Samples {
        (from..from + length).collect::<Vec<_>>().into()
    }

    /// What is heard after the first 25 ms.
    fn heard(player: &mut Player, beats: &[(&Ear, i64)]) -> Vec<i16> {
        let all: Vec<i16> = beats.iter().flat_map(|(ear, now)| player.next(ear, at(*now)).0).collect();
        assert_eq!(all[..LATE], [0; LATE]);
        all[LATE..].to_vec()
    }

    #[test]
    fn sounds_follow_each_other_sample_by_sample_however_the_beat_falls() {
        let (one, two) = (ramp(1, 200), ramp(1001, 160));
        let mut player = Player::default();
        // The first is 25 ms long; the second one is known of only when the first has long been over.
        for beats in
            [[7, 27, 47, 67, 87], [0, 20, 41, 60, 80], [4, 24, 44, 64, 84], [5, 25, 45, 65, 85], [19, 39, 60, 79, 99]]
        {
            let first = Ear::Sound { sound: Arc::clone(&one), began: at(0) };
            let second = Ear::Sound { sound: Arc::clone(&two), began: at(25) };
            let ears = beats.map(|beat| {
                if beat < 25 {
                    &first
                } else if beat < 45 {
                    &second
                } else {
                    &Ear::Nothing
                }
            });
            let heard = heard(&mut player, &ears.into_iter().zip(beats).collect::<Vec<_>>());
            let mut expected: Vec<i16> = one.iter().chain(two.iter()).copied().collect();
            expected.resize(5 * FRAME - LATE, 0);
            assert_eq!(heard, expected, "{beats:?}");
        }
    }

    #[test]
    fn a_sound_that_is_cut_is_cut_at_once_and_one_that_is_joined_late_is_heard_from_there() {
        let ear = Ear::Sound { sound: ramp(1, 1600), began: at(0) };
        let joined = heard(&mut Player::default(), &[(&ear, 80), (&ear, 100), (&Ear::Nothing, 120)]);
        assert_eq!((joined[0], joined[119]), (641, 760));
        assert!(joined[120..].iter().all(|sample| *sample == 0), "cut");
        let delayed = heard(&mut Player::default(), &[(&ear, 10), (&ear, 30), (&ear, 150)]);
        assert_eq!((delayed[0], delayed[119], delayed[120]), (1, 120, 1201), "a beat that was lost is not made up for");
    }

    #[test]
    fn what_is_heard_over_the_rest_waits_for_its_turn() {
        let mut player = Player::default();
        player.strike(ramp(1, 100));
        player.strike(ramp(501, 100));
        let mut frame = Frame([1000; FRAME]);
        player.overlay(&mut frame);
        assert_eq!((frame.0[0], frame.0[99], frame.0[100], frame.0[159]), (1001, 1100, 1501, 1560));
    }
}
