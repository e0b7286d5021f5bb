//! Against a real HTTP server on this machine's loopback.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::*;
use crate::provider::Reach;
use crate::provider::http::{Fault, Limits};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NOW: &str = "2026-03-08T02:00:00.250Z";

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

fn webhooks(reach: Reach) -> Webhooks {
    // Short enough for the one test that waits for it, ample for the others.
    let limits = Limits { total: Duration::from_secs(2), ..Limits::default() };
    Webhooks::new(GuardedHttp::new(limits, reach).unwrap())
}

fn here() -> Reach {
    Reach { this_machine: true, ..Reach::default() }
}

async fn send(preset: Preset, url: &str) -> Result<(), SendError> {
    let secret = Secret::new(SECRET);
    let target = Target::new(preset, url, (preset == Preset::Standard).then_some(&secret)).unwrap();
    let data = json!({ "incident": "7", "severity": "critical" });
    let post = Post {
        id: "notice-7",
        kind: "page.opened",
        title: "CRÍTICO",
        text: "Correo caído",
        link: None,
        urgent: true,
        language: Language::Es,
        data: &data,
    };
    webhooks(here()).send(&target, &post, NOW.parse().unwrap()).await
}

#[tokio::test]
async fn a_program_gets_a_signed_post() {
    let (url, seen) = server(Some((204, &[], String::new()))).await;
    send(Preset::Standard, &format!("{url}/hook?tenant=7")).await.unwrap();
    let (uri, headers, body) = seen.lock().unwrap().pop().unwrap();
    assert_eq!(uri, "/hook?tenant=7");
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(
        (&headers["webhook-id"], &headers["webhook-timestamp"]),
        (&"notice-7".parse().unwrap(), &1_772_935_200.into())
    );
    let text = std::str::from_utf8(&body).unwrap();
    let signature = Signer::new(&Secret::new(SECRET)).unwrap().sign("notice-7", 1_772_935_200, text);
    assert_eq!(headers["webhook-signature"], signature);
    let body: Value = serde_json::from_slice(&body).unwrap();
    let data = json!({ "incident": "7", "severity": "critical" });
    assert_eq!(body, json!({ "type": "page.opened", "timestamp": NOW, "data": data }));
}

#[tokio::test]
async fn each_preset_reaches_its_address_and_only_a_programs_is_signed() {
    for (preset, path, reached) in [
        (Preset::Slack, "/services/T/B/x", "/services/T/B/x"),
        (Preset::Teams, "/workflows/1?sig=abc", "/workflows/1?sig=abc"),
        (Preset::Mattermost, "/hooks/x", "/hooks/x"),
        (Preset::Telegram, "/bot1:AA/sendMessage?chat_id=-100123", "/bot1:AA/sendMessage"),
        (Preset::Ntfy, "/guardia", "/"),
    ] {
        let (url, seen) = server(Some((200, &[], "ok".into()))).await;
        send(preset, &format!("{url}{path}")).await.unwrap();
        let (uri, headers, body) = seen.lock().unwrap().pop().unwrap();
        assert_eq!(uri, reached, "{preset:?}");
        assert!(headers.get("webhook-signature").is_none());
        assert!(serde_json::from_slice::<Value>(&body).unwrap().to_string().contains("CRÍTICO"));
    }
}

#[tokio::test]
async fn refusals_are_classed_and_show_nothing() {
    let (after, date) = (&[("retry-after", "30")][..], &[("retry-after", "Sun, 08 Mar 2026 02:00:00 GMT")][..]);
    let telegram = r#"{"ok":false,"parameters":{"retry_after":99999999}}"#;
    let half_minute = Some(Duration::from_secs(30));
    for (preset, status, headers, body, class, wait) in [
        (Preset::Slack, 404, &[][..], "no_service", Class::ContactInvalid, None),
        (Preset::Slack, 410, &[], "channel_is_archived", Class::ContactInvalid, None),
        (Preset::Slack, 408, &[], "", Class::Retry, None),
        (Preset::Slack, 429, after, "", Class::Retry, half_minute),
        (Preset::Slack, 503, after, "", Class::Retry, half_minute),
        (Preset::Slack, 503, date, "", Class::Retry, None),
        (Preset::Slack, 400, &[], "invalid_payload", Class::Configuration, None),
        (Preset::Slack, 403, &[], "", Class::Configuration, None),
        (Preset::Slack, 307, &[("location", "http://127.0.0.1:1/")], "", Class::Configuration, None),
        (Preset::Telegram, 429, &[], telegram, Class::Retry, Some(MAX_WAIT)),
        (Preset::Slack, 429, &[], telegram, Class::Retry, None),
    ] {
        let (url, seen) = server(Some((status, headers, body.to_owned()))).await;
        let error = send(preset, &format!("{url}/secret-7/sendMessage?chat_id=1")).await.unwrap_err();
        assert_eq!((error.class, error.cause, error.wait), (class, Cause::Refused(status), wait), "{status}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("secret-7") && (body.is_empty() || !shown.contains(body)), "{shown}");
        assert_eq!(seen.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn an_answer_has_bounds() {
    let (url, _) = server(Some((200, &[], "x".repeat(65 * 1024)))).await;
    let error = send(Preset::Slack, &url).await.unwrap_err();
    assert_eq!((error.class, error.cause), (Class::Retry, Cause::Fault(Fault::TooLarge)));
    let (url, _) = server(None).await;
    let error = send(Preset::Slack, &url).await.unwrap_err();
    assert_eq!((error.class, error.cause), (Class::Retry, Cause::Fault(Fault::Timeout)));
}

#[tokio::test]
async fn what_may_not_be_reached_is_not_tried() {
    let (url, seen) = server(Some((200, &[], String::new()))).await;
    let target = Target::new(Preset::Slack, &url, None).unwrap();
    let post = Post {
        id: "n",
        kind: "k",
        title: "t",
        text: "t",
        link: None,
        urgent: false,
        language: Language::En,
        data: &Value::Null,
    };
    let now = NOW.parse().unwrap();
    let error = webhooks(Reach::default()).send(&target, &post, now).await.unwrap_err();
    assert_eq!((error.class, error.cause), (Class::Configuration, Cause::Fault(Fault::Forbidden)));
    let empty = Post { title: " ", text: "\n", ..post };
    assert_eq!(webhooks(here()).send(&target, &empty, now).await, Err(SendError::CONTENT));
    assert!(seen.lock().unwrap().is_empty());
}

#[test]
fn addresses_as_people_write_them() {
    use Preset::{Ntfy, Slack, Standard, Teams, Telegram};
    let secret = Secret::new(SECRET);
    for (preset, url, secret, verdict) in [
        (Slack, " https://hooks.slack.com/services/x ", None, Ok(())),
        (Slack, "hooks.slack.com/services/x", None, Err(TargetError::Url)),
        (Teams, "mailto:a@b.do", None, Err(TargetError::Url)),
        (Teams, "https://x.example.do/#y", None, Err(TargetError::Url)),
        (Standard, "https://x.example.do/", Some(&secret), Ok(())),
        (Standard, "https://x.example.do/", None, Err(TargetError::Secret(SignerError))),
        (Telegram, "https://api.telegram.org/bot1:A/sendMessage?chat_id=5", None, Ok(())),
        (Telegram, "https://api.telegram.org/bot1:A/sendMessage", None, Err(TargetError::Chat)),
        (Telegram, "https://api.telegram.org/bot1:A/sendMessage?chat_id=", None, Err(TargetError::Chat)),
        (Telegram, "https://api.telegram.org/bot1:A/sendMessage?chat_id=5&text=x", None, Err(TargetError::Chat)),
        (Telegram, "https://api.telegram.org/bot1:A/getMe?chat_id=5", None, Err(TargetError::Chat)),
        (Ntfy, "https://ntfy.example.do/guardia", None, Ok(())),
        (Ntfy, "https://ntfy.example.do/", None, Err(TargetError::Topic)),
        (Ntfy, "https://ntfy.example.do/a/b", None, Err(TargetError::Topic)),
        (Ntfy, "https://ntfy.example.do/a?auth=x", None, Err(TargetError::Topic)),
    ] {
        assert_eq!(Target::new(preset, url, secret).map(|_| ()), verdict, "{url}");
    }
    let target = Target::new(Telegram, "https://api.telegram.org/bot1:A/sendMessage?chat_id=5", None).unwrap();
    assert_eq!(format!("{target:?}"), "Target(Telegram, …)");
}
