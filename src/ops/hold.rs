//! A caller waits in the queue for a person: what they hear meanwhile, and whether they go on waiting.

use super::facts::{case_facts, facts};
use super::{Hotline, OpsError};
use crate::call::Happening;
use crate::flow::{self, Verb};
use crate::id::CallId;
use crate::store::Tx;

/// A request for what a waiting caller hears.
#[derive(Clone, Debug)]
pub struct Holding {
    /// The call.
    pub call: CallId,
    /// The provider's id of the leg it came over: must be the call's.
    pub provider_call: String,
    /// What the caller pressed while they heard it last.
    pub keys: Option<String>,
}

/// What a waiting caller hears next. It may be asked for as often as the provider likes, and never moves the call to another
/// document: that is for the end of the wait.
///
/// # Errors
/// [`OpsError`]; the caller hears music then, and it is asked again.
pub async fn hold(hotline: &Hotline, holding: Holding) -> Result<Vec<Verb>, OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Vec<Verb>, OpsError> {
            let mut call = tx.lock_call(holding.call).await?.ok_or(OpsError::NotFound("call"))?;
            if call.provider_call != holding.provider_call {
                return Err(OpsError::NotFound("call"));
            }
            let now = hotline.now();
            if let Some(keys) = &holding.keys {
                tx.append_call_entries(call.id, now, &[Happening::Keyed { keys: keys.clone() }]).await?;
            }
            let flow = hotline.flow(tx, &call.flow).await?;
            let facts = facts(hotline, tx, call.id, call.from.as_ref()).await?;
            let case = match call.incident {
                Some(id) => tx.incident(id).await?,
                None => None,
            };
            let case = case.map(|case| case_facts(&case, None, call.from.as_ref(), now));
            let (session, verbs) = flow::wait(&flow, &call.session, holding.keys.as_deref(), &facts, case.as_ref())?;
            if session != call.session {
                call.session = session;
                tx.save_call(&call).await?;
            }
            Ok(verbs)
        })
        .await
}
