//! `guardia incident N`: one incident, its timeline, and the changes a person makes to it.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::calendar::instant;
use super::{Failure, incidents, store_of, table};
use crate::clock::{Clock, Instant};
use crate::config::Config;
use crate::incident::{Actor, CaseNumber, Change, Entry, Event, Incident};
use crate::ops::{self, Estimate, Invitation};
use crate::sla::Severity;
use crate::store::{StoreError, Tx};

/// One incident with its timeline; or change it.
#[derive(Debug, Args)]
pub struct OneIncident {
    /// The case number: eight digits.
    #[arg(value_name = "N")]
    number: String,
    /// Change the case. A first response marked by hand needs --note.
    #[arg(long, requires = "by", value_enum)]
    mark: Option<Mark>,
    /// Judge anew how bad it is: same start, new promise.
    #[arg(long, requires = "by", conflicts_with = "mark", value_parser = severity, value_name = "SEVERITY")]
    severity: Option<Severity>,
    /// Tell the reporter when it will be solved, e.g. 2026-03-08T03:30:00-04:00.
    #[arg(long, requires = "by", conflicts_with_all = ["mark", "severity"], value_parser = instant, value_name = "INSTANT")]
    eta: Option<Instant>,
    /// Tell the reporter when the next news comes.
    #[arg(long, requires = "by", conflicts_with_all = ["mark", "severity"], value_parser = instant, value_name = "INSTANT")]
    next_update: Option<Instant>,
    /// Ask a person of the roster, by id, to come into the conversation that somebody has with the reporter: they are
    /// called, and hear who asks.
    #[arg(long, requires = "by", conflicts_with_all = ["mark", "severity", "eta", "next_update"], value_name = "PERSON")]
    join: Option<String>,
    /// Who makes the change; stands in the timeline.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// What was done, or why.
    #[arg(long)]
    note: Option<String>,
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// What a person may do to a case.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mark {
    /// Somebody takes it: the paging stops, the clock runs on.
    Acknowledged,
    /// A person reached the reporter: the clock stops.
    Responded,
    /// The fault is gone.
    Resolved,
    /// Nothing is left to do.
    Closed,
    /// It was none.
    Cancelled,
    /// It is back: a new cycle with a new clock.
    Reopened,
}

impl From<Mark> for Event {
    fn from(mark: Mark) -> Self {
        match mark {
            Mark::Acknowledged => Self::Acknowledge,
            Mark::Responded => Self::Respond,
            Mark::Resolved => Self::Resolve,
            Mark::Closed => Self::Close,
            Mark::Cancelled => Self::Cancel,
            Mark::Reopened => Self::Reopen,
        }
    }
}

impl OneIncident {
    /// Runs the command.
    pub async fn run(self, config: &Config, out: &mut impl Write) -> Result<ExitCode, Failure> {
        let number = CaseNumber::parse(&self.number).map_err(|error| format!("'{}': {error}", self.number))?;
        let clock = Clock::machine();
        if let (Some(mark), Some(by)) = (self.mark, &self.by) {
            if matches!(mark, Mark::Responded) && self.note.as_deref().unwrap_or_default().trim().is_empty() {
                return Err("a first response marked by hand needs --note: how was the reporter reached?".into());
            }
            let hotline = crate::serve::tool(config).await?;
            let actor = Actor::Operator(by.clone());
            let changed = ops::change_case(&hotline, &number, mark.into(), &actor, self.note.as_deref()).await;
            hotline.store.close().await;
            changed?;
        }
        if let (Some(severity), Some(by)) = (self.severity, &self.by) {
            let hotline = crate::serve::tool(config).await?;
            let changed = ops::reclassify(&hotline, &number, severity, &Actor::Operator(by.clone())).await;
            hotline.store.close().await;
            changed?;
        }
        if let (Some(person), Some(by)) = (&self.join, &self.by) {
            ask_in(config, &number, person, by).await?;
        }
        let told = Estimate { eta: self.eta, next_update: self.next_update };
        if let (true, Some(by)) = (told.eta.or(told.next_update).is_some(), &self.by) {
            let past = |at: &Instant| *at <= clock.now();
            if told.eta.iter().chain(told.next_update.iter()).any(past) {
                return Err("an estimate lies in the future: mend --eta or --next-update".into());
            }
            let hotline = crate::serve::tool(config).await?;
            let actor = Actor::Operator(by.clone());
            let changed = ops::estimate(&hotline, &number, told, &actor, self.note.as_deref()).await;
            hotline.store.close().await;
            changed?;
        }
        let store = store_of(config).await?;
        let found = store
            .read(async |tx: &mut Tx| -> Result<Option<(Incident, Vec<Entry>)>, StoreError> {
                let Some(incident) = tx.incident_by_number(&number).await? else { return Ok(None) };
                let entries = tx.entries(incident.id).await?;
                Ok(Some((incident, entries)))
            })
            .await?;
        store.close().await;
        let Some((incident, entries)) = found else {
            return Err(format!("there is no case {number}").into());
        };
        let now = clock.now();
        if self.json {
            let whole = json!({ "incident": incidents::as_json(&incident, now), "timeline": entries });
            writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        let zone = config.calendar.zone();
        writeln!(out, "Case {}: {}, {}", incident.number, incident.state, incident.severity)?;
        writeln!(out, "  institution  {}", incident.institution_name.as_deref().unwrap_or("not known yet"))?;
        writeln!(out, "  service      {}", incident.service.as_deref().unwrap_or("not known yet"))?;
        writeln!(out, "  reporter     {}", table::masked(incident.call_back.as_ref()))?;
        writeln!(out, "  answered     {}", table::local(incident.started_at, zone))?;
        writeln!(
            out,
            "  due          {} ({})",
            table::local(incident.due_at, zone),
            incidents::promise(&incident, now)
        )?;
        writeln!(out)?;
        for entry in &entries {
            let at = table::local(entry.at, zone);
            writeln!(out, "{at}  {:<10}  {}", actor(&entry.actor), describe(&entry.change, zone))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Has the line call `person`, to come into the conversation.
async fn ask_in(config: &Config, number: &CaseNumber, person: &str, by: &str) -> Result<(), Failure> {
    if !Invitation::is_name(by) {
        return Err("--by is said on the telephone: write a name of up to 60 letters".into());
    }
    let hotline = crate::serve::tool(config).await?;
    let asked = ops::invite(&hotline, number, person, by).await;
    hotline.store.close().await;
    match asked?.refusal() {
        Some(why) => Err(format!("{person} was not called: {why}").into()),
        None => Ok(()),
    }
}

fn severity(word: &str) -> Result<Severity, String> {
    Severity::from_word(word).ok_or_else(|| "write critical, major or general".to_owned())
}

fn actor(actor: &Actor) -> &str {
    match actor {
        Actor::Caller => "caller",
        Actor::System => "guardia",
        Actor::Person(name) | Actor::Operator(name) => name,
    }
}

/// A change in words.
pub fn describe(change: &Change, zone: chrono_tz::Tz) -> String {
    let noted = |note: &Option<String>| note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
    match change {
        Change::Opened { severity, due_at } => format!("opened as {severity}, due {}", table::local(*due_at, zone)),
        Change::Canary { person } => format!("a test of the pager, told to {person} only"),
        Change::Learned { what, value: Some(value) } => format!("{what}: {value}"),
        Change::Learned { what, value: None } => format!("{what} given"),
        Change::Recorded { holds, seconds, .. } => format!("recorded {holds}, {seconds} s"),
        Change::Joined { call, case } => match case {
            Some(case) => format!("call {call} is about this case too; it had opened {case}"),
            None => format!("call {call} is about this case too"),
        },
        Change::Paged { person, round } => format!("page {} to {person}", round.saturating_add(1)),
        Change::PageFailed { person, round, channel, code } => format!(
            "page {} to {person} by {channel} failed{}",
            round.saturating_add(1),
            code.map(|code| format!(" (provider error {code})")).unwrap_or_default()
        ),
        Change::PageDelivered { person, round } => {
            format!("page {} reached a device of {person}", round.saturating_add(1))
        }
        Change::Escalated { person } => format!("{person} passed it on"),
        Change::Muted { until, reason } => {
            format!("the service is under maintenance until {} ({reason}): nobody is paged", table::local(*until, zone))
        }
        Change::NobodyOnDuty => "nobody is on duty".to_owned(),
        Change::ContactDisabled { person, channel, reason } => {
            format!("{person} is not told by {channel} any more: {reason}")
        }
        Change::DutyGap => "a schedule had nobody on duty; the next step was taken".to_owned(),
        Change::Called { person, how } => format!("called {person}: {how}"),
        Change::Bridged { person, seconds } => format!("{person} and the reporter talked for {seconds} s"),
        Change::Invited { person } => format!("asked {person} to come into the conversation"),
        Change::Entered { person } => format!("{person} came into the conversation of several"),
        Change::Left { person, seconds: Some(seconds) } => {
            format!("{person} left it after {seconds} s with the reporter")
        }
        Change::Left { person, seconds: None } => format!("{person} left it"),
        Change::Acknowledged { person, method } => format!("taken by {person} ({method})"),
        Change::Reminded { person, .. } => format!("reminder to {person}: was the reporter reached?"),
        Change::Confirmed { person } => format!("{person} answered the reminder"),
        Change::Unanswered { person } => format!("{person} did not answer the reminder"),
        Change::Responded { method, note, met } => {
            format!("first response ({method}), {}{}", if *met { "in time" } else { "late" }, noted(note))
        }
        Change::Warned { percent } => format!("{percent} % of the promised time has passed"),
        Change::Reclassified { from, to, due_at, reason } => {
            format!("changed from {from} to {to}, due {}{}", table::local(*due_at, zone), noted(reason))
        }
        Change::Recounted { before, due_at } => format!(
            "the clock was counted anew: due {} instead of {}",
            table::local(*due_at, zone),
            table::local(*before, zone)
        ),
        Change::Breached { reason } => {
            format!("the promise is broken{}", reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default())
        }
        Change::Estimated { eta, next_update, reason } => {
            let told = |what: &str, at: &Option<Instant>| {
                at.map(|at| format!("{what} {}", table::local(at, zone))).unwrap_or_default()
            };
            let both = [told("solved by", eta), told("next news", next_update)];
            let both: Vec<&str> = both.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
            format!("estimate: {}{}", both.join(", "), noted(reason))
        }
        Change::EstimateDue { lapses } => {
            format!("reminder: the reporter waits for an estimate until {}", table::local(*lapses, zone))
        }
        Change::Resolved { note } => format!("resolved{}", noted(note)),
        Change::Closed => "closed".to_owned(),
        Change::Cancelled { reason, into: Some(into) } => format!("one with {into} from now on: {reason}"),
        Change::Cancelled { reason, into: None } => format!("cancelled: {reason}"),
        Change::Reopened { cycle, due_at, reason } => {
            format!("reopened, cycle {cycle}, due {}{}", table::local(*due_at, zone), noted(reason))
        }
        Change::Noted { text } => format!("note: {text}"),
        Change::Informed { template } => format!("text message to the reporter ({template})"),
        Change::Ticketed { ticket } => format!("ticket {ticket} is in the ticket store"),
        Change::StoreCommented { public: true, text } => {
            format!("comment in the ticket store{}", text.as_ref().map(|text| format!(": {text}")).unwrap_or_default())
        }
        Change::StoreCommented { public: false, .. } => "internal comment in the ticket store".to_owned(),
        Change::StoreMoved { state } => format!("the ticket was moved to '{state}' in the ticket store"),
        Change::HeardByLink { recording } => format!("somebody heard the recording {recording} by its link"),
        Change::GivenUp { job } => format!("a '{job}' job was given up; the supervisors were told"),
    }
}
