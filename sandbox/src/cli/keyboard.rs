//! `guardia-sandbox call` without a script: somebody at the keyboard calls, in real time.

use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use guardia_sandbox::story::{natural_length, written};
use guardia_sandbox::{CallSid, CallStatus, CallView, Network};
use tokio::sync::mpsc;

use super::CliError;

const HELP: &str = "Type keys and Enter to press them, words and Enter to say them, 'sms words' to \
                    write, 'hang up' or Ctrl-C to hang up.\n";

/// Somebody at the keyboard.
#[derive(Debug, Args)]
pub(super) struct Keyboard {
    /// Call from the keyboard, in real time. So it is without --script.
    #[arg(long, conflicts_with = "script")]
    keys: bool,
    /// Write the call as a story that plays the same again with --script. The file must not be there yet.
    #[arg(long, value_name = "FILE", conflicts_with = "script")]
    record: Option<PathBuf>,
    /// Who calls, in E.164.
    #[arg(long, value_name = "NUMBER", default_value = "+18095550142", conflicts_with = "script")]
    from: String,
    /// The application's number, in E.164.
    #[arg(long, value_name = "NUMBER", default_value = "+18095550100", conflicts_with = "script")]
    number: String,
}

/// What a line from the keyboard means.
#[derive(Debug, PartialEq, Eq)]
enum Typed {
    Keys(String),
    Words(String),
    Sms(String),
    HangUp,
    Nothing,
}

impl Typed {
    fn read(line: &str) -> Self {
        let line = line.trim();
        let is_key = |key: char| key.is_ascii_digit() || matches!(key, '*' | '#');
        if line.is_empty() {
            Self::Nothing
        } else if line.eq_ignore_ascii_case("hang up") {
            Self::HangUp
        } else if let Some(words) = line.strip_prefix("sms ") {
            Self::Sms(words.trim().to_owned())
        } else if line.chars().all(is_key) {
            Self::Keys(line.to_owned())
        } else {
            Self::Words(line.strip_prefix("say ").unwrap_or(line).to_owned())
        }
    }
}

impl Keyboard {
    pub(super) fn number(&self) -> &str {
        &self.number
    }

    /// Calls, and lets the person act until the call is over.
    pub(super) async fn call(&self, network: &Network) -> Result<ExitCode, CliError> {
        if let Some(file) = self.record.as_ref().filter(|file| file.exists()) {
            return Err(CliError::Usage(format!("{}: is there already; give --record another name", file.display())));
        }
        println!("{HELP}");
        let mut lines = typed();
        let (over, mut ended) = mpsc::channel(1);
        network.on_log(move |entry| {
            if entry.what == guardia_sandbox::What::Over {
                // One is enough: whoever waits looks at the call.
                let _ = over.try_send(());
            }
        });
        let call = network.dial(&self.from, &self.number);
        let act = async {
            let mut listening = true;
            while !is_over(network, &call) {
                tokio::select! {
                    _ = ended.recv() => {}
                    line = lines.recv(), if listening => match line {
                        Some(line) => act(network, &call, &self.from, &self.number, Typed::read(&line)),
                        None => listening = false,
                    },
                    _ = tokio::signal::ctrl_c() => network.hang_up(&call),
                }
            }
            network.settled().await;
        };
        tokio::select! {
            () = network.run_in_real_time() => {}
            () = act => {}
        }
        // What the last webhook was answered is on record from here on.
        network.advance_to(network.now());
        let Some(view) = network.call(&call) else { return Ok(ExitCode::FAILURE) };
        if let Some(file) = &self.record {
            keep(file, network, &view).await?;
        }
        Ok(verdict(network, &view))
    }
}

/// The lines of the keyboard. A thread of its own reads them: the program ends without waiting for the next one.
fn typed() -> mpsc::Receiver<String> {
    let (lines, typed) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if lines.blocking_send(line).is_err() {
                break;
            }
        }
    });
    typed
}

fn act(network: &Network, call: &CallSid, from: &str, number: &str, typed: Typed) {
    match typed {
        Typed::Nothing => {}
        Typed::HangUp => network.hang_up(call),
        Typed::Sms(words) => {
            network.place_sms(from, number, &words);
        }
        Typed::Keys(keys) => network.press(call, &keys),
        Typed::Words(words) => {
            if network.call(call).is_some_and(|call| call.listens) {
                network.speak(call, &words, natural_length(&words));
            } else {
                println!("(nothing listens to words now; keys are 0-9, * and #)");
            }
        }
    }
}

fn is_over(network: &Network, call: &CallSid) -> bool {
    network.call(call).is_none_or(|call| call.status.is_final())
}

async fn keep(file: &Path, network: &Network, call: &CallView) -> Result<(), CliError> {
    let title = format!("A call of {} to {}", call.from, call.to);
    let page = written(network, call, &title);
    let name = file.display().to_string();
    tokio::fs::write(file, page).await.map_err(|error| CliError::Write(name.clone(), error))?;
    println!("\nWritten: {name}");
    Ok(())
}

fn verdict(network: &Network, call: &CallView) -> ExitCode {
    let problems = network.errors();
    for problem in &problems {
        println!("\nFAILED {problem}");
    }
    if call.status == CallStatus::Failed || !problems.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_keys_words_a_message_or_the_end() {
        let cases = [
            ("1", Typed::Keys("1".to_owned())),
            (" 0012# ", Typed::Keys("0012#".to_owned())),
            ("la nómina no responde", Typed::Words("la nómina no responde".to_owned())),
            ("say 1", Typed::Words("1".to_owned())),
            ("sms STOP", Typed::Sms("STOP".to_owned())),
            ("Hang up", Typed::HangUp),
            ("", Typed::Nothing),
        ];
        for (line, expected) in cases {
            assert_eq!(Typed::read(line), expected, "{line}");
        }
    }
}
