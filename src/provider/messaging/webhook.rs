//! Posting a message to an address that a person gave: a chat room's, a push service's, or a program's.
//!
//! The address is a secret: whoever has it can post there, and some carry a token in their path. So it shows up in no error and
//! no debug line, and neither does what the other side answers.

use std::fmt;
use std::time::Duration;

use reqwest::{RequestBuilder, StatusCode, Url};
use serde_json::Value;

use super::chat;
use super::standard::{Signer, SignerError};
use crate::clock::Instant;
use crate::flow::Language;
use crate::provider::failure::Class;
use crate::provider::http::MAX_WAIT;
use crate::provider::send_error::{Cause, SendError};
use crate::provider::{GuardedHttp, Secret};

/// What the address understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// A program: Standard Webhooks, signed.
    Standard,
    /// Slack's incoming webhooks.
    Slack,
    /// Microsoft Teams: a workflow that posts what it is sent.
    Teams,
    /// Telegram's Bot API: `https://api.telegram.org/bot<token>/sendMessage?chat_id=<chat>`.
    Telegram,
    /// Mattermost's incoming webhooks.
    Mattermost,
    /// A topic of ntfy: `https://ntfy.example.do/<topic>`.
    Ntfy,
}

/// An address to post to, checked. `Debug` shows the preset only.
#[derive(Clone)]
pub struct Target {
    preset: Preset,
    url: Url,
    /// The room or topic, where it stood in the address and belongs into the body.
    room: Option<String>,
    signer: Option<Signer>,
}

/// Why an address cannot be posted to. Names the mend, never the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Not an absolute URL of http or https.
    #[error("the webhook's address must be absolute: write it as https://host/path")]
    Url,
    /// The address names no chat.
    #[error("the Telegram address must name the chat: write it as .../bot<token>/sendMessage?chat_id=<chat>")]
    Chat,
    /// The address names no topic.
    #[error("the ntfy address must name one topic: write it as https://ntfy.example.do/<topic>")]
    Topic,
    /// The secret is missing or misshapen.
    #[error(transparent)]
    Secret(#[from] SignerError),
}

/// What is posted.
#[derive(Clone, Copy)]
pub struct Post<'a> {
    /// Our id of the notice: the same for every attempt.
    pub id: &'a str,
    /// What it is about, for programs, e.g. `page.opened`.
    pub kind: &'a str,
    /// The first line, for people.
    pub title: &'a str,
    /// The rest, for people.
    pub text: &'a str,
    /// Where more is to be read, absolute.
    pub link: Option<&'a str>,
    /// Whether it should make a noise.
    pub urgent: bool,
    /// The language of title and text.
    pub language: Language,
    /// The same for programs.
    pub data: &'a Value,
}

/// Posts messages. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Webhooks {
    http: GuardedHttp,
}

impl Target {
    /// Reads an address. `secret` signs what goes to a program ([`Preset::Standard`]); no other preset has one.
    ///
    /// # Errors
    /// [`TargetError`], which names the mend.
    pub fn new(preset: Preset, url: &str, secret: Option<&Secret>) -> Result<Self, TargetError> {
        let mut url = Url::parse(url.trim()).map_err(|_| TargetError::Url)?;
        if !matches!(url.scheme(), "https" | "http") || url.fragment().is_some() {
            return Err(TargetError::Url);
        }
        let room = match preset {
            Preset::Telegram => Some(chat::take_chat(&mut url).ok_or(TargetError::Chat)?),
            Preset::Ntfy => Some(chat::take_topic(&mut url).ok_or(TargetError::Topic)?),
            Preset::Standard | Preset::Slack | Preset::Teams | Preset::Mattermost => None,
        };
        let signer = match preset {
            Preset::Standard => Some(Signer::new(secret.ok_or(SignerError)?)?),
            _ => None,
        };
        Ok(Self { preset, url, room, signer })
    }

    /// The body for this address.
    fn body(&self, post: &Post<'_>, now: Instant) -> Value {
        let room = self.room.as_deref().unwrap_or_default();
        match self.preset {
            Preset::Standard => serde_json::json!({
                "type": post.kind,
                "timestamp": now.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
                "data": post.data,
            }),
            Preset::Slack => chat::slack(post),
            Preset::Teams => chat::teams(post),
            Preset::Telegram => chat::telegram(post, room),
            Preset::Mattermost => chat::mattermost(post),
            Preset::Ntfy => chat::ntfy(post, room),
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({:?}, …)", self.preset)
    }
}

impl Webhooks {
    /// Posts through `http`, which decides where posts may go.
    #[must_use]
    pub fn new(http: GuardedHttp) -> Self {
        Self { http }
    }

    /// Whether `target` is one that may be posted to, as far as its address alone tells.
    ///
    /// # Errors
    /// [`SendError`].
    pub fn may_post(&self, target: &Target) -> Result<(), SendError> {
        Ok(self.http.post(&target.url).map(drop)?)
    }

    /// Posts. Asked again with the same [`Post::id`], a program can tell that it is the same; a chat cannot.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send(&self, target: &Target, post: &Post<'_>, now: Instant) -> Result<(), SendError> {
        if post.title.trim().is_empty() && post.text.trim().is_empty() {
            return Err(SendError::CONTENT);
        }
        let body = target.body(post, now).to_string();
        let request = self.http.post(&target.url)?.header("content-type", "application/json");
        let answer = self.http.exchange(signed(target, request, post, now, &body).body(body)).await?;
        if answer.status.is_success() {
            return Ok(());
        }
        let in_body = || (target.preset == Preset::Telegram).then(|| chat::telegram_wait(&answer.body)).flatten();
        let wait = answer.retry_after.or_else(in_body).map(|wait: Duration| wait.min(MAX_WAIT));
        let cause = Cause::Refused(answer.status.as_u16());
        Err(SendError { wait, ..SendError::new(class(answer.status), cause) })
    }
}

fn signed(target: &Target, request: RequestBuilder, post: &Post<'_>, now: Instant, body: &str) -> RequestBuilder {
    let Some(signer) = &target.signer else { return request };
    let seconds = now.timestamp();
    request
        .header("webhook-id", post.id)
        .header("webhook-timestamp", seconds)
        .header("webhook-signature", signer.sign(post.id, seconds, body))
}

/// What a refusal means. An address that is gone will stay so; what else is refused was configured wrong, there or here.
fn class(status: StatusCode) -> Class {
    match status.as_u16() {
        404 | 410 => Class::ContactInvalid,
        408 | 425 | 429 | 500..=599 => Class::Retry,
        _ => Class::Configuration,
    }
}

#[cfg(test)]
#[path = "webhook_tests.rs"]
mod tests;
