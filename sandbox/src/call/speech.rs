//! Speech as time: sentences, each as long as it takes to say.

use std::collections::VecDeque;

use chrono::TimeDelta;

use super::Call;
use super::bridge::part;
use crate::ids::RecordingSid;
use crate::time::{Instant, millis};
use crate::transcript::What;
use crate::twiml::{Play, Say, Spoken, Verb};
use crate::world::World;

/// How fast the network speaks.
const CHARACTERS_PER_SECOND: i64 = 15;
/// The shortest `Say`.
const SHORTEST: i64 = 300;
/// How long a sound file is that the network does not know.
const UNKNOWN_FILE: i64 = 3000;

/// What is being said and what is left to say.
#[derive(Debug, Default)]
pub(super) struct Speech {
    pieces: VecDeque<Piece>,
    began: Option<Instant>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    /// `None` = silence.
    words: Option<String>,
    lasts: TimeDelta,
}

impl Speech {
    pub(super) fn silence(lasts: TimeDelta) -> Self {
        Self { pieces: VecDeque::from([Piece { words: None, lasts }]), began: None }
    }

    pub(super) fn say(say: &Say) -> Self {
        let mut once = Vec::new();
        for spoken in &say.spoken {
            match spoken {
                Spoken::Words(words) => once.extend(sentences(words)),
                Spoken::Break(lasts) => once.push(Piece { words: None, lasts: *lasts }),
            }
        }
        if once.is_empty() {
            once.push(Piece { words: None, lasts: millis(SHORTEST) });
        }
        Self::repeated(&once, say.loops)
    }

    pub(super) fn play(play: &Play, world: &World) -> Self {
        if !play.keys.is_empty() {
            let words = Some(format!("[keys {}]", play.keys));
            return Self::repeated(&[Piece { words, lasts: time_of_keys(&play.keys) }], play.loops);
        }
        let file = play.url.split(['?', '#']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
        let known = file.split('.').next().map(RecordingSid::from).and_then(|sid| world.recordings.get(&sid));
        let piece = match known {
            Some(recording) => {
                Piece { words: Some(format!("[recording] {}", recording.words)), lasts: recording.length }
            }
            None => Piece { words: Some(format!("[{file}]")), lasts: millis(UNKNOWN_FILE) },
        };
        Self::repeated(&[piece], play.loops)
    }

    /// The prompts of a `Gather`, one after the other.
    pub(super) fn prompts(verbs: &[Verb], world: &World) -> Self {
        let mut all = Self::default();
        for verb in verbs {
            let next = match verb {
                Verb::Say(say) => Self::say(say),
                Verb::Play(play) => Self::play(play, world),
                Verb::Pause(lasts) => Self::silence(*lasts),
                _ => Self::default(),
            };
            all.pieces.extend(next.pieces);
        }
        all
    }

    fn repeated(once: &[Piece], loops: u32) -> Self {
        let many = usize::try_from(loops).unwrap_or(1).saturating_mul(once.len());
        Self { pieces: once.iter().cycle().take(many).cloned().collect(), began: None }
    }

    /// Begins the next piece; how long it lasts, or `None` when nothing is left.
    pub(super) fn begin(&mut self, now: Instant) -> Option<TimeDelta> {
        let piece = self.pieces.front()?;
        self.began = Some(now);
        Some(piece.lasts)
    }

    /// The piece that was being said has been heard to its end.
    pub(super) fn end_of_piece(&mut self, call: &Call, world: &mut World) {
        if let Some(words) = self.pieces.pop_front().and_then(|piece| piece.words) {
            world.log(call.person(), Some(&call.sid), What::Hears, words);
        }
    }

    /// A key or the end of the call cuts it here.
    pub(super) fn cut(self, call: &Call, world: &mut World) {
        let Some(Piece { words: Some(words), lasts }) = self.pieces.front() else { return };
        let spoken = self.began.map_or_else(TimeDelta::zero, |began| world.now - began);
        let heard = part(words, spoken, *lasts);
        if !heard.trim().is_empty() {
            world.log(call.person(), Some(&call.sid), What::HearsPart, heard);
        }
    }
}

/// What a document of only `Say`, `Play` and `Pause` sounds like; `None` = there is something else in it.
pub(crate) fn pieces(verbs: &[Verb], world: &World) -> Option<VecDeque<(Option<String>, TimeDelta)>> {
    let spoken = verbs.iter().all(|verb| matches!(verb, Verb::Say(_) | Verb::Play(_) | Verb::Pause(_)));
    let speech = spoken.then(|| Speech::prompts(verbs, world))?;
    Some(speech.pieces.into_iter().map(|piece| (piece.words, piece.lasts)).collect())
}

/// How long it takes to press keys one after the other.
pub(super) fn time_of_keys(keys: &str) -> TimeDelta {
    millis(keys.chars().map(|key| if key == 'W' { 1000 } else { 500 }).sum())
}

/// How long it takes to say something.
pub(super) fn as_long_as(words: &str) -> TimeDelta {
    let characters = i64::try_from(words.chars().count()).unwrap_or(i64::MAX);
    millis((characters.saturating_mul(1000) / CHARACTERS_PER_SECOND).max(SHORTEST))
}

/// Cuts words into sentences whose lengths add up to that of the whole.
fn sentences(words: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (mut spoken, mut spent) = (0_i64, 0_i64);
    let mut sentence = String::new();
    let mut characters = words.chars().peekable();
    while let Some(character) = characters.next() {
        sentence.push(character);
        spoken = spoken.saturating_add(1);
        let ends = matches!(character, '.' | '!' | '?' | '…' | ';' | ':')
            && characters.peek().is_none_or(|next| next.is_whitespace());
        if ends || characters.peek().is_none() {
            let until = spoken.saturating_mul(1000) / CHARACTERS_PER_SECOND;
            pieces.push(Piece { words: Some(sentence.trim().to_owned()), lasts: millis(until - spent) });
            sentence.clear();
            spent = until;
        }
    }
    if let Some(last) = pieces.last_mut()
        && spent < SHORTEST
    {
        last.lasts += millis(SHORTEST - spent);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(words: &str) -> Vec<(String, i64)> {
        sentences(words)
            .into_iter()
            .map(|piece| (piece.words.unwrap_or_default(), piece.lasts.num_milliseconds()))
            .collect()
    }

    #[test]
    fn sentences_last_as_long_as_their_characters() {
        assert_eq!(lengths("Hola."), [("Hola.".to_owned(), 333)]);
        assert_eq!(lengths("Sí"), [("Sí".to_owned(), 300)]);
        let two = lengths("Buenas noches. Marque 1.5 veces.");
        assert_eq!(
            two.iter().map(|(words, _)| words.as_str()).collect::<Vec<_>>(),
            ["Buenas noches.", "Marque 1.5 veces."]
        );
        assert_eq!(two.iter().map(|(_, lasts)| lasts).sum::<i64>(), 32 * 1000 / 15);
    }
}
