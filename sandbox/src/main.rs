//! The sandbox as a program: play a story against an application, or be its telephone network.

mod cli;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    match cli::Cli::parse().run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("guardia-sandbox: {error}");
            ExitCode::from(2)
        }
    }
}
