//! Documents: XML read strictly, element and attribute names case-sensitive, nothing unknown let through.

mod attributes;
mod dial;
mod messaging;
mod schema;
mod verbs;
mod xml;

pub(crate) use dial::{Beep, CONFERENCE_EVENTS, ConferenceNoun, Dial, NumberNoun, QueueNoun, Tape, To};
pub(crate) use messaging::{Reply, read_replies};
pub(crate) use schema::{RECORDING_EVENTS, are_keys, read_document};
pub(crate) use verbs::{Enqueue, Gather, Method, Play, Record, Rejection, Say, SmsVerb, Spoken, Target, Verb};

/// The longest document, in bytes (provider's limit, error 11750).
pub(crate) const LONGEST_DOCUMENT: usize = 64 * 1024;
