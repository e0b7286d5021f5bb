//! A tiny application on the other end of the line: it writes down what it is asked and answers what the test says.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::IntoResponse;
use chrono::TimeDelta;
use guardia_sandbox::{CallSid, Config, Entry, Line, Network, What};

pub const OURS: &str = "+18095550100";
pub const CALLER: &str = "+18095550142";
pub const TOKEN: &str = "12345";
pub const ACCOUNT: &str = "AC00000000000000000000000000000001";

/// A request the application got.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub params: Vec<(String, String)>,
}

impl Asked {
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

pub struct Answer {
    pub status: u16,
    pub content_type: &'static str,
    pub body: String,
}

pub fn twiml(verbs: &str) -> Answer {
    Answer { status: 200, content_type: "text/xml", body: format!("<Response>{verbs}</Response>") }
}

pub fn status(status: u16) -> Answer {
    Answer { status, content_type: "text/xml", body: String::new() }
}

pub struct Application {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Application {
    pub async fn start(answer: impl Fn(&Asked) -> Answer + Clone + Send + Sync + 'static) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let log = Arc::clone(&asked);
        let router = Router::new().fallback(move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let request = Asked {
                method: method.to_string(),
                path: uri.path().to_owned(),
                query: uri.query().unwrap_or_default().to_owned(),
                headers,
                params: form(&body),
            };
            let reply = answer(&request);
            log.lock().unwrap().push(request);
            async move {
                (StatusCode::from_u16(reply.status).unwrap(), [(header::CONTENT_TYPE, reply.content_type)], reply.body)
                    .into_response()
            }
        });
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// What was asked at one path.
    pub fn asked_at(&self, path: &str) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.path == path).collect()
    }

    /// The paths in the order they were asked.
    pub fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.path).collect()
    }

    /// A network whose number is answered here: /voice, /fallback, /status and /sms.
    pub fn config(&self) -> Config {
        let mut config = Config::new(ACCOUNT, TOKEN);
        let at = |path: &str| Some(format!("{}{path}", self.url));
        config.lines.push(Line {
            number: OURS.to_owned(),
            voice_url: at("/voice"),
            voice_fallback_url: None,
            status_callback: at("/status"),
            status_callback_events: Vec::new(),
            sms_url: at("/sms"),
            sms_fallback_url: None,
        });
        config
    }

    pub fn network(&self) -> Network {
        Network::start(self.config())
    }
}

fn form(body: &[u8]) -> Vec<(String, String)> {
    let mut url = reqwest::Url::parse("http://x/").unwrap();
    url.set_query(Some(std::str::from_utf8(body).unwrap()));
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// Lets `seconds` pass.
pub async fn pass(network: &Network, seconds: f64) {
    #[expect(clippy::cast_possible_truncation, reason = "tests pass seconds")]
    let to = network.now() + TimeDelta::milliseconds((seconds * 1000.0) as i64);
    network.play_until(to).await;
}

/// Calls, and lets the first document be answered.
pub async fn call(network: &Network) -> CallSid {
    let sid = network.dial(CALLER, OURS);
    pass(network, 0.0).await;
    sid
}

/// What was heard, whole or in part.
pub fn heard(network: &Network) -> Vec<String> {
    network
        .transcript()
        .into_iter()
        .filter_map(|Entry { what, text, .. }| match what {
            What::Hears => Some(text),
            What::HearsPart => Some(format!("{text}…")),
            _ => None,
        })
        .collect()
}
