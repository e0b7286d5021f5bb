//! Sounds that are ready to be heard, by what they are of.

use std::collections::BTreeMap;

use crate::exchange::Samples;
use crate::ids::RecordingSid;

/// What a sound is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wanted {
    /// Words, said in a voice.
    Words(String, Voice),
    /// A file of the application's, by its absolute address.
    File(String),
    /// A recording of the network's own.
    Recording(RecordingSid),
}

/// Who says it, as the document does: both may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Voice {
    pub language: String,
    pub name: String,
}

/// Ready sounds; when there are too many, the ones that were longest not asked for go.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    sounds: BTreeMap<Wanted, (Samples, u64)>,
    samples: usize,
    asked: u64,
}

/// The most it holds: 64 MB, an hour of speech.
const MOST: usize = 32 * 1024 * 1024;

impl Shelf {
    pub(crate) fn get(&mut self, wanted: &Wanted) -> Option<Samples> {
        self.asked = self.asked.saturating_add(1);
        let (sound, asked) = self.sounds.get_mut(wanted)?;
        *asked = self.asked;
        Some(Samples::clone(sound))
    }

    fn has(&self, wanted: &Wanted) -> bool {
        self.sounds.contains_key(wanted)
    }

    /// Whether it is there and will not have changed.
    pub(crate) fn is_ready(&self, wanted: &Wanted) -> bool {
        !matches!(wanted, Wanted::File(_)) && self.has(wanted)
    }

    pub(crate) fn remove(&mut self, wanted: &Wanted) {
        if let Some((gone, _)) = self.sounds.remove(wanted) {
            self.samples = self.samples.saturating_sub(gone.len());
        }
    }

    pub(crate) fn put(&mut self, wanted: Wanted, sound: Samples) {
        self.asked = self.asked.saturating_add(1);
        self.samples = self.samples.saturating_add(sound.len());
        if let Some((old, _)) = self.sounds.insert(wanted, (sound, self.asked)) {
            self.samples = self.samples.saturating_sub(old.len());
        }
        while self.samples > MOST && self.sounds.len() > 1 {
            let oldest = self.sounds.iter().min_by_key(|(_, (_, asked))| *asked).map(|(wanted, _)| wanted.clone());
            let Some((gone, _)) = oldest.and_then(|oldest| self.sounds.remove(&oldest)) else { return };
            self.samples = self.samples.saturating_sub(gone.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_longest_not_asked_for_makes_room() {
        let mut shelf = Shelf::default();
        let of = |name: &str| Wanted::File(name.to_owned());
        let third: Samples = vec![0; MOST / 3].into();
        for name in ["a", "b", "c"] {
            shelf.put(of(name), Samples::clone(&third));
        }
        assert!(shelf.get(&of("a")).is_some());
        shelf.put(of("d"), Samples::clone(&third));
        let kept: Vec<bool> = ["a", "b", "c", "d"].into_iter().map(|name| shelf.has(&of(name))).collect();
        assert_eq!(kept, [true, false, true, true]);
        shelf.put(of("d"), Samples::clone(&third));
        assert!(shelf.samples <= MOST, "the same sound again takes no room");
        assert!(shelf.has(&of("a")) && !shelf.is_ready(&of("a")), "a file may have changed");
        shelf.remove(&of("a"));
        assert!(!shelf.has(&of("a")));
    }
}
