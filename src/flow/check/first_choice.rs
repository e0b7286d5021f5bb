//! How long a caller with a critical incident listens before they hear which key reports it.

use std::collections::{BTreeMap, VecDeque};

use super::Checked;
use super::circle::circle;
use crate::flow::document::{Kind, Line, Node};
use crate::flow::node::Menu;
use crate::source::Problem;

/// When the key that reports a critical incident is said at the latest, in seconds after the call was answered.
pub const CRITICAL_WITHIN: f64 = 10.0;

/// The key that reports a critical incident, in every menu.
const CRITICAL: char = '1';

/// What a call hears from the beginning to the first menu where key 1 reports. Announcements on the way count; a call that
/// comes first to a node with another purpose (an outage's own menu, a question for digits) is not measured.
pub(super) fn check(flow: &Checked<'_>) -> Vec<Problem> {
    let silent = flow.ways.nodes().filter(|(at, _)| flow.ways.is_silent(*at));
    if silent.into_iter().any(|(at, _)| !circle(flow, at).is_empty()) {
        // Who speaks in a circle never comes to a menu; that is told already.
        return Vec::new();
    }
    let mut slowest: BTreeMap<usize, f64> = BTreeMap::new();
    let mut waiting: VecDeque<(usize, f64)> =
        flow.ways.entries().first().map(|begin| (*begin, 0.0)).into_iter().collect();
    while let Some((at, heard)) = waiting.pop_front() {
        let Some(node) = flow.ways.node(at) else { continue };
        if slowest.get(&at).is_some_and(|slowest| *slowest >= heard) {
            continue;
        }
        slowest.insert(at, heard);
        if flow.ways.is_silent(at) {
            let heard = heard + said(flow, node);
            waiting.extend(flow.ways.out(at).iter().map(|way| (way.to, heard)));
        }
    }
    slowest.iter().filter_map(|(at, seconds)| late(flow, *at, *seconds)).collect()
}

fn late(flow: &Checked<'_>, at: usize, before: f64) -> Option<Problem> {
    let node = flow.ways.node(at)?;
    let Kind::Menu(menu) = &node.kind else { return None };
    if !reports(flow, at) {
        return None;
    }
    let Some(until) = until_key(flow, menu) else {
        let what = format!("no prompt of '{}' says that key {CRITICAL} reports an incident", node.name);
        return Some(flow.problem(node.at, what).mend("Say it first, as in 'Para un incidente crítico, marque 1'"));
    };
    let seconds = before + until;
    (seconds > CRITICAL_WITHIN).then(|| {
        let what = format!("key {CRITICAL} of '{}' is said {seconds:.1} s after the call is answered", node.name);
        let shorter =
            format!("Shorten what comes before it to {CRITICAL_WITHIN:.0} s in all, or move it behind the menu");
        flow.problem(node.at, what).why("A caller in need hangs up before that").mend(shorter)
    })
}

/// Whether key 1 leads to an incident before the caller is asked anything.
fn reports(flow: &Checked<'_>, at: usize) -> bool {
    let opens = |at: usize| flow.ways.node(at).is_some_and(|node| matches!(node.kind, Kind::OpenIncident(_)));
    let key = CRITICAL.to_string();
    flow.ways
        .out(at)
        .iter()
        .filter(|way| way.label == key)
        .any(|way| opens(way.to) || flow.ways.silently_after(way.to).into_iter().any(opens))
}

/// The seconds until the menu has said what key 1 does.
fn until_key(flow: &Checked<'_>, menu: &Menu) -> Option<f64> {
    let language = *flow.document.languages.first()?;
    let mut heard = 0.0;
    for prompt in Line::prompts(&menu.lines) {
        if let Some(seconds) = flow.prompts.seconds_until_key(language, &prompt.name, CRITICAL) {
            return Some(heard + seconds);
        }
        heard += flow.prompts.seconds(language, &prompt.name).unwrap_or_default();
    }
    None
}

/// The seconds a node speaks on the way, in the language a call begins in.
fn said(flow: &Checked<'_>, node: &Node) -> f64 {
    let Some(language) = flow.document.languages.first() else { return 0.0 };
    let prompts = node.prompts();
    prompts.iter().filter_map(|prompt| flow.prompts.seconds(*language, &prompt.name)).sum()
}
