//! Which programs hear of changes to tickets.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::bearer::Bearer;
use super::problem::Problem;
use crate::store::Tx;
use crate::web::Door;

/// `GET /hooks`: each with what it hears of. Its address and what signs its posts are told to nobody: `guardia hook` makes and
/// removes them.
pub(super) async fn list(State(door): State<Door>, _: Bearer) -> Result<Response, Problem> {
    let hooks = door
        .hotline
        .store
        .read(async |tx: &mut Tx| tx.hooks().await)
        .await
        .map_err(|error| Problem::unavailable(&error, "hooks cannot be listed"))?;
    let shown: Vec<Value> = hooks
        .iter()
        .map(|hook| {
            let events: Vec<String> = hook.events.to_string().split(' ').map(str::to_owned).collect();
            json!({ "name": hook.name, "active": hook.active, "events": events, "created_at": hook.created_at })
        })
        .collect();
    Ok(Json(json!({ "hooks": shown })).into_response())
}
