//! The prompts: every word the line says, by name and language, and the text messages to callers. Pure.
//!
//! A page holds names and words with open places (`{due}`); the place decides how what fills it is spoken. All problems of
//! all pages are told at once, before the first caller hears one.

mod estimate;
mod message;
mod placeholder;
mod set;
mod template;

use std::collections::BTreeSet;

pub use message::{Messages, SEGMENT};
pub use placeholder::{Filling, Placeholder};

use self::set::{Entry, Set};
use self::template::{Part, Template};
use super::Language;
use super::speech::{self, Context, Value};
use crate::source::{Position, Problem, Source};

/// The prompts of a line, in every language it speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prompts(Set);

/// A prompt ready to be spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// The language the words are in: Spanish, when the one asked for lacks the prompt.
    pub language: Language,
    /// The words, without digits or open places.
    pub text: String,
    /// A recorded file that holds the same words.
    pub audio: Option<String>,
}

/// Why a prompt cannot be said.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// There is no prompt of this name.
    #[error("there is no prompt '{0}'")]
    Prompt(String),
    /// Nothing is known to fill a place with.
    #[error("the prompt '{prompt}' needs {place}, and it is not known")]
    Value {
        /// The prompt.
        prompt: String,
        /// The open place.
        place: Placeholder,
    },
}

impl Prompts {
    /// Reads the pages of every language; a language may have several.
    ///
    /// # Errors
    /// Every problem at its line: unknown places, prompts without words, prompts that stand twice, that a language lacks, or
    /// whose places differ between languages.
    pub fn parse(files: &[(Language, Source)]) -> Result<Self, Vec<Problem>> {
        Set::read(files, |_, _| None).map(Self)
    }

    /// The prompt with its places filled; `value` gives what is known of a place.
    ///
    /// # Errors
    /// [`Missing`].
    pub fn render(
        &self,
        language: Language,
        name: &str,
        context: &Context,
        value: impl Fn(Placeholder) -> Option<Value>,
    ) -> Result<Spoken, Missing> {
        let (language, entry) = self.0.find(language, name).ok_or_else(|| Missing::Prompt(name.to_owned()))?;
        let text = fill(language, &entry.template, context, value)
            .map_err(|place| Missing::Value { prompt: name.to_owned(), place })?;
        Ok(Spoken { language, text, audio: entry.audio.clone() })
    }

    /// The recorded files, each with the page and the place that names it.
    pub fn recorded(&self) -> impl Iterator<Item = (&str, Position, &str)> {
        self.0.recorded()
    }

    /// The names of all prompts, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.names()
    }

    /// Whether the prompt exists in exactly this language.
    #[must_use]
    pub fn has(&self, language: Language, name: &str) -> bool {
        self.0.exactly(language, name).is_some()
    }

    /// The places a prompt leaves open; none when there is no such prompt.
    #[must_use]
    pub fn placeholders(&self, name: &str) -> BTreeSet<Placeholder> {
        self.0.places(name)
    }

    /// The seconds it takes to say the prompt, its places filled with long values; `None` when the language lacks it.
    #[must_use]
    pub fn seconds(&self, language: Language, name: &str) -> Option<f64> {
        let entry = self.0.exactly(language, name)?;
        longest_seconds(language, &entry.template)
    }

    /// The digit keys that the prompt names, as in "marque 1".
    #[must_use]
    pub fn keys_named(&self, language: Language, name: &str) -> BTreeSet<char> {
        let named = |key: &char| self.0.exactly(language, name).is_some_and(|entry| entry.template.names_key(*key));
        ('0'..='9').filter(named).collect()
    }

    /// The seconds until the caller has heard the first sentence of the prompt that names `key`; `None` when none does.
    #[must_use]
    pub fn seconds_until_key(&self, language: Language, name: &str, key: char) -> Option<f64> {
        let entry = self.0.exactly(language, name)?;
        longest_seconds(language, &entry.template.until_key(key)?)
    }
}

fn longest_seconds(language: Language, template: &Template) -> Option<f64> {
    let context = Placeholder::longest_context();
    let words = fill(language, template, &context, |place| place.longest(language)).ok()?;
    Some(estimate::seconds(language, &words))
}

/// The words with every place filled, or the place that cannot be.
fn fill(
    language: Language,
    template: &Template,
    context: &Context,
    value: impl Fn(Placeholder) -> Option<Value>,
) -> Result<String, Placeholder> {
    let mut text = String::new();
    for part in &template.parts {
        match part {
            Part::Words(words) => text.push_str(&speech::text(language, words)),
            Part::Place(place) => {
                let value = value(*place).ok_or(*place)?;
                append(language, &mut text, &speech::say(language, &value, context));
            }
        }
    }
    Ok(text)
}

/// Spanish joins "de" and "a" with the article that follows: "antes del mediodía", "al mediodía".
fn append(language: Language, text: &mut String, said: &str) {
    let noun = said.strip_prefix("el ").filter(|_| language == Language::Es);
    let before = text.strip_suffix(' ').and_then(|text| text.rsplit(char::is_whitespace).next());
    match noun {
        Some(noun) if before.is_some_and(|word| ["a", "A", "de", "De"].contains(&word)) => {
            text.truncate(text.trim_end().len());
            text.push_str("l ");
            text.push_str(noun);
        }
        _ => text.push_str(said),
    }
}

/// The words of a prompt with long values in its places, as they are written in a text message.
fn longest_written(language: Language, entry: &Entry) -> Option<String> {
    let context = Placeholder::longest_context();
    message::write(language, &entry.template, &context, |place| place.longest(language)).ok()
}

#[cfg(test)]
mod tests;
