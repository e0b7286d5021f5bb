//! The one look at everything that all open walls share: taken after a commit and every few seconds, written once in each
//! language, and sent to whoever watches.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use chrono::TimeDelta;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::board::{Board, Health};
use crate::access::Session;
use crate::clock::{Clock, Instant};
use crate::language::Language;
use crate::ops::{OpsError, Wall, wall};
use crate::store::Tx;
use crate::web::Door;

/// Walls that may be open at one node, where its files allow it: each is a connection and at most one picture in memory.
const MOST: usize = 2_000;
/// Files that are left to the line, the store and everybody else.
const LEFT_TO_OTHERS: usize = 400;
/// Time itself changes what is shown, and what other nodes change without a job is not announced.
const SWEEP: TimeDelta = TimeDelta::seconds(2);
/// Between two looks, however much happens; and so much more for each wall that must have the last one before the next.
const PACE: TimeDelta = TimeDelta::milliseconds(200);
const PACE_OF_A_WALL: TimeDelta = TimeDelta::microseconds(200);
/// How old a picture may be to be shown to somebody who comes; and a proof that the store can be written.
const FRESH: TimeDelta = TimeDelta::seconds(5);
/// A wall on which nothing changes hears so this often.
const STILL: TimeDelta = TimeDelta::seconds(10);

/// How a way out of the house fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayOut {
    /// `sms` or `voice`.
    pub channel: &'static str,
    /// Who carries it.
    pub provider: String,
    /// Whether it answers; `false` = it failed so often that it is left alone or tried with care.
    pub answers: bool,
}

/// Tells how the ways out fare.
type Fares = dyn Fn() -> Vec<WayOut> + Send + Sync;

/// The picture, and everybody who watches it. Cheap to clone.
#[derive(Clone)]
pub struct Wallboard(Arc<Inner>);

struct Inner {
    most: usize,
    fares: Box<Fares>,
    viewers: Mutex<Viewers>,
    came: Notify,
    last: Mutex<Last>,
    shown: watch::Sender<Option<Arc<Shown>>>,
    closing: CancellationToken,
}

#[derive(Default)]
struct Viewers {
    open: BTreeMap<u64, Viewer>,
    next: u64,
}

struct Viewer {
    hash: String,
    over: CancellationToken,
}

#[derive(Default)]
struct Last {
    wall: Option<Arc<Wall>>,
    writes: Option<(Instant, bool)>,
    touched: Option<Instant>,
}

/// What was shown last, in both languages.
struct Shown {
    at: Instant,
    pictures: [Arc<Picture>; 2],
}

/// The board in one language.
#[derive(Default)]
struct Picture {
    /// The same board has the same number.
    version: u64,
    html: String,
    event: Bytes,
}

/// What a wall hears.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// Something for the stream.
    Event(Bytes),
    /// The session ended: the last one.
    Over(Bytes),
    /// This node stops; another look finds the next one.
    Gone,
}

/// One open wall. Dropping it makes room for another.
pub struct Watch {
    board: Wallboard,
    id: u64,
    over: CancellationToken,
    shown: watch::Receiver<Option<Arc<Shown>>>,
    language: usize,
    version: u64,
    said: Option<Instant>,
    came: Instant,
    clock: Clock,
}

impl Default for Wallboard {
    fn default() -> Self {
        Self::new(None, Vec::new)
    }
}

impl Wallboard {
    /// Over what tells how the ways out fare; `files` = how many files the process may have open, connections among them.
    #[must_use]
    pub fn new(files: Option<usize>, fares: impl Fn() -> Vec<WayOut> + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            most: files.map_or(MOST, |files| files.saturating_sub(LEFT_TO_OTHERS)).min(MOST),
            fares: Box::new(fares),
            viewers: Mutex::default(),
            came: Notify::new(),
            last: Mutex::default(),
            shown: watch::Sender::new(None),
            closing: CancellationToken::new(),
        }))
    }

    /// The board as it is now.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn look(&self, door: &Door, language: Language) -> Result<Board, OpsError> {
        let (wall, health) = self.look_at_all(door).await?;
        Ok(Board::of(door, language, &wall, &health))
    }

    /// Begins to watch; `None` when too many do.
    pub(super) fn watch(&self, clock: &Clock, session: &Session, language: Language) -> Option<Watch> {
        let over = CancellationToken::new();
        let mut viewers = lock(&self.0.viewers);
        if viewers.open.len() >= self.0.most {
            return None;
        }
        let id = viewers.next;
        viewers.next = viewers.next.wrapping_add(1);
        viewers.open.insert(id, Viewer { hash: session.hash.clone(), over: over.clone() });
        drop(viewers);
        self.0.came.notify_one();
        Some(Watch {
            board: self.clone(),
            id,
            over,
            shown: self.0.shown.subscribe(),
            language: place(language),
            version: 0,
            said: None,
            came: clock.now(),
            clock: clock.clone(),
        })
    }

    /// Looks for those who watch, until `stop`; then every wall is told to look elsewhere.
    pub async fn run(self, door: Door, stop: CancellationToken) {
        let (clock, mut blind) = (door.hotline.clock.clone(), false);
        while !stop.is_cancelled() {
            let walls = lock(&self.0.viewers).open.len();
            if walls == 0 {
                if stop.run_until_cancelled(self.0.came.notified()).await.is_none() {
                    break;
                }
                continue;
            }
            let began = clock.now();
            match self.show(&door).await {
                Ok(()) => blind = false,
                // Nobody is told anything, so each wall says how old its picture is.
                Err(error) if !blind => {
                    tracing::warn!(%error, "the wall cannot look");
                    blind = true;
                }
                Err(_) => {}
            }
            let pace = PACE + PACE_OF_A_WALL * i32::try_from(walls).unwrap_or(i32::MAX);
            let waited = async {
                tokio::select! {
                    () = door.hotline.news.heard() => {}
                    () = self.0.came.notified() => {}
                    busy = clock.sleep_until(began + SWEEP) => drop(busy),
                }
                drop(clock.sleep_until(began + pace).await);
            };
            if stop.run_until_cancelled(waited).await.is_none() {
                break;
            }
        }
        self.0.closing.cancel();
    }

    /// One look for everybody who watches now.
    async fn show(&self, door: &Door) -> Result<(), OpsError> {
        // Whoever comes while we look may have come in after what we read.
        let watching: Vec<(u64, String)> =
            lock(&self.0.viewers).open.iter().map(|(id, viewer)| (*id, viewer.hash.clone())).collect();
        let (wall, health) = self.look_at_all(door).await?;
        self.dismiss(&watching, &wall);
        self.touch(door, &watching).await;
        let before = self.0.shown.borrow().clone();
        let before = |language: Language| before.as_ref().and_then(|before| before.pictures.get(place(language)));
        let picture = |language| {
            let board = Board::of(door, language, &wall, &health);
            Picture::of(&board, before(language)).map_err(|error| {
                tracing::error!(%error, "the wall cannot be written");
                OpsError::Impossible("a wall that cannot be written")
            })
        };
        let pictures = [picture(Language::Es)?, picture(Language::En)?];
        self.0.shown.send_replace(Some(Arc::new(Shown { at: wall.at, pictures })));
        Ok(())
    }

    async fn look_at_all(&self, door: &Door) -> Result<(Arc<Wall>, Health), OpsError> {
        let before = lock(&self.0.last).wall.clone();
        let wall = Arc::new(wall(&door.hotline, before.as_deref()).await?);
        lock(&self.0.last).wall = Some(Arc::clone(&wall));
        let health = Health {
            writes: self.writes(door).await,
            signatures: door.verifier.self_test().is_ok(),
            journal_empty: door.spool.looks_empty(),
            ways: (self.0.fares)(),
        };
        Ok((wall, health))
    }

    /// Whether the store can be written: tried every few seconds, since each try is a commit, which wakes us.
    async fn writes(&self, door: &Door) -> bool {
        let now = door.hotline.clock.now();
        if let Some((_, writes)) = lock(&self.0.last).writes.filter(|(at, _)| now - *at < FRESH) {
            return writes;
        }
        let writes = door.hotline.store.check().await.is_ok();
        lock(&self.0.last).writes = Some((now, writes));
        writes
    }

    /// Ends what those watch whose sessions ended.
    fn dismiss(&self, watching: &[(u64, String)], wall: &Wall) {
        let live: HashSet<&str> = wall.sessions.iter().map(String::as_str).collect();
        let mut viewers = lock(&self.0.viewers);
        for (id, _) in watching.iter().filter(|(_, hash)| !live.contains(hash.as_str())) {
            if let Some(viewer) = viewers.open.remove(id) {
                viewer.over.cancel();
            }
        }
    }

    /// Whoever has a wall open is there.
    async fn touch(&self, door: &Door, watching: &[(u64, String)]) {
        let now = door.hotline.clock.now();
        if lock(&self.0.last).touched.is_some_and(|touched| now - touched < Session::COARSE) {
            return;
        }
        lock(&self.0.last).touched = Some(now);
        let hashes: HashSet<&String> = watching.iter().map(|(_, hash)| hash).collect();
        let hashes: Vec<String> = hashes.into_iter().cloned().collect();
        let touched = async |tx: &mut Tx| tx.touch_sessions(&hashes, now, now - Session::COARSE).await;
        if let Err(error) = door.hotline.store.write(touched).await {
            tracing::warn!(%error, "that walls are open is not noted");
        }
    }
}

impl Picture {
    /// Of `board`; the one before where nothing changed.
    fn of(board: &Board, before: Option<&Arc<Self>>) -> Result<Arc<Self>, askama::Error> {
        let html = askama::Template::render(board)?;
        if let Some(before) = before.filter(|before| before.html == html) {
            return Ok(Arc::clone(before));
        }
        let version = before.map_or(0, |before| before.version).wrapping_add(1);
        let event = event("board", &html);
        Ok(Arc::new(Self { version, html, event }))
    }
}

impl Watch {
    /// The next thing for this wall.
    pub async fn next(&mut self) -> Heard {
        let closing = self.board.0.closing.clone();
        loop {
            if let Some(bytes) = self.news() {
                return Heard::Event(bytes);
            }
            tokio::select! {
                () = self.over.cancelled() => return Heard::Over(event("over", "")),
                () = closing.cancelled() => return Heard::Gone,
                changed = self.shown.changed() => if changed.is_err() { return Heard::Gone },
            }
        }
    }

    /// What of the last look this wall has not heard.
    fn news(&mut self) -> Option<Bytes> {
        let (shown, now) = (self.shown.borrow_and_update().clone()?, self.clock.now());
        if self.came - shown.at > FRESH {
            // Others watched long before this wall came; the look for it is under way.
            return None;
        }
        let picture = shown.pictures.get(self.language)?;
        if picture.version != self.version {
            self.version = picture.version;
            self.said = Some(now);
            return Some(picture.event.clone());
        }
        if self.said.is_none_or(|said| now - said >= STILL) {
            self.said = Some(now);
            return Some(event("still", ""));
        }
        None
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        lock(&self.board.0.viewers).open.remove(&self.id);
    }
}

/// An event of a stream (HTML, "Server-sent events"): each line of it is a field.
fn event(kind: &str, text: &str) -> Bytes {
    let mut event = format!("event: {kind}\n");
    for line in text.lines() {
        event.push_str("data: ");
        event.push_str(line);
        event.push('\n');
    }
    if text.is_empty() {
        event.push_str("data:\n");
    }
    event.push('\n');
    Bytes::from(event)
}

fn place(language: Language) -> usize {
    match language {
        Language::Es => 0,
        Language::En => 1,
    }
}

/// What is kept under it is valid at every instant: a panic elsewhere does not spoil it.
fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_an_event_is_a_field() {
        assert_eq!(event("board", "<p>\na\r\n\n</p>"), "event: board\ndata: <p>\ndata: a\ndata: \ndata: </p>\n\n");
        assert_eq!(event("still", ""), "event: still\ndata:\n\n");
    }
}
