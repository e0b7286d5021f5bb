//! Where a node leads, and what the caller settled by going there.

use super::names::is_name;
use crate::flow::{Impact, Language};
use crate::source::Fields;
use crate::source::{self, Position};

/// The variable that holds the affected service's id; it is told to the incident.
pub const SERVICE: &str = "service";
/// The variable that holds how the service fails; it is told to the incident.
pub const IMPACT: &str = "impact";

/// A way on: a node's name, with what taking it settles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The name of the node it leads to.
    pub node: String,
    /// Where that name stands.
    pub at: Position,
    /// What is settled on the way, in the order written.
    pub acts: Vec<Act>,
}

impl Target {
    /// A way on that settles nothing.
    #[must_use]
    pub fn plain(node: impl Into<String>, at: Position) -> Self {
        Self { node: node.into(), at, acts: Vec::new() }
    }
}

/// Something settled by taking a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// `language: en`: the call goes on in this language.
    Language(Language),
    /// `language: next`: the call goes on in the next language of the flow.
    NextLanguage,
    /// `set: {impact: attack}`: a choice is kept. `service` and `impact` are told to the incident.
    Set {
        /// The variable.
        variable: String,
        /// What it holds from here on.
        value: String,
        /// Where that stands.
        at: Position,
    },
    /// `consent: accepted` or `declined`: whether the caller may be recorded.
    Consent {
        /// Whether recording is allowed.
        recording: bool,
    },
    /// `affected: true`: the caller is counted with the announced outage.
    Affected,
    /// `join: true`: this call is about the case that was found.
    Join,
    /// `reopen: true`: the case that was found is not solved.
    Reopen,
    /// `text_messages: true` or `false`: whether the reporter wants text messages.
    TextMessages {
        /// Whether they are wanted.
        wanted: bool,
    },
    /// `call_back: caller`: the reporter is called back at the number the call came from.
    CallBackCaller,
    /// `institution: caller`: the caller calls from the institution that their number belongs to.
    InstitutionCaller,
}

impl Act {
    /// Every key a target may have beside `then`.
    pub const KEYS: [&'static str; 9] =
        ["language", "set", "consent", "affected", "join", "reopen", "text_messages", "call_back", "institution"];

    /// In a picture of the flow: short, as it is written.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Language(language) => format!("language: {language}"),
            Self::NextLanguage => "language: next".to_owned(),
            Self::Set { variable, value, .. } => format!("{variable}: {value}"),
            Self::Consent { recording: true } => "consent: accepted".to_owned(),
            Self::Consent { recording: false } => "consent: declined".to_owned(),
            Self::Affected => "affected".to_owned(),
            Self::Join => "join".to_owned(),
            Self::Reopen => "reopen".to_owned(),
            Self::TextMessages { wanted: true } => "text messages".to_owned(),
            Self::TextMessages { wanted: false } => "no text messages".to_owned(),
            Self::CallBackCaller => "call back: caller".to_owned(),
            Self::InstitutionCaller => "institution: caller".to_owned(),
        }
    }
}

impl<'p> Fields<'p> {
    /// A target below a key that must be there.
    pub(in crate::flow) fn target(&mut self, key: &str) -> Option<Target> {
        let node = self.need(key)?;
        self.target_of(node, key)
    }

    /// A target below a key that may be absent.
    pub(in crate::flow) fn maybe_target(&mut self, key: &str) -> Option<Target> {
        let node = self.get(key)?;
        self.target_of(node, key)
    }

    /// A node's name, or a map with `then` and what is settled.
    pub(in crate::flow) fn target_of(&mut self, node: &'p source::Node, key: &str) -> Option<Target> {
        if node.as_map().is_none() {
            return Some(Target::plain(self.name_of(node, key)?, node.at));
        }
        let mut known = vec!["then"];
        known.extend(Act::KEYS);
        let mut fields = self.below(node, key, &known)?;
        let then = fields.need("then");
        let name = then.and_then(|then| fields.name_of(then, "then"));
        let mut acts = Vec::new();
        for (act, value) in fields.entries() {
            fields.act(&act.text, value, &mut acts);
        }
        Some(Target { node: name?, at: then?.at, acts })
    }

    fn act(&mut self, key: &str, value: &'p source::Node, acts: &mut Vec<Act>) {
        match key {
            "language" => {
                let mut words = vec![("next", None)];
                words.extend(Language::ALL.map(|language| (language.code(), Some(language))));
                let chosen = self.choice_of(value, key, &words);
                acts.extend(chosen.map(|language| language.map_or(Act::NextLanguage, Act::Language)));
            }
            "consent" => {
                let words = [("accepted", true), ("declined", false)];
                acts.extend(self.choice_of(value, key, &words).map(|recording| Act::Consent { recording }));
            }
            "text_messages" => acts.extend(self.flag_of(value, key).map(|wanted| Act::TextMessages { wanted })),
            "call_back" => {
                acts.extend(self.choice_of(value, key, &[("caller", ())]).map(|()| Act::CallBackCaller));
            }
            "institution" => {
                acts.extend(self.choice_of(value, key, &[("caller", ())]).map(|()| Act::InstitutionCaller));
            }
            "affected" => self.only_true(value, key, Act::Affected, acts),
            "join" => self.only_true(value, key, Act::Join, acts),
            "reopen" => self.only_true(value, key, Act::Reopen, acts),
            "set" => self.settings(value, acts),
            _ => {}
        }
    }

    /// `join: false` would read as if something happened: such a key is left out instead.
    fn only_true(&mut self, value: &'p source::Node, key: &str, act: Act, acts: &mut Vec<Act>) {
        acts.extend(self.choice_of(value, key, &[("true", ())]).map(|()| act));
    }

    fn settings(&mut self, value: &'p source::Node, acts: &mut Vec<Act>) {
        let Some(entries) = value.as_map() else {
            self.problem(|source, owner| {
                source
                    .problem(value.at, format!("'set' of {owner} is {}, not a map", value.what()))
                    .mend("Write {name: value}")
            });
            return;
        };
        for (variable, value) in entries {
            if !is_name(&variable.text) {
                self.problem(|source, _| {
                    source
                        .problem(variable.at, format!("'{}' is no name of a variable", variable.text))
                        .mend("Use small letters, digits and '_', at most 64")
                });
                continue;
            }
            let at = value.at;
            let word = if variable.text == IMPACT {
                let impacts = Impact::ALL.map(|impact| (impact.as_str(), impact.as_str()));
                self.choice_of(value, IMPACT, &impacts).map(str::to_owned)
            } else {
                self.name_of(value, &variable.text)
            };
            acts.extend(word.map(|value| Act::Set { variable: variable.text.clone(), value, at }));
        }
    }
}
