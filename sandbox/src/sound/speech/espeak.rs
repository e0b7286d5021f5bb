//! espeak-ng, which every Debian has: small, quick, and in Latin American Spanish.

use async_trait::async_trait;

use super::program::{Output, Program};
use super::{Engine, SpeechError, checked_name};

/// espeak-ng, as it is installed.
#[derive(Clone, Debug)]
pub struct Espeak {
    program: Program,
}

impl Espeak {
    /// The `espeak-ng` of the path, at 150 words a minute: what its makers call clear.
    ///
    /// # Errors
    /// None that a test would not find.
    pub fn new() -> Result<Self, SpeechError> {
        let command = "espeak-ng --stdin --stdout -b 1 -s 150 -z -v {voice}";
        Ok(Self { program: Program::new(command, Output::File)? })
    }
}

#[async_trait]
impl Engine for Espeak {
    fn name(&self) -> &'static str {
        "espeak-ng"
    }

    async fn say(&self, text: &str, language: &str, voice: &str) -> Result<Vec<i16>, SpeechError> {
        let voice = espeak_voice(checked_name(language)?, voice);
        // It takes what stands in double brackets for phonemes.
        self.program.say(&text.replace("[[", "[ ["), "", &voice).await
    }
}

/// The name that espeak-ng has for a language, and its higher variant for voices of women.
fn espeak_voice(language: &str, voice: &str) -> String {
    let language = language.to_ascii_lowercase();
    let own = match language.as_str() {
        "" => "en-us",
        "es-es" => "es",
        "en-us" | "en-gb" | "pt-br" | "fr-fr" | "fr-be" | "fr-ch" => language.as_str(),
        _ if language == "es" || language.starts_with("es-") => "es-419",
        _ => language.split('-').next().unwrap_or_default(),
    };
    let of_women = ["woman", "alice", "lupe", "mia", "penelope", "lucia", "conchita", "joanna", "salli", "kimberly"];
    let voice = voice.to_ascii_lowercase();
    let name = voice.rsplit('.').next().unwrap_or_default().split('-').next().unwrap_or_default();
    if of_women.contains(&name) { format!("{own}+f3") } else { own.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::silence::Silence;
    use crate::sound::{RATE, frames};

    #[test]
    fn languages_and_voices_have_their_names() {
        for (language, voice, expected) in [
            ("es-DO", "", "es-419"),
            ("es", "Polly.Pedro", "es-419"),
            ("es-MX", "Polly.Mia-Neural", "es-419+f3"),
            ("es-ES", "woman", "es+f3"),
            ("en-US", "alice", "en-us+f3"),
            ("en-AU", "man", "en"),
            ("", "", "en-us"),
            ("ht", "", "ht"),
        ] {
            assert_eq!(espeak_voice(language, voice), expected, "{language} {voice}");
        }
    }

    #[tokio::test]
    async fn it_speaks_as_long_as_a_person_and_reads_what_looks_like_a_command() {
        let engine = Espeak::new().unwrap();
        let text = "Gracias por llamar a la línea de incidentes críticos.";
        let sound = engine.say(text, "es-DO", "").await.unwrap();
        let seconds = sound.len() / usize::try_from(RATE).unwrap();
        assert!((2..=6).contains(&seconds), "{seconds} s");
        let mut silence = Silence::new();
        assert!(frames(&sound).filter(|frame| silence.hear(frame)).count() > 80);
        // Another voice is another sound; brackets and a leading minus are words like others.
        assert_ne!(engine.say(text, "es-DO", "alice").await.unwrap(), sound);
        for text in ["--version", "-f /etc/hostname", "[[h@l'oU]] hola", "<speak>hola</speak>"] {
            assert!(engine.say(text, "es-419", "").await.unwrap().len() > 2000, "{text}");
        }
        assert!(matches!(engine.say("x", "xx", "").await, Err(SpeechError::Failed { .. })));
    }
}
