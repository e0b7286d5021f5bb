//! Filters that somebody keeps under a name.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::list::query_of;
use crate::call::{CallFilter, SavedView};
use crate::id::ViewId;
use crate::store::{StoreError, Tx};
use crate::web::Door;
use crate::web::console::guard::Visitor;
use crate::web::console::{CONSOLE, answer};

/// The longest name, in characters.
const LONGEST: usize = 60;
/// So many views somebody keeps at most.
const MOST: usize = 40;

/// A view to be kept.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    name: String,
    #[serde(default)]
    query: String,
}

/// Keeps what is asked for under a name.
pub async fn keep(State(door): State<Door>, visitor: Visitor, Form(wanted): Form<Wanted>) -> Response {
    let hotline = &door.hotline;
    let pairs: Vec<(String, String)> = form_urlencoded::parse(wanted.query.as_bytes()).into_owned().collect();
    let pairs = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let Ok(filter) = CallFilter::from_pairs(pairs, hotline.policy.calendar.zone()) else {
        return answer::missing(&door, &visitor);
    };
    let (name, query, now) = (wanted.name.trim(), query_of(&filter), hotline.clock.now());
    let back = format!("{CONSOLE}/calls?{query}");
    if name.is_empty() || name.chars().count() > LONGEST || name.chars().any(char::is_control) {
        return Redirect::to(&back).into_response();
    }
    let (id, account) = (ViewId(hotline.ids.ordered(now)), visitor.account.id);
    let view = SavedView { id, account, name: name.to_owned(), query, created_at: now };
    let kept = hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), StoreError> {
            if tx.saved_views(account).await?.len() < MOST {
                tx.save_view(&view).await?;
            }
            Ok(())
        })
        .await;
    match kept {
        Ok(()) => Redirect::to(&back).into_response(),
        Err(error) => answer::trouble(&error),
    }
}

/// Keeps one no longer.
pub async fn forget(State(door): State<Door>, visitor: Visitor, Path(id): Path<String>) -> Response {
    let Ok(id) = Uuid::try_parse(&id) else { return answer::missing(&door, &visitor) };
    let account = visitor.account.id;
    match door.hotline.store.write(async |tx: &mut Tx| tx.delete_view(account, ViewId(id)).await).await {
        Ok(_) => Redirect::to(&format!("{CONSOLE}/calls")).into_response(),
        Err(error) => answer::trouble(&error),
    }
}
