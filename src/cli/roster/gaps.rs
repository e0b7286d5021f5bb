//! `guardia roster gaps`: the times to come in which nobody is on duty.

use std::io::Write;

use chrono_tz::Tz;
use clap::Args;
use serde_json::json;

use super::super::Failure;
use super::super::calendar::instant;
use super::{asked, counted, days_after, rfc3339, told};
use crate::clock::Instant;
use crate::oncall::{Roster, Span};
use crate::sla::show_span;

/// Tell where nobody is on duty in the days to come; ends with a failure when there is such a time
#[derive(Args, Debug)]
pub struct Gaps {
    /// How many days
    #[arg(long, value_name = "DAYS", default_value_t = 28, value_parser = clap::value_parser!(u32).range(1..=366))]
    days: u32,
    /// From when on, e.g. 2026-03-07T22:00:00-04:00; now, unless given
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    from: Option<Instant>,
    /// The schedule; all of them, unless given
    #[arg(long, value_name = "ID")]
    schedule: Option<String>,
    /// One JSON array instead
    #[arg(long)]
    json: bool,
}

impl Gaps {
    /// Says on `out` where nobody is on duty; answers whether somebody always is.
    ///
    /// # Errors
    /// A schedule that is not there; what `out` says.
    pub fn run(&self, roster: &Roster, now: Instant, out: &mut impl Write) -> Result<bool, Failure> {
        let from = self.from.unwrap_or(now);
        let to = days_after(from, self.days);
        let schedules = asked(roster, self.schedule.as_deref())?;
        let gaps: Vec<_> = schedules
            .into_iter()
            .flat_map(|schedule| roster.gaps(&schedule.id, from, to).into_iter().map(move |gap| (schedule, gap)))
            .collect();
        if self.json {
            let answer = gaps.iter().map(|(schedule, gap)| {
                let (from, to) = (rfc3339(gap.from, schedule.zone), rfc3339(gap.to, schedule.zone));
                json!({ "schedule": schedule.id, "from": from, "to": to })
            });
            writeln!(out, "{}", serde_json::Value::Array(answer.collect()))?;
        } else if gaps.is_empty() {
            let days = usize::try_from(self.days).unwrap_or(usize::MAX);
            writeln!(out, "Somebody is on duty at every instant of {}.", counted(days, "day", "days"))?;
        } else {
            writeln!(out, "Nobody is on duty:")?;
            for (schedule, gap) in &gaps {
                writeln!(
                    out,
                    "  {:<12}  {} ({})",
                    schedule.id.as_str(),
                    told_span(gap, schedule.zone),
                    show_span(gap.to - gap.from)
                )?;
            }
        }
        Ok(gaps.is_empty())
    }
}

/// `from Fri 6 Mar 2026 16:00 to Mon 9 Mar 2026 08:00`
pub(super) fn told_span(span: &Span, zone: Tz) -> String {
    format!("from {} to {}", told(span.from, zone), told(span.to, zone))
}
