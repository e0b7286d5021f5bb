//! The recorded server can fail a test, and says why.

use guardia::provider::http::{Fault, Http, Limits};
use serde_json::json;

use super::wire::Request;
use super::{Content, Exchange, Part, Recorded, compare, nowhere};

fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Request {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Request { method: method.into(), target: target.into(), headers, body: body.as_bytes().to_vec() }
}

fn http() -> Http {
    Http::new(Limits::default()).unwrap()
}

#[test]
fn a_request_is_compared_in_all_its_parts() {
    let exchange = || Exchange::get("/a?q=ca%C3%ADda+1&b=2").header("X-Key", "k");
    let asked = |target: &str, key: &str| {
        compare::differences(&exchange(), &request("GET", target, &[("x-key", key)], "")).join("; ")
    };
    assert_eq!(asked("/a?b=2&q=ca%c3%adda%201", "k"), "");
    assert_eq!(asked("/a?b=2", "k"), "query lacks q=\"caída 1\"");
    assert_eq!(asked("/b?b=2&q=ca%C3%ADda+1&c=3", "k"), "path /b, not /a; query has c=\"3\"");
    assert_eq!(asked("/a?b=2&q=ca%C3%ADda+1", "l"), "header X-Key: \"l\", not \"k\"");
    let other = request("POST", "/a?b=2&q=ca%C3%ADda+1", &[], "x");
    let found = compare::differences(&exchange(), &other);
    assert_eq!(found[..2], ["another method", "header X-Key is missing"]);
    assert_eq!(found[2], "a body although none was recorded: \"x\" (1 bytes)");
}

#[test]
fn a_body_is_compared_by_what_it_is() {
    let found =
        |exchange: Exchange, body: &str| compare::differences(&exchange, &request("POST", "/", &[], body)).join("; ");
    let json = || Exchange::post("/").json(json!({"a": {"b": [1, {"c": 2}]}, "gone": null}));
    assert_eq!(found(json(), r#"{"a": {"b": [1, {"c": 2, "d": 3}], "e": 4}}"#), "");
    assert_eq!(found(json(), r#"{"a": {"b": [1, {"c": 3}]}}"#), "body.a.b[1].c is 3, not 2");
    assert_eq!(found(json(), r#"{"a": {"b": [1]}}"#), r#"body.a.b is [1], not [1,{"c":2}]"#);
    assert_eq!(found(json(), r#"{"a": {"b": [1, {"c": 2}]}, "gone": 1}"#), "body.gone is 1, not null");
    assert!(found(json(), "{").starts_with("body is no JSON"));
    let form = || Exchange::post("/").form(&[("content", "id: 1\n")]);
    assert_eq!(found(form(), "content=id%3A+1%0A"), "");
    assert_eq!(found(form(), ""), "form lacks content=\"id: 1\\n\"");
    assert_eq!(found(Exchange::post("/").raw("RIFF"), "RIFF"), "");
    assert!(found(Exchange::post("/").raw("RIFF"), "RIFX").starts_with("body \"RIFX\""));
    assert_eq!(found(Exchange::put("/").any_body(), "x"), "another method");
}

#[test]
fn the_parts_of_a_multipart_body_are_compared_one_by_one() {
    let parts = || {
        let content = Content::Json(json!({"a": 1}));
        vec![
            Part { name: "manifest", file: None, media: Some("application/json".into()), content },
            Part { name: "file", file: Some("a.wav".into()), media: None, content: Content::Raw(b"RI\r\nFF".to_vec()) },
        ]
    };
    let body = "--x\r\nContent-Disposition: form-data; name=\"manifest\"\r\nContent-Type: application/json\r\n\r\n\
                {\"a\":1}\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n\
                RI\r\nFF\r\n--x--\r\n";
    let found = |body: &str| {
        let head = [("content-type", "multipart/form-data; boundary=x")];
        compare::differences(&Exchange::post("/").parts(parts()), &request("POST", "/", &head, body)).join("; ")
    };
    assert_eq!(found(body), "");
    assert_eq!(found(&body.replace("a.wav", "b.wav")), "part file: file Some(\"b.wav\"), not Some(\"a.wav\")");
    assert_eq!(found(&body.replace("FF", "FX")), "part file: \"RI\\r\\nFX\" (6 bytes), not \"RI\\r\\nFF\" (6 bytes)");
    assert_eq!(found("--x--\r\n"), "0 parts, not 2: []");
    let bare = compare::differences(&Exchange::post("/").parts(parts()), &request("POST", "/", &[], body));
    assert_eq!(bare, ["no multipart body: \"\""]);
}

#[tokio::test]
async fn exchanges_are_played_in_their_order() {
    let store = Recorded::play(vec![
        Exchange::get("/one").header("Authorization", "Bearer t").answers(200, json!({"self": "{base}/one"})),
        Exchange::post("/two").any_body().with("Retry-After", "7").answers_nothing(429),
        Exchange::get("/three").answers_bytes(200, "audio/wav", b"\xff\x00"),
        Exchange::post("/four").any_body().loses(),
        Exchange::get("/five").closes(),
        Exchange::get("/six").floods(200),
    ])
    .await;
    let (http, at) = (http(), |path: &str| format!("{}{path}", store.url()));
    let token = guardia::provider::Secret::new("t");
    let (status, body) = http.get(&at("/one"), Some(&token)).await.unwrap();
    assert_eq!((status, String::from_utf8(body).unwrap()), (200, format!(r#"{{"self":"{}"}}"#, at("/one"))));
    assert_eq!(http.press(&at("/two")).await.unwrap().0, 429);
    assert_eq!(http.get(&at("/three"), None).await.unwrap().1, b"\xff\x00");
    assert_eq!(http.press(&at("/four")).await, Err(Fault::Broken));
    assert_eq!(http.get(&at("/five"), None).await, Err(Fault::Broken));
    assert_eq!(http.get(&at("/six"), None).await, Err(Fault::TooLarge));
    store.done();
    assert_eq!(http.get(&nowhere().await, None).await, Err(Fault::Unreachable));
}

#[tokio::test]
#[should_panic(expected = "never asked for: GET /one")]
async fn what_is_never_asked_for_fails_the_test() {
    Recorded::play(vec![Exchange::get("/one").answers_nothing(200)]).await.done();
}

#[tokio::test]
#[should_panic(expected = "asked:    GET /two\nrecorded: GET /one\n  path /two, not /one")]
async fn what_is_asked_otherwise_fails_the_test() {
    let store = Recorded::play(vec![Exchange::get("/one").answers_nothing(200)]).await;
    assert_eq!(http().get(&format!("{}/two", store.url()), None).await.unwrap().0, 501);
    store.done();
}

#[tokio::test]
#[should_panic(expected = "asked for although nothing was left: GET /one")]
async fn what_is_asked_beyond_the_script_fails_the_test() {
    let store = Recorded::play(Vec::new()).await;
    let _ = http().get(&format!("{}/one", store.url()), None).await;
    store.done();
}

#[tokio::test]
#[should_panic(expected = "end the test with `done()`")]
async fn a_test_that_does_not_end_with_done_fails() {
    drop(Recorded::play(Vec::new()).await);
}
