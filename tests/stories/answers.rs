//! Answers over HTTP: the link of a page, and the API.

use std::path::Path;

use chrono::TimeDelta;
use guardia::stage::{Props, Stage};
use guardia_sandbox::story::{Host, Story};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::play::WRITTEN;

/// A case for which Carmen is paged in writing.
async fn paged(folder: &Path) -> Stage {
    let text = "story: A page\nat: 2026-03-07T22:00:00-04:00\ncaller: { from: \"+18095550142\", dials: \
                \"+18095550100\" }\nsteps:\n  - hears: marque uno\n  - presses: 1\n  - hears: código de cuatro dígitos\n  \
                - hangs_up\n  - later: 2s\n";
    let story = Story::parse(text, "a page").unwrap();
    let props = Props { roster: Some(WRITTEN.to_owned()), ..Props::default() };
    let mut stage = Stage::set(story.starts_at(), folder, &props).await.unwrap();
    let report = stage.play(story).await;
    assert!(report.passed(), "{report}");
    stage
}

/// The path of the link in Carmen's mail.
fn link(stage: &Stage) -> String {
    let letter = stage.letters().into_iter().find(|letter| letter.kind == "mail").unwrap();
    let (_, rest) = letter.text.split_once("https://guardia.example/a/").unwrap();
    format!("/a/{}", rest.split_whitespace().next().unwrap())
}

/// One request by hand: status, head, body.
pub async fn ask(stage: &Stage, method: &str, path: &str, headers: &str, body: &str) -> (u16, String, String) {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: guardia.example\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n\
         {body}"
    );
    let mut stream = TcpStream::connect(stage.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), head.to_ascii_lowercase(), body.to_owned())
}

async fn get(stage: &Stage, path: &str) -> (u16, String, String) {
    ask(stage, "GET", path, "", "").await
}

async fn state(stage: &mut Stage, state: &str) {
    stage.check("incident", &json!({ "state": state })).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_kept_nowhere_runs_nothing_and_names_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = paged(folder.path()).await;
    let path = link(&stage);
    let (status, head, body) = get(&stage, &path).await;
    assert_eq!(status, 200);
    for header in [
        "cache-control: no-store",
        "content-security-policy: default-src 'none'; style-src 'sha256-",
        "form-action 'self'; frame-ancestors 'none'",
        "referrer-policy: no-referrer",
        "x-content-type-options: nosniff",
        "content-type: text/html; charset=utf-8",
    ] {
        assert!(head.contains(header), "{header}\nin {head}");
    }
    assert!(!head.contains("set-cookie"), "{head}");
    for personal in ["8095550142", "Carmen", "carmen", "<script"] {
        assert!(!body.contains(personal), "{personal} in {body}");
    }
    // What only looks, as programs that read mail do, takes nothing.
    assert_eq!(ask(&stage, "HEAD", &path, "", "").await.0, 200);
    assert_eq!(ask(&stage, "PUT", &path, "", "").await.0, 405);
    state(&mut stage, "received").await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_do_not_count_cannot_be_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = paged(folder.path()).await;
    let path = link(&stage);
    let (last, other) = if path.ends_with('0') { ("0", "1") } else { (path.get(path.len() - 1..).unwrap(), "0") };
    let forged = format!("{}{other}", path.strip_suffix(last).unwrap());
    let made_up = get(&stage, &format!("/a/{}", "0".repeat(64))).await;
    assert_eq!(made_up.0, 404);
    assert_eq!(get(&stage, "/a/x").await, made_up);
    assert_eq!(get(&stage, &forged).await, made_up);
    assert_eq!(ask(&stage, "POST", &forged, "", "").await.2, made_up.2);
    state(&mut stage, "received").await;
    // Nobody answers for a day: the first link is too old, whatever became of its page.
    let limit = stage.now() + TimeDelta::hours(24);
    assert_eq!(get(&stage, &path).await.0, 200);
    while stage.advance(limit).await {}
    let expired = get(&stage, &path).await;
    assert_eq!((expired.0, &expired.2), (made_up.0, &made_up.2));
    assert_eq!(ask(&stage, "POST", &path, "", "").await.0, 404);
    state(&mut stage, "received").await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_tries_links_is_slowed_down() {
    let folder = tempfile::tempdir().unwrap();
    let stage = paged(folder.path()).await;
    let mut statuses = Vec::new();
    for _ in 0..61 {
        statuses.push(get(&stage, "/a/x").await.0);
    }
    assert!(statuses.iter().take(60).all(|status| *status == 404), "{statuses:?}");
    let (status, head, _) = get(&stage, &link(&stage)).await;
    assert_eq!((statuses.last(), status), (Some(&429), 429));
    assert!(head.contains("retry-after: 60") && head.contains("cache-control: no-store"), "{head}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_takes_a_case_for_a_person_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = paged(folder.path()).await;
    let path = "/api/v1/incidents/26000010/acknowledge";
    let token = "Authorization: Bearer stage\r\nContent-Type: application/json\r\n";
    let ana = r#"{"person":"ana"}"#;
    for (path, headers, body, status) in [
        (path, "", ana, 401),
        (path, "Authorization: Bearer other\r\n", ana, 401),
        (path, token, r#"{"person":"nobody"}"#, 422),
        (path, token, r#"{"who":"ana"}"#, 400),
        (path, token, "", 400),
        ("/api/v1/incidents/26000029/acknowledge", token, ana, 404),
        ("/api/v1/incidents/x/acknowledge", token, ana, 404),
    ] {
        assert_eq!(ask(&stage, "POST", path, headers, body).await.0, status, "{path} {headers} {body}");
    }
    state(&mut stage, "received").await;
    let mut answers = Vec::new();
    for _ in 0..2 {
        let (status, _, body) = ask(&stage, "POST", path, token, ana).await;
        let body: Value = serde_json::from_str(&body).unwrap();
        answers.push((status, body));
        let limit = stage.now() + TimeDelta::seconds(5);
        while stage.advance(limit).await {}
    }
    assert_eq!(answers[0].0, 200);
    assert_eq!((&answers[0].1["state"], &answers[0].1["acknowledged_by"]), (&json!("acknowledged"), &json!("ana")));
    assert_eq!(answers[0], answers[1]);
    let (status, _, body) = ask(&stage, "POST", path, token, r#"{"person":"carmen"}"#).await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &body["acknowledged_by"]), (409, &json!("ana")));
    stage.check("timeline", &json!({ "counts": { "acknowledged": 1, "confirmed": 0 } })).await.unwrap();
    // Whoever was paged learns of it, once.
    let told: Vec<_> = stage.letters().into_iter().filter(|letter| letter.text.contains("ya lo acepto Ana")).collect();
    assert_eq!(told.len(), 1, "{told:#?}");
    stage.stop().await;
}
