//! `wait_for_person`: the caller stays on the line while people on duty are paged.

use std::time::Duration;

use super::menu::Key;
use super::walk::{Go, Walk};
use crate::flow::document::{Exit, PromptUse, Target};
use crate::flow::machine::Fault;
use crate::flow::{Answer, Ask, CaseFacts, Gather, Input};
use crate::incident;
use crate::source::Fields;

/// Holds the caller until a person takes the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitForPerson {
    /// Said at first.
    pub first: PromptUse,
    /// Said each time `every` passed.
    pub news: PromptUse,
    /// How often the case is looked at.
    pub every: Duration,
    /// How long the caller waits in all.
    pub patience: Duration,
    /// Keys that end the wait.
    pub keys: Vec<Key>,
    /// The way when a person took the case.
    pub accepted: Target,
    /// The way when nobody took it in time.
    pub nobody: Target,
}

impl WaitForPerson {
    pub(in crate::flow) const KEYS: &'static [&'static str] = &["wait_for_person", "keys", "accepted", "nobody"];

    pub(in crate::flow) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let hold = Hold::read(fields);
        let keys = fields.keys("keys");
        let accepted = fields.target("accepted");
        let nobody = fields.target("nobody");
        let Hold { first, news, every, patience } = hold?;
        Some(Self { first, news, every, patience, keys: keys?, accepted: accepted?, nobody: nobody? })
    }

    pub(in crate::flow) fn exits(&self) -> Vec<Exit<'_>> {
        let mut exits: Vec<Exit<'_>> = self.keys.iter().map(|key| Exit::new(&key.key, &key.target)).collect();
        exits.push(Exit::new("accepted", &self.accepted));
        exits.push(Exit::new("nobody", &self.nobody));
        exits
    }

    pub(in crate::flow) fn prompts(&self) -> Vec<PromptUse> {
        vec![self.first.clone(), self.news.clone()]
    }
}

/// What stands below the verb: `{ first: hold_first, news: hold_news, every: 25s, for: 3m }`.
struct Hold {
    first: PromptUse,
    news: PromptUse,
    every: Duration,
    patience: Duration,
}

impl Hold {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let mut hold = fields.map("wait_for_person", &["first", "news", "every", "for"])?;
        let first = hold.prompt("first");
        let news = hold.prompt("news");
        let seconds = Duration::from_secs;
        let every = hold.duration("every", seconds(25), seconds(5)..=seconds(60));
        let patience = hold.duration("for", seconds(180), seconds(10)..=seconds(30 * 60));
        Some(Self { first: first?, news: news?, every, patience })
    }
}

impl WaitForPerson {
    pub(in crate::flow) fn enter<'f>() -> Go<'f> {
        Go::Ask(Ask::OwnCase)
    }

    pub(in crate::flow) fn take<'f>(&'f self, walk: &mut Walk<'f>, input: &Input) -> Result<Go<'f>, Fault> {
        match input {
            Input::Digits(keys) => match self.keys.iter().find(|key| key.key == *keys) {
                Some(key) => Ok(Go::To(&key.target)),
                None => Ok(Go::Ask(Ask::OwnCase)),
            },
            Input::Answer(Answer::Case(Some(case))) => self.looked(walk, case),
            // No incident, nobody to wait for.
            Input::Answer(Answer::Case(None)) => Ok(Go::To(&self.nobody)),
            Input::Answer(Answer::Institution(_)) => Err(walk.unasked()),
            Input::Begin | Input::Speech(_) | Input::Recording { .. } | Input::Silence => Ok(Go::Ask(Ask::OwnCase)),
        }
    }

    fn looked<'f>(&'f self, walk: &mut Walk<'f>, case: &CaseFacts) -> Result<Go<'f>, Fault> {
        walk.looked_at(case);
        match case.state {
            incident::State::Received => {}
            incident::State::Cancelled => return Ok(Go::To(&self.nobody)),
            _ => return Ok(Go::To(&self.accepted)),
        }
        let now = walk.facts.now;
        let prompt = match walk.state.waiting_since {
            None => {
                walk.state.waiting_since = Some(now);
                &self.first
            }
            Some(since) if (now - since).to_std().unwrap_or_default() >= self.patience => {
                return Ok(Go::To(&self.nobody));
            }
            Some(_) => &self.news,
        };
        walk.say(&prompt.name)?;
        Ok(Go::Gather(Gather {
            prompts: Vec::new(),
            digits: Some(1),
            end: None,
            first: self.every,
            between: self.every,
            words: Vec::new(),
            language: walk.state.language,
        }))
    }
}
