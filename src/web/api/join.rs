//! A program says who is asked to come into a conversation with a reporter.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::{Bearer, problem};
use crate::incident::CaseNumber;
use crate::ops::{Invitation, OpsError, invite};
use crate::web::Door;

/// Who is asked, and by whom.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// A person's id of the roster.
    person: String,
    /// Who asks for it: it is said to whoever picks up, and stands in the timeline.
    by: String,
}

/// `POST /incidents/{number}/join` with `{"person": "ana", "by": "Carmen Núñez"}`: the line calls her, and she may come into
/// the conversation with the reporter. Said again while that call lasts it changes nothing.
pub(super) async fn join(State(door): State<Door>, _: Bearer, Path(number): Path<String>, body: Bytes) -> Response {
    let unknown = || (StatusCode::NOT_FOUND, problem("there is no case with this number")).into_response();
    let Ok(number) = CaseNumber::parse(&number) else { return unknown() };
    let wish = serde_json::from_slice::<Wish>(&body).ok().filter(|wish| Invitation::is_name(&wish.by));
    let Some(Wish { person, by }) = wish else {
        let mend =
            r#"write who is asked, and by whom: {"person": "an id of the roster", "by": "a name, up to 60 letters"}"#;
        return (StatusCode::BAD_REQUEST, problem(mend)).into_response();
    };
    let why = |invitation: Invitation| problem(invitation.refusal().unwrap_or_default());
    match invite(&door.hotline, &number, &person, &by).await {
        Ok(Invitation::Called | Invitation::There) => {
            (StatusCode::ACCEPTED, Json(json!({ "case": number, "person": person }))).into_response()
        }
        Ok(refused @ Invitation::Nobody) => (StatusCode::CONFLICT, why(refused)).into_response(),
        Ok(refused @ (Invitation::Unreachable | Invitation::Unknown)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, why(refused)).into_response()
        }
        Err(OpsError::NotFound(_)) => unknown(),
        Err(error) => {
            tracing::error!(%error, "nobody can be asked to come into a conversation");
            (StatusCode::SERVICE_UNAVAILABLE, problem("the store is not there; try again")).into_response()
        }
    }
}
