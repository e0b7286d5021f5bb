//! The shortest way of a caller to every node at which a call can stop, found by rehearsing the shipped flow.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use chrono::TimeDelta;
use guardia::call::Directory;
use guardia::flow::Library;
use guardia::flow::document::Kind;
use guardia::flow::rehearsal::{Rehearsal, Turn};
use guardia::flow::{Flow, Input, Outcome, Verb};
use guardia::serve::read_bundle;

use crate::moments::{MOMENTS, Moment};

/// A way to a node.
#[derive(Clone, Debug)]
pub struct Way {
    /// The moment in which it begins.
    pub moment: Moment,
    /// What the caller does, and the node that listens after it.
    pub steps: Vec<(Input, String)>,
    /// Whether an incident of this call is open there.
    pub has_case: bool,
    /// What the call has given the caller so far.
    pub had: Option<Outcome>,
    /// Whether the caller's institution is known there.
    pub institution: bool,
}

/// The shipped flow and directory.
pub fn shipped() -> (Flow, Directory) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bundle = read_bundle(&root.join("voice-flows/critical-hotline.yaml")).unwrap();
    let flow = Library::from_texts(&bundle).unwrap();
    let text = std::fs::read_to_string(root.join("directory.yaml")).unwrap();
    (flow, Directory::parse(&text, "directory.yaml").unwrap())
}

/// Every node at which a call can stop: where the line listens or holds.
pub fn stops(flow: &Flow) -> BTreeSet<String> {
    let listens =
        |kind: &Kind| matches!(kind, Kind::Menu(_) | Kind::Collect(_) | Kind::Record(_) | Kind::WaitForPerson(_));
    flow.document().nodes.iter().filter(|node| listens(&node.kind)).map(|node| node.name.clone()).collect()
}

/// The shortest way to each node that some caller reaches.
pub fn find(flow: &Flow, directory: &Directory) -> BTreeMap<String, Way> {
    let mut found: BTreeMap<String, Way> = BTreeMap::new();
    for moment in MOMENTS {
        explore(flow, directory, moment, |node, way| match found.get(node) {
            Some(known) if known.steps.len() <= way.steps.len() => {}
            _ => {
                found.insert(node.to_owned(), way.clone());
            }
        });
    }
    found
}

fn explore(flow: &Flow, directory: &Directory, moment: Moment, mut each: impl FnMut(&str, &Way)) {
    let mut call = Rehearsal::new(flow, moment.facts(directory), moment.world(directory));
    let turn = call.give(Input::Begin).unwrap();
    let way = |call: &Rehearsal<'_>, steps| Way {
        moment,
        steps,
        has_case: call.state.case.is_some(),
        had: call.state.had,
        institution: call.state.institution.is_some(),
    };
    let begun = way(&call, Vec::new());
    let mut seen = BTreeSet::from([likeness(&call)]);
    each(&call.state.node, &begun);
    let mut open = VecDeque::from([(call, turn, begun.steps)]);
    while let Some((call, turn, steps)) = open.pop_front() {
        for input in inputs(&turn) {
            let mut call = call.clone();
            call.facts.now += TimeDelta::seconds(40);
            let turn = call.give(input.clone()).unwrap();
            if call.state.ended || !seen.insert(likeness(&call)) {
                continue;
            }
            let mut steps: Vec<(Input, String)> = steps.clone();
            steps.push((input, call.state.node.clone()));
            each(&call.state.node, &way(&call, steps.clone()));
            open.push_back((call, turn, steps));
        }
    }
}

/// What a caller could do at this document.
fn inputs(turn: &Turn) -> Vec<Input> {
    if turn.verbs.iter().any(|verb| matches!(verb, Verb::Record(_))) {
        let recording = Input::Recording { id: "RE1".to_owned(), url: "https://x.example/RE1".to_owned(), seconds: 9 };
        return vec![recording, Input::Silence];
    }
    let keys = ["1", "2", "3", "4", "5", "6", "9", "0", "*", "55", "1042", "9999", "8095550177", "26000010"];
    std::iter::once(Input::Silence).chain(keys.map(|keys| Input::Digits(keys.to_owned()))).collect()
}

/// What two calls must share to be explored once.
fn likeness(call: &Rehearsal<'_>) -> String {
    let state = &call.state;
    format!(
        "{} {} {:?} {} {} {} {} {:?} {:?}",
        state.node,
        state.tries,
        state.recording,
        state.case.is_some(),
        state.found.is_some(),
        state.institution.is_some(),
        state.call_back.is_some(),
        state.had,
        state.waiting_since.map(|since| (call.facts.now - since).num_seconds()),
    )
}
