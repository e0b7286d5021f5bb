//! What the line does next, in the provider's words: a TwiML document.

use std::time::Duration;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::dialect::Dialect;
use super::speech_text::{clean, is_carried, pieces};
use super::voice::Voices;
use crate::flow::{Gather, Language, Record, Utterance, Verb};

/// The content type of a document. Any but a few is the provider's error 12300.
pub const CONTENT_TYPE: &str = "text/xml; charset=utf-8";
/// The answer to a request that asks for nothing, e.g. a report.
pub const EMPTY_DOCUMENT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>";
/// The largest document the provider takes (64 kB, error 11750), read as the smaller of both kilobytes.
pub const MAX_DOCUMENT_BYTES: usize = 64_000;

/// Ends an address that the provider is to call: a request that finds nobody, breaks off or gets a 5xx is sent again, up to
/// five times within the provider's own 15 s, under the same retry token. Without it only a refused connection is tried
/// again, once, and a turn that was cut off by a restart would end on the fallback. A fragment is neither sent nor signed
/// (the provider's "connection overrides").
pub const RETRIES: &str = "#rc=5&rp=5xx,ct,rt";

/// The longest recording the provider makes for every account, in seconds.
const MAX_RECORDING_SECONDS: u64 = 14_400;
/// The most phrases listened for, and the longest one in characters (the provider's bounds for `hints`).
const MAX_HINTS: usize = 500;
const MAX_HINT_CHARACTERS: usize = 100;

/// Where the document's requests lead. All of them name the turn they belong to, so that a stale one is known; absolute, or
/// rooted at the host the document came from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Links<'a> {
    /// What was keyed, said or recorded; how a wait or a conversation ended.
    pub action: &'a str,
    /// Nothing was.
    pub silence: &'a str,
    /// Reports on recordings; absolute, since the provider does not resolve this one.
    pub recording_status: Option<&'a str>,
    /// What is heard while waiting; without it, the provider's own music.
    pub waiting: Option<&'a str>,
    /// What one side hears before it is joined to the other.
    pub whisper: Option<&'a str>,
    /// Reports on the call that is dialled to be joined; absolute.
    pub leg_status: Option<&'a str>,
    /// Reports on conferences; absolute.
    pub conference_status: Option<&'a str>,
    /// The folder of the recorded prompts, without a final slash.
    pub audio: &'a str,
}

/// Why there is no document. The caller is then given the safe one ([`static_fallback`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// Larger than the provider takes.
    #[error(
        "the document has {bytes} bytes, the provider takes {MAX_DOCUMENT_BYTES}: shorten the prompts of this node"
    )]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// An end key that no telephone has.
    #[error("the end key must be a digit, '*' or '#'")]
    EndKey,
    /// A queue's or conference's name that may not go to the provider.
    #[error("a queue's or conference's name must be an opaque id: up to 64 letters, digits, '-', '_', '.' or ':'")]
    Name,
    /// The document is to be heard before two calls are joined, and nobody said where it is.
    #[error("something is to be heard before the calls are joined, but its address is missing")]
    Whisper,
    /// The XML could not be written. Memory takes every byte, so this is a fault of ours.
    #[error("the document could not be written as XML")]
    Xml,
}

/// Renders a document.
///
/// # Errors
/// [`RenderError`].
pub fn render(dialect: &Dialect, voices: &Voices, links: &Links<'_>, verbs: &[Verb]) -> Result<String, RenderError> {
    let mut document = Document { dialect, voices, links, xml: Writer::new(Vec::with_capacity(1_024)) };
    document.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    document.open("Response", &[])?;
    for verb in verbs {
        document.verb(verb)?;
    }
    document.close("Response")?;
    let text = String::from_utf8(document.xml.into_inner()).map_err(|_| RenderError::Xml)?;
    if text.len() > MAX_DOCUMENT_BYTES {
        return Err(RenderError::TooLarge { bytes: text.len() });
    }
    Ok(text)
}

/// The safe document, for when nothing else can be said: an apology in both languages, a recording, and the end. It needs no
/// state, so it can be made at start and kept. `links.action` must lead to a document that does not record again.
///
/// # Errors
/// [`RenderError`].
pub fn static_fallback(
    dialect: &Dialect,
    voices: &Voices,
    links: &Links<'_>,
    spanish: &str,
    english: &str,
    record: Record,
) -> Result<String, RenderError> {
    let say = |language, text: &str| Verb::Say(Utterance::Words { language, text: text.to_owned() });
    let verbs = [say(Language::Es, spanish), say(Language::En, english), Verb::Record(record), Verb::Hangup];
    render(dialect, voices, links, &verbs)
}

pub(super) struct Document<'a> {
    dialect: &'a Dialect,
    voices: &'a Voices,
    pub(super) links: &'a Links<'a>,
    xml: Writer<Vec<u8>>,
}

impl<'a> Document<'a> {
    fn verb(&mut self, verb: &Verb) -> Result<(), RenderError> {
        match verb {
            Verb::Say(utterance) => self.utterance(utterance),
            Verb::Pause(length) if self.dialect.pauses => self.empty("Pause", &[("length", &seconds(*length))]),
            Verb::Pause(_) => Ok(()),
            Verb::Gather(gather) => self.gather(gather),
            Verb::Record(record) => self.record(record),
            Verb::Continue => self.element("Redirect", &[("method", "POST")], self.links.silence),
            Verb::Enqueue { queue } => self.enqueue(queue),
            Verb::Bridge(bridge) => self.bridge(bridge),
            Verb::Leave => self.empty("Leave", &[]),
            Verb::Hangup => self.empty("Hangup", &[]),
        }
    }

    fn utterance(&mut self, utterance: &Utterance) -> Result<(), RenderError> {
        match utterance {
            Utterance::Words { language, text } => {
                let voice = self.voices.of(*language);
                let attributes = [("language", voice.locale.as_str()), ("voice", voice.name.as_str())];
                for piece in pieces(&clean(text)) {
                    self.element("Say", &attributes, piece)?;
                }
                Ok(())
            }
            Utterance::File { file, .. } => self.element("Play", &[], &format!("{}/{}", self.links.audio, path(file))),
            Utterance::Recording { url } => self.element("Play", &[], url),
        }
    }

    fn gather(&mut self, gather: &Gather) -> Result<(), RenderError> {
        // One time-out serves for the first digit and for those that follow.
        let timeout = seconds(gather.first.max(gather.between));
        let digits = gather.digits.map(|digits| digits.max(1).to_string());
        let end = gather.end.map(key).transpose()?.unwrap_or_default();
        let hints = hints(&gather.words);
        let hears = self.dialect.hears_speech && !hints.is_empty();

        let mut attributes = vec![("input", if hears { "dtmf speech" } else { "dtmf" })];
        attributes.extend([("action", self.links.action), ("method", "POST"), ("timeout", &timeout)]);
        // Absent, it would be '#'.
        attributes.push(("finishOnKey", &end));
        attributes.extend(digits.as_deref().map(|digits| ("numDigits", digits)));
        if hears {
            attributes.extend([("language", self.voices.of(gather.language).hears.as_str()), ("hints", &hints)]);
        }
        self.open("Gather", &attributes)?;
        for prompt in &gather.prompts {
            self.utterance(prompt)?;
        }
        self.close("Gather")
    }

    fn record(&mut self, record: &Record) -> Result<(), RenderError> {
        let longest = seconds(record.max.min(Duration::from_secs(MAX_RECORDING_SECONDS)));
        // 0 would mean that silence never ends it.
        let silence = seconds(record.silence);
        let end = key(record.end)?;
        let beep = record.beep.to_string();
        let mut attributes = vec![("action", self.links.action), ("method", "POST"), ("maxLength", &longest)];
        attributes.extend([("timeout", silence.as_str()), ("finishOnKey", &end), ("playBeep", &beep)]);
        attributes.push(("trim", "trim-silence"));
        attributes.extend(self.recording_reports());
        self.empty("Record", &attributes)
    }

    /// Where reports on a recording go.
    pub(super) fn recording_reports(&self) -> impl Iterator<Item = (&'static str, &'a str)> + use<'a> {
        self.links.recording_status.into_iter().flat_map(|report| {
            let events = ("recordingStatusCallbackEvent", "completed absent");
            [("recordingStatusCallback", report), ("recordingStatusCallbackMethod", "POST"), events]
        })
    }

    pub(super) fn element(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> Result<(), RenderError> {
        self.open(name, attributes)?;
        let text = carried(text);
        self.event(Event::Text(BytesText::new(&text)))?;
        self.close(name)
    }

    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<(), RenderError> {
        self.event(Event::Start(start(name, attributes)))
    }

    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<(), RenderError> {
        self.event(Event::Empty(start(name, attributes)))
    }

    pub(super) fn close(&mut self, name: &str) -> Result<(), RenderError> {
        self.event(Event::End(BytesEnd::new(name)))
    }

    fn event(&mut self, event: Event<'_>) -> Result<(), RenderError> {
        self.xml.write_event(event).map_err(|_| RenderError::Xml)
    }
}

fn start<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (key, value) in attributes {
        start.push_attribute((*key, carried(value).as_str()));
    }
    start
}

fn carried(text: &str) -> String {
    text.chars().filter(|character| is_carried(*character)).collect()
}

/// Whole seconds, rounded up, at least one: the provider's time-outs know nothing finer.
pub(super) fn seconds(duration: Duration) -> String {
    let part = u64::from(duration.subsec_nanos() > 0);
    duration.as_secs().saturating_add(part).max(1).to_string()
}

fn key(key: char) -> Result<String, RenderError> {
    if key.is_ascii_digit() || matches!(key, '*' | '#') { Ok(key.to_string()) } else { Err(RenderError::EndKey) }
}

/// The words listened for, separated by commas, so none has one of its own.
fn hints(words: &[String]) -> String {
    let phrases = words.iter().map(|phrase| clean(&phrase.replace(',', " "))).filter(|phrase| !phrase.is_empty());
    let phrases = phrases.map(|phrase| phrase.chars().take(MAX_HINT_CHARACTERS).collect::<String>());
    phrases.take(MAX_HINTS).collect::<Vec<_>>().join(",")
}

/// A file's name as the path of a URL. It stays below the audio folder.
fn path(file: &str) -> String {
    let mut path = String::with_capacity(file.len());
    for segment in file.split('/').filter(|segment| !matches!(*segment, "" | "." | "..")) {
        if !path.is_empty() {
            path.push('/');
        }
        for byte in segment.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                path.push(char::from(byte));
            } else {
                path.extend(format!("%{byte:02X}").chars());
            }
        }
    }
    path
}

#[cfg(test)]
#[path = "twiml_tests.rs"]
mod tests;
