//! Webhooks on the way: retries, time-outs, copies, delays, redirects, and the record of it all.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;

use crate::application::{Answer, Application, CALLER, OURS, call, heard, pass, status, twiml};
use guardia_sandbox::{Faults, Network, Purpose, code};

/// Answers 500 for the first `failures` requests to /voice.
async fn shaky(failures: usize) -> Application {
    let count = Arc::new(AtomicUsize::new(0));
    Application::start(move |asked| match asked.path.as_str() {
        "/voice" if count.fetch_add(1, Ordering::Relaxed) < failures => status(500),
        "/voice" => twiml("<Say>Hola.</Say>"),
        _ => twiml(""),
    })
    .await
}

async fn network_with(app: &Application, fragment: &str) -> Network {
    let mut config = app.config();
    config.lines[0].voice_url = Some(format!("{}/voice{fragment}", app.url));
    let network = Network::start(config);
    call(&network).await;
    pass(&network, 10.0).await;
    network
}

#[tokio::test]
async fn an_error_status_is_retried_only_when_the_address_asks_for_it() {
    for (fragment, asked, greeted) in
        [("", 1, false), ("#rp=4xx", 1, false), ("#rp=5xx", 2, true), ("#rc=0&rp=all", 1, false), ("#rp=all", 2, true)]
    {
        let app = shaky(1).await;
        let network = network_with(&app, fragment).await;
        assert_eq!(app.asked_at("/voice").len(), asked, "{fragment}");
        assert_eq!(heard(&network)[0] == "Hola.", greeted, "{fragment}");
    }
}

#[tokio::test]
async fn retries_carry_the_same_token_and_other_webhooks_another() {
    let app = shaky(3).await;
    let network = network_with(&app, "#rc=3&rp=5xx").await;
    let tokens: Vec<String> = app
        .asked_at("/voice")
        .iter()
        .map(|asked| asked.headers["i-twilio-idempotency-token"].to_str().unwrap().to_owned())
        .collect();
    assert_eq!(tokens.len(), 4);
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    assert_ne!(app.asked_at("/status")[0].headers["i-twilio-idempotency-token"], tokens[0].as_str());
    let attempts: Vec<(u32, Option<u16>)> = network
        .deliveries()
        .iter()
        .filter(|delivery| matches!(delivery.purpose, Purpose::Document(_)))
        .map(|delivery| (delivery.attempt, delivery.status))
        .collect();
    assert_eq!(attempts, [(1, Some(500)), (2, Some(500)), (3, Some(500)), (4, Some(200))]);
}

#[tokio::test]
async fn a_refused_connection_is_retried_once_and_then_reported() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let app = shaky(0).await;
    let mut config = app.config();
    config.lines[0].voice_url = Some(format!("{nobody}/voice"));
    config.lines[0].voice_fallback_url = Some(format!("{}/voice", app.url));
    let network = Network::start(config);
    call(&network).await;
    pass(&network, 5.0).await;
    assert_eq!(network.errors()[0].code, code::CONNECT_REFUSED);
    assert_eq!(app.asked_at("/voice")[0].param("ErrorCode"), "11202");
    let attempts = network.deliveries().iter().filter(|delivery| delivery.url.starts_with(&nobody)).count();
    assert_eq!(attempts, 2);
}

#[tokio::test]
async fn a_slow_answer_is_not_waited_for_beyond_its_time_out() {
    // A server that accepts and never answers.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let slow = format!("http://{}", listener.local_addr().unwrap());
    let held = tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            open.push(stream);
        }
    });
    for fragment in ["#rt=100", "#tt=100"] {
        let app = shaky(0).await;
        let mut config = app.config();
        config.lines[0].voice_url = Some(format!("{slow}/voice{fragment}"));
        let network = Network::start(config);
        call(&network).await;
        assert_eq!(network.errors()[0].code, code::CONNECTION_FAILURE, "{fragment}");
        assert_eq!(network.deliveries().len(), 1, "a read time-out is not retried by default");
    }
    held.abort();
}

#[tokio::test]
async fn a_wrong_override_is_an_error_and_nothing_is_asked() {
    let app = shaky(0).await;
    let network = network_with(&app, "#rp=often").await;
    assert_eq!(network.errors()[0].code, code::INVALID_OVERRIDE);
    assert_eq!(app.asked_at("/voice").len(), 0);
}

#[tokio::test]
async fn redirects_are_followed_as_their_status_says() {
    let app = shaky(0).await;
    let target = format!("{}/voice", app.url);
    for (code, method) in [(301, "GET"), (302, "GET"), (307, "POST")] {
        let router = axum::Router::new().fallback({
            let target = target.clone();
            move || async move {
                (axum::http::StatusCode::from_u16(code).unwrap(), [(axum::http::header::LOCATION, target)])
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let elsewhere = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        let mut config = app.config();
        config.lines[0].voice_url = Some(elsewhere);
        let network = Network::start(config);
        call(&network).await;
        assert_eq!(app.asked_at("/voice").last().unwrap().method, method, "{code}");
        assert_eq!(network.errors(), [], "{code}");
        server.abort();
    }
}

#[tokio::test]
async fn a_duplicate_has_the_same_token_and_its_answer_is_only_recorded() {
    let count = Arc::new(AtomicUsize::new(0));
    let app = Application::start(move |asked| match asked.path.as_str() {
        "/voice" => {
            let count = count.fetch_add(1, Ordering::Relaxed);
            Answer { status: 200, content_type: "text/xml", body: format!("<Response><Say>{count}</Say></Response>") }
        }
        _ => twiml(""),
    })
    .await;
    let network = app.network();
    network.set_faults(Faults { duplicate_every_webhook: true, ..Faults::default() });
    call(&network).await;
    pass(&network, 5.0).await;
    assert_eq!(heard(&network), ["0"]);
    let documents: Vec<_> =
        network.deliveries().into_iter().filter(|sent| matches!(sent.purpose, Purpose::Document(_))).collect();
    assert_eq!(documents.len(), 2);
    assert_eq!(documents[0].token, documents[1].token);
    assert_eq!((documents[0].duplicate, documents[1].duplicate), (false, true));
    assert_ne!(documents[0].body, documents[1].body, "the application was not idempotent, and the record shows it");
    assert_eq!(app.asked_at("/status").len(), 2);
}

#[tokio::test]
async fn a_delay_holds_webhooks_back_in_virtual_time() {
    let app = shaky(0).await;
    let network = app.network();
    network.set_faults(Faults { delay: TimeDelta::seconds(3), ..Faults::default() });
    network.dial(CALLER, OURS);
    pass(&network, 2.9).await;
    assert_eq!(app.asked().len(), 0);
    pass(&network, 0.1).await;
    assert_eq!(app.paths(), ["/voice"]);
}
