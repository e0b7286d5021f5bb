//! `guardia flow`: check a flow, look at it, hear it, and give its schema to an editor.

mod hear;
mod scene;

use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use super::calendar::instant;
use crate::clock::{Clock, Instant};
use crate::flow::library::Library;
use crate::flow::{Flow, Language, check, graph, schema};
use crate::serve::{StartError, read_bundle};
use crate::source::Problem;

pub use hear::{Moment, hear};
pub use scene::Scene;

/// Check, look at and hear a voice flow.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Check a flow with its prompts and messages: every problem at its line.
    ///
    /// Where there is a settings file, also whether the directory it names has every service of the flow.
    Check {
        /// The page, with prompts/ and messages/ beside it. Unless given, the one that the settings name, else
        /// voice-flows/critical-hotline.yaml.
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Print a picture of a flow.
    Graph {
        /// The page, with prompts/ and messages/ beside it. Unless given, the one that the settings name, else
        /// voice-flows/critical-hotline.yaml.
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// How it is drawn.
        #[arg(long, value_enum, default_value_t = Format::Svg)]
        format: Format,
    },
    /// Play a flow in the terminal: type keys, an empty line is silence, `help` says more.
    ///
    /// Hours, holidays, promises and the directory are those of the settings file; without one, the published hours and
    /// promises and directory.yaml.
    Try {
        /// The page, with prompts/ and messages/ beside it. Unless given, the one that the settings name, else
        /// voice-flows/critical-hotline.yaml.
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// When the call comes in, e.g. 2026-03-07T22:00:00-04:00; now, unless given.
        #[arg(long, value_name = "INSTANT", value_parser = instant)]
        at: Option<Instant>,
        /// The caller's number; withheld, unless given.
        #[arg(long, value_name = "NUMBER")]
        from: Option<crate::phone::Phone>,
        /// The language the call begins in: es or en; the first of the flow, unless given.
        #[arg(long, value_name = "CODE", value_parser = language)]
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
    #[error("{}; a flow is used only when it has none", if *.0 == 1 { "1 problem".to_owned() } else { format!("{} problems", .0) })]
    Problems(usize),
    /// The settings cannot be used.
    #[error("{0}")]
    Settings(String),
    /// A file of the flow or the directory cannot be read.
    #[error(transparent)]
    Read(#[from] StartError),
    /// The flow failed in the middle of a call.
    #[error(transparent)]
    Fault(#[from] crate::flow::Fault),
}

impl From<io::Error> for Error {
    fn from(source: io::Error) -> Self {
        Self::Io { what: "the terminal".to_owned(), source }
    }
}

/// Does what was asked; `settings` is the settings file, `input` what the caller types, `out` what is printed.
///
/// # Errors
/// [`Error`]; the problems of a flow are printed first, one a line.
pub fn run(
    command: &Command,
    settings: &Path,
    clock: &Clock,
    input: impl BufRead,
    mut out: impl Write,
) -> Result<(), Error> {
    let page = |file: &Option<PathBuf>| file.clone().map_or_else(|| Scene::page(settings), Ok);
    match command {
        Command::Check { file } => {
            let page = page(file)?;
            let flow = load(&page, &mut out)?;
            let document = flow.document();
            if let Some(directory) = Scene::named_directory(settings)? {
                refuse(&check::services(document, directory.services()), &mut out)?;
            }
            let (nodes, prompts) = (document.nodes.len(), flow.prompts().names().count());
            let languages: Vec<&str> = document.languages.iter().map(|language| language.code()).collect();
            let languages = languages.join(", ");
            writeln!(out, "{}: {nodes} nodes, {prompts} prompts in {languages}; no problems", page.display())?;
            Ok(())
        }
        Command::Graph { file, format } => {
            let flow = load(&page(file)?, &mut out)?;
            let picture = match format {
                Format::Svg => graph::svg(flow.document()),
                Format::Mermaid => graph::mermaid(flow.document()),
            };
            writeln!(out, "{picture}")?;
            Ok(())
        }
        Command::Try { file, at, from, lang } => {
            let flow = load(&page(file)?, &mut out)?;
            let moment = Moment { at: at.unwrap_or_else(|| clock.now()), from: from.clone(), language: *lang };
            hear(&flow, &Scene::load(settings)?, &moment, input, out)
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
        Err(problems) => Err(refuse(&problems, out).err().unwrap_or(Error::Problems(problems.len()))),
    }
}

/// Prints the problems; an error when there is one.
fn refuse(problems: &[Problem], out: &mut impl Write) -> Result<(), Error> {
    problems.iter().try_for_each(|problem| writeln!(out, "{problem}"))?;
    if problems.is_empty() { Ok(()) } else { Err(Error::Problems(problems.len())) }
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
        let result = run(command, Path::new("none.toml"), &clock, typed.as_bytes(), &mut out);
        (result, String::from_utf8(out).unwrap())
    }

    fn trying_at(at: &str, typed: &str) -> String {
        let from = Some("8095550142".parse().unwrap());
        let command = Command::Try { file: None, at: Some(at.parse().unwrap()), from, lang: None };
        let (result, out) = ran(&command, typed);
        result.unwrap();
        out
    }

    fn trying(typed: &str) -> String {
        trying_at("2026-03-08T02:00:00Z", typed)
    }

    #[test]
    fn the_shipped_flow_has_no_problems() {
        let (result, out) = ran(&Command::Check { file: None }, "");
        assert!(result.is_ok(), "{out}");
        assert!(out.contains("no problems"), "{out}");
    }

    #[test]
    fn a_broken_flow_is_told_line_by_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("f.yaml");
        std::fs::write(&file, "flow: f\nlanguages: [es]\nbegin: a\nnodes:\n  a: { sai: b }\n  b: { goto: [a] }\n")
            .unwrap();
        let (result, out) = ran(&Command::Check { file: Some(file) }, "");
        assert!(matches!(result, Err(Error::Problems(2))), "{out}");
        assert!(out.contains("f.yaml:5:8: node 'a' has 'sai'"), "{out}");
        let (result, _) = ran(&Command::Check { file: Some(folder.path().join("none.yaml")) }, "");
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
    fn a_holiday_and_the_directory_are_the_real_ones() {
        let out = trying_at("2026-05-04T10:00:00-04:00", "4\n1\n\n1043\n");
        for expected in [
            "* Mon 4 May 2026 10:00, closed: Día del Trabajo (Labour Day); opens Tue 5 May 2026 08:00",
            "Hoy es feriado, Día del Trabajo. Abrimos de nuevo a las ocho de la mañana del martes cinco de mayo.",
            "Institución: Ministerio de Salud Pública.",
        ] {
            assert!(out.contains(expected), "{expected}\n{out}");
        }
        assert!(trying_at("2026-05-01T10:00:00-04:00", "").starts_with("  * Fri 1 May 2026 10:00, open\n"));
    }

    #[test]
    fn a_service_that_the_named_directory_lacks_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let directory = include_str!("../../directory.yaml").replace("id: firma", "id: otra_firma");
        std::fs::write(path("directory.yaml"), directory).unwrap();
        let line = "[line]\nnumber = \"+18095550100\"\nsupport_email = \"a@example.gob.do\"\n";
        let settings = format!("{line}directory = \"{}\"\n", path("directory.yaml").display());
        std::fs::write(path("guardia.toml"), settings).unwrap();
        let (clock, _hand) = Clock::simulated("2026-03-08T02:00:00Z".parse().unwrap());
        let mut out = Vec::new();
        let result = run(&Command::Check { file: None }, &path("guardia.toml"), &clock, &b""[..], &mut out);
        let out = String::from_utf8(out).unwrap();
        assert!(matches!(result, Err(Error::Problems(1))), "{out}");
        assert!(out.contains("critical-hotline.yaml:267:28: the directory has no service 'firma'."), "{out}");
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
            let (result, out) = ran(&Command::Graph { file: None, format }, "");
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
