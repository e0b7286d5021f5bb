//! The flow in `voice-flows/`: every way through it, what comes in by chance, and callers' stories.

use chrono::TimeDelta;

use super::library::{Bundle, File, Library, Translation};
use super::rehearsal::World;
use super::testing::{case, facts, holiday, institution, night, outage, world};
use super::{Facts, Flow, Language};
use crate::incident;

mod chance;
mod stories;
mod walk;

fn bundle() -> Bundle {
    let file = |name: &str, text: &str| File { name: name.into(), text: text.into() };
    let page = |language, name: &str, text: &str| Translation { language, file: file(name, text) };
    Bundle {
        flow: file("voice-flows/critical-hotline.yaml", include_str!("../../../voice-flows/critical-hotline.yaml")),
        prompts: vec![
            page(Language::Es, "prompts/es.yaml", include_str!("../../../voice-flows/prompts/es.yaml")),
            page(Language::En, "prompts/en.yaml", include_str!("../../../voice-flows/prompts/en.yaml")),
        ],
        messages: vec![
            page(Language::Es, "messages/es.yaml", include_str!("../../../voice-flows/messages/es.yaml")),
            page(Language::En, "messages/en.yaml", include_str!("../../../voice-flows/messages/en.yaml")),
        ],
    }
}

fn shipped() -> Flow {
    Library::from_texts(&bundle()).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

/// The same, read once.
fn shipped_once() -> &'static Flow {
    static FLOW: std::sync::LazyLock<Flow> = std::sync::LazyLock::new(shipped);
    &FLOW
}

/// Callers in every kind of moment.
fn moments() -> Vec<(&'static str, Facts, World)> {
    use incident::State as S;
    let withheld = |facts: Facts| Facts { caller: None, ..facts };
    let known = |facts: Facts| Facts { caller_institution: Some(institution()), ..facts };
    let eta = Some(facts().now + TimeDelta::hours(2));
    let mut told = case(13, S::Responded);
    told.eta = eta;
    let mut mine = case(14, S::Resolved);
    mine.known_caller = true;
    let cases = || world([case(11, S::Acknowledged), case(12, S::Closed), told.clone(), mine.clone()]);
    vec![
        ("morning", facts(), cases()),
        ("morning, withheld", withheld(facts()), cases()),
        ("morning, known institution", known(facts()), cases()),
        ("night", night(), cases()),
        ("night, withheld", withheld(night()), world([])),
        ("night, no opening in sight", Facts { next_open: None, ..night() }, world([])),
        ("holiday", holiday(), world([])),
        ("outage", outage(None), world([])),
        ("outage with estimate", outage(eta), world([])),
        ("outage, known institution", known(outage(eta)), world([])),
        ("outage, withheld", withheld(outage(eta)), world([])),
    ]
}

#[test]
fn the_hash_is_of_the_texts_and_the_bundle_survives_storage() {
    let whole = bundle();
    let stored: Bundle = serde_json::from_str(&serde_json::to_string(&whole).unwrap()).unwrap();
    assert_eq!(stored, whole);
    assert_eq!(shipped().hash(), whole.hash());
    let mut changed = whole.clone();
    changed.messages[1].file.text.push('\n');
    assert_ne!(changed.hash(), whole.hash());
    changed = whole.clone();
    changed.flow.name = "elsewhere.yaml".into();
    assert_eq!(changed.hash(), whole.hash());
}

#[test]
fn a_flow_that_took_calls_is_read_again_even_if_it_would_not_be_accepted_today() {
    let mut old = bundle();
    // A node that no call comes to is the checker's matter, not the machine's.
    old.flow.text.push_str("  left_over: { goto: goodbye }\n");
    assert_eq!(Library::from_texts(&old).unwrap_err().len(), 1);
    assert_eq!(Library::reopen(&old).unwrap().hash(), old.hash());
}
