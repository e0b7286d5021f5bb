//! Against a real HTTP server on this machine's loopback.

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::*;
use crate::provider::Secret;
use crate::provider::telephony::Dialect;

const ID: &str = "AC00000000000000000000000000000001";

/// What a check of +18095550100 says, one second after 07:28:00, when calls are answered with this status and numbers so.
async fn looked(calls: u16, numbers: (u16, Value)) -> Line {
    let answer = move |uri: Uri| async move {
        let (status, body) = match uri.path().rsplit('/').next() {
            Some("Calls.json") => (calls, json!({ "calls": [] })),
            Some("IncomingPhoneNumbers.json") if uri.query().is_some_and(|query| query.contains("8095550100")) => {
                numbers
            }
            _ => (500, json!({})),
        };
        let date = [("date", "Sun, 08 Mar 2026 07:28:00 GMT")];
        (StatusCode::from_u16(status).unwrap(), date, body.to_string()).into_response()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await.unwrap() });
    check(&api).await
}

async fn check(api: &str) -> Line {
    let account = Account { api: api.to_owned(), id: ID.into(), token: Secret::new("t"), dialect: Dialect::TWILIO };
    let check = LineCheck::new(account, Phone::parse("8095550100").unwrap(), Limits::default()).unwrap();
    let (clock, _hand) = Clock::simulated("2026-03-08T07:28:01Z".parse().unwrap());
    check.look(&clock).await
}

#[tokio::test]
async fn what_the_provider_says_of_us_and_of_the_number() {
    let number = |number: &str| {
        json!({ "incoming_phone_numbers": [{ "phone_number": number, "voice_url": "https://g.example/twilio/voice",
            "voice_fallback_url": null, "status_callback": "", "sms_url": "https://old.example/sms" }] })
    };
    let answers = |number| Line::Answers { ahead: Some(TimeDelta::seconds(1)), number };
    let ours = Number::Ours(Callbacks {
        voice: "https://g.example/twilio/voice".to_owned(),
        fallback: String::new(),
        status: String::new(),
        sms: "https://old.example/sms".to_owned(),
    });
    for (calls, numbers, line) in [
        (200, (200, number("+18095550100")), answers(ours)),
        (200, (200, number("+18095550199")), answers(Number::Strange)),
        (200, (200, json!({ "incoming_phone_numbers": [] })), answers(Number::Strange)),
        (200, (404, json!({})), answers(Number::Untold)),
        (200, (200, json!([])), answers(Number::Untold)),
        (401, (200, json!({})), Line::Refuses),
        (404, (200, json!({})), Line::Refuses),
        (503, (200, json!({})), Line::Away("refused with status 503".to_owned())),
    ] {
        assert_eq!(looked(calls, numbers).await, line, "{calls}");
    }
    assert_eq!(check("http://127.0.0.1:1").await, Line::Away("no connection".to_owned()));
}

#[test]
fn where_the_provider_must_send_things() {
    let public = PublicUrl::parse("https://g.example/").unwrap();
    let found = callbacks(&public, "/twilio");
    assert!(found.voice.starts_with("https://g.example/twilio/voice#"), "{}", found.voice);
    assert_eq!(found.fallback, "https://g.example/twilio/voice/fallback");
    assert_eq!(found.status, "https://g.example/twilio/voice/status");
    assert_eq!(found.sms, "https://g.example/twilio/sms");
}
