//! `guardia roster who`: who is on duty at an instant, who is asked after them, and why.

use std::fmt::Write as _;
use std::io::Write;

use clap::Args;
use serde_json::json;

use super::super::Failure;
use super::super::calendar::instant;
use super::{asked, rfc3339, told};
use crate::clock::Instant;
use crate::language::Language;
use crate::oncall::{Person, Roster, Schedule};

/// Tell who is on duty at an instant, and who is asked after them
#[derive(Args, Debug)]
pub struct Who {
    /// The instant, e.g. 2026-03-07T22:00:00-04:00; now, unless given
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    at: Option<Instant>,
    /// The schedule; all of them, unless given
    #[arg(long, value_name = "ID")]
    schedule: Option<String>,
    /// Tell why
    #[arg(long)]
    why: bool,
    /// One JSON array instead, with an object for each schedule
    #[arg(long)]
    json: bool,
}

/// How much is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    Brief,
    Why,
}

impl Who {
    /// Says on `out` who is on duty at the asked instant, or at `now`.
    ///
    /// # Errors
    /// A schedule that is not there; what `out` says.
    pub fn run(&self, roster: &Roster, now: Instant, out: &mut impl Write) -> Result<(), Failure> {
        let at = self.at.unwrap_or(now);
        let schedules = asked(roster, self.schedule.as_deref())?;
        if self.json {
            let answers = schedules.iter().map(|schedule| answer(roster, schedule, at));
            writeln!(out, "{}", serde_json::Value::Array(answers.collect()))?;
            return Ok(());
        }
        let detail = if self.why { Detail::Why } else { Detail::Brief };
        for schedule in schedules {
            out.write_all(page(roster, schedule, at, detail).as_bytes())?;
        }
        Ok(())
    }
}

/// The schedule and the time, then who is asked, in order, one a line. Numbers are not shown.
pub(super) fn page(roster: &Roster, schedule: &Schedule, at: Instant, detail: Detail) -> String {
    let duty = roster.on_duty(&schedule.id, at);
    let zone = schedule.zone;
    let mut text = format!("{}, {} ({zone}):\n", schedule.id, told(at, zone));
    let until = duty.until.map(|until| format!(", until {}", told(until, zone))).unwrap_or_default();
    if duty.people.is_empty() {
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(text, "  on duty  nobody{until}");
    }
    for (place, person) in duty.order.iter().enumerate() {
        let name = named(person);
        let _ = if place < duty.people.len() {
            writeln!(text, "  on duty  {name}{until}")
        } else {
            writeln!(text, "  then     {name}")
        };
    }
    if detail == Detail::Why {
        for reason in &duty.why {
            let _ = writeln!(text, "  why      {}", reason.text(Language::En));
        }
    }
    text
}

fn named(person: &Person) -> String {
    format!("{} ({})", person.name, person.id)
}

fn answer(roster: &Roster, schedule: &Schedule, at: Instant) -> serde_json::Value {
    let duty = roster.on_duty(&schedule.id, at);
    let people = |people: &[&Person]| -> Vec<serde_json::Value> {
        people.iter().map(|person| json!({ "id": person.id, "name": person.name })).collect()
    };
    let (on_duty, then) = duty.order.split_at_checked(duty.people.len()).unwrap_or_default();
    let why: Vec<String> = duty.why.iter().map(|reason| reason.text(Language::En)).collect();
    json!({
        "schedule": schedule.id,
        "at": rfc3339(at, schedule.zone),
        "on_duty": people(on_duty),
        "then": people(then),
        "until": duty.until.map(|until| rfc3339(until, schedule.zone)),
        "why": why,
    })
}
