//! A server on loopback that plays recorded exchanges in their order: each request is compared with the one that was
//! recorded, and gets its recorded answer, or a fault. What differs, comes unasked for or never comes fails the test, with
//! the difference in words.
//!
//! `{base}` in an answer (its text or its headers) is the server's own address, for stores that link to themselves.

mod compare;
mod tests;
mod wire;

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use wire::Request;

/// What the body of a request must be.
#[derive(Debug)]
enum Body {
    Nothing,
    Anything,
    /// At least this: members that are not named here may be there, `null` says that a member must not be.
    Json(Value),
    /// These pairs and no other, in any order.
    Form(Vec<(String, String)>),
    /// These parts and no other, in this order.
    Parts(Vec<Part>),
    Raw(Vec<u8>),
}

/// A part of a multipart body. What is `None` is not compared.
#[derive(Debug)]
pub struct Part {
    pub name: &'static str,
    pub file: Option<String>,
    pub media: Option<String>,
    pub content: Content,
}

/// The content of a [`Part`].
#[derive(Debug)]
pub enum Content {
    /// At least this, as with a body of JSON.
    Json(Value),
    Raw(Vec<u8>),
}

/// What happens once the request was compared.
#[derive(Debug)]
enum Answer {
    Bytes(Vec<u8>),
    /// Text in which `{base}` is the server's address.
    Text(String),
    /// The request is read to its end, and then the connection closes.
    Lost,
    /// The connection closes before anything is read.
    Closed,
    /// A body without an end.
    Flood,
}

/// One recorded exchange: begin with [`Exchange::get`] and the like, end with an answer or a fault.
#[derive(Debug)]
pub struct Exchange {
    method: &'static str,
    target: String,
    headers: Vec<(&'static str, String)>,
    body: Body,
    status: u16,
    answer_headers: Vec<(&'static str, String)>,
    answer: Answer,
}

impl Exchange {
    /// `target` is a path with its query; the query is compared as decoded pairs, in any order. Without a word on the body,
    /// there must be none.
    pub fn new(method: &'static str, target: impl Into<String>) -> Self {
        Self {
            method,
            target: target.into(),
            headers: Vec::new(),
            body: Body::Nothing,
            status: 200,
            answer_headers: Vec::new(),
            answer: Answer::Closed,
        }
    }

    pub fn get(target: impl Into<String>) -> Self {
        Self::new("GET", target)
    }

    pub fn post(target: impl Into<String>) -> Self {
        Self::new("POST", target)
    }

    pub fn put(target: impl Into<String>) -> Self {
        Self::new("PUT", target)
    }

    /// The request must have this header, with this value.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The body is JSON and holds at least this; `null` says that a member is not there.
    pub fn json(self, at_least: Value) -> Self {
        Self { body: Body::Json(at_least), ..self }
    }

    /// The body is a form with these pairs and no other.
    pub fn form(self, pairs: &[(&str, &str)]) -> Self {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { body: Body::Form(pairs), ..self }
    }

    /// The body is multipart, with these parts and no other.
    pub fn parts(self, parts: Vec<Part>) -> Self {
        Self { body: Body::Parts(parts), ..self }
    }

    /// The body is this, byte for byte.
    pub fn raw(self, bytes: impl Into<Vec<u8>>) -> Self {
        Self { body: Body::Raw(bytes.into()), ..self }
    }

    /// The body is not compared.
    pub fn any_body(self) -> Self {
        Self { body: Body::Anything, ..self }
    }

    /// The answer has this header too. Say it before the answer.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.answer_headers.push((name, value.into()));
        self
    }

    #[expect(clippy::needless_pass_by_value, reason = "reads as json!({..}) at every use")]
    pub fn answers(self, status: u16, body: Value) -> Self {
        self.answers_text(status, "application/json; charset=utf-8", &body.to_string())
    }

    pub fn answers_text(self, status: u16, media: &str, text: &str) -> Self {
        Self { status, answer: Answer::Text(text.to_owned()), ..self }.with("Content-Type", media)
    }

    pub fn answers_bytes(self, status: u16, media: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { status, answer: Answer::Bytes(bytes.into()), ..self }.with("Content-Type", media)
    }

    pub fn answers_nothing(self, status: u16) -> Self {
        Self { status, answer: Answer::Bytes(Vec::new()), ..self }
    }

    /// The request arrives, the store acts, and the answer is lost.
    pub fn loses(self) -> Self {
        Self { answer: Answer::Lost, ..self }
    }

    /// The connection closes before the request is read.
    pub fn closes(self) -> Self {
        Self { answer: Answer::Closed, ..self }
    }

    /// The answer has no end.
    pub fn floods(self, status: u16) -> Self {
        Self { status, answer: Answer::Flood, ..self }
    }
}

/// What is left of the script, and what went wrong.
#[derive(Debug, Default)]
struct Script {
    left: VecDeque<Exchange>,
    problems: Vec<String>,
}

/// The server. End a test with [`Recorded::done`].
#[derive(Debug)]
pub struct Recorded {
    url: String,
    script: Arc<Mutex<Script>>,
    server: JoinHandle<()>,
    is_done: bool,
}

impl Recorded {
    /// Begins to play `script`.
    pub async fn play(script: Vec<Exchange>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let script = Arc::new(Mutex::new(Script { left: script.into(), problems: Vec::new() }));
        let (base, shared) = (url.clone(), Arc::clone(&script));
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serve(stream, &shared, &base).await;
            }
        });
        Self { url, script, server, is_done: false }
    }

    /// The address of a store that is played.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Everything that was recorded was asked for, and nothing else.
    pub fn done(mut self) {
        self.is_done = true;
        if let Some(problems) = self.problems() {
            panic!("{problems}");
        }
    }

    fn problems(&self) -> Option<String> {
        let script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = script.problems.join("\n");
        for exchange in &script.left {
            let _ = write!(text, "\nnever asked for: {} {}", exchange.method, exchange.target);
        }
        (!text.is_empty()).then_some(text)
    }
}

impl Drop for Recorded {
    fn drop(&mut self) {
        self.server.abort();
        if self.is_done {
            return;
        }
        // The test already failed, most likely because of this.
        if std::thread::panicking() {
            eprintln!("{}", self.problems().unwrap_or_default());
        } else {
            panic!("end the test with `done()`, or differences stay unseen");
        }
    }
}

/// The address of a store that is not there.
pub async fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// One connection holds one exchange.
async fn serve(mut stream: TcpStream, script: &Mutex<Script>, base: &str) {
    let lock = || script.lock().unwrap_or_else(PoisonError::into_inner);
    if lock().left.front().is_some_and(|next| matches!(next.answer, Answer::Closed)) {
        lock().left.pop_front();
        return;
    }
    let request = match Request::read(&mut stream).await {
        Ok(request) => request,
        Err(problem) => return lock().problems.push(problem),
    };
    let Some(exchange) = take(&request, &mut lock()) else {
        return wire::answer(&mut stream, 501, &[], b"not what was recorded").await;
    };
    let headers: Vec<_> =
        exchange.answer_headers.iter().map(|(name, value)| (*name, value.replace("{base}", base))).collect();
    match &exchange.answer {
        Answer::Bytes(bytes) => wire::answer(&mut stream, exchange.status, &headers, bytes).await,
        Answer::Text(text) => {
            let text = text.replace("{base}", base);
            wire::answer(&mut stream, exchange.status, &headers, text.as_bytes()).await;
        }
        Answer::Flood => wire::flood(&mut stream, exchange.status, &headers).await,
        Answer::Lost | Answer::Closed => {}
    }
}

/// The recorded exchange of `request`, taken off the script; `None` where it is another than was recorded.
fn take(request: &Request, script: &mut Script) -> Option<Exchange> {
    let asked = format!("{} {}", request.method, request.target);
    let Some(next) = script.left.front() else {
        script.problems.push(format!("asked for although nothing was left: {asked}"));
        return None;
    };
    let differences = compare::differences(next, request);
    if differences.is_empty() {
        return script.left.pop_front();
    }
    let recorded = format!("{} {}", next.method, next.target);
    script.problems.push(format!("asked:    {asked}\nrecorded: {recorded}\n  {}", differences.join("\n  ")));
    None
}
