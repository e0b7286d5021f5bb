//! A message goes out in writing: by mail, or posted to a webhook.

use super::super::Workers;
use super::super::run::Failure;
use super::refused;
use crate::oncall::{self, Webhook};
use crate::ops::{self, Lease, Outgoing};
use crate::provider::messaging::{Mail, Post, Preset, SendError, Target};

/// Sends the mail. Delivering it is then the mail server's business.
pub(super) async fn mail(
    workers: &Workers,
    outgoing: &Outgoing,
    to: &oncall::Email,
    lease: Lease,
) -> Result<(), Failure> {
    let Some(email) = &workers.ways.email else {
        return Err(Failure::lasting(&"no mail server is set: [email] host of guardia.toml"));
    };
    let id = outgoing.message.id.to_string();
    let (title, text) = words(outgoing);
    let link = link(workers, outgoing);
    let text = [text, link.as_deref().unwrap_or_default()].join("\n");
    let mail = Mail {
        id: &id,
        to: to.as_str(),
        subject: title,
        text: text.trim(),
        language: outgoing.language,
        urgent: outgoing.message.page.is_some(),
    };
    sent(workers, outgoing, lease, email.send(&mail).await).await
}

/// Posts to the webhook.
pub(super) async fn post(workers: &Workers, outgoing: &Outgoing, to: &Webhook, lease: Lease) -> Result<(), Failure> {
    let posts = &workers.ways.posts;
    let secret = posts.secret_of(&outgoing.message.to.stored());
    let target = match Target::new(preset(to.preset), to.url.as_str(), secret) {
        Ok(target) => target,
        Err(error) => return Err(Failure::lasting(&error)),
    };
    let id = outgoing.message.id.to_string();
    let (title, text) = words(outgoing);
    let link = link(workers, outgoing);
    let mut data = outgoing.facts.clone();
    if let Some(data) = data.as_object_mut() {
        data.insert("text".to_owned(), format!("{title}\n{text}").trim().into());
        data.insert("link".to_owned(), link.clone().into());
    }
    let post = Post {
        id: &id,
        kind: kind(&outgoing.message.template),
        title,
        text,
        link: link.as_deref(),
        urgent: outgoing.message.page.is_some(),
        language: outgoing.language,
        data: &data,
    };
    sent(workers, outgoing, lease, posts.webhooks.send(&target, &post, workers.hotline.clock.now()).await).await
}

/// What came of it. No receipt follows, so the name that receipts would give is our own.
async fn sent(
    workers: &Workers,
    outgoing: &Outgoing,
    lease: Lease,
    result: Result<(), SendError>,
) -> Result<(), Failure> {
    let message = &outgoing.message;
    match result {
        Ok(()) => {
            let name = format!("{}:{}", message.channel.as_str(), message.id);
            Ok(ops::message_accepted(&workers.hotline, lease, message.id, &name).await?)
        }
        Err(error) => refused(workers, message.id, lease, error).await,
    }
}

/// The first line, and the rest.
fn words(outgoing: &Outgoing) -> (&str, &str) {
    let body = outgoing.message.body.as_str();
    body.split_once('\n').unwrap_or((body, ""))
}

/// Where the page can be answered.
fn link(workers: &Workers, outgoing: &Outgoing) -> Option<String> {
    outgoing.token.as_ref().map(|token| format!("{}/{token}", workers.links))
}

/// What a program is told that it is.
fn kind(template: &str) -> &'static str {
    match template {
        "page" => "page.first",
        "page_escalated" => "page.escalated",
        "page_repeat" => "page.repeated",
        "page_remind" => "page.reminder",
        "page_unanswered" => "page.unanswered",
        "ack_other" => "page.taken",
        _ => "notice",
    }
}

fn preset(written: oncall::Preset) -> Preset {
    match written {
        oncall::Preset::Standard => Preset::Standard,
        oncall::Preset::Slack => Preset::Slack,
        oncall::Preset::Teams => Preset::Teams,
        oncall::Preset::Telegram => Preset::Telegram,
        oncall::Preset::Mattermost => Preset::Mattermost,
        oncall::Preset::Ntfy => Preset::Ntfy,
    }
}
