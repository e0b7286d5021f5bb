//! `guardia incidents`: the incidents and their clocks.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Failure, store_of, table};
use crate::clock::{Clock, Instant};
use crate::config::Config;
use crate::incident::Incident;
use crate::store::{IncidentFilter, Tx};

/// The incidents, newest first.
#[derive(Debug, Args)]
pub struct Incidents {
    /// Only those that somebody still has to act on.
    #[arg(long)]
    open: bool,
    /// How many at most.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    /// One JSON array instead of a table.
    #[arg(long)]
    json: bool,
}

impl Incidents {
    /// Runs the command.
    pub async fn run(self, config: &Config, out: &mut impl Write) -> Result<ExitCode, Failure> {
        let store = store_of(config).await?;
        let filter = IncidentFilter { open: self.open, limit: self.limit };
        let incidents = store.read(async |tx: &mut Tx| tx.incidents(filter).await).await?;
        store.close().await;
        let now = Clock::machine().now();
        if self.json {
            let all: Vec<_> = incidents.iter().map(|incident| as_json(incident, now)).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        if incidents.is_empty() {
            writeln!(out, "No incidents.")?;
            return Ok(ExitCode::SUCCESS);
        }
        let zone = config.calendar.zone();
        let rows: Vec<Vec<String>> = incidents
            .iter()
            .map(|incident| {
                vec![
                    incident.number.to_string(),
                    incident.state.to_string(),
                    incident.severity.to_string(),
                    table::local(incident.started_at, zone),
                    table::local(incident.due_at, zone),
                    promise(incident, now).to_owned(),
                    incident.acknowledged_by.clone().unwrap_or_else(|| "-".to_owned()),
                    incident.institution_name.clone().unwrap_or_else(|| "-".to_owned()),
                ]
            })
            .collect();
        table::write(
            out,
            &["case", "state", "severity", "answered", "due", "promise", "held by", "institution"],
            &rows,
        )?;
        Ok(ExitCode::SUCCESS)
    }
}

/// How the promise stands, in a word.
pub fn promise(incident: &Incident, now: Instant) -> &'static str {
    match (incident.is_breached(now), incident.responded_at) {
        (true, _) => "broken",
        (false, Some(_)) => "kept",
        (false, None) if incident.state.awaits_response() => "running",
        (false, None) => "stopped",
    }
}

/// An incident for programs; numbers of people are left out.
pub fn as_json(incident: &Incident, now: Instant) -> serde_json::Value {
    json!({
        "case": incident.number,
        "id": incident.id,
        "state": incident.state,
        "severity": incident.severity,
        "cycle": incident.cycle,
        "started_at": incident.started_at,
        "due_at": incident.due_at,
        "target_seconds": incident.target.span.num_seconds(),
        "mode": incident.target.mode,
        "promise": promise(incident, now),
        "acknowledged_at": incident.acknowledged_at,
        "acknowledged_by": incident.acknowledged_by,
        "responded_at": incident.responded_at,
        "resolved_at": incident.resolved_at,
        "breached_at": incident.breached_at,
        "institution": incident.institution,
        "institution_name": incident.institution_name,
        "service": incident.service,
        "impact": incident.impact,
        "silent": incident.silent,
        "merged_into": incident.merged_into,
        "call": incident.call.to_string(),
    })
}
