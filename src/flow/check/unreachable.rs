//! A node that no call comes to.

use super::Checked;
use crate::source::Problem;

pub(super) fn check(flow: &Checked<'_>) -> Vec<Problem> {
    let reached = flow.ways.reached();
    // Of nodes that lead to one another only the first is told: the others are reached when it is.
    let mut told = reached.clone();
    let mut problems = Vec::new();
    let led_to =
        |at: usize| flow.ways.nodes().any(|(from, _)| from != at && flow.ways.out(from).iter().any(|way| way.to == at));
    let lonely_first = flow.ways.nodes().filter(|(at, _)| !led_to(*at)).chain(flow.ways.nodes());
    for (at, node) in lonely_first {
        if told.contains(&at) {
            continue;
        }
        told.insert(at);
        told.extend(flow.ways.after(at));
        let problem = flow.problem(node.at, format!("no call comes to '{}'", node.name));
        problems.push(problem.mend("Lead a way to it, or remove it"));
    }
    problems
}
