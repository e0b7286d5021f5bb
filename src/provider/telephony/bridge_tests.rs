use super::*;
use crate::flow::Verb;
use crate::provider::telephony::{Dialect, Links, Voices, render};

const LINKS: Links<'static> = Links {
    action: "/twilio/voice/turn/c/3#rc=5",
    silence: "/twilio/voice/turn/c/3/silence",
    recording_status: Some("https://hotline.example.do/twilio/voice/recording"),
    audio: "https://hotline.example.do/audio",
    waiting: Some("/twilio/voice/turn/c/3/wait"),
    whisper: Some("/twilio/voice/turn/c/3/whisper?a=1&b=2"),
    leg_status: Some("https://hotline.example.do/twilio/voice/leg"),
    conference_status: Some("https://hotline.example.do/twilio/voice/conference"),
};

fn rendered(links: &Links<'_>, verb: Verb) -> Result<String, RenderError> {
    let document = render(&Dialect::TWILIO, &Voices::default(), links, &[verb])?;
    let inside = document.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>").unwrap();
    Ok(inside.strip_suffix("</Response>").unwrap().to_owned())
}

fn bridge(to: Far) -> Bridge {
    Bridge { to, ring: Duration::from_millis(19_500), limit: Duration::from_hours(1), record: false }
}

fn number(whisper: bool) -> Far {
    let phone = |text| Phone::parse(text).unwrap();
    Far::Number { phone: phone("+18295550142"), from: phone("+18095550100"), whisper }
}

fn queue(name: &str, whisper: bool) -> Far {
    Far::Queue { name: name.into(), whisper }
}

fn conference(name: &str) -> Far {
    Far::Conference(Conference { name: name.into(), starts: true, ends: false, beep: true })
}

const DIAL: &str = "<Dial action=\"/twilio/voice/turn/c/3#rc=5\" method=\"POST\" timeout=\"20\" timeLimit=\"3600\"";
const REPORTS: &str = "recordingStatusCallback=\"https://hotline.example.do/twilio/voice/recording\" \
                       recordingStatusCallbackMethod=\"POST\" recordingStatusCallbackEvent=\"completed absent\"";

#[test]
fn waiting_in_a_queue_and_leaving_it() {
    let enqueue = || Verb::Enqueue { queue: "incident-0192:7".into() };
    assert_eq!(
        rendered(&LINKS, enqueue()).unwrap(),
        "<Enqueue action=\"/twilio/voice/turn/c/3#rc=5\" method=\"POST\" waitUrl=\"/twilio/voice/turn/c/3/wait\" \
         waitUrlMethod=\"POST\">incident-0192:7</Enqueue>"
    );
    assert_eq!(
        rendered(&Links { waiting: None, ..LINKS }, enqueue()).unwrap(),
        "<Enqueue action=\"/twilio/voice/turn/c/3#rc=5\" method=\"POST\">incident-0192:7</Enqueue>"
    );
    assert_eq!(rendered(&LINKS, Verb::Leave).unwrap(), "<Leave/>");
}

#[test]
fn each_far_end() {
    for (far, xml) in [
        (queue("q", false), format!("{DIAL}><Queue>q</Queue></Dial>")),
        (
            queue("q", true),
            format!(
                "{DIAL}><Queue url=\"/twilio/voice/turn/c/3/whisper?a=1&amp;b=2\" method=\"POST\">q</Queue></Dial>"
            ),
        ),
        (
            number(true),
            format!(
                "{DIAL} callerId=\"+18095550100\"><Number url=\"/twilio/voice/turn/c/3/whisper?a=1&amp;b=2\" \
                 method=\"POST\" statusCallback=\"https://hotline.example.do/twilio/voice/leg\" \
                 statusCallbackMethod=\"POST\" statusCallbackEvent=\"initiated ringing answered completed\">\
                 +18295550142</Number></Dial>"
            ),
        ),
        (
            conference("c-1"),
            format!(
                "{DIAL}><Conference startConferenceOnEnter=\"true\" endConferenceOnExit=\"false\" beep=\"true\" \
                 waitUrl=\"/twilio/voice/turn/c/3/wait\" waitMethod=\"POST\" \
                 statusCallback=\"https://hotline.example.do/twilio/voice/conference\" \
                 statusCallbackMethod=\"POST\" statusCallbackEvent=\"start end join leave\">c-1</Conference></Dial>"
            ),
        ),
    ] {
        assert_eq!(rendered(&LINKS, Verb::Bridge(bridge(far))).unwrap(), xml);
    }
}

#[test]
fn a_conversation_is_recorded_only_when_it_may_be_and_once() {
    let recorded = |far| rendered(&LINKS, Verb::Bridge(Bridge { record: true, ..bridge(far) })).unwrap();
    for far in [queue("q", false), number(false)] {
        let xml = recorded(far);
        assert!(xml.contains(&format!(" record=\"record-from-answer-dual\" {REPORTS}>")), "{xml}");
    }
    let xml = recorded(conference("c-1"));
    assert!(xml.starts_with(&format!("{DIAL}><Conference ")), "{xml}");
    assert!(xml.contains(&format!(" record=\"record-from-start\" {REPORTS}")), "{xml}");
    assert!(!rendered(&LINKS, Verb::Bridge(bridge(number(true)))).unwrap().contains("record"));
}

#[test]
fn waits_and_conversations_have_the_providers_bounds() {
    for (ring, limit, attributes) in [
        (Duration::ZERO, Duration::ZERO, "timeout=\"1\" timeLimit=\"1\""),
        (Duration::from_hours(1), Duration::from_hours(9), "timeout=\"600\" timeLimit=\"14400\""),
    ] {
        let verb = Verb::Bridge(Bridge { ring, limit, ..bridge(queue("q", false)) });
        let xml = rendered(&LINKS, verb).unwrap();
        assert!(xml.contains(attributes), "{xml}");
    }
}

#[test]
fn what_may_not_go_out_is_refused() {
    let silent = Links { whisper: None, ..LINKS };
    for far in [queue("q", true), number(true)] {
        assert_eq!(rendered(&silent, Verb::Bridge(bridge(far))), Err(RenderError::Whisper));
    }
    let long = "q".repeat(65);
    for name in ["", "Ana Pérez", "+18095550142", "a/b", long.as_str()] {
        assert_eq!(rendered(&LINKS, Verb::Enqueue { queue: name.into() }), Err(RenderError::Name), "{name}");
        for far in [queue(name, false), conference(name)] {
            assert_eq!(rendered(&LINKS, Verb::Bridge(bridge(far))), Err(RenderError::Name), "{name}");
        }
    }
}
