//! What people do in the ticket store comes back; the first response only where a supervisor said what counts as that.

use chrono::TimeDelta;
use guardia::incident::{Actor, Change, Entry, Event, State};
use guardia::ops;
use guardia::provider::ticketing::TicketStore as _;
use guardia::store::{StoreError, Tx};
use guardia::ticket::{Field, instant_text};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::case::Place;

impl Place {
    /// What the store's people did, as the case's timeline has it.
    async fn news(&self) -> Vec<Change> {
        let (case, store) = (self.case().await.id, &self.stage.hotline().unwrap().store);
        let entries: Result<Vec<Entry>, StoreError> = store.read(async |tx: &mut Tx| tx.entries(case).await).await;
        let theirs = |entry: &Entry| entry.actor == Actor::Operator("desk".to_owned());
        entries.unwrap().into_iter().filter(theirs).map(|entry| entry.change).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_come_back_once_and_only_public_ones_with_their_words() {
    let mut place = Place::open().await;
    place.call().await;
    place.does(Event::Acknowledge, None).await;
    let now = place.stage.now();
    place.desk.somebody(now, |ticket| {
        ticket.others = vec![("Trabajamos en ello.".to_owned(), true), ("la clave es otra".to_owned(), false)];
    });
    // Many looks see the same.
    place.pass(TimeDelta::minutes(5)).await;
    let public = Change::StoreCommented { public: true, text: Some("Trabajamos en ello.".to_owned()) };
    assert_eq!(place.news().await, [public, Change::StoreCommented { public: false, text: None }]);
    let case = place.case().await;
    assert_eq!((case.state, case.responded_at), (State::Acknowledged, None), "a comment is no first response");
    assert_eq!(place.desk.tickets()[0].comments.len(), 1, "and nothing of it goes back");
    place.nothing_is_left_over().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_is_resolved_and_reopened_there_is_so_here() {
    let mut place = Place::open().await;
    place.call().await;
    place.does(Event::Acknowledge, None).await;
    place.does(Event::Respond, Some("hablé con ella")).await;
    let told = place.desk.tickets()[0].comments.len();
    let now = place.stage.now();
    place.desk.somebody(now, |ticket| "resolved".clone_into(&mut ticket.state));
    place.pass(TimeDelta::minutes(5)).await;
    assert_eq!(place.case().await.state, State::Resolved);
    assert_eq!(place.news().await, [Change::Resolved { note: None }], "once");
    assert_eq!(place.desk.tickets()[0].comments.len(), told, "the store is not told what it did itself");
    let now = place.stage.now();
    place.desk.somebody(now, |ticket| "open".clone_into(&mut ticket.state));
    place.pass(TimeDelta::minutes(5)).await;
    assert_eq!((place.case().await.state, place.case().await.cycle), (State::Received, 2), "a new cycle, a new clock");
    place.nothing_is_left_over().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_moves_nothing_here_is_on_record_once() {
    let mut place = Place::open().await;
    place.call().await;
    let now = place.stage.now();
    place.desk.somebody(now, |ticket| "stalled".clone_into(&mut ticket.state));
    place.pass(TimeDelta::minutes(5)).await;
    assert_eq!(place.case().await.state, State::Received);
    assert_eq!(place.news().await, [Change::StoreMoved { state: "stalled".to_owned() }]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_estimate_made_there_reaches_the_reporter() {
    let mut place = Place::open().await;
    place.call().await;
    place.does(Event::Acknowledge, None).await;
    place.does(Event::Respond, Some("hablé con ella")).await;
    let now = place.stage.now();
    let eta = now + TimeDelta::hours(2);
    place.desk.somebody(now, |ticket| drop(ticket.values.insert(Field::Eta, instant_text(eta))));
    place.pass(TimeDelta::minutes(5)).await;
    let news = place.news().await;
    assert_eq!(news.len(), 1, "{news:?}");
    let Change::Estimated { eta: Some(told), .. } = &news[0] else { panic!("{news:?}") };
    assert_eq!(instant_text(*told), instant_text(eta));
    assert_eq!(place.desk.tickets()[0].values[&Field::Eta], instant_text(eta), "and stands");
    place.nothing_is_left_over().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_we_have_yet_to_write_is_not_taken_back_by_what_stands_there() {
    let mut place = Place::open().await;
    place.call().await;
    place.does(Event::Acknowledge, None).await;
    place.desk.refuse(Some("state"));
    place.does(Event::Respond, Some("hablé con ella")).await;
    place.does(Event::Resolve, None).await;
    // The store still says open: that is old, not news.
    let now = place.stage.now();
    place.desk.somebody(now, |_| {});
    place.pass(TimeDelta::minutes(5)).await;
    assert_eq!((place.case().await.state, place.case().await.cycle), (State::Resolved, 1));
    assert_eq!(place.news().await, []);
}

/// Everything that may count as a first response there.
const COUNTS: &str = "[ticket_events]\nfirst_response = [\"public_comment\", \"state:answered\"]\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_public_comment_is_the_first_response_where_a_supervisor_said_so() {
    let mut place = Place::with(COUNTS).await;
    place.call().await;
    let written = place.stage.now();
    // The requester cannot read this one.
    place.desk.somebody(written, |ticket| ticket.others = vec![("la clave es otra".to_owned(), false)]);
    place.pass(TimeDelta::minutes(2)).await;
    assert_eq!(place.case().await.responded_at, None);
    let written = place.stage.now();
    place.desk.somebody(written, |ticket| ticket.others.push(("Le llamé: lo vemos ya.".to_owned(), true)));
    place.pass(TimeDelta::minutes(5)).await;
    let case = place.case().await;
    assert_eq!(
        (case.state, case.responded_at),
        (State::Responded, Some(written)),
        "when it was written, not when heard"
    );
    let answered = Change::Responded { method: "ticket_store".to_owned(), note: None, met: true };
    assert_eq!(place.news().await.iter().filter(|change| **change == answered).count(), 1, "once");
    assert!(place.desk.tickets()[0].comments.iter().all(|comment| !comment.contains("respuesta")), "the store knows");
    place.nothing_is_left_over().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_is_the_first_response_where_a_supervisor_said_so_and_every_cycle_has_its_own() {
    let mut place = Place::with(COUNTS).await;
    place.call().await;
    let moved = place.stage.now();
    place.desk.somebody(moved, |ticket| "answered".clone_into(&mut ticket.state));
    place.pass(TimeDelta::minutes(5)).await;
    assert_eq!((place.case().await.state, place.case().await.responded_at), (State::Responded, Some(moved)));
    assert_eq!(place.desk.tickets()[0].state, "answered", "it stays where people put it");
    place.does(Event::Resolve, None).await;
    // What was written before the case came back is of the cycle before.
    let before = place.stage.now();
    place.pass(TimeDelta::minutes(1)).await;
    place.does(Event::Reopen, None).await;
    let now = place.stage.now();
    place.desk.somebody(now, |ticket| {
        ticket.others.push(("Quedó resuelto.".to_owned(), true));
        ticket.written_at = Some(before);
    });
    place.pass(TimeDelta::minutes(5)).await;
    let case = place.case().await;
    assert_eq!((case.cycle, case.state, case.responded_at), (2, State::Received, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_first_response_there_is_late_here() {
    let mut place = Place::with(COUNTS).await;
    place.call().await;
    place.pass(TimeDelta::hours(5)).await;
    let written = place.stage.now();
    place.desk.somebody(written, |ticket| ticket.others.push(("Le llamé.".to_owned(), true)));
    place.pass(TimeDelta::minutes(5)).await;
    let late = Change::Responded { method: "ticket_store".to_owned(), note: None, met: false };
    assert!(place.news().await.contains(&late));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_other_tickets_does_not_hide_the_news_of_a_case() {
    let mut place = Place::open().await;
    place.call().await;
    // Within the overlap of two looks: more than the store lists at once.
    let now = place.stage.now();
    place.desk.crowd(now, 40, 10);
    place.desk.somebody(now + TimeDelta::seconds(39), |ticket| {
        ticket.others = vec![("Trabajamos en ello.".to_owned(), true)];
    });
    place.pass(TimeDelta::minutes(3)).await;
    let public = Change::StoreCommented { public: true, text: Some("Trabajamos en ello.".to_owned()) };
    assert_eq!(place.news().await, [public]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_before_we_wrote_is_no_news() {
    let mut place = Place::open().await;
    place.call().await;
    place.does(Event::Acknowledge, None).await;
    place.does(Event::Respond, Some("hablé con ella")).await;
    let hotline = place.stage.hotline().unwrap().clone();
    // A look reads the ticket; before it says so, the case is resolved, and the store is told.
    let before = ops::case_of_remote(&hotline, "1").await.unwrap().unwrap();
    let old = place.desk.read("1").await.unwrap().unwrap();
    place.does(Event::Resolve, None).await;
    assert_eq!(place.desk.tickets()[0].state, "resolved");
    let at = place.stage.now();
    ops::hear_of_ticket(&hotline, &before, &old, &[], at, |state| place.desk.state_word(state)).await.unwrap();
    assert_eq!((place.case().await.state, place.case().await.cycle), (State::Resolved, 1));
    assert_eq!(place.news().await, []);
    place.nothing_is_left_over().await;
}

/// Posts to where the store may say that something changed; the status.
async fn nudge(place: &Place, signature: &str, body: &str) -> u16 {
    let request = format!(
        "POST /ticketing/changed HTTP/1.1\r\nHost: guardia.example\r\nConnection: close\r\n\
         X-Hub-Signature-256: {signature}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(place.stage.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_word_of_the_store_is_followed_at_once_and_no_other() {
    // Nobody asks it besides.
    let mut place = Place::with("poll = \"off\"\nwebhook_secret = \"It's a Secret to Everybody\"\n").await;
    place.call().await;
    let now = place.stage.now();
    place.desk.somebody(now, |ticket| ticket.others = vec![("Trabajamos en ello.".to_owned(), true)]);
    let forged = "sha256=0000000000000000000000000000000000000000000000000000000000000000";
    assert_eq!(nudge(&place, forged, "Hello, World!").await, 403);
    place.pass(TimeDelta::seconds(1)).await;
    assert_eq!(place.news().await, []);
    let right = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    assert_eq!(nudge(&place, right, "Hello, World!").await, 204);
    place.pass(TimeDelta::seconds(1)).await;
    assert_eq!(place.news().await.len(), 1);
    let mut silent = Place::open().await;
    assert_eq!(nudge(&silent, right, "Hello, World!").await, 404);
    silent.pass(TimeDelta::seconds(1)).await;
}
