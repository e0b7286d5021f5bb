//! Carries one webhook: signs it, retries it as its URL asks, follows redirects, reads the answer within its limits.

use std::collections::HashMap;
use std::error::Error;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response, Url, redirect};

use super::overrides::{self, Overrides, Trouble};
use super::{Answer, Arrival, Delivery, Kind, Request};
use crate::config::Config;
use crate::problem::{Failure, code};
use crate::signature::sign;
use crate::time::{Instant, Stopwatch, machine_now};
use crate::twiml::{LONGEST_DOCUMENT, Method};

pub(super) const MOST_REDIRECTS: u32 = 10;
const FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";
const USER_AGENT: &str = concat!("GuardiaSandbox/", env!("CARGO_PKG_VERSION"));

#[derive(Debug)]
pub(crate) struct Courier {
    pub(super) config: Arc<Config>,
    /// One client for each pair of time-outs: a client's connect time-out is its own.
    clients: Mutex<HashMap<(Duration, Duration), Client>>,
}

impl Courier {
    pub(crate) fn new(config: Arc<Config>) -> Self {
        Self { config, clients: Mutex::default() }
    }

    /// Delivers `request`, its retries and its duplicates, and answers with the first answer.
    pub(crate) async fn carry(&self, request: Request) -> Arrival {
        let mut attempts = Vec::new();
        let mut answer = self.carry_to(&request, &request.url, &request.params, &mut attempts).await;
        if let (Err(failure), Some(fallback)) = (&answer, &request.fallback) {
            let mut params = request.params.clone();
            params.push(("ErrorCode".to_owned(), failure.code.to_string()));
            params.push(("ErrorUrl".to_owned(), request.url.clone()));
            answer = self.carry_to(&request, fallback, &params, &mut attempts).await;
        }
        Arrival { request, attempts, answer }
    }

    async fn carry_to(
        &self,
        request: &Request,
        url: &str,
        params: &[(String, String)],
        attempts: &mut Vec<Delivery>,
    ) -> Result<Answer, Failure> {
        let (url, overrides) = overrides::split(url)?;
        let started = machine_now();
        let mut attempt = 1;
        let answer = loop {
            let outcome = self.attempt(request, url, params, &overrides, started, (attempt, false), attempts).await;
            let trouble = match &outcome {
                Ok(answer) => trouble_of(answer),
                Err((trouble, _)) => *trouble,
            };
            if attempt > overrides.retries || !overrides.on.contains(&trouble) {
                break outcome.map_err(|(_, failure)| failure).and_then(succeeded);
            }
            attempt += 1;
        };
        for _ in 1..request.copies {
            // The copy's answer is only recorded: whoever asked has been answered already.
            let _ = self.attempt(request, url, params, &overrides, machine_now(), (attempt, true), attempts).await;
        }
        answer
    }

    /// One request and the redirects it meets.
    #[expect(clippy::too_many_arguments, reason = "one request has that many sides")]
    async fn attempt(
        &self,
        request: &Request,
        url: &str,
        params: &[(String, String)],
        overrides: &Overrides,
        started: Instant,
        (attempt, duplicate): (u32, bool),
        attempts: &mut Vec<Delivery>,
    ) -> Result<Answer, (Trouble, Failure)> {
        let mut method = request.method;
        let mut url = match Url::parse(url) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url,
            _ => {
                let text = format!("'{url}' is not an absolute http or https address");
                return Err((Trouble::Final, Failure::new(code::INVALID_URL, text)));
            }
        };
        if method == Method::Get && !params.is_empty() {
            url.query_pairs_mut().extend_pairs(params);
        }
        for _ in 0..=MOST_REDIRECTS {
            let form: &[(String, String)] = if method == Method::Post { params } else { &[] };
            let token = if request.wrong_signature { "not the token" } else { self.config.auth_token.as_str() };
            let mut delivery = Delivery {
                at: request.at,
                purpose: request.purpose.clone(),
                kind: Kind::of(&request.purpose, request.fetch == 1, params),
                method: method.as_str(),
                url: url.to_string(),
                params: params.to_vec(),
                token: request.token.clone(),
                signature: sign(token, &signed_as(&url, request.other_port), form),
                attempt,
                duplicate,
                status: None,
                content_type: None,
                body: String::new(),
                error: None,
                took: Duration::ZERO,
            };
            let watch = Stopwatch::start();
            let sent = self.send(&delivery, form, overrides, (started, request.cookies.as_deref())).await;
            delivery.took = watch.elapsed();
            match sent {
                Ok(answered) => {
                    delivery.status = Some(answered.answer.status);
                    delivery.content_type.clone_from(&answered.answer.content_type);
                    delivery.body.clone_from(&answered.answer.body);
                    attempts.push(delivery);
                    let Some(location) = answered.location else { return Ok(answered.answer) };
                    url = url.join(&location).map_err(|error| {
                        let text = format!("redirected to '{location}': {error}");
                        (Trouble::Final, Failure::new(code::INVALID_URL, text))
                    })?;
                    if answered.answer.status != 307 {
                        method = Method::Get;
                    }
                }
                Err((trouble, failure)) => {
                    delivery.error = Some(failure.clone());
                    attempts.push(delivery);
                    return Err((trouble, failure));
                }
            }
        }
        let text = format!("more than {MOST_REDIRECTS} redirects");
        Err((Trouble::Final, Failure::new(code::TOO_MANY_REDIRECTS, text)))
    }

    async fn send(
        &self,
        delivery: &Delivery,
        form: &[(String, String)],
        overrides: &Overrides,
        (started, cookies): (Instant, Option<&str>),
    ) -> Result<Answered, (Trouble, Failure)> {
        let late = || (Trouble::Final, Failure::new(code::CONNECTION_FAILURE, "no answer within the total time-out"));
        let spent = (machine_now() - started).to_std().unwrap_or_default();
        let left = overrides.total.checked_sub(spent).filter(|left| !left.is_zero()).ok_or_else(late)?;
        let client = self.client(overrides).map_err(|failure| (Trouble::Final, failure))?;
        let mut builder = match delivery.method {
            "GET" => self.get(&client, &delivery.url),
            _ => self.to(&delivery.url, |target| client.post(target)).header(CONTENT_TYPE, FORM).form(form),
        };
        if let Some(cookies) = cookies {
            builder = builder.header(COOKIE, cookies);
        }
        let builder = builder
            .header("X-Twilio-Signature", &delivery.signature)
            .header("I-Twilio-Idempotency-Token", &delivery.token)
            .header("Accept", "*/*")
            .timeout(left);
        let again = builder.try_clone();
        let mut response = builder.send().await.map_err(|error| trouble(&error))?;
        // A name and a password in the address are given only to whoever asks for them.
        if response.status() == StatusCode::UNAUTHORIZED
            && let (Some((name, password)), Some(again)) = (userinfo(&delivery.url), again)
        {
            response = again.basic_auth(name, password).send().await.map_err(|error| trouble(&error))?;
        }
        read(response, &delivery.url).await
    }

    pub(super) fn get(&self, client: &Client, url: &str) -> RequestBuilder {
        self.to(url, |target| client.get(target))
    }

    /// A request to wherever the address really leads.
    fn to(&self, url: &str, request: impl FnOnce(&str) -> RequestBuilder) -> RequestBuilder {
        let Some(connect) = self.config.detour.as_ref().and_then(|detour| detour.connect(url)) else {
            return request(without_userinfo(url).as_ref());
        };
        let builder = request(without_userinfo(&connect).as_ref());
        let Some(host) = Url::parse(url).ok().as_ref().and_then(authority) else { return builder };
        // What a reverse proxy passes on of the public request.
        let scheme = if url.starts_with("https:") { "https" } else { "http" };
        builder.header(HOST, &host).header("X-Forwarded-Host", &host).header("X-Forwarded-Proto", scheme)
    }

    pub(super) fn client(&self, overrides: &Overrides) -> Result<Client, Failure> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&(overrides.connect, overrides.read)) {
            return Ok(client.clone());
        }
        #[expect(clippy::disallowed_methods, reason = "the sandbox's one home of outgoing requests, limits set here")]
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .connect_timeout(overrides.connect)
            .read_timeout(overrides.read)
            .build()
            .map_err(|error| Failure::new(code::CONNECTION_FAILURE, format!("cannot make an HTTP client: {error}")))?;
        if clients.len() < 64 {
            clients.insert((overrides.connect, overrides.read), client.clone());
        }
        Ok(client)
    }
}

struct Answered {
    answer: Answer,
    location: Option<String>,
}

async fn read(mut response: Response, url: &str) -> Result<Answered, (Trouble, Failure)> {
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let status = response.status().as_u16();
    let content_type = header(CONTENT_TYPE);
    let location = if matches!(status, 301 | 302 | 307) { header(LOCATION) } else { None };
    let cookies = response.headers().get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let cookies = cookies.map(str::to_owned).collect();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| trouble(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST_DOCUMENT {
            let text = format!("the answer is longer than {LONGEST_DOCUMENT} bytes");
            return Err((Trouble::Final, Failure::new(code::BODY_TOO_LARGE, text)));
        }
    }
    let body = String::from_utf8_lossy(&body).into_owned();
    Ok(Answered { answer: Answer { url: url.to_owned(), status, content_type, body, cookies }, location })
}

/// The address that a signature is made over.
fn signed_as(url: &Url, other_port: bool) -> String {
    if !other_port {
        return url.as_str().to_owned();
    }
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return url.as_str().to_owned();
    };
    let mut other = url.clone();
    if url.port().is_some() && other.set_port(None).is_ok() {
        return other.to_string();
    }
    // `Url` leaves the usual port out, however it is set.
    url.as_str().replacen(host, &format!("{host}:{port}"), 1)
}

fn userinfo(url: &str) -> Option<(String, Option<String>)> {
    let url = Url::parse(url).ok().filter(|url| !url.username().is_empty())?;
    Some((decoded(url.username())?, url.password().and_then(decoded)))
}

/// Without its percent signs; a plus is a plus.
fn decoded(text: &str) -> Option<String> {
    let mut url = Url::parse("http://network/").ok()?;
    url.set_query(Some(&format!("is={}", text.replace('+', "%2B"))));
    url.query_pairs().next().map(|(_, value)| value.into_owned())
}

fn without_userinfo(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else { return url.to_owned() };
    // Both fail only for an address without a host, which has none of them.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

fn authority(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

pub(super) fn trouble(error: &reqwest::Error) -> (Trouble, Failure) {
    let words = innermost(error);
    if error.is_connect() {
        let code = match root(error) {
            _ if error.is_timeout() => code::CONNECT_TIMEOUT,
            Some(io::ErrorKind::ConnectionRefused) => code::CONNECT_REFUSED,
            _ if is_lookup(error) => code::BAD_HOST,
            _ => code::CONNECTION_FAILURE,
        };
        (Trouble::Connect, Failure::new(code, format!("cannot connect: {words}")))
    } else if error.is_timeout() {
        (Trouble::Read, Failure::new(code::CONNECTION_FAILURE, "no answer in time"))
    } else {
        (Trouble::Read, Failure::new(code::CONNECTION_FAILURE, format!("the connection broke: {words}")))
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(Some(error as &(dyn Error + 'static)), |cause: &&(dyn Error + 'static)| (*cause).source())
}

fn innermost(error: &reqwest::Error) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

fn root(error: &reqwest::Error) -> Option<io::ErrorKind> {
    causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).last().map(io::Error::kind)
}

/// Whether the host's name leads nowhere.
fn is_lookup(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.to_string().contains("dns error"))
}

/// What is wrong with an answer, for the retry policy.
fn trouble_of(answer: &Answer) -> Trouble {
    match answer.status {
        400..=499 => Trouble::ClientError,
        500..=599 => Trouble::ServerError,
        _ => Trouble::Final,
    }
}

fn succeeded(answer: Answer) -> Result<Answer, Failure> {
    if (200..300).contains(&answer.status) {
        Ok(answer)
    } else {
        Err(Failure::new(code::HTTP_RETRIEVAL, format!("the application answered {}", answer.status)))
    }
}
