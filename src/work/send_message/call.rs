//! A call is placed by the first provider that takes it.

use std::time::Duration;

use super::super::Workers;
use super::super::run::Failure;
use super::super::ways::CallsFrom;
use super::refused;
use crate::id::MessageId;
use crate::ops::{self, Lease};
use crate::provider::telephony::Placement;

/// How long a person's telephone rings: five to six rings, before most voicemails pick up.
const RING: Duration = Duration::from_secs(25);
/// The longest call about a page: details, report, and a conversation.
const LONGEST: Duration = Duration::from_hours(3);

/// Places the call.
pub(super) async fn place(workers: &Workers, id: MessageId, lease: Lease) -> Result<(), Failure> {
    let hotline = &workers.hotline;
    let Some(placing) = ops::call_to_place(hotline, workers.voice.provider, id).await? else {
        return Ok(ops::nothing_to_do(hotline, lease).await?);
    };
    let (answer, status) = (workers.voice.answer_url(placing.call), workers.voice.status_url(placing.call));
    let (to, answer, status) = (&placing.to, answer.as_str(), status.as_str());
    let attempt = |line: CallsFrom, key: String| async move {
        let placement = Placement {
            to,
            from: &line.from,
            answer,
            fallback: None,
            status,
            ring: RING,
            limit: Some(LONGEST),
            detects_machines: true,
        };
        line.calls.place(&placement, &key).await
    };
    match workers.ways.calls.send(&hotline.clock, &placing.call.to_string(), attempt).await {
        Ok(taken) => Ok(ops::call_placed(hotline, lease, id, placing.call, &taken.answer.provider_call).await?),
        Err(untaken) => refused(workers, id, lease, untaken.error).await,
    }
}
