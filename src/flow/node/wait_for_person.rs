//! `wait_for_person`: the caller waits in a queue while people on duty are paged, until one of them takes the caller out of
//! it, or what the caller hears meanwhile lets them go on.

use std::time::Duration;

use super::menu::Key;
use super::walk::{Go, Walk};
use crate::flow::document::{Exit, PromptUse, Target};
use crate::flow::machine::Fault;
use crate::flow::{Answer, Ask, CaseFacts, Gather, Input, Leaving, Verb, Waited};
use crate::incident;
use crate::source::Fields;

/// Holds the caller until a person takes the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitForPerson {
    /// Said at first.
    pub first: PromptUse,
    /// Said each time `every` passed.
    pub news: PromptUse,
    /// Said instead, once a person took the case and is about to be joined.
    pub joining: PromptUse,
    /// Heard between one news and the next, so that nobody takes the silence for a dead line: mostly a recorded file.
    pub music: Option<PromptUse>,
    /// How often the case is looked at, and the news said; where there is music, once for each time that it was heard.
    pub every: Duration,
    /// How long the caller waits in all.
    pub patience: Duration,
    /// Keys that end the wait.
    pub keys: Vec<Key>,
    /// The way after a conversation with a person.
    pub joined: Target,
    /// The way when a person took the case and calls back.
    pub accepted: Target,
    /// The way when nobody took it in time.
    pub nobody: Target,
}

impl WaitForPerson {
    pub(in crate::flow) const KEYS: &'static [&'static str] =
        &["wait_for_person", "keys", "joined", "accepted", "nobody"];

    pub(in crate::flow) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let hold = Hold::read(fields);
        let keys = fields.keys("keys");
        let joined = fields.target("joined");
        let accepted = fields.target("accepted");
        let nobody = fields.target("nobody");
        let Hold { first, news, joining, music, every, patience } = hold?;
        let (keys, joined, accepted, nobody) = (keys?, joined?, accepted?, nobody?);
        Some(Self { first, news, joining, music, every, patience, keys, joined, accepted, nobody })
    }

    pub(in crate::flow) fn exits(&self) -> Vec<Exit<'_>> {
        let mut exits: Vec<Exit<'_>> = self.keys.iter().map(|key| Exit::new(&key.key, &key.target)).collect();
        exits.push(Exit::new("joined", &self.joined));
        exits.push(Exit::new("accepted", &self.accepted));
        exits.push(Exit::new("nobody", &self.nobody));
        exits
    }

    pub(in crate::flow) fn prompts(&self) -> Vec<PromptUse> {
        [&self.first, &self.news, &self.joining].into_iter().chain(&self.music).cloned().collect()
    }
}

/// What is heard first was said on the way into the queue: no news so soon.
const SAID_ALREADY: Duration = Duration::from_secs(10);
/// How long a key is waited for after the music, which is the wait.
const AFTER_MUSIC: Duration = Duration::from_secs(1);

/// What stands below the verb: `{ first: hold_first, news: hold_news, joining: hold_joining, music: hold_music, for: 3m }`.
struct Hold {
    first: PromptUse,
    news: PromptUse,
    joining: PromptUse,
    music: Option<PromptUse>,
    every: Duration,
    patience: Duration,
}

impl Hold {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let mut hold = fields.map("wait_for_person", &["first", "news", "joining", "music", "every", "for"])?;
        let first = hold.prompt("first");
        let news = hold.prompt("news");
        let joining = hold.prompt("joining");
        let music = hold.maybe_prompt("music");
        let seconds = Duration::from_secs;
        let every = hold.duration("every", seconds(25), seconds(5)..=seconds(60));
        let patience = hold.duration("for", seconds(180), seconds(10)..=seconds(30 * 60));
        Some(Self { first: first?, news: news?, joining: joining?, music, every, patience })
    }
}

impl WaitForPerson {
    pub(in crate::flow) fn enter<'f>() -> Go<'f> {
        Go::Ask(Ask::OwnCase)
    }

    pub(in crate::flow) fn take<'f>(&'f self, walk: &mut Walk<'f>, input: &Input) -> Result<Go<'f>, Fault> {
        match input {
            Input::Waited(Waited::Joined) => Ok(Go::To(&self.joined)),
            Input::Waited(Waited::Left) => Ok(Go::To(match walk.state.leaving.take() {
                Some(Leaving::Key(pressed)) => self.key(&pressed).unwrap_or(&self.nobody),
                Some(Leaving::Accepted) => &self.accepted,
                Some(Leaving::Nobody) | None => &self.nobody,
            })),
            Input::Answer(Answer::Case(Some(case))) => self.looked(walk, case),
            // No queue, or no incident: nobody to wait for.
            Input::Waited(Waited::Failed) | Input::Answer(Answer::Case(None)) => Ok(Go::To(&self.nobody)),
            Input::Answer(Answer::Institution(_)) => Err(walk.unasked()),
            Input::Begin
            | Input::Digits(_)
            | Input::Speech(_)
            | Input::Recording { .. }
            | Input::Silence
            | Input::Parted(_)
            | Input::Moved => Ok(Go::Ask(Ask::OwnCase)),
        }
    }

    fn looked<'f>(&'f self, walk: &mut Walk<'f>, case: &CaseFacts) -> Result<Go<'f>, Fault> {
        walk.looked_at(case);
        match case.state {
            incident::State::Received => {}
            incident::State::Cancelled => return Ok(Go::To(&self.nobody)),
            _ => return Ok(Go::To(&self.accepted)),
        }
        if walk.state.waiting_since.is_none() {
            walk.state.waiting_since = Some(walk.facts.now);
            walk.say(&self.first.name)?;
        }
        Ok(Go::Wait)
    }

    /// What the caller hears while waiting, asked for again and again; `keys` is what they pressed meanwhile.
    pub(in crate::flow) fn hold(
        &self,
        walk: &mut Walk<'_>,
        keys: Option<&str>,
        case: Option<&CaseFacts>,
    ) -> Result<Vec<Verb>, Fault> {
        let now = walk.facts.now;
        let waited = (now - walk.state.waiting_since.unwrap_or(now)).to_std().unwrap_or_default();
        let pressed = keys.filter(|pressed| self.key(pressed).is_some());
        let joining = walk.state.joining_until.is_some_and(|until| now < until);
        let open = case.map(|case| case.state);
        let leaving = match (walk.state.leaving.take(), pressed, open) {
            (Some(decided), _, _) => Some(decided),
            (None, Some(pressed), _) => Some(Leaving::Key(pressed.to_owned())),
            (None, None, Some(incident::State::Received)) if waited < self.patience => None,
            (None, None, Some(state)) if state.is_open() && joining => None,
            (None, None, Some(incident::State::Received | incident::State::Cancelled) | None) => Some(Leaving::Nobody),
            (None, None, Some(_)) => Some(Leaving::Accepted),
        };
        if leaving.is_some() {
            walk.state.leaving = leaving;
            return Ok(vec![Verb::Leave]);
        }
        if joining {
            walk.say(&self.joining.name)?;
        } else if waited >= SAID_ALREADY {
            walk.say(&self.news.name)?;
        }
        let mut pause = self.every;
        if let Some(music) = &self.music {
            walk.say(&music.name)?;
            pause = AFTER_MUSIC;
        }
        let gather = Gather {
            prompts: walk.heard(),
            digits: Some(1),
            end: None,
            first: pause,
            between: pause,
            words: Vec::new(),
            language: walk.state.language,
        };
        Ok(vec![Verb::Gather(gather), Verb::Continue])
    }

    fn key(&self, pressed: &str) -> Option<&Target> {
        self.keys.iter().find(|key| key.key == pressed).map(|key| &key.target)
    }
}
