//! A call that can end before the caller was logged or informed.

use std::collections::{BTreeMap, VecDeque};

use super::Checked;
use super::ways::Way;
use crate::flow::document::{Act, Condition, Fact, Kind, Node};
use crate::flow::node::Holds;
use crate::source::Problem;

pub(super) fn check(flow: &Checked<'_>) -> Vec<Problem> {
    // The shortest way of a caller who had nothing yet, to every node they can come to.
    let mut came: BTreeMap<usize, Option<usize>> = BTreeMap::new();
    let mut waiting: VecDeque<(usize, Option<usize>)> = flow.ways.entries().iter().map(|at| (*at, None)).collect();
    let mut problems = Vec::new();
    while let Some((at, from)) = waiting.pop_front() {
        let Some(node) = flow.ways.node(at) else { continue };
        if came.contains_key(&at) || serves(node) {
            continue;
        }
        came.insert(at, from);
        if matches!(&node.kind, Kind::Hangup(hangup) if hangup.outcome.is_none()) {
            let what = format!("a call can end at '{}' without being logged or informed", node.name);
            let why = format!("It came by {}", path(flow, &came, at));
            let mend = "Open an incident on the way, mark what informs with 'informs: true', or end it in a 'hangup' that \
                        says 'outcome: missed', so that the caller is called back";
            problems.push(flow.problem(node.at, what).why(why).mend(mend));
        }
        waiting.extend(flow.ways.out(at).iter().filter(|way| !gives(node, way)).map(|way| (way.to, Some(at))));
    }
    problems
}

/// Whether whoever gets here was logged or informed.
fn serves(node: &Node) -> bool {
    node.informs || matches!(node.kind, Kind::OpenIncident(_))
}

/// Whether whoever takes this way was logged or informed.
fn gives(node: &Node, way: &Way<'_>) -> bool {
    let acts = way.target.acts.iter().any(|act| matches!(act, Act::Affected | Act::Join | Act::Reopen));
    acts || match &node.kind {
        Kind::Branch(branch) => {
            branch.ways.iter().any(|one| std::ptr::eq(&raw const one.then, way.target) && logged(&one.when))
        }
        Kind::Status(status) => [&status.next, &status.resolved].iter().any(|told| std::ptr::eq(*told, way.target)),
        Kind::Record(record) => record.holds == Holds::Addition && std::ptr::eq(&raw const record.recorded, way.target),
        _ => false,
    }
}

/// Whether the condition holds only for a call that has a case.
fn logged(condition: &Condition) -> bool {
    match condition {
        Condition::Fact(fact) => *fact == Fact::CaseOpen,
        Condition::All(parts) => parts.iter().any(logged),
        Condition::Any(parts) => parts.iter().all(logged),
        Condition::Equals { .. } | Condition::Not(_) => false,
    }
}

/// `welcome, main_menu, goodbye`; the middle of a long way is left out.
fn path(flow: &Checked<'_>, came: &BTreeMap<usize, Option<usize>>, to: usize) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut next = Some(to);
    while let Some(at) = next {
        names.extend(flow.ways.node(at).map(|node| node.name.as_str()));
        next = came.get(&at).copied().flatten();
    }
    names.reverse();
    match names.as_slice() {
        [first, second, _, .., before, last] if names.len() > 8 => format!("{first}, {second}, ..., {before}, {last}"),
        names => names.join(", "),
    }
}
