//! The checker of flows: the shipped flow passes, and every way to break a flow is told once, at its line.

use guardia::flow::Language;
use guardia::flow::check::check;
use guardia::flow::document::Document;
use guardia::flow::prompts::{Messages, Prompts};
use guardia::source::Source;

const PROMPTS: [(Language, &str); 4] = [
    (Language::Es, include_str!("../voice-flows/prompts/es.yaml")),
    (Language::En, include_str!("../voice-flows/prompts/en.yaml")),
    (Language::Es, include_str!("flows/prompts/es.yaml")),
    (Language::En, include_str!("flows/prompts/en.yaml")),
];
const MESSAGES: [(Language, &str); 2] = [
    (Language::Es, include_str!("../voice-flows/messages/es.yaml")),
    (Language::En, include_str!("../voice-flows/messages/en.yaml")),
];

/// Every problem of a page, those of reading it first, each as it is shown.
fn problems(file: &str, page: &str) -> Vec<String> {
    let pages = |texts: &[(Language, &str)]| -> Vec<(Language, Source)> {
        texts
            .iter()
            .enumerate()
            .map(|(at, (language, text))| (*language, Source::new(format!("{at}.yaml"), *text)))
            .collect()
    };
    let reading = Document::read(&Source::new(file, page));
    let mut problems = reading.problems;
    match (Prompts::parse(&pages(&PROMPTS)), Messages::parse(&pages(&MESSAGES))) {
        (Ok(prompts), Ok(messages)) => {
            problems.extend(reading.document.iter().flat_map(|document| check(document, &prompts, &messages)));
        }
        (prompts, messages) => problems.extend(prompts.err().into_iter().chain(messages.err()).flatten()),
    }
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn the_shipped_flow_has_no_problem() {
    let page = include_str!("../voice-flows/critical-hotline.yaml");
    assert_eq!(problems("voice-flows/critical-hotline.yaml", page), [""; 0]);
}

/// The broken flows, each with the one problem it has.
macro_rules! broken {
    ($($name:literal: $problem:expr,)+) => {
        const BROKEN: &[(&str, &str, &str)] =
            &[$(($name, include_str!(concat!("flows/broken/", $name, ".yaml")), $problem)),+];
    };
}

broken! {
    "target": "13:10: key 2 of 'main_menu' leads to 'huors', which does not exist. Did you mean 'hours'?",
    "begin": "4:8: 'begin' leads to 'start', which does not exist. Write that node, or name one of the page.",
    "unreachable": "28:3: no call comes to 'old_hours'. Lead a way to it, or remove it.",
    "circle": "24:3: 'again', 'once_more' lead to one another. No key and no silence can leave this circle. Put a \
        node between them that listens, or lead one of them elsewhere.",
    "dead_end": "24:3: from 'shelf' no way leads to the end of the call. The caller could only hang up. Lead one of \
        its ways to a 'hangup'.",
    "ending": "26:3: a call can end at 'goodbye' without being logged or informed. It came by welcome, main_menu, \
        goodbye. Open an incident on the way, mark what informs with 'informs: true', or end it in a \
        'hangup' that says 'outcome: missed', so that the caller is called back.",
    "no_silence": "10:5: node 'main_menu' does not say 'silence'. Add 'silence: ...'.",
    "no_wrong": "10:5: node 'main_menu' does not say 'wrong'. Add 'wrong: ...'.",
    "no_unknown": "29:5: node 'code' does not say 'unknown'. Add 'unknown: ...'.",
    "end_key": "28:3: key # of 'code' both ends the digits and skips them. Give one of them another key.",
    "prompt": "17:10: the prompt 'out_of_hour_details_1' does not exist in es and en. Did you mean \
        'out_of_hours_details_1'?",
    "message": "29:11: the message 'caller_confrim' does not exist in es and en. Did you mean 'caller_confirm'?",
    "place": "17:10: the prompt 'add_done' says {case_number}, which 'hours' may not know. Put it behind \
        'open_incident', or behind a 'collect' that finds the case.",
    "place_branch": "24:10: the prompt 'no_answer_callback' says {callback}, which 'promise' may not know. Ask \
        'call_back.number' before it.",
    "place_message": "10:11: the message 'caller_reopened' says {case_number} and {due}, which 'send' may not know. Put it \
        behind 'open_incident', or behind a 'collect' that finds the case.",
    "key_prefix": "14:7: key 15 of 'main_menu' begins with key 1. Whoever presses 1 is made to wait, or 15 is never \
        heard. Give one of them another key; a repeated key such as 55 needs its 5 free.",
    "key_twice": "14:7: '1' stands here again; it is already on line 12. Remove or rename one of them.",
    "words": "18:7: 'urgente' means key 1 and key 2 of 'main_menu'. Keep it for one of them.",
    "options": "17:7: 'main_menu' has 6 options. Nobody remembers the first when they hear the last. Keep 5, the \
        most wanted first, or split the menu.",
    "named_key": "10:11: the prompt 'test_choice' names key 2, which 'main_menu' does not have. Add the key, or change \
        the prompt.",
    "length": "17:10: the prompt 'test_long' takes about 13.9 s in 'es'. Shorten it to 12 s, or split it in two \
        prompts.",
    "late": "12:3: key 1 of 'main_menu' is said 13.1 s after the call is answered. A caller in need hangs up \
        before that. Shorten what comes before it to 10 s in all, or move it behind the menu.",
    "unsaid": "9:3: no prompt of 'main_menu' says that key 1 reports an incident. Say it first, as in 'Para un \
        incidente crítico, marque 1'.",
}

#[test]
fn every_broken_flow_has_exactly_its_problem() {
    let mut wrong = Vec::new();
    for (name, page, expected) in BROKEN {
        let found = problems(&format!("{name}.yaml"), page);
        if found != [format!("{name}.yaml:{expected}")] {
            wrong.push(found);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
