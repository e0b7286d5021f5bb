//! How webhooks are answered: a document, or the safe one when there is none in time.

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;

use super::super::Door;
use super::PROVIDER;
use crate::flow::{Bridge, Far, Language, Record, Utterance, Verb};
use crate::ops::{Document, OpsError};
use crate::provider::telephony::{CONTENT_TYPE, Links, RETRIES, RenderError, render, static_fallback};

/// A caller who hears nothing for longer than this hangs up: then the safe document.
const CALLER_WAITS: TimeDelta = TimeDelta::seconds(2);
/// The longest message left on the safe document.
const LONGEST_MESSAGE: Duration = Duration::from_mins(2);

/// A TwiML body. axum sets Content-Length, which the provider needs for documents of more than one chunk (error 12100).
pub fn twiml(document: String) -> Response {
    ([(header::CONTENT_TYPE, CONTENT_TYPE), (header::CACHE_CONTROL, "no-store")], document).into_response()
}

/// The document that `work` gives within the caller's patience, else nothing: then the [`safe`] one is due. The work goes on
/// by itself: a caller who hangs up, or a store that is late, does not tear it in the middle.
pub async fn document<F>(door: &Door, work: F) -> Option<Response>
where
    F: Future<Output = Result<Document, OpsError>> + Send + 'static,
{
    let clock = &door.hotline.clock;
    let deadline = clock.sleep_until(clock.now() + CALLER_WAITS);
    let work = tokio::spawn(work);
    let given = tokio::select! {
        given = work => given,
        busy = deadline => {
            drop(busy);
            tracing::error!("no document within the caller's patience: the safe document goes out");
            return None;
        }
    };
    match given {
        Ok(Ok(document)) => match rendered(door, &document) {
            Ok(body) => return Some(twiml(body)),
            Err(error) => {
                tracing::error!(%error, call = %document.call, "a document cannot be rendered: the safe one goes out");
            }
        },
        Ok(Err(OpsError::NotFound(what))) => {
            tracing::warn!(what, "a webhook for something that is not here: the safe document goes out");
        }
        Ok(Err(error)) => tracing::error!(%error, "no document: the safe one goes out"),
        Err(error) => tracing::error!(%error, "the turn broke off: the safe document goes out"),
    }
    None
}

/// The safe document: static words, then a message to be left. It needs neither the store nor the flow.
pub fn safe(door: &Door) -> Response {
    let record = Record { max: LONGEST_MESSAGE, silence: Duration::from_secs(5), end: '#', beep: true };
    let fallback = format!("/{PROVIDER}/voice/fallback{RETRIES}");
    let links = Links { action: &fallback, silence: &fallback, ..Links::default() };
    let [spanish, english] = &door.safe_words.technical;
    match static_fallback(door.dialect, &door.voices, &links, spanish, english, record) {
        Ok(body) => twiml(body),
        Err(error) => {
            tracing::error!(%error, "even the safe document cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A document beside the turns of a call; whatever is pressed in it comes back to `here`, and it begins again when nothing
/// is.
pub fn verbs(door: &Door, verbs: &[Verb], here: Option<&str>) -> Response {
    let here = format!("{}{RETRIES}", here.unwrap_or_default());
    let (audio, room) = (audio(door), Room::of(door, verbs));
    let links = room.links(Links { action: &here, silence: &here, audio: &audio, ..Links::default() });
    match render(door.dialect, &door.voices, &links, verbs) {
        Ok(body) => twiml(body),
        Err(error) => {
            tracing::error!(%error, "a document beside a call cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Where the provider fetches recorded prompts.
fn audio(door: &Door) -> String {
    door.front.configured().at("/audio")
}

/// Static words in both languages, and the end of the call.
pub fn farewell(door: &Door, [spanish, english]: &[String; 2]) -> Response {
    let say = |language, text: &str| Verb::Say(Utterance::Words { language, text: text.to_owned() });
    let verbs = [say(Language::Es, spanish), say(Language::En, english), Verb::Hangup];
    let links = Links::default();
    match render(door.dialect, &door.voices, &links, &verbs) {
        Ok(body) => twiml(body),
        Err(_) => safe(door),
    }
}

fn rendered(door: &Door, document: &Document) -> Result<String, RenderError> {
    let turn = format!("/{PROVIDER}/voice/turn/{}/{}", document.call, document.number);
    let action = format!("{turn}{RETRIES}");
    let silence = format!("{turn}/silence{RETRIES}");
    let (waiting, whisper) = (format!("{turn}/wait{RETRIES}"), format!("{turn}/whisper{RETRIES}"));
    let leg_status = door.front.configured().at(&format!("{turn}/leg{RETRIES}"));
    let recording_status = door.front.configured().at(&format!("/{PROVIDER}/voice/recording{RETRIES}"));
    let links = Links {
        action: &action,
        silence: &silence,
        recording_status: Some(&recording_status),
        waiting: Some(&waiting),
        whisper: Some(&whisper),
        leg_status: Some(&leg_status),
        audio: &audio(door),
        ..Links::default()
    };
    let room = Room::of(door, &document.verbs);
    render(door.dialect, &door.voices, &room.links(links), &document.verbs)
}

/// The addresses of a room, where a document leads into one.
struct Room(Option<[String; 3]>);

impl Room {
    fn of(door: &Door, verbs: &[Verb]) -> Self {
        let name = verbs.iter().find_map(|verb| match verb {
            Verb::Bridge(Bridge { to: Far::Conference(conference), .. }) => Some(&conference.name),
            _ => None,
        });
        let at = |name: &String| {
            ["wait", "status", "recording"]
                .map(|what| door.front.configured().at(&format!("/{PROVIDER}/voice/room/{name}/{what}{RETRIES}")))
        };
        Self(name.map(at))
    }

    /// What is heard and told in the room goes to the room, not to the call.
    fn links<'a>(&'a self, links: Links<'a>) -> Links<'a> {
        let Some([wait, status, recording]) = &self.0 else { return links };
        Links { waiting: Some(wait), conference_status: Some(status), recording_status: Some(recording), ..links }
    }
}
