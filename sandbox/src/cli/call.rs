//! `guardia-sandbox call`: a call from the keyboard or by a story, printed as it happens.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use chrono::{Offset, Utc};
use clap::Args;
use guardia_sandbox::Network;
use guardia_sandbox::story::{NetworkAlone, RealTime, Runner, Story};

use super::keyboard::Keyboard;
use super::{Application, CliError, listen, print_from};

#[derive(Debug, Args)]
pub(super) struct Call {
    /// The story (YAML). What one looks like: sandbox/examples/. Without one you call, from the keyboard.
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    #[command(flatten)]
    keyboard: Keyboard,
    #[command(flatten)]
    application: Application,
    /// Let speech and pauses take as long as they would. Without it only waiting for the application takes time.
    #[arg(long, requires = "script")]
    real_time: bool,
    /// How long the application is given to act of its own accord before time jumps ahead, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 30, conflicts_with = "real_time")]
    patience: u64,
}

impl Call {
    pub(super) async fn run(self) -> Result<ExitCode, CliError> {
        match &self.script {
            Some(script) => self.play(script).await,
            None => self.type_it().await,
        }
    }

    async fn type_it(&self) -> Result<ExitCode, CliError> {
        let network = Network::start(self.application.config(self.keyboard.number()).await?.starting_now());
        let address = listen(&network, self.application.listen).await?;
        println!("REST API: http://{address}");
        print_from(&network, Utc.fix());
        self.keyboard.call(&network).await
    }

    async fn play(&self, script: &Path) -> Result<ExitCode, CliError> {
        let file = script.display().to_string();
        let text = tokio::fs::read_to_string(script).await.map_err(|error| CliError::Read(file.clone(), error))?;
        let story = Story::parse(&text, &file)?;
        let Some(number) = story.dials.clone() else {
            return Err(CliError::Usage(format!("{file}: the caller dials nobody; add 'dials' to 'caller'")));
        };
        let mut config = self.application.config(&number).await?;
        config.start = story.starts_at();
        let network = Network::start(config);
        let address = listen(&network, self.application.listen).await?;
        println!("{}\nREST API: http://{address}\n", story.title);
        print_from(&network, *story.at.offset());
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
