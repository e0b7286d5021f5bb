//! The TwiML family of telephony providers: what arrives (signed forms), what is answered (TwiML documents), and calls by
//! REST.
//!
//! A request passes these in order: [`FrontDoor`] (which public URL did the provider call?), [`Verifier`] (is it signed, is
//! it ours?), [`Events`] (what happened?). The answer of the flow passes [`render`].

mod bridge;
mod call_record;
mod calls;
mod dialect;
mod event;
pub mod form;
mod leg_event;
mod line_check;
mod public_url;
mod recordings;
mod signature;
mod speech_text;
mod status;
mod twiml;
mod verifier;
mod voice;

pub use call_record::{CallPage, CallRecord, Direction};
pub use calls::{Calls, Change, HangUp, MAX_RING, Placement};
pub use dialect::{Dialect, IdShape};
pub use event::{
    CallProgress, EventError, Events, IncomingCall, IncomingMessage, MessageProgress, RecordingProgress, Turn,
};
pub use form::Params;
pub use leg_event::{
    Answered, ConferenceEvent, ConferenceRecording, DialEnded, MAX_NAME_CHARACTERS, QueueLeft, Waiting,
};
pub use line_check::{LineCheck, callbacks};
pub use public_url::{FrontDoor, Network, PublicUrl, PublicUrlError};
pub use recordings::{MAX_RECORDING_BYTES, Recordings};
pub use speech_text::MAX_SAY_CHARACTERS;
pub use status::{AnsweredBy, CallStatus, ConferenceStep, DialStatus, MessageStatus, QueueResult, RecordingStatus};
pub use twiml::{
    CONTENT_TYPE, EMPTY_DOCUMENT, Links, MAX_DOCUMENT_BYTES, RETRIES, RenderError, render, static_fallback,
};
pub use verifier::{MAX_BODY_BYTES, Refusal, SelfTestFailed, Verifier, VerifierError};
pub use voice::{Voice, Voices};
