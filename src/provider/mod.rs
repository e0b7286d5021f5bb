//! The outside world: the telephony provider, text messages, and whatever else is spoken to over HTTP. The only room with
//! `reqwest`, `lettre` and `quick-xml`. It knows the domain's words, never the store, and nothing here runs inside a transaction.
//!
//! A provider is a path prefix at the door (`/twilio`) and a [`telephony::Dialect`]: what differs between providers of one
//! family is data, so that another one stands beside it without a single `if`.

mod blobs;
mod breaker;
mod failure;
mod guarded;
mod heartbeat;
pub mod http;
pub mod messaging;
mod reach;
mod rest;
mod route;
mod secret;
mod send_error;
pub mod telephony;
pub mod ticketing;

pub use blobs::{BlobError, Blobs, BucketSettings, Content, Kept, Upload};
pub use breaker::{State as BreakerState, Tolerance};
pub use guarded::GuardedHttp;
pub use heartbeat::{Heartbeat, HeartbeatError, NoBeat};
pub use reach::{Reach, is_public};
pub use route::{Named, Route, RouteError, Taken, Try, Untaken};
pub use secret::Secret;
