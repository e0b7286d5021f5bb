//! Against real HTTP servers on this machine's loopback, by the client of text messages.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::Router;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use chrono::TimeDelta;

use super::*;
use crate::clock::Hand;
use crate::phone::Phone;
use crate::provider::Secret;
use crate::provider::http::Limits;
use crate::provider::messaging::{Account, Sender, Sent, Sms};
use crate::provider::telephony::Dialect;

/// Answers in order, the last one for ever; and the keys it was asked under.
#[derive(Default)]
struct Provider {
    answers: Mutex<VecDeque<(u16, u32)>>,
    keys: Mutex<Vec<String>>,
}

const TAKEN: (u16, u32) = (201, 0);

async fn provider(answers: &[(u16, u32)]) -> (Sms, Arc<Provider>) {
    let provider = Arc::new(Provider { answers: Mutex::new(answers.iter().copied().collect()), ..Provider::default() });
    let handler = |Shared(provider): Shared<Arc<Provider>>, headers: HeaderMap| async move {
        let key = headers["i-twilio-idempotency-token"].to_str().unwrap().to_owned();
        provider.keys.lock().unwrap().push(key);
        let mut answers = provider.answers.lock().unwrap();
        let (status, code) = if answers.len() > 1 { answers.pop_front().unwrap() } else { answers[0] };
        let body = match status {
            201 => r#"{"sid":"SM00000000000000000000000000000001","status":"queued"}"#.to_owned(),
            _ => format!(r#"{{"code":{code}}}"#),
        };
        (StatusCode::from_u16(status).unwrap(), body).into_response()
    };
    let app = Router::new().fallback(handler).with_state(Arc::clone(&provider));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let account = Account { api, id: "AC1".into(), token: Secret::new("token"), dialect: Dialect::TWILIO };
    (Sms::new(account, Sender::Service("MG1".into()), Limits::default()).unwrap(), provider)
}

fn clock() -> (Clock, Hand) {
    Clock::simulated("2026-03-08T02:00:00Z".parse().unwrap())
}

fn named(name: &str, sms: &Sms) -> Named<Sms> {
    Named { name: name.into(), provider: sms.clone() }
}

async fn send(route: &Route<Sms>, clock: &Clock) -> Result<Taken<Sent>, Untaken> {
    let to = Phone::parse("+18295550142").unwrap();
    let attempt = |sms: Sms, key: String| {
        let to = to.clone();
        async move { sms.send(&to, "CRÍTICO 4821", None, &key).await }
    };
    route.send(clock, "notice-7", attempt).await
}

fn asked(provider: &Provider) -> usize {
    provider.keys.lock().unwrap().len()
}

#[tokio::test]
async fn the_next_provider_sends_what_the_first_cannot() {
    for (answer, class) in [
        ((500, 0), Class::Retry),
        ((429, 20429), Class::Retry),
        ((400, 21611), Class::OtherSender),
        ((401, 20003), Class::Configuration),
    ] {
        let ((a, first), (b, second)) = (provider(&[answer]).await, provider(&[TAKEN]).await);
        let route = Route::new(vec![named("a", &a), named("b", &b)], Tolerance::default()).unwrap();
        let (clock, _hand) = clock();
        let taken = send(&route, &clock).await.unwrap();
        assert_eq!(taken.provider, "b");
        let before: Vec<_> = taken.before.iter().map(|tried| (tried.provider.as_str(), tried.error.class)).collect();
        assert_eq!(before, [("a", class)]);
        assert_eq!(*first.keys.lock().unwrap(), ["notice-7-a"]);
        assert_eq!(*second.keys.lock().unwrap(), ["notice-7-b"]);
    }
}

#[tokio::test]
async fn what_the_contact_decides_is_not_tried_elsewhere() {
    for (code, class) in [(21211, Class::ContactInvalid), (21610, Class::OptedOut)] {
        let ((a, _), (b, second)) = (provider(&[(400, code)]).await, provider(&[TAKEN]).await);
        let route = Route::new(vec![named("a", &a), named("b", &b)], Tolerance::default()).unwrap();
        let (clock, _hand) = clock();
        let untaken = send(&route, &clock).await.unwrap_err();
        assert_eq!((untaken.error.class, untaken.tries.len(), asked(&second)), (class, 1, 0));
        assert_eq!(route.states()[0], ("a".into(), State::Closed { failures: 0 }));
    }
}

#[tokio::test]
async fn the_most_hopeful_answer_decides() {
    for (first, second, class) in [
        ((500, 0), (401, 20003), Class::Retry),
        ((401, 20003), (500, 0), Class::Retry),
        ((400, 21612), (401, 20003), Class::OtherSender),
        ((401, 20003), (401, 20003), Class::Configuration),
    ] {
        let ((a, _), (b, _)) = (provider(&[first]).await, provider(&[second]).await);
        let route = Route::new(vec![named("a", &a), named("b", &b)], Tolerance::default()).unwrap();
        let (clock, _hand) = clock();
        let untaken = send(&route, &clock).await.unwrap_err();
        assert_eq!((untaken.error.class, untaken.tries.len()), (class, 2));
    }
}

#[tokio::test]
async fn a_provider_that_fails_is_left_alone_and_comes_back() {
    let ((a, first), (b, second)) = (provider(&[(500, 0), (500, 0), (500, 0), TAKEN]).await, provider(&[TAKEN]).await);
    let route = Route::new(vec![named("a", &a), named("b", &b)], Tolerance::default()).unwrap();
    let (clock, hand) = clock();
    for _ in 0..5 {
        assert_eq!(send(&route, &clock).await.unwrap().provider, "b");
    }
    assert_eq!((asked(&first), asked(&second)), (3, 5));
    hand.advance_to(clock.now() + TimeDelta::seconds(30));
    assert_eq!(send(&route, &clock).await.unwrap().provider, "a");
    assert_eq!((asked(&first), asked(&second)), (4, 5));
}

#[tokio::test]
async fn the_only_provider_is_always_tried() {
    let (a, first) = provider(&[(500, 0)]).await;
    let route = Route::new(vec![named("a", &a)], Tolerance::default()).unwrap();
    let (clock, _hand) = clock();
    for sends in 1..9 {
        assert_eq!(send(&route, &clock).await.unwrap_err().error.class, Class::Retry);
        assert_eq!(asked(&first), sends);
    }
}

/// Jobs run on any thread, so a send must be able to move between them.
#[tokio::test]
async fn sends_run_beside_each_other_on_any_thread() {
    let (a, first) = provider(&[TAKEN]).await;
    let route = Arc::new(Route::new(vec![named("a", &a)], Tolerance::default()).unwrap());
    let (clock, _hand) = clock();
    let sends: Vec<_> = (0..8)
        .map(|_| {
            let (route, clock) = (Arc::clone(&route), clock.clone());
            tokio::spawn(async move { send(&route, &clock).await })
        })
        .collect();
    for sent in sends {
        assert_eq!(sent.await.unwrap().unwrap().provider, "a");
    }
    assert_eq!(asked(&first), 8);
}

#[tokio::test]
async fn a_route_is_checked_at_start() {
    let (a, _) = provider(&[TAKEN]).await;
    let long = "x".repeat(33);
    for (names, verdict) in [
        (vec![], Err(RouteError::Empty)),
        (vec!["a", "b"], Ok(())),
        (vec!["a", "b", "a"], Err(RouteError::Name)),
        (vec!["a", ""], Err(RouteError::Name)),
        (vec!["a b"], Err(RouteError::Name)),
        (vec![long.as_str()], Err(RouteError::Name)),
    ] {
        let providers = names.iter().map(|name| named(name, &a)).collect();
        assert_eq!(Route::new(providers, Tolerance::default()).map(|_| ()), verdict, "{names:?}");
    }
}
