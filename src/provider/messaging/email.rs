//! Sending mail by SMTP (RFC 5321), to the one server that the configuration names: it delivers, queues and retries.
//!
//! The steps are taken one by one, since the step says whose fault a refusal is: only what is said to the recipient's address
//! is about the recipient.

use std::fmt;
use std::time::{Duration, SystemTime};

use chrono::TimeDelta;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message};

use super::smtp_failure::{Step, failed};
use crate::clock::Clock;
use crate::flow::Language;
use crate::provider::Secret;
use crate::provider::failure::Class;
use crate::provider::http::{Fault, Limits};
use crate::provider::send_error::{Cause, SendError};

/// The longest text, in characters.
const MAX_TEXT: usize = 100_000;
/// The longest subject, in characters: one line on every telephone.
const MAX_SUBJECT: usize = 200;

/// How the connection is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// The server must offer STARTTLS; else nothing is sent. Port 587.
    Starttls,
    /// TLS from the first byte. Port 465.
    Tls,
    /// None: for a server on this machine only.
    None,
}

/// A mail server, as it is configured.
#[derive(Clone, Debug)]
pub struct MailServer {
    /// Its name, which its certificate must have.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// User and password, where it wants them.
    pub login: Option<(String, Secret)>,
    /// Who the mail is from: `Guardia <guardia@example.do>`.
    pub from: String,
}

/// Why a mail server cannot be used. A reason not to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailServerError {
    /// No host.
    #[error("the mail server's host is missing: write its name, as it stands in its certificate")]
    Host,
    /// Clear text across a network.
    #[error("mail goes unsecured to a server on this machine only: set its security to starttls or tls")]
    Clear,
    /// The password is empty.
    #[error("the mail server's password is empty: fill it in, or leave out user and password")]
    Password,
    /// The sender is no address.
    #[error("the mail's sender must be an address: write it as Guardia <guardia@example.do>")]
    From,
    /// No TLS on this machine.
    #[error("no TLS for mail: install this machine's CA certificates (package ca-certificates)")]
    Tls,
}

/// One mail.
#[derive(Clone, Copy)]
pub struct Mail<'a> {
    /// Our id of the notice: letters, digits, `-`, `_`, `.`; the same for every attempt. It becomes the Message-ID, by which
    /// mailboxes drop what comes twice.
    pub id: &'a str,
    /// The recipient's address.
    pub to: &'a str,
    /// The subject.
    pub subject: &'a str,
    /// The text.
    pub text: &'a str,
    /// The language of both.
    pub language: Language,
    /// Whether it is marked as urgent.
    pub urgent: bool,
}

/// Sends mail through one server. Cheap to clone. `Debug` shows the server only.
#[derive(Clone)]
pub struct Email {
    server: MailServer,
    from: Mailbox,
    hello: ClientId,
    tls: Option<TlsParameters>,
    clock: Clock,
    limits: Limits,
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Email").field(&self.server).finish()
    }
}

impl Email {
    /// A client for `server`; `limits` bounds each send, by `clock`.
    ///
    /// # Errors
    /// [`MailServerError`], which names the mend.
    pub fn new(server: MailServer, clock: Clock, limits: Limits) -> Result<Self, MailServerError> {
        let host = server.host.trim();
        if host.is_empty() {
            return Err(MailServerError::Host);
        }
        let is_here = matches!(host, "localhost" | "127.0.0.1" | "::1");
        if server.security == Security::None && !is_here {
            return Err(MailServerError::Clear);
        }
        if server.login.as_ref().is_some_and(|(_, password)| password.is_empty()) {
            return Err(MailServerError::Password);
        }
        let from: Mailbox = server.from.trim().parse().map_err(|_| MailServerError::From)?;
        if !is_ascii(&from.email) {
            return Err(MailServerError::From);
        }
        let tls = match server.security {
            Security::None => None,
            _ => Some(TlsParameters::new(host.to_owned()).map_err(|_| MailServerError::Tls)?),
        };
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let server = MailServer { host: host.to_owned(), ..server };
        Ok(Self { server, from, hello, tls, clock, limits })
    }

    /// Sends a mail: once the server said yes, delivering it is the server's business.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send(&self, mail: &Mail<'_>) -> Result<(), SendError> {
        let (to, message) = self.message(mail)?;
        let total = TimeDelta::from_std(self.limits.total).unwrap_or(TimeDelta::MAX);
        let now = self.clock.now();
        let deadline = self.clock.sleep_until(now.checked_add_signed(total).unwrap_or(now));
        tokio::select! {
            sent = self.converse(to, &message) => sent,
            busy = deadline => {
                drop(busy);
                Err(Fault::Timeout.into())
            }
        }
    }

    async fn converse(&self, to: Address, message: &[u8]) -> Result<(), SendError> {
        let mut server = self.connect().await?;
        if let Some((user, password)) = &self.server.login {
            let credentials = Credentials::new(user.clone(), password.expose().to_owned());
            server.auth(DEFAULT_MECHANISMS, &credentials).await.map_err(|error| failed(Step::Login, &error))?;
        }
        let sender = MailFrom::new(Some(self.from.email.clone()), Vec::new());
        server.command(sender).await.map_err(|error| failed(Step::Sender, &error))?;
        server.command(Rcpt::new(to, Vec::new())).await.map_err(|error| failed(Step::Recipient, &error))?;
        server.command(Data).await.map_err(|error| failed(Step::Message, &error))?;
        server.message(message).await.map_err(|error| failed(Step::Message, &error))?;
        // It has the mail: how the goodbye goes is of no interest.
        server.abort().await;
        Ok(())
    }

    /// A secured connection, or none.
    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let place = (self.server.host.as_str(), self.server.port);
        let at_once = self.tls.clone().filter(|_| self.server.security == Security::Tls);
        let connect: Option<Duration> = Some(self.limits.connect);
        let mut server = AsyncSmtpConnection::connect_tokio1(place, connect, &self.hello, at_once, None)
            .await
            .map_err(|error| failed(Step::Connection, &error))?;
        if let Some(tls) = self.tls.clone().filter(|_| self.server.security == Security::Starttls) {
            if !server.can_starttls() {
                server.abort().await;
                return Err(Fault::Insecure.into());
            }
            server.starttls(tls, &self.hello).await.map_err(|error| failed(Step::Encryption, &error))?;
        }
        Ok(server)
    }

    /// The recipient, and the mail as it goes out.
    fn message(&self, mail: &Mail<'_>) -> Result<(Address, Vec<u8>), SendError> {
        let invalid = SendError::new(Class::ContactInvalid, Cause::Content);
        let to: Address = mail.to.trim().parse().ok().filter(is_ascii).ok_or(invalid)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if mail.id.is_empty() || !mail.id.bytes().all(plain) || mail.text.chars().count() > MAX_TEXT {
            return Err(SendError::CONTENT);
        }
        let subject: String = mail.subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .date(SystemTime::from(self.clock.now()))
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .subject(subject.chars().take(MAX_SUBJECT).collect::<String>())
            // Keeps out-of-office answers away (RFC 3834, section 5).
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("Content-Language", mail.language.code()))
            .raw_header(header("Importance", if mail.urgent { "high" } else { "normal" }))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.to_owned());
        Ok((to, message.map_err(|_| SendError::CONTENT)?.formatted()))
    }
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// Addresses beyond ASCII need an extension that few servers have; they are refused early, not late.
fn is_ascii(address: &Address) -> bool {
    let text: &str = address.as_ref();
    text.is_ascii()
}

#[cfg(test)]
#[path = "email_tests.rs"]
mod tests;
