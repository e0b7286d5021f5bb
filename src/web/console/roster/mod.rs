//! Who is next: who is on duty now and in the weeks to come, what is agreed to be different, and how people are reached.

mod agree;
mod page;

pub use agree::{agree, withdraw};
pub use page::{file, show};

use std::sync::Arc;

use super::answer;
use crate::oncall::{Roster, Verification};
use crate::ops::OpsError;
use crate::store::Tx;
use crate::web::Door;
use axum::response::Response;

/// A roster with its version, and which contacts are known to reach their people.
struct Known {
    roster: Arc<Roster>,
    version: i64,
    verifications: Vec<Verification>,
}

/// The roster in use; `None` before the first import.
async fn known(door: &Door) -> Result<Option<Known>, Response> {
    let hotline = &door.hotline;
    let read = hotline
        .store
        .read(async |tx: &mut Tx| -> Result<_, OpsError> {
            Ok((hotline.roster(tx).await?, tx.roster_version().await?, tx.verifications().await?))
        })
        .await;
    match read {
        Ok((roster, version, verifications)) => {
            Ok(roster.zip(version).map(|(roster, version)| Known { roster, version, verifications }))
        }
        Err(error) => Err(answer::trouble(&error)),
    }
}
