//! The telephone in the browser: a page at the network's own address, with a caller's telephone and one of the staff.
//!
//! Whoever opens it needs the token behind the `#` of its address, which no browser sends anywhere by itself; `door` says
//! who else is turned away. The page talks to its `session` over one WebSocket, in the words of `wire`.

mod door;
mod session;
mod wire;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, broadcast};

use crate::network::Network;
use crate::notice::KEPT;
use crate::transcript::Entry;

/// Pages that may be open at the same time.
const MOST_PAGES: usize = 8;
/// The largest message of a page: 5 minutes of sound and a little more.
const LARGEST_MESSAGE: usize = 5 * 1024 * 1024;
/// What the page and its session speak; beside it the page offers its token.
const PROTOCOL: &str = "sandbox-phone";

/// How the telephone in the browser is set.
#[derive(Clone)]
pub struct PhonePage {
    /// What opens it: letters, digits, `-` and `_` that nobody can guess.
    pub token: String,
    /// The application's number, which both telephones call.
    pub line: String,
    /// The caller's number at first.
    pub caller: String,
    /// The number at first of somebody on the staff.
    pub staff: String,
}

/// The token is never shown.
impl fmt::Debug for PhonePage {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("PhonePage").field("line", &self.line).finish_non_exhaustive()
    }
}

/// What every page needs.
#[derive(Debug)]
struct Desk {
    network: Network,
    page: PhonePage,
    entries: broadcast::Sender<Entry>,
    places: Arc<Semaphore>,
}

impl Network {
    /// Serves the REST API as [`Network::serve`] does, and beside it the telephone in the browser at `/phone#TOKEN`, for
    /// this machine only.
    ///
    /// # Errors
    ///
    /// The listener has no local address.
    pub fn serve_with_phone(&self, listener: TcpListener, page: PhonePage) -> io::Result<SocketAddr> {
        let entries = broadcast::Sender::new(KEPT);
        let log = entries.clone();
        self.on_log(move |entry| {
            // No page is open: nobody is told.
            let _ = log.send(entry.clone());
        });
        let places = Arc::new(Semaphore::new(MOST_PAGES));
        let desk = Arc::new(Desk { network: self.clone(), page, entries, places });
        self.serve_router(listener, self.router().merge(router(desk)))
    }
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

fn router(desk: Arc<Desk>) -> Router {
    let asset =
        |kind: &'static str, text: &'static str| get(move || async move { ([(header::CONTENT_TYPE, kind)], text) });
    Router::new()
        .route("/phone", asset("text/html; charset=utf-8", include_str!("page/phone.html")))
        .route("/phone/phone.css", asset("text/css; charset=utf-8", include_str!("page/phone.css")))
        .route("/phone/phone.js", asset(SCRIPT, include_str!("page/phone.js")))
        .route("/phone/words.js", asset(SCRIPT, include_str!("page/words.js")))
        .route("/phone/sound.js", asset(SCRIPT, include_str!("page/sound.js")))
        .route("/phone/worklet.js", asset(SCRIPT, include_str!("page/worklet.js")))
        .route("/phone/socket", get(open))
        .layer(middleware::from_fn(door::check))
        .with_state(desk)
}

/// A page opens its line.
async fn open(State(desk): State<Arc<Desk>>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    if !door::has_token(&headers, &desk.page.token) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Ok(place) = Arc::clone(&desk.places).try_acquire_owned() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    upgrade.protocols([PROTOCOL]).max_message_size(LARGEST_MESSAGE).max_frame_size(LARGEST_MESSAGE).on_upgrade(
        move |socket| async move {
            session::run(&desk, socket).await;
            drop(place);
        },
    )
}
