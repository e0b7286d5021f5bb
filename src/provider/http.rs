//! The one place that builds an HTTP client, and the one that reads an answer: bounded in time and size, no redirects, no
//! proxy from the environment, and errors that say neither URL nor body.

use std::error::Error;
use std::time::Duration;

use reqwest::dns::Resolve;
use reqwest::{ClientBuilder, Method, RequestBuilder, StatusCode, header, redirect};

use super::Secret;
use super::guarded::NoAllowedAddress;

/// The bounds of one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// To connect, names and TLS included.
    pub connect: Duration,
    /// For the whole exchange.
    pub total: Duration,
    /// The largest answer, in bytes.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), total: Duration::from_secs(10), body: 64 * 1024 }
    }
}

/// The longest wait that another side's `Retry-After` is believed.
pub const MAX_WAIT: Duration = Duration::from_hours(1);

/// An exchange without a usable answer. Whether the other side acted on the request is unknown, except for
/// [`Fault::Unreachable`], where it did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Fault {
    /// No connection.
    #[error("no connection")]
    Unreachable,
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The connection broke, or what came was no HTTP.
    #[error("the connection broke")]
    Broken,
    /// The answer is larger than the bound.
    #[error("the answer is too large")]
    TooLarge,
    /// The request could not be made of what was given: an address or a header with forbidden characters.
    #[error("the request could not be made")]
    Request,
    /// The address leads where we do not send: a private network, or in clear text.
    #[error("the address is not one that is sent to")]
    Forbidden,
    /// The other side does not secure the connection as it must: no TLS, or not in its own name.
    #[error("no secure connection")]
    Insecure,
}

/// The client could not be built: the machine's certificates or TLS are unusable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no HTTPS client: install this machine's CA certificates (package ca-certificates)")]
pub struct NoClient;

/// What came back.
pub(super) struct Answer {
    /// The HTTP status.
    pub(super) status: StatusCode,
    /// How long the other side asks us to wait, at most [`MAX_WAIT`].
    pub(super) retry_after: Option<Duration>,
    /// What time the other side has, as it says it.
    pub(super) date: Option<String>,
    /// What the thing that was read is known by until it changes (RFC 9110, section 8.8.3), as it is.
    pub(super) etag: Option<String>,
    /// The body, to its end.
    pub(super) body: Vec<u8>,
}

/// A client with [`Limits`]. Cheap to clone; clones share connections.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    limits: Limits,
}

impl Http {
    /// Builds a client.
    ///
    /// # Errors
    /// [`NoClient`].
    pub fn new(limits: Limits) -> Result<Self, NoClient> {
        Self::built(limits, |builder| builder)
    }

    /// Builds a client that resolves names in its own way.
    ///
    /// # Errors
    /// [`NoClient`].
    pub(super) fn with_names(limits: Limits, names: impl Resolve + 'static) -> Result<Self, NoClient> {
        Self::built(limits, |builder| builder.dns_resolver(names))
    }

    fn built(limits: Limits, more: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Result<Self, NoClient> {
        #[expect(clippy::disallowed_methods, reason = "this is the client's one home")]
        let builder = reqwest::Client::builder()
            .connect_timeout(limits.connect)
            .timeout(limits.total)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .tcp_nodelay(true)
            .user_agent(concat!("guardia/", env!("CARGO_PKG_VERSION")));
        let client = more(builder).build().map_err(|_| NoClient)?;
        Ok(Self { client, limits })
    }

    /// Begins a POST.
    pub(super) fn post(&self, url: &str) -> RequestBuilder {
        self.request(Method::POST, url)
    }

    /// Begins a GET.
    pub(super) fn read(&self, url: &str) -> RequestBuilder {
        self.request(Method::GET, url)
    }

    /// Begins a request of any method.
    pub(super) fn request(&self, method: Method, url: &str) -> RequestBuilder {
        self.client.request(method, url)
    }

    /// Reads what is at `url`, with a bearer token where one is needed.
    ///
    /// # Errors
    /// [`Fault`]. A status that is no success is an answer, not a fault.
    pub async fn get(&self, url: &str, bearer: Option<&Secret>) -> Result<(u16, Vec<u8>), Fault> {
        let request = self.client.get(url);
        let request = match bearer {
            Some(token) => request.bearer_auth(token.expose()),
            None => request,
        };
        self.exchange(request).await.map(|answer| (answer.status.as_u16(), answer.body))
    }

    /// Posts an empty form to `url`, as a page's button does.
    ///
    /// # Errors
    /// [`Fault`]. A status that is no success is an answer, not a fault.
    pub async fn press(&self, url: &str) -> Result<(u16, Vec<u8>), Fault> {
        let form: [(&str, &str); 0] = [];
        self.exchange(self.client.post(url).form(&form)).await.map(|answer| (answer.status.as_u16(), answer.body))
    }

    /// Sends a request and reads its answer to the end.
    ///
    /// # Errors
    /// [`Fault`]. A status that is no success is an answer, not a fault.
    pub(super) async fn exchange(&self, request: RequestBuilder) -> Result<Answer, Fault> {
        let mut answer = request.send().await.map_err(|error| fault(&error))?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| fault(&error))? {
            if body.len().saturating_add(chunk.len()) > self.limits.body {
                return Err(Fault::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
        let (date, etag) = (header(header::DATE).map(str::to_owned), header(header::ETAG).map(str::to_owned));
        let retry_after = header(header::RETRY_AFTER).and_then(wait);
        Ok(Answer { status: answer.status(), retry_after, date, etag, body })
    }
}

/// A `Retry-After` in seconds (RFC 9110, section 10.2.3). A date is not read: few send it, and our own pace is a safe one.
fn wait(text: &str) -> Option<Duration> {
    text.trim().parse().ok().map(|seconds| Duration::from_secs(seconds).min(MAX_WAIT))
}

/// Drops all but the kind: the error's own text holds the URL.
fn fault(error: &reqwest::Error) -> Fault {
    if error.is_builder() {
        Fault::Request
    } else if is_forbidden(error) {
        Fault::Forbidden
    } else if error.is_connect() {
        Fault::Unreachable
    } else if error.is_timeout() {
        Fault::Timeout
    } else {
        Fault::Broken
    }
}

/// Whether the name had no address that may be sent to: that stands deep in the causes.
fn is_forbidden(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<NoAllowedAddress>() {
            return true;
        }
        cause = inner.source();
    }
    false
}
