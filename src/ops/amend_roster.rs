//! People agree that somebody else is on duty for a while, or no longer do.

use sha2::{Digest, Sha256};

use super::{Hotline, OpsError, Task, enqueue};
use crate::access::Act;
use crate::id::hex;
use crate::oncall::{Amendment, NoAmendment, Roster, ScheduleId, Span};
use crate::store::Tx;

/// What is to become of an agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// It counts from now on.
    Made,
    /// It counts no more.
    Withdrawn,
}

/// Why the roster was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAmended {
    /// Somebody changed it since it was read.
    #[error("somebody changed the roster since you read it: look at it again")]
    Stale,
    /// It cannot be so.
    #[error(transparent)]
    Refused(#[from] NoAmendment),
}

/// Changes the roster of `version` in one agreement, has the hand-overs looked at, and writes down who did it and why. The new
/// version is written in full, without the comments of the page that was imported; the ones before stay in the store.
///
/// # Errors
/// The store's.
pub async fn amend_roster(
    hotline: &Hotline,
    (by, reason): (&str, &str),
    version: i64,
    agreement: Agreement,
    (schedule, span, amendment): (&ScheduleId, Span, &Amendment),
) -> Result<Result<i64, NotAmended>, OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Result<i64, NotAmended>, OpsError> {
            if tx.lock_roster().await? != Some(version) {
                return Ok(Err(NotAmended::Stale));
            }
            let Some(roster) = hotline.roster(tx).await? else { return Ok(Err(NotAmended::Stale)) };
            let changed = match agreement {
                Agreement::Made => roster.amended(schedule, span, amendment),
                Agreement::Withdrawn => roster.withdrawn(schedule, span, amendment),
            };
            let changed: Roster = match changed {
                Ok(changed) => changed,
                Err(why) => return Ok(Err(why.into())),
            };
            let (now, text) = (hotline.now(), changed.text());
            let new = tx.insert_roster(text, &hex(&Sha256::digest(text)), by, now).await?;
            enqueue(hotline, tx, None, now, &Task::Handovers).await?;
            let act = match agreement {
                Agreement::Made => "roster.agreed",
                Agreement::Withdrawn => "roster.withdrawn",
            };
            tx.append_act(&Act {
                at: now,
                actor: by.to_owned(),
                act: act.to_owned(),
                subject: format!("schedule:{schedule}"),
                reason: reason.to_owned(),
                detail: format!("{} - {}: {}", span.from.to_rfc3339(), span.to.to_rfc3339(), words(amendment)),
            })
            .await?;
            Ok(Ok(new))
        })
        .await
}

/// An agreement by ids, as the roster's page writes it.
fn words(amendment: &Amendment) -> String {
    match amendment {
        Amendment::Instead(person) => format!("person {person}"),
        Amendment::Add(person) => format!("add {person}"),
        Amendment::Remove(person) => format!("remove {person}"),
        Amendment::Replace { gone, by } => format!("replace {gone} by {by}"),
        Amendment::Swap([one, other]) => format!("swap {one} and {other}"),
    }
}
