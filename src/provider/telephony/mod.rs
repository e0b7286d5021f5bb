//! The TwiML family of telephony providers: what arrives (signed forms), what is answered (TwiML documents).
//!
//! A request passes these in order: [`FrontDoor`] (which public URL did the provider call?), [`Verifier`] (is it signed, is
//! it ours?), [`Events`] (what happened?). The answer of the flow passes the renderer.

mod dialect;
mod event;
pub mod form;
mod public_url;
pub mod signature;
mod status;
mod verifier;

pub use dialect::{Dialect, IdShape};
pub use event::{
    CallProgress, EventError, Events, IncomingCall, IncomingMessage, MessageProgress, RecordingProgress, Turn,
};
pub use form::Params;
pub use public_url::{FrontDoor, Network, PublicUrl, PublicUrlError};
pub use status::{CallStatus, MessageStatus, RecordingStatus};
pub use verifier::{MAX_BODY_BYTES, Refusal, SelfTestFailed, Verifier, VerifierError};
