//! Which engine speaks, as a file says it.

use std::sync::Arc;

use serde::Deserialize;

use super::{Engine, Espeak, Http, Output, Program, Silent, SpeechError};

/// Which engine speaks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "engine", rename_all = "lowercase", deny_unknown_fields)]
pub enum Settings {
    /// None: silence as long as the words.
    None {},
    /// espeak-ng, as it is installed.
    Espeak {},
    /// Any program, such as `piper --model {model} --output_raw`.
    Command {
        /// Its command line. `{model}`, `{language}` and `{voice}` are filled in.
        command: String,
        /// What `{model}` stands for.
        #[serde(default)]
        model: String,
        /// Samples a second when it writes bare samples; without it, it writes a WAV file.
        rate: Option<u32>,
    },
    /// A server with the interface of OpenAI's `audio/speech`.
    Http {
        /// Its address, without `/v1/audio/speech`.
        base: String,
        /// The model that speaks.
        model: String,
        /// The voice it speaks with.
        voice: String,
        /// The environment variable with the key that lets us in.
        key_variable: Option<String>,
    },
}

impl Default for Settings {
    fn default() -> Self {
        Self::None {}
    }
}

impl Settings {
    /// The engine that is described.
    ///
    /// # Errors
    /// [`SpeechError::Settings`] when it is described wrongly, or its key is missing.
    pub fn engine(&self) -> Result<Arc<dyn Engine>, SpeechError> {
        Ok(match self {
            Self::None {} => Arc::new(Silent),
            Self::Espeak {} => Arc::new(Espeak::new()?),
            Self::Command { command, model, rate } => {
                let output = rate.map_or(Output::File, Output::Raw);
                let model = shlex::try_quote(model)
                    .map_err(|_| SpeechError::Settings("the model has a zero byte in it".to_owned()))?;
                Arc::new(Program::new(&command.replace("{model}", &model), output)?)
            }
            Self::Http { base, model, voice, key_variable } => {
                let key = key_variable.as_ref().map(|variable| {
                    std::env::var(variable)
                        .map_err(|_| SpeechError::Settings(format!("the environment has no variable {variable}")))
                });
                Arc::new(Http::new(base, model, voice, key.transpose()?)?)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(json: &str) -> Result<Settings, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn every_engine_is_described_by_a_file() {
        for (json, name) in [
            (r#"{"engine": "none"}"#, "none"),
            (r#"{"engine": "espeak"}"#, "espeak-ng"),
            (
                r#"{"engine": "command", "command": "piper --model {model} --output_raw", "model": "/m/a b.onnx", "rate": 22050}"#,
                "command piper --model '/m/a b.onnx' --output_raw",
            ),
            (
                r#"{"engine": "http", "base": "http://127.0.0.1:8000/", "model": "kokoro", "voice": "em_alex"}"#,
                "http http://127.0.0.1:8000/v1/audio/speech kokoro em_alex",
            ),
        ] {
            assert_eq!(settings(json).unwrap().engine().unwrap().name(), name);
        }
    }

    #[test]
    fn what_is_described_wrongly_is_refused() {
        for json in [
            r#"{"engine": "http", "base": "ftp://x", "model": "m", "voice": "v"}"#,
            r#"{"engine": "http", "base": "http://me:secret@x", "model": "m", "voice": "v"}"#,
            r#"{"engine": "http", "base": "http://x", "model": "m", "voice": "v", "key_variable": "NO_SUCH_VARIABLE_1"}"#,
            r#"{"engine": "command", "command": "piper 'x"}"#,
        ] {
            let refusal = settings(json).unwrap().engine().unwrap_err();
            assert!(
                matches!(refusal, SpeechError::Settings(_)) && !refusal.to_string().contains("secret"),
                "{refusal}"
            );
        }
        assert!(settings(r#"{"engine": "none", "rate": 3}"#).is_err());
        assert!(settings(r#"{"engine": "parrot"}"#).is_err());
    }
}
