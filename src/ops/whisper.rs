//! What one side hears before two calls are joined: the caller in the queue is told; the reporter who was called proves to be
//! there with a key, so that no voicemail is taken for them and none hears of the case.

use std::time::Duration;

use super::converse::waits;
use super::open_incident::language_of;
use super::{Hotline, OpsError};
use crate::flow::speech::Context;
use crate::flow::{Gather, Utterance, Verb};
use crate::id::CallId;
use crate::paging::Place;
use crate::store::Tx;

/// How long the reporter has for the key.
const KEY: Duration = Duration::from_secs(8);

/// What is heard before the person called in `call` is joined to somebody; `keys` is what was pressed while it was heard.
/// No verbs = they are joined.
///
/// # Errors
/// [`OpsError::NotFound`] when nobody is about to be joined; the store's.
pub async fn whisper(hotline: &Hotline, call: CallId, keys: Option<&str>) -> Result<Vec<Verb>, OpsError> {
    hotline
        .store
        .read(async |tx: &mut Tx| -> Result<Vec<Verb>, OpsError> {
            let dialogue = tx.dialogue(call).await?.filter(|dialogue| dialogue.place == Place::Joined);
            let dialogue = dialogue.ok_or(OpsError::NotFound("conversation"))?;
            let incident = tx.incident(dialogue.incident).await?.ok_or(OpsError::NotFound("incident"))?;
            let flow = hotline.flow(tx, &hotline.policy.flow).await?;
            let language = language_of(&incident);
            let context = Context { now: hotline.now(), zone: hotline.policy.calendar.zone() };
            let say = |name: &str| -> Result<Utterance, OpsError> {
                let spoken = flow.prompts().render(language, name, &context, |_| None);
                let spoken = spoken.map_err(|_| OpsError::Impossible("a prompt before joining that is missing"))?;
                Ok(Utterance::Words { language: spoken.language, text: spoken.text })
            };
            if waits(tx, &incident).await?.is_some() {
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
