//! Programs hear of changes to tickets: signed, as often as it takes, and nothing about people.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::TimeDelta;
use guardia::access::{EventWords, Hook, HookEvent};
use guardia::id::HookId;
use guardia::ops::{HookNews, tell_hooks};
use guardia::stage::{Props, Stage};
use guardia::store::Tx;
use guardia_sandbox::story::Host as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::answers::ask;

const KEY: &[u8] = b"of no account at all, of no use";

/// A program that is told things.
#[derive(Clone, Default)]
struct Program {
    /// What it answers next; yes when nothing stands here.
    answers: Arc<Mutex<VecDeque<u16>>>,
    posts: Arc<Mutex<Vec<Post>>>,
}

/// What it was told, and what it answered.
#[derive(Clone, Debug)]
struct Post {
    id: String,
    body: Value,
    signed: bool,
    status: u16,
}

impl Program {
    /// It listens at the address that comes back.
    async fn listen(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/told", listener.local_addr().unwrap());
        let program = self.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (mut request, mut piece) = (Vec::new(), [0; 4096]);
                while !is_whole(&request) {
                    let length = stream.read(&mut piece).await.unwrap();
                    request.extend_from_slice(&piece[..length]);
                }
                let status = program.take(&String::from_utf8(request).unwrap());
                let answer = format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        address
    }

    fn take(&self, request: &str) -> u16 {
        let status = self.answers.lock().unwrap().pop_front().unwrap_or(204);
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
        let (id, at) = (header("webhook-id:"), header("webhook-timestamp:"));
        let mut mac = Hmac::<Sha256>::new_from_slice(KEY).unwrap();
        mac.update(format!("{id}.{at}.{body}").as_bytes());
        let right = format!("v1,{}", BASE64.encode(mac.finalize().into_bytes()));
        let signed = header("webhook-signature:") == right;
        self.posts.lock().unwrap().push(Post { id, body: serde_json::from_str(body).unwrap(), signed, status });
        status
    }

    fn posts(&self) -> Vec<Post> {
        self.posts.lock().unwrap().clone()
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")).unwrap();
    body.len() >= length.trim().parse::<usize>().unwrap()
}

/// A stage with a program that hears of tickets that come in and move.
async fn set(folder: &tempfile::TempDir) -> (Stage, Program, HookId) {
    let settings = "[webhooks]\nthis_machine = true\n".to_owned();
    let props = Props { settings, ..Props::default() };
    let stage = Stage::set("2026-03-03T14:00:00Z".parse().unwrap(), folder.path(), &props).await.unwrap();
    let program = Program::default();
    let hook = Hook {
        id: HookId(stage.hotline().unwrap().ids.opaque()),
        name: "portal".to_owned(),
        url: program.listen().await,
        secret: format!("whsec_{}", BASE64.encode(KEY)),
        events: EventWords::of(&[HookEvent::Opened, HookEvent::Moved]),
        active: true,
        created_at: stage.now(),
    };
    let id = hook.id;
    assert!(stage.hotline().unwrap().store.write(async |tx: &mut Tx| tx.insert_hook(&hook).await).await.unwrap());
    (stage, program, id)
}

/// A ticket changes.
async fn happens(stage: &Stage, event: HookEvent, version: i64) {
    let hotline = stage.hotline().unwrap();
    let event = HookNews { ticket: "t-1".to_owned(), version, event, at: stage.now() };
    hotline.store.write(async |tx: &mut Tx| tell_hooks(hotline, tx, &event).await).await.unwrap();
}

async fn pass(stage: &mut Stage, time: TimeDelta) {
    let limit = stage.now() + time;
    while stage.advance(limit).await {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_told_signed_and_again_until_it_takes_it() {
    let folder = tempfile::tempdir().unwrap();
    let (mut stage, program, _) = set(&folder).await;
    program.answers.lock().unwrap().extend([500, 302, 401]);
    let at = stage.now();
    happens(&stage, HookEvent::Opened, 1).await;
    happens(&stage, HookEvent::Commented, 2).await;
    pass(&mut stage, TimeDelta::minutes(5)).await;
    let posts = program.posts();
    assert_eq!(posts.iter().map(|post| post.status).collect::<Vec<_>>(), [500, 302, 401, 204], "{posts:#?}");
    assert!(posts.iter().all(|post| post.signed && post.id == posts[0].id), "{posts:#?}");
    let told = &posts[3].body;
    assert_eq!(told["type"], "ticket.opened");
    assert_eq!(told["data"], json!({ "ticket": "t-1", "version": 1, "at": at }));
    let counts = stage.hotline().unwrap().store.read(async |tx: &mut Tx| tx.job_counts().await).await.unwrap();
    assert_eq!(counts.dead, 0);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_removed_hears_nothing_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let (mut stage, program, id) = set(&folder).await;
    program.answers.lock().unwrap().push_back(503);
    happens(&stage, HookEvent::Moved, 2).await;
    pass(&mut stage, TimeDelta::seconds(1)).await;
    assert_eq!(program.posts().len(), 1);
    let store = &stage.hotline().unwrap().store;
    assert!(store.write(async |tx: &mut Tx| tx.remove_hook(id).await).await.unwrap());
    happens(&stage, HookEvent::Moved, 3).await;
    pass(&mut stage, TimeDelta::hours(2)).await;
    assert_eq!(program.posts().len(), 1);
    let counts = stage.hotline().unwrap().store.read(async |tx: &mut Tx| tx.job_counts().await).await.unwrap();
    assert_eq!(counts.dead, 0);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_takes_nothing_is_left_alone_and_a_supervisor_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let (mut stage, program, id) = set(&folder).await;
    program.answers.lock().unwrap().extend([500; 100]);
    for version in 1..=3 {
        happens(&stage, HookEvent::Moved, version).await;
    }
    pass(&mut stage, TimeDelta::hours(3)).await;
    let hook = stage.hotline().unwrap().store.read(async |tx: &mut Tx| tx.hook(id).await).await.unwrap().unwrap();
    assert!(!hook.active);
    let tries = program.posts().len();
    assert!((12..=36).contains(&tries), "{tries}");
    let told = stage.network.messages();
    let told: Vec<_> = told.iter().filter(|message| message.body.contains("avisos a un programa")).collect();
    let supervisors = told.iter().map(|message| message.to.as_str()).collect::<std::collections::BTreeSet<_>>();
    assert!(!told.is_empty() && told.len() == supervisors.len(), "{told:#?}");
    // Whoever says that they are gone is asked no second time.
    let store = &stage.hotline().unwrap().store;
    assert!(store.write(async |tx: &mut Tx| tx.switch_hook(id, true).await).await.unwrap());
    program.answers.lock().unwrap().clear();
    program.answers.lock().unwrap().push_back(410);
    happens(&stage, HookEvent::Moved, 4).await;
    pass(&mut stage, TimeDelta::minutes(5)).await;
    assert_eq!(program.posts().len(), tries + 1);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_hears_of_a_ticket_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let (mut stage, program, _) = set(&folder).await;
    let heads = "Authorization: Bearer stage\r\nContent-Type: application/json\r\n";
    let ticket = r#"{"kind":"enquiry","subject":"¿Cuándo abren?","requester":{"name":"Marta Jiménez"}}"#;
    let (status, _, body) = ask(&stage, "POST", "/api/v1/tickets", heads, ticket).await;
    assert_eq!(status, 201, "{body}");
    let id = serde_json::from_str::<Value>(&body).unwrap()["id"].as_str().unwrap().to_owned();
    let state = format!("/api/v1/tickets/{id}/state");
    let (status, _, body) =
        ask(&stage, "POST", &state, &format!("{heads}If-Match: \"1\"\r\n"), r#"{"state":"open"}"#).await;
    assert_eq!(status, 200, "{body}");
    pass(&mut stage, TimeDelta::seconds(1)).await;
    let mut told: Vec<_> = program.posts().into_iter().map(|post| post.body).collect();
    told.sort_by_key(|told| told["data"]["version"].as_i64());
    let whats: Vec<_> = told.iter().map(|told| (&told["type"], &told["data"]["version"])).collect();
    assert_eq!(whats, [(&json!("ticket.opened"), &json!(1)), (&json!("ticket.moved"), &json!(2))]);
    assert!(
        told.iter().all(|told| told["data"]["ticket"] == json!(id) && !told.to_string().contains("Marta")),
        "{told:#?}"
    );
    let (status, _, body) = ask(&stage, "GET", &format!("/api/v1/tickets/{id}"), heads, "").await;
    let read: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &read["version"], &read["state"]), (200, &json!(2), &json!("open")));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_changes_at_once_are_each_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let (mut stage, program, _) = set(&folder).await;
    for version in 1..=40 {
        happens(&stage, HookEvent::Moved, version).await;
    }
    pass(&mut stage, TimeDelta::minutes(2)).await;
    let mut versions: Vec<_> =
        program.posts().iter().filter_map(|post| post.body["data"]["version"].as_i64()).collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=40).collect::<Vec<_>>());
    stage.stop().await;
}
