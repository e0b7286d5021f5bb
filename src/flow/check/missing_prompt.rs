//! A prompt or a text message that a language of the flow does not have.

use super::Checked;
use crate::flow::Language;
use crate::flow::document::PromptUse;
use crate::source::Problem;

pub(super) fn check(flow: &Checked<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for node in &flow.document.nodes {
        for prompt in node.prompts() {
            let has = |language| flow.prompts.has(language, &prompt.name);
            problems.extend(missing(flow, "prompt", &prompt, has, || flow.prompts.names().collect()));
        }
        for message in node.messages() {
            let has = |language| flow.messages.has(language, &message.name);
            problems.extend(missing(flow, "message", &message, has, || flow.messages.names().collect()));
        }
    }
    problems
}

fn missing<'a>(
    flow: &Checked<'_>,
    what: &str,
    used: &PromptUse,
    has: impl Fn(Language) -> bool,
    names: impl Fn() -> Vec<&'a str>,
) -> Option<Problem> {
    let lacking: Vec<&str> = flow.document.languages.iter().filter(|one| !has(**one)).map(|one| one.code()).collect();
    if lacking.is_empty() {
        return None;
    }
    let sentence = format!("the {what} '{}' does not exist in {}", used.name, lacking.join(" and "));
    let mend = format!("Write it among the {what}s");
    let problem = flow.problem(used.at, sentence);
    // In some language it exists: the name is right.
    if lacking.len() < flow.document.languages.len() {
        return Some(problem.mend(mend));
    }
    Some(problem.did_you_mean(&used.name, names(), mend))
}
