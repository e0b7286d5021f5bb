//! Receives posts, one for each connection.

use std::io;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::signature::verifies;
use super::{Kept, Letter, SECRET};

/// The longest body.
const LONGEST: usize = 256 * 1024;
/// What a receiver says that has too much to do.
const RETRY_AFTER: &str = "Retry-After: 20\r\n";

pub(super) async fn serve(listener: TcpListener, kept: Kept) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(receive(stream, kept.clone()));
    }
}

async fn receive(stream: TcpStream, kept: Kept) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        head.push(line);
    }
    let header = |name: &str| {
        let found =
            head.iter().filter_map(|line| line.split_once(": ")).find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_owned()).unwrap_or_default()
    };
    let length = header("content-length").parse::<usize>().unwrap_or(0).min(LONGEST);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let path = head.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
    let (id, at, signatures) = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
    let signed = verifies(SECRET, &id, &at, &signatures, &body);
    let id = (!id.is_empty()).then_some(id);
    let status = kept.take_in(Letter { kind: "post", to: path, id, signed, text: body }).unwrap_or(204);
    let wait = if matches!(status, 429 | 503) { RETRY_AFTER } else { "" };
    let answer = format!("HTTP/1.1 {status} x\r\n{wait}Content-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).await
}
