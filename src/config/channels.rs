//! The ways by which people are told, beside the telephony provider: e-mail, webhooks, a second account, and what error
//! codes mean.

use std::collections::BTreeMap;

use super::reader::Reader;
use super::{PHONE_MEND, Twilio, account_sid, phone, secret, values};
use crate::phone::Phone;
use crate::provider::messaging::{Class, Classes, MailServer, Security};
use crate::provider::{Reach, Secret};

const API_MEND: &str = "write the address of the provider's REST API";
const SECURITY_MEND: &str = "write starttls, tls, or none for a server on this machine";

/// The ways by which people are told.
#[derive(Clone, Debug)]
pub struct Channels {
    /// The mail server; `None` = contacts by e-mail are passed over.
    pub email: Option<MailServer>,
    /// Posts to webhooks.
    pub webhooks: Webhooks,
    /// A second account at the provider's family, for what the first one cannot send.
    pub fallback: Option<Fallback>,
    /// What the provider's error codes mean.
    pub classes: Classes,
}

/// Posts to webhooks.
#[derive(Clone, Debug)]
pub struct Webhooks {
    /// Where they may go.
    pub reach: Reach,
    /// Signs posts to programs that have no secret of their own.
    pub secret: Option<Secret>,
    /// Those that have one, by `person/contact`.
    pub secrets: BTreeMap<String, Secret>,
}

/// A second account at the provider's family.
#[derive(Clone, Debug)]
pub struct Fallback {
    /// The account.
    pub account_sid: String,
    /// Signs its webhooks and opens its REST API.
    pub auth_token: Secret,
    /// Its REST API.
    pub api_url: String,
    /// The number its messages and calls come from.
    pub from: Phone,
}

impl Channels {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let email = email(reader);
        let webhooks = Webhooks::read(reader);
        let fallback = Fallback::read(reader);
        let classes = classes(reader);
        Some(Self { email: email.ok()?, webhooks: webhooks?, fallback: fallback.ok()?, classes: classes? })
    }
}

/// A setting is wrong; the reader knows which.
struct Wrong;

/// `None` = no mail server is set.
fn email(reader: &mut Reader) -> Result<Option<MailServer>, Wrong> {
    let host = reader.optional("email.host", "", "write the mail server's name", plain);
    let port = reader.optional("email.port", "587", "write a port, e.g. 587", |text| {
        text.parse::<u16>().map_err(|_| "not a port".to_owned())
    });
    let security = reader.optional("email.security", "starttls", SECURITY_MEND, |text| match text {
        "starttls" => Ok(Security::Starttls),
        "tls" => Ok(Security::Tls),
        "none" => Ok(Security::None),
        _ => Err("not a way to secure mail".to_owned()),
    });
    let user = reader.optional("email.user", "", "write the user's name, or leave it out", plain);
    let password = reader.optional_secret("email.password");
    let from = reader.optional("email.from", "", "write Guardia <guardia@example.gob.do>", plain);
    let (host, user) = (host.ok_or(Wrong)?, user.ok_or(Wrong)?);
    if host.is_empty() {
        return Ok(None);
    }
    let login = match (user.is_empty(), password) {
        (true, None) => None,
        (false, Some(password)) => Some((user, Secret::new(password))),
        _ => {
            reader.problem(
                "email.password",
                None,
                "a user and a password belong together: write both, or leave both out",
            );
            return Err(Wrong);
        }
    };
    let (port, security) = (port.ok_or(Wrong)?, security.ok_or(Wrong)?);
    Ok(Some(MailServer { host, port, security, login, from: from.ok_or(Wrong)? }))
}

impl Webhooks {
    fn read(reader: &mut Reader) -> Option<Self> {
        let hosts = reader.optional(
            "webhooks.hosts",
            "",
            "write the names of hosts in your own network, separated by commas",
            |text| values::list(text, values::text),
        );
        let networks = reader.optional(
            "webhooks.networks",
            "",
            "write networks such as 10.0.0.0/8, separated by commas",
            |text| values::list(text, |network| network.parse().map_err(|_| "not a network".to_owned())),
        );
        let this_machine = reader.optional("webhooks.this_machine", "false", "write true or false", |text| {
            text.parse().map_err(|_| "neither true nor false".to_owned())
        });
        let secret = reader.optional_secret("webhooks.secret").map(Secret::new);
        let secrets = reader.subtable::<BTreeMap<String, Secret>>("webhook_secrets");
        let reach = Reach { hosts: hosts?, networks: networks?, this_machine: this_machine? };
        Some(Self { reach, secret, secrets: secrets? })
    }
}

impl Fallback {
    /// `None` = there is no second account.
    fn read(reader: &mut Reader) -> Result<Option<Self>, Wrong> {
        let account =
            reader.optional("fallback.account_sid", "", "write the account's SID, AC and 32 hex digits", |text| {
                if text.is_empty() { Ok(None) } else { account_sid(text).map(Some) }
            });
        let token = reader.optional_secret("fallback.auth_token");
        let api_url = reader.optional("fallback.api_url", Twilio::API, API_MEND, values::base_url);
        let from = reader.optional("fallback.from", "", PHONE_MEND, |text| {
            if text.is_empty() { Ok(None) } else { phone(text).map(Some) }
        });
        let Some(account_sid) = account.ok_or(Wrong)? else { return Ok(None) };
        let token = secret(&token.unwrap_or_default(), 8);
        if let Err(why) = &token {
            reader.problem("fallback.auth_token", None, &format!("{why}; write the second account's auth token"));
        }
        let from = from.ok_or(Wrong)?;
        if from.is_none() {
            reader.problem("fallback.from", None, &format!("is missing: {PHONE_MEND}"));
        }
        let (auth_token, from) = (token.map_err(|_| Wrong)?, from.ok_or(Wrong)?);
        Ok(Some(Self { account_sid, auth_token, api_url: api_url.ok_or(Wrong)?, from }))
    }
}

fn classes(reader: &mut Reader) -> Option<Classes> {
    let written = reader.subtable::<BTreeMap<String, Class>>("error_classes")?;
    let mut classes = BTreeMap::new();
    for (code, class) in written {
        let Ok(code) = code.parse::<u32>() else {
            reader.problem(
                &format!("error_classes.{code}"),
                None,
                "write a code of the provider's, e.g. 30008 = \"retry\"",
            );
            return None;
        };
        classes.insert(code, class);
    }
    Some(Classes::with(classes))
}

#[expect(clippy::unnecessary_wraps, reason = "as every reader of a value")]
fn plain(text: &str) -> Result<String, String> {
    Ok(text.trim().to_owned())
}
