//! `guardia roster check`: every problem of a page, or what it holds and what will hurt some night.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::{counted, days_after, gaps, who};
use crate::clock::Instant;
use crate::oncall::Roster;
use crate::source::Problem;

/// How far ahead a check looks for times in which nobody is on duty.
const DAYS_AHEAD: u32 = 28;

/// Check a roster file: every problem with its line, or who is in it
#[derive(Args, Debug)]
pub struct Check {
    /// The roster, e.g. roster.yaml
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
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

/// The problems, a line each, and their number.
pub(super) fn faults(problems: &[Problem]) -> String {
    let mut text: String = problems.iter().fold(String::new(), |mut text, problem| {
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(text, "{problem}");
        text
    });
    let _ = writeln!(text, "{}.", counted(problems.len(), "problem", "problems"));
    text
}

/// What a roster without fault holds, who is on duty at `now`, and its warnings.
pub(super) fn checked(roster: &Roster, now: Instant) -> String {
    let exceptions = roster.schedules().iter().map(crate::oncall::Schedule::exceptions).sum();
    let mut text = format!(
        "The roster is without fault: {} ({}); {}; {}.\n",
        counted(roster.people().len(), "person", "people"),
        counted(roster.supervisors().count(), "supervisor", "supervisors"),
        counted(roster.schedules().len(), "schedule", "schedules"),
        counted(exceptions, "exception", "exceptions"),
    );
    for warning in roster.warnings() {
        let _ = writeln!(text, "warning: {warning}");
    }
    for schedule in roster.schedules() {
        if let Some(first) = roster.gaps(&schedule.id, now, days_after(now, DAYS_AHEAD)).first() {
            let _ = writeln!(
                text,
                "warning: By schedule '{}' nobody is on duty {}. More: guardia roster gaps.",
                schedule.id,
                gaps::told_span(first, schedule.zone)
            );
        }
    }
    text.push_str("On duty now:\n");
    for schedule in roster.schedules() {
        text.push_str(&who::page(roster, schedule, now, who::Detail::Brief));
    }
    text
}
