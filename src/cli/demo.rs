//! `guardia demo`: a Saturday-night call, played on this machine with nothing to set up.

mod seed;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono_tz::Tz;
use clap::Args;
use guardia_sandbox::story::Story;
use guardia_sandbox::{Entry, What};

use super::{Failure, incident::describe, incidents::promise, table};
use crate::incident::{Change, Entry as CaseEntry, Incident};
use crate::stage::{Props, Stage};
use crate::store::{IncidentFilter, StoreError, Tx};
use crate::ticket::Ticket;

/// The shipped story.
const STORY: &str = include_str!("../../stories/saturday-night.yaml");

/// Play a call on this machine: Guardia, a telephone network and their people, in accelerated time.
///
/// Starts Guardia on a new SQLite file and the sandbox in the place of the telephone network, plays a story with a live
/// transcript, and ends with 0 when the story is true to its last line. With --seed-year it fills an empty store with a
/// made-up year of calls instead.
#[derive(Debug, Args)]
pub struct Demo {
    /// Another story than the Saturday night
    #[arg(long, value_name = "FILE")]
    story: Option<PathBuf>,
    /// Leave the server up afterwards, until Ctrl-C; its files are then kept too
    #[arg(long)]
    stay: bool,
    #[command(flatten)]
    seed: seed::Seed,
}

impl Demo {
    /// Runs the command.
    pub async fn run(self, file: &Path) -> Result<ExitCode, Failure> {
        if self.seed.is_wanted() {
            return self.seed.run(file).await;
        }
        let story = match &self.story {
            Some(file) => {
                let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
                Story::parse(&text, &file.display().to_string())?
            }
            None => Story::parse(STORY, "stories/saturday-night.yaml")?,
        };
        let folder = tempfile::Builder::new().prefix("guardia-demo-").tempdir()?;
        let mut stage = Stage::set(story.starts_at(), folder.path(), &Props::default()).await?;
        let zone = stage.config.calendar.zone();
        println!("{}", story.title);
        println!("{}\n", story.at.format("%A %Y-%m-%d %H:%M:%S, UTC%:z"));
        stage.network.on_log(move |entry| println!("{}", line(entry, zone)));
        let report = stage.play(story).await;
        let seen = outcome(&stage).await?;
        for (incident, timeline, ticket) in &seen {
            tell(&stage, incident, timeline, ticket.as_ref(), zone);
        }
        let problems = stage.network.errors();
        for problem in &problems {
            println!("the telephone network reports {problem}");
        }
        for failure in &report.failures {
            println!("NOT SO  {failure}");
        }
        let good = report.passed() && problems.is_empty();
        println!("\n{}", if good { "The story is true to its last line." } else { "The story is not true." });
        if self.stay {
            let kept = folder.keep();
            println!("\nGuardia answers at http://{} until Ctrl-C.", stage.address());
            if let Some((incident, ..)) = seen.first() {
                println!(
                    "  curl -H 'Authorization: Bearer stage' http://{}/api/v1/tickets/{}",
                    stage.address(),
                    incident.number
                );
            }
            println!("Its files stay in {}.", kept.display());
            tokio::signal::ctrl_c().await?;
        }
        stage.stop().await;
        Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// A line of the transcript: when, who, and what they hear, press, say, send or get.
fn line(entry: &Entry, zone: Tz) -> String {
    let at = entry.at.with_timezone(&zone).format("%H:%M:%S");
    let (sign, verb) = match entry.what {
        What::Hears | What::HearsPart => ("<", "hears"),
        What::Presses => (">", "presses"),
        What::Says => (">", "says"),
        What::ReceivesSms => ("<", "gets SMS"),
        What::SendsSms => (">", "sends SMS"),
        What::Dials => (">", "dials"),
        What::Rings => ("<", "rings"),
        What::Answers => (">", "answers"),
        What::HangsUp => (">", "hangs up"),
        What::Over => (" ", "call over"),
        What::Note => (" ", "note"),
    };
    format!("{at}  {:<8} {sign} {verb:<9}  {}", entry.who, entry.text).trim_end().to_owned()
}

type Seen = (Incident, Vec<CaseEntry>, Option<Ticket>);

async fn outcome(stage: &Stage) -> Result<Vec<Seen>, Failure> {
    let store = &stage.hotline()?.store;
    let filter = IncidentFilter { open: false, limit: 100 };
    let seen = store
        .read(async |tx: &mut Tx| -> Result<Vec<Seen>, StoreError> {
            let mut seen = Vec::new();
            for incident in tx.incidents(filter).await? {
                let timeline = tx.entries(incident.id).await?;
                let ticket = tx.ticket_by_external_id(incident.number.as_str()).await?;
                seen.push((incident, timeline, ticket));
            }
            Ok(seen)
        })
        .await?;
    Ok(seen)
}

/// The case, its clock, its page and its ticket, as a supervisor asks for them.
fn tell(stage: &Stage, incident: &Incident, timeline: &[CaseEntry], ticket: Option<&Ticket>, zone: Tz) {
    let now = stage.now();
    let left = incident.due_at - incident.started_at;
    println!("\ncase             {} ({}, {})", incident.number, incident.state, incident.severity);
    println!("line answered    {}", table::local(incident.started_at, zone));
    println!(
        "response due     {} (+{} h {:02} m {:02} s from answer; {})",
        table::local(incident.due_at, zone),
        left.num_hours(),
        left.num_minutes() % 60,
        left.num_seconds() % 60,
        promise(incident, now)
    );
    for entry in timeline {
        let title = match entry.change {
            Change::Paged { .. } => "page",
            Change::Acknowledged { .. } => "acknowledgement",
            _ => continue,
        };
        println!("{title:<16} {}: {}", table::local(entry.at, zone), describe(&entry.change, zone));
    }
    match ticket {
        Some(ticket) => println!("ticket           {} ({})", ticket.subject, ticket.state),
        None => println!("ticket           none"),
    }
}
