//! What the line does next, in no provider's words. A document is a list of these; the provider's adapter renders it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Language;

/// One thing the line does. Verbs run in order; `Gather` and `Record` end the document when they got something, and fall
/// through to what follows (always [`Verb::Continue`]) when they got nothing.
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
