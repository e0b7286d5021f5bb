//! A prompt that takes longer than a caller listens.

use std::collections::BTreeSet;

use super::Checked;
use crate::flow::document::Node;
use crate::source::Problem;

/// The longest prompt, in seconds, its places filled with long values.
pub const LONGEST_PROMPT: f64 = 12.0;

pub(super) fn check(flow: &Checked<'_>) -> Vec<Problem> {
    let mut told = BTreeSet::new();
    let mut problems = Vec::new();
    for prompt in flow.document.nodes.iter().flat_map(Node::prompts) {
        for language in &flow.document.languages {
            let seconds = flow.prompts.seconds(*language, &prompt.name).unwrap_or_default();
            if seconds > LONGEST_PROMPT && told.insert((prompt.name.clone(), *language)) {
                let what = format!("the prompt '{}' takes about {seconds:.1} s in '{language}'", prompt.name);
                let mend = format!("Shorten it to {LONGEST_PROMPT:.0} s, or split it in two prompts");
                problems.push(flow.problem(prompt.at, what).mend(mend));
            }
        }
    }
    problems
}
