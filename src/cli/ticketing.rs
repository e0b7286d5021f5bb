//! `guardia ticketing`: whether the ticket store of another maker takes cases, what it did not take, and trying that anew.

mod check;
mod dead;

use std::io::Write;
use std::process::ExitCode;

use clap::Subcommand;

use super::Failure;
use crate::config::Config;
use crate::incident::CaseNumber;
use crate::ops::{self, OpsError};

/// The ticket store that cases are handed to.
#[derive(Debug, Subcommand)]
pub enum Command {
    Check(check::Check),
    Dead(dead::Dead),
    /// Try anew what failed: what was given up, once it is mended, and at once what waits for its next try. A server that
    /// runs goes on with it; else the next one does.
    Retry {
        /// The case, by its number: eight digits.
        #[arg(value_name = "N", required_unless_present = "all")]
        number: Option<String>,
        /// Every case.
        #[arg(long, conflicts_with = "number")]
        all: bool,
    },
}

impl Command {
    /// Runs the command.
    pub async fn run(self, config: &Config, out: &mut impl Write) -> Result<ExitCode, Failure> {
        match self {
            Self::Check(check) => check.run(config, out).await,
            Self::Dead(dead) => dead.run(config, out).await,
            Self::Retry { number, .. } => retry(number.as_deref(), config, out).await,
        }
    }
}

async fn retry(number: Option<&str>, config: &Config, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let parsed = number.map(|text| CaseNumber::parse(text).map_err(|error| format!("'{text}': {error}")));
    let number = parsed.transpose()?;
    let hotline = crate::serve::tool(config).await?;
    let tried = ops::retry_hand_offs(&hotline, number.as_ref()).await;
    hotline.store.close().await;
    match (tried, number) {
        (Err(OpsError::NotFound(_)), Some(number)) => return Err(format!("there is no case {number}").into()),
        (Err(error), _) => return Err(error.into()),
        (Ok(0), Some(number)) => writeln!(out, "Nothing of case {number} has failed.")?,
        (Ok(0), None) => writeln!(out, "Nothing has failed.")?,
        (Ok(1), _) => writeln!(out, "1 case is tried anew.")?,
        (Ok(cases), _) => writeln!(out, "{cases} cases are tried anew.")?,
    }
    Ok(ExitCode::SUCCESS)
}
