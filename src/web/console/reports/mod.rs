//! Did we keep our word: promises by month, severity, institution and hour; who rings again and again; all of it as files.

mod asked;
mod file;
mod page;

pub use file::file;
pub use page::show;

use super::guard::Visitor;
use crate::sla::Promise;
use crate::store::{StoreError, Tx};
use crate::web::Door;
use asked::{Asked, Stretch};

/// Promises of a report at most; a house of this size has a few thousand a year.
const MOST_PROMISES: u32 = 100_000;
/// Calls of a report at most.
const MOST_CALLS: u32 = 300_000;

/// The promises that are asked for, and whether there are more than are taken.
async fn promises(tx: &mut Tx, asked: &Asked, stretch: &Stretch) -> Result<(Vec<Promise>, bool), StoreError> {
    let mut all = tx.promises(stretch.from, stretch.until, MOST_PROMISES).await?;
    let is_cut = all.len() >= MOST_PROMISES as usize;
    all.retain(|promise| asked.wants(promise));
    Ok((all, is_cut))
}

/// The stretch of time that is asked for.
fn stretch(door: &Door, _: &Visitor, asked: &Asked) -> Stretch {
    Stretch::of(asked, door.hotline.policy.calendar.zone(), door.hotline.clock.now())
}
