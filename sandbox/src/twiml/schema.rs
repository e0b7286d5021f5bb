//! From elements to verbs: which attributes a verb has, what may be nested, and every default.

use chrono::TimeDelta;

use super::attributes::Attributes;
use super::dial::dial;
use super::verbs::{Enqueue, Gather, Play, Record, Rejection, Say, SmsVerb, Spoken, Verb};
use super::xml::{self, Element, Node};
use crate::problem::{Failure, code};
use crate::studio::Voice;

/// `loop="0"` means "until the call ends" and is capped here, as at the provider.
const MOST_LOOPS: u32 = 1000;
/// What a `Say` may hold by the engine of its voice (error 13521 beyond); the basic one has no name.
const LONGEST_SAY: [(&str, usize); 3] = [("Polly.", 3000), ("Google.", 5000), ("", 4096)];
/// Elements that only shape the sound of what is inside.
const SSML_SHAPES: [&str; 8] = ["emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "w"];
/// What a recording may tell of itself.
pub(crate) const RECORDING_EVENTS: &[&str] = &["in-progress", "completed", "absent"];
/// Verbs of the provider that this network does not carry.
const NOT_CARRIED: [&str; 7] = ["Refer", "Pay", "Prompt", "Connect", "Start", "Stop", "Siprec"];

/// Reads a voice document.
pub(crate) fn read_document(text: &str) -> Result<Vec<Verb>, Failure> {
    let root = xml::parse(text)?;
    if root.name != "Response" {
        return Err(Failure::new(
            code::DOCUMENT_PARSE,
            format!("the root element is <{}> and must be <Response> (case-sensitive)", root.name),
        ));
    }
    Attributes::of(&root).finish()?;
    no_text(&root)?;
    root.elements().map(verb).collect()
}

fn verb(element: &Element) -> Result<Verb, Failure> {
    match element.name.as_str() {
        "Say" => say(element).map(Verb::Say),
        "Play" => play(element).map(Verb::Play),
        "Pause" => pause(element),
        "Gather" => gather(element).map(Verb::Gather),
        "Record" => record(element).map(Verb::Record),
        "Redirect" => redirect(element),
        "Hangup" => bare(element, Verb::Hangup),
        "Leave" => bare(element, Verb::Leave),
        "Reject" => reject(element),
        "Enqueue" => enqueue(element).map(Verb::Enqueue),
        "Sms" => sms(element).map(Verb::Sms),
        "Dial" => dial(element).map(|dial| Verb::Dial(Box::new(dial))),
        other if NOT_CARRIED.contains(&other) => {
            Err(schema(format!("<{other}> is a verb of the provider that the sandbox does not carry")))
        }
        other => Err(schema(format!("<{other}> is not a verb (names are case-sensitive)"))),
    }
}

fn say(element: &Element) -> Result<Say, Failure> {
    let mut attributes = Attributes::of(element);
    let loops = loops(&mut attributes)?;
    let mut text = |name| attributes.text(name).unwrap_or_default().to_owned();
    let voice = Voice { language: text("language"), name: text("voice") };
    let longest = LONGEST_SAY.iter().find(|(engine, _)| voice.name.starts_with(engine));
    let longest = longest.map_or(0, |(_, longest)| *longest);
    attributes.finish()?;
    let mut spoken = Vec::new();
    speak(element, &mut spoken)?;
    let length: usize = spoken
        .iter()
        .map(|piece| match piece {
            Spoken::Words(words) => words.chars().count(),
            Spoken::Break(_) => 0,
        })
        .sum();
    if length > longest {
        return Err(Failure::new(code::SAY_TOO_LONG, format!("a <Say> of {length} characters; it may hold {longest}")));
    }
    Ok(Say { spoken, voice, loops })
}

/// The words inside, whatever shapes their sound; neighbours are run together.
fn speak(element: &Element, into: &mut Vec<Spoken>) -> Result<(), Failure> {
    for child in &element.children {
        match child {
            Node::Text(text) => add_words(into, text),
            Node::Element(inner) => match inner.name.as_str() {
                "break" => into.push(Spoken::Break(break_length(inner)?)),
                "sub" => {
                    let mut attributes = Attributes::of(inner);
                    let alias = attributes.text("alias").map_or_else(|| inner.text(), str::to_owned);
                    attributes.finish()?;
                    add_words(into, &alias);
                }
                shape if SSML_SHAPES.contains(&shape) => speak(inner, into)?,
                other => return Err(schema(format!("<{other}> cannot be inside <Say>"))),
            },
        }
    }
    Ok(())
}

fn add_words(into: &mut Vec<Spoken>, text: &str) {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        return;
    }
    if let Some(Spoken::Words(last)) = into.last_mut() {
        let glued = !text.starts_with(char::is_whitespace) && words.starts_with(|c: char| !c.is_alphanumeric());
        if !glued {
            last.push(' ');
        }
        last.push_str(&words);
    } else {
        into.push(Spoken::Words(words));
    }
}

fn break_length(element: &Element) -> Result<TimeDelta, Failure> {
    let mut attributes = Attributes::of(element);
    let strength = attributes.choice("strength", &["none", "x-weak", "weak", "medium", "strong", "x-strong"])?;
    let time = attributes.text("time");
    attributes.finish()?;
    let by_strength = match strength {
        Some("none" | "x-weak") => 0,
        Some("weak") => 250,
        Some("strong") => 750,
        Some("x-strong") => 1000,
        _ => 500,
    };
    let Some(time) = time else { return Ok(TimeDelta::milliseconds(by_strength)) };
    let wrong =
        || schema(format!("<break time=\"{time}\">: expected seconds or milliseconds up to 10s, as 1.5s or 500ms"));
    let milliseconds = match (time.strip_suffix("ms"), time.strip_suffix('s')) {
        (Some(number), _) => number.parse::<u32>().map_err(|_| wrong())?,
        (None, Some(number)) => {
            let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
            let part = format!("{part:0<3}");
            let thousandths = part.get(..3).and_then(|part| part.parse::<u32>().ok()).ok_or_else(wrong)?;
            whole.parse::<u32>().map_err(|_| wrong())?.saturating_mul(1000).saturating_add(thousandths)
        }
        (None, None) => return Err(wrong()),
    };
    if milliseconds > 10_000 { Err(wrong()) } else { Ok(TimeDelta::milliseconds(i64::from(milliseconds))) }
}

fn play(element: &Element) -> Result<Play, Failure> {
    let mut attributes = Attributes::of(element);
    let loops = loops(&mut attributes)?;
    let keys = attributes.text("digits").unwrap_or_default().to_owned();
    attributes.finish()?;
    no_children(element)?;
    let url = element.text();
    if url.is_empty() && keys.is_empty() {
        return Err(schema("<Play> needs the address of a file, or digits".to_owned()));
    }
    if !are_keys(&keys) {
        return Err(schema(format!("<Play digits=\"{keys}\">: expected keys of 0-9, *, #, w and W")));
    }
    Ok(Play { url, keys, loops })
}

/// Keys, and the pauses between them: `w` for half a second, `W` for one.
pub(crate) fn are_keys(text: &str) -> bool {
    text.chars().all(|key| key.is_ascii_digit() || matches!(key, '*' | '#' | 'w' | 'W'))
}

fn pause(element: &Element) -> Result<Verb, Failure> {
    let mut attributes = Attributes::of(element);
    let length = attributes.seconds("length", 0)?.unwrap_or(TimeDelta::seconds(1));
    attributes.finish()?;
    no_children(element)?;
    no_text(element)?;
    Ok(Verb::Pause(length))
}

fn gather(element: &Element) -> Result<Gather, Failure> {
    let mut attributes = Attributes::of(element);
    let input = attributes.text("input").unwrap_or("dtmf");
    let (mut keys, mut speech) = (false, false);
    for part in input.split_whitespace() {
        match part {
            "dtmf" => keys = true,
            "speech" => speech = true,
            _ => return Err(schema(format!("<Gather input=\"{input}\">: expected dtmf, speech or both"))),
        }
    }
    let speech_timeout = match attributes.text("speechTimeout") {
        None | Some("auto") => None,
        Some(text) => Some(TimeDelta::seconds(
            text.parse::<u32>().ok().filter(|seconds| *seconds <= 60).map(i64::from).ok_or_else(|| {
                schema(format!("<Gather speechTimeout=\"{text}\">: expected auto or seconds from 0 to 60"))
            })?,
        )),
    };
    let digits = attributes.number("numDigits", 1, 1000)?.and_then(|digits| usize::try_from(digits).ok());
    let gather = Gather {
        action: attributes.target("action", "method")?,
        keys,
        speech,
        timeout: attributes.seconds("timeout", 0)?.unwrap_or(TimeDelta::seconds(5)),
        speech_timeout,
        finish_on_key: attributes.keys("finishOnKey", "#")?,
        digits,
        on_empty: attributes.flag("actionOnEmptyResult")?.unwrap_or(false),
        barge_in: attributes.flag("bargeIn")?.unwrap_or(true),
        prompts: element.elements().map(prompt).collect::<Result<_, _>>()?,
    };
    attributes.ignore(&["debug", "enhanced", "hints", "language", "maxSpeechTime", "partialResultCallback"]);
    attributes.ignore(&["partialResultCallbackMethod", "profanityFilter", "speechModel"]);
    attributes.finish()?;
    no_text(element)?;
    Ok(gather)
}

fn prompt(element: &Element) -> Result<Verb, Failure> {
    match verb(element)? {
        prompt @ (Verb::Say(_) | Verb::Play(_) | Verb::Pause(_)) => Ok(prompt),
        _ => Err(schema(format!("<{}> cannot be inside <Gather>: only Say, Play and Pause can", element.name))),
    }
}

fn record(element: &Element) -> Result<Record, Failure> {
    let mut attributes = Attributes::of(element);
    let status_events = attributes.events("recordingStatusCallbackEvent", RECORDING_EVENTS, "completed")?;
    let record = Record {
        action: attributes.target("action", "method")?,
        timeout: attributes.seconds("timeout", 0)?.unwrap_or(TimeDelta::seconds(5)),
        finish_on_key: attributes.keys("finishOnKey", "1234567890*#")?,
        longest: attributes.number("maxLength", 1, 14_400)?.map_or(TimeDelta::seconds(3600), TimeDelta::seconds),
        beep: attributes.flag("playBeep")?.unwrap_or(true),
        trim: attributes.choice("trim", &["trim-silence", "do-not-trim"])? != Some("do-not-trim"),
        status: attributes.target("recordingStatusCallback", "recordingStatusCallbackMethod")?,
        status_events,
    };
    attributes.ignore(&["transcribe", "transcribeCallback", "recordingConfigurationId"]);
    attributes.finish()?;
    no_children(element)?;
    no_text(element)?;
    Ok(record)
}

fn redirect(element: &Element) -> Result<Verb, Failure> {
    let mut attributes = Attributes::of(element);
    let method = attributes.method("method")?;
    attributes.finish()?;
    no_children(element)?;
    let url = element.text();
    if url.is_empty() {
        return Err(schema("<Redirect> must contain an address".to_owned()));
    }
    Ok(Verb::Redirect(super::verbs::Target { url: Some(url), method }))
}

fn reject(element: &Element) -> Result<Verb, Failure> {
    let mut attributes = Attributes::of(element);
    let busy = attributes.choice("reason", &["rejected", "busy"])? == Some("busy");
    attributes.finish()?;
    no_children(element)?;
    Ok(Verb::Reject(if busy { Rejection::Busy } else { Rejection::Rejected }))
}

fn enqueue(element: &Element) -> Result<Enqueue, Failure> {
    let mut attributes = Attributes::of(element);
    let largest = attributes.number("maxQueueSize", 1, 1000)?.and_then(|size| usize::try_from(size).ok());
    let enqueue = Enqueue {
        name: element.text(),
        action: attributes.target("action", "method")?,
        wait: attributes.target("waitUrl", "waitUrlMethod")?,
        largest,
    };
    attributes.finish()?;
    no_children(element)?;
    if enqueue.name.is_empty() || enqueue.name.chars().count() > 64 {
        return Err(schema("<Enqueue> must contain a queue's name of 1 to 64 characters".to_owned()));
    }
    Ok(enqueue)
}

fn sms(element: &Element) -> Result<SmsVerb, Failure> {
    let mut attributes = Attributes::of(element);
    let verb = SmsVerb {
        body: element.text(),
        to: attributes.text("to").map(str::to_owned),
        from: attributes.text("from").map(str::to_owned),
        action: attributes.target("action", "method")?,
        status_callback: attributes.text("statusCallback").map(str::to_owned),
    };
    attributes.finish()?;
    no_children(element)?;
    Ok(verb)
}

fn bare(element: &Element, verb: Verb) -> Result<Verb, Failure> {
    Attributes::of(element).finish()?;
    no_children(element)?;
    no_text(element)?;
    Ok(verb)
}

fn loops(attributes: &mut Attributes<'_>) -> Result<u32, Failure> {
    let loops = attributes.number("loop", 0, i64::from(MOST_LOOPS))?.unwrap_or(1);
    Ok(if loops == 0 { MOST_LOOPS } else { u32::try_from(loops).unwrap_or(MOST_LOOPS) })
}

pub(super) fn no_children(element: &Element) -> Result<(), Failure> {
    match element.elements().next() {
        Some(child) => Err(schema(format!("<{}> cannot be inside <{}>", child.name, element.name))),
        None => Ok(()),
    }
}

fn no_text(element: &Element) -> Result<(), Failure> {
    let text = element.text();
    if text.is_empty() { Ok(()) } else { Err(schema(format!("<{}> cannot hold text: '{text}'", element.name))) }
}

pub(super) fn schema(text: String) -> Failure {
    Failure::new(code::SCHEMA, text)
}
