//! `guardia ticketing dead`: what of the cases the ticket store did not take.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::{Failure, store_of, table};
use crate::config::Config;
use crate::incident::CaseNumber;
use crate::ops::{StuckHandOffs, StuckStep, stuck_hand_offs};

/// What the ticket store did not take: steps that were given up and wait for a person, and steps that failed and are tried
/// again by themselves.
#[derive(Debug, Args)]
pub struct Dead {
    /// How many at most, of each sort.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    /// One JSON object instead of tables.
    #[arg(long)]
    json: bool,
}

impl Dead {
    /// Runs the command.
    pub async fn run(self, config: &Config, out: &mut impl Write) -> Result<ExitCode, Failure> {
        let store = store_of(config).await?;
        let stuck = stuck_hand_offs(&store, self.limit).await;
        store.close().await;
        let StuckHandOffs { given_up, held_up } = stuck?;
        if self.json {
            let all = |steps: &[StuckStep], at: &str| steps.iter().map(|step| as_json(step, at)).collect::<Vec<_>>();
            let whole = json!({ "given_up": all(&given_up, "since"), "held_up": all(&held_up, "next_try") });
            writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        if given_up.is_empty() {
            writeln!(out, "Nothing was given up.")?;
        } else {
            writeln!(out, "Given up: mend the reason, then guardia ticketing retry.")?;
            list(&given_up, "since", config, out)?;
        }
        if !held_up.is_empty() {
            writeln!(out, "\nHeld up: tried again by itself.")?;
            list(&held_up, "next try", config, out)?;
        }
        let most = usize::try_from(self.limit).unwrap_or(usize::MAX);
        if given_up.len() >= most || held_up.len() >= most {
            writeln!(out, "\nThere may be more: raise --limit.")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn list(steps: &[StuckStep], at: &str, config: &Config, out: &mut impl Write) -> Result<(), Failure> {
    let zone = config.calendar.zone();
    let rows: Vec<Vec<String>> = steps
        .iter()
        .map(|step| {
            let case = step.case.as_ref().map_or("-", CaseNumber::as_str).to_owned();
            vec![case, word(step), table::local(step.at, zone), step.error.clone()]
        })
        .collect();
    Ok(table::write(out, &["case", "step", at, "reason"], &rows)?)
}

fn word(step: &StuckStep) -> String {
    step.step.as_ref().map_or_else(|| "beginning".to_owned(), ToString::to_string)
}

fn as_json(step: &StuckStep, at: &str) -> Value {
    json!({
        "case": step.case.as_ref().map(CaseNumber::as_str),
        "step": word(step),
        at: step.at,
        "reason": step.error,
    })
}
