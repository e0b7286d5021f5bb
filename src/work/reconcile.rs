//! Reads the provider's list of calls. A provider that cannot be asked is asked again the next time: what it keeps, it keeps.

use chrono::TimeDelta;

use super::Workers;
use super::run::Failure;
use crate::ops::{self, Ended, Journalled, Lease};
use crate::provider::messaging::SendError;
use crate::provider::telephony::{CallRecord, Direction};

/// How far back the list is read: beyond every outage that nobody noticed, within what a page or two hold.
const BACK: TimeDelta = TimeDelta::hours(24);
/// Pages read at most in one go.
const MOST_PAGES: usize = 50;

/// Holds the provider's list against ours.
pub async fn reconcile(workers: &Workers, lease: Lease) -> Result<(), Failure> {
    let hotline = &workers.hotline;
    let found = match list(workers).await {
        Ok(calls) => unknown(workers, calls).await?,
        Err(error) => {
            tracing::warn!(%error, "the provider's list of calls could not be read");
            Vec::new()
        }
    };
    let every = workers.voice.reconcile_every.unwrap_or(BACK);
    Ok(ops::reconciled(hotline, lease, found, every).await?)
}

async fn list(workers: &Workers) -> Result<Vec<CallRecord>, SendError> {
    let since = workers.hotline.clock.now() - BACK;
    let mut all = Vec::new();
    for account in workers.ways.accounts.iter() {
        let mut page = account.since(since).await?;
        all.append(&mut page.calls);
        for _ in 1..MOST_PAGES {
            let Some(next) = page.next else { break };
            page = account.page(&next).await?;
            all.append(&mut page.calls);
        }
    }
    Ok(all)
}

/// Calls to our line that are over and that we know nothing of. One that still lasts may be on its way to us.
async fn unknown(workers: &Workers, calls: Vec<CallRecord>) -> Result<Vec<Journalled>, Failure> {
    let (hotline, provider) = (&workers.hotline, workers.voice.provider);
    let line = &hotline.policy.line;
    let over = |call: &CallRecord| {
        call.direction == Direction::Inbound && call.status.is_final() && call.to.as_ref() == Some(line)
    };
    let calls: Vec<CallRecord> = calls.into_iter().filter(over).collect();
    let ids: Vec<String> = calls.iter().map(|call| call.provider_call.clone()).collect();
    let unknown = ops::unknown_calls(hotline, provider, &ids).await?;
    let lost = calls.into_iter().filter(|call| unknown.contains(&call.provider_call));
    Ok(lost
        .map(|call| Journalled {
            provider: provider.to_owned(),
            provider_call: call.provider_call,
            from: call.from,
            to: line.clone(),
            at: call.started.unwrap_or_else(|| hotline.clock.now()),
            recording: None,
            ended: Some(Ended {
                status: call.status.as_str().to_owned(),
                rank: i32::from(call.status.rank()),
                seconds: call.seconds,
            }),
        })
        .collect())
}
