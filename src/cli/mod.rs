//! The command line: one file per sub-command.

mod audit;
mod banner;
mod calendar;
mod call;
mod calls;
mod demo;
mod doctor;
mod flow;
mod hook;
mod incident;
mod incidents;
mod maintenance;
mod roster;
mod table;
mod ticketing;
mod token;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::clock::Clock;
use crate::config::{Config, Plan, Problem};
use crate::sla::{Calendar, CalendarTable};
use crate::store::Store;

/// Guardia answers the critical-incident line: it logs the call, starts the 4-hour clock, pages the people on duty until
/// one of them proves to be there, and hands the case to the ticket store.
///
/// New here? `guardia demo` plays a Saturday-night call on this machine, with nothing to set up.
#[derive(Debug, Parser)]
#[command(name = "guardia", version, propagate_version = true)]
struct Arguments {
    /// The settings file; GUARDIA_* variables override what it says.
    #[arg(long, global = true, env = "GUARDIA_CONFIG", default_value = "guardia.toml", value_name = "FILE")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer the line: webhooks, job runner and API in one process.
    Serve,
    /// Play a call on this machine: Guardia, a telephone network and their people, in accelerated time.
    Demo(demo::Demo),
    /// Check, draw and try voice flows.
    #[command(subcommand)]
    Flow(flow::Command),
    /// The people on duty: import a roster, check one, ask who is on duty.
    #[command(subcommand)]
    Roster(roster::Command),
    /// The calls to the line, newest first.
    Calls(calls::Calls),
    /// One call with its legs, recordings and timeline.
    Call(call::OneCall),
    /// The incidents, newest first.
    Incidents(incidents::Incidents),
    /// One incident with its timeline; or change it.
    Incident(incident::OneIncident),
    /// The announced outage: callers hear of it before the menu.
    #[command(subcommand)]
    Banner(banner::Command),
    /// Maintenance of a service: its cases page nobody while it lasts.
    #[command(subcommand)]
    Maintenance(maintenance::Command),
    /// The ticket store that cases are handed to: check it, see what it did not take, try that anew.
    #[command(subcommand)]
    Ticketing(ticketing::Command),
    /// Programs that may use the API: make, list and end their tokens.
    #[command(subcommand)]
    Token(token::Command),
    /// Programs that hear of changes to tickets: add, list, remove and test their addresses.
    #[command(subcommand)]
    Hook(hook::Command),
    /// People who may open the console: make, list and change their accounts.
    #[command(subcommand)]
    User(user::Command),
    /// Whether the record of who did what in the console is whole.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Whether a call tonight would reach a person: what is wrong, and how it is mended.
    Doctor(doctor::Doctor),
    /// The clock: holidays, due instants with their reasons, opening hours.
    Calendar(calendar::Command),
}

/// Why a command failed, as the person reads it: may be several lines.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("guardia: no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(arguments)) {
        Ok(code) => code,
        // Whoever read the output had enough of it.
        Err(error) if is_broken_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("guardia: {error}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    let broken =
        error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe);
    broken || error.source().is_some_and(is_broken_pipe)
}

async fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let file = arguments.config;
    let out = &mut std::io::stdout().lock();
    match arguments.command {
        Command::Serve => {
            let config = configuration(&file)?;
            log(&config);
            crate::serve::serve(&config).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Demo(demo) => demo.run(&file).await,
        Command::Flow(command) => {
            flow::run(&command, &file, &Clock::machine(), std::io::stdin().lock(), out)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Roster(command) => command.run(&file, out).await,
        Command::Calls(command) => command.run(&configuration(&file)?, out).await,
        Command::Call(command) => command.run(&configuration(&file)?, out).await,
        Command::Incidents(command) => command.run(&configuration(&file)?, out).await,
        Command::Incident(command) => command.run(&configuration(&file)?, out).await,
        Command::Banner(command) => command.run(&configuration(&file)?, out).await,
        Command::Maintenance(command) => command.run(&configuration(&file)?, out).await,
        Command::Ticketing(command) => command.run(&configuration(&file)?, out).await,
        Command::Token(command) => command.run(&configuration(&file)?, out).await,
        Command::Hook(command) => command.run(&configuration(&file)?, out).await,
        Command::User(command) => command.run(&configuration(&file)?, out).await,
        Command::Audit(command) => command.run(&configuration(&file)?, out).await,
        Command::Doctor(doctor) => doctor.run(&file, out).await,
        Command::Calendar(command) => {
            command.run(&calendar_of(&file)?, out)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn configuration(file: &std::path::Path) -> Result<Config, Failure> {
    Config::load(file, std::env::vars()).map_err(|problems| not_right(file, &problems).into())
}

fn not_right(file: &std::path::Path, problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(|problem| format!("  {problem}")).collect();
    let missing = if file.exists() { "" } else { " (there is no such file: copy guardia.example.toml to it)" };
    format!("{} is not right{missing}:\n{}", file.display(), lines.join("\n"))
}

/// The calendar alone: the clock can be asked before anything else is set up.
fn calendar_of(file: &std::path::Path) -> Result<Calendar, Failure> {
    if file.exists() {
        return Ok(Plan::load(file, std::env::vars()).map_err(|problems| not_right(file, &problems))?.calendar);
    }
    Calendar::from_table(&CalendarTable::default()).map_err(|_| "the default calendar is not right".into())
}

async fn store_of(config: &Config) -> Result<Store, Failure> {
    Ok(Store::visit(&config.store).await?)
}

fn log(config: &Config) {
    use std::io::IsTerminal as _;

    use tracing_subscriber::EnvFilter;

    let filter = EnvFilter::try_new(&config.log_filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // A second subscriber in one process is the test's; it stays.
    let _ = if config.log_json { lines.json().try_init() } else { lines.try_init() };
}
