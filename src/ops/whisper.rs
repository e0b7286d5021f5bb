//! What one side hears before two calls are joined: the caller in the queue is told; the reporter who was called proves to be
//! there with a key, so that no voicemail is taken for them and none hears of the case.

use std::time::Duration;

use super::converse::waits;
use super::end_call::LegStatus;
use super::open_incident::language_of;
use super::room::{REPORTER, room_of};
use super::room_news::reporter_gone;
use super::{Hotline, OpsError};
use crate::call::{Call, Leg};
use crate::flow::speech::Context;
use crate::flow::{Gather, Utterance, Verb};
use crate::id::CallId;
use crate::paging::{Dialogue, Place};
use crate::store::Tx;

/// How long the reporter has for the key.
const KEY: Duration = Duration::from_secs(8);

/// What is heard before the person called in `call` is joined to somebody, on the other's leg; `keys` is what was pressed
/// while it was heard. No verbs = they are joined. From now on, or once the key was pressed, the two talk.
///
/// # Errors
/// [`OpsError::NotFound`] when nobody is about to be joined; the store's.
pub async fn whisper(
    hotline: &Hotline,
    call: CallId,
    leg: LegStatus,
    keys: Option<&str>,
) -> Result<Vec<Verb>, OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Vec<Verb>, OpsError> {
            let call = tx.lock_call(call).await?.ok_or(OpsError::NotFound("call"))?;
            let joins = |dialogue: &Dialogue| matches!(dialogue.place, Place::Joined | Place::Talking);
            let dialogue = tx.dialogue(call.id).await?.filter(joins);
            let mut dialogue = dialogue.ok_or(OpsError::NotFound("conversation"))?;
            let incident = tx.lock_incident(dialogue.incident).await?.ok_or(OpsError::NotFound("incident"))?;
            let flow = hotline.flow(tx, &hotline.policy.flow).await?;
            let language = language_of(&incident);
            let queue = waits(tx, &incident).await?.is_some();
            if !queue {
                reporter_leg(hotline, tx, &call, &leg).await?;
            }
            if queue || keys == Some("1") {
                dialogue.place = Place::Talking;
                tx.save_dialogue(&dialogue).await?;
            }
            let context = Context { now: hotline.now(), zone: hotline.policy.calendar.zone() };
            let say = |name: &str| -> Result<Utterance, OpsError> {
                let spoken = flow.prompts().render(language, name, &context, |_| None);
                let spoken = spoken.map_err(|_| OpsError::Impossible("a prompt before joining that is missing"))?;
                Ok(Utterance::Words { language: spoken.language, text: spoken.text })
            };
            if queue {
                return Ok(vec![Verb::Say(say("hold_joined")?)]);
            }
            match keys {
                Some("1") => Ok(Vec::new()),
                Some(_) => Ok(vec![Verb::Hangup]),
                None => {
                    let gather = Gather {
                        prompts: vec![say("callback_hello")?],
                        digits: Some(1),
                        end: None,
                        first: KEY,
                        between: KEY,
                        words: Vec::new(),
                        language,
                    };
                    Ok(vec![Verb::Gather(gather), Verb::Hangup])
                }
            }
        })
        .await
}

/// The provider reports on the leg of a reporter whom the line called, for whoever is called in `call`.
///
/// # Errors
/// [`OpsError`]; nothing is kept then.
pub async fn reporter_status(hotline: &Hotline, call: CallId, news: LegStatus) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let call = tx.lock_call(call).await?.ok_or(OpsError::NotFound("call"))?;
            if !reporter_leg(hotline, tx, &call, &news).await? || !news.last {
                return Ok(());
            }
            // They may have been in a room.
            let Some(room) = room_of(tx, call.id).await?.filter(|room| room.leg == news.provider_call) else {
                return Ok(());
            };
            reporter_gone(hotline, tx, room.id).await
        })
        .await
}

async fn reporter_leg(hotline: &Hotline, tx: &mut Tx, call: &Call, news: &LegStatus) -> Result<bool, OpsError> {
    let now = hotline.now();
    let leg = Leg {
        provider_call: news.provider_call.clone(),
        call: call.id,
        role: REPORTER.to_owned(),
        status: news.status.clone(),
        rank: news.rank,
        started_at: now,
        ended_at: news.last.then_some(now),
        seconds: news.seconds,
    };
    Ok(tx.upsert_leg(&leg).await?)
}
