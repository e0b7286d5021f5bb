//! Where people land: each role at the page it opens every morning.

use axum::response::{IntoResponse, Redirect, Response};

use super::CONSOLE;
use super::guard::Visitor;
use crate::access::Role;

/// To the first page of whoever looks.
pub async fn home(visitor: Visitor) -> Response {
    let first = match visitor.account.role {
        Role::Supervisor | Role::Quality | Role::Admin => "wall",
        Role::Agent => "cases",
        Role::Auditor => "audit",
    };
    Redirect::to(&format!("{CONSOLE}/{first}")).into_response()
}
