//! Against a real HTTP server on this machine's loopback.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;

use super::*;
use crate::provider::Secret;
use crate::provider::http::Fault;
use crate::provider::telephony::{Dialect, form};

const ID: &str = "AC00000000000000000000000000000001";
const MESSAGE: &str = "SM00000000000000000000000000000001";

/// What the server saw.
type Seen = Arc<Mutex<Vec<(Uri, HeaderMap, Bytes)>>>;
type Answer = (u16, &'static [(&'static str, &'static str)], String);

/// Answers every request alike; `None` never answers.
async fn server(answer: Option<Answer>) -> (String, Seen) {
    let seen = Seen::default();
    let handler = |State(seen): State<Seen>, uri: Uri, headers: HeaderMap, body: Bytes| async move {
        seen.lock().unwrap().push((uri, headers, body));
        let Some((status, headers, body)) = answer else { return std::future::pending::<Response>().await };
        let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
        for (name, value) in headers {
            response.headers_mut().insert(*name, value.parse().unwrap());
        }
        response
    };
    let app = Router::new().fallback(handler).with_state(seen.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (format!("http://{address}"), seen)
}

fn account(api: &str) -> Account {
    Account { api: api.into(), id: ID.into(), token: Secret::new("token"), dialect: Dialect::TWILIO }
}

fn sms(api: &str) -> Sms {
    let sender = Sender::Number(Phone::parse("+18095550100").unwrap());
    // Short enough for the one test that waits for it, ample for the others.
    let limits = Limits { total: Duration::from_secs(2), ..Limits::default() };
    Sms::new(account(api), sender, limits).unwrap()
}

async fn send(sms: &Sms) -> Result<Sent, SendError> {
    let to = Phone::parse("+18295550142").unwrap();
    sms.send(&to, "CRÍTICO 4821 + más", Some("https://hotline.example.do/twilio/messages"), "page-7").await
}

fn error(status: u16, code: Option<u32>) -> Answer {
    let body = code.map_or("oops".to_owned(), |code| {
        format!(r#"{{"code":{code},"message":"about +18295550142","more_info":"","status":{status}}}"#)
    });
    (status, &[], body)
}

#[tokio::test]
async fn a_message_is_sent_with_all_the_provider_needs() {
    let taken = format!(r#"{{"sid":"{MESSAGE}","status":"queued","error_code":null,"num_segments":"1"}}"#);
    let (api, seen) = server(Some((201, &[], taken))).await;
    let sent = send(&sms(&api)).await;
    assert_eq!(sent, Ok(Sent { provider_message: MESSAGE.into(), status: MessageStatus::Queued }));

    let (uri, headers, body) = seen.lock().unwrap().pop().unwrap();
    assert_eq!(uri.path(), format!("/2010-04-01/Accounts/{ID}/Messages.json"));
    assert_eq!(uri.query(), None);
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{ID}:token"));
    assert_eq!(headers["authorization"], format!("Basic {basic}"));
    assert_eq!(headers["i-twilio-idempotency-token"], "page-7");
    let form: Vec<_> = form::decode(&body).unwrap();
    let form: Vec<_> = form.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(
        form,
        [
            ("To", "+18295550142"),
            ("Body", "CRÍTICO 4821 + más"),
            ("From", "+18095550100"),
            ("StatusCallback", "https://hotline.example.do/twilio/messages"),
        ]
    );
}

#[tokio::test]
async fn a_messaging_service_may_be_the_sender() {
    let taken = format!(r#"{{"sid":"{MESSAGE}","status":"accepted"}}"#);
    let (api, seen) = server(Some((201, &[], taken))).await;
    let sms = Sms::new(account(&api), Sender::Service("MG1".into()), Limits::default()).unwrap();
    let sent = sms.send(&Phone::parse("+18295550142").unwrap(), "Hola", None, "k").await.unwrap();
    assert_eq!(sent.status, MessageStatus::Accepted);
    let (_, _, body) = seen.lock().unwrap().pop().unwrap();
    assert_eq!(body, "To=%2B18295550142&Body=Hola&MessagingServiceSid=MG1");
}

#[tokio::test]
async fn answers_are_classed() {
    let says = |body: String| (201, &[][..], body);
    let long = format!(r#"{{"sid":"{MESSAGE}","status":"queued","body":"{}"}}"#, "x".repeat(64 * 1024));
    for (answer, class, code, cause) in [
        (error(400, Some(21211)), Class::ContactInvalid, Some(21211), Cause::Refused(400)),
        (error(400, Some(21610)), Class::OptedOut, Some(21610), Cause::Refused(400)),
        (error(400, Some(21612)), Class::OtherSender, Some(21612), Cause::Refused(400)),
        (error(400, Some(77777)), Class::Retry, Some(77777), Cause::Refused(400)),
        (error(401, Some(20003)), Class::Configuration, Some(20003), Cause::Refused(401)),
        (error(401, None), Class::Configuration, None, Cause::Refused(401)),
        (error(404, Some(20404)), Class::Configuration, Some(20404), Cause::Refused(404)),
        (error(429, Some(20429)), Class::Retry, Some(20429), Cause::Refused(429)),
        (error(429, None), Class::Retry, None, Cause::Refused(429)),
        (error(500, None), Class::Retry, None, Cause::Refused(500)),
        (error(503, Some(20503)), Class::Retry, Some(20503), Cause::Refused(503)),
        (says("{}".into()), Class::Retry, None, Cause::Unreadable),
        (says("<html>".into()), Class::Retry, None, Cause::Unreadable),
        (says(r#"{"sid":"../x","status":"queued"}"#.into()), Class::Retry, None, Cause::Unreadable),
        (
            says(format!(r#"{{"sid":"{MESSAGE}","status":"failed","error_code":30005}}"#)),
            Class::ContactInvalid,
            Some(30005),
            Cause::Refused(201),
        ),
        (says(long), Class::Retry, None, Cause::Fault(Fault::TooLarge)),
    ] {
        let (api, _) = server(Some(answer.clone())).await;
        let error = send(&sms(&api)).await.unwrap_err();
        assert_eq!((error.class, error.code, error.cause), (class, code, cause), "{answer:?}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("8295550142") && !shown.contains("token") && !shown.contains("CRÍTICO"), "{shown}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (trap, trapped) = server(Some((201, &[], format!(r#"{{"sid":"{MESSAGE}","status":"queued"}}"#)))).await;
    let location: &'static str = trap.clone().leak();
    let headers: &'static [_] = vec![("location", location)].leak();
    let (api, seen) = server(Some((307, headers, String::new()))).await;
    let error = send(&sms(&api)).await.unwrap_err();
    assert_eq!((error.class, error.cause), (Class::Configuration, Cause::Refused(307)));
    assert_eq!((seen.lock().unwrap().len(), trapped.lock().unwrap().len()), (1, 0));
}

#[tokio::test]
async fn a_provider_that_hangs_or_is_gone_is_given_up() {
    let (api, seen) = server(None).await;
    let limits = Limits { total: Duration::from_millis(200), ..Limits::default() };
    let hanging = Sms::new(account(&api), Sender::Service("MG1".into()), limits).unwrap();
    let error = send(&hanging).await.unwrap_err();
    assert_eq!((error.class, error.cause), (Class::Retry, Cause::Fault(Fault::Timeout)));
    assert_eq!(seen.lock().unwrap().len(), 1);

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = send(&sms(&gone)).await.unwrap_err();
    assert_eq!((error.class, error.cause), (Class::Retry, Cause::Fault(Fault::Unreachable)));
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_tried() {
    let (api, seen) = server(Some(error(500, None))).await;
    let sms = sms(&api);
    let to = Phone::parse("+18295550142").unwrap();
    for text in [String::new(), " ".into(), "ñ".repeat(MAX_TEXT_CHARACTERS + 1)] {
        let error = sms.send(&to, &text, None, "k").await.unwrap_err();
        assert_eq!((error.class, error.cause), (Class::Configuration, Cause::Content));
    }
    let error = sms.send(&to, "Hola", None, "two\nlines").await.unwrap_err();
    assert_eq!((error.class, error.cause), (Class::Configuration, Cause::Fault(Fault::Request)));
    assert!(seen.lock().unwrap().is_empty());
}

#[test]
fn an_account_is_checked_at_start() {
    let start = |api: &str, id: &str, token: &str| {
        let account = Account { id: id.into(), token: Secret::new(token), ..account(api) };
        Sms::new(account, Sender::Service("MG1".into()), Limits::default()).map(|_| ())
    };
    let secure = "https://api.twilio.com";
    for (api, id, token, verdict) in [
        (secure, ID, "t", Ok(())),
        ("http://127.0.0.1:8088/", ID, "t", Ok(())),
        ("http://api.twilio.com", ID, "t", Err(AccountError::Api)),
        ("https://api.twilio.com/?x=1", ID, "t", Err(AccountError::Api)),
        ("api.twilio.com", ID, "t", Err(AccountError::Api)),
        (secure, "", "t", Err(AccountError::Id)),
        (secure, "AC/../x", "t", Err(AccountError::Id)),
        (secure, ID, " ", Err(AccountError::Token)),
    ] {
        assert_eq!(start(api, id, token), verdict, "{api} {id}");
    }
    let shown = format!("{:?}", sms("http://127.0.0.1:1"));
    assert!(!shown.contains("\"token\"") && shown.contains("Secret(…)"), "{shown}");
}
