//! The API: JSON for programs that carry a token.
//!
//! `routes!` is the one table of it: a path that is not there is no route, and each says what a token must allow. What is
//! wrong is told as a [`problem`].

mod acknowledge;
mod bearer;
mod duty;
mod idempotency;
mod join;
mod openapi;
mod problem;
mod readiness;
mod sent;
mod tickets;

use axum::extract::{Path, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};

pub use self::idempotency::KeysInUse;

use self::bearer::{Bearer, Gate, guard};
use self::problem::Problem;
use super::Door;
use crate::access::Scope;
use crate::store::Tx;

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
    get "/tickets/{external_id}" Some(Scope::TicketsRead), [] => ticket;
}

/// A ticket of the built-in store, by our case number.
async fn ticket(State(door): State<Door>, _: Bearer, Path(external_id): Path<String>) -> Response {
    let found = door.hotline.store.read(async |tx: &mut Tx| tx.ticket_by_external_id(&external_id).await).await;
    match found {
        Ok(Some(ticket)) => Json(tickets::shown(&ticket, door.hotline.clock.now())).into_response(),
        Ok(None) => Problem::not_found("there is no ticket with this external id").into_response(),
        Err(error) => Problem::unavailable(&error, "a ticket cannot be read").into_response(),
    }
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
