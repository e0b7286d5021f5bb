//! The flow as a person wrote it: typed, with the place of everything that can be wrong.

mod condition;
mod line;
mod names;
mod node;
mod target;

use std::time::Duration;

use self::names::is_name;
use super::Language;
use crate::phone::Phone;
use crate::source::{self, Fields, Problem, Source};

pub use condition::{Condition, Fact};
pub use line::{Line, PromptUse};
#[cfg(test)]
pub(in crate::flow) use node::COMMON_KEYS;
pub use node::{About, Exit, Kind, Node};
pub use target::{Act, IMPACT, SERVICE, Target};

/// The most nodes of a flow.
pub const MAX_NODES: usize = 400;

/// A flow as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The page, as it is named to people.
    pub file: String,
    /// The flow's name.
    pub name: String,
    /// The line it answers, when the page names one.
    pub line: Option<Phone>,
    /// The languages it speaks; the first until the caller chooses. Never empty.
    pub languages: Vec<Language>,
    /// Where a call begins.
    pub begin: Target,
    /// What bounds a call.
    pub limits: Limits,
    /// Every node that could be read, in the order of the page.
    pub nodes: Vec<Node>,
    /// The names of nodes that could not be read: a way to one of them is not a second problem.
    pub unread: Vec<String>,
}

/// What bounds a call, whatever the caller does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Its length.
    pub call: Duration,
    /// Its documents.
    pub turns: u32,
    /// The way taken once when either is used up; after as many turns again the call ends. Without it, it ends at once.
    pub over: Option<Target>,
}

impl Limits {
    /// A call without limits of its own: 20 minutes, 80 documents.
    const DEFAULT: (Duration, u32) = (Duration::from_mins(20), 80);
}

/// What came of reading a page: the document as far as it could be read, and every problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// As far as it could be read; `None` when its frame is broken.
    pub document: Option<Document>,
    /// Everything that must be mended before the flow may be used.
    pub problems: Vec<Problem>,
}

impl Document {
    /// Reads a page. Whether ways lead anywhere and prompts exist is the checker's to say.
    #[must_use]
    pub fn read(source: &Source) -> Reading {
        let root = match source::read(source) {
            Ok(root) => root,
            Err(problems) => return Reading { document: None, problems },
        };
        let mut problems = Vec::new();
        let document = read(source, &mut problems, &root);
        problems.sort();
        Reading { document, problems }
    }

    /// The node with this name.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name)
    }
}

fn read(source: &Source, problems: &mut Vec<Problem>, root: &source::Node) -> Option<Document> {
    let keys = ["flow", "line", "languages", "begin", "limits", "nodes"];
    let mut fields = Fields::new(source, problems, "the flow", root, &keys)?;
    let name = fields.need("flow").and_then(|node| fields.text_of(node, "flow")).map(str::to_owned);
    let line = line(&mut fields);
    let languages = languages(&mut fields);
    let begin = fields.target("begin");
    let limits = limits(&mut fields);
    fields.need("nodes");
    let (nodes, unread) = root.get("nodes").map(|pages| nodes(source, problems, pages)).unwrap_or_default();
    Some(Document {
        file: source.file.clone(),
        name: name?,
        line,
        languages: languages?,
        begin: begin?,
        limits,
        nodes,
        unread,
    })
}

/// Every node that can be read, and the names of those that cannot.
fn nodes(source: &Source, problems: &mut Vec<Problem>, pages: &source::Node) -> (Vec<Node>, Vec<String>) {
    let mut nodes = Vec::new();
    let mut unread = Vec::new();
    let Some(entries) = pages.as_map() else {
        let what = format!("'nodes' is {}, not a map", pages.what());
        problems.push(source.problem(pages.at, what).mend("Write each node below its name"));
        return (nodes, unread);
    };
    if !(1..=MAX_NODES).contains(&entries.len()) {
        let what = format!("the flow has {} nodes", entries.len());
        problems.push(source.problem(pages.at, what).mend(format!("Write from 1 to {MAX_NODES}")));
        return (nodes, unread);
    }
    for (key, page) in entries {
        if !is_name(&key.text) {
            let what = format!("'{}' is no name of a node", key.text);
            let mend = "Use small letters, digits and '_', at most 64";
            problems.push(source.problem(key.at, what).mend(mend));
        }
        match Node::read(source, problems, key, page) {
            Some(node) => nodes.push(node),
            None => unread.push(key.text.clone()),
        }
    }
    (nodes, unread)
}

fn line(fields: &mut Fields<'_>) -> Option<Phone> {
    let node = fields.get("line")?;
    let text = fields.text_of(node, "line")?;
    match Phone::parse(text) {
        Ok(phone) => Some(phone),
        Err(error) => {
            fields.problem(|source, owner| source.problem(node.at, format!("the 'line' of {owner} is {error}")));
            None
        }
    }
}

fn languages(fields: &mut Fields<'_>) -> Option<Vec<Language>> {
    let node = fields.need("languages")?;
    let words = Language::ALL.map(|language| (language.code(), language));
    let mut languages = Vec::new();
    for item in node.as_list().unwrap_or_default() {
        let language = fields.choice_of(item, "languages", &words)?;
        if !languages.contains(&language) {
            languages.push(language);
        }
    }
    if languages.is_empty() {
        fields.problem(|source, owner| {
            source.problem(node.at, format!("{owner} speaks no language")).mend("Write 'languages: [es, en]'")
        });
        return None;
    }
    Some(languages)
}

fn limits(fields: &mut Fields<'_>) -> Limits {
    let (call, turns) = Limits::DEFAULT;
    let Some(mut limits) = fields.maybe_map("limits", &["call", "turns", "over"]) else {
        return Limits { call, turns, over: None };
    };
    Limits {
        call: limits.duration("call", call, Duration::from_mins(1)..=Duration::from_hours(4)),
        turns: limits.number("turns", turns, 10..=1000),
        over: limits.maybe_target("over"),
    }
}

#[cfg(test)]
mod tests;
