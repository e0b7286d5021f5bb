//! `guardia-sandbox serve --sip`: softphones on the network.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::sync::Arc;

use clap::Args;
use guardia_sandbox::sip::{Gateway, Settings, SipLimits, Staff};
use guardia_sandbox::sound::speech::{self, Bounds, Speaker};
use guardia_sandbox::{Config, Network};

use super::CliError;

/// Softphones on the network.
#[derive(Debug, Args)]
pub(super) struct Sip {
    /// Where softphones call and register, by UDP and TCP: sip:line@ADDRESS is the number above. Without it there is no SIP.
    #[arg(long = "sip", value_name = "ADDRESS")]
    door: Option<SocketAddr>,
    /// Whose softphones may register, and ring when the number is called: NUMBER=PASSWORD, or a file of such lines. Give
    /// passwords in the file or the environment: arguments can be read by everybody on the machine.
    #[arg(
        long = "sip-staff",
        value_name = "FILE|NUMBER=PASSWORD",
        env = "GUARDIA_SANDBOX_SIP_STAFF",
        hide_env_values = true,
        value_delimiter = ',',
        requires = "door"
    )]
    staff: Vec<String>,
    /// Whoever calls must prove to be this one, as a telephone company's trunk does. Without it everybody may call.
    #[arg(
        long = "sip-trunk",
        value_name = "NUMBER=PASSWORD",
        env = "GUARDIA_SANDBOX_SIP_TRUNK",
        hide_env_values = true,
        value_parser = Staff::read,
        requires = "door"
    )]
    trunk: Option<Staff>,
    /// The number of a softphone that calls and does not say a number in E.164.
    #[arg(long = "sip-caller", value_name = "NUMBER", default_value = "+18095550199")]
    stand_in: String,
    /// The ports of the sound, one for each call.
    #[arg(long = "rtp-ports", value_name = "FIRST-LAST", default_value = "40000-40999", value_parser = ports)]
    rtp_ports: RangeInclusive<u16>,
    /// Ask softphones for SHA-256 as well as MD5 when they prove their password; some that know only MD5 then give up.
    #[arg(long = "sip-sha256", requires = "door")]
    sha256: bool,
    /// Callers hear what the network plays before it picks up (183 in place of 180).
    #[arg(long = "sip-early-media", requires = "door")]
    early_media: bool,
}

fn ports(text: &str) -> Result<RangeInclusive<u16>, String> {
    let (first, last) = text.split_once('-').ok_or("expected FIRST-LAST")?;
    let number = |text: &str| text.trim().parse::<u16>().map_err(|_| format!("'{text}' is not a port"));
    let (first, last) = (number(first)?, number(last)?);
    if first == 0 || first > last {
        return Err(format!("{first} to {last} are no ports"));
    }
    Ok(first..=last)
}

impl Sip {
    /// Softphones hear words, if espeak-ng is installed to say them, and there is a place for each call.
    pub(super) fn prepare(&self, config: &mut Config, speech_is_chosen: bool) {
        if self.door.is_none() {
            return;
        }
        config.limits.handsets = config.limits.handsets.max(SipLimits::default().calls);
        if speech_is_chosen {
            return;
        }
        match (speech::Settings::Espeak {}).engine() {
            Ok(engine) => config.speech = Some(Arc::new(Speaker::new(engine, Bounds::default()))),
            Err(why) => println!("Softphones hear silence in place of words: {why}"),
        }
    }

    /// Opens the gateway, if there is to be one.
    pub(super) fn open(&self, network: &Network) -> Result<Option<Gateway>, CliError> {
        let Some(door) = self.door else { return Ok(None) };
        let mut settings = Settings::new(door);
        settings.rtp_ports = self.rtp_ports.clone();
        settings.stand_in.clone_from(&self.stand_in);
        settings.trunk.clone_from(&self.trunk);
        settings.sha256 = self.sha256;
        settings.early_media = self.early_media;
        for staff in &self.staff {
            settings.staff.extend(read(staff)?);
        }
        let gateway = Gateway::open(network, settings)?;
        println!("SIP: sip:line@{}", gateway.address());
        Ok(Some(gateway))
    }
}

fn read(staff: &str) -> Result<Vec<Staff>, CliError> {
    if staff.starts_with('+') {
        return Ok(vec![Staff::read(staff).map_err(CliError::Usage)?]);
    }
    let text = std::fs::read_to_string(staff).map_err(|error| CliError::Read(staff.to_owned(), error))?;
    Staff::read_all(&text).map_err(|why| CliError::Usage(format!("{staff}: {why}")))
}
