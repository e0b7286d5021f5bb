//! Somebody's browser, as far as HTTP goes: it keeps a cookie, follows nothing by itself, and says where its forms are from.

use std::net::SocketAddr;
use std::sync::Mutex;

use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client as Http, Method, redirect};

pub struct Client {
    pub address: SocketAddr,
    http: Http,
    cookie: Mutex<Option<String>>,
}

/// What came back.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub location: String,
    pub set_cookie: String,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Page {
    /// Fails unless the page says this.
    #[track_caller]
    pub fn says(&self, what: &str) -> &Self {
        assert!(self.text.contains(what), "the page ({}) does not say '{what}':\n{}", self.status, self.text);
        self
    }
}

impl Client {
    #[expect(clippy::disallowed_methods, reason = "a test's own client, that follows nothing")]
    pub fn new(address: SocketAddr) -> Self {
        let http = Http::builder().redirect(redirect::Policy::none()).build().unwrap();
        Self { address, http, cookie: Mutex::default() }
    }

    /// What is shown of the session.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap().clone()
    }

    pub async fn get(&self, path: &str) -> Page {
        self.ask(Method::GET, path, &[("sec-fetch-site", "none")], None).await
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Page {
        self.ask(Method::POST, path, &[("sec-fetch-site", "same-origin")], Some(form)).await
    }

    /// A file, as it is.
    pub async fn bytes(&self, path: &str) -> Vec<u8> {
        let request = self.http.get(format!("http://{}{path}", self.address));
        let response = request.header(COOKIE, self.cookie().unwrap_or_default()).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200, "{path}");
        response.bytes().await.unwrap().to_vec()
    }

    /// Asks with headers of its own.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        form: Option<&[(&str, &str)]>,
    ) -> Page {
        let mut request = self.http.request(method, format!("http://{}{path}", self.address));
        request = request.header(ACCEPT, "text/html,application/xhtml+xml");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = self.cookie() {
            request = request.header(COOKIE, cookie);
        }
        if let Some(form) = form {
            let mut body = form_urlencoded::Serializer::new(String::new());
            body.extend_pairs(form);
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body.finish());
        }
        let response = request.send().await.unwrap();
        let headers = response.headers().clone();
        let header = |name| headers.get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned());
        let (location, set_cookie) = (header(LOCATION), header(SET_COOKIE));
        if let Some(pair) = set_cookie.split(';').next().filter(|pair| !pair.is_empty()) {
            let is_empty = pair.ends_with('=');
            *self.cookie.lock().unwrap() = (!is_empty).then(|| pair.to_owned());
        }
        Page { status: response.status().as_u16(), location, set_cookie, text: response.text().await.unwrap(), headers }
    }

    /// Opens a stream of events.
    pub async fn stream(&self, path: &str) -> reqwest::Response {
        let request = self.http.get(format!("http://{}{path}", self.address)).header(ACCEPT, "text/event-stream");
        request.header(COOKIE, self.cookie().unwrap_or_default()).send().await.unwrap()
    }
}
