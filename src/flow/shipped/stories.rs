//! Callers' stories.

use chrono::TimeDelta;

use super::shipped;
use crate::flow::document::Kind;
use crate::flow::rehearsal::{Rehearsal, Turn, World};
use crate::flow::testing::{
    call, case, effects, facts, heard, institution, keys, night, outage, reached, recording, world,
};
use crate::flow::{Effect, Facts, Flow, Impact, Input, Institution, Language, Learned, Outcome, Verb};
use crate::incident;
use crate::phone::Phone;

/// Gives the inputs one after another; what the last turn was.
fn play<'f>(flow: &'f Flow, facts: Facts, world: World, inputs: &[Input]) -> (Rehearsal<'f>, Turn, Vec<Effect>) {
    let (mut call, mut turn) = call(flow, facts, world);
    let mut all = turn.effects.clone();
    for input in inputs {
        turn = call.give(input.clone()).unwrap();
        all.extend(turn.effects.clone());
    }
    (call, turn, all)
}

#[test]
fn saturday_night_the_payroll_platform_is_down() {
    let flow = shipped();
    let (mut call, turn) = call(&flow, night(), world([]));
    let first = heard(&turn);
    assert!(first[0].contains("incidentes críticos"), "{first:?}");
    assert!(first[1].contains("fuera de nuestro horario"), "{first:?}");
    // Both stand in one Gather: the key counts from the first second.
    assert!(matches!(&turn.verbs[..], [Verb::Gather(gather), Verb::Continue] if gather.digits == Some(1)));

    let opened = call.give(keys("1")).unwrap();
    assert!(call.state.case.is_some(), "the incident is open before anything else is asked");
    assert_eq!(opened.effects.last(), Some(&Effect::Reached { node: "report_notice".into() }));
    let asked = call.give(Input::Silence).unwrap();
    assert!(heard(&asked)[0].contains("institución"));
    assert_eq!(effects(&asked), [&Effect::Consent { recording: true, prompt: "recording_notice".into() }]);
    assert!(heard(&call.give(keys("1042")).unwrap())[0].contains("Ministerio de Prueba"));
    call.give(keys("1")).unwrap();
    call.give(keys("1")).unwrap();
    let describe = call.give(keys("1")).unwrap();
    assert!(
        matches!(&describe.verbs[..], [Verb::Say(_), Verb::Record(record), Verb::Continue] if record.max.as_secs() == 120)
    );
    let review = call.give(recording(9)).unwrap();
    assert!(matches!(effects(&review)[0], Effect::Recorded { holds, case: None, .. } if holds == "description"));
    let number = call.give(keys("1")).unwrap();
    assert!(heard(&number)[0].contains("ocho cero nueve"), "{:?}", heard(&number));
    let registered = call.give(keys("1")).unwrap();
    let said = heard(&registered).join(" ");
    assert!(said.contains("Repito"), "{said}");
    assert!(said.contains("antes de las dos de la madrugada"), "{said}");
    let sent = call.give(keys("1")).unwrap();
    let text = sent.effects.iter().find_map(|effect| match effect {
        Effect::Send { text, to: Some(_), .. } => Some(text.clone()),
        _ => None,
    });
    assert!(text.unwrap().contains(call.state.case.as_ref().unwrap().number.as_str()));
    assert!(sent.effects.contains(&Effect::Learned(Learned::TextMessages(true))));
    let held = call.give(Input::Silence).unwrap();
    assert!(matches!(&held.verbs[..], [Verb::Say(_), Verb::Enqueue { .. }]), "{:?}", held.verbs);
    call.facts.now += TimeDelta::seconds(30);
    let music = call.give(Input::Silence).unwrap();
    assert!(matches!(&music.verbs[0], Verb::Gather(gather) if gather.prompts.len() == 2), "{:?}", music.verbs);
    call.world.cases[0].state = incident::State::Acknowledged;
    let taken = call.give(Input::Silence).unwrap();
    assert_eq!(taken.effects.last(), Some(&Effect::Ended(Outcome::Reported)));
    assert_eq!(taken.verbs.last(), Some(&Verb::Hangup));
}

#[test]
fn every_menu_before_a_report_has_critical_on_1_and_a_person_on_0() {
    let flow = shipped();
    for name in ["main_menu", "night_menu", "out_of_hours_details", "information", "silent_check"] {
        let Kind::Menu(menu) = &flow.node(name).unwrap().kind else { panic!("{name} is a menu") };
        let leads = |key: &str| menu.keys.iter().find(|one| one.key == key).map(|one| one.target.node.as_str());
        assert_eq!((leads("1"), leads("0")), (Some("report"), Some("person")), "{name}");
    }
}

#[test]
fn the_whole_report_works_without_a_recording() {
    let flow = shipped();
    let inputs = [keys("1"), keys("9"), keys("*"), keys("4"), keys("3"), keys("1"), keys("2"), keys("1")];
    let (call, turn, all) = play(&flow, facts(), world([]), &inputs);
    assert_eq!(turn.effects.last(), Some(&Effect::Ended(Outcome::Reported)), "{}", call.state.node);
    assert!(all.contains(&Effect::Learned(Learned::Impact(Impact::Attack))));
    assert!(!all.iter().any(|effect| matches!(effect, Effect::Recorded { .. })));
}

#[test]
fn a_silent_caller_reports_with_five_five() {
    let flow = shipped();
    let inputs = [Input::Silence, Input::Silence, keys("55")];
    let (call, turn, _) = play(&flow, facts(), world([]), &inputs);
    assert_eq!(reached(&turn)[..2], ["silent_report", "silent_registered"]);
    assert!(call.state.ended && call.state.case.is_some());
}

#[test]
fn a_silent_caller_who_speaks_after_all_is_an_incident_and_one_who_does_not_is_called_back() {
    let flow = shipped();
    let mut inputs = vec![Input::Silence; 4];
    inputs.push(recording(20));
    let (call, ..) = play(&flow, facts(), world([]), &inputs);
    assert!(call.state.ended);
    assert_eq!(call.state.outcome(), Outcome::Reported);
    inputs.pop();
    inputs.push(Input::Silence);
    let (call, turn, _) = play(&flow, facts(), world([]), &inputs);
    assert_eq!((call.state.outcome(), call.state.case.is_some()), (Outcome::Missed, false));
    assert!(heard(&turn)[0].contains("Le devolveremos la llamada"));
}

#[test]
fn key_8_speaks_the_other_language_and_back() {
    let flow = shipped();
    let (call, turn, _) = play(&flow, facts(), world([]), &[keys("8")]);
    assert_eq!(call.state.language, Language::En);
    assert!(heard(&turn)[0].contains("press one"), "{:?}", heard(&turn));
    let (call, ..) = play(&flow, facts(), world([]), &[keys("8"), keys("8")]);
    assert_eq!(call.state.language, Language::Es);
}

#[test]
fn a_known_outage_counts_and_informs() {
    let flow = shipped();
    let (call, _, all) = play(&flow, outage(None), world([]), &[keys("1"), keys("1042#")]);
    assert!(call.state.ended);
    assert_eq!(call.state.outcome(), Outcome::Added);
    assert!(all.contains(&Effect::Affected));
    assert!(all.contains(&Effect::Learned(Learned::Institution(institution()))));
    assert!(all.iter().any(|effect| matches!(effect, Effect::Send { template, .. } if template == "caller_outage")));
}

#[test]
fn a_stranger_hears_nothing_of_a_case_before_naming_its_institution() {
    let flow = shipped();
    let theirs = case(11, incident::State::Acknowledged);
    let number = theirs.number.clone();
    let other = Institution { code: "2000".into(), name: "Otra".into() };
    let mut world = world([theirs]);
    world.institutions.push(other);
    let ask = [keys("2"), keys(number.as_str())];
    let (mut call, turn, _) = play(&flow, facts(), world, &ask);
    assert!(heard(&turn)[0].contains("Por seguridad"));
    let refused = call.give(keys("2000")).unwrap();
    assert!(heard(&refused)[0].contains("No encontramos un caso"), "{:?}", heard(&refused));
    call.give(keys("2")).unwrap();
    call.give(keys(number.as_str())).unwrap();
    let told = call.give(keys("1042")).unwrap();
    assert!(heard(&told)[0].contains("Una persona de guardia tomó su caso"), "{:?}", heard(&told));
}

#[test]
fn the_same_institution_and_service_is_asked_never_merged() {
    let flow = shipped();
    let open = case(11, incident::State::Received);
    let number = open.number.clone();
    let start = [keys("1"), Input::Silence, keys("1042"), keys("1"), keys("1")];
    let (mut call, turn, all) = play(&flow, facts(), world([open]), &start);
    assert!(heard(&turn)[0].contains("Ya hay un caso abierto"), "{:?}", heard(&turn));
    assert!(!all.iter().any(|effect| matches!(effect, Effect::Join { .. })));
    let other = call.clone().give(keys("2")).unwrap();
    assert_eq!(reached(&other), ["impact"]);
    let joined = call.give(keys("1")).unwrap();
    assert_eq!(effects(&joined), [&Effect::Join { case: number.clone() }]);
    let added = call.give(recording(5)).unwrap();
    assert!(matches!(effects(&added)[0], Effect::Recorded { case: Some(case), .. } if *case == number));
    assert_eq!(call.state.outcome(), Outcome::Added);
}

#[test]
fn a_resolved_case_is_reopened_and_its_new_promise_told() {
    let flow = shipped();
    let mut mine = case(14, incident::State::Resolved);
    mine.known_caller = true;
    let number = mine.number.clone();
    let inputs = [keys("2"), keys(number.as_str()), keys("1")];
    let (_, turn, _) = play(&flow, facts(), world([mine]), &inputs);
    assert!(effects(&turn).contains(&&Effect::Reopen { case: number }));
    assert!(heard(&turn)[0].contains("antes de las dos de la tarde de hoy"), "{:?}", heard(&turn));
}

#[test]
fn a_foreign_number_is_called_back_only_when_it_is_the_callers_own() {
    let flow = shipped();
    let foreign = Phone::parse("+50937001122").unwrap();
    let to_number = |facts: Facts| {
        let inputs =
            [keys("1"), Input::Silence, keys("*"), recording(5), keys("5"), keys("1"), recording(9), keys("1")];
        let (call, ..) = play(&flow, facts, world([]), &inputs);
        assert_eq!(call.state.node, "call_back_confirm");
        call
    };
    let mut own = to_number(Facts { caller: Some(foreign.clone()), ..facts() });
    let confirmed = own.give(keys("1")).unwrap();
    assert!(confirmed.effects.contains(&Effect::Learned(Learned::CallBack(foreign))));
    let mut other = to_number(facts());
    other.give(keys("2")).unwrap();
    let refused = other.give(keys("2125550142")).unwrap();
    assert!(heard(&refused)[0].contains("No podemos llamar a ese número"), "{:?}", heard(&refused));
    let accepted = other.give(keys("8495550142")).unwrap();
    assert!(matches!(effects(&accepted)[0], Effect::Learned(Learned::CallBack(_))));
}
