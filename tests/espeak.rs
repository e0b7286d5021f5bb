//! How long the shipped words take to say, measured: espeak-ng speaks every prompt at 150 words a minute, slower than the
//! provider's voices. The checker only estimates; this is what it estimates.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test ends where something is wrong"
)]

use std::path::Path;
use std::process::Command;

use guardia::call::Directory;
use guardia::clock::Instant;
use guardia::flow::prompts::{Placeholder, Prompts};
use guardia::flow::rehearsal::{Rehearsal, World};
use guardia::flow::{Bundle, File, Flow, Input, Language, Library, Translation, Utterance, Verb};
use guardia::ops::Surroundings;
use guardia::phone::Phone;
use guardia::sla::{Calendar, CalendarTable};
use guardia::source::Source;

/// The longest prompt, in seconds: the checker's twelve, and what an estimate may miss by.
const LONGEST: f64 = 12.5;
/// The longest greeting, in seconds.
const LONGEST_GREETING: f64 = 5.0;
/// When the caller has heard what key 1 does, in seconds after pick-up.
const OPTION_ONE_WITHIN: f64 = 10.0;

const PROMPTS: [(Language, &str); 2] = [
    (Language::Es, include_str!("../voice-flows/prompts/es.yaml")),
    (Language::En, include_str!("../voice-flows/prompts/en.yaml")),
];

/// The seconds espeak-ng takes to say the words, without the silence after the last one.
fn spoken(language: Language, words: &str, folder: &Path) -> f64 {
    let voice = match language {
        Language::Es => "es-419",
        Language::En => "en-us",
    };
    let file = folder.join(format!("{voice}.wav"));
    let status = Command::new("espeak-ng")
        .args(["-v", voice, "-s", "150", "-z", "-w"])
        .arg(&file)
        .args(["--", words])
        .status()
        .unwrap_or_else(|error| {
            panic!("espeak-ng cannot be run ({error}): install it (apt-get install espeak-ng), as tests/run does")
        });
    assert!(status.success(), "espeak-ng ends with {status} on: {words}");
    length(&std::fs::read(&file).unwrap())
}

/// The seconds of a WAV file: the size of its data by the bytes of a second, both from its chunks.
fn length(wav: &[u8]) -> f64 {
    let number = |at: usize| u32::from_le_bytes(wav[at..at + 4].try_into().unwrap());
    assert!(wav.starts_with(b"RIFF") && &wav[8..12] == b"WAVE", "not a WAV file");
    let (mut at, mut bytes_a_second) = (12, None);
    loop {
        let (name, size) = (&wav[at..at + 4], number(at + 4));
        match name {
            b"fmt " => bytes_a_second = Some(number(at + 16)),
            b"data" => return f64::from(size) / f64::from(bytes_a_second.expect("fmt stands before data")),
            _ => {}
        }
        // Chunks begin at even places.
        at += 8 + usize::try_from(size + size % 2).unwrap();
    }
}

/// What is said of more than one thing at a time, as sentences of a failure.
#[track_caller]
fn hold(too_long: &[String]) {
    assert!(too_long.is_empty(), "{}", too_long.join("\n"));
}

#[test]
fn espeak_says_every_prompt_before_a_caller_stops_listening() {
    let folder = tempfile::tempdir().unwrap();
    let sources = PROMPTS.map(|(language, text)| (language, Source::new(format!("{language}.yaml"), text)));
    let prompts = Prompts::parse(&sources).unwrap();
    let context = Placeholder::longest_context();
    // Two cores, two languages: one thread each.
    let too_long = std::thread::scope(|scope| {
        let threads = Language::ALL.map(|language| {
            let (prompts, folder) = (&prompts, folder.path());
            scope.spawn(move || {
                let mut too_long = Vec::new();
                for name in prompts.names() {
                    let said = prompts.render(language, name, &context, |place| place.longest(language)).unwrap();
                    assert_eq!(said.language, language, "{name} is not in {language}");
                    let seconds = spoken(language, &said.text, folder);
                    assert!(seconds > 0.5, "{name} in {language} is silence: {}", said.text);
                    let most = if name == "greeting" { LONGEST_GREETING } else { LONGEST };
                    if seconds > most {
                        too_long
                            .push(format!("'{name}' in {language} takes {seconds:.2} s, over {most}: {}", said.text));
                    }
                }
                too_long
            })
        });
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    hold(&too_long);
}

#[test]
fn espeak_says_option_one_within_ten_seconds_of_pick_up() {
    let folder = tempfile::tempdir().unwrap();
    let flow = shipped();
    let calendar = Calendar::from_table(&CalendarTable::default()).unwrap();
    let directory = Directory::parse(include_str!("../directory.yaml"), "directory.yaml").unwrap();
    let line = Phone::parse("+18095550100").unwrap();
    let around =
        Surroundings { calendar: &calendar, directory: &directory, line: &line, support_email: "a@example.gob.do" };
    let mut too_late = Vec::new();
    for (what, at) in [
        ("in service hours", "2026-05-01T10:00:00-04:00"),
        ("at night", "2026-03-07T22:00:00-04:00"),
        ("on a holiday", "2026-05-04T10:00:00-04:00"),
    ] {
        for (language, key) in [(Language::Es, "marque uno"), (Language::En, "press one")] {
            let at: Instant = at.parse().unwrap();
            let mut call = Rehearsal::new(&flow, around.facts(at, None, None), World::default());
            call.state.language = language;
            let heard = words(&call.give(Input::Begin).unwrap().verbs);
            let end = heard.find(key).unwrap_or_else(|| panic!("no '{key}' {what} in: {heard}")) + key.len();
            let seconds = spoken(language, &heard[..end], folder.path());
            if seconds > OPTION_ONE_WITHIN {
                too_late.push(format!("{what} in {language} '{key}' is said after {seconds:.2} s: {}", &heard[..end]));
            }
        }
    }
    hold(&too_late);
}

/// Every word of a document up to where it listens, in the order it is heard. It may not be silent before that.
fn words(verbs: &[Verb]) -> String {
    let mut texts = Vec::new();
    let mut listens = false;
    for verb in verbs {
        let said = match verb {
            Verb::Say(utterance) => std::slice::from_ref(utterance),
            Verb::Gather(gather) => {
                listens = true;
                gather.prompts.as_slice()
            }
            other => panic!("done before the first menu: {other:?}"),
        };
        texts.extend(said.iter().map(|utterance| match utterance {
            Utterance::Words { text, .. } | Utterance::File { text, .. } => text.as_str(),
            Utterance::Recording { .. } => panic!("a recording before the first menu"),
        }));
        if listens {
            break;
        }
    }
    assert!(listens, "nothing listens: {verbs:?}");
    texts.join(" ")
}

fn shipped() -> Flow {
    let file = |name: &str, text: &str| File { name: name.to_owned(), text: text.to_owned() };
    let translations = |texts: [(Language, &str); 2]| {
        texts.map(|(language, text)| Translation { language, file: file(language.code(), text) }).to_vec()
    };
    let bundle = Bundle {
        flow: file("critical-hotline.yaml", include_str!("../voice-flows/critical-hotline.yaml")),
        prompts: translations(PROMPTS),
        messages: translations([
            (Language::Es, include_str!("../voice-flows/messages/es.yaml")),
            (Language::En, include_str!("../voice-flows/messages/en.yaml")),
        ]),
    };
    // Not checked: what the checker estimates is measured here.
    Library::reopen(&bundle).unwrap()
}
