//! Looks what people did in the ticket store of another maker, and sets down the next look. Everything is asked outside any
//! transaction; what is not understood or not there is asked again by the next look.

use std::collections::BTreeSet;

use super::Workers;
use super::hand_off::Desk;
use super::run::Failure;
use crate::clock::Instant;
use crate::ops::{self, Hotline, Lease, OpsError};
use crate::provider::ticketing::{Changed, TicketStore, Trouble, Verdict};

/// So many lists of changes one look asks for; the next look goes on from there.
const MOST_LISTS: usize = 20;

/// Why a look ended early.
enum Stopped {
    Store(Trouble),
    Ops(OpsError),
}

/// One look.
pub async fn store_news(workers: &Workers, lease: Lease) -> Result<(), Failure> {
    let hotline = &workers.hotline;
    let Some(desk) = &workers.desk else { return Ok(ops::nothing_to_do(hotline, lease).await?) };
    let up_to = match look(workers, desk).await {
        Ok(up_to) => up_to,
        Err(Stopped::Ops(error)) => return Err(error.into()),
        Err(Stopped::Store(trouble)) => {
            tracing::warn!(%trouble, "the ticket store does not tell its news; it is asked again");
            return Ok(ops::store_news_heard(hotline, lease, None).await?);
        }
    };
    Ok(ops::store_news_heard(hotline, lease, up_to).await?)
}

/// The instant of the last change that was taken in. A store lists some hundred at once: the next ones are asked for from the
/// last one's instant, until there is nothing new.
async fn look(workers: &Workers, desk: &Desk) -> Result<Option<Instant>, Stopped> {
    let (hotline, store) = (&workers.hotline, desk.store.as_ref());
    let mut since = ops::store_news_since(hotline).await.map_err(Stopped::Ops)?;
    let (mut seen, mut up_to) = (BTreeSet::new(), None);
    for _ in 0..MOST_LISTS {
        let mut listed = store.changed(since).await.map_err(Stopped::Store)?;
        listed.retain(|changed| seen.insert((changed.id.clone(), changed.at)));
        let Some(last) = listed.last().map(|changed| changed.at) else { break };
        for changed in listed {
            match hear(hotline, store, &changed).await {
                // One that our account may not read, or nobody can, keeps nobody from the news of the others.
                Err(Stopped::Store(trouble)) if trouble.verdict == Verdict::Refused => {
                    tracing::warn!(%trouble, "the news of a ticket cannot be read; they are left out");
                }
                heard => heard?,
            }
        }
        (since, up_to) = (last, Some(last));
    }
    Ok(up_to)
}

/// Takes in what happened to one ticket, where it is a case's.
async fn hear(hotline: &Hotline, store: &dyn TicketStore, changed: &Changed) -> Result<(), Stopped> {
    // Asked before the ticket is: what we do meanwhile may not be in it.
    let Some(before) = ops::case_of_remote(hotline, &changed.id).await.map_err(Stopped::Ops)? else { return Ok(()) };
    let Some(remote) = store.read(&changed.id).await.map_err(Stopped::Store)? else { return Ok(()) };
    let comments = store.comments(&changed.id).await.map_err(Stopped::Store)?;
    let word = |state| store.state_word(state);
    ops::hear_of_ticket(hotline, &before, &remote, &comments, changed.at, word).await.map_err(Stopped::Ops)
}
