//! What a request has that the recorded one has not, and the other way round, in words.

use serde_json::Value;

use super::wire::Request;
use super::{Body, Content, Exchange, Part};

/// Every difference; none where the request is the recorded one.
pub fn differences(exchange: &Exchange, request: &Request) -> Vec<String> {
    let mut found = Vec::new();
    if exchange.method != request.method {
        found.push("another method".to_owned());
    }
    let (path, query) = exchange.target.split_once('?').unwrap_or((&exchange.target, ""));
    let (asked_path, asked_query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    if path != asked_path {
        found.push(format!("path {asked_path}, not {path}"));
    }
    pairs("query", pairs_of(query), pairs_of(asked_query), &mut found);
    for (name, value) in &exchange.headers {
        match request.header(name) {
            None => found.push(format!("header {name} is missing")),
            Some(other) if other != value => found.push(format!("header {name}: {other:?}, not {value:?}")),
            Some(_) => {}
        }
    }
    match &exchange.body {
        Body::Anything => {}
        Body::Nothing if request.body.is_empty() => {}
        Body::Nothing => found.push(format!("a body although none was recorded: {}", shown(&request.body))),
        Body::Json(at_least) => json_in("body", at_least, &request.body, &mut found),
        Body::Form(form) => {
            pairs("form", form.clone(), pairs_of(&String::from_utf8_lossy(&request.body)), &mut found);
        }
        Body::Parts(parts) => parts_in(parts, request, &mut found),
        Body::Raw(bytes) if *bytes == request.body => {}
        Body::Raw(bytes) => found.push(format!("body {}, not {}", shown(&request.body), shown(bytes))),
    }
    found
}

/// The decoded pairs of a query or a form.
fn pairs_of(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

fn decoded(text: &str) -> String {
    let (text, mut bytes, mut at) = (text.as_bytes(), Vec::new(), 0);
    while let Some(byte) = text.get(at) {
        let code = text.get(at + 1..at + 3).and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        match (byte, code) {
            (b'%', Some(code)) => {
                bytes.push(code);
                at += 2;
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(*byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn pairs(what: &str, mut recorded: Vec<(String, String)>, asked: Vec<(String, String)>, found: &mut Vec<String>) {
    for pair in asked {
        if let Some(at) = recorded.iter().position(|other| *other == pair) {
            recorded.remove(at);
        } else {
            found.push(format!("{what} has {}={:?}", pair.0, pair.1));
        }
    }
    found.extend(recorded.iter().map(|(name, value)| format!("{what} lacks {name}={value:?}")));
}

fn json_in(place: &str, at_least: &Value, bytes: &[u8], found: &mut Vec<String>) {
    match serde_json::from_slice(bytes) {
        Ok(value) => json(place, at_least, &value, found),
        Err(error) => found.push(format!("{place} is no JSON: {error}: {}", shown(bytes))),
    }
}

/// `value` must hold at least `at_least`; lists must be of one length.
fn json(place: &str, at_least: &Value, value: &Value, found: &mut Vec<String>) {
    match (at_least, value) {
        (Value::Object(members), Value::Object(others)) => {
            for (name, member) in members {
                json(&format!("{place}.{name}"), member, others.get(name).unwrap_or(&Value::Null), found);
            }
        }
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            for (at, (item, other)) in items.iter().zip(others).enumerate() {
                json(&format!("{place}[{at}]"), item, other, found);
            }
        }
        (at_least, value) if at_least == value => {}
        (at_least, value) => found.push(format!("{place} is {value}, not {at_least}")),
    }
}

/// A part as it came.
struct Came {
    name: String,
    file: Option<String>,
    media: Option<String>,
    content: Vec<u8>,
}

fn parts_in(parts: &[Part], request: &Request, found: &mut Vec<String>) {
    let media = request.header("content-type").unwrap_or_default();
    let Some((_, boundary)) = media.split_once("boundary=").filter(|(kind, _)| kind.starts_with("multipart/")) else {
        return found.push(format!("no multipart body: {media:?}"));
    };
    let came = came(&request.body, boundary.trim_matches('"'));
    if came.len() != parts.len() {
        let names: Vec<_> = came.iter().map(|part| part.name.as_str()).collect();
        return found.push(format!("{} parts, not {}: {names:?}", came.len(), parts.len()));
    }
    for (part, came) in parts.iter().zip(&came) {
        let place = format!("part {}", part.name);
        if came.name != part.name {
            found.push(format!("{place} is named {:?}", came.name));
        }
        for (what, recorded, other) in [("file", &part.file, &came.file), ("media", &part.media, &came.media)] {
            if recorded.is_some() && recorded != other {
                found.push(format!("{place}: {what} {other:?}, not {recorded:?}"));
            }
        }
        match &part.content {
            Content::Json(at_least) => json_in(&place, at_least, &came.content, found),
            Content::Raw(bytes) if *bytes == came.content => {}
            Content::Raw(bytes) => found.push(format!("{place}: {}, not {}", shown(&came.content), shown(bytes))),
        }
    }
}

/// The parts of a multipart body (RFC 7578). The content is bytes: it is found by its bounds, never read as text.
fn came(body: &[u8], boundary: &str) -> Vec<Came> {
    let bound = format!("--{boundary}");
    let mut pieces = Vec::new();
    let mut from = 0;
    while let Some(at) = find(body, bound.as_bytes(), from) {
        pieces.push(&body[from..at]);
        from = at + bound.len();
    }
    pieces.iter().skip(1).filter_map(|piece| part(piece)).collect()
}

fn part(piece: &[u8]) -> Option<Came> {
    let end = find(piece, b"\r\n\r\n", 0)?;
    let head = String::from_utf8_lossy(&piece[..end]).into_owned();
    let content = piece.get(end + 4..)?.strip_suffix(b"\r\n")?.to_vec();
    let header = |name: &str| {
        let mut headers = head.split("\r\n").filter_map(|line| line.split_once(':'));
        headers.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    let disposition = header("content-disposition")?;
    let member = |name: &str| {
        let mut members = disposition.split("; ").filter_map(|member| member.split_once('='));
        members.find(|(other, _)| *other == name).map(|(_, value)| value.trim_matches('"').to_owned())
    };
    Some(Came { name: member("name")?, file: member("filename"), media: header("content-type"), content })
}

fn find(bytes: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.windows(wanted.len()).position(|window| window == wanted).map(|at| from + at)
}

/// The beginning of a body, as far as it can be shown.
fn shown(bytes: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(bytes).chars().take(300).collect();
    format!("{text:?} ({} bytes)", bytes.len())
}
