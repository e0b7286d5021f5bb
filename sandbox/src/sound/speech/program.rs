//! Any program that reads words and writes sound.

use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use super::{Engine, SpeechError, checked_name};
use crate::sound::{LONGEST, SoundError, decode, raw};
use crate::time::sleep;

/// How long a program may take for one text.
pub(super) const TIME: Duration = Duration::from_secs(30);
/// The most that a program may write: a quarter of an hour of what the usual engines write.
pub(super) const BYTES: usize = 48 * 1024 * 1024;

/// What a program writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// A sound file.
    File,
    /// Samples of 16 bits, the low byte first, at so many a second.
    Raw(u32),
}

/// A program: it gets the words on its standard input, in UTF-8, and writes sound to its standard output.
#[derive(Clone, Debug)]
pub struct Program {
    name: String,
    file: String,
    arguments: Vec<String>,
    output: Output,
    pub(super) time: Duration,
    pub(super) bytes: usize,
}

impl Program {
    /// A program by its command line, as one writes it in a shell; there is no shell. In its arguments `{language}` and
    /// `{voice}` stand for what the document asks for.
    ///
    /// # Errors
    /// [`SpeechError::Settings`] for a line that is none.
    pub fn new(command: &str, output: Output) -> Result<Self, SpeechError> {
        let mut words = shlex::split(command)
            .ok_or_else(|| SpeechError::Settings("a quotation mark in the command has no other".to_owned()))?
            .into_iter();
        let program = words.next().filter(|program| !program.is_empty());
        let program = program.ok_or_else(|| SpeechError::Settings("the command is empty".to_owned()))?;
        Ok(Self {
            name: format!("command {command}"),
            file: program,
            arguments: words.collect(),
            output,
            time: TIME,
            bytes: BYTES,
        })
    }

    async fn sound(&self, text: &str, language: &str, voice: &str) -> Result<Vec<u8>, SpeechError> {
        let arguments =
            self.arguments.iter().map(|argument| argument.replace("{language}", language).replace("{voice}", voice));
        let mut child = Command::new(&self.file)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| SpeechError::Start { program: self.file.clone(), why: error.to_string() })?;
        tokio::select! {
            written = self.talk(&mut child, text) => written,
            // Dropping the child ends it.
            () = sleep(self.time) => Err(SpeechError::TimedOut(self.time.as_secs())),
        }
    }

    /// Gives it the words while it writes: it may do so before it has read them all.
    async fn talk(&self, child: &mut Child, text: &str) -> Result<Vec<u8>, SpeechError> {
        let failed = |status: String| SpeechError::Failed { program: self.file.clone(), status };
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed("it has no standard input or output".to_owned()));
        };
        let most = u64::try_from(self.bytes).unwrap_or(u64::MAX).saturating_add(1);
        let (mut stdout, mut sound) = (stdout.take(most), Vec::new());
        let give = async move {
            // A program that does not read to the end says by its status whether that is well.
            let _ = stdin.write_all(text.as_bytes()).await;
            let _ = stdin.shutdown().await;
        };
        let ((), read) = tokio::join!(give, stdout.read_to_end(&mut sound));
        read.map_err(|error| failed(error.to_string()))?;
        if sound.len() > self.bytes {
            return Err(SpeechError::TooMuch(self.bytes));
        }
        let status = child.wait().await.map_err(|error| failed(error.to_string()))?;
        if status.success() { Ok(sound) } else { Err(failed(status.to_string())) }
    }
}

#[async_trait]
impl Engine for Program {
    fn name(&self) -> &str {
        &self.name
    }

    async fn say(&self, text: &str, language: &str, voice: &str) -> Result<Vec<i16>, SpeechError> {
        let bytes = self.sound(&plain(text), checked_name(language)?, checked_name(voice)?).await?;
        let output = self.output;
        heard(move || match output {
            Output::File => decode(&bytes, "audio/wav"),
            Output::Raw(rate) => raw(&bytes, rate),
        })
        .await
    }
}

/// Reads sound where that does not hold up calls.
pub(super) async fn heard(
    read: impl FnOnce() -> Result<Vec<i16>, SoundError> + Send + 'static,
) -> Result<Vec<i16>, SpeechError> {
    let sound = tokio::task::spawn_blocking(read).await;
    Ok(sound.map_err(|_| SoundError::Unreadable(format!("reading it failed; at most {} s", LONGEST.as_secs())))??)
}

/// One line of words: engines take a line for a text, and control characters for commands.
fn plain(text: &str) -> String {
    let mut line: String = text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn said(command: &str, output: Output, text: &str) -> Result<Vec<i16>, SpeechError> {
        Program::new(command, output).unwrap().say(text, "es-DO", "alice").await
    }

    #[tokio::test]
    async fn a_program_gets_the_words_and_the_names_and_writes_samples() {
        // Every byte is half a sample: "ab" is 0x6261.
        assert_eq!(said("cat", Output::Raw(8000), "abab ").await, Ok(vec![0x6261, 0x6261, 0x0a20]));
        let command = r#"sh -c 'cat > /dev/null; printf %s "$1$2"' sh {language} '{voice}-'"#;
        assert_eq!(said(command, Output::Raw(8000), "x").await.unwrap().len(), "es-DOalice-".len() / 2);
        // Control characters are none of its business.
        assert_eq!(said("cat", Output::Raw(8000), "\u{1}b\n").await, Ok(vec![0x6220, 0x0a20]));
    }

    #[tokio::test]
    async fn a_file_is_read_as_one() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), crate::sound::wav::mono(&[1, 2, 3])).unwrap();
        assert_eq!(said(&format!("cat {}", file.path().display()), Output::File, "x").await, Ok(vec![1, 2, 3]));
        assert!(matches!(said("cat", Output::File, "no sound").await, Err(SpeechError::Sound(_))));
    }

    #[tokio::test]
    async fn espeak_is_a_program_like_any_other() {
        let command = "espeak-ng --stdin --stdout -v '{language}'";
        let engine = Program::new(command, Output::File).unwrap();
        let word = engine.say("Hola", "es-419", "").await.unwrap();
        // Much more than a pipe holds, both ways.
        let page = engine.say(&"La nómina no responde. ".repeat(40), "es-419", "").await.unwrap();
        assert!((3000..16_000).contains(&word.len()), "{}", word.len());
        assert!(page.len() > 8000 * 40, "{}", page.len());
    }

    #[tokio::test]
    async fn what_goes_wrong_says_so_without_the_words() {
        let secret = "the blue door";
        let mut errors = vec![
            said("there-is-no-such-program", Output::File, secret).await.unwrap_err(),
            said("sh -c 'cat; exit 3'", Output::File, secret).await.unwrap_err(),
            said("cat", Output::File, secret).await.unwrap_err(),
        ];
        let mut program = Program::new("cat", Output::Raw(8000)).unwrap();
        program.bytes = 5;
        errors.push(program.say(secret, "", "").await.unwrap_err());
        assert_eq!(errors[3], SpeechError::TooMuch(5));
        assert_eq!(program.say(secret, "-x", "").await, Err(SpeechError::Name));
        assert!(matches!(errors[1], SpeechError::Failed { .. }), "{:?}", errors[1]);
        for error in errors {
            assert!(!error.to_string().contains("blue"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_program_that_does_not_end_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let command = format!("sh -c 'echo $$ > {}; exec sleep 600'", file.display());
        let mut program = Program::new(&command, Output::Raw(8000)).unwrap();
        program.time = Duration::from_millis(500);
        assert_eq!(program.say("x", "", "").await, Err(SpeechError::TimedOut(0)));
        let process = std::fs::read_to_string(&file).unwrap();
        let is_there = || {
            let status = std::fs::read_to_string(format!("/proc/{}/stat", process.trim())).unwrap_or_default();
            !status.is_empty() && !status.contains(") Z ")
        };
        while is_there() {
            tokio::task::yield_now().await;
        }
    }

    #[test]
    fn a_command_that_is_none_is_refused() {
        for command in ["", "   ", "cat 'x", "''"] {
            let refusal = Program::new(command, Output::File).unwrap_err();
            assert!(matches!(refusal, SpeechError::Settings(_)), "{command}: {refusal}");
        }
    }
}
