//! The provider's word on a recording. It may be the only one: of a caller who hung up while speaking, the answer to the
//! document can be lost, or come later.

use super::effects::keep_recording;
use super::end_call::catch;
use super::open_incident::tell_ticket_store;
use super::{Hotline, OpsError};
use crate::call::{Call, Happening, READY, Recording};
use crate::flow::Outcome;
use crate::flow::document::{About, Kind};
use crate::flow::node::Holds;
use crate::id::{IncidentId, RoomId};
use crate::store::Tx;

/// What the provider says of a recording.
#[derive(Clone, Debug)]
pub struct RecordingNews {
    /// The provider's path prefix.
    pub provider: &'static str,
    /// The provider's id of the leg it was made on.
    pub provider_call: String,
    /// The provider's id of the recording.
    pub provider_recording: String,
    /// The provider's word.
    pub status: String,
    /// Whole seconds, where the news has them.
    pub seconds: Option<u32>,
    /// Where the provider keeps it, where the news says so.
    pub url: Option<String>,
}

/// A recording is ready, absent or failed. One that is ready and was not known is kept: it belongs to its call, to that
/// call's incident, and counts as speech. A word about a call that is not here changes nothing.
///
/// # Errors
/// [`OpsError`]; nothing is kept then.
pub async fn recording_status(hotline: &Hotline, news: RecordingNews) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let RecordingNews { provider, provider_call, provider_recording, status, seconds, url } = news;
            if heard(hotline, tx, &provider_recording, &status, (seconds, url.as_deref())).await? || status != READY {
                return Ok(());
            }
            let Some(call) = tx.call_by_provider(provider, &provider_call).await? else { return Ok(()) };
            let Some(mut call) = tx.lock_call(call.id).await? else { return Ok(()) };
            let (Some(seconds), Some(url)) = (seconds, url) else {
                tracing::error!(call = %call.id, "a recording that is ready, without its length or address");
                return Ok(());
            };
            let (holds, incident) = meant(hotline, tx, &call).await?;
            if holds == Holds::Addition && incident.is_some() {
                call.session.had = Some(Outcome::Added);
                call.outcome = call.outcome.map(|_| Outcome::Added);
            }
            let recording = Recording {
                provider_recording,
                call: call.id,
                incident,
                url,
                seconds,
                holds: holds.as_str().to_owned(),
                status,
                at: hotline.now(),
            };
            if keep_recording(hotline, tx, &recording).await? {
                let heard = Happening::Recorded { holds: recording.holds, seconds };
                tx.append_call_entries(call.id, recording.at, &[heard]).await?;
            }
            catch(hotline, tx, &mut call).await?;
            Ok(tx.save_call(&call).await?)
        })
        .await
}

/// What the provider says of the recording of a room.
#[derive(Clone, Debug)]
pub struct RoomRecording {
    /// The room.
    pub room: RoomId,
    /// The provider's id of the recording.
    pub provider_recording: String,
    /// The provider's word.
    pub status: String,
    /// Whole seconds, where the news has them.
    pub seconds: Option<u32>,
    /// Where the provider keeps it, where the news says so.
    pub url: Option<String>,
}

/// The recording of a room is ready, absent or failed. One that is ready belongs to the incident that was spoken about.
///
/// # Errors
/// [`OpsError`]; nothing is kept then.
pub async fn room_recording(hotline: &Hotline, news: RoomRecording) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let RoomRecording { room, provider_recording, status, seconds, url } = news;
            if heard(hotline, tx, &provider_recording, &status, (seconds, url.as_deref())).await? || status != READY {
                return Ok(());
            }
            let room = tx.room(room).await?.ok_or(OpsError::NotFound("room"))?;
            let (Some(seconds), Some(url)) = (seconds, url) else {
                tracing::error!(room = %room.id, "a recording that is ready, without its length or address");
                return Ok(());
            };
            let recording = Recording {
                provider_recording,
                call: room.host,
                incident: Some(room.incident),
                url,
                seconds,
                holds: "conversation".to_owned(),
                status,
                at: hotline.now(),
            };
            keep_recording(hotline, tx, &recording).await?;
            Ok(())
        })
        .await
}

/// Whether the recording was known. Once it is ready, the ticket of its case is to have it.
async fn heard(
    hotline: &Hotline,
    tx: &mut Tx,
    provider_recording: &str,
    status: &str,
    (seconds, url): (Option<u32>, Option<&str>),
) -> Result<bool, OpsError> {
    let Some(before) = tx.recording(provider_recording).await? else { return Ok(false) };
    tx.recording_status(provider_recording, status, seconds, url).await?;
    let is_ready = status == READY && before.status != READY;
    if let Some(incident) = before.incident.filter(|_| is_ready) {
        tell_ticket_store(hotline, tx, incident).await?;
    }
    Ok(true)
}

/// What a recording of `call` holds whose document was not answered, and which incident it is about: what the call was
/// asked for where it stands.
async fn meant(hotline: &Hotline, tx: &mut Tx, call: &Call) -> Result<(Holds, Option<IncidentId>), OpsError> {
    let flow = hotline.flow(tx, &call.flow).await?;
    let asked = flow.node(&call.session.node).and_then(|node| match &node.kind {
        Kind::Record(record) => Some((record.holds, node.about)),
        _ => None,
    });
    let (holds, about) = asked.unwrap_or((Holds::Description, About::Own));
    // An addition belongs to the case that the caller was told it is added to.
    let found = match (holds, about, &call.session.found) {
        (Holds::Addition, About::Found, Some(found)) => tx.incident_by_number(&found.number).await?,
        _ => None,
    };
    Ok((holds, found.map_or(call.incident, |incident| Some(incident.id))))
}
