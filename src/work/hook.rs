//! Tells an address that a ticket changed.

use serde_json::{Value, json};

use super::Workers;
use super::run::Failure;
use crate::access::{Hook, HookDelivery};
use crate::clock::Instant;
use crate::flow::Language;
use crate::ops::{self, Lease};
use crate::provider::Secret;
use crate::provider::messaging::{Cause, Post, Preset, SendError, Target, Webhooks};

/// The address says that it is gone for good: nothing more is posted to it.
const GONE: u16 = 410;

/// Posts the delivery, signed. Every answer that is no yes is tried again, but for one: that nobody is there any more.
pub async fn deliver(workers: &Workers, delivery: &HookDelivery, lease: Lease) -> Result<(), Failure> {
    let hotline = &workers.hotline;
    let Some(hook) = ops::hook_to_tell(hotline, delivery.hook).await? else {
        return Ok(ops::hook_told(hotline, lease).await?);
    };
    let data = json!({ "ticket": delivery.ticket, "version": delivery.version, "at": delivery.at });
    let id = delivery.id.simple().to_string();
    let webhooks = &workers.ways.posts.webhooks;
    match post_to_hook(webhooks, &hook, &id, delivery.event.as_str(), &data, hotline.clock.now()).await? {
        Ok(()) => Ok(ops::hook_told(hotline, lease).await?),
        Err(error) if error.cause == Cause::Refused(GONE) => Err(Failure::lasting(&error)),
        Err(error) => Err(Failure::Passing { what: error.to_string(), wait: error.wait }),
    }
}

/// Posts `data` to the address of `hook`, signed with its secret.
///
/// # Errors
/// [`Failure::Lasting`] when it has no address that can be posted to. The inner error is the other side's.
pub async fn post_to_hook(
    webhooks: &Webhooks,
    hook: &Hook,
    id: &str,
    kind: &str,
    data: &Value,
    now: Instant,
) -> Result<Result<(), SendError>, Failure> {
    let secret = Secret::new(hook.secret.clone());
    let target = Target::new(Preset::Standard, &hook.url, Some(&secret)).map_err(|error| Failure::lasting(&error))?;
    let post = Post { id, kind, title: kind, text: "", link: None, urgent: false, language: Language::En, data };
    Ok(webhooks.send(&target, &post, now).await)
}
