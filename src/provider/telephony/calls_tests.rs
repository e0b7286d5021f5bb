//! Against a real HTTP server on this machine's loopback.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::*;
use crate::provider::Secret;
use crate::provider::telephony::{AnsweredBy, CallStatus, Dialect, Direction};

const ID: &str = "AC00000000000000000000000000000001";
const CALL: &str = "CA00000000000000000000000000000001";

/// What the server saw.
type Seen = Arc<Mutex<Vec<(Method, Uri, HeaderMap, Bytes)>>>;

/// Answers the requests with these, in order.
async fn server(answers: Vec<(u16, String)>) -> (Calls, Seen) {
    let seen = Seen::default();
    let answers = Arc::new(answers);
    let handler = |State(seen): State<Seen>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes| async move {
        let mut seen = seen.lock().unwrap();
        let (status, answer) = answers[seen.len()].clone();
        seen.push((method, uri, headers, body));
        let mut response: Response = (StatusCode::from_u16(status).unwrap(), answer).into_response();
        response.headers_mut().insert("retry-after", "7".parse().unwrap());
        response
    };
    let app = Router::new().fallback(handler).with_state(seen.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let account = Account { api, id: ID.into(), token: Secret::new("token"), dialect: Dialect::TWILIO };
    (Calls::new(account, Limits::default()).unwrap(), seen)
}

fn on_record(more: &serde_json::Value) -> serde_json::Value {
    let mut call = json!({
        "sid": CALL, "parent_call_sid": null, "from": "+18095550100", "to": "+18295550142",
        "direction": "outbound-api", "status": "queued", "start_time": null, "end_time": null, "duration": null,
        "answered_by": null, "price": null, "subresource_uris": {}, "account_sid": ID,
    });
    call.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    call
}

fn refusal(code: u32) -> String {
    json!({"code": code, "message": "about +18295550142", "more_info": "", "status": 400}).to_string()
}

fn form_of(seen: &Seen) -> Vec<(String, String)> {
    form::decode(&seen.lock().unwrap().last().unwrap().3).unwrap()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

async fn place(calls: &Calls, more: impl Fn(&mut Placement<'_>)) -> Result<CallRecord, SendError> {
    let (to, from) = (Phone::parse("+18295550142").unwrap(), Phone::parse("+18095550100").unwrap());
    let mut placement = Placement {
        to: &to,
        from: &from,
        answer: "https://hotline.example.do/twilio/leg/7",
        fallback: None,
        status: "https://hotline.example.do/twilio/leg/7/status",
        ring: Duration::from_secs(25),
        limit: None,
        detects_machines: true,
    };
    more(&mut placement);
    calls.place(&placement, "notice-7").await
}

#[tokio::test]
async fn a_call_is_placed_with_all_the_provider_needs() {
    let (calls, seen) = server(vec![(201, on_record(&json!({})).to_string()); 2]).await;
    let record = place(&calls, |_| ()).await.unwrap();
    assert_eq!((record.provider_call.as_str(), record.status, record.seconds), (CALL, CallStatus::Queued, None));
    assert_eq!((record.direction, record.to), (Direction::Placed, Phone::parse("+18295550142").ok()));
    {
        let seen = seen.lock().unwrap();
        let (method, uri, headers, _) = seen.last().unwrap();
        assert_eq!((method, uri.path()), (&Method::POST, format!("/2010-04-01/Accounts/{ID}/Calls.json").as_str()));
        assert_eq!(headers["i-twilio-idempotency-token"], "notice-7");
        assert!(headers["authorization"].to_str().unwrap().starts_with("Basic "));
    }
    let base = [
        ("To", "+18295550142"),
        ("From", "+18095550100"),
        ("Url", "https://hotline.example.do/twilio/leg/7"),
        ("Method", "POST"),
        ("StatusCallback", "https://hotline.example.do/twilio/leg/7/status"),
        ("StatusCallbackMethod", "POST"),
        ("StatusCallbackEvent", "initiated"),
        ("StatusCallbackEvent", "ringing"),
        ("StatusCallbackEvent", "answered"),
        ("StatusCallbackEvent", "completed"),
    ];
    assert_eq!(form_of(&seen), pairs(&[&base[..], &[("Timeout", "25"), ("MachineDetection", "Enable")]].concat()));

    let bounded = |call: &mut Placement<'_>| {
        (call.ring, call.limit) = (Duration::from_hours(1), Some(Duration::from_mins(30)));
        (call.fallback, call.detects_machines) = (Some("https://hotline.example.do/fallback"), false);
    };
    place(&calls, bounded).await.unwrap();
    let fallback = [("FallbackUrl", "https://hotline.example.do/fallback"), ("FallbackMethod", "POST")];
    let expected = [&base[..4], &fallback, &base[4..], &[("Timeout", "600"), ("TimeLimit", "1800")]].concat();
    assert_eq!(form_of(&seen), pairs(&expected));
}

#[tokio::test]
async fn answers_are_classed() {
    for (status, body, class, cause) in [
        (400, refusal(21211), Class::ContactInvalid, Cause::Refused(400)),
        (400, refusal(21214), Class::ContactInvalid, Cause::Refused(400)),
        (400, refusal(21215), Class::Configuration, Cause::Refused(400)),
        (400, refusal(21216), Class::OtherSender, Cause::Refused(400)),
        (400, refusal(21217), Class::ContactInvalid, Cause::Refused(400)),
        (400, refusal(77777), Class::Retry, Cause::Refused(400)),
        (401, refusal(20003), Class::Configuration, Cause::Refused(401)),
        (429, refusal(20429), Class::Retry, Cause::Refused(429)),
        (503, "oops".into(), Class::Retry, Cause::Refused(503)),
        (201, "{}".into(), Class::Retry, Cause::Unreadable),
        (201, on_record(&json!({"sid": "../x"})).to_string(), Class::Retry, Cause::Unreadable),
    ] {
        let (calls, _) = server(vec![(status, body.clone())]).await;
        let error = place(&calls, |_| ()).await.unwrap_err();
        assert_eq!((error.class, error.cause), (class, cause), "{body}");
        let refused = matches!(cause, Cause::Refused(_));
        assert_eq!(error.wait, refused.then_some(Duration::from_secs(7)));
        assert!(!format!("{error} {error:?}").contains("8295550142"));
    }
    let (calls, _) = server(vec![(400, refusal(77777))]).await;
    let calls = calls.with_classes(Classes::with([(77777, Class::OtherSender)].into()));
    assert_eq!(place(&calls, |_| ()).await.unwrap_err().class, Class::OtherSender);
}

#[tokio::test]
async fn a_live_call_is_moved_and_ended() {
    let taken = (200, on_record(&json!({"status": "in-progress"})).to_string());
    let over = (400, refusal(21220));
    let failed = (500, String::new());
    let (calls, seen) = server(vec![taken.clone(), taken.clone(), taken, over, failed]).await;
    let path = format!("/2010-04-01/Accounts/{ID}/Calls/{CALL}.json");

    assert_eq!(calls.redirect(CALL, "https://hotline.example.do/x").await, Ok(Change::Taken));
    assert_eq!(form_of(&seen), pairs(&[("Url", "https://hotline.example.do/x"), ("Method", "POST")]));
    assert_eq!(seen.lock().unwrap().last().unwrap().1.path(), path);
    assert_eq!(calls.hang_up(CALL, HangUp::Unanswered).await, Ok(Change::Taken));
    assert_eq!(form_of(&seen), pairs(&[("Status", "canceled")]));
    assert_eq!(calls.hang_up(CALL, HangUp::Always).await, Ok(Change::Taken));
    assert_eq!(form_of(&seen), pairs(&[("Status", "completed")]));
    assert_eq!(calls.hang_up(CALL, HangUp::Always).await, Ok(Change::Over));
    assert_eq!(calls.hang_up(CALL, HangUp::Always).await.map_err(|error| error.class), Err(Class::Retry));

    let error = calls.redirect("../Messages", "https://hotline.example.do/x").await.unwrap_err();
    assert_eq!((error.cause, seen.lock().unwrap().len()), (Cause::Content, 5));
}

#[tokio::test]
async fn a_call_on_record_is_read() {
    let record = on_record(&json!({
        "status": "completed", "direction": "inbound", "from": "anonymous", "duration": "61",
        "start_time": "Sun, 08 Mar 2026 02:00:00 +0000", "end_time": "Sun, 08 Mar 2026 02:01:01 +0000",
        "answered_by": "machine_start", "parent_call_sid": "CA00000000000000000000000000000009",
    }));
    let (calls, seen) = server(vec![(200, record.to_string())]).await;
    let read = calls.read(CALL).await.unwrap();
    assert_eq!((read.direction, read.status, read.from), (Direction::Inbound, CallStatus::Completed, None));
    assert_eq!((read.seconds, read.answered_by), (Some(61), Some(AnsweredBy::MachineStart)));
    assert_eq!(read.started, "2026-03-08T02:00:00Z".parse().ok());
    assert_eq!(read.ended, "2026-03-08T02:01:01Z".parse().ok());
    assert_eq!(read.parent.as_deref(), Some("CA00000000000000000000000000000009"));
    assert_eq!(seen.lock().unwrap()[0].0, Method::GET);
}

#[tokio::test]
async fn calls_are_listed_page_by_page_and_no_page_leads_elsewhere() {
    let path = format!("/2010-04-01/Accounts/{ID}/Calls.json");
    let next = format!("{path}?PageSize=100&Page=1&PageToken=PACA1");
    let strange = on_record(&json!({"status": "floating"}));
    let numeric = on_record(&json!({"duration": 5, "status": "completed"}));
    let first = json!({"calls": [on_record(&json!({})), strange, 7], "next_page_uri": next}).to_string();
    let last = json!({"calls": [numeric], "next_page_uri": null}).to_string();
    let (calls, seen) = server(vec![(200, first), (200, last), (200, "[]".into())]).await;

    let since = "2026-03-08T02:00:00.123Z".parse().unwrap();
    let page = calls.since(since).await.unwrap();
    assert_eq!((page.calls.len(), page.unreadable, page.next.as_deref()), (1, 2, Some(next.as_str())));
    {
        let seen = seen.lock().unwrap();
        let query = form::decode(seen[0].1.query().unwrap().as_bytes()).unwrap();
        assert_eq!(query, pairs(&[("StartTime>", "2026-03-08T02:00:00Z"), ("PageSize", "100")]));
    }
    let page = calls.page(&next).await.unwrap();
    assert_eq!((page.calls[0].seconds, page.next), (Some(5), None));
    assert_eq!(seen.lock().unwrap()[1].1.to_string(), next);
    assert_eq!(calls.since(since).await.map_err(|error| error.cause), Err(Cause::Unreadable));

    for elsewhere in ["@evil.example/?x", "/2010-04-01/Accounts/AC2/Calls.json?Page=1", &format!("{path}/../x?")] {
        assert_eq!(calls.page(elsewhere).await.unwrap_err().cause, Cause::Unreadable);
    }
    assert_eq!(seen.lock().unwrap().len(), 3);
}
