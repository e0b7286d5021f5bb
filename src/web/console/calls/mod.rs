//! What happened to this caller: the log of calls, and each of them as a score.

mod acts;
mod list;
mod one;
mod path;
mod sound;
mod timeline;
mod views;

pub use acts::{decide, note, number};
pub use list::{by_number, list};
pub use one::show;
pub use path::picture;
pub use sound::{download, hear};
pub use views::{forget, keep};

use axum::response::Response;
use uuid::Uuid;

use super::answer;
use super::guard::Visitor;
use crate::access::{Permission, Reach};
use crate::call::Call;
use crate::id::CallId;
use crate::incident::Incident;
use crate::ops::case_sheet;
use crate::store::{StoreError, Tx};
use crate::web::Door;

/// A call that whoever looks may see, with its case.
struct Found {
    call: Call,
    case: Option<Incident>,
}

/// The call of this id, where whoever looks may do this to it. Of somebody else's call nobody learns even that it is there.
async fn find(door: &Door, visitor: &Visitor, id: &str, permission: Permission) -> Result<Found, Response> {
    let Ok(id) = Uuid::try_parse(id) else { return Err(answer::missing(door, visitor)) };
    let read = door
        .hotline
        .store
        .read(async |tx: &mut Tx| -> Result<_, StoreError> {
            let Some(call) = tx.call(CallId(id)).await? else { return Ok(None) };
            let case = match call.incident {
                Some(incident) => tx.incident(incident).await?,
                None => None,
            };
            Ok(Some(Found { call, case }))
        })
        .await;
    let found = match read {
        Ok(Some(found)) => found,
        Ok(None) => return Err(answer::missing(door, visitor)),
        Err(error) => return Err(answer::trouble(&error)),
    };
    match visitor.reach(permission) {
        Some(Reach::All) => Ok(found),
        Some(Reach::Own) if is_own(door, visitor, &found).await? => Ok(found),
        Some(Reach::Own) | None => Err(answer::missing(door, visitor)),
    }
}

async fn is_own(door: &Door, visitor: &Visitor, found: &Found) -> Result<bool, Response> {
    let Some((person, case)) = visitor.account.person.as_deref().zip(found.case.as_ref()) else { return Ok(false) };
    let sheet = case_sheet(&door.hotline, &case.number).await.map_err(|error| answer::trouble(&error))?;
    Ok(sheet.is_some_and(|sheet| sheet.is_of(person)))
}
