//! As much of HTTP/1.1 as one exchange on one connection needs.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request as it came.
#[derive(Debug)]
pub struct Request {
    pub method: String,
    pub target: String,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// Reads one to its end.
    pub async fn read(stream: &mut TcpStream) -> Result<Self, String> {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break at;
            }
            more(stream, &mut bytes).await?;
        };
        let head = String::from_utf8(bytes[..end].to_vec()).map_err(|_| "a head that is no UTF-8")?;
        let mut body = bytes.split_off(end + 4);
        let mut lines = head.split("\r\n");
        let mut first = lines.next().unwrap_or_default().split(' ');
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
        let (method, target) = (method.to_owned(), target.to_owned());
        let mut request = Self { method, target, headers, body: Vec::new() };
        if request.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            request.body = chunks(stream, body).await?;
        } else {
            let length = request.header("content-length").map_or(Ok(0), str::parse::<usize>);
            let length = length.map_err(|_| "a Content-Length that is no number")?;
            while body.len() < length {
                more(stream, &mut body).await?;
            }
            request.body = body;
        }
        Ok(request)
    }

    /// The value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Result<(), String> {
    match stream.read_buf(bytes).await {
        Ok(0) => Err("the connection closed within a request".into()),
        Ok(_) => Ok(()),
        Err(error) => Err(format!("the connection broke within a request: {error}")),
    }
}

/// A body in chunks (RFC 9112, section 7.1), of which `rest` was read already.
async fn chunks(stream: &mut TcpStream, mut rest: Vec<u8>) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    loop {
        let line = loop {
            if let Some(at) = rest.windows(2).position(|two| two == b"\r\n") {
                break at;
            }
            more(stream, &mut rest).await?;
        };
        let size = String::from_utf8_lossy(&rest[..line]);
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| "a chunk without a size")?;
        while rest.len() < line + 2 + size + 2 {
            more(stream, &mut rest).await?;
        }
        body.extend_from_slice(&rest[line + 2..line + 2 + size]);
        rest.drain(..line + 2 + size + 2);
        if size == 0 {
            return Ok(body);
        }
    }
}

fn head(status: u16, headers: &[(&str, String)]) -> String {
    let mut text = format!("HTTP/1.1 {status} Recorded\r\nConnection: close\r\n");
    for (name, value) in headers {
        text.push_str(name);
        text.push_str(": ");
        text.push_str(value);
        text.push_str("\r\n");
    }
    text
}

/// Answers and closes. Whoever asked may have left: that is no fault here.
pub async fn answer(stream: &mut TcpStream, status: u16, headers: &[(&str, String)], body: &[u8]) {
    let mut bytes = head(status, headers).into_bytes();
    // A 204 has no length (RFC 9110, section 8.6).
    if status != 204 {
        bytes.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    let _ = stream.write_all(&bytes).await;
    let _ = stream.shutdown().await;
}

/// Answers with a body that ends when whoever asked has had enough.
pub async fn flood(stream: &mut TcpStream, status: u16, headers: &[(&str, String)]) {
    let mut bytes = head(status, headers).into_bytes();
    bytes.extend_from_slice(b"\r\n");
    while stream.write_all(&bytes).await.is_ok() {
        bytes = vec![b' '; 64 * 1024];
    }
}
