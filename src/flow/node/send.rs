//! `send`: a text message is written and handed over.

use super::walk::{Go, Walk};
use crate::flow::Effect;
use crate::flow::document::{Exit, PromptUse, Target};
use crate::flow::machine::Fault;
use crate::source::Fields;

/// Sends a text message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Send {
    /// The template, by its name among the messages.
    pub template: PromptUse,
    /// To whom.
    pub to: To,
    /// The node after it.
    pub next: Target,
    /// The way when no number is known; without it, `next`.
    pub nobody: Option<Target>,
}

/// Who gets a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// The number the call came from.
    Caller,
    /// The number the reporter gave for being called back, else the one the call came from.
    CallBack,
}

impl To {
    /// Every word of the page.
    pub const WORDS: [(&'static str, Self); 2] = [("caller", Self::Caller), ("call_back", Self::CallBack)];
}

impl Send {
    pub(in crate::flow) const KEYS: &'static [&'static str] = &["send", "to", "next", "nobody"];

    pub(in crate::flow) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let template = fields.prompt("send");
        let to = fields.choice("to", &To::WORDS);
        let next = fields.target("next");
        let nobody = fields.maybe_target("nobody");
        Some(Self { template: template?, to: to?, next: next?, nobody })
    }

    pub(in crate::flow) fn exits(&self) -> Vec<Exit<'_>> {
        let mut exits = vec![Exit::new("next", &self.next)];
        exits.extend(self.nobody.as_ref().map(|target| Exit::new("nobody", target)));
        exits
    }

    /// The message template it uses: not a prompt, but a name to be checked.
    pub(in crate::flow) fn messages(&self) -> Vec<PromptUse> {
        vec![self.template.clone()]
    }
}

impl Send {
    pub(in crate::flow) fn enter<'f>(&'f self, walk: &mut Walk<'f>) -> Result<Go<'f>, Fault> {
        let caller = walk.facts.caller.as_ref();
        let to = match self.to {
            To::Caller => caller,
            To::CallBack => walk.state.call_back_or(caller),
        };
        let Some(to) = to.cloned() else {
            return Ok(Go::To(self.nobody.as_ref().unwrap_or(&self.next)));
        };
        let text = walk.write(&self.template.name)?;
        let (template, language) = (self.template.name.clone(), walk.state.language);
        walk.effects.push(Effect::Send { template, to: Some(to), language, text });
        Ok(Go::To(&self.next))
    }
}
