//! Programs are let in and shut out on the command line, beside the server that runs.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "no people are needed here")]
#[path = "support/site.rs"]
mod site;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use site::Site;

/// The status and the whole of what is read at `path` with this token.
async fn get(site: &Site, path: &str, token: &str) -> (u16, String) {
    ask(site, "GET", path, token, "").await
}

async fn ask(site: &Site, method: &str, path: &str, token: &str, body: &str) -> (u16, String) {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(site.listen).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}

const YES: &[u8] = b"HTTP/1.1 204 x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// A whole request, whose body is an object.
async fn take(stream: &mut TcpStream) -> String {
    let (mut request, mut piece) = (String::new(), [0; 4096]);
    while !request.ends_with('}') {
        let length = stream.read(&mut piece).await.unwrap();
        request.push_str(std::str::from_utf8(&piece[..length]).unwrap());
    }
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_until_it_is_revoked() {
    let site = Site::new(None, include_str!("../directory.yaml"), "http://127.0.0.1:1", "");
    let mut server = site.start();
    server.ready().await;
    assert!(site.run(&["token", "list"]).await.starts_with("No token"));
    let scopes = ["--scope", "tickets:read", "--scope", "duty:read,hooks"];
    let printed = site.run(&[&["token", "add", "portal"][..], &scopes].concat()).await;
    let token = printed.lines().last().unwrap();
    assert!(token.starts_with("grd_") && token.len() == 42, "{printed}");
    for (path, status) in [("tickets", 200), ("hooks", 200), ("tickets/x", 404), ("readiness", 403)] {
        let (given, answer) = get(&site, &format!("/api/v1/{path}"), token).await;
        assert_eq!(given, status, "{path}: {answer}");
    }
    let listed = site.run(&["token", "list"]).await;
    let row = listed.lines().nth(1).unwrap();
    assert!(row.starts_with("portal  counts") && row.ends_with("duty:read tickets:read hooks"), "{listed}");
    assert!(!listed.contains(token), "{listed}");
    site.run(&["token", "revoke", "portal"]).await;
    assert_eq!(get(&site, "/api/v1/tickets", token).await.0, 401);
    assert!(site.run(&["token", "list"]).await.contains("portal  revoked"));
    assert!(!server.log().contains(token));
    server.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_is_tried_out_and_removed() {
    let more = "[webhooks]\nthis_machine = true\n[api]\ntoken = \"house-of-this-test\"\n";
    let site = Site::new(None, include_str!("../directory.yaml"), "http://127.0.0.1:1", more);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/told", listener.local_addr().unwrap());
    let told = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = take(&mut stream).await;
        stream.write_all(YES).await.unwrap();
        request
    });
    let printed = site.run(&["hook", "add", "portal", "--url", &url, "--events", "ticket.opened,ticket.moved"]).await;
    assert!(printed.lines().last().unwrap().starts_with("whsec_"), "{printed}");
    let tried = site.run(&["hook", "test", "portal"]).await;
    assert!(tried.starts_with("portal took it"), "{tried}");
    let request = told.await.unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("webhook-signature: v1,"), "{head}");
    assert_eq!(serde_json::from_str::<Value>(body).unwrap()["type"], "ping");
    let listed = site.run(&["hook", "list"]).await;
    assert!(listed.contains("portal  told") && listed.contains("ticket.opened ticket.moved"), "{listed}");
    assert!(!listed.contains("/told") && !listed.contains("whsec_"), "{listed}");
    let mut server = site.start();
    server.ready().await;
    let (status, answer) = get(&site, "/api/v1/hooks", "house-of-this-test").await;
    assert!(status == 200 && answer.contains(r#""name":"portal""#), "{answer}");
    assert!(!answer.contains("/told") && !answer.contains("whsec_"), "{answer}");
    site.run(&["hook", "remove", "portal"]).await;
    assert!(site.run(&["hook", "list"]).await.starts_with("No program"));
    server.kill().await;
}

/// Of the sixteen hands that pages need as well, hooks have four.
#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_answers_slowly_keeps_four_hands_at_most() {
    let more = "[webhooks]\nthis_machine = true\n[api]\ntoken = \"house-of-this-test\"\n";
    let site = Site::new(None, include_str!("../directory.yaml"), "http://127.0.0.1:1", more);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/told", listener.local_addr().unwrap());
    site.run(&["hook", "add", "portal", "--url", &url]).await;
    // Whoever is told answers only once this is true.
    let (answers, may_answer) = watch::channel(false);
    // How many were told, how many wait for an answer, and the most that ever waited.
    let (counts, mut count) = watch::channel((0, 0, 0));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (counts, mut may_answer) = (counts.clone(), may_answer.clone());
            tokio::spawn(async move {
                take(&mut stream).await;
                counts.send_modify(|(told, held, most)| {
                    (*told, *held) = (*told + 1, *held + 1);
                    *most = (*held).max(*most);
                });
                may_answer.wait_for(|may| *may).await.unwrap();
                counts.send_modify(|(_, held, _)| *held -= 1);
                stream.write_all(YES).await.unwrap();
            });
        }
    });
    let mut server = site.start();
    server.ready().await;
    for n in 0..12 {
        let ticket = format!(r#"{{"kind":"enquiry","subject":"{n}"}}"#);
        let (status, answer) = ask(&site, "POST", "/api/v1/tickets", "house-of-this-test", &ticket).await;
        assert_eq!(status, 201, "{answer}");
    }
    count.wait_for(|(told, ..)| *told >= 4).await.unwrap();
    answers.send_replace(true);
    let (told, _, most) = *count.wait_for(|(told, ..)| *told >= 12).await.unwrap();
    assert_eq!((told, most), (12, 4));
    server.kill().await;
}
