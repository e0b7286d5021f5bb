//! `say`: words or an earlier recording, then on to the next node.

use super::walk::{Go, Walk};
use crate::flow::document::{Exit, Line, PromptUse, Target};
use crate::flow::machine::Fault;
use crate::flow::{Answer, Ask, Input};
use crate::source::Fields;

/// Speaks and goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Say {
    /// What is heard, in this order.
    pub lines: Vec<Line>,
    /// Whether the case spoken of is looked up anew first: something on the way here changed it.
    pub fresh: bool,
    /// The node after it.
    pub next: Target,
}

impl Say {
    pub(in crate::flow) const KEYS: &'static [&'static str] = &["say", "fresh", "next"];

    pub(in crate::flow) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let lines = fields.lines("say");
        let fresh = fields.flag("fresh");
        let next = fields.target("next");
        Some(Self { lines: lines?, fresh, next: next? })
    }

    pub(in crate::flow) fn exits(&self) -> Vec<Exit<'_>> {
        vec![Exit::new("next", &self.next)]
    }

    pub(in crate::flow) fn prompts(&self) -> Vec<PromptUse> {
        Line::prompts(&self.lines)
    }
}

impl Say {
    pub(in crate::flow) fn enter<'f>(&'f self, walk: &mut Walk<'f>) -> Result<Go<'f>, Fault> {
        match walk.case().filter(|_| self.fresh) {
            Some(case) => Ok(Go::Ask(Ask::Case { number: case.number.clone() })),
            None => self.speak(walk),
        }
    }

    pub(in crate::flow) fn take<'f>(&'f self, walk: &mut Walk<'f>, input: &Input) -> Result<Go<'f>, Fault> {
        match input {
            Input::Answer(Answer::Case(case)) if self.fresh => {
                if let Some(case) = case {
                    walk.looked_at(case);
                }
                self.speak(walk)
            }
            Input::Answer(_) => Err(walk.unasked()),
            _ => self.enter(walk),
        }
    }

    fn speak<'f>(&'f self, walk: &mut Walk<'f>) -> Result<Go<'f>, Fault> {
        walk.say_all(&self.lines)?;
        Ok(Go::To(&self.next))
    }
}
