//! `guardia roster calendar`: duty as an iCalendar page.

use std::io::Write;

use clap::Args;

use super::super::Failure;
use super::{days_after, unknown};
use crate::clock::Instant;
use crate::language::Language;
use crate::oncall::{PersonId, Roster, ScheduleId};

/// Write duty as a calendar (iCalendar) that other programs can read
#[derive(Args, Debug)]
pub struct Feed {
    #[command(flatten)]
    whose: Whose,
    /// How many days
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=366))]
    days: u32,
    /// The language of a schedule's calendar, es or en; a person's is in theirs
    #[arg(long, value_name = "LANGUAGE", default_value = "es", value_parser = language)]
    language: Language,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct Whose {
    /// One person's shifts, of all schedules
    #[arg(long, value_name = "ID")]
    person: Option<String>,
    /// Everybody's shifts of a schedule
    #[arg(long, value_name = "ID")]
    schedule: Option<String>,
}

fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "write es or en".to_owned())
}

impl Feed {
    /// Writes the calendar on `out`.
    ///
    /// # Errors
    /// A person or schedule that is not there; what `out` says.
    pub fn run(&self, roster: &Roster, now: Instant, out: &mut impl Write) -> Result<(), Failure> {
        let time = (now, days_after(now, self.days));
        let page = match (&self.whose.person, &self.whose.schedule) {
            (Some(person), _) => {
                let id = PersonId::parse(person).ok();
                let known = roster.people().iter().map(|person| person.id.as_str());
                id.and_then(|id| roster.calendar_for(&id, time))
                    .ok_or_else(|| unknown("nobody has the id", person, known))?
            }
            (None, schedule) => {
                let schedule = schedule.as_deref().unwrap_or_default();
                let id = ScheduleId::parse(schedule).ok();
                let known = roster.schedules().iter().map(|schedule| schedule.id.as_str());
                id.and_then(|id| roster.calendar_of(&id, time, self.language))
                    .ok_or_else(|| unknown("there is no schedule", schedule, known))?
            }
        };
        out.write_all(page.as_bytes())?;
        Ok(())
    }
}
