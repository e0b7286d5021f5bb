//! Small flows and made-up moments for the tests of this room.

use crate::clock::Instant;
use crate::flow::document::Document;
use crate::flow::prompts::{Messages, Prompts};
use crate::flow::rehearsal::{Rehearsal, Turn, World};
use crate::flow::{
    Banner, CaseFacts, Effect, Facts, Flow, HolidayName, Input, Institution, Language, Service, Utterance, Verb,
};
use crate::incident::{self, CaseNumber};
use crate::phone::Phone;
use crate::source::Source;

pub(in crate::flow) fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// Tuesday morning, service hours, a Dominican caller whom nobody knows.
pub(in crate::flow) fn facts() -> Facts {
    let service =
        |id: &str| Service { id: id.into(), es: format!("la {id}"), en: format!("the {id}"), short: id.into() };
    Facts {
        now: at("2026-03-10T14:00:00Z"),
        zone: chrono_tz::America::Santo_Domingo,
        open: true,
        holiday: None,
        next_open: None,
        banner: None,
        caller: Some(Phone::parse("8095550142").unwrap()),
        caller_institution: None,
        line: Phone::parse("8095550100").unwrap(),
        support_email: "soporte@example.gob.do".into(),
        services: ["nomina", "portal"].map(service).into(),
        queue: "queue-of-the-test".into(),
    }
}

/// Saturday night.
pub(in crate::flow) fn night() -> Facts {
    Facts { now: at("2026-03-08T02:00:00Z"), open: false, next_open: Some(at("2026-03-09T12:00:00Z")), ..facts() }
}

pub(in crate::flow) fn holiday() -> Facts {
    let name = HolidayName { es: "Día de la Independencia".into(), en: "Independence Day".into() };
    Facts { holiday: Some(name), ..night() }
}

pub(in crate::flow) fn outage(eta: Option<Instant>) -> Facts {
    let now = facts().now;
    let hours = chrono::TimeDelta::hours;
    Facts {
        banner: Some(Banner {
            service: "nomina".into(),
            case: Some(CaseNumber::new(2026, 7).unwrap()),
            since: now - hours(1),
            eta,
            until: now + hours(4),
        }),
        ..facts()
    }
}

pub(in crate::flow) fn institution() -> Institution {
    Institution { code: "1042".into(), name: "Ministerio de Prueba".into() }
}

/// A case of the institution, open, about the payroll.
pub(in crate::flow) fn case(sequence: u32, state: incident::State) -> CaseFacts {
    let now = facts().now;
    let hours = chrono::TimeDelta::hours;
    CaseFacts {
        number: CaseNumber::new(2026, sequence).unwrap(),
        state,
        opened_at: now - hours(2),
        due_at: now + hours(2),
        breached: false,
        acknowledged_at: None,
        resolved_at: (state == incident::State::Resolved).then(|| now - hours(1)),
        eta: None,
        next_update: None,
        institution: Some(institution().code),
        service: Some("nomina".into()),
        known_caller: false,
    }
}

pub(in crate::flow) fn world(cases: impl IntoIterator<Item = CaseFacts>) -> World {
    World { institutions: vec![institution()], cases: cases.into_iter().collect(), ..World::default() }
}

/// The page below `nodes:`, as a document.
pub(in crate::flow) fn page(nodes: &str) -> String {
    format!("flow: test\nlanguages: [es, en]\nbegin: start\nlimits: {{ turns: 30 }}\nnodes:\n{nodes}")
}

/// A flow whose prompts say their own names, `_` as a blank.
pub(in crate::flow) fn flow(nodes: &str) -> Flow {
    flow_of(&page(nodes))
}

pub(in crate::flow) fn flow_of(page: &str) -> Flow {
    let reading = Document::read(&Source::new("test.yaml", page));
    assert_eq!(reading.problems.iter().map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
    let document = reading.document.unwrap();
    let words = |mut names: Vec<String>| {
        names.sort();
        names.dedup();
        let lines: Vec<String> = names.iter().map(|name| format!("{name}: \"{}\"\n", name.replace('_', " "))).collect();
        let text = lines.concat();
        let pages = Language::ALL.map(|language| (language, Source::new(format!("{language}.yaml"), text.clone())));
        pages.to_vec()
    };
    let names = |uses: Vec<crate::flow::document::PromptUse>| uses.into_iter().map(|used| used.name);
    let prompts = document.nodes.iter().flat_map(|node| names(node.prompts())).chain(["goodbye".to_owned()]).collect();
    let messages = document.nodes.iter().flat_map(|node| names(node.messages())).chain(["none".to_owned()]).collect();
    let prompts = Prompts::parse(&words(prompts)).unwrap();
    let messages = Messages::parse(&words(messages)).unwrap();
    Flow::new(document, prompts, messages, "0".repeat(64))
}

/// A call at its first document.
pub(in crate::flow) fn call(flow: &Flow, facts: Facts, world: World) -> (Rehearsal<'_>, Turn) {
    let mut call = Rehearsal::new(flow, facts, world);
    let turn = call.give(Input::Begin).unwrap();
    (call, turn)
}

pub(in crate::flow) fn keys(keys: &str) -> Input {
    Input::Digits(keys.into())
}

pub(in crate::flow) fn recording(seconds: u32) -> Input {
    Input::Recording { id: format!("RE{seconds}"), url: format!("https://example.com/RE{seconds}"), seconds }
}

/// Everything heard in a turn, one text for each thing.
pub(in crate::flow) fn heard(turn: &Turn) -> Vec<String> {
    let words = |utterance: &Utterance| match utterance {
        Utterance::Words { text, .. } | Utterance::File { text, .. } => text.clone(),
        Utterance::Recording { url } => url.clone(),
    };
    turn.verbs
        .iter()
        .flat_map(|verb| match verb {
            Verb::Say(utterance) => vec![words(utterance)],
            Verb::Gather(gather) => gather.prompts.iter().map(words).collect(),
            _ => Vec::new(),
        })
        .collect()
}

/// The nodes reached in a turn.
pub(in crate::flow) fn reached(turn: &Turn) -> Vec<&str> {
    turn.effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Reached { node } => Some(node.as_str()),
            _ => None,
        })
        .collect()
}

/// The effects of a turn without the nodes reached.
pub(in crate::flow) fn effects(turn: &Turn) -> Vec<&Effect> {
    turn.effects.iter().filter(|effect| !matches!(effect, Effect::Reached { .. })).collect()
}
