//! `menu`: the caller chooses by a key or a word.

use super::wait::{INVALID, NO_INPUT, Wait};
use super::walk::{Go, Walk};
use crate::flow::document::{Exit, Line, PromptUse, Target};
use crate::flow::machine::Fault;
use crate::flow::{Gather, Input};
use crate::source::Fields;
use crate::source::{self, Position};

/// Asks for a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// What is heard while keys already count.
    pub lines: Vec<Line>,
    /// The choices, in the order written.
    pub keys: Vec<Key>,
    /// Words that stand for a key, where the provider hears speech.
    pub words: Vec<Words>,
    /// How long and how often.
    pub wait: Wait,
    /// The way when nothing came `wait.tries` times.
    pub silence: Target,
    /// The way when the last of `wait.tries` answers was no choice.
    pub wrong: Target,
    /// Where the menu stands.
    pub at: Position,
}

/// A choice of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// One or two of `0-9`, or `*`, which otherwise repeats the menu.
    pub key: String,
    /// Where the key stands.
    pub at: Position,
    /// Where it leads.
    pub target: Target,
}

/// Words that stand for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub at: Position,
    /// The words, lower case, without accents.
    pub words: Vec<String>,
}

impl Menu {
    pub(in crate::flow) const KEYS: &'static [&'static str] = &["menu", "keys", "words", "wait", "silence", "wrong"];

    pub(in crate::flow) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.at();
        let lines = fields.lines("menu");
        let keys = fields.keys("keys");
        let words = fields.words("words");
        let wait = fields.wait();
        let silence = fields.target("silence");
        let wrong = fields.target("wrong");
        Some(Self { lines: lines?, keys: keys?, words, wait, silence: silence?, wrong: wrong?, at })
    }

    pub(in crate::flow) fn exits(&self) -> Vec<Exit<'_>> {
        let mut exits: Vec<Exit<'_>> = self.keys.iter().map(|key| Exit::new(&key.key, &key.target)).collect();
        exits.push(Exit::new("silence", &self.silence));
        exits.push(Exit::new("wrong", &self.wrong));
        exits
    }

    pub(in crate::flow) fn prompts(&self) -> Vec<PromptUse> {
        let mut prompts = Line::prompts(&self.lines);
        if self.wait.tries > 1 {
            prompts.extend([NO_INPUT, INVALID].map(|name| PromptUse { name: name.to_owned(), at: self.at }));
        }
        prompts
    }
}

impl<'p> Fields<'p> {
    /// Keys of the telephone, each with its way.
    pub(in crate::flow) fn keys(&mut self, name: &str) -> Option<Vec<Key>> {
        let entries = self.entries_of(name)?;
        let mut keys = Vec::new();
        for (key, value) in entries {
            if !is_menu_key(&key.text) {
                self.problem(|source, owner| {
                    source
                        .problem(key.at, format!("'{}' of {owner} is no key of a menu", key.text))
                        .mend("Use one or two of 0-9, or \"*\"")
                });
                continue;
            }
            let target = self.target_of(value, &format!("key {}", key.text));
            keys.extend(target.map(|target| Key { key: key.text.clone(), at: key.at, target }));
        }
        if keys.is_empty() && entries.is_empty() {
            let at = self.at();
            self.problem(|source, owner| {
                source.problem(at, format!("{owner} has no keys")).mend("Give each choice a key: '1: report'")
            });
            return None;
        }
        Some(keys)
    }

    /// `words: { 1: [incidente, emergencia] }`: words that stand for a key.
    fn words(&mut self, name: &str) -> Vec<Words> {
        if self.get(name).is_none() {
            return Vec::new();
        }
        let mut all = Vec::new();
        for (key, value) in self.entries_of(name).unwrap_or_default() {
            let Some(items) = value.as_list() else {
                self.problem(|source, owner| {
                    let what = format!("the words for key {} of {owner} are {}, not a list", key.text, value.what());
                    source.problem(value.at, what).mend("Write them in brackets: [incidente, emergencia]")
                });
                continue;
            };
            let words = items.iter().filter_map(|item| self.text_of(item, name)).map(folded).collect();
            all.push(Words { key: key.text.clone(), at: key.at, words });
        }
        all
    }

    fn entries_of(&mut self, name: &str) -> Option<&'p [(source::Key, source::Node)]> {
        let node = self.need(name)?;
        let entries = node.as_map();
        if entries.is_none() {
            self.problem(|source, owner| {
                let what = format!("'{name}' of {owner} is {}, not a map", node.what());
                source.problem(node.at, what).mend("Write 'key: ...' lines below it")
            });
        }
        entries
    }
}

/// Whether a text can be a key of a menu: `*`, or one or two digits.
fn is_menu_key(text: &str) -> bool {
    text == "*" || ((1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Small letters without accents: what people and speech engines write differently compares equal.
pub(in crate::flow) fn folded(text: &str) -> String {
    text.trim()
        .chars()
        .flat_map(char::to_lowercase)
        .map(|letter| match letter {
            'á' => 'a',
            'é' => 'e',
            'í' => 'i',
            'ó' => 'o',
            'ú' | 'ü' => 'u',
            'ñ' => 'n',
            other => other,
        })
        .collect()
}

impl Menu {
    pub(in crate::flow) fn enter<'f>(&'f self, walk: &mut Walk<'f>) -> Result<Go<'f>, Fault> {
        walk.say_all(&self.lines)?;
        Ok(Go::Gather(self.gather(walk)))
    }

    pub(in crate::flow) fn take<'f>(&'f self, walk: &mut Walk<'f>, input: &Input) -> Result<Go<'f>, Fault> {
        match input {
            Input::Digits(keys) => self.chosen(walk, keys),
            Input::Speech(words) => match self.meant(words) {
                Some(key) => Ok(Go::To(&key.target)),
                None => self.wrong(walk),
            },
            Input::Silence if walk.was_last(self.wait.tries) => Ok(Go::To(&self.silence)),
            Input::Silence => {
                walk.say(NO_INPUT)?;
                self.enter(walk)
            }
            Input::Answer(_) => Err(walk.unasked()),
            Input::Begin | Input::Recording { .. } | Input::Waited(_) | Input::Parted(_) | Input::Moved => {
                self.enter(walk)
            }
        }
    }

    fn chosen<'f>(&'f self, walk: &mut Walk<'f>, keys: &str) -> Result<Go<'f>, Fault> {
        match self.keys.iter().find(|key| key.key == keys) {
            Some(key) => Ok(Go::To(&key.target)),
            // `*` repeats. `#` after the digits of the question before is a habit, not a choice.
            None if keys == "*" || keys.trim_matches('#').is_empty() => self.enter(walk),
            None => self.wrong(walk),
        }
    }

    fn wrong<'f>(&'f self, walk: &mut Walk<'f>) -> Result<Go<'f>, Fault> {
        if walk.was_last(self.wait.tries) {
            return Ok(Go::To(&self.wrong));
        }
        walk.say(INVALID)?;
        self.enter(walk)
    }

    /// The one choice that the words name; none when they name two.
    fn meant(&self, spoken: &str) -> Option<&Key> {
        let spoken = folded(spoken);
        let mut named = self
            .words
            .iter()
            .filter(|choice| choice.words.iter().any(|word| spoken.contains(word.as_str())))
            .map(|choice| choice.key.as_str());
        let first = named.next()?;
        named.all(|key| key == first).then(|| self.keys.iter().find(|key| key.key == first))?
    }

    fn gather(&self, walk: &Walk<'_>) -> Gather {
        let longest = self.keys.iter().map(|key| key.key.len()).max().unwrap_or(1);
        Gather {
            prompts: Vec::new(),
            digits: u8::try_from(longest).ok(),
            end: None,
            first: self.wait.first,
            between: self.wait.between,
            words: self.words.iter().flat_map(|choice| choice.words.iter().cloned()).collect(),
            language: walk.state.language,
        }
    }
}
