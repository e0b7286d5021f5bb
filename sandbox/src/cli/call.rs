//! `guardia-sandbox call`: plays a story and prints it as it happens.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use guardia_sandbox::Network;
use guardia_sandbox::story::{NetworkAlone, RealTime, Runner, Story};

use super::{Application, CliError, listen};

#[derive(Debug, Args)]
pub(super) struct Call {
    /// The story (YAML). What one looks like: sandbox/examples/.
    #[arg(long, value_name = "FILE")]
    script: PathBuf,
    #[command(flatten)]
    application: Application,
    /// Let speech and pauses take as long as they would. Without it only waiting for the application takes time.
    #[arg(long)]
    real_time: bool,
    /// How long the application is given to act of its own accord before time jumps ahead, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 30, conflicts_with = "real_time")]
    patience: u64,
}

impl Call {
    pub(super) async fn run(self) -> Result<ExitCode, CliError> {
        let file = self.script.display().to_string();
        let text =
            tokio::fs::read_to_string(&self.script).await.map_err(|error| CliError::Read(file.clone(), error))?;
        let story = Story::parse(&text, &file)?;
        let Some(number) = story.dials.clone() else {
            return Err(CliError::Usage(format!("{file}: the caller dials nobody; add 'dials' to 'caller'")));
        };
        let mut config = self.application.config(&number).await?;
        config.start = story.starts_at();
        let network = Network::start(config);
        let address = listen(&network, self.application.listen).await?;
        println!("{}\nREST API: http://{address}\n", story.title);
        let zone = *story.at.offset();
        network.on_log(move |entry| println!("{}", entry.in_zone(zone)));
        let runner = Runner::new(network.clone(), story);
        let report = if self.real_time {
            runner.run(&mut RealTime::new(network)).await
        } else {
            runner.run(&mut NetworkAlone::new(network, Duration::from_millis(self.patience))).await
        };
        if report.passed() {
            println!("\nThe story is true.");
            return Ok(ExitCode::SUCCESS);
        }
        for failure in &report.failures {
            println!("\nFAILED {failure}");
        }
        Ok(ExitCode::FAILURE)
    }
}
