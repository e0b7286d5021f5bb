//! The kinds that listen.

use chrono::TimeDelta;

use super::{after, with_ends};
use crate::flow::rehearsal::Rehearsal;
use crate::flow::testing::{call, case, effects, facts, heard, institution, keys, recording, world};
use crate::flow::{Effect, Facts, Flow, Input, Learned, Outcome, Verb};
use crate::incident;
use crate::phone::Phone;

const MENU: &str = "
  start:
    menu: choose
    keys: { 1: one, 22: two }
    words: { 1: [Avería, falla], 22: [estado] }
    wait: { first: 4s, between: 2s, tries: 2 }
    silence: silent
    wrong: wrong
";

#[test]
fn menu() {
    let flow = with_ends(MENU);
    let speech = |words: &str| Input::Speech(words.into());
    for (inputs, node, words) in [
        (vec![], "start", vec!["choose"]),
        (vec![keys("1")], "one", vec!["one"]),
        (vec![keys("22")], "two", vec!["two"]),
        (vec![keys("*")], "start", vec!["choose"]),
        (vec![keys("#")], "start", vec!["choose"]),
        (vec![keys("")], "start", vec!["choose"]),
        (vec![recording(4)], "start", vec!["choose"]),
        (vec![keys("3")], "start", vec!["invalid", "choose"]),
        (vec![keys("3"), keys("2")], "wrong", vec!["wrong"]),
        (vec![Input::Silence], "start", vec!["no input", "choose"]),
        (vec![Input::Silence, Input::Silence], "silent", vec!["silent"]),
        (vec![Input::Silence, keys("3")], "wrong", vec!["wrong"]),
        (vec![speech("Hay una AVERIA en el sistema")], "one", vec!["one"]),
        (vec![speech("el estado de la avería")], "start", vec!["invalid", "choose"]),
        (vec![speech("buenas noches")], "start", vec!["invalid", "choose"]),
    ] {
        let (stands, said) = after(&flow, facts(), &inputs);
        assert_eq!((stands.as_str(), said), (node, words.iter().map(ToString::to_string).collect()), "{inputs:?}");
    }
    let (_, turn) = call(&flow, facts(), world([]));
    let [Verb::Gather(gather), Verb::Continue] = &turn.verbs[..] else { panic!("{:?}", turn.verbs) };
    assert_eq!((gather.digits, gather.end, gather.first.as_secs(), gather.between.as_secs()), (Some(2), None, 4, 2));
    assert_eq!(gather.words, ["averia", "falla", "estado"]);
}

#[test]
fn a_bound_star_is_a_choice() {
    let flow = with_ends(&MENU.replace("22: two }", "\"*\": two }").replace(", 22: [estado]", ""));
    assert_eq!(after(&flow, facts(), &[keys("*")]).0, "two");
}

fn collect(digits: &str) -> Flow {
    with_ends(&format!(
        "
  start:
    collect: key_it
    digits: {{ {digits} }}
    into: kept
    skip: {{ key: \"*\", then: skipped }}
    found: found
    unknown: {{ say: not_known, tries: 2, then: unknown }}
    wait: {{ tries: 2 }}
    silence: silent
"
    ))
}

#[test]
fn collect_takes_what_fits_and_asks_again_for_what_does_not() {
    let right = case(11, incident::State::Received).number.to_string();
    // One more than a right number has a wrong check digit.
    let wrong_check = (right.parse::<u32>().unwrap() + 1).to_string();
    let other = case(99, incident::State::Received).number.to_string();
    for (digits, keyed, node) in [
        ("exactly: 4, lookup: institutions", "1042", "found"),
        ("exactly: 4, end: \"#\", lookup: institutions", "1042#", "found"),
        ("exactly: 4, lookup: institutions", "9999", "start"),
        ("exactly: 4, lookup: institutions", "104", "start"),
        ("exactly: 4, lookup: institutions", "10421", "start"),
        ("exactly: 4, lookup: institutions", "104*", "start"),
        ("exactly: 4, lookup: institutions", "*", "skipped"),
        ("exactly: 4, lookup: institutions", "*#", "skipped"),
        ("exactly: 8, lookup: cases", &right, "found"),
        ("exactly: 8, lookup: cases", &wrong_check, "start"),
        ("exactly: 8, lookup: cases", &other, "start"),
        ("exactly: 8, lookup: case_numbers", &other, "found"),
        ("exactly: 8, lookup: case_numbers", &wrong_check, "start"),
        ("min: 10, max: 11, lookup: phone", "8295550142", "found"),
        ("min: 10, max: 11, lookup: phone", "18495550142", "found"),
        ("min: 7, max: 11, lookup: phone", "5550142", "start"),
        ("min: 10, max: 11, lookup: phone", "9005550142", "start"),
        ("min: 10, max: 15, lookup: phone", "0115093700112", "start"),
        ("min: 2, max: 3", "12", "found"),
        ("min: 2, max: 3", "1", "start"),
    ] {
        let flow = collect(digits);
        let (stands, said) = after(&flow, facts(), &[keys(keyed)]);
        assert_eq!(stands, node, "{digits}: {keyed}");
        if node == "start" {
            assert_eq!(said, ["not known", "key it"], "{digits}: {keyed}");
            assert_eq!(after(&flow, facts(), &[keys(keyed), keys(keyed)]).0, "unknown", "{digits}: {keyed}");
        }
    }
}

#[test]
fn collect_keeps_tells_and_listens() {
    let flow = collect("exactly: 4, end: \"#\", lookup: institutions");
    let (mut one, first) = call(&flow, facts(), world([]));
    let Verb::Gather(gather) = &first.verbs[0] else { panic!("{:?}", first.verbs) };
    assert_eq!((gather.digits, gather.end), (Some(5), Some('#')), "the end key belongs to this answer");
    let turn = one.give(Input::Speech("uno: 1 0 4 2".into())).unwrap();
    assert_eq!(effects(&turn)[0], &Effect::Learned(Learned::Institution(institution())));
    assert_eq!(one.state.variables["kept"], "1042");
    for inputs in [[Input::Silence, Input::Silence], [keys(""), keys("#")]] {
        assert_eq!(after(&flow, facts(), &inputs).0, "silent");
    }
    assert_eq!(after(&flow, facts(), &[Input::Silence]).1, ["no input", "key it"]);

    let flow = collect("min: 10, max: 11, lookup: phone");
    let foreign = Phone::parse("7875550142").unwrap();
    let (mut own, _) = call(&flow, Facts { caller: Some(foreign.clone()), ..facts() }, world([]));
    let turn = own.give(keys("7875550142")).unwrap();
    assert_eq!(effects(&turn)[0], &Effect::Learned(Learned::CallBack(foreign.clone())));
    assert_eq!(own.state.call_back, Some(foreign));
    assert_eq!(after(&flow, facts(), &[keys("7875550142")]).0, "start");
}

const RECORD: &str = "
  start:
    menu: may_we
    keys: { 9: { consent: declined, then: tell } }
    wait: { tries: 1 }
    silence: { consent: accepted, then: tell }
    wrong: tell
  tell:
    record: speak
    holds: description
    max: 30s
    least: 2s
    recorded: found
    nothing: { say: louder, tries: 2, then: silent }
    declined: skipped
";

#[test]
fn record() {
    let flow = with_ends(RECORD);
    for (inputs, node) in [
        (vec![keys("9")], "skipped"),
        (vec![keys("5")], "skipped"), // Not asked is not agreed.
        (vec![Input::Silence], "tell"),
        (vec![Input::Silence, recording(2)], "found"),
        (vec![Input::Silence, recording(1)], "tell"),
        (vec![Input::Silence, Input::Silence], "tell"),
        (vec![Input::Silence, keys("")], "tell"),
        (vec![Input::Silence, Input::Silence, recording(1)], "silent"),
    ] {
        assert_eq!(after(&flow, facts(), &inputs).0, node, "{inputs:?}");
    }
    let (mut call, _) = call(&flow, facts(), world([]));
    let asked = call.give(Input::Silence).unwrap();
    assert_eq!(effects(&asked), [&Effect::Consent { recording: true, prompt: "may_we".into() }]);
    let [Verb::Say(_), Verb::Record(record), Verb::Continue] = &asked.verbs[..] else { panic!("{:?}", asked.verbs) };
    assert_eq!((record.max.as_secs(), record.end, record.beep), (30, '#', true));
    let short = call.give(recording(1)).unwrap();
    assert_eq!(heard(&short), ["louder"]);
    assert!(matches!(effects(&short)[0], Effect::Recorded { seconds: 1, .. }), "even a short one is kept");
    call.give(recording(8)).unwrap();
    assert_eq!(call.state.last_recording.as_deref(), Some("https://example.com/RE8"));
}

const WAIT: &str = "
  start: { open_incident: { severity: critical }, next: hold }
  hold:
    wait_for_person: { first: wait_a_little, news: still_calling, joining: joining_now, every: 25s, for: 1m }
    keys: { 1: one }
    joined: again
    accepted: found
    nobody: silent
";

fn waiting(flow: &Flow, seconds: &[i64], then: Option<incident::State>) -> (String, Vec<String>) {
    let (mut call, mut turn): (Rehearsal<'_>, _) = call(flow, facts(), world([]));
    for wait in seconds {
        call.facts.now += TimeDelta::seconds(*wait);
        if let Some(state) = then {
            call.world.cases[0].state = state;
        }
        turn = call.give(Input::Silence).unwrap();
    }
    (call.state.node, heard(&turn))
}

#[test]
fn wait_for_person() {
    use incident::State as S;
    let flow = with_ends(WAIT);
    for (seconds, then, node, said) in [
        (&[][..], None, "hold", "wait a little"),
        (&[25], None, "hold", "still calling"),
        (&[25, 25], None, "hold", "still calling"),
        (&[25, 35], None, "silent", "silent"),
        (&[25], Some(S::Acknowledged), "found", "found"),
        (&[25], Some(S::Responded), "found", "found"),
        (&[25], Some(S::Cancelled), "silent", "silent"),
    ] {
        assert_eq!(waiting(&flow, seconds, then), (node.to_owned(), vec![said.to_owned()]), "{seconds:?} {then:?}");
    }
    assert_eq!(after(&flow, facts(), &[keys("1")]).0, "one");
    assert_eq!(after(&flow, facts(), &[keys("5")]), ("hold".to_owned(), vec![]), "no news so soon after the first");
    let without_case = with_ends(
        &WAIT.replace("start: { open_incident: { severity: critical }, next: hold }", "start: { goto: hold }"),
    );
    assert_eq!(after(&without_case, facts(), &[]).0, "silent", "nobody is paged, nobody comes");
}

#[test]
fn wait_for_person_with_music_between_the_news() {
    let flow = with_ends(&WAIT.replace("joining: joining_now,", "joining: joining_now, music: still_calling,"));
    let (mut call, _) = call(&flow, facts(), world([]));
    for (passed, said) in [(0, vec!["still calling"]), (30, vec!["still calling", "still calling"])] {
        call.facts.now += TimeDelta::seconds(passed);
        let heard_now = call.give(Input::Silence).unwrap();
        assert_eq!(heard(&heard_now), said, "the music alone at first, then after the news");
        let [Verb::Gather(gather), Verb::Continue] = &heard_now.verbs[..] else { panic!("{:?}", heard_now.verbs) };
        assert_eq!(gather.first.as_secs(), 1, "the music is the wait");
    }
}

#[test]
fn limits_end_a_call_even_without_a_way_of_their_own() {
    let flow = with_ends(MENU);
    let (mut call, _) = call(&flow, facts(), world([]));
    for _ in 0..29 {
        assert!(!call.state.ended);
        call.give(keys("*")).unwrap();
    }
    let turn = call.give(keys("*")).unwrap();
    assert_eq!((heard(&turn), turn.verbs.last()), (vec!["goodbye".to_owned()], Some(&Verb::Hangup)));
    assert_eq!(call.state.outcome(), Outcome::Missed);
}
