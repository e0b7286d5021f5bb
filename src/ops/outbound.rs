//! The line calls a person about a page: the call is a row before it is placed, and what the provider reports of it decides
//! whether the next contact is due.

use super::end_call::LegStatus;
use super::invite::still_wanted;
use super::message::{carried, lock, receive, stands};
use super::part::{CALL_BACK, try_later};
use super::room_news::gone;
use super::verify::{VERIFY, without_spoken_code};
use super::{Hotline, Lease, OpsError};
use crate::call::{Call, Direction, Happening, Leg};
use crate::flow::Outcome;
use crate::id::{CallId, MessageId};
use crate::incident::{Actor, Change};
use crate::paging::{Delivery, Dialogue, Message, Place};
use crate::phone::Phone;
use crate::store::Tx;

/// A call to be placed.
#[derive(Clone, Debug)]
pub struct Placing {
    /// Our call; it names itself in every URL of it, and is the idempotency key.
    pub call: CallId,
    /// Whom.
    pub to: Phone,
}

/// The call that carries this message, when it is still to be placed: made now, or before a crash.
///
/// # Errors
/// [`OpsError`].
pub async fn call_to_place(hotline: &Hotline, provider: &str, id: MessageId) -> Result<Option<Placing>, OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Option<Placing>, OpsError> {
            let mut message = lock(tx, id).await?;
            if message.state != Delivery::Intended || !stands(tx, &message).await? {
                return Ok(None);
            }
            if !still_wanted(tx, &message).await? {
                // It is over, so that they can be asked into the next conversation.
                receive(hotline, tx, &mut message, Delivery::Failed, None).await?;
                return Ok(None);
            }
            let Some(to) = message.to.number() else { return Ok(None) };
            if let Some(dialogue) = tx.dialogue_of_message(id).await? {
                return Ok(Some(Placing { call: dialogue.call, to: to.clone() }));
            }
            let Some(incident) = message.incident else {
                return code_to_speak(hotline, tx, provider, &message, to).await;
            };
            let roster = hotline.roster(tx).await?;
            let person = match message.page {
                Some(page) => Some(tx.page(page).await?.ok_or(OpsError::NotFound("page"))?.person),
                None => match carried(tx, &message).await? {
                    Some(bundle) => Some(tx.lock_bundle(bundle).await?.ok_or(OpsError::NotFound("bundle"))?.person),
                    None => roster.as_ref().and_then(|roster| roster.person_at(to)).map(|person| person.id.to_string()),
                },
            };
            let Some(person) = person else { return Ok(None) };
            let call = CallId(hotline.ids.opaque());
            let placed = call_of_ours(hotline, tx, provider, call, to).await?;
            tx.insert_call(&Call { incident: Some(incident), ..placed }).await?;
            tx.insert_dialogue(&Dialogue { call, message: id, incident, person, place: Place::Ringing }).await?;
            Ok(Some(Placing { call, to: to.clone() }))
        })
        .await
}

/// The call that tells a code. It has the message's id, since the message is all that it tells.
async fn code_to_speak(
    hotline: &Hotline,
    tx: &mut Tx,
    provider: &str,
    message: &Message,
    to: &Phone,
) -> Result<Option<Placing>, OpsError> {
    let call = CallId(message.id.0);
    if tx.call(call).await?.is_none() {
        let placed = call_of_ours(hotline, tx, provider, call, to).await?;
        tx.insert_call(&placed).await?;
    }
    Ok(Some(Placing { call, to: to.clone() }))
}

/// The message whose code this call tells; `None` for a call about a case.
pub(super) async fn code_spoken(tx: &mut Tx, call: CallId) -> Result<Option<Message>, OpsError> {
    Ok(tx.lock_message(MessageId(call.0)).await?.filter(|message| message.template == VERIFY))
}

/// A call that the line is about to place.
pub(super) async fn call_of_ours(
    hotline: &Hotline,
    tx: &mut Tx,
    provider: &str,
    id: CallId,
    to: &Phone,
) -> Result<Call, OpsError> {
    let flow = hotline.flow(tx, &hotline.policy.flow).await?;
    let facts = super::facts::facts(hotline, tx, id, None).await?;
    Ok(Call {
        id,
        provider: provider.to_owned(),
        provider_call: id.to_string(),
        direction: Direction::Outbound,
        from: Some(hotline.policy.line.clone()),
        to: to.clone(),
        answered_at: hotline.now(),
        ended_at: None,
        flow: hotline.policy.flow.clone(),
        session: flow.begin(&facts),
        turn: 0,
        outcome: None,
        incident: None,
        fallback: false,
    })
}

/// The provider took the call under this id.
///
/// # Errors
/// [`OpsError`].
pub async fn call_placed(
    hotline: &Hotline,
    lease: Lease,
    id: MessageId,
    call: CallId,
    provider_call: &str,
) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let mut call = tx.lock_call(call).await?.ok_or(OpsError::NotFound("call"))?;
            recognise(tx, &mut call, provider_call).await?;
            let mut message = lock(tx, id).await?;
            message.provider_message = Some(provider_call.to_owned());
            message.sent_at = Some(hotline.now());
            message.state = message.state.after(Delivery::Accepted);
            tx.save_message(&message).await?;
            lease.settle(hotline, tx).await
        })
        .await
}

/// The provider's id of a call that the line placed: learned once, from whatever comes first.
pub(super) async fn recognise(tx: &mut Tx, call: &mut Call, provider_call: &str) -> Result<(), OpsError> {
    if call.direction != Direction::Outbound {
        return Err(OpsError::NotFound("call"));
    }
    if call.provider_call == call.id.to_string() {
        provider_call.clone_into(&mut call.provider_call);
        tx.save_call(call).await?;
    }
    if call.provider_call == provider_call { Ok(()) } else { Err(OpsError::NotFound("call")) }
}

/// The provider reports on a call that the line placed.
///
/// # Errors
/// [`OpsError`]; nothing is kept then.
pub async fn outbound_status(hotline: &Hotline, call: CallId, news: LegStatus) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let mut call = tx.lock_call(call).await?.ok_or(OpsError::NotFound("call"))?;
            recognise(tx, &mut call, &news.provider_call).await?;
            let dialogue = tx.dialogue(call.id).await?;
            let message = dialogue.as_ref().map_or(MessageId(call.id.0), |dialogue| dialogue.message);
            let now = hotline.now();
            let leg = Leg {
                provider_call: news.provider_call.clone(),
                call: call.id,
                role: "staff".to_owned(),
                status: news.status.clone(),
                rank: news.rank,
                started_at: call.answered_at,
                ended_at: news.last.then_some(now),
                seconds: news.seconds,
            };
            if !tx.upsert_leg(&leg).await? || call.ended_at.is_some() {
                return Ok(());
            }
            let mut message = lock(tx, message).await?;
            let state = match news.status.as_str() {
                "ringing" => Delivery::Sent,
                // Somebody or something picked up. That proves nobody is there.
                "in-progress" => Delivery::Delivered,
                _ if news.last && call.turn == 0 => Delivery::Failed,
                _ => message.state,
            };
            if news.last {
                call.ended_at = Some(now);
                call.outcome = Some(Outcome::Informed);
                tx.save_call(&call).await?;
                let how = news.status.clone();
                tx.append_call_entries(call.id, now, &[Happening::Called { how: how.clone() }]).await?;
                if let Some(Dialogue { incident, person, .. }) = dialogue {
                    let change = Change::Called { person, how };
                    tx.append_entry(incident, now, &Actor::System, &change).await?;
                    gone(hotline, tx, call.id).await?;
                    if message.template == CALL_BACK
                        && let Some(incident) = tx.lock_incident(incident).await?
                    {
                        // Whatever became of this call: as long as nobody reached the reporter, there is a next one.
                        try_later(hotline, tx, &incident).await?;
                    }
                } else {
                    without_spoken_code(&mut message);
                    tx.save_message(&message).await?;
                }
            }
            receive(hotline, tx, &mut message, state, None).await
        })
        .await
}
