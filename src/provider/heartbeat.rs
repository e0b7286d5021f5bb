//! A sign of life, sent to whoever tells people when it stays away.

use reqwest::Url;

use super::Secret;
use super::guarded::GuardedHttp;
use super::http::{Fault, Limits, NoClient};
use super::reach::Reach;

/// Why no sign of life can be sent. A reason not to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeartbeatError {
    /// The address is none that is sent to.
    #[error("the address of the heartbeat must be https://host/path (http:// is taken for this machine itself only)")]
    Address,
    /// No HTTPS on this machine.
    #[error(transparent)]
    Client(#[from] NoClient),
}

/// The sign did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoBeat {
    /// No usable answer.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// An answer that is no success.
    #[error("the answer was HTTP {0}")]
    Status(u16),
}

/// Sends signs of life to one address, which is a secret. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    http: GuardedHttp,
    url: Secret,
}

impl Heartbeat {
    /// To `url`, whose host the house itself chose: it may lie within the house's own network.
    ///
    /// # Errors
    /// [`HeartbeatError`], which names the mend.
    pub fn new(url: &Secret, limits: Limits) -> Result<Self, HeartbeatError> {
        let read = Url::parse(url.expose().trim()).map_err(|_| HeartbeatError::Address)?;
        let host = read.host_str().ok_or(HeartbeatError::Address)?;
        let this_machine = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        let reach = Reach { hosts: vec![host.to_owned()], networks: Vec::new(), this_machine };
        reach.check(&read).map_err(|_| HeartbeatError::Address)?;
        Ok(Self { http: GuardedHttp::new(limits, reach)?, url: Secret::new(read.as_str()) })
    }

    /// Sends one.
    ///
    /// # Errors
    /// [`NoBeat`].
    pub async fn beat(&self) -> Result<(), NoBeat> {
        let url = Url::parse(self.url.expose()).map_err(|_| Fault::Request)?;
        match self.http.exchange(self.http.get(&url)?).await?.status.as_u16() {
            200..=299 => Ok(()),
            status => Err(NoBeat::Status(status)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::http::StatusCode;
    use axum::routing::get;

    use super::*;

    #[test]
    fn where_a_sign_of_life_may_go() {
        for (url, fits) in [
            ("https://hc.example.org/ping/secret", true),
            ("https://10.0.0.7/push", true),
            ("http://127.0.0.1:3001/api/push/x", true),
            ("http://hc.example.org/ping", false),
            ("ftp://hc.example.org/", false),
            ("hc.example.org/ping", false),
        ] {
            let made = Heartbeat::new(&Secret::new(url), Limits::default());
            assert_eq!(made.is_ok(), fits, "{url}");
            assert!(!format!("{made:?}").contains("secret"));
        }
    }

    #[tokio::test]
    async fn only_a_success_counts() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let beats = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&beats);
        let ping = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            std::future::ready("OK")
        };
        let app = Router::new().route("/ping", get(ping)).route("/gone", get(|| async { StatusCode::GONE }));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let to = |path: &str| Heartbeat::new(&Secret::new(format!("{base}{path}")), Limits::default()).unwrap();
        assert_eq!(to("/ping").beat().await, Ok(()));
        assert_eq!(to("/gone").beat().await, Err(NoBeat::Status(410)));
        assert_eq!(beats.load(Ordering::SeqCst), 1);
        let nobody = Heartbeat::new(&Secret::new("http://127.0.0.1:1/"), Limits::default()).unwrap();
        assert_eq!(nobody.beat().await, Err(NoBeat::Fault(Fault::Unreachable)));
    }
}
