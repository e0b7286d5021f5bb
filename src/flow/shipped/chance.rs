//! What comes in by chance: no input breaks a call, and no call goes on for ever.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::{moments, shipped, shipped_once};
use crate::flow::testing::{call, case, facts, institution, keys, reached, recording, world};
use crate::flow::{Answer, Input, State, Verb};
use crate::incident;

fn any_input() -> impl Strategy<Value = Input> {
    prop_oneof![
        4 => "[0-9*#]{0,3}".prop_map(Input::Digits),
        1 => "[0-9]{4,16}".prop_map(Input::Digits),
        1 => "\\PC{0,20}".prop_map(Input::Digits),
        1 => "\\PC{0,30}".prop_map(Input::Speech),
        2 => (0..200_u32).prop_map(recording),
        4 => Just(Input::Silence),
        1 => Just(Input::Begin),
    ]
}

fn any_answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        Just(Answer::Case(None)),
        Just(Answer::Case(Some(case(3, incident::State::Responded)))),
        Just(Answer::Institution(None)),
        Just(Answer::Institution(Some(institution()))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_comes_in_a_call_goes_on_or_ends(
        inputs in prop::collection::vec((any_input(), 0..300_i64), 1..80),
        moment in 0..11_usize,
    ) {
        let flow = shipped_once();
        let (_, facts, world) = moments().swap_remove(moment);
        let (mut call, _) = call(flow, facts, world);
        for (input, seconds) in inputs {
            call.facts.now += TimeDelta::seconds(seconds);
            let turn = call.give(input).unwrap();
            let last = turn.verbs.last().unwrap();
            let queues = matches!(last, Verb::Enqueue { .. });
            prop_assert!(queues || matches!(last, Verb::Continue | Verb::Hangup));
            prop_assert_eq!(call.state.ended, *last == Verb::Hangup);
            let listens = turn.verbs.iter().filter(|verb| matches!(verb, Verb::Gather(_) | Verb::Record(_))).count();
            prop_assert_eq!(listens, usize::from(!call.state.ended && !queues));
            let stored: State = serde_json::from_str(&serde_json::to_string(&call.state).unwrap()).unwrap();
            prop_assert_eq!(&stored, &call.state);
        }
    }

    #[test]
    fn an_answer_nobody_asked_for_is_a_fault_or_ignored_and_never_a_panic(
        inputs in prop::collection::vec(prop_oneof![any_input(), any_answer().prop_map(Input::Answer)], 1..40),
    ) {
        let flow = shipped_once();
        let (mut call, _) = call(flow, facts(), world([]));
        for input in inputs {
            let before = call.state.clone();
            if call.give(input).is_err() {
                prop_assert_eq!(&call.state.node, &before.node);
            }
        }
    }
}

#[test]
fn no_call_outlives_its_limits() {
    let flow = shipped();
    for input in [keys("*"), keys("7"), keys("8"), Input::Silence, recording(9)] {
        let (mut call, _) = call(&flow, facts(), world([]));
        let mut turns: u32 = 1;
        while !call.state.ended {
            // Whoever waits for a person is held by time, not by turns.
            let waits = call.state.waiting_since.is_some();
            call.facts.now += TimeDelta::seconds(if waits { 25 } else { 0 });
            call.give(input.clone()).unwrap();
            turns += u32::from(!waits);
            assert!(turns <= 2 * flow.document().limits.turns + 1, "{input:?}");
        }
    }
    let (mut slow, _) = call(&flow, facts(), world([]));
    slow.facts.now += TimeDelta::minutes(21);
    let turn = slow.give(keys("*")).unwrap();
    assert_eq!(reached(&turn)[0], "last_word");
}
