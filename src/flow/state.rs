//! Where a call stands in its flow. Stored with the call, so it survives a restart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Language, Verb};
use crate::incident::CaseNumber;

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
    /// Whether the caller may be recorded: `None` until asked.
    pub recording: Option<bool>,
    /// What the caller chose or keyed, by the variable's name.
    pub variables: BTreeMap<String, String>,
    /// The case this call opened or joined.
    pub case: Option<CaseNumber>,
    /// Verbs said on the way to the node that listens; kept while a question is being answered.
    pub said: Vec<Verb>,
    /// The last recording's address, for listening to it.
    pub last_recording: Option<String>,
    /// When the present wait for a person began, seconds since the epoch.
    pub waiting_since: Option<i64>,
}
