//! The provider's word on a recording.

use super::{Hotline, OpsError};
use crate::store::Tx;

/// A recording is ready, absent or failed; a word about one we do not know changes nothing.
///
/// # Errors
/// [`OpsError`].
pub async fn recording_status(
    hotline: &Hotline,
    provider_recording: &str,
    status: &str,
    seconds: Option<u32>,
    url: Option<&str>,
) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            tx.recording_status(provider_recording, status, seconds, url).await?;
            Ok(())
        })
        .await
}
