//! Keys and words of a menu that can be taken for one another.

use std::collections::BTreeMap;

use super::Checked;
use crate::flow::document::{Kind, Node};
use crate::flow::node::{Key, Menu};
use crate::source::Problem;

pub(super) fn check(flow: &Checked<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for node in &flow.document.nodes {
        match &node.kind {
            Kind::Menu(menu) => {
                keys(flow, node, &menu.keys, &mut problems);
                words(flow, node, menu, &mut problems);
            }
            Kind::WaitForPerson(wait) => keys(flow, node, &wait.keys, &mut problems),
            Kind::Collect(collect) => {
                if let Some(skip) = collect.skip.as_ref().filter(|skip| collect.digits.end == Some(skip.key)) {
                    let what = format!("key {} of '{}' both ends the digits and skips them", skip.key, node.name);
                    problems.push(flow.problem(node.at, what).mend("Give one of them another key"));
                }
            }
            _ => {}
        }
    }
    problems
}

fn keys(flow: &Checked<'_>, node: &Node, keys: &[Key], problems: &mut Vec<Problem>) {
    for longer in keys {
        for shorter in keys {
            if longer.key != shorter.key && longer.key.starts_with(&shorter.key) {
                let what = format!("key {} of '{}' begins with key {}", longer.key, node.name, shorter.key);
                let why = format!("Whoever presses {} is made to wait, or {} is never heard", shorter.key, longer.key);
                let problem = flow.problem(longer.at, what).why(why);
                problems.push(problem.mend("Give one of them another key; a repeated key such as 55 needs its 5 free"));
            }
        }
    }
}

fn words(flow: &Checked<'_>, node: &Node, menu: &Menu, problems: &mut Vec<Problem>) {
    let mut said: BTreeMap<&str, &str> = BTreeMap::new();
    for choice in &menu.words {
        if menu.keys.iter().all(|key| key.key != choice.key) {
            let what = format!("'{}' has words for key {}, which it does not have", node.name, choice.key);
            problems.push(flow.problem(choice.at, what).mend("Add the key, or remove the words"));
        }
        for word in &choice.words {
            if let Some(other) = said.insert(word, &choice.key).filter(|other| *other != choice.key) {
                let what = format!("'{word}' means key {other} and key {} of '{}'", choice.key, node.name);
                problems.push(flow.problem(choice.at, what).mend("Keep it for one of them"));
            }
        }
    }
}
