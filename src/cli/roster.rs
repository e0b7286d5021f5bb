//! `guardia roster`: whether a roster's page is without fault, who is on duty, where nobody is.
//!
//! What is drawn here is text over a [`Roster`]; importing one needs the store and lives with whoever has it.

mod check;
mod feed;
mod gaps;
mod verify;
mod who;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{SecondsFormat, TimeDelta};
use chrono_tz::Tz;
use clap::Subcommand;
use sha2::{Digest, Sha256};

use self::check::{Check, checked, faults};
use self::feed::Feed;
use self::gaps::Gaps;
use self::verify::{Confirm, Verify};
use self::who::Who;
use super::{Failure, configuration, store_of};
use crate::clock::{Clock, Instant};
use crate::id::{Ids, hex};
use crate::language::Language;
use crate::oncall::{Roster, Schedule, said};
use crate::ops::import_roster;
use crate::source::{did_you_mean, quote};
use crate::store::Tx;

/// The people on duty.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take a roster into use; the one before stays in the store
    Import {
        /// The roster, e.g. roster.yaml
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Who imports it
        #[arg(long, value_name = "NAME", default_value = "cli")]
        by: String,
    },
    /// Write the roster in use as it was imported, comments and all
    Export {
        /// Every schedule in full and without comments instead: a page that reads as the same roster
        #[arg(long)]
        full: bool,
    },
    /// Check a roster file: every problem with its line, or who is in it
    Check(Check),
    /// Tell who is on duty at an instant, and who is asked after them
    Who(Who),
    /// Tell where nobody is on duty in the days to come; ends with a failure when there is such a time
    Gaps(Gaps),
    /// Write duty as a calendar (iCalendar) that other programs can read
    Calendar(Feed),
    Verify(Verify),
    Confirm(Confirm),
}

impl Command {
    /// Runs the command; `settings` is the settings file, which checking needs not.
    pub async fn run(self, settings: &Path, out: &mut impl Write) -> Result<ExitCode, Failure> {
        let now = Clock::machine().now();
        match self {
            Self::Check(check) => {
                let text = read(&check.file)?;
                Ok(code(check.run(&text, now, out)?))
            }
            Self::Import { file, by } => {
                let text = read(&file)?;
                let roster = match Roster::parse(&text, &file.display().to_string()) {
                    Ok(roster) => roster,
                    Err(problems) => return Err(format!("nothing was imported:\n{}", faults(&problems)).into()),
                };
                let store = store_of(&configuration(settings)?).await?;
                let hash = hex(&Sha256::digest(&text));
                let version = import_roster(&store, &Ids::system(), now, (&text, &hash, &by)).await?;
                store.close().await;
                writeln!(out, "Roster {version} is in use.")?;
                out.write_all(checked(&roster, now).as_bytes())?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Export { full } => {
                let roster = in_use(settings).await?;
                let page = if full { roster.to_yaml() } else { roster.text().to_owned() };
                out.write_all(page.as_bytes())?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Who(question) => {
                question.run(&in_use(settings).await?, now, out)?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Gaps(question) => Ok(code(question.run(&in_use(settings).await?, now, out)?)),
            Self::Calendar(feed) => {
                feed.run(&in_use(settings).await?, now, out)?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Verify(verify) => {
                verify.run(&configuration(settings)?, out).await?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Confirm(confirm) => Ok(code(confirm.run(&configuration(settings)?, out).await?)),
        }
    }
}

fn code(fine: bool) -> ExitCode {
    if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()).into())
}

/// The roster imported last.
async fn in_use(settings: &Path) -> Result<Roster, Failure> {
    let store = store_of(&configuration(settings)?).await?;
    let stored = store.read(async |tx: &mut Tx| tx.latest_roster().await).await?;
    store.close().await;
    let stored = stored.ok_or("no roster was imported yet: guardia roster import roster.yaml")?;
    Roster::parse(&stored.text, "the roster in use").map_err(|problems| faults(&problems).into())
}

/// The schedules a question is about: the named one, else all.
fn asked<'r>(roster: &'r Roster, named: Option<&str>) -> Result<Vec<&'r Schedule>, Failure> {
    let Some(named) = named else { return Ok(roster.schedules().iter().collect()) };
    let found = roster.schedules().iter().find(|schedule| schedule.id.as_str() == named);
    let known = roster.schedules().iter().map(|schedule| schedule.id.as_str());
    match found {
        Some(schedule) => Ok(vec![schedule]),
        None => Err(unknown("there is no schedule", named, known)),
    }
}

/// Somebody or something that the roster does not have, with what may have been meant.
fn unknown<'a>(what: &str, named: &str, known: impl Iterator<Item = &'a str> + Clone) -> Failure {
    let mend = match did_you_mean(named, known.clone()) {
        Some(meant) => format!("Did you mean '{meant}'?"),
        None => format!("The roster has {}.", known.take(20).collect::<Vec<&str>>().join(", ")),
    };
    format!("{what} '{}'. {mend}", quote(named)).into()
}

/// An instant as people say it; `said` with the language of this program's output.
fn told(at: Instant, zone: Tz) -> String {
    said(at, zone, Language::En)
}

/// An instant as programs read it.
fn rfc3339(at: Instant, zone: Tz) -> String {
    at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// So many days later, or the end of the calendar.
fn days_after(from: Instant, days: u32) -> Instant {
    let span = TimeDelta::try_days(i64::from(days));
    span.and_then(|span| from.checked_add_signed(span)).unwrap_or(Instant::MAX_UTC)
}

/// `1 problem`, `2 problems`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests;
