//! The program itself, as whoever uses it starts it.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::application::TOKEN;

/// A test waits for so long at most.
const PATIENCE: Duration = Duration::from_mins(1);

/// Waits, but not for ever.
#[expect(clippy::disallowed_methods, reason = "a bound on what a test waits for, not a wait")]
pub async fn within<T>(what: &str, wait: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// `guardia-sandbox`, until it is dropped.
pub struct Program {
    pub child: Child,
    input: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
    /// What it printed and nobody looked for.
    printed: Vec<String>,
}

impl Program {
    pub fn start(arguments: &[&str]) -> Self {
        let mut child = command(arguments).stdin(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { input: child.stdin.take(), child, lines, printed: Vec::new() }
    }

    pub async fn types(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        input.flush().await.unwrap();
    }

    /// Nothing more is typed.
    pub fn types_no_more(&mut self) {
        self.input = None;
    }

    /// Waits until it prints a line with something in it, whatever else it prints before; each line is found once.
    pub async fn prints(&mut self, what: &str) -> String {
        loop {
            if let Some(place) = self.printed.iter().position(|line| line.contains(what)) {
                return self.printed.remove(place);
            }
            let line = within(&format!("'{what}'"), self.lines.next_line()).await.unwrap();
            self.printed.push(line.unwrap_or_else(|| panic!("it ended without '{what}': {:#?}", self.printed)));
        }
    }
}

/// The program with arguments, and what it prints read.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guardia-sandbox"));
    command.args(arguments).env("GUARDIA_SANDBOX_TOKEN", TOKEN).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// How the program ends by itself: whether well, and what it complains of.
pub async fn ends(arguments: &[&str]) -> (bool, String) {
    let output = within("its end", command(arguments).stdin(Stdio::null()).kill_on_drop(true).output()).await.unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}
