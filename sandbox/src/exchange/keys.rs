//! Keys are told beside the sound, or heard in it, or both: then they were pressed once.

use std::collections::VecDeque;

/// How a key was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Beside,
    InSound,
}

/// So many beats may lie between the two tellings of one key: 2 s, for telephones that tell when it is let go.
const APART: u64 = 100;
/// Keys that wait for their second telling.
const MOST: usize = 64;

/// What a telephone told of its keys lately, and has not told twice.
#[derive(Debug, Default)]
pub(super) struct Keys {
    once: VecDeque<(char, Told, u64)>,
}

impl Keys {
    /// A key is told at a beat; whether that is the first time for this key stroke.
    pub(super) fn told(&mut self, key: char, how: Told, beat: u64) -> bool {
        while self.once.len() >= MOST || self.once.front().is_some_and(|(_, _, at)| beat.saturating_sub(*at) > APART) {
            self.once.pop_front();
        }
        let same = self.once.iter().position(|(known, other, _)| *known == key && *other != how);
        if let Some(place) = same {
            self.once.remove(place);
            return false;
        }
        self.once.push_back((key, how, beat));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_told_both_ways_was_pressed_once_whichever_came_first() {
        let mut keys = Keys::default();
        let told = [
            ('1', Told::Beside, 0, true),
            ('1', Told::InSound, 3, false),
            ('1', Told::InSound, 20, true),
            ('1', Told::Beside, 60, false),
            ('1', Told::Beside, 70, true),
            ('1', Told::Beside, 71, true),
            ('2', Told::InSound, 72, true),
            ('1', Told::InSound, 73, false),
            ('1', Told::InSound, 74, false),
            ('2', Told::Beside, 200, true),
        ];
        for (key, how, beat, first) in told {
            assert_eq!(keys.told(key, how, beat), first, "{key} {how:?} at {beat}");
        }
    }
}
