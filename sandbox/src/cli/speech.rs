//! `--speech`: what says what the application's documents say.

use std::sync::Arc;

use clap::Args;
use guardia_sandbox::sound::speech::{Bounds, Settings, Speaker, SpeechError};

use super::CliError;

/// What speaks.
#[derive(Debug, Args)]
pub(super) struct Speech {
    /// What says what documents say: none (silence as long as the words), espeak (espeak-ng), the address of a server with
    /// OpenAI's interface, or a command such as 'piper --model FILE', which reads the words from its input and writes a WAV
    /// file. Without it none, and for softphones espeak.
    #[arg(long = "speech", value_name = "ENGINE")]
    engine: Option<String>,
    /// The server's model, or what {model} stands for in the command.
    #[arg(
        id = "speech_model",
        long = "speech-model",
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    model: String,
    /// The voice that the server speaks with.
    #[arg(
        id = "speech_voice",
        long = "speech-voice",
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    voice: String,
    /// The command writes bare samples (16 bits, one channel), so many a second, in place of a WAV file.
    #[arg(id = "speech_rate", long = "speech-rate", value_name = "HZ")]
    rate: Option<u32>,
    /// The environment variable with the key that lets us in at the server.
    #[arg(id = "speech_key_variable", long = "speech-key-variable", value_name = "VARIABLE")]
    key_variable: Option<String>,
}

impl Speech {
    /// Whether somebody said what speaks.
    pub(super) fn is_chosen(&self) -> bool {
        self.engine.is_some()
    }

    fn engine(&self) -> &str {
        self.engine.as_deref().unwrap_or("none")
    }

    fn settings(&self) -> Result<Settings, CliError> {
        Ok(match self.engine() {
            "none" => Settings::None {},
            "espeak" | "espeak-ng" => Settings::Espeak {},
            base if base.starts_with("http://") || base.starts_with("https://") => {
                if self.model.is_empty() || self.voice.is_empty() {
                    let mend = "a speech server is told who speaks: add --speech-model and --speech-voice";
                    return Err(CliError::Usage(mend.to_owned()));
                }
                Settings::Http {
                    base: base.to_owned(),
                    model: self.model.clone(),
                    voice: self.voice.clone(),
                    key_variable: self.key_variable.clone(),
                }
            }
            command => Settings::Command { command: command.to_owned(), model: self.model.clone(), rate: self.rate },
        })
    }

    /// The voice of the network, if it is to have one. It must say a word first: an engine that cannot is found out here
    /// and not in the first call.
    pub(super) async fn speaker(&self) -> Result<Option<Arc<Speaker>>, CliError> {
        let settings = self.settings()?;
        if settings == (Settings::None {}) {
            return Ok(None);
        }
        let failed = |error: SpeechError| {
            let mend = match (&settings, &error) {
                (Settings::Espeak {}, SpeechError::Start { .. }) => {
                    "install espeak-ng (Debian: apt-get install espeak-ng), or take --speech none"
                }
                (Settings::Command { .. }, SpeechError::Start { .. }) => {
                    "expected none, espeak, an address, or the command of a program that is installed"
                }
                (Settings::Command { rate: None, .. }, SpeechError::Sound(_)) => {
                    "a command that writes bare samples needs --speech-rate"
                }
                _ => "see --help",
            };
            CliError::Usage(format!("--speech {}: {error}; {mend}", self.engine()))
        };
        let speaker = Speaker::new(settings.engine().map_err(failed)?, Bounds::default());
        speaker.say("uno", "es", "").await.map_err(failed)?;
        Ok(Some(Arc::new(speaker)))
    }
}
