//! `guardia ticketing check`: whether the ticket store takes cases as they are handed over, and what it leaves out.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::Failure;
use crate::config::Config;
use crate::provider::ticketing::{Capabilities, Finding, TicketStore};
use crate::serve::tickets;
use crate::ticket::Field;

/// Look whether the ticket store takes cases: account, place, fields, rights; and say what it cannot do. Changes nothing
/// there. Ends with a failure when something is wrong.
#[derive(Debug, Args)]
pub struct Check {
    /// One JSON object instead.
    #[arg(long)]
    json: bool,
}

impl Check {
    /// Runs the command.
    pub async fn run(self, config: &Config, out: &mut impl Write) -> Result<ExitCode, Failure> {
        let Some(store) = tickets::open(config)? else {
            if self.json {
                let whole = json!({ "store": "built_in", "ok": true, "findings": [], "left_out": [] });
                writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)?;
            } else {
                writeln!(out, "Cases are kept in the built-in ticket store: there is nothing to check.")?;
            }
            return Ok(ExitCode::SUCCESS);
        };
        let findings = store.check().await;
        let is_well = findings.iter().all(|finding| finding.result.is_ok());
        let left_out = left_out(store.as_ref(), config.ticketing.audio);
        if self.json {
            let all: Vec<Value> = findings.iter().map(as_json).collect();
            let whole = json!({ "store": store.name(), "ok": is_well, "findings": all, "left_out": left_out });
            writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)?;
        } else {
            write(&findings, &left_out, out)?;
            let last = if is_well { "takes cases." } else { "does not take cases as they are handed over." };
            writeln!(out, "{} {last}", store.name())?;
        }
        Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn write(findings: &[Finding], left_out: &[String], out: &mut impl Write) -> std::io::Result<()> {
    for Finding { what, result } in findings {
        match result {
            Ok(found) => writeln!(out, "ok      {what}: {found}")?,
            Err(wrong) => writeln!(out, "WRONG   {what}: {wrong}")?,
        }
    }
    for sentence in left_out {
        writeln!(out, "note    {sentence}")?;
    }
    Ok(())
}

fn as_json(finding: &Finding) -> Value {
    let (is_well, text) = match &finding.result {
        Ok(found) => (true, found),
        Err(wrong) => (false, wrong),
    };
    json!({ "what": finding.what, "ok": is_well, "text": text })
}

/// What is not handed over, in a sentence each: what the store cannot do, and what the settings leave out.
fn left_out(store: &dyn TicketStore, audio: bool) -> Vec<String> {
    let can = store.capabilities();
    let mut sentences: Vec<String> = cannot(can).into_iter().map(str::to_owned).collect();
    if can.attach && audio {
        let mib = can.largest_file / (1024 * 1024);
        sentences
            .push(format!("A recording of more than {mib} MiB is not handed over; a comment says that there is one."));
    } else if can.comment {
        let why = if can.attach { "[ticketing] audio is false" } else { "The store takes no files" };
        sentences.push(format!("{why}: recordings are not handed over; a comment says that there is one."));
    } else {
        sentences.push("Neither recordings nor the word that there is one are handed over.".to_owned());
    }
    let mapped = store.mapped();
    let homeless: Vec<&str> =
        Field::ALL.into_iter().filter(|field| !mapped.contains(field)).map(Field::as_str).collect();
    if !homeless.is_empty() {
        sentences.push(format!("Without a place there, by [ticket_fields]: {}.", homeless.join(", ")));
    }
    sentences
}

fn cannot(can: Capabilities) -> Vec<&'static str> {
    let all = [
        (can.find, "It cannot be searched: where an answer is lost, a person looks there for the case number."),
        (can.comment, "It takes no comments: what happens to a case later is not told."),
        (can.state, "It is told no states: [ticket_states] changes nothing."),
        (can.update, "Fields hold what they held when the ticket was made."),
        (can.merge || !can.find, "It does not merge tickets: of two of one case the lower is used, the other stays."),
        (can.changes, "It does not say what changed: what people do there is not read."),
    ];
    all.into_iter().filter(|(can, _)| !can).map(|(_, sentence)| sentence).collect()
}
