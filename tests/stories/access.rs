//! Programs that use the API: what their tokens may do, requests that come again, and how they are told what went wrong.

use guardia::access::{ApiToken, Scope, make, token_hash};
use guardia::clock::Instant;
use guardia::id::{Ids, TokenId};
use guardia::stage::{Props, Stage};
use guardia::store::Tx;
use guardia_sandbox::story::Host as _;
use serde_json::{Value, json};

use crate::answers::ask;

const JSON: &str = "Content-Type: application/json\r\n";
const HOUSE: &str = "Authorization: Bearer stage\r\n";

async fn stage(folder: &tempfile::TempDir) -> Stage {
    Stage::set("2026-03-03T14:00:00Z".parse().unwrap(), folder.path(), &Props::default()).await.unwrap()
}

/// A new token; the header that carries it.
async fn issue(stage: &Stage, name: &str, scopes: &[Scope], expires_at: Option<Instant>) -> String {
    let ids = Ids::seeded(name.bytes().map(u64::from).sum());
    let text = make(&ids);
    let token = ApiToken {
        id: TokenId(ids.opaque()),
        name: name.to_owned(),
        hash: token_hash(&text),
        scopes: scopes.iter().copied().collect(),
        created_at: stage.now(),
        last_used_at: None,
        expires_at,
        revoked_at: None,
    };
    assert!(stage.hotline().unwrap().store.write(async |tx: &mut Tx| tx.insert_token(&token).await).await.unwrap());
    format!("Authorization: Bearer {text}\r\n")
}

/// What is told as a problem: the status, the heads, and the body.
async fn problem(stage: &Stage, method: &str, path: &str, headers: &str, body: &str) -> (u16, String, Value) {
    let (status, head, body) = ask(stage, method, path, headers, body).await;
    assert!(head.contains("content-type: application/problem+json"), "{method} {path}: {status} {head}\n{body}");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["status"], json!(status), "{body}");
    assert!(!body["detail"].as_str().unwrap().is_empty() && !body["title"].as_str().unwrap().is_empty(), "{body}");
    (status, head, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_is_told_as_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(&folder).await;
    let acknowledge = "/api/v1/incidents/26000010/acknowledge";
    let (wrong, both) = ("Authorization: Bearer wrong\r\n", format!("{HOUSE}{JSON}"));
    let ana = r#"{"person":"ana"}"#;
    let large = format!(r#"{{"person":"{}"}}"#, "a".repeat(600_000));
    for (method, path, headers, body, status, code) in [
        ("GET", "/api/v1/nothing", "", "", 404, "not_found"),
        ("GET", "/api/v1", "", "", 404, "not_found"),
        ("GET", "/api/v1/", "", "", 404, "not_found"),
        ("GET", "/api/v1/tickets/26000010", "", "", 401, "unauthorized"),
        ("GET", "/api/v1/tickets/26000010", wrong, "", 401, "unauthorized"),
        ("GET", "/api/v1/tickets/26000010", HOUSE, "", 404, "not_found"),
        ("GET", "/api/v1/tickets/%00", HOUSE, "", 404, "not_found"),
        ("GET", "/api/v1/tickets/%ff", HOUSE, "", 404, "not_found"),
        ("GET", "/api/v1/tickets/26000010?x=1", HOUSE, "", 400, "invalid_request"),
        ("PUT", "/api/v1/readiness", HOUSE, "", 405, "method_not_allowed"),
        ("POST", acknowledge, HOUSE, ana, 415, "unsupported_type"),
        ("POST", acknowledge, &both, "{", 400, "malformed_body"),
        ("POST", acknowledge, &both, r#"{"person":1}"#, 400, "invalid_request"),
        ("POST", acknowledge, &both, &large, 413, "too_large"),
        ("POST", acknowledge, &both, ana, 404, "not_found"),
        ("GET", "/api/v1/duty/people/nadie.ics", HOUSE, "", 404, "not_found"),
    ] {
        let (given, head, told) = problem(&stage, method, path, headers, body).await;
        assert_eq!((given, &told["code"]), (status, &json!(code)), "{method} {path}: {told}");
        assert_eq!(head.contains("www-authenticate: bearer"), status == 401, "{head}");
        assert_eq!(head.contains("\r\nallow: "), status == 405, "{head}");
    }
    let (_, _, told) = problem(&stage, "POST", acknowledge, &both, r#"{"person":1}"#).await;
    assert_eq!(told["errors"][0]["pointer"], "/person", "{told}");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_what_it_names_until_it_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(&folder).await;
    let soon = stage.now() + chrono::TimeDelta::hours(1);
    let desk = issue(&stage, "desk", &[Scope::TicketsRead], Some(soon)).await;
    let calendar = issue(&stage, "calendar", &[Scope::DutyRead], None).await;
    let (ticket, duty) = ("/api/v1/tickets/26000010", "/api/v1/duty/people/carmen.ics");
    for (path, token, status) in
        [(ticket, &desk, 404), (duty, &desk, 403), (ticket, &calendar, 403), (duty, &calendar, 200)]
    {
        assert_eq!(ask(&stage, "GET", path, token, "").await.0, status, "{path}");
    }
    let (_, head, told) = problem(&stage, "GET", duty, &desk, "").await;
    assert_eq!((&told["code"], &told["scope"]), (&json!("missing_scope"), &json!("duty:read")));
    assert!(head.contains("error=\"insufficient_scope\""), "{head}");
    let store = &stage.hotline().unwrap().store;
    let used = store.read(async |tx: &mut Tx| tx.tokens().await).await.unwrap();
    assert!(used.iter().all(|token| token.last_used_at == Some(stage.now())), "{used:?}");
    assert!(store.write(async |tx: &mut Tx| tx.revoke_token("calendar", stage.now()).await).await.unwrap());
    assert_eq!(ask(&stage, "GET", duty, &calendar, "").await.0, 401);
    while stage.advance(soon).await {}
    assert_eq!(ask(&stage, "GET", ticket, &desk, "").await.0, 401);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_tries_tokens_is_told_nothing_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(&folder).await;
    let desk = issue(&stage, "desk", &[Scope::TicketsRead], None).await;
    let path = "/api/v1/tickets/26000010";
    let mut statuses = Vec::new();
    for n in 0..61 {
        statuses.push(ask(&stage, "GET", path, &format!("Authorization: Bearer {n}\r\n"), "").await.0);
    }
    assert!(statuses.iter().take(60).all(|status| *status == 401), "{statuses:?}");
    assert_eq!(statuses.last(), Some(&429));
    let (status, head, told) = problem(&stage, "GET", path, HOUSE, "").await;
    assert_eq!((status, &told["code"]), (429, &json!("too_often")));
    assert!(head.contains("retry-after: 60"), "{head}");
    // No trying finds one of these, so whoever has it is not shut out by whoever tries.
    assert_eq!(ask(&stage, "GET", path, &desk, "").await.0, 404);
    stage.stop().await;
}

const TICKETS: &str = "/api/v1/tickets";
const TICKET: &str = r#"{"kind":"enquiry","subject":"¿Cuándo abren?"}"#;

async fn count(stage: &Stage) -> usize {
    let (_, _, body) = ask(stage, "GET", TICKETS, HOUSE, "").await;
    serde_json::from_str::<Value>(&body).unwrap()["tickets"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_comes_eight_times_at_once_is_done_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(&folder).await;
    let heads = format!("{HOUSE}{JSON}Idempotency-Key: k-1\r\n");
    let one = || ask(&stage, "POST", TICKETS, &heads, TICKET);
    let answers = tokio::join!(one(), one(), one(), one(), one(), one(), one(), one());
    let answers: [(u16, String, String); 8] = answers.into();
    let made: Vec<_> = answers.iter().filter(|(status, ..)| *status == 201).collect();
    assert!(answers.iter().all(|(status, ..)| [201, 409].contains(status)), "{answers:#?}");
    assert!(!made.is_empty() && made.iter().all(|(_, _, body)| *body == made[0].2), "{answers:#?}");
    assert_eq!(count(&stage).await, 1);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_kept_for_a_day_and_not_a_moment_longer() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(&folder).await;
    let (began, day) = (stage.now(), chrono::TimeDelta::hours(24));
    let heads = format!("{HOUSE}{JSON}Idempotency-Key: k-1\r\n");
    let first = ask(&stage, "POST", TICKETS, &heads, TICKET).await;
    assert_eq!(first.0, 201, "{first:?}");
    let later = began + day - chrono::TimeDelta::seconds(1);
    while stage.advance(later).await {}
    let again = ask(&stage, "POST", TICKETS, &heads, TICKET).await;
    assert_eq!((again.0, &again.2), (201, &first.2));
    let other = problem(&stage, "POST", TICKETS, &heads, &TICKET.replace("abren", "cierran")).await;
    assert_eq!((other.0, &other.2["code"]), (422, &json!("idempotency_key_reused")));
    // The keys of two programs have nothing to do with each other.
    let portal = issue(&stage, "portal", &[Scope::TicketsWrite], None).await;
    let elsewhere = format!("{portal}{JSON}Idempotency-Key: k-1\r\n");
    assert_ne!(ask(&stage, "POST", TICKETS, &elsewhere, TICKET).await.2, first.2);
    while stage.advance(began + day).await {}
    let store = &stage.hotline().unwrap().store;
    let kept = async |token: &str| store.read(async |tx: &mut Tx| tx.kept_answer(token, "k-1", began).await).await;
    assert_eq!(kept("guardia.toml").await.unwrap(), None);
    assert!(kept("portal").await.unwrap().is_some());
    assert_eq!(ask(&stage, "POST", TICKETS, &heads, TICKET).await.0, 201);
    assert_eq!(count(&stage).await, 3);
    stage.stop().await;
}
