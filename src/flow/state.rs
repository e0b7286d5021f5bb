//! Where a call stands in its flow. Stored with the call, so it survives a restart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CaseFacts, Institution, Language, Outcome, Utterance};
use crate::clock::Instant;
use crate::phone::Phone;

/// Where a call stands in its flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The node the call is in.
    pub node: String,
    /// The language spoken.
    pub language: Language,
    /// How often the present node has been tried in vain.
    pub tries: u8,
    /// Documents given so far; `limits.turns` ends the call past its bound.
    pub turns: u32,
    /// Nodes entered since the last document: a flow that turns in circles is noticed.
    pub entered: u8,
    /// When the call began; `limits.call` ends it past its bound.
    pub began_at: Instant,
    /// Whether the limits are used up and their way was taken.
    pub over: bool,
    /// Whether the caller may be recorded: `None` until asked.
    pub recording: Option<bool>,
    /// What the caller chose or keyed, by the variable's name.
    pub variables: BTreeMap<String, String>,
    /// The institution the caller said they call from.
    pub institution: Option<Institution>,
    /// Where the reporter wants to be called back, once they said so.
    pub call_back: Option<Phone>,
    /// The case this call opened or joined, as it was last looked at.
    pub case: Option<CaseFacts>,
    /// The case that was looked up last, while it is not this call's own.
    pub found: Option<CaseFacts>,
    /// What is to be heard on the way to the node that listens; kept while a question is being answered.
    pub said: Vec<Utterance>,
    /// The last recording's address, for listening to it.
    pub last_recording: Option<String>,
    /// When the present wait for a person began.
    pub waiting_since: Option<Instant>,
    /// Until when a person who took the case by telephone decides whether to talk at once: the caller stays that long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joining_until: Option<Instant>,
    /// How the caller leaves the queue, once that is decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaving: Option<Leaving>,
    /// What the caller had from the call so far; `None` = nothing yet.
    pub had: Option<Outcome>,
    /// Whether the call was ended by the flow.
    pub ended: bool,
}

/// How a caller leaves the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leaving {
    /// By a key of the node.
    Key(String),
    /// A person took the case and calls back.
    Accepted,
    /// Nobody took it in time.
    Nobody,
}

impl State {
    /// What the caller had, if the call ended now.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.had.unwrap_or(Outcome::Missed)
    }

    /// Where the reporter is called back: where they want it, else at the number the call came from.
    #[must_use]
    pub fn call_back_or<'s>(&'s self, caller: Option<&'s Phone>) -> Option<&'s Phone> {
        self.call_back.as_ref().or(caller)
    }
}
