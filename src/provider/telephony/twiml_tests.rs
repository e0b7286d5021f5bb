use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::XmlVersion;

use super::*;
use crate::provider::telephony::MAX_SAY_CHARACTERS;

const LINKS: Links<'static> = Links {
    action: "/twilio/calls/c/turns/3",
    silence: "/twilio/calls/c/turns/3/silence",
    recording_status: Some("https://hotline.example.do/twilio/recordings"),
    audio: "https://hotline.example.do/audio",
    waiting: Some("/twilio/calls/c/turns/3/wait"),
    whisper: Some("/twilio/calls/c/turns/3/whisper"),
    leg_status: Some("https://hotline.example.do/twilio/legs"),
    conference_status: Some("https://hotline.example.do/twilio/conferences"),
};

fn rendered(verbs: &[Verb]) -> String {
    let document = render(&Dialect::TWILIO, &Voices::default(), &LINKS, verbs).unwrap();
    let inside = document.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>").unwrap();
    inside.strip_suffix("</Response>").unwrap().to_owned()
}

fn words(text: &str) -> Utterance {
    Utterance::Words { language: Language::Es, text: text.into() }
}

fn listening() -> Gather {
    Gather {
        prompts: vec![words("Marque uno.")],
        digits: Some(1),
        end: None,
        first: Duration::from_secs(6),
        between: Duration::from_millis(2_500),
        words: Vec::new(),
        language: Language::Es,
    }
}

fn recording() -> Record {
    Record { max: Duration::from_mins(2), silence: Duration::from_millis(3_200), end: '#', beep: true }
}

#[test]
fn each_verb_in_the_providers_words() {
    let english = Utterance::Words { language: Language::En, text: "Please wait.".into() };
    let file = Utterance::File { language: Language::Es, file: "es/saludo día.wav".into(), text: "Hola".into() };
    let url = "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1?a=1&b=2";
    for (verb, xml) in [
        (
            Verb::Say(words("¿Es usted \"técnico\" <o> 'funcionario' & más?")),
            "<Say language=\"es-MX\" voice=\"Polly.Mia-Neural\">\
             ¿Es usted &quot;técnico&quot; &lt;o&gt; &apos;funcionario&apos; &amp; más?</Say>",
        ),
        (Verb::Say(english), "<Say language=\"en-US\" voice=\"Polly.Joanna-Neural\">Please wait.</Say>"),
        (Verb::Say(words(" \0 ")), ""),
        (Verb::Say(file), "<Play>https://hotline.example.do/audio/es/saludo%20d%C3%ADa.wav</Play>"),
        (
            Verb::Say(Utterance::Recording { url: url.into() }),
            "<Play>https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1?a=1&amp;b=2</Play>",
        ),
        (Verb::Pause(Duration::from_millis(1_100)), "<Pause length=\"2\"/>"),
        (Verb::Pause(Duration::ZERO), "<Pause length=\"1\"/>"),
        (Verb::Continue, "<Redirect method=\"POST\">/twilio/calls/c/turns/3/silence</Redirect>"),
        (Verb::Hangup, "<Hangup/>"),
        (
            Verb::Record(recording()),
            "<Record action=\"/twilio/calls/c/turns/3\" method=\"POST\" maxLength=\"120\" timeout=\"4\" finishOnKey=\"#\" \
             playBeep=\"true\" trim=\"trim-silence\" \
             recordingStatusCallback=\"https://hotline.example.do/twilio/recordings\" \
             recordingStatusCallbackMethod=\"POST\" recordingStatusCallbackEvent=\"completed absent\"/>",
        ),
    ] {
        assert_eq!(rendered(std::slice::from_ref(&verb)), xml, "{verb:?}");
    }
}

#[test]
fn listening_for_keys_and_words() {
    let say = "<Say language=\"es-MX\" voice=\"Polly.Mia-Neural\">Marque uno.</Say>";
    let start = "action=\"/twilio/calls/c/turns/3\" method=\"POST\"";
    let spoken = vec!["incidente".to_owned(), "caída, total".to_owned(), " ".to_owned()];
    for (gather, xml) in [
        (
            listening(),
            format!("<Gather input=\"dtmf\" {start} timeout=\"6\" finishOnKey=\"\" numDigits=\"1\">{say}</Gather>"),
        ),
        (
            Gather { digits: None, end: Some('#'), between: Duration::from_millis(6_001), ..listening() },
            format!("<Gather input=\"dtmf\" {start} timeout=\"7\" finishOnKey=\"#\">{say}</Gather>"),
        ),
        (
            Gather { first: Duration::ZERO, between: Duration::ZERO, prompts: Vec::new(), ..listening() },
            format!("<Gather input=\"dtmf\" {start} timeout=\"1\" finishOnKey=\"\" numDigits=\"1\"></Gather>"),
        ),
        (
            Gather { words: spoken, ..listening() },
            format!(
                "<Gather input=\"dtmf speech\" {start} timeout=\"6\" finishOnKey=\"\" numDigits=\"1\" \
                 language=\"es-DO\" hints=\"incidente,caída total\">{say}</Gather>"
            ),
        ),
    ] {
        assert_eq!(rendered(&[Verb::Gather(gather)]), xml);
    }
}

#[test]
fn a_poorer_dialect_leaves_out_what_it_lacks() {
    let dialect = Dialect { pauses: false, hears_speech: false, ..Dialect::TWILIO };
    let gather = Gather { words: vec!["incidente".into()], prompts: Vec::new(), ..listening() };
    let verbs = [Verb::Pause(Duration::from_secs(1)), Verb::Gather(gather)];
    let document = render(&dialect, &Voices::default(), &LINKS, &verbs).unwrap();
    assert!(!document.contains("Pause") && document.contains("input=\"dtmf\"") && !document.contains("hints"));
}

#[test]
fn links_are_escaped_and_files_stay_in_their_folder() {
    let links = Links { action: "/a?x=\"1\"&y=<2>\0", recording_status: None, ..LINKS };
    let document = render(&Dialect::TWILIO, &Voices::default(), &links, &[Verb::Record(recording())]).unwrap();
    assert!(document.contains("action=\"/a?x=&quot;1&quot;&amp;y=&lt;2&gt;\""), "{document}");
    assert!(!document.contains("recordingStatusCallback"));
    let file = Utterance::File { language: Language::Es, file: "../../secret?x#y".into(), text: String::new() };
    assert_eq!(rendered(&[Verb::Say(file)]), "<Play>https://hotline.example.do/audio/secret%3Fx%23y</Play>");
}

#[test]
fn what_cannot_be_rendered_is_an_error() {
    let render = |verb: Verb| render(&Dialect::TWILIO, &Voices::default(), &LINKS, &[verb]);
    let long = render(Verb::Say(words(&"palabra ".repeat(9_000))));
    assert!(matches!(long, Err(RenderError::TooLarge { bytes }) if bytes > MAX_DOCUMENT_BYTES), "{long:?}");
    assert_eq!(render(Verb::Gather(Gather { end: Some('x'), ..listening() })), Err(RenderError::EndKey));
    assert_eq!(render(Verb::Record(Record { end: ' ', ..recording() })), Err(RenderError::EndKey));
    assert_eq!(render(Verb::Hangup).map(|document| document.len() > EMPTY_DOCUMENT.len()), Ok(true));
}

#[test]
fn the_safe_document_speaks_both_languages_records_and_ends() {
    let (spanish, english) = ("Tenemos una dificultad técnica.", "We have a technical difficulty.");
    let document =
        static_fallback(&Dialect::TWILIO, &Voices::default(), &LINKS, spanish, english, recording()).unwrap();
    let places = [spanish, english, "<Record ", "<Hangup/>"].map(|part| document.find(part));
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{document}");
}

/// Elements with their attributes, texts and depth, as any XML reader finds them.
fn parsed(document: &str) -> (Vec<String>, Vec<String>) {
    let mut reader = Reader::from_str(document);
    let (mut says, mut actions, mut depth) = (Vec::new(), Vec::new(), 0);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                depth += 1;
                if start.name().as_ref() == "Say" {
                    says.push(String::new());
                }
                for attribute in start.attributes() {
                    let attribute = attribute.unwrap();
                    if attribute.key.as_ref() == "action" {
                        actions.push(attribute.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned());
                    }
                }
            }
            Event::End(_) => depth -= 1,
            Event::Text(text) => {
                if let Some(say) = says.last_mut() {
                    say.push_str(&text.xml10_content());
                }
            }
            Event::GeneralRef(reference) => {
                let character = match reference.into_inner().as_ref() {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "apos" => '\'',
                    other => panic!("unexpected reference {other}"),
                };
                says.last_mut().unwrap().push(character);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    (says, actions)
}

proptest! {
    #[test]
    fn any_text_is_read_back(parts in prop::collection::vec(any::<String>(), 0..40), repeat in 1_usize..9) {
        let text = parts.concat().repeat(repeat);
        if let Ok(document) = render(&Dialect::TWILIO, &Voices::default(), &LINKS, &[Verb::Say(words(&text))]) {
            let (says, _) = parsed(&document);
            prop_assert_eq!(says.concat(), clean(&text));
            prop_assert!(says.iter().all(|say| say.chars().count() <= MAX_SAY_CHARACTERS && !say.is_empty()));
            prop_assert!(document.len() <= MAX_DOCUMENT_BYTES);
        } else {
            prop_assert!(text.len() > MAX_DOCUMENT_BYTES / 6);
        }
    }

    #[test]
    fn any_link_is_read_back(link in any::<String>()) {
        let links = Links { action: &link, ..LINKS };
        let gather = Verb::Gather(Gather { prompts: Vec::new(), ..listening() });
        let document = render(&Dialect::TWILIO, &Voices::default(), &links, &[gather]).unwrap();
        let (_, actions) = parsed(&document);
        prop_assert_eq!(actions, vec![carried(&link)]);
    }
}
