//! Text messages to callers: the same pages as prompts, with the short written forms, one segment each.

use std::collections::BTreeSet;

use super::set::{Entry, Set};
use super::template::{Part, Template};
use super::{Missing, Placeholder, longest_written};
use crate::flow::Language;
use crate::flow::speech::{Context, Value, septets, short};
use crate::source::{Problem, Source};

/// The septets of one text message in the GSM 7-bit alphabet (3GPP TS 23.040).
pub const SEGMENT: usize = 160;

/// The text messages to callers, in every language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messages(Set);

impl Messages {
    /// Reads the pages of every language.
    ///
    /// # Errors
    /// Every problem at its line: those of [`super::Prompts::parse`], letters that a text message lacks, and messages that
    /// could take more than one segment.
    pub fn parse(files: &[(Language, Source)]) -> Result<Self, Vec<Problem>> {
        Set::read(files, check).map(Self)
    }

    /// The message with its places filled.
    ///
    /// # Errors
    /// [`Missing`].
    pub fn render(
        &self,
        language: Language,
        name: &str,
        context: &Context,
        value: impl Fn(Placeholder) -> Option<Value>,
    ) -> Result<String, Missing> {
        let (language, entry) = self.0.find(language, name).ok_or_else(|| Missing::Prompt(name.to_owned()))?;
        write(language, &entry.template, context, value)
            .map_err(|place| Missing::Value { prompt: name.to_owned(), place })
    }

    /// The names of all messages, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.names()
    }

    /// Whether the message exists in exactly this language.
    #[must_use]
    pub fn has(&self, language: Language, name: &str) -> bool {
        self.0.exactly(language, name).is_some()
    }

    /// The places a message leaves open; none when there is no such message.
    #[must_use]
    pub fn placeholders(&self, name: &str) -> BTreeSet<Placeholder> {
        self.0.places(name)
    }
}

/// The message in its written form, or the place that cannot be filled.
pub(super) fn write(
    language: Language,
    template: &Template,
    context: &Context,
    value: impl Fn(Placeholder) -> Option<Value>,
) -> Result<String, Placeholder> {
    let mut text = String::new();
    for part in &template.parts {
        match part {
            Part::Words(words) => text.push_str(words),
            Part::Place(place) => text.push_str(&short(language, &value(*place).ok_or(*place)?, context)),
        }
    }
    Ok(text)
}

/// What a text message must keep beyond what every prompt must.
fn check(language: Language, entry: &Entry) -> Option<Problem> {
    let text = longest_written(language, entry)?;
    let problem = |what: String| Problem::at(&entry.file, entry.at, what);
    let foreign: BTreeSet<char> = text.chars().filter(|letter| septets(*letter).is_none()).collect();
    if !foreign.is_empty() {
        let letters: Vec<String> = foreign.iter().map(|letter| format!("'{letter}'")).collect();
        let problem = problem(format!("the message holds {}, which text messages lack", letters.join(", ")));
        return Some(problem.why("It would be sent in segments of 70").mend("Write a, i, o, u without accents"));
    }
    let length: usize = text.chars().filter_map(septets).sum();
    (length > SEGMENT)
        .then(|| problem(format!("the message may take {length} characters, more than {SEGMENT}")).mend("Shorten it"))
}
