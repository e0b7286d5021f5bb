//! Who may open the page, by the wire.

use guardia_sandbox::{Config, Network, PhonePage};
use reqwest::header::{CONTENT_SECURITY_POLICY, HOST, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use reqwest::{Client, RequestBuilder};

use crate::application::{ACCOUNT, CALLER, OURS, TOKEN};
use crate::hotline::STAFF;

const OPENS: &str = "A-token_1";

/// The address of a network with a page.
async fn network() -> String {
    let network = Network::start(Config::new(ACCOUNT, TOKEN));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let text = str::to_owned;
    let page = PhonePage { token: text(OPENS), line: text(OURS), caller: text(CALLER), staff: text(STAFF) };
    assert!(!format!("{page:?}").contains(OPENS));
    network.serve_with_phone(listener, page).unwrap().to_string()
}

#[expect(clippy::disallowed_methods, reason = "a test on loopback")]
fn client() -> Client {
    Client::new()
}

async fn status(request: RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_page_is_for_this_machine_and_runs_its_own_script_only() {
    let address = network().await;
    let get = |path: &str| client().get(format!("http://{address}{path}"));
    let page = get("/phone").send().await.unwrap();
    let policy = page.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let text = page.text().await.unwrap();
    assert!(!text.contains(OPENS) && !text.contains(" style=") && !text.contains("onclick"));
    for path in ["phone.css", "phone.js", "words.js", "sound.js", "worklet.js"] {
        assert_eq!(status(get(&format!("/phone/{path}"))).await, 200, "{path}");
    }
    assert_eq!(status(get("/phone").header(HOST, "rebound.example")).await, 403);
    assert_eq!(status(get("/phone").header(ORIGIN, "http://evil.example")).await, 403);
    assert_eq!(status(get("/2010-04-01/Accounts/x/Calls.json")).await, 401, "the REST API has its own door");
    assert_eq!(status(get("/elsewhere")).await, 404);
}

#[tokio::test]
async fn a_line_is_opened_by_its_own_page_and_the_token_only() {
    let address = network().await;
    let own = format!("http://{address}");
    let knock = |origin: Option<&str>, protocols: &str| {
        let request = client()
            .get(format!("{own}/phone/socket"))
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
            .header(SEC_WEBSOCKET_PROTOCOL, protocols);
        origin.into_iter().fold(request, |request, origin| request.header(ORIGIN, origin))
    };
    let right = format!("sandbox-phone, {OPENS}");
    for (origin, protocols, expected) in [
        (Some(own.as_str()), right.as_str(), 101),
        (Some(own.as_str()), "sandbox-phone, another", 403),
        (Some(own.as_str()), "sandbox-phone", 403),
        (Some("http://evil.example"), right.as_str(), 403),
        (None, right.as_str(), 403),
    ] {
        assert_eq!(status(knock(origin, protocols)).await, expected, "{origin:?} {protocols}");
    }
    let mut open = Vec::new();
    loop {
        let answer = knock(Some(&own), &right).send().await.unwrap();
        if answer.status() != 101 {
            assert_eq!(answer.status(), 503);
            // The first one may not have been missed yet.
            assert!((7..=8).contains(&open.len()), "{} pages", open.len());
            break;
        }
        open.push(answer.upgrade().await.unwrap());
    }
}
