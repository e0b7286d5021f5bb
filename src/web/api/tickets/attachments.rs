//! Programs attach files, and read which there are.

use std::future::poll_fn;
use std::pin::Pin;

use axum::Json;
use axum::body::{Body, HttpBody as _};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{BASE, author, find, version, view};
use crate::access::Answer;
use crate::ops::{Attached, add_attachment};
use crate::provider::{BlobError, Blobs};
use crate::store::Tx;
use crate::ticket::{Digest, NewFile, wrong_in_file};
use crate::web::Door;
use crate::web::api::bearer::Bearer;
use crate::web::api::idempotency::{Named, once};
use crate::web::api::problem::{Flaw, Kind, Problem};
use crate::web::api::sent::Asked;

/// What the file is called.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    name: Option<String>,
}

/// `GET /tickets/{id}/attachments`: all of them, in the order in which they came.
pub async fn list(State(door): State<Door>, _: Bearer, Path(key): Path<String>) -> Result<Response, Problem> {
    let id = find(&door, &key).await?.id;
    let files = door
        .hotline
        .store
        .read(async |tx: &mut Tx| tx.ticket_attachments(id).await)
        .await
        .map_err(|error| Problem::unavailable(&error, "attachments cannot be listed"))?;
    let shown: Vec<Value> = files.iter().map(view::attachment).collect();
    Ok(Json(json!({ "attachments": shown })).into_response())
}

/// `POST /tickets/{id}/attachments?name=…` with the file as the body and its `Content-Type`: 201 with its place, 200 when the
/// ticket has this content under this name already. The `ETag` is the ticket's, as it is then.
pub async fn attach(
    State(door): State<Door>,
    bearer: Bearer,
    named: Named,
    Path(key): Path<String>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let text = |name| headers.get(&name).and_then(|value| value.to_str().ok());
    let media = text(header::CONTENT_TYPE).unwrap_or("application/octet-stream").trim().to_owned();
    let name = query.name.unwrap_or_default();
    let wrong = wrong_in_file(&name, &media);
    if !wrong.is_empty() {
        let at = |field: &str| if field == "name" { "#/query/name" } else { "#/header/Content-Type" };
        return Err(Problem::invalid(wrong.into_iter().map(|wrong| Flaw::new(at(wrong.field), wrong.what)).collect()));
    }
    let id = find(&door, &key).await?.id;
    // Whoever says beforehand that it is too large need not send it.
    let announced = text(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    let limit = door.blobs.largest();
    if announced.is_some_and(|length| length > limit) {
        return Err(BlobError::TooLarge { limit }.into());
    }
    let (sha256, size) = take_in(&door.blobs, body).await?;
    let content = format!("{sha256} {media} {name}");
    let told = |(ticket, file, is_new): &Attached| {
        let location = is_new.then(|| format!("{BASE}/{}/attachments/{}", ticket.id, file.sequence));
        let etag = Some(version::etag(ticket));
        Answer { location, etag, ..Answer::json(if *is_new { 201 } else { 200 }, &view::attachment(file)) }
    };
    let file = NewFile { name, media, size, sha256 };
    once(&door, named, content.as_bytes(), &told, async |once| {
        add_attachment(&door.hotline, id, file, &author(&bearer), once).await
    })
    .await
}

/// Keeps what the body holds, piece by piece; what it is known by, and how many bytes it has.
async fn take_in(blobs: &Blobs, mut body: Body) -> Result<(Digest, u64), Problem> {
    let mut upload = blobs.begin().await?;
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.map_err(|_| Problem::new(Kind::MalformedBody, "the body did not arrive whole"))?;
        if let Ok(bytes) = frame.into_data() {
            upload.write(&bytes).await?;
        }
    }
    let kept = upload.finish().await?;
    Ok((kept.sha256, kept.size))
}
