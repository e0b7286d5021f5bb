//! Nodes from which no way leads to an end: the call would go on until its limits, or until the caller gives up.

use std::collections::BTreeSet;

use super::Checked;
use super::circle::circle;
use crate::flow::document::Kind;
use crate::source::Problem;

pub(super) fn check(flow: &Checked<'_>) -> Vec<Problem> {
    let ends = |at: usize| flow.ways.node(at).is_some_and(|node| matches!(node.kind, Kind::Hangup(_)));
    let mut told = BTreeSet::new();
    let mut problems = Vec::new();
    for (at, node) in flow.ways.nodes() {
        let after = flow.ways.after(at);
        if ends(at) || after.iter().any(|at| ends(*at)) || told.contains(&at) {
            continue;
        }
        // Whoever leads into the dead end is not it: from each of its nodes all the others can be reached.
        let is_the_end = after.iter().all(|other| flow.ways.after(*other).contains(&at));
        let speaks_in_circles = after.iter().any(|other| !circle(flow, *other).is_empty());
        if is_the_end && !speaks_in_circles {
            told.extend(after);
            let problem = flow.problem(node.at, format!("from '{}' no way leads to the end of the call", node.name));
            problems.push(problem.why("The caller could only hang up").mend("Lead one of its ways to a 'hangup'"));
        }
    }
    problems
}
