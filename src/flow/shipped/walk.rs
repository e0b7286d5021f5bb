//! Every way through the flow.

use std::collections::{BTreeSet, VecDeque};

use chrono::TimeDelta;

use super::{moments, shipped};
use crate::flow::document::Kind;
use crate::flow::rehearsal::{Rehearsal, Turn, World};
use crate::flow::testing::{call, case, facts, heard, keys, reached, recording, world};
use crate::flow::{Effect, Facts, Flow, Input, Outcome, State, Verb};
use crate::incident;

/// What a caller could do at this document.
fn choices(flow: &Flow, state: &State, turn: &Turn) -> Vec<Input> {
    let mut inputs = vec![Input::Silence, keys("#"), keys("7")];
    if turn.verbs.iter().any(|verb| matches!(verb, Verb::Record(_))) {
        inputs.extend([recording(9), recording(1)]);
        return inputs;
    }
    match &flow.node(&state.node).unwrap().kind {
        Kind::Menu(menu) => inputs.extend(menu.keys.iter().map(|key| keys(&key.key))),
        Kind::WaitForPerson(wait) => inputs.extend(wait.keys.iter().map(|key| keys(&key.key))),
        Kind::Collect(collect) => {
            inputs.extend([keys("*"), keys("1042"), keys("9999"), keys("8095550177"), keys("12345678")]);
            if collect.into == "case" {
                let known = [11, 12, 13, 14].map(|n| keys(case(n, incident::State::Received).number.as_str()));
                inputs.extend(known);
            }
        }
        kind => panic!("a call stands at a {} node", kind.verb()),
    }
    inputs
}

/// What two calls must share to be explored once.
fn likeness(call: &Rehearsal<'_>) -> String {
    let state = &call.state;
    let own = state.case.as_ref().map(|case| case.state);
    let found = state.found.as_ref().map(|case| &case.number);
    format!(
        "{} {} {:?} {own:?} {found:?} {} {} {:?} {:?}",
        state.node,
        state.tries,
        state.recording,
        state.institution.is_some(),
        state.call_back.is_some(),
        state.had,
        state.waiting_since.map(|since| (call.facts.now - since).num_seconds()),
    )
}

/// Walks every way there is from one moment; `each` sees every turn, the inputs and the nodes that led there.
fn explore(
    flow: &Flow,
    facts: &Facts,
    world: &World,
    mut each: impl FnMut(&Rehearsal<'_>, &Turn, &[Input], &BTreeSet<String>),
) {
    let nodes = |turn: &Turn| reached(turn).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let (call, turn) = call(flow, facts.clone(), world.clone());
    let mut seen = BTreeSet::from([likeness(&call)]);
    let visited: BTreeSet<String> = nodes(&turn).into_iter().collect();
    each(&call, &turn, &[], &visited);
    let mut open = VecDeque::from([(call, turn, Vec::new(), visited)]);
    while let Some((call, turn, script, visited)) = open.pop_front() {
        if call.state.ended {
            continue;
        }
        for input in choices(flow, &call.state, &turn) {
            for accepted in [false, true] {
                let mut call = call.clone();
                call.facts.now += TimeDelta::seconds(40);
                if accepted {
                    // A person on duty takes the case meanwhile.
                    let Some(own) = call.world.own.clone() else { continue };
                    let own = call.world.cases.iter_mut().find(|case| case.number == own).unwrap();
                    own.state = incident::State::Acknowledged;
                }
                let turn = call.give(input.clone()).unwrap();
                let mut script = script.clone();
                script.push(input.clone());
                let mut visited = visited.clone();
                visited.extend(nodes(&turn));
                each(&call, &turn, &script, &visited);
                if seen.insert(likeness(&call)) {
                    open.push_back((call, turn, script, visited));
                }
            }
        }
    }
}

#[test]
fn every_node_is_reached_by_some_caller_and_no_call_ends_in_nothing() {
    let flow = shipped();
    let mut reached_by_somebody: BTreeSet<String> = BTreeSet::new();
    for (moment, facts, world) in moments() {
        explore(&flow, &facts, &world, |call, turn, script, visited| {
            reached_by_somebody.extend(visited.iter().cloned());
            let state = &call.state;
            let path = || format!("{moment}: {script:?} at {}", state.node);
            assert!(state.case.is_none() || state.outcome() != Outcome::Missed, "{}", path());
            let records = turn.verbs.iter().any(|verb| matches!(verb, Verb::Record(_)));
            assert!(!records || state.recording == Some(true), "recorded without having agreed: {}", path());
            if !state.ended {
                let goes_on = matches!(turn.verbs.last(), Some(Verb::Continue | Verb::Enqueue { .. }));
                assert!(goes_on, "{:?}: {}", turn.verbs, path());
                return;
            }
            assert_eq!(turn.verbs.last(), Some(&Verb::Hangup), "{}", path());
            assert!(!heard(turn).is_empty(), "a bare hang-up: {}", path());
            assert_eq!(turn.effects.last(), Some(&Effect::Ended(state.outcome())), "{}", path());
            if state.outcome() == Outcome::Missed {
                assert!(
                    visited.contains("silent_check"),
                    "left without being asked whether they can speak: {}",
                    path()
                );
            }
        });
    }
    let (mut long, _) = call(&flow, facts(), world([]));
    for _ in 0..=flow.document().limits.turns {
        let turn = long.give(keys("*")).unwrap();
        reached_by_somebody.extend(reached(&turn).into_iter().map(str::to_owned));
    }
    assert!(long.state.case.is_some(), "who stays that long without a report is given a person");
    let all = flow.document().nodes.iter().map(|node| node.name.clone());
    let missing: Vec<String> = all.filter(|node| !reached_by_somebody.contains(node)).collect();
    assert_eq!(missing, [""; 0], "no caller reaches these");
}
