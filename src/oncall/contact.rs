//! How a person is reached: an address by one channel. Addresses are personal data: `Debug` masks them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ContactId;
use crate::phone::Phone;

/// The longest e-mail address: RFC 5321 leaves no room for more.
const LONGEST_EMAIL: usize = 254;
/// The longest address of a webhook.
const LONGEST_URL: usize = 500;

/// One way to reach a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Unique within the person.
    pub id: ContactId,
    /// Where, and thereby how.
    pub address: Address,
}

/// Where somebody is reached, by one channel.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Address {
    /// Text messages to this number.
    Sms(Phone),
    /// Calls to this number.
    Voice(Phone),
    /// E-mail.
    Email(Email),
    /// HTTP posts.
    Webhook(Webhook),
}

/// The kind of way by which a contact is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Text messages.
    Sms,
    /// Calls.
    Voice,
    /// E-mail.
    Email,
    /// HTTP posts.
    Webhook,
}

/// An e-mail address; its shape is checked, not whether somebody reads it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// Where posts go, and in which form. The URL is a secret with most presets.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// `https://...`, or `http://...` within the house.
    pub url: Url,
    /// The form of the post.
    pub preset: Preset,
}

/// An `http` or `https` address with a host and without a user.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Url(String);

/// The form in which a webhook is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Standard Webhooks: our JSON, signed.
    #[default]
    Standard,
    /// A Slack incoming webhook.
    Slack,
    /// A Teams workflow.
    Teams,
    /// A Telegram bot.
    Telegram,
    /// A Mattermost incoming webhook.
    Mattermost,
    /// An ntfy topic.
    Ntfy,
}

/// Why a text is no address. Does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not of the shape `somebody@host.domain`.
    #[error("not an e-mail address: write it as nombre@institucion.gob.do")]
    Email,
    /// No http address, or one with a user, blanks or a fragment.
    #[error("not the address of a webhook: write it as https://host/path, without user or '#', at most 500 letters")]
    Url,
}

impl Contact {
    /// How it is reached.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.address.channel()
    }
}

impl Address {
    /// The kind of way.
    #[must_use]
    pub fn channel(&self) -> Channel {
        match self {
            Self::Sms(_) => Channel::Sms,
            Self::Voice(_) => Channel::Voice,
            Self::Email(_) => Channel::Email,
            Self::Webhook(_) => Channel::Webhook,
        }
    }

    /// The number of a text or a call.
    #[must_use]
    pub fn phone(&self) -> Option<&Phone> {
        match self {
            Self::Sms(phone) | Self::Voice(phone) => Some(phone),
            Self::Email(_) | Self::Webhook(_) => None,
        }
    }
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 4] = [Self::Sms, Self::Voice, Self::Email, Self::Webhook];

    /// The word stored and written in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Voice => "voice",
            Self::Email => "email",
            Self::Webhook => "webhook",
        }
    }
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 6] = [Self::Standard, Self::Slack, Self::Teams, Self::Telegram, Self::Mattermost, Self::Ntfy];

    /// The word stored and written in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Telegram => "telegram",
            Self::Mattermost => "mattermost",
            Self::Ntfy => "ntfy",
        }
    }
}

impl Email {
    /// Reads an address such as `nombre@institucion.gob.do`.
    ///
    /// # Errors
    /// [`AddressError::Email`].
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let plain = |character: char| character.is_ascii_graphic() && !"\"(),:;<>@[\\]".contains(character);
        let (user, host) = text.split_once('@').ok_or(AddressError::Email)?;
        let fits = text.len() <= LONGEST_EMAIL
            && (1..=64).contains(&user.len())
            && user.chars().all(plain)
            && host.contains('.')
            && is_host(host);
        if fits { Ok(Self(text.to_owned())) } else { Err(AddressError::Email) }
    }

    /// The address, for the provider and the store; never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Url {
    /// Reads an address such as `https://host/path?query`. Which hosts may be reached is not decided here.
    ///
    /// # Errors
    /// [`AddressError::Url`].
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(AddressError::Url)?;
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
        let graphic = |character: char| character.is_ascii_graphic() && !"#\"<>\\^`{|}".contains(character);
        let fits = text.len() <= LONGEST_URL
            && rest.chars().all(graphic)
            && is_host(host)
            && port.bytes().all(|byte| byte.is_ascii_digit())
            && port.parse::<u16>().is_ok_and(|port| port > 0);
        if fits { Ok(Self(text.to_owned())) } else { Err(AddressError::Url) }
    }

    /// The address, for the provider and the store; never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether what is sent there can be read on the way, by anybody but this machine.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0.strip_prefix("http://").is_some_and(|rest| {
            let host = rest.split(['/', '?', ':']).next().unwrap_or_default();
            host != "localhost" && host != "127.0.0.1"
        })
    }
}

/// Letters, digits and hyphens in parts with dots between.
fn is_host(text: &str) -> bool {
    let part = |part: &str| {
        (1..=63).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(part)
}

impl TryFrom<String> for Email {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl TryFrom<String> for Url {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        Self::parse(&text)
    }
}

impl From<Url> for String {
    fn from(url: Url) -> Self {
        url.0
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sms(phone) => write!(f, "Sms({phone:?})"),
            Self::Voice(phone) => write!(f, "Voice({phone:?})"),
            Self::Email(email) => write!(f, "{email:?}"),
            Self::Webhook(webhook) => write!(f, "{webhook:?}"),
        }
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email(…)")
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Webhook({}, …)", self.preset.as_str())
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e_mail_addresses() {
        for (text, fits) in [
            ("ana.r+guardia@ogtic.gob.do", true),
            ("ana@localhost", false),
            ("ana", false),
            ("ana@", false),
            ("@ogtic.gob.do", false),
            ("a@b@ogtic.gob.do", false),
            ("ana r@ogtic.gob.do", false),
            ("ana@ogtic..do", false),
            ("ana@ogtic.gob.do\r\nBcc: x@y.do", false),
            ("<ana@ogtic.gob.do>", false),
        ] {
            assert_eq!(Email::parse(text).is_ok(), fits, "{text}");
        }
        assert!(Email::parse(&format!("{}@a.do", "a".repeat(65))).is_err());
    }

    #[test]
    fn webhook_addresses() {
        for (text, fits) in [
            ("https://hooks.example.org/services/T0/B0/x?y=1", true),
            ("http://127.0.0.1:8080", true),
            ("ftp://example.org", false),
            ("https://", false),
            ("https:///path", false),
            ("https://ana:secret@example.org/", false),
            ("https://example.org/a b", false),
            ("https://example.org/#part", false),
            ("https://example.org:0/", false),
            ("https://example.org:+80/", false),
            ("https://example.org:99999/", false),
            ("https://[::1]/", false),
        ] {
            assert_eq!(Url::parse(text).is_ok(), fits, "{text}");
        }
        assert!(Url::parse("http://example.org/").unwrap().is_open());
        assert!(!Url::parse("http://localhost:9/").unwrap().is_open());
        assert!(!Url::parse("https://example.org/").unwrap().is_open());
    }

    #[test]
    fn an_address_never_shows_in_a_debug_line_and_stores_as_it_was() {
        let phone = Phone::parse("8095550142").unwrap();
        let webhook = Webhook { url: Url::parse("https://hooks.example.org/secret").unwrap(), preset: Preset::Slack };
        for (address, shown, stored) in [
            (Address::Sms(phone.clone()), "Sms(Phone(…42))", r#"{"sms":"+18095550142"}"#),
            (Address::Voice(phone), "Voice(Phone(…42))", r#"{"voice":"+18095550142"}"#),
            (Address::Email(Email::parse("ana@example.org").unwrap()), "Email(…)", r#"{"email":"ana@example.org"}"#),
            (
                Address::Webhook(webhook),
                "Webhook(slack, …)",
                r#"{"webhook":{"url":"https://hooks.example.org/secret","preset":"slack"}}"#,
            ),
        ] {
            assert_eq!(format!("{address:?}"), shown);
            assert_eq!(serde_json::to_string(&address).unwrap(), stored);
            assert_eq!(serde_json::from_str::<Address>(stored).unwrap(), address);
        }
        assert!(serde_json::from_str::<Address>(r#"{"email":"nobody"}"#).is_err());
    }
}
