//! What one person hears, without a gap: sounds follow each other sample by sample, however the beat falls.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::TimeDelta;

use super::signals::{self, beep};
use crate::call::{Ear, Overheard};
use crate::sound::tones::Signal;
use crate::sound::{FRAME, Frame};
use crate::studio::Shelf;
use crate::time::Instant;

/// Sound of any length, shared by all who hear it.
pub(crate) type Samples = Arc<[i16]>;

/// So much later than on the network a sound is heard: 25 ms, a beat and a little more. Its end then never comes before the
/// beginning of the next one is known.
const LATE: usize = FRAME + FRAME / 4;
/// What lengths in microseconds and samples may differ by: sounds so near each other follow each other, 1 ms.
const ROUNDING: usize = FRAME / 20;
/// Further behind than this, a sound is taken up where it should be: 60 ms.
const BEHIND: usize = 3 * FRAME;
/// Tones and beeps that may be heard over each other.
const MOST_OVERLAYS: usize = 32;

/// A beat: when it was due, and when it really came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beat {
    pub due: Instant,
    pub now: Instant,
}

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
    pub(super) fn next(&mut self, ear: &Ear, beat: Beat) -> Frame {
        self.turn_to(ear, beat);
        let mut frame = Frame::SILENCE;
        for sample in &mut frame.0 {
            *sample = self.tail.pop_front().or_else(|| self.playing.next()).unwrap_or_default();
        }
        frame
    }

    /// Whether something that is over has not been heard to its end.
    pub(super) fn has_more(&self) -> bool {
        !self.tail.is_empty()
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

    /// Something is heard over everything else; `false` = it is not ready yet.
    pub(super) fn overhears(&mut self, overheard: &Overheard, shelf: &mut Shelf) -> bool {
        match overheard {
            Overheard::Beep => self.strike(beep()),
            Overheard::Key(key) => self.strike(signals::key(*key)),
            Overheard::Words(wanted) => match shelf.get(wanted) {
                Some(sound) => self.strike(sound),
                None => return false,
            },
            Overheard::Hush => self.over.clear(),
        }
        true
    }

    /// Something is heard as soon as what came before it is over.
    fn strike(&mut self, sound: Samples) {
        if self.over.len() < MOST_OVERLAYS {
            self.over.push_back((sound, 0));
        }
    }

    fn turn_to(&mut self, ear: &Ear, beat: Beat) {
        let Ear::Sound { sound, began } = ear else {
            let next = match ear {
                Ear::Ringing => self.endless(Signal::Ringing),
                Ear::Music => self.endless(Signal::Music),
                _ => Playing::Nothing,
            };
            self.leave(next, beat);
            if matches!(ear, Ear::Other(_) | Ear::Room(_)) {
                self.tail.clear();
            }
            return;
        };
        let should = samples_between(*began, beat.due).min(sound.len());
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
        let late = should > BEHIND;
        self.leave(
            Playing::Sound { sound: Arc::clone(sound), began: *began, place: if late { should } else { 0 } },
            beat,
        );
        // A beat that comes late knows of sounds that began after it was due.
        let early = samples_between(beat.due, *began);
        let start = if late { LATE } else { LATE.saturating_add(early).saturating_sub(should) };
        if start > self.tail.len().saturating_add(ROUNDING) {
            self.tail.resize(start, 0);
        }
    }

    /// Something else is heard from now on. A sound that is over is heard out, however late its end is known.
    fn leave(&mut self, next: Playing, beat: Beat) {
        let Playing::Sound { sound, began, place } = std::mem::replace(&mut self.playing, next) else { return };
        if began + length(&sound) <= beat.now {
            self.tail.extend(sound.get(place..).unwrap_or_default());
        } else {
            self.tail.clear();
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

    fn beat(due: i64, late: i64) -> Beat {
        Beat { due: at(due), now: at(due + late) }
    }

    fn ramp(from: i16, length: i16) -> Samples {
        (from..from + length).collect::<Vec<_>>().into()
    }

    #[test]
    fn sounds_follow_each_other_sample_by_sample_however_the_beats_fall() {
        // 65 and 50 ms, one after the other; beats are due every 20 ms from 0 on and come late.
        let (one, two) = (ramp(1, 520), ramp(1001, 400));
        let expected: Vec<i16> = one.iter().chain(two.iter()).copied().collect();
        for began in 1..=40 {
            let first = Ear::Sound { sound: Arc::clone(&one), began: at(began) };
            let second = Ear::Sound { sound: Arc::clone(&two), began: at(began + 65) };
            for late in [
                [0; 9],
                [0, 19, 0, 19, 0, 19, 0, 19, 0],
                [19, 0, 0, 19, 19, 0, 0, 5, 19],
                [7, 3, 12, 0, 1, 18, 5, 2, 9],
            ] {
                let mut player = Player::default();
                let mut heard = Vec::new();
                for (due, late) in (0..).step_by(20).zip(late) {
                    let ear = match due + late - began {
                        0..65 => &first,
                        65..115 => &second,
                        _ => &Ear::Nothing,
                    };
                    heard.extend(player.next(ear, beat(due, late)).0);
                }
                let start = heard.iter().position(|sample| *sample != 0).unwrap();
                assert_eq!(
                    start,
                    usize::try_from(8 * (began + 25)).unwrap(),
                    "began at {began}, beats late by {late:?}"
                );
                assert!(heard[start..].starts_with(&expected), "began at {began}, beats late by {late:?}");
                assert!(heard[start + expected.len()..].iter().all(|sample| *sample == 0));
            }
        }
    }

    #[test]
    fn a_sound_that_is_cut_is_cut_at_once_and_one_that_is_joined_late_is_heard_from_there() {
        let ear = Ear::Sound { sound: ramp(1, 1600), began: at(0) };
        let heard = |beats: &[(&Ear, i64)]| {
            let mut player = Player::default();
            beats.iter().flat_map(|(ear, now)| player.next(ear, beat(*now, 0)).0).collect::<Vec<_>>()
        };
        let joined = heard(&[(&ear, 80), (&ear, 100), (&Ear::Nothing, 120)]);
        assert_eq!((joined[199], joined[200], joined[319]), (0, 641, 760));
        assert!(joined[320..].iter().all(|sample| *sample == 0), "cut");
        let delayed = heard(&[(&ear, 0), (&ear, 20), (&ear, 140)]);
        assert_eq!((delayed[199], delayed[200], delayed[320]), (0, 1, 1121), "a beat that was lost is not made up for");
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
