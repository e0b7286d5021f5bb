//! What Guardia answers is what the provider's own client for Python builds for the same verbs, as any XML reader finds it.
//!
//! `sandbox/tests/clients/install` brings the client. Its name is in the path of the tests, so that a quick run can leave them
//! out.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use guardia::flow::{Bridge, Conference, Far, Gather, Language, Record, Utterance, Verb};
use guardia::phone::Phone;
use guardia::provider::telephony::{Dialect, Links, Voices, render};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

const LINKS: Links<'static> = Links {
    action: "/turn?c=1&t=3#rc=5",
    silence: "/silence",
    recording_status: Some("https://hotline.example.do/recording"),
    audio: "https://hotline.example.do/audio",
    waiting: Some("/wait"),
    whisper: Some("/whisper"),
    leg_status: Some("https://hotline.example.do/leg"),
    conference_status: Some("https://hotline.example.do/conference"),
};

/// An element as it is read: the order of attributes means nothing.
#[derive(Debug, Default, PartialEq, Eq)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
    inside: Vec<Element>,
}

fn element(start: &BytesStart<'_>) -> Element {
    let attributes = start.attributes().map(|attribute| {
        let attribute = attribute.unwrap();
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).unwrap().into_owned();
        (attribute.key.as_ref().to_owned(), value)
    });
    Element { name: start.name().as_ref().to_owned(), attributes: attributes.collect(), ..Element::default() }
}

fn parsed(document: &str) -> Element {
    let mut reader = Reader::from_str(document);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => open.push(element(&start)),
            Event::Empty(start) => open.last_mut().unwrap().inside.push(element(&start)),
            Event::End(_) => {
                let closed = open.pop().unwrap();
                open.last_mut().unwrap().inside.push(closed);
            }
            Event::Text(text) => open.last_mut().unwrap().text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let name = reference.xml10_content();
                let known = quick_xml::escape::resolve_predefined_entity(&name).unwrap();
                open.last_mut().unwrap().text.push_str(known);
            }
            Event::Eof => break,
            Event::Decl(_) => {}
            other => panic!("{other:?}"),
        }
    }
    open.pop().unwrap()
}

fn words(language: Language, text: &str) -> Utterance {
    Utterance::Words { language, text: text.to_owned() }
}

fn file(name: &str) -> Utterance {
    Utterance::File { language: Language::Es, file: name.to_owned(), text: String::new() }
}

fn gather(prompts: Vec<Utterance>) -> Gather {
    let (first, between) = (Duration::from_secs(6), Duration::from_secs(3));
    Gather { prompts, digits: Some(1), end: None, first, between, words: Vec::new(), language: Language::Es }
}

fn bridge(to: Far, record: bool) -> Verb {
    Verb::Bridge(Bridge { to, ring: Duration::from_secs(20), limit: Duration::from_hours(1), record })
}

/// Every verb that a flow can have, with everything that can be said of it.
fn cases() -> Vec<(&'static str, Vec<Verb>)> {
    let phone = |number| Phone::parse(number).unwrap();
    let spoken = vec!["incidente".to_owned(), "caída total".to_owned()];
    let conference = Conference { name: "c-1".into(), starts: true, ends: false, beep: true };
    vec![
        ("nothing", vec![]),
        (
            "words",
            vec![
                Verb::Say(words(Language::Es, "¿Es usted \"técnico\" <o> 'funcionario' & más?")),
                Verb::Say(words(Language::En, "Please wait.")),
            ],
        ),
        (
            "sounds",
            vec![
                Verb::Say(file("es/saludo día.wav")),
                Verb::Say(Utterance::Recording { url: "https://api.twilio.com/Recordings/RE1?a=1&b=2".into() }),
            ],
        ),
        (
            "pause, on, hang up, leave",
            vec![Verb::Pause(Duration::from_secs(2)), Verb::Continue, Verb::Leave, Verb::Hangup],
        ),
        ("keys", vec![Verb::Gather(gather(vec![words(Language::Es, "Marque uno."), file("es/uno.wav")]))]),
        (
            "keys until the end key",
            vec![Verb::Gather(Gather {
                digits: None,
                end: Some('#'),
                between: Duration::from_secs(7),
                ..gather(Vec::new())
            })],
        ),
        (
            "keys and words",
            vec![Verb::Gather(Gather { words: spoken, ..gather(vec![words(Language::Es, "Diga o marque.")]) })],
        ),
        (
            "a recording",
            vec![Verb::Record(Record {
                max: Duration::from_mins(2),
                silence: Duration::from_secs(4),
                end: '#',
                beep: true,
            })],
        ),
        ("a queue", vec![Verb::Enqueue { queue: "incident-0192:7".into() }]),
        ("somebody who waits", vec![bridge(Far::Queue { name: "q".into(), whisper: true }, true)]),
        (
            "a number",
            vec![bridge(
                Far::Number { phone: phone("+18295550142"), from: phone("+18095550100"), whisper: true },
                false,
            )],
        ),
        ("a conference", vec![bridge(Far::Conference(conference), true)]),
    ]
}

/// Names of elements and of attributes.
fn names(element: &Element, into: &mut BTreeSet<String>) {
    into.insert(element.name.clone());
    into.extend(element.attributes.keys().cloned());
    for inner in &element.inside {
        names(inner, into);
    }
}

/// Every name of an element or an attribute that stands in the renderer.
fn names_of_the_renderer() -> BTreeSet<String> {
    let sources =
        [include_str!("../src/provider/telephony/twiml.rs"), include_str!("../src/provider/telephony/bridge.rs")];
    let opened = sources.iter().flat_map(|source| source.split("(\"").skip(1));
    let named = opened.filter_map(|rest| rest.split_once('"')).filter(|(_, after)| after.starts_with(','));
    let plain = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    named.map(|(name, _)| name.to_owned()).filter(|name| plain(name)).collect()
}

#[test]
fn documents_are_those_of_twilio_python() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = package.join("target/clients/python/bin/python");
    assert!(python.exists(), "the provider's client is not there: run sandbox/tests/clients/install");
    let built = Command::new(python).arg(package.join("tests/twiml/twilio_python.py")).output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let mut built: BTreeMap<String, String> = serde_json::from_slice(&built.stdout).unwrap();
    let mut seen = BTreeSet::new();
    for (name, verbs) in cases() {
        let ours = parsed(&render(&Dialect::TWILIO, &Voices::default(), &LINKS, &verbs).unwrap());
        let theirs = built.remove(name).expect(name);
        assert_eq!(ours, parsed(&theirs), "{name}: {theirs}");
        names(&ours, &mut seen);
    }
    assert!(built.is_empty(), "not compared: {built:?}");
    let known = names_of_the_renderer();
    assert!(known.len() > 30, "the renderer is written in another way: {known:?}");
    let left = known.difference(&seen).collect::<Vec<_>>();
    assert!(left.is_empty(), "in the renderer, but in no case: {left:?}");
}
