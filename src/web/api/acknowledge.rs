//! A program says who takes a case.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::{Bearer, problem};
use crate::incident::{CaseNumber, Incident};
use crate::ops::{Assigned, OpsError, assign};
use crate::web::Door;

/// Who takes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Taker {
    /// A person's id of the roster.
    person: String,
}

/// `POST /incidents/{number}/acknowledge` with `{"person": "ana"}`: she takes the case. Said again it changes nothing.
pub(super) async fn acknowledge(
    State(door): State<Door>,
    _: Bearer,
    Path(number): Path<String>,
    body: Bytes,
) -> Response {
    let Ok(number) = CaseNumber::parse(&number) else {
        return (StatusCode::NOT_FOUND, problem("there is no case with this number")).into_response();
    };
    let Ok(taker) = serde_json::from_slice::<Taker>(&body) else {
        let mend = r#"write who takes it: {"person": "an id of the roster"}"#;
        return (StatusCode::BAD_REQUEST, problem(mend)).into_response();
    };
    match assign(&door.hotline, &number, &taker.person).await {
        Ok(Assigned::Theirs(incident)) => (StatusCode::OK, stands(&incident)).into_response(),
        Ok(Assigned::Otherwise(incident)) => (StatusCode::CONFLICT, stands(&incident)).into_response(),
        Ok(Assigned::Unknown) => {
            (StatusCode::UNPROCESSABLE_ENTITY, problem("the roster has no person with this id")).into_response()
        }
        Err(OpsError::NotFound(_)) => {
            (StatusCode::NOT_FOUND, problem("there is no case with this number")).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a case cannot be acknowledged");
            (StatusCode::SERVICE_UNAVAILABLE, problem("the store is not there; try again")).into_response()
        }
    }
}

/// How the case stands.
fn stands(incident: &Incident) -> Json<serde_json::Value> {
    Json(json!({
        "case": incident.number,
        "state": incident.state,
        "acknowledged_by": incident.acknowledged_by,
        "acknowledged_at": incident.acknowledged_at,
    }))
}
