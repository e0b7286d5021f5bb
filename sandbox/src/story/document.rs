//! A story as it is written: parsed, checked, all its mistakes at once.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, FixedOffset, Utc};
use serde::Deserialize;
use serde_json::Value;
use serde_saphyr::Spanned;

use super::step::{Act, Step};
use crate::refusal::is_e164;

/// The largest story, in bytes.
const LARGEST: usize = 256 * 1024;

/// A story, ready to be played.
#[derive(Clone, Debug)]
pub struct Story {
    /// Its title.
    pub title: String,
    /// When it begins.
    pub at: DateTime<FixedOffset>,
    /// The caller's number.
    pub caller: String,
    /// The number the caller dials as the story begins, if they do.
    pub dials: Option<String>,
    /// Names and numbers of the people on duty.
    pub staff: BTreeMap<String, String>,
    /// The file it came from, for messages.
    pub file: String,
    pub(super) steps: Vec<Step>,
    pub(super) then: Vec<Expectation>,
}

/// Something that must be true in the end.
#[derive(Clone, Debug)]
pub(super) struct Expectation {
    pub line: u64,
    pub what: Expected,
}

#[derive(Clone, Debug)]
pub(super) enum Expected {
    NothingElseWasSent,
    Host(String, Value),
}

/// Everything that is wrong with a story, a line each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct StoryError(pub Vec<String>);

impl fmt::Display for StoryError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0.join("\n"))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    story: String,
    at: Spanned<String>,
    caller: Caller,
    #[serde(default)]
    staff: BTreeMap<String, Spanned<String>>,
    steps: Vec<Spanned<Value>>,
    #[serde(default)]
    then: Vec<Spanned<Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Caller {
    from: Spanned<String>,
    dials: Option<Spanned<String>>,
}

impl Story {
    /// Reads a story. `file` is only for messages.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, each with its line.
    pub fn parse(text: &str, file: &str) -> Result<Self, StoryError> {
        if text.len() > LARGEST {
            return Err(StoryError(vec![format!(
                "{file}: a story may have {LARGEST} bytes, this one has {}",
                text.len()
            )]));
        }
        let options = serde_saphyr::options! {
            leading_zero_numbers_as_strings: true,
            underscored_numbers_as_strings: true,
        };
        let page: Page = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
            let place = error.location().map(|place| format!(":{}:{}", place.line(), place.column()));
            StoryError(vec![format!("{file}{}: {}", place.unwrap_or_default(), error.without_snippet())])
        })?;
        let mut problems = Problems { file, found: Vec::new() };
        let story = problems.story(page);
        if problems.found.is_empty() { Ok(story) } else { Err(StoryError(problems.found)) }
    }

    /// When it begins, in UTC: where a network that plays it starts.
    #[must_use]
    pub fn starts_at(&self) -> DateTime<Utc> {
        self.at.with_timezone(&Utc)
    }
}

struct Problems<'f> {
    file: &'f str,
    found: Vec<String>,
}

impl Problems<'_> {
    fn add(&mut self, line: u64, text: &str) {
        self.found.push(format!("{}:{line}: {text}", self.file));
    }

    fn story(&mut self, page: Page) -> Story {
        let at = DateTime::parse_from_rfc3339(&page.at.value).unwrap_or_else(|_| {
            self.add(
                page.at.referenced.line(),
                "at: expected a date and time with its zone, as 2026-03-07T22:00:00-04:00",
            );
            DateTime::default()
        });
        let caller = self.number(page.caller.from);
        let dials = page.caller.dials.map(|number| self.number(number));
        let staff: BTreeMap<_, _> = page.staff.into_iter().map(|(name, number)| (name, self.number(number))).collect();
        let mut steps = Vec::new();
        for step in page.steps {
            let line = step.referenced.line();
            match Step::read(line, &step.value) {
                Ok(step) => {
                    if let Some(unknown) = step.staff.as_ref().filter(|name| !staff.contains_key(*name)) {
                        let known = staff.keys().cloned().collect::<Vec<_>>().join(", ");
                        self.add(line, &format!("nobody is called '{unknown}'; staff: {known}"));
                    }
                    if step.act == Act::CallsAgain && (step.staff.is_some() || dials.is_none()) {
                        self.add(line, "calls_again: only a caller whose 'dials' is given can; use 'dials: number'");
                    }
                    steps.push(step);
                }
                Err(text) => self.add(line, &text),
            }
        }
        let then = page.then.into_iter().filter_map(|given| self.expectation(&given)).collect();
        Story { title: page.story, at, caller, dials, staff, file: self.file.to_owned(), steps, then }
    }

    fn number(&mut self, number: Spanned<String>) -> String {
        if !is_e164(&number.value) {
            let text = format!("'{}' is not a number in E.164, as \"+18095550142\"", number.value);
            self.add(number.referenced.line(), &text);
        }
        number.value
    }

    fn expectation(&mut self, given: &Spanned<Value>) -> Option<Expectation> {
        let line = given.referenced.line();
        let (name, value) = match &given.value {
            Value::String(name) => (name.clone(), Value::Null),
            Value::Object(fields) if fields.len() == 1 => {
                fields.iter().next().map(|(name, value)| (name.clone(), value.clone()))?
            }
            _ => {
                self.add(line, "expected one name and what is to be so, as 'incident: { state: open }'");
                return None;
            }
        };
        let what = match name.as_str() {
            "nothing_else_was_sent" => Expected::NothingElseWasSent,
            _ => Expected::Host(name, value),
        };
        Some(Expectation { line, what })
    }
}
