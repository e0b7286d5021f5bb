//! Whether the process lives, and whether it can keep its promises.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use super::Door;
use crate::store::{StoreError, Tx};

/// `/healthz` and `/readyz`.
pub fn router() -> Router<Door> {
    Router::new().route("/healthz", get(async || "ok")).route("/readyz", get(ready))
}

/// What readiness looks at; each must be true.
#[derive(Serialize)]
struct Ready {
    store_writes: bool,
    signature_self_test: bool,
    journal_empty: bool,
    no_dead_jobs: bool,
    every_open_incident_has_a_job: bool,
}

async fn ready(State(door): State<Door>) -> Response {
    let store = &door.hotline.store;
    let looked = store
        .read(async |tx: &mut Tx| -> Result<(bool, bool), StoreError> {
            Ok((tx.job_counts().await?.dead == 0, tx.open_incidents_without_job().await?.is_empty()))
        })
        .await;
    let (no_dead_jobs, every_open_incident_has_a_job) = looked.unwrap_or((false, false));
    let ready = Ready {
        store_writes: store.check().await.is_ok(),
        signature_self_test: door.verifier.self_test().is_ok(),
        journal_empty: door.spool.is_empty(),
        no_dead_jobs,
        every_open_incident_has_a_job,
    };
    let able = ready.store_writes && ready.signature_self_test;
    let status = if able { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(ready)).into_response()
}
