//! Would a call that comes tonight reach a person?

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Bearer;
use super::problem::Problem;
use crate::ops::{self, Outside};
use crate::web::Door;

/// The whole report; 503 when a call or a page would be lost now. It asks the provider: for a look every few minutes, where
/// `/readyz` is for one every few seconds.
pub async fn readiness(State(door): State<Door>, _: Bearer) -> Response {
    let outside = Outside {
        line: Some(door.line_check.look(&door.hotline.clock).await),
        callbacks: (*door.callbacks).clone(),
        signatures: door.verifier.self_test().is_ok(),
        journal_empty: door.spool.looks_empty(),
    };
    match ops::readiness(&door.hotline, outside).await {
        Ok(report) => {
            let status = if report.is_broken() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
            (status, Json(report.to_json())).into_response()
        }
        Err(error) => Problem::unavailable(&error, "readiness cannot be judged").into_response(),
    }
}
