//! A prompt that names a key which the node does not have.

use std::collections::BTreeSet;

use super::Checked;
use crate::flow::document::{Kind, Line, PromptUse};
use crate::flow::node::Key;
use crate::source::Problem;

pub(super) fn check(flow: &Checked<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for node in &flow.document.nodes {
        let (prompts, keys): (Vec<PromptUse>, &[Key]) = match &node.kind {
            Kind::Menu(menu) => (Line::prompts(&menu.lines), &menu.keys),
            Kind::WaitForPerson(wait) => (node.prompts(), &wait.keys),
            _ => continue,
        };
        for prompt in prompts {
            let languages = flow.document.languages.iter();
            let named: BTreeSet<char> =
                languages.flat_map(|language| flow.prompts.keys_named(*language, &prompt.name)).collect();
            // "Marque 5 dos veces" names the key 55.
            for key in named.into_iter().filter(|named| keys.iter().all(|key| !key.key.starts_with(*named))) {
                let what = format!("the prompt '{}' names key {key}, which '{}' does not have", prompt.name, node.name);
                problems.push(flow.problem(prompt.at, what).mend("Add the key, or change the prompt"));
            }
        }
    }
    problems
}
