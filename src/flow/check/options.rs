//! A menu with more options than a caller can keep in mind.

use super::Checked;
use crate::flow::document::{Act, Kind};
use crate::flow::node::Key;
use crate::source::Problem;

/// The most options of a menu. `0` (a person), `*` (again) and the key for another language are the same everywhere and
/// need not be weighed: they do not count.
pub const MOST_OPTIONS: usize = 5;

pub(super) fn check(flow: &Checked<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for node in &flow.document.nodes {
        let Kind::Menu(menu) = &node.kind else { continue };
        let mut options = menu.keys.iter().filter(|key| is_option(key));
        let count = options.clone().count();
        if let Some(one_too_many) = options.nth(MOST_OPTIONS) {
            let what = format!("'{}' has {count} options", node.name);
            let problem = flow.problem(one_too_many.at, what).why("Nobody remembers the first when they hear the last");
            problems.push(problem.mend(format!("Keep {MOST_OPTIONS}, the most wanted first, or split the menu")));
        }
    }
    problems
}

fn is_option(key: &Key) -> bool {
    let language = key.target.acts.iter().any(|act| matches!(act, Act::Language(_) | Act::NextLanguage));
    !language && key.key != "0" && key.key != "*"
}
