//! A way that leads to a node that does not exist.

use super::Checked;
use crate::flow::document::{Kind, Target};
use crate::source::Problem;

pub(super) fn check(flow: &Checked<'_>) -> Vec<Problem> {
    let document = flow.document;
    let mut problems = Vec::new();
    let mut lead = |who: String, target: &Target| {
        let names = || document.nodes.iter().map(|node| &node.name).chain(&document.unread).map(String::as_str);
        if names().all(|name| name != target.node) {
            let what = format!("{who} leads to '{}', which does not exist", target.node);
            let mend = "Write that node, or name one of the page";
            problems.push(flow.problem(target.at, what).did_you_mean(&target.node, names(), mend));
        }
    };
    lead("'begin'".to_owned(), &document.begin);
    if let Some(over) = &document.limits.over {
        lead("'over'".to_owned(), over);
    }
    for node in &document.nodes {
        for exit in node.exits() {
            let who = match node.kind {
                Kind::Menu(_) | Kind::WaitForPerson(_) if exit.label.starts_with(|key: char| !key.is_alphabetic()) => {
                    format!("key {} of '{}'", exit.label, node.name)
                }
                _ => format!("'{}' of '{}'", exit.label, node.name),
            };
            lead(who, exit.target);
        }
    }
    problems
}
