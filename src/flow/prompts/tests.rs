use chrono_tz::Tz;

use super::*;

/// The longest greeting, in seconds: time to the first choice is short.
const GREETING: f64 = 5.0;
/// The longest prompt, in seconds.
const PROMPT: f64 = 12.0;
/// When "critical incident: press 1" is said at the latest, in seconds after the greeting began.
const CRITICAL: f64 = 10.0;

fn pages(es: &str, en: &str) -> [(Language, Source); 2] {
    [(Language::Es, Source::new("es.yaml", es)), (Language::En, Source::new("en.yaml", en))]
}

fn problems(es: &str, en: &str) -> Vec<String> {
    Prompts::parse(&pages(es, en)).unwrap_err().iter().map(ToString::to_string).collect()
}

fn shipped() -> Prompts {
    let es = include_str!("../../../voice-flows/prompts/es.yaml");
    let en = include_str!("../../../voice-flows/prompts/en.yaml");
    Prompts::parse(&pages(es, en)).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn shipped_messages() -> Messages {
    let es = include_str!("../../../voice-flows/messages/es.yaml");
    let en = include_str!("../../../voice-flows/messages/en.yaml");
    Messages::parse(&pages(es, en)).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// A Saturday night in Santo Domingo.
fn context() -> Context {
    Context { now: "2026-03-08T02:00:00Z".parse().unwrap(), zone: Tz::America__Santo_Domingo }
}

#[test]
fn every_prompt_is_said_in_words_and_within_its_time() {
    let prompts = shipped();
    for language in Language::ALL {
        for name in prompts.names() {
            let context = Placeholder::longest_context();
            let spoken = prompts.render(language, name, &context, |place| place.longest(language)).unwrap();
            assert_eq!(spoken.language, language);
            assert!(!spoken.text.contains(|c: char| "{}0123456789#*@\n".contains(c)), "{name}: {}", spoken.text);
            assert!(spoken.text.ends_with(['.', '?']), "{name}: {}", spoken.text);
            for wrong in ["  ", " de el mediodía", " a el mediodía", ".."] {
                assert!(!spoken.text.contains(wrong), "{name}: {}", spoken.text);
            }
            let seconds = prompts.seconds(language, name).unwrap();
            assert!((0.8..=PROMPT).contains(&seconds), "{language} {name} takes {seconds:.1} s");
        }
    }
}

#[test]
fn the_critical_choice_is_heard_in_time() {
    let prompts = shipped();
    for language in Language::ALL {
        let greeting = prompts.seconds(language, "greeting").unwrap();
        assert!(greeting <= GREETING, "{language}: {greeting:.1} s");
        for menu in ["main_menu", "night_menu"] {
            let seconds = greeting + prompts.seconds_until_key(language, menu, '1').unwrap();
            assert!(seconds <= CRITICAL, "{language} {menu}: {seconds:.1} s");
        }
    }
}

#[test]
fn no_menu_has_more_than_five_choices_and_every_sentence_is_in_its_language() {
    let prompts = shipped();
    for language in Language::ALL {
        for name in prompts.names() {
            let entry = prompts.0.exactly(language, name).unwrap();
            let keys = ('1'..='9').filter(|key| entry.template.until_key(*key).is_some()).count();
            assert!(keys <= 5, "{language} {name} has {keys} choices");
        }
    }
    assert_eq!(
        prompts.placeholders("outage").into_iter().collect::<Vec<_>>(),
        [Placeholder::Since, Placeholder::Service]
    );
}

#[test]
fn sentences_that_callers_must_hear() {
    let prompts = shipped();
    let value = |place| {
        Some(match place {
            Placeholder::Due => Value::Moment("2026-03-07T22:00:00Z".parse().unwrap()),
            Placeholder::Resolved => Value::Moment("2026-03-07T16:00:00Z".parse().unwrap()),
            Placeholder::CaseNumber => Value::CaseNumber(crate::incident::CaseNumber::new(2026, 12).unwrap()),
            _ => return None,
        })
    };
    let say = |language, name| prompts.render(language, name, &context(), value).map(|spoken| spoken.text);
    for (name, es, en) in [
        (
            "case_promise",
            "Le responderemos antes de las seis de la tarde de hoy.",
            "We will respond before six p.m. today.",
        ),
        (
            "case_registered",
            "Su caso es veintiséis, cero cero, cero uno, veinticuatro. Repito: veintiséis, cero cero, cero uno, \
             veinticuatro.",
            "Your case is twenty-six, zero zero, zero one, twenty-four. Again: twenty-six, zero zero, zero one, twenty-four.",
        ),
        (
            "status_resolved",
            "Su caso fue resuelto al mediodía de hoy. Si el problema continúa, marque uno y lo reabrimos.",
            "Your case was resolved at noon today. If the problem persists, press one and we will reopen it.",
        ),
    ] {
        assert_eq!(say(Language::Es, name).as_deref(), Ok(es));
        assert_eq!(say(Language::En, name).as_deref(), Ok(en));
    }
    assert_eq!(
        say(Language::Es, "outage"),
        Err(Missing::Value { prompt: "outage".into(), place: Placeholder::Service })
    );
    assert_eq!(say(Language::Es, "nothing"), Err(Missing::Prompt("nothing".into())));
}

#[test]
fn a_language_without_the_prompt_falls_back_to_spanish() {
    let es = [(Language::Es, Source::new("es.yaml", "bye: { text: Hasta luego., audio: bye.wav }"))];
    let prompts = Prompts::parse(&es).unwrap();
    let spoken = prompts.render(Language::En, "bye", &context(), |_| None).unwrap();
    assert_eq!(spoken, Spoken { language: Language::Es, text: "Hasta luego.".into(), audio: Some("bye.wav".into()) });
    assert!(prompts.has(Language::Es, "bye") && !prompts.has(Language::En, "bye"));
    assert_eq!(prompts.seconds(Language::En, "bye"), None);
}

#[test]
fn midday_joins_its_preposition() {
    let prompts = Prompts::parse(&pages(
        "a: Antes de {due}\nb: A {due}\nc: Desde {due}",
        "a: Before {due}\nb: At {due}\nc: Since {due}",
    ))
    .unwrap();
    let noon = |_| Some(Value::Moment("2026-03-08T16:00:00Z".parse().unwrap()));
    let say = |language, name| prompts.render(language, name, &context(), noon).unwrap().text;
    assert_eq!(say(Language::Es, "a"), "Antes del mediodía de mañana");
    assert_eq!(say(Language::Es, "b"), "Al mediodía de mañana");
    assert_eq!(say(Language::Es, "c"), "Desde el mediodía de mañana");
    assert_eq!(say(Language::En, "b"), "At noon tomorrow");
}

#[test]
fn all_problems_of_all_pages_at_once() {
    let es = "good: Hola {due}
empty: ''
wrong: Caso {case_nmber} y
brace: Hola {due
file: { text: 'a', audio: ../x.wav }
sound: { text: 'a {due}', audio: x.wav }
only: Hola
Bad: x
key: { txt: a, text: b }
list: [a]
";
    let en = "good: Hello {eta}\nempty: Hello\nwrong: Case\nbrace: Hello\nfile: a\nsound: a {due}\nkey: b\nlist: a\n";
    let found = problems(es, en);
    for expected in [
        "es.yaml:2:8: the prompt 'empty' has no words. The caller would hear nothing. Write what is said.",
        "es.yaml:3:13: '{case_nmber}' of the prompt 'wrong' is no place. Did you mean 'case_number'?",
        "es.yaml:4:8: a brace of the prompt 'brace' has no partner. Write a place as '{due}', and no other braces.",
        "es.yaml:5:27: the 'audio' of the prompt 'file' is no file. Write the name of a .wav or .mp3 file without a folder, \
         such as greeting.wav.",
        "es.yaml:6:8: the prompt 'sound' has open places and a recorded file. A file cannot say what fills a place. Remove \
         the file, or split the prompt in two.",
        "es.yaml:7:1: the prompt 'only' is not in en.yaml. Its callers would hear another language. Write it there, or \
         remove it from es.yaml.",
        "es.yaml:8:1: 'Bad' is no name of a prompt. Use small letters, digits and '_', at most 64.",
        "es.yaml:9:8: the prompt 'key' cannot have 'txt'. Did you mean 'text'?",
        "es.yaml:10:7: the prompt 'list' has no words. The caller would hear nothing. Write what is said.",
        "en.yaml:1:1: the prompt 'good' holds {eta} in 'en'. In 'es' it holds {due}: make them equal.",
    ] {
        assert!(found.iter().any(|problem| problem == expected), "{expected}\nis not in {found:#?}");
    }
    assert_eq!(found.len(), 10, "{found:#?}");
    let again = Prompts::parse(&[
        (Language::Es, Source::new("a.yaml", "x: Hola")),
        (Language::Es, Source::new("b.yaml", "\nx: Hola")),
    ]);
    assert_eq!(
        again.unwrap_err()[0].to_string(),
        "b.yaml:2:1: the prompt 'x' is already in a.yaml:1. Remove or rename one of them."
    );
    assert_eq!(
        problems("- a\n", "a: b\n")[0],
        "en.yaml:1:1: the prompt 'a' is not in es.yaml. Its callers would hear \
         another language. Write it there, or remove it from en.yaml."
    );
    assert_eq!(problems("a: [\n", "b: c\n").len(), 1, "what stands on an unreadable page is not missing");
}

#[test]
fn every_message_is_one_segment_without_accents() {
    let messages = shipped_messages();
    for language in Language::ALL {
        for name in messages.names() {
            let context = Placeholder::longest_context();
            let text = messages.render(language, name, &context, |place| place.longest(language)).unwrap();
            let length: usize = text.chars().map(|letter| speech::septets(letter).unwrap()).sum();
            assert!((40..=SEGMENT).contains(&length), "{language} {name} takes {length}: {text}");
            assert!(!text.contains(['{', '}', '\n']), "{text}");
        }
    }
}

#[test]
fn messages_that_cost_two_segments_are_refused() {
    let long = "x".repeat(150);
    let es = format!("long: '{long} {{due}}'\naccent: Su caso está aquí\n");
    let en = format!("long: '{long} {{due}}'\naccent: Your case\n");
    let found: Vec<String> = Messages::parse(&pages(&es, &en)).unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "en.yaml:1:1: the message may take 163 characters, more than 160. Shorten it.",
            "es.yaml:1:1: the message may take 162 characters, more than 160. Shorten it.",
            "es.yaml:2:1: the message holds 'á', 'í', which text messages lack. It would be sent in segments of 70. Write a, \
             i, o, u without accents.",
        ]
    );
}
