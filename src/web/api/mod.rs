//! The API: JSON for programs that carry a token.
//!
//! `routes!` is the one table of it: a path that is not there is no route, and each says what a token must allow. What is
//! wrong is told as a [`problem`].

mod acknowledge;
mod bearer;
mod duty;
mod hooks;
mod idempotency;
mod join;
mod openapi;
mod problem;
mod readiness;
mod sent;
mod tickets;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, patch, post};

pub use self::idempotency::KeysInUse;
pub use self::problem::no_route;

use self::bearer::{Bearer, Gate, guard};
use super::Door;
use crate::access::Scope;

/// Makes the router of one table: method, path, the scope it needs (`None` = open), the keys its query may have, and who
/// answers. Whoever may GET may HEAD.
macro_rules! routes {
    ($($method:ident $path:literal $scope:expr, $query:expr => $handler:path;)+) => {
        /// Every route below `/api/v1`: method, path, and what it asks of whoever comes.
        #[cfg(test)]
        const ROWS: &[(&str, &str, Gate)] =
            &[$((stringify!($method), $path, Gate { scope: $scope, query: &$query })),+];

        /// The routes below `/api/v1`.
        pub fn router(door: &Door) -> Router<Door> {
            Router::new()
                $(.route($path, $method($handler).route_layer(from_fn_with_state(
                    (door.clone(), Gate { scope: $scope, query: &$query }),
                    guard,
                ))))+
                .fallback(problem::no_route)
                .method_not_allowed_fallback(problem::no_method)
        }
    };
}

routes! {
    get "/openapi.json" None, [] => openapi::document;
    get "/readiness" Some(Scope::Readiness), [] => readiness::readiness;
    get "/duty/schedules/{name}" Some(Scope::DutyRead), [] => duty::schedule;
    get "/duty/people/{name}" Some(Scope::DutyRead), [] => duty::person;
    post "/incidents/{number}/acknowledge" Some(Scope::IncidentsWrite), [] => acknowledge::acknowledge;
    post "/incidents/{number}/join" Some(Scope::IncidentsWrite), [] => join::join;
    get "/hooks" Some(Scope::Hooks), [] => hooks::list;
    get "/tickets" Some(Scope::TicketsRead), [
        "limit", "after", "order", "kind", "severity", "state", "institution", "service", "external_id", "updated_since"
    ] => tickets::list;
    post "/tickets" Some(Scope::TicketsWrite), [] => tickets::open;
    get "/tickets/{id}" Some(Scope::TicketsRead), [] => tickets::read;
    patch "/tickets/{id}" Some(Scope::TicketsWrite), [] => tickets::change;
    post "/tickets/{id}/state" Some(Scope::TicketsWrite), [] => tickets::state;
    get "/tickets/{id}/comments" Some(Scope::TicketsRead), ["limit", "after"] => tickets::comments;
    post "/tickets/{id}/comments" Some(Scope::TicketsWrite), [] => tickets::comment;
    get "/tickets/{id}/attachments" Some(Scope::TicketsRead), [] => tickets::attachments;
    post "/tickets/{id}/attachments" Some(Scope::TicketsAttach), ["name"] => tickets::attach;
    get "/tickets/{id}/attachments/{number}" Some(Scope::TicketsRead), [] => tickets::content;
    get "/tickets/{id}/history" Some(Scope::TicketsRead), ["limit", "after"] => tickets::history;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_read_or_changed_needs_a_scope() {
        for (method, path, gate) in ROWS {
            let open = gate.scope.is_none();
            assert_eq!(open, *path == "/openapi.json", "{method} {path}");
        }
    }
}
