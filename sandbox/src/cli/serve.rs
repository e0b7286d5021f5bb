//! `guardia-sandbox serve`: the network, in real time, until it is stopped.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{Offset, TimeDelta, Utc};
use clap::Args;
use guardia_sandbox::{Network, Phone, PhonePage};

use super::{Application, CliError, print_from, sip::Sip};

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
    /// The caller's number at first in the phone in the browser.
    #[arg(long, value_name = "NUMBER", default_value = "+18095550142")]
    phone_caller: String,
    /// The number at first of the person on duty in the phone in the browser.
    #[arg(long, value_name = "NUMBER", default_value = "+18095550111")]
    phone_staff: String,
    #[command(flatten)]
    sip: Sip,
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
    fn page(&self) -> Result<PhonePage, CliError> {
        let mut token = [0; 16];
        getrandom::fill(&mut token)
            .map_err(|error| CliError::Usage(format!("this machine has no randomness: {error}")))?;
        Ok(PhonePage {
            token: URL_SAFE_NO_PAD.encode(token),
            line: self.number.clone(),
            caller: self.phone_caller.clone(),
            staff: self.phone_staff.clone(),
        })
    }

    pub(super) async fn run(self) -> Result<ExitCode, CliError> {
        let mut config = self.application.config(&self.number).await?.starting_now();
        self.sip.prepare(&mut config, self.application.speech.is_chosen());
        let network = Network::start(config);
        for (number, phone) in &self.phones {
            network.set_phone(number, *phone);
        }
        let at = self.application.listen;
        let listener = tokio::net::TcpListener::bind(at).await.map_err(|error| CliError::Listen(at, error))?;
        let page = self.page()?;
        let token = page.token.clone();
        let address = network.serve_with_phone(listener, page).map_err(|error| CliError::Listen(at, error))?;
        println!("REST API: http://{address} (stop with Ctrl-C)");
        // It can be opened on this machine only, wherever else the API listens.
        match here(address.ip()) {
            Some(name) => println!("Phone: http://{}/phone#{token}\n", SocketAddr::new(name, address.port())),
            None => println!("Phone: none; listen on 127.0.0.1 or 0.0.0.0 to have it\n"),
        }
        // Open for as long as it is held.
        let _gateway = self.sip.open(&network)?;
        print_from(&network, Utc.fix());
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

/// By what address this machine reaches itself where it listens at `at`; `None` = at another one, where somebody else may listen
/// under its own.
fn here(at: IpAddr) -> Option<IpAddr> {
    match at {
        at if at.is_loopback() => Some(at),
        IpAddr::V4(at) if at.is_unspecified() => Some(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(at) if at.is_unspecified() => Some(Ipv6Addr::LOCALHOST.into()),
        _ => None,
    }
}
