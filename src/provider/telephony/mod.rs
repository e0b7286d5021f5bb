//! The TwiML family of telephony providers: what arrives (signed forms), what is answered (TwiML documents).
//!
//! A request passes these in order: [`FrontDoor`] (which public URL did the provider call?), [`Verifier`] (is it signed, is
//! it ours?), events (what happened?). The answer of the flow passes the renderer.

pub mod form;
mod public_url;
pub mod signature;
mod verifier;

pub use form::Params;
pub use public_url::{FrontDoor, Network, PublicUrl, PublicUrlError};
pub use verifier::{MAX_BODY_BYTES, Refusal, SelfTestFailed, Verifier, VerifierError};
