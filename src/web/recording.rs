//! A recording is heard by the link in the ticket of its case. The sound comes from the provider that keeps it and is kept nowhere;
//! that it was heard is on the case's timeline before the first byte of it leaves.

use std::io::Cursor;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::TimeDelta;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::io::ReaderStream;

use super::Door;
use super::pace::Paced;
use super::page::{both, guarded, too_often};
use super::range::{Asked, asked, place};
use crate::id::hex;
use crate::ops::{OpsError, RecordingLink, heard_by_link, recording_of_link};
use crate::provider::telephony::Recordings;

/// So many recordings are fetched at once at most: each is in memory as a whole.
const SLOTS: usize = 4;
/// Bytes that leave at once.
const PIECE: usize = 64 * 1024;
/// How long whoever follows a link waits for the provider: less than the listener has patience for.
const PATIENCE: TimeDelta = TimeDelta::seconds(15);
/// When a player may ask again, in seconds.
const AGAIN: &str = "60";

/// Recordings of the provider, so many at once. Cheap to clone.
#[derive(Clone)]
pub struct Tapes {
    recordings: Recordings,
    slots: Arc<Semaphore>,
}

/// Why there is no sound now.
enum Away {
    /// Later there may be.
    Passing,
    /// The provider does not give it.
    Lasting,
}

impl Tapes {
    /// Over `recordings`.
    #[must_use]
    pub fn new(recordings: Recordings) -> Self {
        Self { recordings, slots: Arc::new(Semaphore::new(SLOTS)) }
    }

    async fn fetch(&self, door: &Door, url: &str) -> Result<(Bytes, OwnedSemaphorePermit), Away> {
        let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() else {
            tracing::warn!("more recordings are asked for at once than are fetched");
            return Err(Away::Passing);
        };
        let clock = &door.hotline.clock;
        let fetched = tokio::select! {
            fetched = self.recordings.wav(url) => fetched,
            busy = clock.sleep_until(clock.now() + PATIENCE) => {
                drop(busy);
                tracing::warn!("the provider takes too long to give a recording");
                return Err(Away::Passing);
            }
        };
        fetched.map(|sound| (Bytes::from(sound), slot)).map_err(|error| {
            tracing::warn!(%error, "the provider gives no recording to whoever follows its link");
            if error.is_passing() { Away::Passing } else { Away::Lasting }
        })
    }
}

/// The routes below `/r`.
pub fn router() -> Router<Door> {
    // HEAD is answered as GET is, without the sound.
    Router::new().route("/{token}", get(sound))
}

/// Gives the recording at `url` to whoever may have it, to be heard or as a file; `before` notes that, and nothing leaves when
/// it cannot.
pub(super) async fn give<E: std::fmt::Display>(
    door: &Door,
    url: &str,
    (name, is_file): (&str, bool),
    (method, headers): (&Method, &HeaderMap),
    before: impl AsyncFnOnce() -> Result<(), E>,
) -> Response {
    let (sound, slot) = match door.tapes.fetch(door, url).await {
        Ok(sound) => sound,
        Err(away) => return without_sound(&away),
    };
    let tape =
        Tape { etag: format!("\"{}\"", hex(&Sha256::digest(&sound))), sound, slot, name: name.to_owned(), is_file };
    let asked = asked(headers, &tape.etag, tape.size());
    if *method == Method::GET
        && asked != Asked::Beyond
        && let Err(error) = before().await
    {
        tracing::error!(%error, "that a recording is heard cannot be noted");
        return without_sound(&Away::Passing);
    }
    tape.answer(asked)
}

async fn sound(
    State(door): State<Door>,
    _: Paced,
    token: Result<Path<String>, PathRejection>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let Ok(Path(token)) = token else { return unknown() };
    let (recording, case) = match recording_of_link(&door.hotline, &token).await {
        Ok(Some(RecordingLink::Open(recording, case))) => (recording, case),
        Ok(Some(RecordingLink::Lapsed)) => return lapsed(),
        Ok(Some(RecordingLink::TooOften)) => return too_often(),
        Ok(None) => return unknown(),
        Err(error) => return failed(&error),
    };
    let note = async || heard_by_link(&door.hotline, &recording).await;
    give(&door, &recording.url, (case.as_str(), false), (&method, &headers), note).await
}

/// What is read of a recording, with its place among those that are in memory.
struct Held {
    sound: Cursor<Bytes>,
    _slot: OwnedSemaphorePermit,
}

impl AsyncRead for Held {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.sound).poll_read(context, to)
    }
}

/// A recording that was fetched.
struct Tape {
    sound: Bytes,
    /// Held until all of it was read: it is in memory for as long.
    slot: OwnedSemaphorePermit,
    etag: String,
    name: String,
    is_file: bool,
}

impl Tape {
    fn size(&self) -> u64 {
        u64::try_from(self.sound.len()).unwrap_or(u64::MAX)
    }

    fn answer(self, asked: Asked) -> Response {
        let size = self.size();
        let (status, part, sound) = match asked {
            Asked::All => (StatusCode::OK, None, self.sound),
            Asked::Beyond => (StatusCode::RANGE_NOT_SATISFIABLE, Some(format!("bytes */{size}")), Bytes::new()),
            Asked::Part(range) => {
                let end = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(self.sound.len());
                let part = self.sound.slice(end(range.start)..end(range.end));
                (StatusCode::PARTIAL_CONTENT, Some(place(&range, size)), part)
            }
        };
        let length = sound.len();
        let body =
            Body::from_stream(ReaderStream::with_capacity(Held { sound: Cursor::new(sound), _slot: self.slot }, PIECE));
        let mut response = (status, [(header::CONTENT_LENGTH, length)], body).into_response();
        let way = if self.is_file { "attachment" } else { "inline" };
        let heads = [
            (header::CONTENT_TYPE, "audio/wav".to_owned()),
            (header::CONTENT_DISPOSITION, format!("{way}; filename=\"{}.wav\"", self.name)),
            (header::ETAG, self.etag),
            (header::ACCEPT_RANGES, "bytes".to_owned()),
            (header::CACHE_CONTROL, "no-store, private".to_owned()),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            (header::REFERRER_POLICY, "no-referrer".to_owned()),
            (header::CONTENT_SECURITY_POLICY, "frame-ancestors 'none'".to_owned()),
            (HeaderName::from_static("x-robots-tag"), "noindex".to_owned()),
        ];
        for (name, value) in heads.into_iter().chain(part.map(|part| (header::CONTENT_RANGE, part))) {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// One and the same answer for every link that is none, whatever the reason.
fn unknown() -> Response {
    let words = both("Este enlace no es válido.", "This link is not valid.");
    (StatusCode::NOT_FOUND, guarded(), words).into_response()
}

fn lapsed() -> Response {
    let words = both(
        "Este enlace venció: ya no sirve para escuchar la grabación.",
        "This link has expired: the recording can no longer be heard with it.",
    );
    (StatusCode::GONE, guarded(), words).into_response()
}

fn without_sound(away: &Away) -> Response {
    match away {
        Away::Passing => {
            let words = both(
                "La grabación no se puede escuchar ahora mismo. Inténtelo de nuevo en un minuto.",
                "The recording cannot be heard right now. Try again in a minute.",
            );
            (StatusCode::SERVICE_UNAVAILABLE, guarded(), [(header::RETRY_AFTER, AGAIN)], words).into_response()
        }
        Away::Lasting => {
            let words = both(
                "El proveedor de telefonía no entrega la grabación. Avise a quien administra la línea.",
                "The telephony provider does not hand out the recording. Tell whoever runs the line.",
            );
            (StatusCode::BAD_GATEWAY, guarded(), words).into_response()
        }
    }
}

fn failed(error: &OpsError) -> Response {
    tracing::error!(%error, "a recording cannot be heard by its link");
    without_sound(&Away::Passing)
}
