//! `guardia roster`: whether a roster's page is without fault, and who is on duty.
//!
//! What is drawn here is text over a [`Roster`]; importing one needs the store and lives with whoever has it.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::SecondsFormat;
use clap::{Args, Subcommand};

use sha2::{Digest, Sha256};

use super::calendar::instant;
use super::{Failure, configuration, store_of};
use crate::clock::{Clock, Instant};
use crate::id::hex;
use crate::oncall::Roster;
use crate::source::Problem;
use crate::store::{StoreError, Tx};

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
    Export,
    /// Check a roster file: every problem with its line, or who is in it
    Check(Check),
    /// Tell who is on duty at an instant, and who is asked after them
    Who(Who),
}

impl Command {
    /// Runs the command; `settings` is the settings file, which checking needs not.
    pub async fn run(self, settings: &Path, out: &mut impl Write) -> Result<ExitCode, Failure> {
        let now = Clock::machine().now();
        match self {
            Self::Check(check) => {
                let text = read(&check.file)?;
                Ok(if check.run(&text, now, out)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            }
            Self::Import { file, by } => {
                let text = read(&file)?;
                let roster = match Roster::parse(&text, &file.display().to_string()) {
                    Ok(roster) => roster,
                    Err(problems) => return Err(format!("nothing was imported:\n{}", faults(&problems)).into()),
                };
                let store = store_of(&configuration(settings)?).await?;
                let hash = hex(&Sha256::digest(&text));
                let version = store
                    .write(async |tx: &mut Tx| -> Result<i64, StoreError> {
                        tx.insert_roster(&text, &hash, &by, now).await
                    })
                    .await?;
                store.close().await;
                writeln!(out, "Roster {version} is in use.")?;
                out.write_all(checked(&roster, now).as_bytes())?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Export => {
                out.write_all(in_use(settings).await?.text().as_bytes())?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Who(question) => {
                question.run(&in_use(settings).await?, now, out)?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
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

/// Check a roster file: every problem with its line, or who is in it
#[derive(Args, Debug)]
pub struct Check {
    /// The roster, e.g. roster.yaml
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Tell who is on duty at an instant, and who is asked after them
#[derive(Args, Debug)]
pub struct Who {
    /// The instant, e.g. 2026-03-07T22:00:00-04:00; now, unless given
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub at: Option<Instant>,
    /// Tell why
    #[arg(long)]
    pub why: bool,
}

impl Check {
    /// Says on `out` what is wrong with the page `text`, or what is in it and what will hurt some night. Answers
    /// whether it is without fault; the caller ends with a failure when it is not.
    ///
    /// # Errors
    /// What `out` says.
    pub fn run(&self, text: &str, now: Instant, out: &mut impl Write) -> io::Result<bool> {
        match Roster::parse(text, &self.file.display().to_string()) {
            Ok(roster) => {
                out.write_all(checked(&roster, now).as_bytes())?;
                Ok(true)
            }
            Err(problems) => {
                out.write_all(faults(&problems).as_bytes())?;
                Ok(false)
            }
        }
    }
}

impl Who {
    /// Says on `out` who is on duty at the asked instant, or at `now`.
    ///
    /// # Errors
    /// What `out` says.
    pub fn run(&self, roster: &Roster, now: Instant, out: &mut impl Write) -> io::Result<()> {
        out.write_all(who(roster, self.at.unwrap_or(now), self.why).as_bytes())
    }
}

/// The problems, a line each, and their number.
#[must_use]
pub fn faults(problems: &[Problem]) -> String {
    let mut text: String = problems.iter().fold(String::new(), |mut text, problem| {
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(text, "{problem}");
        text
    });
    let _ = writeln!(text, "{}.", counted(problems.len(), "problem", "problems"));
    text
}

/// `1 problem`, `2 problems`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What a roster without fault holds, who is on duty at `now`, and its warnings.
#[must_use]
pub fn checked(roster: &Roster, now: Instant) -> String {
    let days = usize::try_from(roster.rotation().days()).unwrap_or(usize::MAX);
    let mut text = format!(
        "The roster is without fault: {} ({}); turns of {} ({}); {}.\n",
        counted(roster.people().len(), "person", "people"),
        counted(roster.supervisors().count(), "supervisor", "supervisors"),
        counted(days, "day", "days"),
        roster.rotation().zone(),
        counted(roster.overrides().len(), "override", "overrides"),
    );
    for warning in roster.warnings() {
        let _ = writeln!(text, "warning: {warning}");
    }
    text.push_str("On duty now:\n");
    text.push_str(&who(roster, now, false));
    text
}

/// Who is asked at `at`, in order, one a line: place, id, name. Numbers are not shown.
#[must_use]
pub fn who(roster: &Roster, at: Instant, why: bool) -> String {
    let duty = roster.duty(at);
    let mut text = String::new();
    for (place, person) in (1_usize..).zip(&duty.order) {
        let _ = writeln!(text, "{place}\t{}\t{}", person.id, person.name);
    }
    if why {
        for reason in &duty.why {
            let _ = writeln!(text, "  {reason}");
        }
        if let Some(until) = duty.until {
            let until = until.with_timezone(&roster.rotation().zone()).to_rfc3339_opts(SecondsFormat::Secs, false);
            let _ = writeln!(text, "  The next change is at {until}.");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    const EXAMPLE: &str = include_str!("../../roster.example.yaml");

    #[derive(Parser)]
    enum Whole {
        Check(Check),
        Who(Who),
    }

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    /// The answer, and whether the page is without fault.
    fn answer(line: &str, page: &str) -> (String, bool) {
        let now = at("2026-01-12T08:00:00-04:00");
        let mut out = Vec::new();
        let fine = match Whole::try_parse_from(std::iter::once("roster").chain(line.split(' '))).unwrap() {
            Whole::Check(check) => check.run(page, now, &mut out).unwrap(),
            Whole::Who(who) => who.run(&Roster::parse(page, "r.yaml").unwrap(), now, &mut out).is_ok(),
        };
        (String::from_utf8(out).unwrap(), fine)
    }

    #[test]
    fn a_roster_without_fault_says_what_it_holds() {
        let expected = "The roster is without fault: 4 people (1 supervisor); turns of 7 days \
            (America/Santo_Domingo); 1 override.\n\
            On duty now:\n1\tluis\tLuis Peña\n2\tcarmen\tCarmen Núñez\n3\tana\tAna Rodríguez\n";
        assert_eq!(answer("check roster.yaml", EXAMPLE), (expected.to_owned(), true));
        let (text, fine) = answer("check roster.yaml", &EXAMPLE.replace("supervisor: true", "supervisor: false"));
        assert!(fine && text.contains("\nwarning: Nobody is a supervisor"), "{text}");
    }

    #[test]
    fn a_roster_with_faults_names_each_with_its_place() {
        let page = EXAMPLE.replace("person: luis", "person: lois").replace("length: 7d", "length: 0d");
        let expected = "rota/roster.yaml:23:11: a turn lasts 1 to 366 days. Write days or weeks, as 7d or 1w.\n\
            rota/roster.yaml:27:61: nobody has the id 'lois'. Did you mean 'luis'?\n\
            2 problems.\n";
        assert_eq!(answer("check rota/roster.yaml", &page), (expected.to_owned(), false));
    }

    #[test]
    fn who_is_on_duty_and_why() {
        let (text, _) = answer("who --at 2026-03-07T22:00:00-04:00", EXAMPLE);
        assert_eq!(text, "1\tcarmen\tCarmen Núñez\n2\tana\tAna Rodríguez\n3\tluis\tLuis Peña\n");
        let (text, _) = answer("who --at 2026-03-07T22:00:00-04:00 --why", EXAMPLE);
        assert!(text.contains("  Carmen Núñez has turn 9 of the rotation, from 2026-03-02T08:00:00-04:00"), "{text}");
        assert!(text.ends_with("  The next change is at 2026-03-09T08:00:00-04:00.\n"), "{text}");
        let (text, _) = answer("who", EXAMPLE);
        assert!(text.starts_with("1\tluis\t"), "now, unless an instant is given: {text}");
    }
}
