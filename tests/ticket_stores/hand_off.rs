//! A case is handed to the real program, which is killed at every kind of work it does for us, and comes back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::TimeDelta;
use guardia::clock::Instant;
use guardia::incident::{Event, State};
use guardia::provider::http::Fault;
use guardia::provider::ticketing::{Capabilities, Changed, Finding, TicketStore, Trouble};
use guardia::ticket::{Attachment, Case, Comment, Field, Remote, RemoteAttachment, RemoteComment};
use sha2::{Digest, Sha256};

use crate::case::Place;
use crate::redmine::Redmine;
use crate::request_tracker::RequestTracker;

/// A program that may be killed and started again on the same data.
#[async_trait]
trait Program: Send {
    fn stop(&mut self);
    async fn start_again(&mut self);
}

#[async_trait]
impl Program for RequestTracker {
    fn stop(&mut self) {
        RequestTracker::stop(self);
    }

    async fn start_again(&mut self) {
        RequestTracker::start_again(self).await;
    }
}

#[async_trait]
impl Program for Redmine {
    fn stop(&mut self) {
        Redmine::stop(self);
    }

    async fn start_again(&mut self) {
        Redmine::start_again(self).await;
    }
}

/// What the program is killed at.
const KILLED_AT: [&str; 6] = ["find", "create", "comment", "attach", "state", "update"];

/// The store, whose program is killed the first time right after it did what was asked, before it could say so, and the second
/// time while it is at it.
struct Killed {
    store: Box<dyn TicketStore>,
    program: tokio::sync::Mutex<Box<dyn Program>>,
    times: Mutex<BTreeMap<&'static str, u32>>,
}

impl Killed {
    async fn exchange<T: Send>(
        &self,
        doing: &'static str,
        call: impl Future<Output = Result<T, Trouble>> + Send,
    ) -> Result<T, Trouble> {
        let time = {
            let mut times = self.times.lock().unwrap();
            let time = times.entry(doing).or_default();
            *time += 1;
            *time
        };
        if time > 2 || !KILLED_AT.contains(&doing) {
            return call.await;
        }
        let mut program = self.program.lock().await;
        let answer = if time == 1 {
            // Whatever it said is lost.
            drop(call.await);
            program.stop();
            Err(Trouble::fault(doing, Fault::Broken))
        } else {
            // The call is on its way when the power goes.
            let (answer, ()) = tokio::join!(call, async { program.stop() });
            answer
        };
        program.start_again().await;
        answer
    }
}

#[async_trait]
impl TicketStore for Killed {
    fn name(&self) -> &'static str {
        self.store.name()
    }

    fn capabilities(&self) -> Capabilities {
        self.store.capabilities()
    }

    fn mapped(&self) -> Vec<Field> {
        self.store.mapped()
    }

    fn state_word(&self, state: State) -> Option<String> {
        self.store.state_word(state)
    }

    async fn find(&self, external_id: &str) -> Result<Vec<Remote>, Trouble> {
        self.exchange("find", self.store.find(external_id)).await
    }

    async fn create(&self, case: &Case) -> Result<String, Trouble> {
        self.exchange("create", self.store.create(case)).await
    }

    async fn read(&self, id: &str) -> Result<Option<Remote>, Trouble> {
        self.exchange("read", self.store.read(id)).await
    }

    async fn update(&self, id: &str, case: &Case) -> Result<(), Trouble> {
        self.exchange("update", self.store.update(id, case)).await
    }

    async fn comment(&self, id: &str, comment: &Comment) -> Result<(), Trouble> {
        self.exchange("comment", self.store.comment(id, comment)).await
    }

    async fn comments(&self, id: &str) -> Result<Vec<RemoteComment>, Trouble> {
        self.exchange("comments", self.store.comments(id)).await
    }

    async fn attach(&self, id: &str, file: &Attachment) -> Result<(), Trouble> {
        self.exchange("attach", self.store.attach(id, file)).await
    }

    async fn attachments(&self, id: &str) -> Result<Vec<RemoteAttachment>, Trouble> {
        self.exchange("attachments", self.store.attachments(id)).await
    }

    async fn fetch(&self, id: &str, file: &RemoteAttachment) -> Result<Vec<u8>, Trouble> {
        self.exchange("fetch", self.store.fetch(id, file)).await
    }

    async fn set_state(&self, id: &str, state: State) -> Result<(), Trouble> {
        self.exchange("state", self.store.set_state(id, state)).await
    }

    async fn merge(&self, double: &str, into: &str) -> Result<(), Trouble> {
        self.exchange("merge", self.store.merge(double, into)).await
    }

    async fn changed(&self, since: Instant) -> Result<Vec<Changed>, Trouble> {
        self.store.changed(since).await
    }

    async fn check(&self) -> Vec<Finding> {
        self.store.check().await
    }
}

/// The whole life of a case: one ticket, every comment once and in order, the same sound once, and the state.
async fn lives_through_it(store: Box<dyn TicketStore>, after: &dyn TicketStore, program: Box<dyn Program>) {
    let killed = Killed { store, program: tokio::sync::Mutex::new(program), times: Mutex::default() };
    let killed = Arc::new(killed);
    let mut place = Place::on(Arc::clone(&killed) as Arc<dyn TicketStore>, "").await;
    place.live().await;
    place.pass(TimeDelta::minutes(3)).await;
    place.nothing_is_left_over().await;
    let times = killed.times.lock().unwrap().clone();
    assert!(KILLED_AT.iter().all(|kind| times.contains_key(kind)), "killed at each of them: {times:?}");
    let case = place.case().await;
    let found = after.find(case.number.as_str()).await.unwrap();
    assert_eq!(found.len(), 1, "one ticket");
    let ticket = found.first().unwrap();
    assert_eq!(Some(&ticket.state), after.state_word(State::Resolved).as_ref());
    assert_eq!(ticket.values.get(&Field::Severity).map(String::as_str), Some("critical"));
    let comments = after.comments(&ticket.id).await.unwrap();
    let ours: Vec<&str> =
        comments.iter().map(|comment| comment.text.as_str()).filter(|text| text.contains('[')).collect();
    let said = ["Asumido por", "Primera respuesta, a tiempo", "Solución estimada", "Resuelto"];
    assert_eq!(ours.len(), said.len(), "each once: {ours:#?}");
    assert!(ours.iter().zip(said).all(|(text, said)| text.contains(said)), "in order: {ours:#?}");
    let files = after.attachments(&ticket.id).await.unwrap();
    let mut sums = Vec::new();
    for file in &files {
        sums.push(Sha256::digest(after.fetch(&ticket.id, file).await.unwrap()));
    }
    let recordings = place.stage.network.recordings();
    let sent: Vec<_> = recordings.iter().map(|recording| Sha256::digest(recording.wav())).collect();
    assert_eq!(sums, sent, "the same sound, once");
    place.does(Event::Reopen, None).await;
    let ticket = after.read(&ticket.id).await.unwrap().unwrap();
    assert_eq!(Some(ticket.state), after.state_word(State::Received));
    place.nothing_is_left_over().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn request_tracker_is_killed_at_every_step() {
    let program = RequestTracker::start().await;
    let store = || Box::new(guardia::provider::ticketing::RequestTracker::new(program.settings()).unwrap());
    let (store, after) = (store(), store());
    lives_through_it(store, &*after, Box::new(program)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redmine_is_killed_at_every_step() {
    let program = Redmine::start().await;
    let store = || Box::new(guardia::provider::ticketing::Redmine::new(program.settings()).unwrap());
    let (store, after) = (store(), store());
    lives_through_it(store, &*after, Box::new(program)).await;
}
