//! A program that uses the API: requests as they go over the wire, and what came of them.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A program with its token.
#[derive(Clone)]
pub struct Client {
    pub address: SocketAddr,
    pub token: String,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    /// By their names in small letters.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl Client {
    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"").await
    }

    /// Reads `path`, which is there.
    pub async fn read(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.json()
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.json("POST", path, &[], body).await
    }

    /// Sends JSON.
    pub async fn json(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let headers: Vec<_> = [("Content-Type", "application/json")].iter().chain(headers).copied().collect();
        self.send(method, path, &headers, body.to_string().as_bytes()).await
    }

    /// Changes something under the version that was read.
    pub async fn change(&self, method: &str, path: &str, etag: &str, body: &Value) -> Answer {
        self.json(method, path, &[("If-Match", etag)], body).await
    }

    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let length = body.len().to_string();
        let headers: Vec<_> = headers.iter().copied().chain([("Content-Length", length.as_str())]).collect();
        self.wire(method, path, &headers, body).await
    }

    /// The same in pieces whose sum nobody knows beforehand.
    pub async fn stream(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut chunks = Vec::new();
        for piece in body.chunks(40_000) {
            chunks.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
            chunks.extend_from_slice(piece);
            chunks.extend_from_slice(b"\r\n");
        }
        chunks.extend_from_slice(b"0\r\n\r\n");
        let headers: Vec<_> = headers.iter().copied().chain([("Transfer-Encoding", "chunked")]).collect();
        self.wire(method, path, &headers, &chunks).await
    }

    /// Sends the head and this beginning of the body, and goes.
    pub async fn break_off(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(self.head(method, path, headers).as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        stream.shutdown().await.unwrap();
        // Until the other side has seen it.
        let mut rest = Vec::new();
        drop(stream.read_to_end(&mut rest).await);
    }

    /// Sends exactly this.
    pub async fn wire(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(self.head(method, path, headers).as_bytes()).await.unwrap();
        // Whoever is refused before the end of the body may find the door closed.
        drop(stream.write_all(body).await);
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers: BTreeMap<String, String> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        assert!(!headers.contains_key("transfer-encoding"), "{head}");
        Answer { status, headers, body: answer[end + 4..].to_vec() }
    }

    fn head(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> String {
        let token =
            if self.token.is_empty() { String::new() } else { format!("Authorization: Bearer {}\r\n", self.token) };
        let more: String = headers.iter().fold(String::new(), |all, (name, value)| all + name + ": " + value + "\r\n");
        format!("{method} {path} HTTP/1.1\r\nHost: guardia.example\r\nConnection: close\r\n{token}{more}\r\n")
    }
}
