//! Words as sound, by an engine of your choice: espeak-ng, any program, any server with the interface of OpenAI, or none.
//!
//! What was spoken once is kept, and the same words that many ask for at once are spoken once ([`Speaker`]). The words are
//! never part of a command line, a URL, an error or a log line.

mod espeak;
mod http;
mod program;
mod settings;
mod silent;
mod speaker;

use async_trait::async_trait;

use super::SoundError;

pub use espeak::Espeak;
pub use http::Http;
pub use program::{Output, Program};
pub use settings::Settings;
pub use silent::Silent;
pub use speaker::{Bounds, Speaker};

/// The most characters that are spoken at once: the longest `Say` of any of the provider's voices.
pub const MOST_CHARACTERS: usize = 5000;

/// What speaks. Engines are cheap to ask again for the same; a [`Speaker`] in front of one sees that they are not.
#[async_trait]
pub trait Engine: Send + Sync + std::fmt::Debug {
    /// Which engine it is and how it is set: what it says differs from what one of another name says.
    fn name(&self) -> &str;

    /// The words as sound. `language` is a BCP 47 tag, `voice` the name that the document gives; both may be empty or
    /// unknown to the engine, which then takes its own.
    ///
    /// # Errors
    /// When the engine cannot be reached, fails, or takes too long or says too much.
    async fn say(&self, text: &str, language: &str, voice: &str) -> Result<Vec<i16>, SpeechError>;
}

/// Why something was not said.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpeechError {
    /// More than [`MOST_CHARACTERS`].
    #[error("the text has more than {MOST_CHARACTERS} characters")]
    TooLong,
    /// A language or voice that is no name: such a one is never given to a program.
    #[error("a language or voice is letters, digits, dots, plus, minus and underline, at most 64")]
    Name,
    /// An engine that is described wrongly.
    #[error("the speech engine is described wrongly: {0}")]
    Settings(String),
    /// A program that cannot be started.
    #[error("{program} cannot be started: {why}")]
    Start {
        /// The program.
        program: String,
        /// What the system says.
        why: String,
    },
    /// A program that ended badly.
    #[error("{program} failed: {status}")]
    Failed {
        /// The program.
        program: String,
        /// How it ended.
        status: String,
    },
    /// An engine that took too long.
    #[error("the speech engine took longer than {0} s")]
    TimedOut(u64),
    /// An engine whose answer does not end.
    #[error("the speech engine wrote more than {0} bytes")]
    TooMuch(usize),
    /// A server that cannot be reached, or whose answer breaks off.
    #[error("the speech server does not answer: {0}")]
    Unreachable(String),
    /// A server that says no.
    #[error("the speech server answered {0}")]
    Refused(u16),
    /// Sound that cannot be read.
    #[error("the speech engine's sound: {0}")]
    Sound(#[from] SoundError),
    /// Too many ask for something else at the same time.
    #[error("too many wait for the speech engine")]
    Busy,
}

/// A language or voice that may stand on a command line: no option, no path.
fn checked_name(name: &str) -> Result<&str, SpeechError> {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "._+-".contains(character);
    let begins_well = name.chars().next().is_none_or(|first| first.is_ascii_alphanumeric());
    if begins_well && name.len() <= 64 && name.chars().all(is_plain) { Ok(name) } else { Err(SpeechError::Name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_neither_an_option_nor_a_path() {
        for name in ["", "es-DO", "Polly.Lupe-Neural", "es-419+f3", "en_US-lessac"] {
            assert_eq!(checked_name(name), Ok(name));
        }
        for name in ["-w", "--help", "../x", "a/b", "a b", "+x", "ñ", "a\0", &"x".repeat(65)] {
            assert_eq!(checked_name(name), Err(SpeechError::Name), "{name}");
        }
    }
}
