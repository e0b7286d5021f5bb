//! The program's arguments.

mod call;
mod keyboard;
mod load;
mod phone;
mod serve;
mod sip;
mod speech;

use std::net::SocketAddr;
use std::process::ExitCode;

use chrono::FixedOffset;
use clap::{Args, Parser, Subcommand};
use guardia_sandbox::{Config, Detour, Line};

/// A telephone network on your own machine.
///
/// It speaks the telephony provider's public wire format: it fetches TwiML from your application's webhooks, signs every
/// request, and serves the REST API (calls, messages, recordings) that your application calls back.
#[derive(Debug, Parser)]
#[command(name = "guardia-sandbox", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Call your application: from the keyboard, or by a story with a scripted caller and staff.
    ///
    /// Prints every webhook with its timing, and what everybody hears, presses, says and receives as it happens. Exits with 0
    /// when all went well and the story is true, 1 when a line of it is not or a webhook failed, 2 when it could not be played.
    Call(call::Call),
    /// Let many people call at once, in real time, and report what came of it.
    ///
    /// Prints one piece of JSON: times and statuses by kind of webhook, errors, calls by outcome. Exits with 0 when there were
    /// at most --max-errors errors, 1 when there were more, 2 when there was no run.
    Load(load::LoadArgs),
    /// Work telephones from the terminal, one line at a time: the caller's, and one of the staff.
    ///
    /// What is heard is printed, and sounds where that is possible; keys are typed, sound files are spoken.
    Phone(phone::Phone),
    /// Be the network: serve the REST API and the phone in the browser, and run in real time until stopped.
    Serve(serve::Serve),
}

/// The token when none is given: everybody knows it.
const KNOWN_TOKEN: &str = "sandbox";

/// Where the application is and how it is spoken to.
#[derive(Debug, Args)]
struct Application {
    /// Asked what to do on a call to the number.
    #[arg(long, value_name = "URL")]
    webhook: String,
    /// Asked when the first address fails.
    #[arg(long, value_name = "URL")]
    fallback: Option<String>,
    /// Told when a call ends.
    #[arg(long, value_name = "URL")]
    status_callback: Option<String>,
    /// Told of every text message to the number.
    #[arg(long, value_name = "URL")]
    sms_webhook: Option<String>,
    /// The account: AC and 32 hexadecimal digits.
    #[arg(long, env = "GUARDIA_SANDBOX_ACCOUNT", default_value = "AC00000000000000000000000000000000")]
    account: String,
    /// The account's token: signs every webhook and opens the REST API. Give the one that your application checks with.
    #[arg(long, env = "GUARDIA_SANDBOX_TOKEN", hide_env_values = true, default_value = KNOWN_TOKEN)]
    token: String,
    /// Where the REST API listens; port 0 = any free one. Other machines reach it only with a token of your own.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The application's public base address, if webhooks are signed for one that this machine cannot reach.
    #[arg(long, value_name = "URL", requires = "connect_url")]
    public_url: Option<String>,
    /// Where the application really listens, in place of --public-url.
    #[arg(long, value_name = "URL", requires = "public_url")]
    connect_url: Option<String>,
    /// Outgoing calls started per second; more wait.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    calls_per_second: u32,
    /// Where identifiers are drawn from: the same seed gives the same ones. Give another to each run against an application
    /// that remembers calls.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    speech: speech::Speech,
}

impl Application {
    async fn config(&self, number: &str) -> Result<Config, CliError> {
        if !self.listen.ip().to_canonical().is_loopback() && self.token == KNOWN_TOKEN {
            return Err(CliError::KnownToken(self.listen));
        }
        let mut config = Config::new(&self.account, &self.token);
        config.calls_per_second = self.calls_per_second;
        config.seed = self.seed;
        config.speech = self.speech.speaker().await?;
        config.detour = self
            .public_url
            .clone()
            .zip(self.connect_url.clone())
            .map(|(public_url, connect_url)| Detour { public_url, connect_url });
        config.lines.push(Line {
            number: number.to_owned(),
            voice_url: Some(self.webhook.clone()),
            voice_fallback_url: self.fallback.clone(),
            status_callback: self.status_callback.clone(),
            status_callback_events: Vec::new(),
            sms_url: self.sms_webhook.clone(),
            sms_fallback_url: None,
        });
        Ok(config)
    }
}

/// Why the program could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error("cannot read {0}: {1}")]
    Read(String, std::io::Error),
    #[error("cannot write {0}: {1}")]
    Write(String, std::io::Error),
    #[error("the story has mistakes:\n{0}")]
    Story(#[from] guardia_sandbox::story::StoryError),
    #[error("the population has mistakes:\n{0}")]
    Population(#[from] guardia_sandbox::load::PopulationError),
    #[error("cannot listen on {0}: {1}; give another address with --listen")]
    Listen(SocketAddr, std::io::Error),
    #[error(
        "--listen {0} lets other machines in, and the account's token is '{KNOWN_TOKEN}', which everybody knows; give the token \
         that your application checks with in GUARDIA_SANDBOX_TOKEN (or --token), or listen on 127.0.0.1"
    )]
    KnownToken(SocketAddr),
    #[error(transparent)]
    Sip(#[from] guardia_sandbox::sip::SipError),
    #[error("{0}")]
    Usage(String),
}

impl Cli {
    pub(crate) async fn run(self) -> Result<ExitCode, CliError> {
        match self.command {
            Command::Call(call) => call.run().await,
            Command::Load(load) => load.run().await,
            Command::Phone(phone) => phone.run().await,
            Command::Serve(serve) => serve.run().await,
        }
    }
}

async fn listen(network: &guardia_sandbox::Network, at: SocketAddr) -> Result<SocketAddr, CliError> {
    let listener = tokio::net::TcpListener::bind(at).await.map_err(|error| CliError::Listen(at, error))?;
    network.serve(listener).map_err(|error| CliError::Listen(at, error))
}

/// Prints what happens from now on: what people live through, and every webhook with its timing.
fn print_from(network: &guardia_sandbox::Network, zone: FixedOffset) {
    network.on_log(move |entry| println!("{}", entry.in_zone(zone)));
    network.on_webhook(move |delivery| println!("{}", delivery.in_zone(zone)));
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    #[test]
    fn no_two_arguments_of_a_command_are_one() {
        Cli::command().debug_assert();
    }
}
