//! Posting to addresses that people wrote: each name is resolved once, each address it has is checked, and the connection goes
//! to an address that passed. A name that has another address a moment later (DNS rebinding) gains nothing.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{RequestBuilder, Url};

use super::http::{Answer, Fault, Http, Limits, NoClient};
use super::reach::Reach;

/// A client that reaches only what its [`Reach`] allows. Cheap to clone.
#[derive(Clone, Debug)]
pub struct GuardedHttp {
    http: Http,
    reach: Arc<Reach>,
}

/// Every address of a name is one that is not sent to.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the name has no address that may be sent to")]
pub(super) struct NoAllowedAddress;

impl GuardedHttp {
    /// Builds a client.
    ///
    /// # Errors
    /// [`NoClient`].
    pub fn new(limits: Limits, reach: Reach) -> Result<Self, NoClient> {
        let reach = Arc::new(reach);
        Ok(Self { http: Http::with_names(limits, AllowedOnly(Arc::clone(&reach)))?, reach })
    }

    /// Begins a POST.
    ///
    /// # Errors
    /// [`Fault::Forbidden`].
    pub(super) fn post(&self, url: &Url) -> Result<RequestBuilder, Fault> {
        self.reach.check(url)?;
        Ok(self.http.post(url.as_str()))
    }

    /// Begins a GET.
    ///
    /// # Errors
    /// [`Fault::Forbidden`].
    pub(super) fn get(&self, url: &Url) -> Result<RequestBuilder, Fault> {
        self.reach.check(url)?;
        Ok(self.http.read(url.as_str()))
    }

    /// Sends a request and reads its answer to the end.
    ///
    /// # Errors
    /// [`Fault`]. A status that is no success is an answer, not a fault.
    pub(super) async fn exchange(&self, request: RequestBuilder) -> Result<Answer, Fault> {
        self.http.exchange(request).await
    }
}

/// Resolves names to the addresses among theirs that are allowed.
struct AllowedOnly(Arc<Reach>);

impl Resolve for AllowedOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = Arc::clone(&self.0);
        Box::pin(async move {
            // Port 0: the client puts in the URL's.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| reach.allows(name.as_str(), address.ip())).collect();
            if allowed.is_empty() {
                return Err(NoAllowedAddress.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::post;

    use super::*;

    /// A name of this machine leads here only where the configuration says so.
    #[tokio::test]
    async fn a_name_is_judged_by_where_it_leads() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let app = Router::new().route("/", post(|| async { "here" }));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });

        let open = Reach { this_machine: true, ..Reach::default() };
        let network = Reach { networks: vec!["127.0.0.0/8".parse().unwrap()], ..Reach::default() };
        let host = Reach { hosts: vec!["localhost".into()], ..Reach::default() };
        // Past the check of the URL, so that the resolver alone decides.
        for (reach, answer) in [
            (open, Ok(())),
            (network, Ok(())),
            (host, Ok(())),
            (Reach::default(), Err(Fault::Forbidden)),
            (Reach { hosts: vec!["other".into()], ..Reach::default() }, Err(Fault::Forbidden)),
        ] {
            let client = GuardedHttp::new(Limits::default(), reach.clone()).unwrap();
            let request = client.http.post(&format!("http://localhost:{port}/"));
            let found = client.exchange(request).await.map(|answer| assert_eq!(answer.body, b"here"));
            assert_eq!(found, answer, "{reach:?}");
        }
        let client = GuardedHttp::new(Limits::default(), Reach::default()).unwrap();
        let literal = Url::parse(&format!("https://127.0.0.1:{port}/")).unwrap();
        assert!(matches!(client.post(&literal), Err(Fault::Forbidden)));
    }
}
