//! How long a listening node waits, how often it asks again, and what it says then: shared by the kinds that listen.

use std::time::Duration;

use crate::flow::document::{PromptUse, Target};
use crate::source::Fields;
use crate::source::Position;

/// How long a listening node waits and how often it asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// For the first key, after the prompts.
    pub first: Duration,
    /// Between keys.
    pub between: Duration,
    /// How often the caller is asked before the way for silence or for a wrong answer is taken; at least 1.
    pub tries: u8,
}

impl Wait {
    /// What a node does that says nothing else: 6 s for the first key, 3 s between keys, three tries.
    pub const DEFAULT: Self = Self { first: Duration::from_secs(6), between: Duration::from_secs(3), tries: 3 };
    /// The longest wait a page may ask for: half a minute of nothing sounds like a dead line.
    pub const LONGEST: Duration = Duration::from_secs(30);
    /// The most tries a page may ask for.
    pub const MOST_TRIES: u8 = 5;
}

impl Default for Wait {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What happens when an answer is of no use: say why, ask again, and after so many tries take a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Said before asking again.
    pub say: PromptUse,
    /// How often the caller is asked in all; at least 1.
    pub tries: u8,
    /// The way after the last try.
    pub then: Target,
    /// Where it stands.
    pub at: Position,
}

/// The prompt that says nothing was heard.
pub(in crate::flow) const NO_INPUT: &str = "no_input";
/// The prompt that says the key leads nowhere.
pub(in crate::flow) const INVALID: &str = "invalid";

impl Fields<'_> {
    /// `wait: { first: 6s, between: 3s, tries: 3 }`, each with its default.
    pub(in crate::flow) fn wait(&mut self) -> Wait {
        let Some(mut wait) = self.maybe_map("wait", &["first", "between", "tries"]) else { return Wait::DEFAULT };
        let second = Duration::from_secs(1);
        Wait {
            first: wait.duration("first", Wait::DEFAULT.first, second..=Wait::LONGEST),
            between: wait.duration("between", Wait::DEFAULT.between, second..=Wait::LONGEST),
            tries: wait.tries(),
        }
    }

    /// `{ say: inst_invalid, tries: 2, then: institution_spoken }`.
    pub(in crate::flow) fn retry(&mut self, key: &str) -> Option<Retry> {
        let mut retry = self.map(key, &["say", "tries", "then"])?;
        let at = retry.at();
        let say = retry.prompt("say");
        let tries = retry.tries();
        let then = retry.target("then");
        Some(Retry { say: say?, tries, then: then?, at })
    }

    fn tries(&mut self) -> u8 {
        let default = u32::from(Wait::DEFAULT.tries);
        let tries = self.number("tries", default, 1..=u32::from(Wait::MOST_TRIES));
        u8::try_from(tries).unwrap_or(Wait::DEFAULT.tries)
    }
}
