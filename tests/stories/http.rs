//! The provider's requests, made by hand: signed with what the test wants, sent without a client's help.

use guardia::stage::Stage;
use guardia_sandbox::sign;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

/// Where the provider believes Guardia to be.
pub const PUBLIC: &str = "https://guardia.example";

/// The secret of the stage's account.
pub fn secret(stage: &Stage) -> String {
    stage.config.twilio.auth_token.expose().to_owned()
}

/// Sends a form to the path of `url`, signed for `url` with `secret`.
pub async fn post(stage: &Stage, url: &str, params: &[(String, String)], secret: &str, token: &str) -> Answer {
    let path = url.strip_prefix(PUBLIC).unwrap();
    let form: Vec<String> =
        params.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect();
    let form = form.join("&");
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: guardia.example\r\nConnection: close\r\nContent-Type: \
         application/x-www-form-urlencoded; charset=UTF-8\r\nContent-Length: {}\r\nX-Twilio-Signature: {}\r\n\
         I-Twilio-Idempotency-Token: {token}\r\n\r\n{form}",
        form.len(),
        sign(secret, url, params)
    );
    let mut stream = TcpStream::connect(stage.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    assert!(!head.to_ascii_lowercase().contains("transfer-encoding"), "{head}");
    Answer { status, body: body.to_owned() }
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |done, byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => done + &char::from(byte).to_string(),
        _ => done + &format!("%{byte:02X}"),
    })
}

/// The same parameters with `name` set to `value`.
pub fn with(params: &[(String, String)], name: &str, value: &str) -> Vec<(String, String)> {
    let mut changed: Vec<_> = params.iter().filter(|(known, _)| known != name).cloned().collect();
    changed.push((name.to_owned(), value.to_owned()));
    changed
}
