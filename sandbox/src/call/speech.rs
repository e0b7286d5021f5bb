//! Speech as time: sentences, each as long as it takes to say.

use std::collections::VecDeque;
use std::time::Duration;

use chrono::TimeDelta;

use super::bridge::part;
use super::{Call, Ear};
use crate::exchange::{Samples, length};
use crate::ids::RecordingSid;
use crate::sound::{samples_in, tones};
use crate::studio::Wanted;
use crate::time::{Instant, millis};
use crate::transcript::What;
use crate::twiml::{Play, Say, Spoken, Verb};
use crate::world::World;

/// How fast the network speaks.
const CHARACTERS_PER_SECOND: i64 = 15;
/// The shortest `Say`.
const SHORTEST: i64 = 300;
/// How long a key sounds.
const KEY: Duration = Duration::from_millis(200);
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
    /// What it sounds like, where the network can speak.
    sound: Option<Samples>,
}

impl Speech {
    pub(super) fn silence(lasts: TimeDelta) -> Self {
        Self { pieces: VecDeque::from([Piece::silence(lasts)]), began: None }
    }

    pub(super) fn say(say: &Say, world: &mut World) -> Self {
        let mut once = Vec::new();
        for spoken in &say.spoken {
            match spoken {
                Spoken::Words(words) => {
                    let mut pieces = sentences(words);
                    if let Some(sound) = world.shelf.get(&Wanted::Words(words.clone(), say.voice.clone())) {
                        cut(&mut pieces, &sound);
                    }
                    once.extend(pieces);
                }
                Spoken::Break(lasts) => once.push(Piece::silence(*lasts)),
            }
        }
        if once.is_empty() {
            once.push(Piece::silence(millis(SHORTEST)));
        }
        Self::repeated(&once, say.loops)
    }

    pub(super) fn play(play: &Play, world: &mut World) -> Self {
        if !play.keys.is_empty() {
            let (sound, words) = (keys(&play.keys), Some(format!("[keys {}]", play.keys)));
            return Self::repeated(&[Piece { words, lasts: length(&sound), sound: Some(sound) }], play.loops);
        }
        let file = file_name(&play.url);
        let wanted = played(play, world);
        let recording = if let Wanted::Recording(sid) = &wanted { world.recordings.get(sid) } else { None };
        let (words, lasts) = match recording {
            Some(recording) => (format!("[recording] {}", recording.words), recording.length),
            None => (format!("[{file}]"), millis(UNKNOWN_FILE)),
        };
        let mut piece = Piece { words: Some(words.trim_end().to_owned()), lasts, sound: None };
        piece.sounds_like(world.shelf.get(&wanted));
        Self::repeated(&[piece], play.loops)
    }

    /// The prompts of a `Gather`, one after the other.
    pub(super) fn prompts(verbs: &[Verb], world: &mut World) -> Self {
        let mut all = Self::default();
        for verb in verbs {
            let next = match verb {
                Verb::Say(say) => Self::say(say, world),
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

    /// What must be ready before a verb can be heard.
    pub(super) fn wanted(verb: &Verb, world: &World, resolve: impl Fn(&str) -> Option<String>) -> Vec<Wanted> {
        match verb {
            Verb::Say(say) => {
                let words = say.spoken.iter().filter_map(|spoken| match spoken {
                    Spoken::Words(words) => Some(words.clone()),
                    Spoken::Break(_) => None,
                });
                words.map(|words| Wanted::Words(words, say.voice.clone())).collect()
            }
            Verb::Play(play) if play.keys.is_empty() => {
                let url = resolve(&play.url).unwrap_or_else(|| play.url.clone());
                vec![played(&Play { url, ..play.clone() }, world)]
            }
            _ => Vec::new(),
        }
    }

    /// What is heard of it.
    pub(super) fn ear(&self) -> Ear {
        let sound = self.pieces.front().and_then(|piece| piece.sound.clone());
        sound.zip(self.began).map_or(Ear::Nothing, |(sound, began)| Ear::Sound { sound, began })
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
        let Some(Piece { words: Some(words), lasts, .. }) = self.pieces.front() else { return };
        let spoken = self.began.map_or_else(TimeDelta::zero, |began| world.now - began);
        let heard = part(words, spoken, *lasts);
        if !heard.trim().is_empty() {
            world.log(call.person(), Some(&call.sid), What::HearsPart, heard);
        }
    }
}

impl Piece {
    fn silence(lasts: TimeDelta) -> Self {
        Self { words: None, lasts, sound: None }
    }

    /// It takes as long as it sounds.
    fn sounds_like(&mut self, sound: Option<Samples>) {
        if let Some(sound) = &sound {
            self.lasts = length(sound);
        }
        self.sound = sound;
    }
}

/// The last part of an address.
fn file_name(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default()
}

/// What a file is: a recording of the network's own, or something else.
fn played(play: &Play, world: &World) -> Wanted {
    let sid = file_name(&play.url).split('.').next().map(RecordingSid::from);
    match sid.filter(|sid| world.recordings.contains_key(sid)) {
        Some(sid) => Wanted::Recording(sid),
        None => Wanted::File(play.url.clone()),
    }
}

/// Keys as others hear them: half a second each, as `w` is; `W` is a second of silence.
fn keys(keys: &str) -> Samples {
    let mut sound = Vec::new();
    for key in keys.chars() {
        let lasts = if key == 'W' { 1000 } else { 500 };
        let end = sound.len().saturating_add(samples_in(Duration::from_millis(lasts)));
        sound.extend(tones::key(key, KEY));
        sound.resize(end, 0);
    }
    sound.into()
}

/// What a document of only `Say`, `Play` and `Pause` sounds like; `None` = there is something else in it.
pub(crate) fn pieces(verbs: &[Verb], world: &mut World) -> Option<VecDeque<(Option<String>, TimeDelta)>> {
    let spoken = verbs.iter().all(|verb| matches!(verb, Verb::Say(_) | Verb::Play(_) | Verb::Pause(_)));
    let speech = spoken.then(|| Speech::prompts(verbs, world))?;
    Some(speech.pieces.into_iter().map(|piece| (piece.words, piece.lasts)).collect())
}

/// How long it takes to press keys one after the other.
pub(super) fn time_of_keys(keys: &str) -> TimeDelta {
    millis(keys.chars().map(|key| if key == 'W' { 1000 } else { 500 }).sum())
}

/// How long it takes to say something.
pub(crate) fn as_long_as(words: &str) -> TimeDelta {
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
            pieces.push(Piece { words: Some(sentence.trim().to_owned()), lasts: millis(until - spent), sound: None });
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

/// Gives each sentence its part of the whole, as many characters as it has.
fn cut(pieces: &mut [Piece], whole: &[i16]) {
    let all: i64 = pieces.iter().map(|piece| piece.lasts.num_milliseconds()).sum();
    let (mut spoken, mut from, last) = (0_i64, 0_usize, pieces.len().saturating_sub(1));
    for (place, piece) in pieces.iter_mut().enumerate() {
        spoken = spoken.saturating_add(piece.lasts.num_milliseconds());
        let share = |length: usize| i64::try_from(length).ok()?.checked_mul(spoken)?.checked_div(all);
        let to = share(whole.len()).and_then(|to| usize::try_from(to).ok()).filter(|_| place < last);
        let to = to.unwrap_or(whole.len());
        piece.sounds_like(whole.get(from..to).map(Samples::from));
        from = to;
    }
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
    fn a_whole_is_cut_into_sentences_and_nothing_is_lost() {
        let mut pieces = sentences("Uno. Dos tres. Cuatro.");
        let whole: Vec<i16> = (0..10_007).collect();
        cut(&mut pieces, &whole);
        let sounds: Vec<&[i16]> = pieces.iter().filter_map(|piece| piece.sound.as_deref()).collect();
        assert_eq!(sounds.concat(), whole);
        assert_eq!(sounds.iter().map(|sound| sound.len() / 100).collect::<Vec<_>>(), [18, 45, 36]);
        assert_eq!(pieces.iter().map(|piece| piece.lasts).sum::<TimeDelta>(), length(&whole));
        cut(&mut pieces, &[]);
        assert_eq!(pieces.iter().map(|piece| piece.lasts).sum::<TimeDelta>(), TimeDelta::zero());
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
