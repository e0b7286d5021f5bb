//! `guardia maintenance`: services that are under maintenance, and page nobody meanwhile.

use std::io::Write;
use std::process::ExitCode;

use clap::Subcommand;

use super::calendar::instant;
use super::{Failure, store_of, table};
use crate::clock::{Clock, Instant};
use crate::config::Config;
use crate::incident::Maintenance;
use crate::ops::{begin_maintenance, end_maintenance};
use crate::serve::{load_directory, tool};
use crate::store::Tx;

/// Services under maintenance.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a window of maintenance: cases of the service are recorded, but nobody is paged for them until it ends.
    Add {
        /// The service, by its id in the directory.
        #[arg(long, value_name = "ID")]
        service: String,
        /// From when on, e.g. 2026-03-07T21:40:00-04:00; now when left out.
        #[arg(long, value_name = "INSTANT", value_parser = instant)]
        from: Option<Instant>,
        /// When it ends by itself, at most 24 hours after it begins: what is still open then is paged at once.
        #[arg(long, value_name = "INSTANT", value_parser = instant)]
        to: Instant,
        /// Who answers for it.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// What is under maintenance, or will be.
    List,
    /// End the maintenance of a service now: what is still open is paged at once.
    End {
        /// The service, by its id in the directory.
        #[arg(long, value_name = "ID")]
        service: String,
    },
}

impl Command {
    /// Runs the command.
    pub async fn run(self, config: &Config, out: &mut impl Write) -> Result<ExitCode, Failure> {
        let now = Clock::machine().now();
        let zone = config.calendar.zone();
        match self {
            Self::Add { service, from, to, by, reason } => {
                let directory = load_directory(&config.line.directory)?;
                if directory.service(&service).is_none() {
                    let known: Vec<&str> = directory.services().iter().map(|service| service.id.as_str()).collect();
                    let (file, known) = (config.line.directory.display(), known.join(", "));
                    return Err(format!("{file} has no service '{service}'; write one of {known}").into());
                }
                let window = Maintenance { service, from: from.unwrap_or(now), to, by, reason };
                let hotline = tool(config).await?;
                begin_maintenance(&hotline, &window).await?;
                hotline.store.close().await;
                let (from, to) = (table::local(window.from, zone), table::local(to, zone));
                writeln!(out, "Nobody is paged for cases of {} from {from} to {to}.", window.service)?;
            }
            Self::List => {
                let store = store_of(config).await?;
                let windows = store.read(async |tx: &mut Tx| tx.maintenances(now).await).await?;
                store.close().await;
                for window in &windows {
                    let (from, to) = (table::local(window.from, zone), table::local(window.to, zone));
                    writeln!(out, "{} from {from} to {to}, by {}: {}", window.service, window.by, window.reason)?;
                }
                if windows.is_empty() {
                    writeln!(out, "No service is under maintenance.")?;
                }
            }
            Self::End { service } => {
                let hotline = tool(config).await?;
                let ended = end_maintenance(&hotline, &service).await?;
                hotline.store.close().await;
                let said =
                    if ended > 0 { "has ended; what is still open is paged now" } else { "was not written down" };
                writeln!(out, "The maintenance of {service} {said}.")?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
