//! A program says who is asked to come into a conversation with a reporter.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::Bearer;
use super::problem::{Flaw, Kind, Problem};
use super::sent::Sent;
use crate::incident::CaseNumber;
use crate::ops::{Invitation, OpsError, invite};
use crate::web::Door;

/// Who is asked, and by whom.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    /// A person's id of the roster.
    person: String,
    /// Who asks for it: it is said to whoever picks up, and stands in the timeline.
    by: String,
}

/// `POST /incidents/{number}/join` with `{"person": "ana", "by": "Carmen Núñez"}`: the line calls her, and she may come into
/// the conversation with the reporter. Said again while that call lasts it changes nothing.
pub(super) async fn join(
    State(door): State<Door>,
    _: Bearer,
    Path(number): Path<String>,
    Sent(Wish { person, by }, _): Sent<Wish>,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found("there is no case with this number");
    let number = CaseNumber::parse(&number).map_err(|_| unknown())?;
    if !Invitation::is_name(&by) {
        return Err(Problem::invalid(vec![Flaw::new("/by", "write a name, up to 60 letters")]));
    }
    match invite(&door.hotline, &number, &person, &by).await {
        Ok(Invitation::Called | Invitation::There) => {
            Ok((StatusCode::ACCEPTED, Json(json!({ "case": number, "person": person }))).into_response())
        }
        Ok(refused @ Invitation::Nobody) => Err(Problem::new(Kind::Conflict, refused.refusal().unwrap_or_default())),
        Ok(refused @ (Invitation::Unreachable | Invitation::Unknown)) => {
            Err(Problem::unprocessable(vec![Flaw::new("/person", refused.refusal().unwrap_or_default())]))
        }
        Err(OpsError::NotFound(_)) => Err(unknown()),
        Err(error) => Err(Problem::unavailable(&error, "nobody can be asked to come into a conversation")),
    }
}
