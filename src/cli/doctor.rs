//! `guardia doctor`: would a call that comes tonight reach a person? What is wrong, and how it is mended.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::Args;

use super::Failure;
use crate::config::Config;
use crate::language::Language;
use crate::readiness::{Finding, Report, Weight};
use crate::serve::examine;

/// Look at everything that a call tonight depends on: settings, store, provider, clock, roster, contacts, tests. Ends with
/// a failure when a call or a page would be lost now
#[derive(Debug, Args)]
pub struct Doctor {
    /// One JSON object instead
    #[arg(long)]
    json: bool,
    /// In Spanish
    #[arg(long)]
    es: bool,
}

impl Doctor {
    /// Runs the command over the settings of `file`.
    pub async fn run(self, file: &Path, out: &mut impl Write) -> Result<ExitCode, Failure> {
        let report = match Config::load(file, std::env::vars()) {
            Ok(config) => examine(&config).await,
            Err(problems) => Report::of(
                problems
                    .into_iter()
                    .map(|problem| Finding::Settings { place: problem.key.clone(), problem: problem.to_string() })
                    .collect(),
            ),
        };
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&report.to_json())?)?;
        } else {
            let language = if self.es { Language::Es } else { Language::En };
            write(&report, language, out)?;
        }
        Ok(if report.is_broken() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// The report as people read it: the heaviest first, each with its mend below.
fn write(report: &Report, language: Language, out: &mut impl Write) -> std::io::Result<()> {
    for finding in report.findings() {
        writeln!(out, "{:<6}  {}", word(finding.weight(), language), finding.what(language))?;
        writeln!(out, "        {}", finding.mend(language))?;
    }
    let last = match (report.is_broken(), report.findings().is_empty(), language) {
        (true, _, Language::Es) => "Esta noche se perdería una llamada o un aviso.",
        (true, _, Language::En) => "A call or a page would be lost tonight.",
        (false, true, Language::Es) => "Todo está en orden.",
        (false, true, Language::En) => "All is well.",
        (false, false, Language::Es) => "Las llamadas y los avisos llegan.",
        (false, false, Language::En) => "Calls and pages arrive.",
    };
    writeln!(out, "{last}")
}

fn word(weight: Weight, language: Language) -> &'static str {
    match (weight, language) {
        (Weight::Broken, Language::Es) => "ROTO",
        (Weight::Broken, Language::En) => "BROKEN",
        (Weight::Act, Language::Es) => "ACTUAR",
        (Weight::Act, Language::En) => "ACT",
        (Weight::Watch, Language::Es) => "NOTA",
        (Weight::Watch, Language::En) => "WATCH",
    }
}
