//! `guardia banner`: the announced outage.

use std::io::Write;
use std::process::ExitCode;

use chrono::TimeDelta;
use clap::Subcommand;

use super::calendar::instant;
use super::{Failure, store_of, table};
use crate::clock::{Clock, Instant};
use crate::config::Config;
use crate::flow::Banner;
use crate::incident::CaseNumber;
use crate::serve::load_directory;
use crate::store::{StoreError, Tx};

/// An announcement ends by itself at the latest after this: a forgotten one would send callers away.
const LONGEST: TimeDelta = TimeDelta::hours(24);

/// The announced outage.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Announce an outage to every caller, before the menu.
    Set {
        /// The service that is out, by its id in the directory.
        #[arg(long, value_name = "ID")]
        service: String,
        /// Since when, e.g. 2026-03-07T21:40:00-04:00; now when left out.
        #[arg(long, value_name = "INSTANT", value_parser = instant)]
        since: Option<Instant>,
        /// The estimated end, if there is one.
        #[arg(long, value_name = "INSTANT", value_parser = instant)]
        eta: Option<Instant>,
        /// When the announcement ends by itself; at most 24 hours from now.
        #[arg(long, value_name = "INSTANT", value_parser = instant)]
        until: Instant,
        /// The case it is worked on under: callers are counted with it.
        #[arg(long, value_name = "NUMBER")]
        case: Option<String>,
        /// Who announces it.
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// What is announced now.
    Show,
    /// End the announcement.
    End,
}

impl Command {
    /// Runs the command.
    pub async fn run(self, config: &Config, out: &mut impl Write) -> Result<ExitCode, Failure> {
        let store = store_of(config).await?;
        let now = Clock::machine().now();
        let zone = config.calendar.zone();
        match self {
            Self::Set { service, since, eta, until, case, by } => {
                let directory = load_directory(&config.line.directory)?;
                if directory.service(&service).is_none() {
                    let known: Vec<&str> = directory.services().iter().map(|service| service.id.as_str()).collect();
                    let (file, known) = (config.line.directory.display(), known.join(", "));
                    return Err(format!("{file} has no service '{service}'; write one of {known}").into());
                }
                if until <= now || until > now + LONGEST {
                    return Err("--until must lie within the next 24 hours: an announcement always ends".into());
                }
                let case = case.map(|case| CaseNumber::parse(&case)).transpose()?;
                let banner = Banner { service, case, since: since.unwrap_or(now), eta, until };
                store
                    .write(async |tx: &mut Tx| -> Result<(), StoreError> { tx.insert_banner(&banner, &by, now).await })
                    .await?;
                writeln!(out, "Callers hear of the outage until {}.", table::local(until, zone))?;
            }
            Self::Show => match store.read(async |tx: &mut Tx| tx.banner(now).await).await? {
                Some(banner) => writeln!(
                    out,
                    "{} since {}, announced until {}",
                    banner.service,
                    table::local(banner.since, zone),
                    table::local(banner.until, zone)
                )?,
                None => writeln!(out, "No outage is announced.")?,
            },
            Self::End => {
                let ended = store.write(async |tx: &mut Tx| tx.end_banner(now).await).await?;
                writeln!(out, "{}", if ended { "The announcement has ended." } else { "No outage was announced." })?;
            }
        }
        store.close().await;
        Ok(ExitCode::SUCCESS)
    }
}
