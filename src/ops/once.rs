//! A request that may be sent again, and is done once.
//!
//! Whoever asks names the request with a key. The use case keeps what it answers in the unit of what it does: both are kept,
//! or neither, whatever dies in between. A request that comes again is given that answer; one that was refused changed
//! nothing, left nothing behind, and is judged anew.
//!
//! A use case takes a [`Once`] and calls [`Once::keep`] as the last thing of its unit. Two requests with one key that run at
//! the same time, on two nodes, both come to that point: the second waits for the first, is told [`OpsError::Repeated`], and
//! its unit is undone.

use chrono::TimeDelta;

use super::{Hotline, Lease, OpsError, Task, enqueue};
use crate::access::{Answer, Idempotency};
use crate::clock::Instant;
use crate::store::{KeptAnswer, Tx};

/// How long an answer is kept.
pub const KEPT_FOR: TimeDelta = TimeDelta::hours(24);

/// The key of a request, where it has one, and how what it made is told.
pub struct Once<'a, T> {
    request: Option<Idempotency>,
    answer: &'a (dyn Fn(&T) -> Answer + Send + Sync),
}

impl<'a, T> Once<'a, T> {
    /// Keeps what `answer` says of the thing that was made, under the key of `request`; nothing where there is no key.
    pub fn new(request: Option<Idempotency>, answer: &'a (dyn Fn(&T) -> Answer + Send + Sync)) -> Self {
        Self { request, answer }
    }

    /// Keeps the answer about `made` in the unit of `tx`.
    pub(super) async fn keep(&self, hotline: &Hotline, tx: &mut Tx, made: &T) -> Result<(), OpsError> {
        let Some(request) = &self.request else { return Ok(()) };
        let now = hotline.now();
        if !tx.keep_answer(request, &(self.answer)(made), now, now - KEPT_FOR).await? {
            return Err(OpsError::Repeated);
        }
        // Another that is set down for sooner stands for both: it sets the next one down.
        enqueue(hotline, tx, None, now + KEPT_FOR, &Task::Forget).await
    }
}

/// What a request was answered, when it came before; `None` = it is new, or too long ago.
///
/// # Errors
/// The store's.
pub async fn answer_before(hotline: &Hotline, request: &Idempotency) -> Result<Option<KeptAnswer>, OpsError> {
    let since = hotline.now() - KEPT_FOR;
    let kept = async |tx: &mut Tx| tx.kept_answer(&request.token, &request.key, since).await;
    Ok(hotline.store.read(kept).await?)
}

/// Forgets answers that are old enough, and sets down when the next one will be.
///
/// # Errors
/// [`OpsError`].
pub async fn forget_answers(hotline: &Hotline, lease: Lease) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            // Kept until then and not a moment longer: an answer may name people. The answers before the job, as whoever keeps
            // one has them.
            let past = hotline.now() - KEPT_FOR + TimeDelta::microseconds(1);
            let oldest: Option<Instant> = tx.forget_answers(past).await?;
            lease.settle(hotline, tx).await?;
            tx.forget_job(lease.job).await?;
            match oldest {
                Some(oldest) => enqueue(hotline, tx, None, oldest + KEPT_FOR, &Task::Forget).await,
                None => Ok(()),
            }
        })
        .await
}
