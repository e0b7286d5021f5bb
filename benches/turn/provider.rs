//! The provider's REST API as far as a text message and a recording need it: takes every message, and tells when; gives every
//! recording that is asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use guardia::clock::{Clock, Instant};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// A provider of text messages on this machine.
pub struct Provider {
    /// Its address.
    pub url: String,
    taken: mpsc::UnboundedReceiver<(Instant, String)>,
}

#[derive(Clone)]
struct Desk {
    taken: mpsc::UnboundedSender<(Instant, String)>,
    count: Arc<AtomicU64>,
}

impl Provider {
    /// Opens.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, taken) = mpsc::unbounded_channel();
        let desk = Desk { taken: sender, count: Arc::default() };
        let router = axum::Router::new()
            .route("/2010-04-01/Accounts/{account}/Messages.json", post(take))
            .route("/2010-04-01/Accounts/{account}/Recordings/{recording}", get(sound))
            .with_state(desk);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, taken }
    }

    /// Forgets what came until now; how many messages it was.
    pub fn forget(&mut self) -> usize {
        std::iter::from_fn(|| self.taken.try_recv().ok()).count()
    }

    /// The next message: when it came, and its form.
    pub async fn next(&mut self) -> (Instant, String) {
        self.taken.recv().await.unwrap()
    }

    /// When the next message to `number` came.
    pub async fn message_to(&mut self, number: &str) -> Instant {
        let field = format!("To=%2B{}", number.trim_start_matches('+'));
        loop {
            let (at, form) = self.next().await;
            if form.split('&').any(|part| part == field) {
                return at;
            }
        }
    }
}

async fn take(State(desk): State<Desk>, form: String) -> impl IntoResponse {
    let at = Clock::machine().now();
    let number = desk.count.fetch_add(1, Ordering::Relaxed);
    // Nobody listens any more when the measurement is over.
    let _ = desk.taken.send((at, form));
    let answer = format!("{{\"sid\":\"SM{number:032x}\",\"status\":\"queued\"}}");
    (StatusCode::CREATED, [(header::CONTENT_TYPE, "application/json")], answer)
}

/// Nine seconds of 8 kHz, as callers speak here; what is in them makes no difference.
async fn sound() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "audio/x-wav")], vec![0_u8; 44 + 9 * 16_000])
}
