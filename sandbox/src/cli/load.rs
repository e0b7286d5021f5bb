//! `guardia-sandbox load`: many callers at once, and a report.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{ArgGroup, Args};
use guardia_sandbox::Network;
use guardia_sandbox::load::{Load, Population, Report, Until};
use guardia_sandbox::story::length;
use serde::Serialize;

use super::{Application, CliError, listen};

/// Kept of what was sent and heard: a run counts, it does not remember.
const KEPT: usize = 1000;

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("until").required(true).args(["for_", "calls"])))]
pub(super) struct LoadArgs {
    /// How many are on the telephone at once, at most. Who comes beyond that is turned away, and counted.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    callers: u32,
    /// Calls per second on average. They come at random and do not wait for slow answers.
    #[arg(long, value_name = "R")]
    rate: f64,
    /// Who calls and how they behave (YAML). What one looks like: sandbox/examples/population.yaml.
    #[arg(long, value_name = "FILE")]
    population: PathBuf,
    /// People come for so long: 30s, 10m, 2h.
    #[arg(long = "for", value_name = "TIME", value_parser = length)]
    for_: Option<Duration>,
    /// So many people come.
    #[arg(long, value_name = "N")]
    calls: Option<u64>,
    /// More errors than this make the exit code 1.
    #[arg(long, value_name = "N", default_value_t = 0)]
    max_errors: u64,
    /// Callers are SIP telephones over loopback, with sound both ways and keys by RFC 4733; at most 400 at once. The report then
    /// has set-up times, jitter and loss as well. Give --speech for words that sound and take their time.
    #[arg(long)]
    sip: bool,
    /// The run is stopped after so long, whoever is still on the telephone. Without it: 10 minutes after the last is due to come.
    #[arg(long, value_name = "TIME", value_parser = length)]
    longest: Option<Duration>,
    /// Where the report goes (JSON), in place of the standard output.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The application's number, in E.164.
    #[arg(long, value_name = "NUMBER", default_value = "+18095550100")]
    number: String,
    #[command(flatten)]
    application: Application,
}

/// The report, and what was asked for.
#[derive(Serialize)]
struct Page<'r> {
    command: String,
    passed: bool,
    max_errors: u64,
    #[serde(flatten)]
    report: &'r Report,
}

impl LoadArgs {
    pub(super) async fn run(self) -> Result<ExitCode, CliError> {
        let file = self.population.display().to_string();
        let text =
            tokio::fs::read_to_string(&self.population).await.map_err(|error| CliError::Read(file.clone(), error))?;
        let population = Population::parse(&text, &file)?;
        let until = match (self.calls, self.for_) {
            (Some(calls), _) => Until::Calls(calls),
            (None, length) => Until::Time(length.unwrap_or_default()),
        };
        let mut config = self.application.config(&self.number).await?.starting_now();
        config.limits.kept = KEPT;
        // What is over is forgotten; what is live is bounded by --callers.
        config.limits.resources = usize::MAX;
        if self.sip {
            config.limits.handsets = usize::try_from(self.callers).unwrap_or(usize::MAX);
        }
        let network = Network::start(config);
        listen(&network, self.application.listen).await?;
        let load = Load {
            number: self.number.clone(),
            population,
            callers: usize::try_from(self.callers).unwrap_or(usize::MAX),
            rate: self.rate,
            until,
            seed: self.application.seed,
            sip: self.sip,
            longest: self.longest,
        };
        let stop = async {
            // Without a way to hear of it, only the end of the run ends it.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let report = load.run(&network, stop).await.map_err(|error| CliError::Usage(error.to_string()))?;
        let passed = report.faults() <= self.max_errors;
        let page = Page { command: self.command(), passed, max_errors: self.max_errors, report: &report };
        let json = serde_json::to_string_pretty(&page).map_err(|error| CliError::Usage(error.to_string()))?;
        match &self.report {
            Some(file) => {
                let name = file.display().to_string();
                tokio::fs::write(file, json + "\n").await.map_err(|error| CliError::Write(name, error))?;
            }
            None => println!("{json}"),
        }
        Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// What makes the same run again: without the token, and without what an address may hide.
    fn command(&self) -> String {
        let until = match (self.calls, self.for_) {
            (Some(calls), _) => format!("--calls {calls}"),
            (None, length) => format!("--for {}ms", length.unwrap_or_default().as_millis()),
        };
        format!(
            "guardia-sandbox load{} --callers {} --rate {} --population {} {until} --seed {} --number {} --webhook {}",
            if self.sip { " --sip" } else { "" },
            self.callers,
            self.rate,
            self.population.display(),
            self.application.seed,
            self.number,
            bare(&self.application.webhook)
        )
    }
}

/// An address without name, password, query and fragment.
fn bare(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (host, path) = rest.split_once('/').map_or((rest, String::new()), |(host, path)| (host, format!("/{path}")));
    let host = host.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn an_address_is_shown_without_what_it_may_hide() {
        assert_eq!(bare("https://ana:secret@app.example:8443/voice?key=1#rc=2"), "https://app.example:8443/voice");
        assert_eq!(bare("http://127.0.0.1:5000"), "http://127.0.0.1:5000");
    }
}
