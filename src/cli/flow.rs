//! `guardia flow`: check a flow, look at it, hear it, and give its schema to an editor.

mod hear;

use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use crate::clock::{Clock, Instant};
use crate::flow::library::Library;
use crate::flow::{Flow, Language, graph, schema};
use crate::serve::{StartError, read_bundle};
use crate::source::Problem;

pub use hear::{Moment, hear};

/// Check, look at and hear a voice flow.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Check a flow with its prompts and messages: every problem at its line.
    Check {
        /// The page; prompts/ and messages/ are looked for beside it.
        #[arg(default_value = SHIPPED)]
        file: PathBuf,
    },
    /// Print a picture of a flow.
    Graph {
        /// The page; prompts/ and messages/ are looked for beside it.
        #[arg(default_value = SHIPPED)]
        file: PathBuf,
        /// How it is drawn.
        #[arg(long, value_enum, default_value_t = Format::Svg)]
        format: Format,
    },
    /// Play a flow in the terminal: type keys, an empty line is silence, `help` says more.
    Try {
        /// The page; prompts/ and messages/ are looked for beside it.
        #[arg(default_value = SHIPPED)]
        file: PathBuf,
        /// When the call comes in, e.g. 2026-03-07T22:00:00-04:00; now without it.
        #[arg(long)]
        at: Option<Instant>,
        /// The caller's number; withheld without it.
        #[arg(long)]
        from: Option<crate::phone::Phone>,
        /// The language the call begins in: es or en.
        #[arg(long, value_parser = language)]
        lang: Option<Language>,
    },
    /// Print the JSON Schema of the flow language, for editors.
    Schema,
}

/// How a flow is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A picture for any browser.
    Svg,
    /// Text that many wikis draw.
    Mermaid,
}

/// The flow that comes with the program.
const SHIPPED: &str = "voice-flows/critical-hotline.yaml";

/// Why a sub-command failed. [`Error::Problems`] were printed already.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read or the terminal cannot be written.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// Why it failed.
        source: io::Error,
    },
    /// The flow cannot be used.
    #[error("{0} problems; a flow is used only when it has none")]
    Problems(usize),
    /// A file of the flow cannot be read.
    #[error(transparent)]
    Read(#[from] StartError),
    /// A number is none.
    #[error(transparent)]
    Phone(#[from] crate::phone::PhoneError),
    /// The flow failed in the middle of a call.
    #[error(transparent)]
    Fault(#[from] crate::flow::Fault),
}

impl From<io::Error> for Error {
    fn from(source: io::Error) -> Self {
        Self::Io { what: "the terminal".to_owned(), source }
    }
}

/// Does what was asked; `input` is what the caller types, `out` what is printed.
///
/// # Errors
/// [`Error`]; the problems of a flow are printed first, one a line.
pub fn run(command: &Command, clock: &Clock, input: impl BufRead, mut out: impl Write) -> Result<(), Error> {
    match command {
        Command::Check { file } => {
            let flow = load(file, &mut out)?;
            let (nodes, prompts) = (flow.document().nodes.len(), flow.prompts().names().count());
            let languages: Vec<&str> = flow.document().languages.iter().map(|language| language.code()).collect();
            writeln!(
                out,
                "{}: {nodes} nodes, {prompts} prompts in {}; no problems",
                file.display(),
                languages.join(", ")
            )?;
            Ok(())
        }
        Command::Graph { file, format } => {
            let flow = load(file, &mut out)?;
            let picture = match format {
                Format::Svg => graph::svg(flow.document()),
                Format::Mermaid => graph::mermaid(flow.document()),
            };
            writeln!(out, "{picture}")?;
            Ok(())
        }
        Command::Try { file, at, from, lang } => {
            let flow = load(file, &mut out)?;
            let moment = Moment { at: at.unwrap_or_else(|| clock.now()), from: from.clone(), language: *lang };
            hear(&flow, moment, input, out)
        }
        Command::Schema => {
            let text = serde_json::to_string_pretty(&schema::schema()).map_err(io::Error::from)?;
            writeln!(out, "{text}")?;
            Ok(())
        }
    }
}

fn load(file: &Path, out: &mut impl Write) -> Result<Flow, Error> {
    match Library::from_texts(&read_bundle(file)?) {
        Ok(flow) => Ok(flow),
        Err(problems) => {
            print(&problems, out)?;
            Err(Error::Problems(problems.len()))
        }
    }
}

fn print(problems: &[Problem], out: &mut impl Write) -> io::Result<()> {
    problems.iter().try_for_each(|problem| writeln!(out, "{problem}"))
}

fn language(text: &str) -> Result<Language, String> {
    Language::from_code(text).ok_or_else(|| format!("'{text}' is no language of ours: write es or en"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(command: &Command, typed: &str) -> (Result<(), Error>, String) {
        let (clock, _hand) = Clock::simulated("2026-03-08T02:00:00Z".parse().unwrap());
        let mut out = Vec::new();
        let result = run(command, &clock, typed.as_bytes(), &mut out);
        (result, String::from_utf8(out).unwrap())
    }

    fn trying(typed: &str) -> String {
        let from = Some("8095550142".parse().unwrap());
        let command = Command::Try { file: SHIPPED.into(), at: None, from, lang: None };
        let (result, out) = ran(&command, typed);
        result.unwrap();
        out
    }

    #[test]
    fn the_shipped_flow_has_no_problems() {
        let (result, out) = ran(&Command::Check { file: SHIPPED.into() }, "");
        assert!(result.is_ok(), "{out}");
        assert!(out.contains("no problems"), "{out}");
    }

    #[test]
    fn a_broken_flow_is_told_line_by_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("f.yaml");
        std::fs::write(&file, "flow: f\nlanguages: [es]\nbegin: a\nnodes:\n  a: { sai: b }\n  b: { goto: [a] }\n")
            .unwrap();
        let (result, out) = ran(&Command::Check { file }, "");
        assert!(matches!(result, Err(Error::Problems(2))), "{out}");
        assert!(out.contains("f.yaml:5:8: node 'a' has 'sai'"), "{out}");
        let (result, _) = ran(&Command::Check { file: folder.path().join("none.yaml") }, "");
        assert!(result.unwrap_err().to_string().contains("none.yaml"));
    }

    #[test]
    fn a_call_is_played_in_the_terminal() {
        let out = trying("1\n\n1042\n1\n1\n1\nrecord 9\n1\n1\n1\n\naccept\n\n");
        for expected in [
            "fuera de nuestro horario",
            "* case 26000010 is open",
            "* may be recorded",
            "* recorded 9 s (description)",
            "Repito",
            "* text message 'caller_confirm'",
            "* a person on duty takes the case",
            "* the call ends: reported",
        ] {
            assert!(out.contains(expected), "{expected}\n{out}");
        }
    }

    #[test]
    fn hanging_up_says_where_and_what_the_caller_had() {
        let out = trying("1\n");
        assert!(out.ends_with("* the caller hangs up at 'report_notice': reported\n"), "{out}");
        assert!(trying("").ends_with("* the caller hangs up at 'night_menu': missed\n"));
    }

    #[test]
    fn a_flow_is_drawn_both_ways() {
        for (format, begins) in [(Format::Svg, "<svg"), (Format::Mermaid, "flowchart")] {
            let (result, out) = ran(&Command::Graph { file: SHIPPED.into(), format }, "");
            result.unwrap();
            assert!(out.contains(begins) && out.contains("silent_check"), "{format:?}");
        }
    }

    #[test]
    fn the_schema_is_json() {
        let (result, out) = ran(&Command::Schema, "");
        result.unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(&out).unwrap().is_object());
    }
}
