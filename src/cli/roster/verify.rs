//! `guardia roster verify` and `confirm`: a code is sent to a contact, and given back.

use std::io::Write;

use clap::Args;

use super::super::{Failure, table};
use super::counted;
use crate::config::Config;
use crate::oncall::Attempt;
use crate::ops::{confirm_code, send_code};
use crate::paging::Code;

/// Send a code of six digits to a contact, to verify that it reaches the person; a running server sends it
#[derive(Args, Debug)]
pub struct Verify {
    /// The person, by the id of the roster
    #[arg(value_name = "PERSON")]
    person: String,
    /// The contact, by its id; 'sms' and 'voice' where the roster has 'phone'
    #[arg(value_name = "CONTACT")]
    contact: String,
}

/// Give back the code that the person got; whoever texts it back themselves needs this not
#[derive(Args, Debug)]
pub struct Confirm {
    /// The person, by the id of the roster
    #[arg(value_name = "PERSON")]
    person: String,
    /// The contact, by its id
    #[arg(value_name = "CONTACT")]
    contact: String,
    /// The six digits
    #[arg(value_name = "CODE")]
    code: String,
}

impl Verify {
    /// Runs the command.
    pub async fn run(self, config: &Config, out: &mut impl Write) -> Result<(), Failure> {
        let hotline = crate::serve::tool(config).await?;
        let sent = send_code(&hotline, &self.person, &self.contact).await;
        hotline.store.close().await;
        let sent = sent?;
        let until = table::local(sent.expires_at, config.calendar.zone());
        let (channel, person, contact) = (sent.channel.as_str(), &self.person, &self.contact);
        writeln!(out, "A code goes out by {channel}; it is good until {until}.")?;
        writeln!(out, "What they were told: guardia roster confirm {person} {contact} CODE")?;
        Ok(())
    }
}

impl Confirm {
    /// Runs the command; whether the code was right.
    pub async fn run(self, config: &Config, out: &mut impl Write) -> Result<bool, Failure> {
        let code = Code::parse(self.code.trim().trim_end_matches(['v', 'V']));
        let code = code.map_err(|_| "the code has six digits, as the person got it")?;
        let hotline = crate::serve::tool(config).await?;
        let attempt = confirm_code(&hotline, &self.person, &self.contact, &code).await;
        hotline.store.close().await;
        let (person, contact) = (&self.person, &self.contact);
        let again = format!("send a new one: guardia roster verify {person} {contact}");
        match attempt? {
            Attempt::Right => {
                writeln!(out, "Contact '{contact}' of {person} is verified.")?;
                return Ok(true);
            }
            Attempt::Wrong { left: 0 } => writeln!(out, "That is not the code, and it was the last try; {again}")?,
            Attempt::Wrong { left } => {
                let left = counted(usize::try_from(left).unwrap_or(1), "try is", "tries are");
                writeln!(out, "That is not the code; {left} left.")?;
            }
            Attempt::NoCode => writeln!(out, "No code stands for this contact; {again}")?,
        }
        Ok(false)
    }
}
