//! Nodes that lead to one another without listening: the call would speak in a circle and nothing could end it.

use std::collections::BTreeSet;

use super::Checked;
use crate::source::Problem;

pub(super) fn check(flow: &Checked<'_>) -> Vec<Problem> {
    let mut told = BTreeSet::new();
    let mut problems = Vec::new();
    for (at, node) in flow.ways.nodes() {
        let circle = circle(flow, at);
        if circle.is_empty() || told.contains(&at) {
            continue;
        }
        let names: Vec<&str> =
            circle.iter().filter_map(|at| flow.ways.node(*at)).map(|node| node.name.as_str()).collect();
        let what = match names.as_slice() {
            [_] => format!("'{}' leads to itself", node.name),
            names => format!("'{}' lead to one another", names.join("', '")),
        };
        let problem = flow.problem(node.at, what).why("No key and no silence can leave this circle");
        problems.push(problem.mend("Put a node between them that listens, or lead one of them elsewhere"));
        told.extend(circle);
    }
    problems
}

/// The nodes on circles through this one; none when it is on none.
pub(super) fn circle(flow: &Checked<'_>, at: usize) -> BTreeSet<usize> {
    let after = flow.ways.silently_after(at);
    if !after.contains(&at) {
        return BTreeSet::new();
    }
    after.into_iter().filter(|other| flow.ways.silently_after(*other).contains(&at)).collect()
}
