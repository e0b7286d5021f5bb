//! Where people land: each role at the page it opens every morning.

use axum::response::{IntoResponse, Redirect, Response};

use super::CONSOLE;
use super::guard::Visitor;

/// To the first page of whoever looks.
pub async fn home(_: Visitor) -> Response {
    Redirect::to(&format!("{CONSOLE}/account")).into_response()
}
