//! What a branch may ask: names from a closed list, joined by `all`, `any` and `not`. Nothing that can fail.

use std::fmt;

use crate::source::Fields;
use crate::source::{self, Position};

/// A condition of a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// A fact by its name.
    Fact(Fact),
    /// `{impact: attack}`: a variable holds this value.
    Equals {
        /// The variable.
        variable: String,
        /// What it must hold.
        value: String,
        /// Where that stands.
        at: Position,
    },
    /// Every one of them.
    All(Vec<Self>),
    /// At least one of them.
    Any(Vec<Self>),
    /// Not this one.
    Not(Box<Self>),
}

/// Makes the closed list: each fact with its name in the page.
macro_rules! facts {
    ($($(#[$doc:meta])* $fact:ident = $name:literal,)+) => {
        /// A fact that a condition may name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Fact {
            $($(#[$doc])* $fact,)+
        }

        impl Fact {
            /// Every fact, in the order people look for them.
            pub const ALL: &'static [Self] = &[$(Self::$fact),+];

            /// Its name in the page.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$fact => $name,)+ }
            }
        }
    };
}

facts! {
    /// Service hours run.
    HoursOpen = "hours.open",
    /// Service hours do not run.
    HoursClosed = "hours.closed",
    /// Today is a holiday.
    Holiday = "holiday",
    /// It is known when service hours begin next.
    NextOpen = "hours.next_open",
    /// An outage is announced.
    BannerActive = "banner.active",
    /// The announced outage has an estimated end.
    BannerEta = "banner.eta",
    /// The caller's number is not withheld.
    CallerNumber = "caller.number",
    /// The caller's number belongs to an institution of the directory.
    CallerInstitution = "caller.institution",
    /// The caller said from which institution they call.
    InstitutionKnown = "institution.known",
    /// There is a number at which the reporter is called back.
    CallBackNumber = "call_back.number",
    /// The caller was asked whether they may be recorded.
    ConsentAsked = "consent.asked",
    /// The caller may be recorded.
    ConsentRecording = "consent.recording",
    /// This call opened or joined a case.
    CaseOpen = "case.open",
    /// The case that was looked up is open.
    CaseFoundOpen = "case.found_open",
    /// The institution has another open case about the same service.
    CaseOpenSameService = "case.open_same_service",
}

impl Fact {
    /// Reads a name of the page.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fact| fact.name() == name)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, parts: &[Self], word: &str| {
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    write!(f, " {word} ")?;
                }
                match part {
                    Self::All(_) | Self::Any(_) if parts.len() > 1 => write!(f, "({part})")?,
                    _ => write!(f, "{part}")?,
                }
            }
            Ok(())
        };
        match self {
            Self::Fact(fact) => f.write_str(fact.name()),
            Self::Equals { variable, value, .. } => write!(f, "{variable} = {value}"),
            Self::All(parts) => joined(f, parts, "and"),
            Self::Any(parts) => joined(f, parts, "or"),
            Self::Not(part) => match **part {
                Self::All(_) | Self::Any(_) => write!(f, "not ({part})"),
                _ => write!(f, "not {part}"),
            },
        }
    }
}

impl<'p> Fields<'p> {
    /// A condition: a fact's name, `{variable: value}`, or `{all: [..]}`, `{any: [..]}`, `{not: ..}`.
    pub(in crate::flow) fn condition_of(&mut self, node: &'p source::Node) -> Option<Condition> {
        if let Some(name) = node.as_text() {
            let fact = Fact::from_name(name);
            if fact.is_none() {
                let known = || Fact::ALL.iter().map(|fact| fact.name());
                self.problem(|source, owner| {
                    let mend = format!("The conditions are {}", known().collect::<Vec<_>>().join(", "));
                    source.problem(node.at, format!("{owner} asks '{name}', which is no condition")).did_you_mean(
                        name,
                        known(),
                        mend,
                    )
                });
            }
            return fact.map(Condition::Fact);
        }
        let Some([(key, value)]) = node.as_map() else {
            self.problem(|source, owner| {
                source
                    .problem(node.at, format!("a condition of {owner} is {}", node.what()))
                    .mend("Write a condition's name, {variable: value}, {all: [..]}, {any: [..]} or {not: ..}")
            });
            return None;
        };
        match key.text.as_str() {
            "all" => self.conditions_of(value, "all").map(Condition::All),
            "any" => self.conditions_of(value, "any").map(Condition::Any),
            "not" => self.condition_of(value).map(|condition| Condition::Not(Box::new(condition))),
            variable => {
                let at = value.at;
                let value = self.name_of(value, variable)?;
                Some(Condition::Equals { variable: variable.to_owned(), value, at })
            }
        }
    }

    fn conditions_of(&mut self, node: &'p source::Node, word: &str) -> Option<Vec<Condition>> {
        match node.as_list() {
            Some(items) if !items.is_empty() => {
                let conditions: Vec<Option<Condition>> = items.iter().map(|item| self.condition_of(item)).collect();
                conditions.into_iter().collect()
            }
            _ => {
                self.problem(|source, owner| {
                    let what = format!("'{word}' of {owner} is {}, not a list of conditions", node.what());
                    source.problem(node.at, what).mend(format!("Write {{{word}: [one, another]}}"))
                });
                None
            }
        }
    }
}
