//! `guardia-sandbox serve`: the network, in real time, until it is stopped.

use std::process::ExitCode;

use chrono::TimeDelta;
use clap::Args;
use guardia_sandbox::{Network, Phone};

use super::{Application, CliError, listen};

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The application's number, in E.164.
    #[arg(long, value_name = "NUMBER")]
    number: String,
    #[command(flatten)]
    application: Application,
    /// What a phone does when it is called: NUMBER=answers, NUMBER=voicemail, NUMBER=busy or NUMBER=off. Others ring unanswered.
    #[arg(long = "phone", value_name = "NUMBER=DOES", value_parser = phone)]
    phones: Vec<(String, Phone)>,
    /// Somebody with this number calls the application at once.
    #[arg(long, value_name = "NUMBER")]
    caller: Option<String>,
}

fn phone(text: &str) -> Result<(String, Phone), String> {
    let after = TimeDelta::seconds(3);
    let (number, does) = text.split_once('=').ok_or("expected NUMBER=DOES")?;
    let phone = match does {
        "answers" => Phone::Answers(after),
        "voicemail" => Phone::Voicemail(after),
        "busy" => Phone::Busy,
        "off" => Phone::SwitchedOff,
        other => return Err(format!("'{other}': expected answers, voicemail, busy or off")),
    };
    Ok((number.to_owned(), phone))
}

impl Serve {
    pub(super) async fn run(self) -> Result<ExitCode, CliError> {
        let network = Network::start(self.application.config(&self.number).await?.starting_now());
        for (number, phone) in &self.phones {
            network.set_phone(number, *phone);
        }
        let address = listen(&network, self.application.listen).await?;
        println!("REST API: http://{address} (stop with Ctrl-C)\n");
        network.on_log(|entry| println!("{entry}"));
        if let Some(caller) = &self.caller {
            network.dial(caller, &self.number);
        }
        tokio::select! {
            () = network.run_in_real_time() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        for problem in network.errors() {
            println!("{problem}");
        }
        Ok(ExitCode::SUCCESS)
    }
}
