//! What goes wrong, each told as a problem (RFC 9457), and nothing of it done.

use serde_json::{Value, json};

use crate::Desk;
use crate::client::{Answer, Client};

const TICKETS: &str = "/api/v1/tickets";

/// Everything that can be read.
async fn everything(reader: &Client, ticket: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for path in
        [TICKETS, ticket, &format!("{ticket}/comments"), &format!("{ticket}/attachments"), &format!("{ticket}/history")]
    {
        all.push(reader.read(path).await);
    }
    all
}

/// The answer is a problem with this status, code, and pointer of its first flaw where one is named.
fn is_problem(answer: &Answer, status: u16, code: &str, pointer: &str, what: &str) {
    let told = answer.json();
    assert_eq!(answer.status, status, "{what}: {told}");
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
    assert_eq!((&told["status"], &told["code"]), (&json!(status), &json!(code)), "{what}: {told}");
    for member in ["type", "title", "detail"] {
        assert!(told[member].as_str().is_some_and(|text| !text.is_empty()), "{what}: {told}");
    }
    if !pointer.is_empty() {
        assert_eq!(told["errors"][0]["pointer"], pointer, "{what}: {told}");
    }
}

pub async fn what_is_refused_changes_nothing(desk: &Desk) {
    let portal = &desk.portal;
    let good = json!({ "kind": "incident", "severity": "major", "subject": "No abre", "external_id": "A-1" });
    let path = portal.post(TICKETS, &good).await.header("location").to_owned();
    portal.post(TICKETS, &json!({ "kind": "change", "subject": "Otro", "external_id": "A-2" })).await;
    let (state, comments) = (format!("{path}/state"), format!("{path}/comments"));
    let before = everything(&desk.reader, &path).await;
    let with = |field: &str, value: Value| {
        let mut ticket = json!({ "kind": "incident", "subject": "No abre" });
        ticket[field] = value;
        ticket
    };
    for (body, status, code, pointer) in [
        (json!({}), 400, "invalid_request", ""),
        (json!([]), 400, "invalid_request", ""),
        (json!({ "kind": "incident" }), 400, "invalid_request", ""),
        (with("severity", json!("urgent")), 400, "invalid_request", "/severity"),
        (with("kind", json!("bug")), 400, "invalid_request", "/kind"),
        (with("state", json!("closed")), 400, "invalid_request", "/state"),
        (with("requester", json!({ "phone": "5550142" })), 400, "invalid_request", "/requester/phone"),
        (with("requester", json!({ "age": 5 })), 400, "invalid_request", "/requester/age"),
        (with("body", json!("a\u{0}b")), 400, "invalid_request", "/body"),
        (with("subject", json!("ñ".repeat(201))), 422, "unprocessable", "/subject"),
        (with("subject", json!("")), 422, "unprocessable", "/subject"),
        (with("subject", json!("dos\nlíneas")), 422, "unprocessable", "/subject"),
        (with("body", json!("🏛".repeat(20_001))), 422, "unprocessable", "/body"),
        (with("requester", json!({ "email": "marta" })), 422, "unprocessable", "/requester/email"),
        (with("external_id", json!("x".repeat(101))), 422, "unprocessable", "/external_id"),
        (with("external_id", json!(desk.case)), 422, "unprocessable", "/external_id"),
        (with("external_id", json!("A-1")), 409, "conflict", ""),
        (with("body", json!("a".repeat(600_000))), 413, "too_large", ""),
    ] {
        let told = body.to_string();
        is_problem(&portal.post(TICKETS, &body).await, status, code, pointer, told.get(..80).unwrap_or(&told));
    }
    for (method, place, headers, body, status, code) in [
        ("POST", TICKETS, vec![("Content-Type", "text/plain")], "{}", 415, "unsupported_type"),
        ("POST", TICKETS, vec![("Content-Type", "application/json")], "{", 400, "malformed_body"),
        ("DELETE", path.as_str(), vec![], "", 405, "method_not_allowed"),
        ("PATCH", &path, vec![("Content-Type", "application/json")], "{\"subject\":\"x\"}", 428, "version_needed"),
        ("POST", &state, vec![("Content-Type", "application/json")], "{\"state\":\"open\"}", 428, "version_needed"),
    ] {
        let answer = portal.send(method, place, &headers, body.as_bytes()).await;
        is_problem(&answer, status, code, "", &format!("{method} {place} {body}"));
    }
    for (method, place, etag, body, status, code, pointer) in [
        ("PATCH", path.as_str(), "\"2\"", json!({ "subject": "x" }), 412, "changed", ""),
        ("PATCH", &path, "\"abc\"", json!({ "subject": "x" }), 412, "changed", ""),
        ("PATCH", &path, "*", json!({ "subject": "x" }), 400, "invalid_request", "#/header/If-Match"),
        ("PATCH", &path, "\"1\"", json!({ "subject": null }), 400, "invalid_request", "/subject"),
        ("PATCH", &path, "\"1\"", json!({ "state": "closed" }), 400, "invalid_request", "/state"),
        ("PATCH", &path, "\"1\"", json!({ "subject": "a".repeat(201) }), 422, "unprocessable", "/subject"),
        ("PATCH", &path, "\"1\"", json!({ "external_id": "A-2" }), 409, "conflict", ""),
        ("POST", &state, "\"7\"", json!({ "state": "open" }), 412, "changed", ""),
        ("POST", &state, "\"1\"", json!({ "state": "closed" }), 409, "conflict", ""),
        ("POST", &state, "\"1\"", json!({ "state": "new", "note": "" }), 422, "unprocessable", "/note"),
        ("POST", &state, "\"1\"", json!({ "state": "gone" }), 400, "invalid_request", "/state"),
        ("POST", &comments, "", json!({ "text": "" }), 422, "unprocessable", "/text"),
        ("POST", &comments, "", json!({ "text": "a".repeat(20_001) }), 422, "unprocessable", "/text"),
        ("POST", &comments, "", json!({ "text": "a", "mark": "x" }), 400, "invalid_request", "/mark"),
        ("PATCH", "/api/v1/tickets/A-9", "\"1\"", json!({}), 404, "not_found", ""),
        ("POST", "/api/v1/tickets/A-9/state", "\"1\"", json!({ "state": "open" }), 404, "not_found", ""),
        ("POST", "/api/v1/tickets/A-9/comments", "", json!({ "text": "a" }), 404, "not_found", ""),
    ] {
        let answer = portal.change(method, place, etag, &body).await;
        is_problem(&answer, status, code, pointer, &format!("{method} {place} {etag}"));
    }
    for query in [
        "limit=0",
        "limit=101",
        "limit=x",
        "after=x",
        "after=",
        "order=random",
        "kind=bug",
        "state=gone",
        "x=1",
        "updated_since=yesterday",
        "limit=1&limit=2",
    ] {
        let answer = portal.get(&format!("{TICKETS}?{query}")).await;
        is_problem(&answer, 400, "invalid_request", "", query);
    }
    // A place in one order is none in another.
    let next = portal.read(&format!("{TICKETS}?limit=1")).await["next"].as_str().unwrap().to_owned();
    let answer = portal.get(&format!("{TICKETS}?limit=1&order=oldest&after={next}")).await;
    is_problem(&answer, 400, "invalid_request", "#/query/after", "another order");
    // Who may not.
    is_problem(&desk.nobody.post(TICKETS, &good).await, 401, "unauthorized", "", "nobody");
    is_problem(&desk.nobody.get(&path).await, 401, "unauthorized", "", "nobody");
    is_problem(&desk.reader.post(TICKETS, &good).await, 403, "missing_scope", "", "reader");
    let edit = json!({ "subject": "x" });
    is_problem(&desk.reader.change("PATCH", &path, "\"1\"", &edit).await, 403, "missing_scope", "", "reader");
    is_problem(&desk.reader.post(&comments, &json!({ "text": "a" })).await, 403, "missing_scope", "", "reader");
    assert_eq!(everything(&desk.reader, &path).await, before);
}

pub async fn a_file_that_is_refused_leaves_nothing(desk: &Desk) {
    let portal = &desk.portal;
    let ticket = json!({ "kind": "incident", "subject": "No abre" });
    let path = portal.post(TICKETS, &ticket).await.header("location").to_owned();
    let before = everything(&desk.reader, &path).await;
    let (files, text) = (format!("{path}/attachments"), [("Content-Type", "text/plain")]);
    let at = |query: &str| format!("{files}?{query}");
    let long = "x".repeat(201);
    for (query, media, pointer) in [
        (String::new(), "text/plain", "#/query/name"),
        (at("name="), "text/plain", "#/query/name"),
        (at("name=..%2Fpasswd"), "text/plain", "#/query/name"),
        (at("name=a%0Ab"), "text/plain", "#/query/name"),
        (at(&format!("name={long}")), "text/plain", "#/query/name"),
        (at("name=a&x=1"), "text/plain", "#/query/x"),
        (at("name=a.txt"), "text", "#/header/Content-Type"),
    ] {
        let place = if query.is_empty() { files.clone() } else { query };
        let answer = portal.send("POST", &place, &[("Content-Type", media)], b"a").await;
        is_problem(&answer, 400, "invalid_request", pointer, &place);
    }
    // Too large: as announced, before it is sent, and as counted, when nobody had said so.
    let good = at("name=a.txt");
    let announced = [("Content-Type", "text/plain"), ("Content-Length", "1048577")];
    let answer = portal.wire("POST", &good, &announced, b"").await;
    is_problem(&answer, 413, "too_large", "", "announced");
    assert_eq!(answer.json()["limit"], 1_048_576);
    let answer = portal.stream("POST", &good, &text, &vec![7; 1024 * 1024 + 1]).await;
    is_problem(&answer, 413, "too_large", "", "counted");
    // Cut off in the middle.
    portal.break_off("POST", &good, &[("Content-Length", "1000")], b"half").await;
    portal.break_off("POST", &good, &[("Transfer-Encoding", "chunked")], b"4\r\nhalf\r\n4\r\nha").await;
    is_problem(&desk.reader.send("POST", &good, &text, b"a").await, 403, "missing_scope", "", "reader");
    is_problem(&desk.nobody.send("POST", &good, &text, b"a").await, 401, "unauthorized", "", "nobody");
    let nowhere = "/api/v1/tickets/A-9/attachments?name=a.txt";
    is_problem(&portal.send("POST", nowhere, &text, b"a").await, 404, "not_found", "", "no ticket");
    assert_eq!(everything(&desk.reader, &path).await, before);
    assert_eq!(desk.kept_files(), Vec::<std::path::PathBuf>::new(), "no content, whole or half");
    // What is there is read within its ends, and nowhere else.
    let made = portal.send("POST", &good, &text, b"0123456789").await;
    let place = made.header("location").to_owned();
    let beyond = portal.send("GET", &place, &[("Range", "bytes=10-")], b"").await;
    is_problem(&beyond, 416, "beyond_end", "", "beyond");
    assert_eq!(beyond.header("content-range"), "bytes */10");
    for number in ["1", "99", "x", "-1"] {
        is_problem(&portal.get(&format!("{files}/{number}")).await, 404, "not_found", "", number);
    }
    is_problem(&desk.nobody.get(&place).await, 401, "unauthorized", "", "nobody");
    assert_eq!(desk.kept_files().len(), 1);
}
