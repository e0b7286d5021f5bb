//! Calls that went over the fallback document while the store was away become calls here.

use serde::{Deserialize, Serialize};

use super::end_call::{LegStatus, end, leg_status};
use super::facts::facts;
use super::{Hotline, OpsError};
use crate::call::{Call, Direction, Happening, Recording};
use crate::clock::Instant;
use crate::id::CallId;
use crate::incident::{Actor, Change};
use crate::phone::Phone;
use crate::store::Tx;

/// What the journal kept of one webhook on the fallback document.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Journalled {
    /// The provider's path prefix.
    pub provider: String,
    /// The provider's id of the caller's leg.
    pub provider_call: String,
    /// Who called, unless withheld.
    pub from: Option<Phone>,
    /// The line that was dialled.
    pub to: Phone,
    /// When.
    pub at: Instant,
    /// What the caller recorded: id, address, whole seconds.
    pub recording: Option<(String, String, u32)>,
    /// The leg's last word, when it is what the store did not take.
    #[serde(default)]
    pub ended: Option<Ended>,
}

/// The last word on a leg.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ended {
    /// The provider's word.
    pub status: String,
    /// Its rank in a leg's life.
    pub rank: i32,
    /// The leg's length as the provider counts it.
    pub seconds: Option<u32>,
}

/// Folds one entry of the journal into the store. The same entry again changes nothing.
///
/// # Errors
/// [`OpsError`]; the entry stays in the journal then.
pub async fn fold(hotline: &Hotline, entry: Journalled) -> Result<(), OpsError> {
    let (provider, provider_call, ended) = (entry.provider.clone(), entry.provider_call.clone(), entry.ended.clone());
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let mut call = match tx.call_by_provider(&entry.provider, &entry.provider_call).await? {
                Some(call) => call,
                None => begin(hotline, tx, &entry).await?,
            };
            if let Some((id, url, seconds)) = &entry.recording {
                let recording = Recording {
                    provider_recording: id.clone(),
                    call: call.id,
                    incident: call.incident,
                    url: url.clone(),
                    seconds: *seconds,
                    holds: "description".to_owned(),
                    status: "in-progress".to_owned(),
                    at: entry.at,
                };
                if tx.insert_recording(&recording).await? {
                    if let Some(incident) = call.incident {
                        let change = Change::Recorded {
                            recording: recording.provider_recording,
                            holds: recording.holds,
                            seconds: recording.seconds,
                        };
                        tx.append_entry(incident, hotline.now(), &Actor::Caller, &change).await?;
                    }
                    // A call whose end came while the store was away ends now, with what it left.
                    call.outcome = None;
                    end(hotline, tx, &mut call).await?;
                }
            }
            Ok(())
        })
        .await?;
    let Some(Ended { status, rank, seconds }) = ended else { return Ok(()) };
    let news = LegStatus { provider, provider_call, status, rank, last: true, seconds };
    leg_status(hotline, news).await
}

async fn begin(hotline: &Hotline, tx: &mut Tx, entry: &Journalled) -> Result<Call, OpsError> {
    let flow = hotline.flow(tx, &hotline.policy.flow).await?;
    let id = CallId(hotline.ids.opaque());
    let facts = facts(hotline, tx, id, entry.from.as_ref()).await?;
    let mut call = Call {
        id,
        provider: entry.provider.clone(),
        provider_call: entry.provider_call.clone(),
        direction: Direction::Inbound,
        from: entry.from.clone(),
        to: entry.to.clone(),
        answered_at: entry.at,
        ended_at: None,
        flow: hotline.policy.flow.clone(),
        session: flow.begin(&facts),
        turn: 1,
        outcome: None,
        incident: None,
        fallback: true,
    };
    tx.insert_call(&call).await?;
    tx.append_call_entries(call.id, entry.at, &[Happening::Answered]).await?;
    tx.append_call_entries(call.id, hotline.now(), &[Happening::Fallback]).await?;
    // It goes to the work-list of missed calls; a recording that comes with it makes it an incident.
    end(hotline, tx, &mut call).await?;
    Ok(call)
}
