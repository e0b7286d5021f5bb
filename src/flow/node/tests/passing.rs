//! The kinds that pass on, ask or end.

use chrono::TimeDelta;

use super::{after, with_ends};
use crate::flow::machine::Fault;
use crate::flow::testing::{
    call, case, effects, facts, flow, heard, holiday, institution, keys, night, outage, reached, recording, world,
};
use crate::flow::{
    Answer, Ask, CaseFacts, Effect, Facts, Flow, Impact, Input, Language, Learned, Next, Outcome, Utterance, Verb, step,
};
use crate::incident;

#[test]
fn branch() {
    let page = |when: &str| {
        with_ends(&format!(
            "
  start: {{ goto: {{ set: {{ service: nomina, impact: attack }}, then: choose }} }}
  choose:
    branch:
      - {{ when: {when}, then: one }}
      - {{ otherwise: two }}
"
        ))
    };
    let known = Facts { caller_institution: Some(institution()), ..facts() };
    let closed = night();
    let out = outage(None);
    let over = Facts { now: out.now + TimeDelta::hours(5), ..out.clone() };
    for (when, facts, holds) in [
        ("hours.open", facts(), true),
        ("hours.closed", facts(), false),
        ("hours.closed", closed.clone(), true),
        ("hours.next_open", closed.clone(), true),
        ("holiday", holiday(), true),
        ("banner.active", out.clone(), true),
        ("banner.active", over, false),
        ("banner.eta", out, false),
        ("caller.number", facts(), true),
        ("caller.number", Facts { caller: None, ..facts() }, false),
        ("call_back.number", Facts { caller: None, ..facts() }, false),
        ("caller.institution", known, true),
        ("institution.known", facts(), false),
        ("consent.asked", facts(), false),
        ("consent.recording", facts(), false),
        ("case.open", facts(), false),
        ("case.found_open", facts(), false),
        ("case.open_same_service", facts(), false),
        ("{ impact: attack }", facts(), true),
        ("{ impact: down }", facts(), false),
        ("{ not: { impact: down } }", facts(), true),
        ("{ all: [hours.open, { impact: attack }] }", facts(), true),
        ("{ all: [hours.open, holiday] }", facts(), false),
        ("{ any: [holiday, hours.open] }", facts(), true),
        ("{ any: [holiday, hours.closed] }", facts(), false),
    ] {
        let flow = page(when);
        let (node, _) = after(&flow, facts, &[]);
        assert_eq!(node, if holds { "one" } else { "two" }, "{when}");
    }
}

#[test]
fn a_branch_asks_for_the_case_of_the_same_service() {
    let flow = with_ends(
        "
  start: { goto: { institution: caller, set: { service: nomina }, then: choose } }
  choose:
    branch:
      - { when: case.open_same_service, then: ask }
      - { otherwise: two }
  ask:
    menu: same
    about: found
    keys: { 1: { join: true, then: one }, 2: two }
    silence: two
    wrong: two
",
    );
    let known = Facts { caller_institution: Some(institution()), ..facts() };
    let open = case(11, incident::State::Received);
    let (mut one, _) = call(&flow, known.clone(), world([open.clone()]));
    assert_eq!(one.state.node, "ask");
    let turn = one.give(keys("1")).unwrap();
    let [Effect::Join { case: joined }, Effect::Ended(Outcome::Added)] = effects(&turn)[..] else { panic!("{turn:?}") };
    assert_eq!(*joined, open.number);
    let (two, _) = call(&flow, known, world([case(11, incident::State::Closed)]));
    assert_eq!(two.state.node, "two");
}

#[test]
fn an_incident_that_is_not_open_is_a_fault_not_a_promise() {
    let flow = with_ends("\n  start: { open_incident: { severity: critical }, next: one }\n");
    let begun = step(&flow, &flow.begin(&facts()), &Input::Begin, &facts()).unwrap();
    assert!(matches!(&begun.next, Next::Ask(Ask::OpenIncident { silent: false, .. })));
    for answer in [Answer::Case(None), Answer::Institution(None)] {
        let refused = step(&flow, &begun.state, &Input::Answer(answer), &facts());
        assert_eq!(refused, Err(Fault::Answer("start".into())));
    }
    let (call, turn) = call(&flow, facts(), world([]));
    assert!(call.state.case.is_some());
    assert_eq!(turn.effects.last(), Some(&Effect::Ended(Outcome::Reported)));
}

#[test]
fn a_stranger_is_asked_the_same_of_a_case_and_of_a_number_that_is_none() {
    let flow = with_ends(
        "
  start:
    collect: which
    digits: { exactly: 8, lookup: case_numbers }
    into: case
    found: tell
    unknown: { say: not_known, tries: 1, then: unknown }
    silence: silent
  tell: { status: case, next: one, resolved: two, verify: code, not_found: unknown }
  code:
    collect: which
    digits: { exactly: 4, lookup: institutions }
    into: institution
    found: tell
    unknown: { say: not_known, tries: 1, then: unknown }
    silence: silent
",
    );
    let stands = CaseFacts { institution: Some("1043".to_owned()), ..case(11, incident::State::Received) };
    let (number, none) = (keys(stands.number.as_str()), keys(case(99, incident::State::Received).number.as_str()));
    let heard = |number: &Input| {
        let (mut one, _) = call(&flow, facts(), world([stands.clone()]));
        let turns = [one.give(number.clone()).unwrap(), one.give(keys("1042")).unwrap()];
        (turns.map(|turn| turn.verbs), one.state.node, one.state.found)
    };
    assert_eq!(heard(&number), heard(&none));
    assert_eq!(heard(&number).1, "unknown");
}

#[test]
fn status() {
    use incident::State as S;
    let flow = with_ends(
        "
  start:
    collect: which
    digits: { exactly: 8, lookup: cases }
    into: case
    found: tell
    unknown: { say: not_known, tries: 1, then: unknown }
    silence: silent
  tell: { status: case, next: one, resolved: two, verify: skipped, not_found: unknown }
",
    );
    let soon = Some(facts().now + TimeDelta::hours(1));
    let past = Some(facts().now - TimeDelta::minutes(1));
    let known = |state| CaseFacts { known_caller: true, ..case(11, state) };
    for (stands, said) in [
        (known(S::Received), "status received"),
        (known(S::Acknowledged), "status acknowledged"),
        (CaseFacts { breached: true, ..known(S::Acknowledged) }, "status late"),
        (known(S::Responded), "status progress open"),
        (CaseFacts { next_update: soon, ..known(S::Responded) }, "status progress"),
        (CaseFacts { eta: soon, ..known(S::Responded) }, "status progress eta"),
        (CaseFacts { eta: past, ..known(S::Responded) }, "status progress open"),
        (known(S::Resolved), "two"),
        (known(S::Closed), "status closed"),
        (known(S::Cancelled), "status closed"),
        (case(11, S::Received), "skipped"),
    ] {
        let number = keys(stands.number.as_str());
        let (mut one, _) = call(&flow, facts(), world([stands.clone()]));
        let turn = one.give(number).unwrap();
        assert_eq!(heard(&turn)[0], said, "{stands:?}");
        assert_eq!(one.state.outcome() == Outcome::Informed, stands.known_caller);
    }
    let theirs = Facts { caller_institution: Some(institution()), ..facts() };
    assert_eq!(after(&flow, theirs, &[keys(case(11, S::Received).number.as_str())]).1[0], "status received");
}

#[test]
fn say_send_goto_and_hangup() {
    let flow = flow(
        "
  start: { say: [hello, { play: last_recording }, again], informs: true, next: write }
  write: { send: note, to: caller, next: on, nobody: nobody }
  on: { goto: { language: next, text_messages: true, call_back: caller, set: { impact: down }, then: end } }
  end: { hangup: { say: bye } }
  nobody: { hangup: { outcome: missed } }
",
    );
    let (_, turn) = call(&flow, facts(), world([]));
    let caller = facts().caller.unwrap();
    assert_eq!(heard(&turn), ["hello", "again", "bye"], "nothing was recorded, nothing is played");
    assert_eq!(
        effects(&turn),
        [
            &Effect::Send {
                template: "note".into(),
                to: Some(caller.clone()),
                language: Language::Es,
                text: "note".into()
            },
            &Effect::Language(Language::En),
            &Effect::Learned(Learned::TextMessages(true)),
            &Effect::Learned(Learned::CallBack(caller)),
            &Effect::Learned(Learned::Impact(Impact::Down)),
            &Effect::Ended(Outcome::Informed),
        ]
    );
    assert!(matches!(&turn.verbs[2], Verb::Say(Utterance::Words { language: Language::En, .. })));
    let (ended, turn) = call(&flow, Facts { caller: None, ..facts() }, world([]));
    assert_eq!(reached(&turn), ["start", "write", "nobody"]);
    assert_eq!(ended.state.outcome(), Outcome::Missed, "the page may say so over a mere information");
}

#[test]
fn an_ended_call_stays_ended() {
    let flow = with_ends("\n  start: { goto: one }\n");
    let (mut call, _) = call(&flow, facts(), world([]));
    for input in [Input::Silence, keys("1"), Input::Begin, recording(9)] {
        let turn = call.give(input).unwrap();
        assert_eq!((turn.effects, turn.verbs), (vec![], vec![Verb::Hangup]));
    }
}

#[test]
fn circles_and_missing_nodes_are_faults() {
    let circle = flow("\n  start: { goto: there }\n  there: { goto: start }\n");
    let begin = |flow: &Flow| step(flow, &flow.begin(&facts()), &Input::Begin, &facts());
    assert!(matches!(begin(&circle), Err(Fault::Circle(_))));
    let nowhere = flow("\n  start: { goto: there }\n");
    assert_eq!(begin(&nowhere), Err(Fault::NoNode("there".into())));
}
