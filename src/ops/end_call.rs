//! Status callbacks of a call's leg, in any order; the last word ends the call. Nobody who left is dropped.

use super::open_incident::open_incident;
use super::room_news::reporter_gone;
use super::{Hotline, OpsError};
use crate::call::{Call, Happening, Leg};
use crate::flow::Outcome;
use crate::sla::Severity;
use crate::store::Tx;

/// Speech that makes a call that chose nothing an incident like any other.
const ENOUGH_SPEECH_SECONDS: u32 = 3;

/// What a status callback says of a leg.
#[derive(Clone, Debug)]
pub struct LegStatus {
    /// The provider's path prefix.
    pub provider: String,
    /// The provider's id of the leg.
    pub provider_call: String,
    /// The provider's word.
    pub status: String,
    /// Its rank in a leg's life, and within it the provider's sequence: a lower one changes nothing.
    pub rank: i32,
    /// Whether it is the last word.
    pub last: bool,
    /// The leg's length as the provider counts it.
    pub seconds: Option<u32>,
}

/// Takes a status callback in.
///
/// # Errors
/// [`OpsError`]; nothing is kept then.
pub async fn leg_status(hotline: &Hotline, news: LegStatus) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let Some(call) = tx.call_by_provider(&news.provider, &news.provider_call).await? else {
                // The end of a call that never reached us: the reconciliation with the provider's list finds it.
                return Ok(());
            };
            let Some(mut call) = tx.lock_call(call.id).await? else { return Ok(()) };
            let now = hotline.now();
            let leg = Leg {
                provider_call: news.provider_call.clone(),
                call: call.id,
                role: "caller".to_owned(),
                status: news.status.clone(),
                rank: news.rank,
                started_at: call.answered_at,
                ended_at: news.last.then_some(now),
                seconds: news.seconds,
            };
            let moved = tx.upsert_leg(&leg).await?;
            if moved && news.last && call.ended_at.is_none() {
                end(hotline, tx, &mut call).await?;
            }
            Ok(())
        })
        .await
}

/// The call is over: what the caller had from it is settled, and whoever left without being served is not forgotten.
pub(super) async fn end(hotline: &Hotline, tx: &mut Tx, call: &mut Call) -> Result<(), OpsError> {
    let now = hotline.now();
    call.ended_at = Some(now);
    catch(hotline, tx, call).await?;
    // What the flow said came of it; else the caller hung up, and what they had so far counts.
    let outcome = call.outcome.unwrap_or_else(|| call.session.outcome());
    call.outcome = Some(outcome);
    let node = call.session.node.clone();
    tx.append_call_entries(call.id, now, &[Happening::Ended { outcome, node }]).await?;
    tx.save_call(call).await?;
    match tx.room_of_reporter(call.id).await? {
        Some(room) => reporter_gone(hotline, tx, room.id).await,
        None => Ok(()),
    }
}

/// Opens the incident of a call that ended without one and left something; whether it did. What was left may come to
/// light after the end.
pub(super) async fn catch(hotline: &Hotline, tx: &mut Tx, call: &mut Call) -> Result<bool, OpsError> {
    if call.ended_at.is_some() && call.outcome == Some(Outcome::Missed) {
        // The last key was overtaken by the news that the caller hung up.
        call.outcome = Some(call.session.outcome());
    }
    if call.ended_at.is_none() || call.incident.is_some() || !left_something(tx, call).await? {
        return Ok(false);
    }
    let incident = open_incident(hotline, tx, call, Severity::Critical, false).await?;
    let case = Happening::Case { number: incident.number.to_string() };
    tx.append_call_entries(call.id, hotline.now(), &[case]).await?;
    call.outcome = Some(Outcome::Reported);
    Ok(true)
}

/// "Institution known or at least 3 s of speech": then an abandoned call is an incident like any other. A caller who was
/// informed of what they asked for left nothing.
async fn left_something(tx: &mut Tx, call: &Call) -> Result<bool, OpsError> {
    if matches!(call.session.outcome(), Outcome::Informed | Outcome::Added) {
        return Ok(false);
    }
    let spoke = tx
        .recordings(call.id)
        .await?
        .iter()
        .any(|recording| recording.incident.is_none() && recording.seconds >= ENOUGH_SPEECH_SECONDS);
    Ok(spoke || call.session.institution.is_some())
}
