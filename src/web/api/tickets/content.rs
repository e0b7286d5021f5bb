//! Programs read the content of an attachment.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio_util::io::ReaderStream;

use super::{find, version};
use crate::store::Tx;
use crate::ticket::TicketAttachment;
use crate::web::Door;
use crate::web::api::bearer::Bearer;
use crate::web::api::problem::{Kind, Problem};
use crate::web::range::{Asked, asked, place};

/// Bytes that are read at once.
const PIECE: usize = 64 * 1024;

/// `GET /tickets/{id}/attachments/{number}`: the file, or a range of it. Its `ETag` is the SHA-256 of the whole. It is never
/// shown by whoever reads it with a browser: what it holds was sent by somebody.
pub async fn content(
    State(door): State<Door>,
    _: Bearer,
    Path((key, number)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = find(&door, &key).await?.id;
    let unknown = || Problem::not_found("this ticket has no attachment with this number");
    let number = number.parse().map_err(|_| unknown())?;
    let file = door
        .hotline
        .store
        .read(async |tx: &mut Tx| tx.ticket_attachment(id, number).await)
        .await
        .map_err(|error| Problem::unavailable(&error, "an attachment cannot be read"))?
        .ok_or_else(unknown)?;
    let etag = format!("\"{}\"", file.sha256);
    if version::is_known(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let (status, range) = match asked(&headers, &etag, file.size) {
        Asked::All => (StatusCode::OK, None),
        Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, Some(range)),
        Asked::Beyond => {
            let detail = format!("the file has {} bytes: ask for a range within them", file.size);
            return Err(
                Problem::new(Kind::BeyondEnd, detail).header(header::CONTENT_RANGE, &format!("bytes */{}", file.size))
            );
        }
    };
    let (length, part) = match &range {
        None => (file.size, None),
        Some(range) => (range.end.saturating_sub(range.start), Some(place(range, file.size))),
    };
    let content = door.blobs.read(&file.sha256, range).await?;
    let content = content.ok_or_else(|| {
        let error = format!("ticket {id}, attachment {number}: there is no content {}", file.sha256);
        Problem::unavailable(&error, "the content of an attachment is not where it was kept")
    })?;
    let mut response = (status, Body::from_stream(ReaderStream::with_capacity(content, PIECE))).into_response();
    let heads = [
        (header::CONTENT_TYPE, file.media.clone()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, disposition(&file)),
        (header::ETAG, etag),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
    ];
    for (name, value) in heads.into_iter().chain(part.map(|part| (header::CONTENT_RANGE, part))) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

/// To be saved under its name: in full by RFC 8187, and in ASCII for whoever does not read that.
fn disposition(file: &TicketAttachment) -> String {
    let plain: String = file
        .name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || " ._-()".contains(letter) { letter } else { '_' })
        .collect();
    let full: String = file
        .name
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{full}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::{Author, Digest};

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        let file = TicketAttachment {
            sequence: 1,
            name: "acta \"ñ\"; x=1.pdf".to_owned(),
            media: "application/pdf".to_owned(),
            size: 1,
            sha256: Digest::new(&[0; 32]),
            author: Author::System,
            at: "2026-03-07T22:00:00Z".parse().unwrap(),
        };
        assert_eq!(
            disposition(&file),
            "attachment; filename=\"acta ____ x_1.pdf\"; filename*=UTF-8''acta%20%22%C3%B1%22%3B%20x%3D1.pdf"
        );
    }
}
