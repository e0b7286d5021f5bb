//! Whether the process lives, and whether it can keep its promises.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use super::Door;
use crate::store::{StoreError, Tx};

/// `/healthz` and `/readyz`.
pub fn router() -> Router<Door> {
    Router::new().route("/healthz", get(async || "ok")).route("/readyz", get(ready))
}

async fn ready(State(door): State<Door>) -> Response {
    let store = &door.hotline.store;
    let looked = store
        .read(async |tx: &mut Tx| -> Result<(bool, bool), StoreError> {
            Ok((tx.job_counts().await?.dead == 0, tx.open_incidents_without_job().await?.is_empty()))
        })
        .await;
    let (no_dead_jobs, every_open_incident_has_a_job) = looked.unwrap_or((false, false));
    let store_writes = store.check().await.is_ok();
    let signatures = door.verifier.self_test().is_ok();
    let able = store_writes && signatures;
    let status = if able { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let looked_at = json!({
        "ready": able,
        "store_writes": store_writes,
        "signature_self_test": signatures,
        "journal_empty": door.spool.is_empty(),
        "no_dead_jobs": no_dead_jobs,
        "every_open_incident_has_a_job": every_open_incident_has_a_job,
    });
    (status, Json(looked_at)).into_response()
}
