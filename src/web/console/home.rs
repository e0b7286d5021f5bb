//! Where people land: each role at the page it opens every morning.

use axum::response::{IntoResponse, Redirect, Response};

use super::CONSOLE;
use super::guard::Visitor;
use crate::access::Role;

/// To the first page of whoever looks.
pub async fn home(visitor: Visitor) -> Response {
    let first = if is_on_the_wall(visitor.account.role) { "wall" } else { "account" };
    Redirect::to(&format!("{CONSOLE}/{first}")).into_response()
}

/// Who begins the day with what the night was like.
fn is_on_the_wall(role: Role) -> bool {
    matches!(role, Role::Supervisor | Role::Quality | Role::Admin)
}
