//! `guardia calls`: the calls to the line.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Failure, store_of, table};
use crate::call::Call;
use crate::config::Config;
use crate::store::{StoreError, Tx};

/// The calls to the line, newest first.
#[derive(Debug, Args)]
pub struct Calls {
    /// Only calls whose caller left without being served: the work-list for calling back.
    #[arg(long)]
    missed: bool,
    /// How many at most.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    /// One JSON array instead of a table. Numbers are whole in it.
    #[arg(long)]
    json: bool,
}

impl Calls {
    /// Runs the command.
    pub async fn run(self, config: &Config, out: &mut impl Write) -> Result<ExitCode, Failure> {
        let store = store_of(config).await?;
        let limit = self.limit;
        let calls = store
            .read(async |tx: &mut Tx| -> Result<Vec<(Call, Option<String>)>, StoreError> {
                let calls = if self.missed { tx.missed_calls(limit).await? } else { tx.calls(limit, None).await? };
                let mut with_cases = Vec::with_capacity(calls.len());
                for call in calls {
                    let case = match call.incident {
                        Some(id) => tx.incident(id).await?.map(|incident| incident.number.to_string()),
                        None => None,
                    };
                    with_cases.push((call, case));
                }
                Ok(with_cases)
            })
            .await?;
        store.close().await;
        if self.json {
            let all: Vec<_> = calls.iter().map(|(call, case)| as_json(call, case.as_deref())).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        if calls.is_empty() {
            writeln!(
                out,
                "No calls yet. Point the provider's voice webhook at {}/twilio/voice.",
                config.server.public_url
            )?;
            return Ok(ExitCode::SUCCESS);
        }
        let zone = config.calendar.zone();
        let rows: Vec<Vec<String>> = calls
            .iter()
            .map(|(call, case)| {
                vec![
                    table::local(call.answered_at, zone),
                    table::masked(call.from.as_ref()),
                    call.session.language.code().to_owned(),
                    call.outcome.map_or("on the line", |outcome| outcome.as_str()).to_owned(),
                    call.session.node.clone(),
                    case.clone().unwrap_or_else(|| "-".to_owned()),
                    call.id.to_string(),
                ]
            })
            .collect();
        table::write(out, &["answered", "from", "lang", "outcome", "place", "case", "call"], &rows)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A call for programs; its numbers are whole.
pub fn as_json(call: &Call, case: Option<&str>) -> serde_json::Value {
    json!({
        "id": call.id.to_string(),
        "provider": call.provider,
        "provider_call": call.provider_call,
        "from": call.from,
        "to": call.to,
        "answered_at": call.answered_at,
        "ended_at": call.ended_at,
        "language": call.session.language,
        "place": call.session.node,
        "turn": call.turn,
        "outcome": call.outcome,
        "case": case,
        "fallback": call.fallback,
    })
}
