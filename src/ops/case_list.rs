//! The list of cases, page by page: what somebody still has to act on first, by when it is due.

use std::sync::Arc;

use super::{Hotline, OpsError};
use crate::incident::Incident;
use crate::oncall::Roster;
use crate::store::{CaseFilter, CasePlace, Tx};

/// Where a page of the list begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseCursor {
    /// Behind this open case.
    Open(CasePlace),
    /// Behind this one, which nobody has to act on any more.
    Ended(CasePlace),
}

/// A page of the list.
pub struct CaseListing {
    /// The cases.
    pub cases: Vec<Incident>,
    /// Where the next page begins; `None` = there is none.
    pub next: Option<CaseCursor>,
    /// The people.
    pub roster: Option<Arc<Roster>>,
}

/// Up to `limit` cases behind `after`.
///
/// # Errors
/// The store's.
pub async fn case_list(
    hotline: &Hotline,
    filter: &CaseFilter,
    after: Option<CaseCursor>,
    limit: u32,
) -> Result<CaseListing, OpsError> {
    hotline
        .store
        .read(async |tx: &mut Tx| -> Result<CaseListing, OpsError> {
            // One more than is shown tells whether there is more.
            let most = limit.saturating_add(1);
            let mut cases = match after {
                Some(CaseCursor::Ended(_)) => Vec::new(),
                Some(CaseCursor::Open(place)) => tx.open_cases(filter, Some(place), most).await?,
                None => tx.open_cases(filter, None, most).await?,
            };
            let left = most.saturating_sub(u32::try_from(cases.len()).unwrap_or(most));
            if left > 0 {
                let before = match after {
                    Some(CaseCursor::Ended(place)) => Some(place),
                    _ => None,
                };
                cases.extend(tx.ended_cases(filter, before, left).await?);
            }
            let shown = usize::try_from(limit).unwrap_or(usize::MAX);
            let has_more = cases.len() > shown;
            cases.truncate(shown);
            let next = cases.last().filter(|_| has_more).map(|last| {
                let place = CasePlace::of(last);
                if last.state.is_open() { CaseCursor::Open(place) } else { CaseCursor::Ended(place) }
            });
            Ok(CaseListing { cases, next, roster: hotline.roster(tx).await? })
        })
        .await
}
