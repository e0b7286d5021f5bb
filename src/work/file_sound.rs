//! A recording becomes a file on the ticket of its case in the built-in store: fetched from the telephony provider, kept, and
//! only then attached.

use super::Workers;
use super::backoff::MOST_ATTEMPTS;
use super::run::Failure;
use crate::id::IncidentId;
use crate::ops::{self, Lease};
use crate::provider::messaging::SendError;
use crate::provider::{BlobError, Kept};

/// Attaches `recording` to the ticket of `incident`.
pub async fn file_sound(workers: &Workers, incident: IncidentId, recording: &str, lease: Lease) -> Result<(), Failure> {
    let hotline = &workers.hotline;
    let Some(sound) = ops::sound_to_file(hotline, incident, recording).await? else {
        return Ok(ops::nothing_to_do(hotline, lease).await?);
    };
    let bytes = workers.recordings.wav(&sound.recording.url).await.map_err(|error| unheard(&error, lease.attempt))?;
    let Kept { sha256, size } = keep(workers, &bytes).await?;
    Ok(ops::sound_filed(hotline, lease, &sound, (sha256, size)).await?)
}

async fn keep(workers: &Workers, bytes: &[u8]) -> Result<Kept, Failure> {
    let kept = async {
        let mut upload = workers.blobs.begin().await?;
        upload.write(bytes).await?;
        upload.finish().await
    };
    kept.await.map_err(|error| match error {
        BlobError::TooLarge { .. } => {
            Failure::lasting(&format!("the recording: {error}; raise largest_mib in [attachments]"))
        }
        BlobError::Disk(_) | BlobError::Bucket(_) => Failure::passing(&error),
    })
}

/// The provider did not give the sound, at this try.
pub(super) fn unheard(error: &SendError, attempt: i32) -> Failure {
    let what = format!("the recording was not fetched from the telephony provider: {}", error.cause);
    if may_be_heard_later(error, attempt) {
        Failure::Passing { what, wait: error.wait }
    } else {
        Failure::Lasting(what)
    }
}

/// Whether it is worth another try.
fn may_be_heard_later(error: &SendError, attempt: i32) -> bool {
    error.is_passing() && attempt < MOST_ATTEMPTS
}
