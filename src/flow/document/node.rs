//! A node: a name, one verb, and what every kind of node has in common.

use super::{PromptUse, Target};
use crate::flow::node::{Branch, Collect, Goto, Hangup, Menu, OpenIncident, Record, Say, Send, Status, WaitForPerson};
use crate::source::Fields;
use crate::source::{self, Position, Problem, Source};

/// A node of the flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name, by which others lead to it.
    pub name: String,
    /// Where its name stands.
    pub at: Position,
    /// The case its prompts speak of.
    pub about: About,
    /// Whether a caller who got here was informed, even if they hang up now.
    pub informs: bool,
    /// What it does.
    pub kind: Kind,
}

/// What prompts speak of where a call knows several things with a number, a beginning and an end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum About {
    /// This call's own, else the one looked up.
    #[default]
    Own,
    /// `about: found`: the one looked up, else this call's own.
    Found,
    /// `about: outage`: none of them, but the announced outage.
    Outage,
}

impl About {
    /// Every word of the page.
    pub const WORDS: [(&'static str, Self); 3] = [("own", Self::Own), ("found", Self::Found), ("outage", Self::Outage)];
}

/// A way out of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit<'a> {
    /// What leads there: a key, `silence`, a condition.
    pub label: String,
    /// Where it leads.
    pub target: &'a Target,
}

impl<'a> Exit<'a> {
    pub(in crate::flow) fn new(label: impl Into<String>, target: &'a Target) -> Self {
        Self { label: label.into(), target }
    }
}

/// Makes the closed list of kinds: each with the verb that names it in the page.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $verb:literal,)+) => {
        /// What a node does: exactly one verb.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$doc])* $kind($kind),)+
        }

        impl Kind {
            /// Every verb of the page.
            pub const VERBS: &'static [&'static str] = &[$($verb),+];

            /// The verb that names this kind in the page.
            #[must_use]
            pub fn verb(&self) -> &'static str {
                match self { $(Self::$kind(_) => $verb,)+ }
            }

            /// The keys that a node with this verb may have, beside those of every node.
            pub(in crate::flow) fn keys(verb: &str) -> &'static [&'static str] {
                match verb {
                    $($verb => $kind::KEYS,)+
                    _ => &[],
                }
            }

            fn read(verb: &str, fields: &mut Fields<'_>) -> Option<Self> {
                match verb {
                    $($verb => $kind::read(fields).map(Self::$kind),)+
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// Speaks and goes on.
    Say = "say",
    /// Asks for a choice.
    Menu = "menu",
    /// Asks for digits.
    Collect = "collect",
    /// Records the caller.
    Record = "record",
    /// Chooses a way by facts.
    Branch = "branch",
    /// Opens the incident of this call.
    OpenIncident = "open_incident",
    /// Holds the caller until a person takes the case.
    WaitForPerson = "wait_for_person",
    /// Tells where a case stands.
    Status = "status",
    /// Sends a text message.
    Send = "send",
    /// Goes on elsewhere.
    Goto = "goto",
    /// Ends the call.
    Hangup = "hangup",
}

/// The keys that every node may have.
pub(in crate::flow) const COMMON_KEYS: [&str; 2] = ["about", "informs"];

impl Node {
    /// Reads a node of the page; `None` when something it cannot do without is missing or wrong.
    pub(super) fn read(
        source: &Source,
        problems: &mut Vec<Problem>,
        key: &source::Key,
        node: &source::Node,
    ) -> Option<Self> {
        let owner = format!("node '{}'", key.text);
        let verb = verb(source, problems, &owner, key.at, node)?;
        let known: Vec<&str> = Kind::keys(verb).iter().copied().chain(COMMON_KEYS).collect();
        let mut fields = Fields::new(source, problems, owner, node, &known)?;
        let about = fields.get("about").and_then(|about| fields.choice_of(about, "about", &About::WORDS));
        let informs = fields.flag("informs");
        let kind = Kind::read(verb, &mut fields)?;
        // A status is of the case that was asked for, whatever else the call knows.
        let usual = if matches!(kind, Kind::Status(_)) { About::Found } else { About::Own };
        Some(Self { name: key.text.clone(), at: key.at, about: about.unwrap_or(usual), informs, kind })
    }

    /// Every way out, in the order of the page.
    #[must_use]
    pub fn exits(&self) -> Vec<Exit<'_>> {
        match &self.kind {
            Kind::Say(say) => say.exits(),
            Kind::Menu(menu) => menu.exits(),
            Kind::Collect(collect) => collect.exits(),
            Kind::Record(record) => record.exits(),
            Kind::Branch(branch) => branch.exits(),
            Kind::OpenIncident(open) => open.exits(),
            Kind::WaitForPerson(wait) => wait.exits(),
            Kind::Status(status) => status.exits(),
            Kind::Send(send) => send.exits(),
            Kind::Goto(goto) => goto.exits(),
            Kind::Hangup(_) => Vec::new(),
        }
    }

    /// Every prompt it may speak.
    #[must_use]
    pub fn prompts(&self) -> Vec<PromptUse> {
        match &self.kind {
            Kind::Say(say) => say.prompts(),
            Kind::Menu(menu) => menu.prompts(),
            Kind::Collect(collect) => collect.prompts(),
            Kind::Record(record) => record.prompts(),
            Kind::WaitForPerson(wait) => wait.prompts(),
            Kind::Status(status) => status.prompts(),
            Kind::Hangup(hangup) => hangup.prompts(),
            Kind::Branch(_) | Kind::OpenIncident(_) | Kind::Send(_) | Kind::Goto(_) => Vec::new(),
        }
    }

    /// Every text-message template it may send.
    #[must_use]
    pub fn messages(&self) -> Vec<PromptUse> {
        match &self.kind {
            Kind::Send(send) => send.messages(),
            _ => Vec::new(),
        }
    }

    /// Whether the caller is listened to here: a document ends at such a node.
    #[must_use]
    pub fn listens(&self) -> bool {
        matches!(self.kind, Kind::Menu(_) | Kind::Collect(_) | Kind::Record(_) | Kind::WaitForPerson(_))
    }
}

/// The one verb of a node.
fn verb(
    source: &Source,
    problems: &mut Vec<Problem>,
    owner: &str,
    at: Position,
    node: &source::Node,
) -> Option<&'static str> {
    let Some(entries) = node.as_map() else {
        let what = format!("{owner} is {}, not a map", node.what());
        problems.push(source.problem(node.at, what).mend("Write a verb and what it needs below the name"));
        return None;
    };
    let known = |text: &str| Kind::VERBS.iter().copied().find(|verb| *verb == text);
    let mut verbs = entries.iter().filter_map(|(key, _)| known(&key.text).map(|verb| (key, verb)));
    let all = || format!("A node has exactly one of {}", Kind::VERBS.join(", "));
    let Some((_, first)) = verbs.next() else {
        let problem = source.problem(at, format!("{owner} has no verb"));
        let meant = entries
            .iter()
            .find_map(|(key, _)| source::did_you_mean(&key.text, Kind::VERBS.iter().copied()).map(|verb| (key, verb)));
        problems.push(match meant {
            Some((key, verb)) => source
                .problem(key.at, format!("{owner} has '{}', which is no verb", key.text))
                .mend(format!("Did you mean '{verb}'?")),
            None => problem.mend(all()),
        });
        return None;
    };
    let before = problems.len();
    for (key, second) in verbs {
        let what = format!("{owner} has two verbs, '{first}' and '{second}'");
        problems.push(source.problem(key.at, what).mend(format!("Give '{second}' a node of its own")));
    }
    (problems.len() == before).then_some(first)
}
