//! `hangup`: the call ends.

use super::walk::{Go, Walk};
use crate::flow::Outcome;
use crate::flow::document::{Line, PromptUse};
use crate::flow::machine::Fault;
use crate::source::Fields;

/// Ends the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hangup {
    /// Said before.
    pub lines: Vec<Line>,
    /// What the caller had; without it, what the call gave them on the way. An open incident outranks it.
    pub outcome: Option<Outcome>,
}

impl Hangup {
    pub(in crate::flow) const KEYS: &'static [&'static str] = &["hangup"];

    pub(in crate::flow) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let (lines, outcome) = fields.ending("hangup")?;
        Some(Self { lines, outcome })
    }

    pub(in crate::flow) fn prompts(&self) -> Vec<PromptUse> {
        Line::prompts(&self.lines)
    }
}

impl Fields<'_> {
    /// `{ say: goodbye, outcome: informed }`; both may be absent.
    fn ending(&mut self, key: &str) -> Option<(Vec<Line>, Option<Outcome>)> {
        let mut ending = self.map(key, &["say", "outcome"])?;
        let lines = match ending.get("say") {
            Some(_) => ending.lines("say")?,
            None => Vec::new(),
        };
        let outcome = match ending.get("outcome") {
            Some(node) => {
                let words = Outcome::ALL.map(|outcome| (outcome.as_str(), outcome));
                Some(ending.choice_of(node, "outcome", &words)?)
            }
            None => None,
        };
        Some((lines, outcome))
    }
}

impl Hangup {
    pub(in crate::flow) fn enter<'f>(&'f self, walk: &mut Walk<'f>) -> Result<Go<'f>, Fault> {
        walk.say_all(&self.lines)?;
        Ok(Go::End(self.outcome))
    }
}
