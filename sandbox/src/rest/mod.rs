//! The provider's REST API, version 2010-04-01: what of it an application that calls, writes and records needs.

mod auth;
mod calls;
mod conferences;
mod door;
mod form;
mod listing;
mod messages;
mod numbers;
mod participants;
mod queues;
mod recordings;
mod taping;

use std::io;
use std::net::SocketAddr;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router, middleware};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub(crate) use door::is_here;

use crate::network::Network;
use crate::refusal::Refusal;
use crate::time::{Instant, rfc2822};

/// The largest form the API reads.
const LARGEST_FORM: usize = 64 * 1024;

impl Network {
    /// The REST API as an axum router, for a host that listens itself.
    pub fn router(&self) -> Router {
        let account = Router::new()
            .route("/Calls.json", get(calls::list).post(calls::create))
            .route("/Calls/{call}", get(calls::read).post(calls::modify).delete(calls::delete))
            .route("/Calls/{call}/Recordings.json", get(recordings::of_call).post(taping::start))
            .route(
                "/Calls/{call}/Recordings/{recording}",
                get(recordings::read_one).post(taping::change).delete(recordings::delete_one),
            )
            .route("/Messages.json", get(messages::list).post(messages::create))
            .route("/Messages/{message}", get(messages::read).post(messages::modify).delete(messages::delete))
            .route("/Messages/{message}/Media.json", get(messages::media))
            .route("/Recordings.json", get(recordings::list))
            .route("/Recordings/{recording}", get(recordings::read).delete(recordings::delete))
            .route("/IncomingPhoneNumbers.json", get(numbers::list))
            .route("/IncomingPhoneNumbers/{number}", get(numbers::read).post(numbers::modify))
            .route("/Queues.json", get(queues::list).post(queues::create))
            .route("/Queues/{queue}", get(queues::read).post(queues::modify).delete(queues::delete))
            .route("/Queues/{queue}/Members.json", get(queues::members))
            .route("/Queues/{queue}/Members/{call}", get(queues::read_member).post(queues::take_out))
            .route("/Conferences.json", get(conferences::list))
            .route("/Conferences/{conference}", get(conferences::read).post(conferences::modify))
            .route("/Conferences/{conference}/Recordings.json", get(recordings::of_conference))
            .route(
                "/Conferences/{conference}/Recordings/{recording}",
                get(recordings::read_one).post(taping::change_in_conference).delete(recordings::delete_one),
            )
            .route("/Conferences/{conference}/Participants.json", get(participants::list).post(participants::create))
            .route(
                "/Conferences/{conference}/Participants/{call}",
                get(participants::read).post(participants::modify).delete(participants::remove),
            )
            .layer(middleware::from_fn_with_state(self.clone(), auth::check));
        let itself = Router::new()
            .route("/2010-04-01/Accounts/{account}", get(numbers::account))
            .layer(middleware::from_fn_with_state(self.clone(), auth::check));
        Router::new()
            .merge(itself)
            .nest("/2010-04-01/Accounts/{account}", account)
            .fallback(|| async { Refusal::not_found("of that address") })
            .method_not_allowed_fallback(|| async {
                Refusal { status: 405, code: 20_004, message: "Method not allowed".to_owned() }
            })
            .layer(DefaultBodyLimit::max(LARGEST_FORM))
            .layer(middleware::map_response_with_state(self.clone(), dated))
            .with_state(self.clone())
    }

    /// Serves the REST API on `listener` for as long as the process lives. Unless the network was told another, the
    /// listener's address becomes the API's own.
    ///
    /// # Errors
    ///
    /// The listener has no local address.
    pub fn serve(&self, listener: TcpListener) -> io::Result<SocketAddr> {
        self.serve_router(listener, self.router())
    }

    /// Serves the REST API and what stands beside it.
    pub(crate) fn serve_router(&self, listener: TcpListener, router: Router) -> io::Result<SocketAddr> {
        let address = listener.local_addr()?;
        // Whoever gave it another name is reached by that.
        let only_here = address.ip().is_loopback() && self.config().api_url.is_none();
        let router = router.layer(middleware::from_fn_with_state(only_here, door::check));
        self.act(|state| {
            if state.world.api_url.is_empty() {
                state.world.api_url = format!("http://{address}");
            }
        });
        self.spawn(async move {
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            if let Err(error) = axum::serve(listener, service).await {
                tracing::error!(%error, "the REST API stopped");
            }
        });
        Ok(address)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let body = json!({
            "code": self.code,
            "message": self.message,
            "more_info": format!("https://www.twilio.com/docs/errors/{}", self.code),
            "status": self.status,
        });
        if status == StatusCode::UNAUTHORIZED {
            return (status, [("WWW-Authenticate", "Basic realm=\"Twilio API\"")], Json(body)).into_response();
        }
        (status, Json(body)).into_response()
    }
}

/// Tells the network's time, as the provider tells its own.
async fn dated(State(network): State<Network>, mut response: Response) -> Response {
    let date = network.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::from_str(&date) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

/// What the application calls a request (`I-Twilio-Idempotency-Token`), when it does.
fn token(headers: &HeaderMap) -> Option<String> {
    headers.get("I-Twilio-Idempotency-Token").and_then(|token| token.to_str().ok()).map(str::to_owned)
}

/// The name of a resource without the form it is asked in.
fn without_json(name: &str) -> &str {
    name.strip_suffix(".json").unwrap_or(name)
}

fn date(at: Instant) -> Value {
    Value::String(rfc2822(at))
}

fn date_or_null(at: Option<Instant>) -> Value {
    at.map_or(Value::Null, date)
}
