//! What a node lets the caller hear: prompts by name, or what the caller recorded.

use crate::source::Fields;
use crate::source::{self, Position};

/// A prompt named somewhere in the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptUse {
    /// Its name in the prompt files.
    pub name: String,
    /// Where it is named; for a prompt that a kind of node always speaks, where the node stands.
    pub at: Position,
}

/// One thing heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A prompt.
    Prompt(PromptUse),
    /// `{ play: last_recording }`: what the caller recorded last.
    LastRecording,
}

impl Line {
    /// The most things heard in one node: more is a lecture.
    pub const MOST: usize = 6;

    /// The prompts among them.
    pub(in crate::flow) fn prompts(lines: &[Self]) -> Vec<PromptUse> {
        lines
            .iter()
            .filter_map(|line| match line {
                Self::Prompt(prompt) => Some(prompt.clone()),
                Self::LastRecording => None,
            })
            .collect()
    }
}

impl<'p> Fields<'p> {
    /// A prompt's name below a key that must be there.
    pub(in crate::flow) fn prompt(&mut self, key: &str) -> Option<PromptUse> {
        let node = self.need(key)?;
        self.prompt_of(node, key)
    }

    /// A prompt's name below a key that may be absent.
    pub(in crate::flow) fn maybe_prompt(&mut self, key: &str) -> Option<PromptUse> {
        let node = self.get(key)?;
        self.prompt_of(node, key)
    }

    fn prompt_of(&mut self, node: &'p source::Node, key: &str) -> Option<PromptUse> {
        Some(PromptUse { name: self.name_of(node, key)?, at: node.at })
    }

    /// One line or a list of them below a key that must be there.
    pub(in crate::flow) fn lines(&mut self, key: &str) -> Option<Vec<Line>> {
        let node = self.need(key)?;
        let Some(items) = node.as_list() else { return Some(vec![self.line_of(node, key)?]) };
        if items.is_empty() || items.len() > Line::MOST {
            self.problem(|source, owner| {
                source
                    .problem(node.at, format!("'{key}' of {owner} lists {} prompts", items.len()))
                    .mend(format!("List from 1 to {}", Line::MOST))
            });
            return None;
        }
        let lines: Vec<Option<Line>> = items.iter().map(|item| self.line_of(item, key)).collect();
        lines.into_iter().collect()
    }

    fn line_of(&mut self, node: &'p source::Node, key: &str) -> Option<Line> {
        if node.as_map().is_none() {
            return self.prompt_of(node, key).map(Line::Prompt);
        }
        let mut play = self.below(node, key, &["play"])?;
        play.choice("play", &[("last_recording", ())]).map(|()| Line::LastRecording)
    }
}
