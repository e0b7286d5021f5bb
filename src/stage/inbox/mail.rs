//! Receives mail: enough of SMTP for one client, and of MIME to read what it writes.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{Kept, Letter};

pub(super) async fn serve(listener: TcpListener, kept: Kept) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(receive(stream, kept.clone()));
    }
}

async fn receive(stream: TcpStream, kept: Kept) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 stage ESMTP\r\n").await?;
    let mut to = String::new();
    loop {
        let Some(line) = line(&mut stream).await? else { return Ok(()) };
        let reply = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => "250-stage\r\n250 8BITMIME".to_owned(),
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                match kept.shelf().refusals.get(&to) {
                    Some(status) => format!("{status} refused"),
                    None => "250 ok".to_owned(),
                }
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let Some(mail) = mail(&mut stream).await? else { return Ok(()) };
                kept.take_in(read(&to, &mail));
                "250 ok".to_owned()
            }
            "QUIT" => "221 bye".to_owned(),
            _ => "250 ok".to_owned(),
        };
        stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
    }
}

async fn line(stream: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut line = String::new();
    Ok((stream.read_line(&mut line).await? > 0).then(|| line.trim_end().to_owned()))
}

/// The lines up to the dot that ends a mail.
async fn mail(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Vec<String>>> {
    let mut lines = Vec::new();
    loop {
        let Some(line) = line(stream).await? else { return Ok(None) };
        if line == "." {
            return Ok(Some(lines));
        }
        lines.push(line.strip_prefix('.').map_or(line.clone(), str::to_owned));
    }
}

fn read(to: &str, lines: &[String]) -> Letter {
    let (head, body) = lines.split_at(lines.iter().position(String::is_empty).unwrap_or(lines.len()));
    // A header goes on in lines that begin with a blank.
    let head = head.join("\n").replace("\n ", " ");
    let header =
        |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
    let body = body.join("\n");
    let text = match header("Content-Transfer-Encoding:").as_str() {
        "base64" => bytes_of_base64(&body),
        "quoted-printable" => bytes_of_quoted(&body.replace("=\n", "")),
        _ => body.into_bytes(),
    };
    Letter {
        kind: "mail",
        to: to.to_owned(),
        id: Some(header("Message-ID:")),
        signed: false,
        text: format!("{}\n{}", subject(&header("Subject:")), String::from_utf8_lossy(&text).trim()),
    }
}

/// Encoded words (RFC 2047); blanks between two of them are not part of the text.
fn subject(text: &str) -> String {
    let text = text.replace("?= =?", "?==?");
    let mut read = String::new();
    let mut rest = text.as_str();
    while let Some((before, word)) = rest.split_once("=?") {
        read.push_str(before);
        let mut parts = word.splitn(3, '?');
        let (_, coding, tail) = (parts.next(), parts.next(), parts.next().unwrap_or_default());
        let (data, after) = tail.split_once("?=").unwrap_or((tail, ""));
        let bytes = match coding {
            Some("b" | "B") => bytes_of_base64(data),
            _ => bytes_of_quoted(&data.replace('_', " ")),
        };
        read.push_str(&String::from_utf8_lossy(&bytes));
        rest = after;
    }
    read + rest
}

fn bytes_of_base64(text: &str) -> Vec<u8> {
    let text: String = text.split_whitespace().collect();
    BASE64.decode(text).unwrap_or_default()
}

fn bytes_of_quoted(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut letters = text.bytes();
    while let Some(letter) = letters.next() {
        if letter != b'=' {
            bytes.push(letter);
            continue;
        }
        let digits = [letters.next().unwrap_or(b'0'), letters.next().unwrap_or(b'0')];
        let byte = std::str::from_utf8(&digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.extend(byte);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_is_read_as_people_read_it() {
        for (coding, body) in [("base64", "Q2HDrWRv\nLg=="), ("quoted-printable", "Ca=C3=AD=\ndo."), ("8bit", "Caído.")]
        {
            let mail = format!(
                "Subject: =?utf-8?b?Q1LDjQ==?=\n =?utf-8?q?TI=43O_4821?= 7\nMessage-ID: <a@b>\n\
                                Content-Transfer-Encoding: {coding}\n\n{body}"
            );
            let lines: Vec<String> = mail.lines().map(str::to_owned).collect();
            let letter = read("ana@example.do", &lines);
            assert_eq!((letter.text.as_str(), letter.id.as_deref()), ("CRÍTICO 4821 7\nCaído.", Some("<a@b>")));
        }
    }
}
