//! `Gather`: listening for keys and speech while prompts are spoken, and after.

use super::speech::Speech;
use super::{Call, Doing, Ear};
use crate::time::{Instant, millis};
use crate::twiml::{Gather, Target, Verb};
use crate::world::World;

/// Silence that ends speech when the engine decides.
const SPEECH_PAUSE: i64 = 1000;

#[derive(Debug)]
pub(super) struct Gathering {
    gather: Gather,
    /// What is still being said; `None` = the prompts are over and the time-out runs.
    prompts: Option<Speech>,
    digits: String,
    /// What the person is saying or has said, and when that is known to be over.
    speech: Option<(String, Instant)>,
}

impl Gathering {
    pub(super) fn ear(&self) -> Ear {
        self.prompts.as_ref().map_or(Ear::Nothing, Speech::ear)
    }

    pub(super) fn hears_speech(&self) -> bool {
        self.gather.speech && self.speech.is_none()
    }

    /// Where it leads although nothing is entered.
    pub(super) fn empty_action(&self) -> Option<&Target> {
        self.gather.on_empty.then_some(&self.gather.action)
    }

    pub(super) fn cut(self, call: &Call, world: &mut World) {
        if let Some(prompts) = self.prompts {
            prompts.cut(call, world);
        }
    }
}

impl Call {
    pub(super) fn gather(&mut self, world: &mut World, mut gather: Gather) {
        for prompt in &mut gather.prompts {
            if let Verb::Play(play) = prompt {
                self.resolve_file(play);
            }
        }
        let speech = Speech::prompts(&gather.prompts, world);
        let gathering = Gathering { gather, prompts: None, digits: String::new(), speech: None };
        if gathering.gather.keys && !self.keys.is_empty() {
            // Typed ahead: the prompts are cut before they begin.
            self.doing = Doing::Gathering(gathering);
            return self.listen_to_keys(world);
        }
        self.say_prompts(world, gathering, speech);
    }

    fn say_prompts(&mut self, world: &mut World, mut gathering: Gathering, mut speech: Speech) {
        let until = if let Some(lasts) = speech.begin(world.now) {
            gathering.prompts = Some(speech);
            world.now + lasts
        } else {
            let over = gathering.speech.as_ref().map(|(_, over)| *over);
            over.unwrap_or(world.now + gathering.gather.timeout).max(world.now)
        };
        self.do_until(world, Doing::Gathering(gathering), until);
    }

    /// A prompt is over, or the time-out.
    pub(super) fn gather_turns(&mut self, world: &mut World, mut gathering: Gathering) {
        match gathering.prompts.take() {
            Some(mut speech) => {
                speech.end_of_piece(self, world);
                self.say_prompts(world, gathering, speech);
            }
            None => self.gathered(world, &gathering),
        }
    }

    /// Lets a `Gather` have the keys pressed so far, for as long as it wants them.
    pub(super) fn listen_to_keys(&mut self, world: &mut World) {
        while matches!(&self.doing, Doing::Gathering(gathering) if gathering.gather.keys) {
            let Some(key) = self.keys.pop_front() else { return };
            let Doing::Gathering(gathering) = std::mem::replace(&mut self.doing, Doing::Between) else { return };
            self.gather_key(world, gathering, key);
        }
    }

    fn gather_key(&mut self, world: &mut World, mut gathering: Gathering, key: char) {
        if let Some(speech) = gathering.prompts.take() {
            speech.cut(self, world);
        }
        self.stop_timer(world);
        if gathering.gather.finish_on_key.contains(&key) {
            return self.gathered(world, &gathering);
        }
        gathering.digits.push(key);
        if gathering.gather.digits.is_some_and(|most| gathering.digits.len() >= most) {
            return self.gathered(world, &gathering);
        }
        let until = world.now + gathering.gather.timeout;
        self.do_until(world, Doing::Gathering(gathering), until);
    }

    /// The person says something until an instant.
    pub(super) fn gather_speech(&mut self, world: &mut World, mut gathering: Gathering, words: &str, until: Instant) {
        let over = until + gathering.gather.speech_timeout.unwrap_or(millis(SPEECH_PAUSE));
        gathering.speech = Some((words.to_owned(), over));
        if !gathering.gather.barge_in && gathering.prompts.is_some() {
            // Heard, but what is being said goes on to its end.
            self.doing = Doing::Gathering(gathering);
            return;
        }
        if let Some(speech) = gathering.prompts.take() {
            speech.cut(self, world);
        }
        self.do_until(world, Doing::Gathering(gathering), over);
    }

    /// Listening is over. Nothing entered makes no request: the document goes on, unless it asked otherwise.
    fn gathered(&mut self, world: &mut World, gathering: &Gathering) {
        let Gathering { gather, digits, speech, .. } = gathering;
        let mut params = Vec::new();
        if !digits.is_empty() {
            params.push(("Digits", digits.clone()));
        } else if let Some((words, _)) = speech {
            params.push(("SpeechResult", words.clone()));
            params.push(("Confidence", "0.9".to_owned()));
        } else if gather.on_empty {
            params.push(("Digits", String::new()));
        } else {
            // Time-outs of zero must not go on for ever within one call of this function.
            return self.do_until(world, Doing::Between, world.now);
        }
        self.ask(world, &gather.action, params);
    }
}
