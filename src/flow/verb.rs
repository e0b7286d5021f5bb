//! What the line does next, in no provider's words. A document is a list of these; the provider's adapter renders it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Language;
use crate::phone::Phone;

/// One thing the line does. Verbs run in order; `Gather` and `Record` end the document when they got something, and fall
/// through to what follows (always [`Verb::Continue`]) when they got nothing. `Enqueue` and `Bridge` end the document: when
/// the wait or the conversation is over, the next one is asked for with how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Speak or play, keys not listened to.
    Say(Utterance),
    /// Nothing for a while.
    Pause(Duration),
    /// Listen for keys (and words) while speaking and after.
    Gather(Gather),
    /// Record the caller.
    Record(Record),
    /// Nothing was keyed or said: ask for the next document with "silence" as the input.
    Continue,
    /// Wait in a queue until somebody takes the call ([`Verb::Bridge`] to the queue), it is redirected, or what is heard
    /// meanwhile says [`Verb::Leave`].
    Enqueue {
        /// The queue's name: an opaque id, nothing personal. It is made when the first call waits in it.
        queue: String,
    },
    /// Join this call to another.
    Bridge(Bridge),
    /// Leave the queue that the call waits in; only in the document that is heard while waiting.
    Leave,
    /// End the call.
    Hangup,
}

/// Something spoken: words, or a file that holds the same words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Utterance {
    /// Words for the provider's speech engine, placeholders already spoken out.
    Words {
        /// The language they are in.
        language: Language,
        /// The words.
        text: String,
    },
    /// A recorded prompt, named as in the prompt file; `text` is what it says.
    File {
        /// The language it is in.
        language: Language,
        /// The file's name below the audio folder.
        file: String,
        /// The same in words, for whoever cannot hear it.
        text: String,
    },
    /// What the caller recorded earlier in this call.
    Recording {
        /// Where the provider keeps it.
        url: String,
    },
}

/// Listening.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gather {
    /// Spoken while already listening: a key cuts it short.
    pub prompts: Vec<Utterance>,
    /// How many digits end the input by themselves; `None` = only the end key or a pause does.
    pub digits: Option<u8>,
    /// The key that ends the input and is not part of it; `None` = every key counts.
    pub end: Option<char>,
    /// How long to wait for the first digit after the prompts.
    pub first: Duration,
    /// How long to wait between digits. A provider with one time-out uses the longer of both.
    pub between: Duration,
    /// Words listened for, where the provider hears speech; empty = keys only.
    pub words: Vec<String>,
    /// The language spoken to the caller, for speech recognition.
    pub language: Language,
}

/// Recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The longest recording.
    pub max: Duration,
    /// Silence that ends it.
    pub silence: Duration,
    /// The key that ends it.
    pub end: char,
    /// Whether a tone marks the start.
    pub beep: bool,
}

/// Joining a call to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bridge {
    /// Who is at the far end.
    pub to: Far,
    /// How long to wait for them: to pick up, or to come into the queue.
    pub ring: Duration,
    /// The longest conversation.
    pub limit: Duration,
    /// Whether the conversation is recorded.
    pub record: bool,
}

/// The far end of a [`Bridge`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Far {
    /// The call that waits longest in a queue.
    Queue {
        /// The queue's name.
        name: String,
        /// Whether *the one who waited* hears a document before: "we join you now". It can only speak; what the one who takes
        /// the call is told and asked stands in this document, before the bridge.
        whisper: bool,
    },
    /// Whoever is in a conference.
    Conference(Conference),
    /// A telephone, which is called now.
    Number {
        /// Whose.
        phone: Phone,
        /// The number of ours that they see.
        from: Phone,
        /// Whether *the called one* hears a document before, which may ask for a key and hang up.
        whisper: bool,
    },
}

/// A conference to join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conference {
    /// Its name: an opaque id, nothing personal.
    pub name: String,
    /// Whether it begins when this call comes in; until one does, everybody waits.
    pub starts: bool,
    /// Whether it ends when this call leaves.
    pub ends: bool,
    /// Whether a tone tells of who comes and goes.
    pub beep: bool,
}
