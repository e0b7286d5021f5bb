//! Tells an address that a ticket changed.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::Workers;
use super::backoff::wait;
use super::run::Failure;
use crate::access::{Hook, HookDelivery};
use crate::clock::Instant;
use crate::flow::Language;
use crate::ops::{self, Lease};
use crate::provider::Secret;
use crate::provider::http::Fault;
use crate::provider::messaging::{Cause, Post, Preset, SendError, Target, TargetError, Webhooks};

/// Of the runner's slots, so many are for hooks at most: whoever answers slowly must not keep pages waiting.
const SLOTS: usize = 4;
/// How long a delivery waits that found none free.
const BUSY: TimeDelta = TimeDelta::seconds(1);
/// Tries before a hook is given up: with the runner's waits that is about an hour.
const MOST_FAILURES: u32 = 12;
/// The address says that it is gone for good: nothing more is posted to it.
const GONE: u16 = 410;

/// The slots of hooks.
#[must_use]
pub fn hook_slots() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(SLOTS))
}

/// Posts the delivery, signed. What is not taken is tried again, unless nobody is there any more, or the address may not be
/// posted to.
pub async fn deliver(workers: &Workers, delivery: &HookDelivery, lease: Lease) -> Result<(), Failure> {
    let hotline = &workers.hotline;
    let Some(hook) = ops::hook_to_tell(hotline, delivery.hook).await? else {
        return Ok(ops::hook_told(hotline, lease).await?);
    };
    let Ok(_slot) = workers.hook_slots.try_acquire() else {
        let later = hotline.clock.now() + BUSY;
        return Ok(ops::tell_hook_later(hotline, lease, delivery.clone(), later).await?);
    };
    let data = json!({ "ticket": delivery.ticket, "version": delivery.version, "at": delivery.at });
    let id = delivery.id.simple().to_string();
    let webhooks = &workers.ways.posts.webhooks;
    let now = hotline.clock.now();
    let posted = post_to_hook(webhooks, &hook, &id, delivery.event.as_str(), &data, now).await;
    let error = match posted.map_err(|error| Failure::lasting(&error))? {
        Ok(()) => return Ok(ops::hook_told(hotline, lease).await?),
        Err(error) => error,
    };
    let failures = delivery.failures.saturating_add(1);
    let is_over = matches!(error.cause, Cause::Refused(GONE) | Cause::Fault(Fault::Forbidden));
    if is_over || failures >= MOST_FAILURES {
        return Err(Failure::lasting(&error));
    }
    tracing::warn!(hook = %hook.id, failures, %error, "a hook did not take what it was told and will be told again");
    let asked = error.wait.and_then(|asked| TimeDelta::from_std(asked).ok()).unwrap_or_default();
    let tries = i32::try_from(failures).unwrap_or(i32::MAX);
    let later = hotline.clock.now() + wait(tries, &hotline.ids).max(asked);
    let delivery = HookDelivery { failures, ..delivery.clone() };
    Ok(ops::tell_hook_later(hotline, lease, delivery, later).await?)
}

/// Posts `data` to the address of `hook`, signed with its secret.
///
/// # Errors
/// [`TargetError`] when it has no address that can be posted to. The inner error is the other side's.
pub async fn post_to_hook(
    webhooks: &Webhooks,
    hook: &Hook,
    id: &str,
    kind: &str,
    data: &Value,
    now: Instant,
) -> Result<Result<(), SendError>, TargetError> {
    let secret = Secret::new(hook.secret.clone());
    let target = Target::new(Preset::Standard, &hook.url, Some(&secret))?;
    let post = Post { id, kind, title: kind, text: "", link: None, urgent: false, language: Language::En, data };
    Ok(webhooks.send(&target, &post, now).await)
}
