//! Pages of lists: how many there may be on one, and where the next one begins.

use axum::Json;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use serde_json::{Value, json};
use uuid::Uuid;

use super::BASE;
use crate::id::TicketId;
use crate::store::{TicketOrder, TicketPlace};
use crate::web::api::problem::{Flaw, Problem};

/// Of one page, unless more or fewer are asked for.
const USUAL: u32 = 50;
/// Of one page at most.
const MOST: u32 = 100;

/// How many a page may have.
///
/// # Errors
/// A problem of 400.
pub(super) fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked.unwrap_or(USUAL) {
        limit if (1..=MOST).contains(&limit) => Ok(limit),
        _ => Err(Problem::invalid(vec![Flaw::new("#/query/limit", format!("write 1 to {MOST}"))])),
    }
}

/// Cuts what was found for a page, and one more, to the page; whether there is a next one.
pub(super) fn cut<T>(found: &mut Vec<T>, limit: u32) -> bool {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_more = found.len() > limit;
    found.truncate(limit);
    is_more
}

/// A page: `name` with its things, and where the next one is, in the body and as a `Link` (RFC 8288).
pub(super) fn shown(name: &str, things: &[Value], below: &str, uri: &Uri, next: Option<String>) -> Response {
    let page = Json(json!({ name: things, "next": next }));
    let Some(next) = next else { return page.into_response() };
    let kept =
        uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("after="));
    let query: Vec<String> = kept.map(str::to_owned).chain([format!("after={next}")]).collect();
    ([(header::LINK, format!("<{BASE}{below}?{}>; rel=\"next\"", query.join("&")))], page).into_response()
}

/// A place in a list of tickets as programs carry it: nothing they need to understand.
pub(super) fn cursor(order: TicketOrder, place: TicketPlace) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}.{}.{}", letter(order), place.at.timestamp_micros(), place.id))
}

/// The place of a cursor, which is of a list in this order.
///
/// # Errors
/// A problem of 400.
pub(super) fn place(order: TicketOrder, cursor: &str) -> Result<TicketPlace, Problem> {
    let read = || -> Option<TicketPlace> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let mut parts = text.split('.');
        let (of, micros, id) = (parts.next()?, parts.next()?, parts.next()?);
        let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
        (of == letter(order) && parts.next().is_none())
            .then_some(TicketPlace { at, id: TicketId(Uuid::parse_str(id).ok()?) })
    };
    read().ok_or_else(|| {
        Problem::invalid(vec![Flaw::new("#/query/after", "write what the page before gave as next, in the same order")])
    })
}

fn letter(order: TicketOrder) -> &'static str {
    match order {
        TicketOrder::Newest => "n",
        TicketOrder::Oldest => "o",
        TicketOrder::Updated => "u",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_place_in_its_order_only() {
        let at = "2026-03-07T22:00:00.123456Z".parse().unwrap();
        let here = TicketPlace { at, id: TicketId(Uuid::from_u128(7)) };
        let all = [TicketOrder::Newest, TicketOrder::Oldest, TicketOrder::Updated];
        for order in all {
            let cursor = cursor(order, here);
            assert!(
                cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'),
                "{cursor}"
            );
            for other in all {
                assert_eq!(place(other, &cursor).ok(), (other == order).then_some(here));
            }
        }
        for cursor in ["", "x", "bi4xLjI", "bi4x", "ñ"] {
            assert!(place(TicketOrder::Newest, cursor).is_err(), "{cursor}");
        }
        assert!(limit(Some(0)).is_err() && limit(Some(101)).is_err());
        assert_eq!((limit(None).ok(), limit(Some(100)).ok()), (Some(50), Some(100)));
    }

    #[test]
    fn the_next_page_is_asked_for_as_this_one_was() {
        let uri: Uri = "/tickets?limit=2&after=old&institution=MAP%20x".parse().unwrap();
        let response = shown("tickets", &[], "", &uri, Some("new".to_owned()));
        let link = response.headers()["link"].to_str().unwrap();
        assert_eq!(link, "</api/v1/tickets?limit=2&institution=MAP%20x&after=new>; rel=\"next\"");
        assert!(!shown("tickets", &[], "", &uri, None).headers().contains_key("link"));
        let mut found = vec![1, 2, 3];
        assert!(cut(&mut found, 2));
        assert!(!cut(&mut found, 2));
        assert_eq!(found, [1, 2]);
    }
}
