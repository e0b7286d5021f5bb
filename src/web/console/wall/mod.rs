//! The wall: is anything about to break its promise? One picture for everybody, which changes by itself.

mod board;
mod live;

use std::convert::Infallible;

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::stream;

pub use live::{Wallboard, WayOut};

use super::guard::Visitor;
use super::page::Page;
use super::words::OnTheWall;
use super::{CONSOLE, answer};
use crate::web::Door;
use board::Board;
use live::Heard;

#[derive(Template)]
#[template(path = "wall.html")]
struct WallPage {
    page: Page,
    w: &'static OnTheWall,
    board: Board,
}

/// The picture as it is now.
pub async fn show(State(door): State<Door>, visitor: Visitor) -> Response {
    let l = visitor.language();
    let w = OnTheWall::of(l);
    match door.console.wall.look(&door, l).await {
        Ok(board) => answer::show(&WallPage { page: Page::new(&door, &visitor, w.title).at("/wall"), w, board }),
        Err(error) => answer::trouble(&error),
    }
}

/// The picture, and every change of it, as a stream of events: `board` with the whole board, `still` while nothing changes,
/// `over` when the session ended.
pub async fn events(State(door): State<Door>, visitor: Visitor, headers: HeaderMap) -> Response {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if !accepts.is_some_and(|accepts| accepts.contains("text/event-stream")) {
        // Somebody opened it by hand.
        return Redirect::to(&format!("{CONSOLE}/wall")).into_response();
    }
    let l = visitor.language();
    let Some(watch) = door.console.wall.watch(&door.hotline.clock, &visitor.session, l) else {
        tracing::warn!("too many walls are open");
        let headers = [(header::RETRY_AFTER, "30"), (header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        return (StatusCode::SERVICE_UNAVAILABLE, headers, OnTheWall::of(l).full_house).into_response();
    };
    let events = stream::unfold(Some(watch), async |watch| {
        let mut watch = watch?;
        match watch.next().await {
            Heard::Event(bytes) => Some((Ok::<_, Infallible>(bytes), Some(watch))),
            Heard::Over(bytes) => Some((Ok(bytes), None)),
            Heard::Gone => None,
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        // What gathers answers before it passes them on (nginx) is asked not to.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(events)).into_response()
}
