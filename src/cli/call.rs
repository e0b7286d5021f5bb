//! `guardia call ID`: one call with its legs, recordings and timeline.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Failure, calls, store_of, table};
use crate::call::{Call, Entry, Happening, Leg, Recording};
use crate::config::Config;
use crate::flow::Waited;
use crate::store::{StoreError, Tx};

/// One call with its legs, recordings and timeline.
#[derive(Debug, Args)]
pub struct OneCall {
    /// The call's id as `guardia calls` shows it, or its first digits.
    #[arg(value_name = "ID")]
    id: String,
    /// One JSON object instead of text. Numbers and keys are whole in it.
    #[arg(long)]
    json: bool,
}

/// What there is of a call.
struct Whole {
    call: Call,
    case: Option<String>,
    legs: Vec<Leg>,
    recordings: Vec<Recording>,
    entries: Vec<Entry>,
}

impl OneCall {
    /// Runs the command.
    pub async fn run(self, config: &Config, out: &mut impl Write) -> Result<ExitCode, Failure> {
        let store = store_of(config).await?;
        let found = store
            .read(async |tx: &mut Tx| -> Result<Option<Whole>, StoreError> {
                let Some(call) = tx.find_call(&self.id.replace('-', "")).await? else { return Ok(None) };
                let case = match call.incident {
                    Some(id) => tx.incident(id).await?.map(|incident| incident.number.to_string()),
                    None => None,
                };
                let legs = tx.legs(call.id).await?;
                let recordings = tx.recordings(call.id).await?;
                let entries = tx.call_entries(call.id).await?;
                Ok(Some(Whole { call, case, legs, recordings, entries }))
            })
            .await?;
        store.close().await;
        let Some(whole) = found else {
            return Err(format!("no call, or more than one, has an id that begins with '{}'", self.id).into());
        };
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&as_json(&whole))?)?;
        } else {
            tell(&whole, config.calendar.zone(), out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn as_json(whole: &Whole) -> serde_json::Value {
    let legs: Vec<_> = whole
        .legs
        .iter()
        .map(|leg| json!({ "role": leg.role, "status": leg.status, "ended_at": leg.ended_at, "seconds": leg.seconds }))
        .collect();
    let recordings: Vec<_> = whole
        .recordings
        .iter()
        .map(|recording| json!({ "holds": recording.holds, "seconds": recording.seconds, "status": recording.status }))
        .collect();
    json!({
        "call": calls::as_json(&whole.call, whole.case.as_deref()),
        "legs": legs,
        "recordings": recordings,
        "timeline": whole.entries,
    })
}

fn tell(whole: &Whole, zone: chrono_tz::Tz, out: &mut impl Write) -> std::io::Result<()> {
    let Whole { call, case, legs, recordings, entries } = whole;
    writeln!(out, "Call {}", call.id)?;
    writeln!(out, "  from      {}", table::masked(call.from.as_ref()))?;
    writeln!(out, "  answered  {}", table::local(call.answered_at, zone))?;
    writeln!(out, "  outcome   {}", call.outcome.map_or("on the line", |outcome| outcome.as_str()))?;
    writeln!(out, "  place     {}", call.session.node)?;
    writeln!(out, "  case      {}", case.as_deref().unwrap_or("none"))?;
    for leg in legs {
        let seconds = leg.seconds.map(|seconds| format!(", {seconds} s")).unwrap_or_default();
        writeln!(out, "  leg       {}: {}{seconds}", leg.role, leg.status)?;
    }
    for recording in recordings {
        writeln!(out, "  recording {}, {} s ({})", recording.holds, recording.seconds, recording.status)?;
    }
    writeln!(out)?;
    entries
        .iter()
        .try_for_each(|entry| writeln!(out, "{}  {}", table::local(entry.at, zone), describe(&entry.happening)))
}

/// A happening in words; keys stay out of a terminal, they may be a telephone number.
fn describe(happening: &Happening) -> String {
    match happening {
        Happening::Answered => "the line answered".to_owned(),
        Happening::Reached { node } => format!("at '{node}'"),
        Happening::Keyed { keys } => match keys.chars().count() {
            1 => "the caller pressed a key".to_owned(),
            count => format!("the caller pressed {count} keys"),
        },
        Happening::Spoke => "the caller said something".to_owned(),
        Happening::Recorded { holds, seconds } => format!("recorded {holds}, {seconds} s"),
        Happening::Silence => "no key, no word".to_owned(),
        Happening::Waited { how: Waited::Joined } => "talked to a person".to_owned(),
        Happening::Waited { how: Waited::Left } => "went on from the queue".to_owned(),
        Happening::Waited { how: Waited::Failed } => "could not wait in the queue".to_owned(),
        Happening::Called { how } => format!("called: {how}"),
        Happening::Language { language } => format!("language: {language}"),
        Happening::Consent { recording: true, .. } => "the caller stayed: may be recorded".to_owned(),
        Happening::Consent { recording: false, .. } => "the caller declined to be recorded".to_owned(),
        Happening::Case { number } => format!("case {number}"),
        Happening::Repeated { turn } => format!("an answer to document {turn} came again; nothing moved"),
        Happening::Ended { outcome, node } => format!("over at '{node}': {}", outcome.as_str()),
        Happening::Fallback => "went over the fallback document".to_owned(),
    }
}
