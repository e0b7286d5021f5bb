//! What is heard, made sound by another program: the sandbox knows no sound cards.

use std::process::Stdio;

use guardia_sandbox::sound::Frame;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

use super::CliError;

/// Programs that are looked for, the first one that is there: those of ALSA, `PulseAudio` and `PipeWire`.
const KNOWN: [&str; 3] = [
    "aplay -q -t raw -f S16_LE -r 8000 -c 1",
    "paplay --raw --format=s16le --rate=8000 --channels=1",
    "pw-play --raw --format=s16 --rate=8000 --channels=1 -",
];
/// Frames that may wait for the program, half a second; what is too late to be heard is lost.
const AHEAD: usize = 25;

/// What makes sound; or nothing, and words are read only.
pub(super) struct Loudspeaker {
    description: String,
    frames: Option<mpsc::Sender<Vec<u8>>>,
    /// Ends with the telephone.
    _program: Option<Child>,
}

impl Loudspeaker {
    /// Starts what was asked for, or what is installed.
    ///
    /// # Errors
    ///
    /// What was asked for cannot be started.
    pub(super) fn open(asked: Option<&str>) -> Result<Self, CliError> {
        let silent = |description: &str| Self { description: description.to_owned(), frames: None, _program: None };
        match asked {
            Some("none") => Ok(silent("Sound: none")),
            Some(command) => Self::start(command),
            None => match KNOWN.into_iter().find(|command| is_installed(command)) {
                Some(command) => Self::start(command),
                None => Ok(silent("Sound: none (install alsa-utils, or give --sound COMMAND)")),
            },
        }
    }

    fn start(command: &str) -> Result<Self, CliError> {
        let wrong = |why: String| CliError::Usage(format!("--sound {command}: {why}"));
        let mut words = shlex::split(command).unwrap_or_default().into_iter();
        let program = words.next().ok_or_else(|| wrong("this is no command".to_owned()))?;
        let mut child = Command::new(program)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| wrong(format!("{error}; give another command, or none")))?;
        let (frames, mut waiting) = mpsc::channel::<Vec<u8>>(AHEAD);
        if let Some(mut input) = child.stdin.take() {
            let name = command.to_owned();
            tokio::spawn(async move {
                while let Some(frame) = waiting.recv().await {
                    if input.write_all(&frame).await.is_err() {
                        return println!("no sound: '{name}' has ended (is there a sound card? --sound none if not)");
                    }
                }
            });
        }
        Ok(Self { description: format!("Sound: {command}"), frames: Some(frames), _program: Some(child) })
    }

    /// What makes sound, in words.
    pub(super) fn description(&self) -> &str {
        &self.description
    }

    /// 20 ms are heard.
    pub(super) fn play(&self, frame: &Frame) {
        if let Some(frames) = &self.frames {
            // A program that is slow loses it, one that has ended said so.
            let _ = frames.try_send(frame.0.iter().flat_map(|sample| sample.to_le_bytes()).collect());
        }
    }
}

/// Whether the program of a command is on the path.
fn is_installed(command: &str) -> bool {
    let program = command.split(' ').next().unwrap_or_default();
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
