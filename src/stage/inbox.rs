//! What people get beside the telephone network: a mail server and a receiver of webhooks on this machine's loopback, which
//! keep what comes until the story has looked at it.

mod http;
mod mail;
mod signature;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// What a roster writes in the place of the receiver's address.
pub(super) const PLACE: &str = "{inbox}";
/// Signs posts to programs on the stage.
pub(super) const SECRET: &str = "whsec_c3RhZ2Utc2VjcmV0LW9mLW5vLWFjY291bnQtYXQtYWxs";

/// Something that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// `mail` or `post`.
    pub kind: &'static str,
    /// The mail's recipient, or the post's path.
    pub to: String,
    /// What tells one from its repeat: the mail's Message-ID, or the post's `webhook-id`.
    pub id: Option<String>,
    /// Whether the post is signed as Standard Webhooks demand.
    pub signed: bool,
    /// Subject and text of a mail, or the post's body.
    pub text: String,
}

/// The mail server and the receiver. They end with it.
pub(super) struct Inbox {
    /// Where posts are received.
    pub http: SocketAddr,
    /// Where mail is received.
    pub smtp: SocketAddr,
    kept: Kept,
    _running: DropGuard,
}

/// What the two servers share.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Shelf>>);

#[derive(Default)]
struct Shelf {
    letters: Vec<Letter>,
    /// Statuses that are answered at a path or for a recipient, in the place of yes.
    refusals: BTreeMap<String, u16>,
}

impl Kept {
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what came, unless it is refused: then with which status.
    fn take_in(&self, letter: Letter) -> Option<u16> {
        let mut shelf = self.shelf();
        let refused = shelf.refusals.get(&letter.to).copied();
        if refused.is_none() {
            shelf.letters.push(letter);
        }
        refused
    }
}

impl Inbox {
    /// Opens both.
    pub(super) async fn open() -> io::Result<Self> {
        let (http, smtp) = (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
        let (kept, stop) = (Kept::default(), CancellationToken::new());
        let inbox = Self {
            http: http.local_addr()?,
            smtp: smtp.local_addr()?,
            kept: kept.clone(),
            _running: stop.clone().drop_guard(),
        };
        let posts = kept.clone();
        tokio::spawn(stop.clone().run_until_cancelled_owned(http::serve(http, posts)));
        tokio::spawn(stop.run_until_cancelled_owned(mail::serve(smtp, kept)));
        Ok(inbox)
    }

    /// What came and was not looked at, the oldest first.
    pub(super) fn unseen(&self) -> Vec<Letter> {
        self.kept.shelf().letters.clone()
    }

    /// From now on, what comes to `to` is refused with `status`; `None` = taken.
    pub(super) fn refuse(&self, to: &str, status: Option<u16>) {
        let refusals = &mut self.kept.shelf().refusals;
        match status {
            Some(status) => refusals.insert(to.to_owned(), status),
            None => refusals.remove(to),
        };
    }

    /// `{ to: …, contains: […], signed: true }`: takes the oldest of `kind` that came there, and looks at it.
    pub(super) fn receives(&self, kind: &str, expected: &Value) -> Result<(), String> {
        let to = expected.get("to").and_then(Value::as_str).ok_or_else(|| format!("{kind}: to whom?"))?;
        let mut shelf = self.kept.shelf();
        let at = shelf.letters.iter().position(|letter| letter.kind == kind && letter.to == to);
        let Some(at) = at else { return Err(format!("no {kind} for {to}; there are {:#?}", shelf.letters)) };
        let letter = shelf.letters.remove(at);
        let words: Vec<&str> = match expected.get("contains") {
            Some(Value::String(word)) => vec![word],
            Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
            _ => return Err(format!("{kind}: contains: write words")),
        };
        if let Some(missing) = words.iter().find(|word| !letter.text.contains(**word)) {
            return Err(format!("the {kind} for {to} does not say '{missing}': {}", letter.text));
        }
        match expected.get("signed").and_then(Value::as_bool) {
            Some(signed) if signed != letter.signed => {
                Err(format!("whether the {kind} for {to} is signed: {letter:?}"))
            }
            _ => Ok(()),
        }
    }
}
