//! `Dial` and its nouns: who is to be joined to the call, and on what terms.

use chrono::TimeDelta;

use super::attributes::Attributes;
use super::schema::{RECORDING_EVENTS, are_keys, no_children, schema};
use super::verbs::Target;
use super::xml::Element;
use crate::problem::Failure;

/// Numbers one `Dial` may ring (provider's limit).
const MOST_NUMBERS: usize = 10;
const CALL_EVENTS: &[&str] = &["initiated", "ringing", "answered", "completed"];
/// What a conference may tell of itself.
pub(crate) const CONFERENCE_EVENTS: &[&str] =
    &["start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"];
/// Nouns of the provider that this network does not carry.
const NOT_CARRIED: [&str; 5] = ["Client", "Sip", "Sim", "Application", "WhatsApp"];

/// The verb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dial {
    /// Asked when it is over; without an address the document goes on.
    pub action: Target,
    pub to: To,
    /// How long phones ring, or an empty queue is waited at.
    pub timeout: TimeDelta,
    /// How long two people may talk.
    pub longest: TimeDelta,
    pub hangup_on_star: bool,
    pub answer_on_bridge: bool,
    pub sequential: bool,
    pub caller_id: Option<String>,
    pub record: Option<Tape>,
}

/// How the conversation is recorded, and who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tape {
    pub from_ringing: bool,
    /// Each side on a channel of its own.
    pub dual: bool,
    pub status: Target,
    pub events: Vec<String>,
}

/// Who is dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum To {
    Numbers(Vec<NumberNoun>),
    Queue(QueueNoun),
    Conference(Box<ConferenceNoun>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NumberNoun {
    pub number: String,
    /// Run on the called person before the two are joined.
    pub whisper: Target,
    pub status: Target,
    pub events: Vec<String>,
    pub detects_machines: bool,
    /// Pressed as soon as somebody picks up.
    pub keys: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QueueNoun {
    pub name: String,
    /// Run on the person who waited before the two are joined.
    pub whisper: Target,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an attribute of the noun, as on the wire")]
pub(crate) struct ConferenceNoun {
    pub name: String,
    pub muted: bool,
    pub beep: Beep,
    pub start_on_enter: bool,
    pub end_on_exit: bool,
    pub wait: Target,
    /// `waitUrl=""`: silence instead of music.
    pub silent: bool,
    pub most: usize,
    pub record: Option<Tape>,
    pub status: Target,
    pub events: Vec<String>,
    /// The name of the call whose person alone hears this one; the others do not.
    pub coaches: Option<String>,
    /// What the participant is called besides the name of its call.
    pub label: Option<String>,
}

impl ConferenceNoun {
    /// A conference with the provider's defaults.
    pub(crate) fn plain(name: String) -> Self {
        let nowhere = || Target { url: None, method: super::Method::Post };
        Self {
            name,
            muted: false,
            beep: Beep::Both,
            start_on_enter: true,
            end_on_exit: false,
            wait: nowhere(),
            silent: false,
            most: 250,
            record: None,
            status: nowhere(),
            events: Vec::new(),
            coaches: None,
            label: None,
        }
    }
}

/// When those inside hear a beep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beep {
    Never,
    OnEnter,
    OnExit,
    Both,
}

impl Beep {
    pub(crate) fn read(text: Option<&str>) -> Self {
        match text {
            Some("false") => Self::Never,
            Some("onEnter") => Self::OnEnter,
            Some("onExit") => Self::OnExit,
            _ => Self::Both,
        }
    }
}

impl Dial {
    /// A conference to join, with the provider's defaults.
    pub(crate) fn conference(noun: ConferenceNoun) -> Self {
        Self {
            action: Target { url: None, method: super::Method::Post },
            to: To::Conference(Box::new(noun)),
            timeout: TimeDelta::seconds(30),
            longest: TimeDelta::hours(4),
            hangup_on_star: false,
            answer_on_bridge: false,
            sequential: false,
            caller_id: None,
            record: None,
        }
    }
}

pub(super) fn dial(element: &Element) -> Result<Dial, Failure> {
    let mut attributes = Attributes::of(element);
    let record = attributes.choice(
        "record",
        &[
            "do-not-record",
            "record-from-answer",
            "record-from-ringing",
            "record-from-answer-dual",
            "record-from-ringing-dual",
            "true",
            "false",
        ],
    )?;
    let tape = tape(&mut attributes, record)?;
    let dial = Dial {
        action: attributes.target("action", "method")?,
        timeout: attributes.number("timeout", 1, 600)?.map_or(TimeDelta::seconds(30), TimeDelta::seconds),
        longest: attributes.seconds("timeLimit", 1)?.unwrap_or(TimeDelta::hours(4)),
        hangup_on_star: attributes.flag("hangupOnStar")?.unwrap_or(false),
        answer_on_bridge: attributes.flag("answerOnBridge")?.unwrap_or(false),
        sequential: attributes.flag("sequential")?.unwrap_or(false),
        caller_id: attributes.text("callerId").map(str::to_owned),
        record: tape,
        to: to(element)?,
    };
    attributes.ignore(&["recordingTrack", "trim", "ringTone", "callReason", "referUrl", "referMethod", "events"]);
    attributes.finish()?;
    Ok(dial)
}

fn tape(attributes: &mut Attributes<'_>, record: Option<&str>) -> Result<Option<Tape>, Failure> {
    let status = attributes.target("recordingStatusCallback", "recordingStatusCallbackMethod")?;
    let events = attributes.events("recordingStatusCallbackEvent", RECORDING_EVENTS, "completed")?;
    Ok(record.filter(|record| !matches!(*record, "do-not-record" | "false")).map(|record| Tape {
        from_ringing: record.starts_with("record-from-ringing"),
        dual: record.ends_with("-dual"),
        status,
        events,
    }))
}

fn to(element: &Element) -> Result<To, Failure> {
    let mut nouns = element.elements();
    let Some(first) = nouns.next() else {
        let number = element.text();
        if number.is_empty() {
            return Err(schema("<Dial> needs somebody to dial: a number, or a noun".to_owned()));
        }
        return Ok(To::Numbers(vec![NumberNoun::plain(number)]));
    };
    if first.name == "Number" {
        let numbers = element.elements().map(number).collect::<Result<Vec<_>, _>>()?;
        if numbers.len() > MOST_NUMBERS {
            return Err(schema(format!("<Dial> may hold {MOST_NUMBERS} <Number>, this one has {}", numbers.len())));
        }
        return Ok(To::Numbers(numbers));
    }
    if let Some(second) = nouns.next() {
        return Err(schema(format!("<{}> beside <{}>: a <Dial> holds one of it", second.name, first.name)));
    }
    match first.name.as_str() {
        "Queue" => queue(first).map(To::Queue),
        "Conference" => conference(first).map(|conference| To::Conference(Box::new(conference))),
        other if NOT_CARRIED.contains(&other) => {
            Err(schema(format!("<{other}> is a noun of the provider that the sandbox does not carry")))
        }
        other => Err(schema(format!("<{other}> cannot be inside <Dial>"))),
    }
}

impl NumberNoun {
    fn plain(number: String) -> Self {
        let nowhere = Target { url: None, method: super::Method::Post };
        let events = Vec::new();
        Self { number, whisper: nowhere.clone(), status: nowhere, events, detects_machines: false, keys: String::new() }
    }
}

fn number(element: &Element) -> Result<NumberNoun, Failure> {
    if element.name != "Number" {
        return Err(schema(format!("<{}> cannot stand beside <Number>", element.name)));
    }
    let mut attributes = Attributes::of(element);
    let noun = NumberNoun {
        number: element.text(),
        whisper: attributes.target("url", "method")?,
        status: attributes.target("statusCallback", "statusCallbackMethod")?,
        events: attributes.events("statusCallbackEvent", CALL_EVENTS, "completed")?,
        detects_machines: attributes.choice("machineDetection", &["Enable", "DetectMessageEnd"])?.is_some(),
        keys: attributes.text("sendDigits").unwrap_or_default().to_owned(),
    };
    if !are_keys(&noun.keys) {
        return Err(schema(format!("<Number sendDigits=\"{}\">: expected keys of 0-9, *, #, w and W", noun.keys)));
    }
    attributes.ignore(&["byoc", "machineDetectionTimeout", "machineDetectionSpeechThreshold"]);
    attributes.ignore(&["machineDetectionSpeechEndThreshold", "machineDetectionSilenceTimeout"]);
    attributes.ignore(&["amdStatusCallback", "amdStatusCallbackMethod"]);
    attributes.finish()?;
    no_children(element)?;
    Ok(noun)
}

fn queue(element: &Element) -> Result<QueueNoun, Failure> {
    let mut attributes = Attributes::of(element);
    let noun = QueueNoun { name: element.text(), whisper: attributes.target("url", "method")? };
    attributes.ignore(&["reservationSid", "postWorkActivitySid"]);
    attributes.finish()?;
    no_children(element)?;
    if noun.name.is_empty() {
        return Err(schema("<Queue> must contain the queue's name".to_owned()));
    }
    Ok(noun)
}

fn conference(element: &Element) -> Result<ConferenceNoun, Failure> {
    let mut attributes = Attributes::of(element);
    let beep = Beep::read(attributes.choice("beep", &["true", "false", "onEnter", "onExit"])?);
    let record = attributes.choice("record", &["do-not-record", "record-from-start", "true", "false"])?;
    let tape = tape(&mut attributes, record)?;
    let most = attributes.number("maxParticipants", 2, 250)?.and_then(|most| usize::try_from(most).ok());
    let silent = attributes.peek("waitUrl").is_some_and(|url| url.trim().is_empty());
    let noun = ConferenceNoun {
        name: element.text(),
        muted: attributes.flag("muted")?.unwrap_or(false),
        beep,
        start_on_enter: attributes.flag("startConferenceOnEnter")?.unwrap_or(true),
        end_on_exit: attributes.flag("endConferenceOnExit")?.unwrap_or(false),
        wait: attributes.target("waitUrl", "waitMethod")?,
        silent,
        most: most.unwrap_or(250),
        record: tape,
        status: attributes.target("statusCallback", "statusCallbackMethod")?,
        events: attributes.events("statusCallbackEvent", CONFERENCE_EVENTS, "")?,
        coaches: attributes.text("coach").map(str::to_owned),
        label: attributes.text("participantLabel").map(str::to_owned),
    };
    attributes.ignore(&["trim", "region", "jitterBufferSize", "eventCallbackUrl"]);
    attributes.finish()?;
    no_children(element)?;
    if noun.name.is_empty() {
        return Err(schema("<Conference> must contain the conference's name".to_owned()));
    }
    Ok(noun)
}

#[cfg(test)]
mod tests {
    use super::super::{Verb, read_document};
    use super::*;

    fn read(dial: &str) -> Result<Dial, String> {
        match read_document(&format!("<Response>{dial}</Response>")) {
            Ok(mut verbs) => match verbs.pop() {
                Some(Verb::Dial(dial)) => Ok(*dial),
                other => panic!("{other:?}"),
            },
            Err(failure) => Err(failure.text),
        }
    }

    #[test]
    fn what_is_left_out_has_the_providers_defaults() {
        let dial = read("<Dial>+18095550111</Dial>").unwrap();
        assert_eq!((dial.timeout, dial.longest), (TimeDelta::seconds(30), TimeDelta::hours(4)));
        assert!(!dial.hangup_on_star && !dial.answer_on_bridge && !dial.sequential && dial.record.is_none());
        assert_eq!(dial.to, To::Numbers(vec![NumberNoun::plain("+18095550111".to_owned())]));
        let To::Conference(room) = read("<Dial><Conference>r</Conference></Dial>").unwrap().to else { panic!() };
        assert!(room.start_on_enter && !room.end_on_exit && !room.muted && !room.silent);
        assert_eq!((room.beep, room.most), (Beep::Both, 250));
    }

    #[test]
    fn what_may_not_be_is_refused() {
        let many = "<Number>+18095550111</Number>".repeat(11);
        for (dial, expected) in [
            ("<Dial/>".to_owned(), "needs somebody to dial"),
            ("<Dial timeOut=\"3\">+18095550111</Dial>".to_owned(), "no attribute 'timeOut'"),
            ("<Dial record=\"always\">+18095550111</Dial>".to_owned(), "expected do-not-record or"),
            ("<Dial><Queue/></Dial>".to_owned(), "must contain the queue's name"),
            ("<Dial><Queue>a</Queue><Queue>b</Queue></Dial>".to_owned(), "holds one of it"),
            ("<Dial><Number>1</Number><Queue>b</Queue></Dial>".to_owned(), "cannot stand beside"),
            ("<Dial><Client>ana</Client></Dial>".to_owned(), "does not carry"),
            ("<Dial><Say>x</Say></Dial>".to_owned(), "cannot be inside <Dial>"),
            (format!("<Dial>{many}</Dial>"), "may hold 10"),
            ("<Dial><Conference maxParticipants=\"1\">r</Conference></Dial>".to_owned(), "from 2 to 250"),
            ("<Dial><Number statusCallbackEvent=\"done\">1</Number></Dial>".to_owned(), "expected initiated"),
        ] {
            let error = read(&dial).unwrap_err();
            assert!(error.contains(expected), "{dial}: {error}");
        }
    }
}
