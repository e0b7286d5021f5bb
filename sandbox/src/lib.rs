//! A telephone network on your own machine: calls, text messages and recordings for any application that speaks TwiML.
//!
//! It is an independent witness: written from the provider's public wire format, it shares no type with the application
//! that it serves.
//!
//! | Where | What |
//! |---|---|
//! | `network` | the network as its host sees it: people, time, records |
//! | `state`, `world`, `timetable` | the simulation: plain values, no threads, no sockets |
//! | `call` | a call: its life, the interpreter, one file per verb that takes time |
//! | `twiml` | documents, read strictly |
//! | `delivery`, `signature`, `watchers` | webhooks, signed, retried, recorded, told to who watches |
//! | `sms`, `recording`, `film` | messages, recordings and their sound |
//! | `conference`, `announcement` | rooms, and what is spoken into them |
//! | `handset`, `notice`, `exchange` | how real telephones ring, hear and are heard |
//! | `studio` | sounds, made before they are heard |
//! | `sound` | what they hear: G.711, keys, files, speech, silence, mixing, packets; its first page is the map |
//! | [`sip`] | softphones that call, are called and register |
//! | `rest` | the provider's REST API |
//! | `set` | a telephone set: what a person does with it, in the terminal or the browser |
//! | `browser` | the telephone in the browser |
//! | `story` | people who act from a readable page, and what somebody did as such a page |
//! | `load` | many people at once, and what the application made of it |
//! | `forget` | what is over and old, let go |
//! | `dice`, `ids` | randomness from a seed |

mod announcement;
mod browser;
mod call;
mod conference;
mod config;
mod delivery;
mod dice;
mod exchange;
mod fault;
mod film;
mod forget;
mod handset;
mod ids;
pub mod load;
mod network;
mod notice;
mod phone;
mod problem;
mod recording;
mod refusal;
mod rest;
mod set;
mod signal;
mod signature;
pub mod sip;
mod sms;
pub mod sound;
mod state;
pub mod story;
mod studio;
mod tape;
mod time;
mod timetable;
mod transcript;
mod twiml;
mod watchers;
mod world;

pub use browser::PhonePage;
pub use call::{CallView, Direction, Status as CallStatus};
pub use config::{Config, Detour, Limits, Line};
pub use delivery::{Delivery, Kind as WebhookKind, Purpose};
pub use fault::{Detected, Faults, Receipts};
pub use handset::{Handset, Socket, Uttered};
pub use ids::{CallSid, ConferenceSid, MessageSid, QueueSid, RecordingSid};
pub use network::Network;
pub use notice::{Happened, Notice};
pub use phone::Phone;
pub use problem::{Failure, Problem, code};
pub use recording::Recording;
pub use refusal::Refusal;
pub use set::{SetState, TelephoneSet};
pub use signature::sign;
pub use sms::{Message, Status as MessageStatus};
pub use time::Instant;
pub use transcript::{Entry, What};
