//! A program says who takes a case.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Bearer;
use super::problem::{Flaw, Kind, Problem};
use super::sent::Sent;
use crate::incident::{CaseNumber, Incident};
use crate::ops::{Assigned, OpsError, assign};
use crate::web::Door;

/// Who takes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Taker {
    /// A person's id of the roster.
    person: String,
}

/// `POST /incidents/{number}/acknowledge` with `{"person": "ana"}`: she takes the case. Said again it changes nothing.
pub(super) async fn acknowledge(
    State(door): State<Door>,
    _: Bearer,
    Path(number): Path<String>,
    Sent(taker, _): Sent<Taker>,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found("there is no case with this number");
    let number = CaseNumber::parse(&number).map_err(|_| unknown())?;
    match assign(&door.hotline, &number, &taker.person).await {
        Ok(Assigned::Theirs(incident)) => Ok((StatusCode::OK, Json(stands(&incident))).into_response()),
        Ok(Assigned::Otherwise(incident)) => {
            let problem = Problem::new(Kind::Conflict, "somebody else has the case, or it needs nobody any more");
            Err(problem.with_all(stands(&incident)))
        }
        Ok(Assigned::Unknown) => {
            Err(Problem::unprocessable(vec![Flaw::new("/person", "the roster has no person with this id")]))
        }
        Err(OpsError::NotFound(_)) => Err(unknown()),
        Err(error) => Err(Problem::unavailable(&error, "a case cannot be acknowledged")),
    }
}

/// How the case stands.
fn stands(incident: &Incident) -> Value {
    json!({
        "case": incident.number,
        "state": incident.state,
        "acknowledged_by": incident.acknowledged_by,
        "acknowledged_at": incident.acknowledged_at,
    })
}
