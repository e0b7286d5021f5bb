//! A described store, by `ticket-store.example.toml`: the store is made up, and the page says all that is known of it. Every
//! operation of the page is played once.

use guardia::incident::State;
use guardia::provider::Secret;
use guardia::provider::ticketing::{Capabilities, Changed, Described, Settings, TicketStore, Verdict};
use guardia::ticket::{Field, RemoteAttachment, differences};
use serde_json::{Value, json};

use crate::recorded::{Content, Exchange, Part, Recorded, nowhere};
use crate::sample::{CASE, at, case, comment, is_trouble, recording, settings};

const PAGE: &str = include_str!("../../ticket-store.example.toml");

/// The least that a page can be.
const LEAST: &str = r#"
[places.ticket]
id = "id"
subject = "title"
state = "state"
[create]
method = "POST"
path = "/t"
json = '{ "title": {{ case.subject }} }'
"#;

fn of(url: &str) -> Settings {
    settings(url, "línea", &[], &[])
}

fn store(url: &str) -> Described {
    Described::new(of(url), PAGE).unwrap()
}

/// A store of another page.
fn other(url: &str, page: &str) -> Described {
    Described::new(of(url), page).unwrap()
}

fn signed(exchange: Exchange) -> Exchange {
    exchange.header("Authorization", "Bearer s3cret").header("Accept", "application/json")
}

fn ticket(id: u64, external_id: Option<&str>, state: &str) -> Value {
    json!({
        "id": id, "title": "[26000019] Caída de la señal en Ñagua: ¿cuándo vuelve?", "status": {"code": state, "label": "x"},
        "changed": "2026-11-27 04:05:08", "merged_into": null, "severity": "critical", "due": "2026-11-27 08:05:06",
        "custom": [{"name": "floor", "value": "2"}, {"name": "case", "value": external_id}],
    })
}

fn found(answer: &Value) -> Exchange {
    let query = format!("/tickets?desk=l%C3%ADnea&custom.case={CASE}&per_page=50");
    signed(Exchange::get(query)).answers(200, json!({"tickets": answer}))
}

#[tokio::test]
async fn tickets_are_found_by_the_number_that_stands_in_the_answer() {
    let mut merged = ticket(18, Some(CASE), "closed");
    merged["merged_into"] = json!({"id": 19});
    let answer =
        json!([ticket(100, Some(CASE), "new"), ticket(19, Some(CASE), "new"), merged, ticket(21, None, "new")]);
    let played = Recorded::play(vec![found(&answer), found(&json!([]))]).await;
    let store = store(played.url());
    let remote = store.find(CASE).await.unwrap();
    assert_eq!(remote.iter().map(|ticket| ticket.id.as_str()).collect::<Vec<_>>(), ["19", "100"]);
    assert_eq!((remote[0].state.as_str(), remote[0].updated_at), ("new", Some(at("2026-11-27T04:05:08Z"))));
    assert_eq!(store.mapped(), [Field::ExternalId, Field::Severity, Field::FirstResponseDue]);
    assert_eq!(differences(&case(), &remote[0], &store.mapped()), []);
    assert!(store.find(CASE).await.unwrap().is_empty());
    played.done();
}

#[tokio::test]
async fn strangers_prove_that_the_condition_was_not_used() {
    let played =
        Recorded::play(vec![found(&json!([ticket(1, None, "new"), ticket(2, Some("26000027"), "new")]))]).await;
    is_trouble(&store(played.url()).find(CASE).await.unwrap_err(), Verdict::Refused, "places.fields.external_id");
    played.done();
}

#[tokio::test]
async fn a_ticket_is_made_under_a_key_that_the_store_knows_again() {
    let post = || signed(Exchange::post("/tickets")).header("Idempotency-Key", format!("create/{CASE}"));
    let body = json!({"ticket": {
        "desk": "línea", "title": "[26000019] Caída de la señal en Ñagua: ¿cuándo vuelve?",
        "text": "Reportado por teléfono.\nServicio: expedición de cédulas.",
        "customer": {"mail": "mesa@institucion.example"}, "severity": "critical", "due": "2026-11-27 08:05:06",
        "custom": [{"name": "case", "value": CASE}],
    }});
    let nobodys = json!({"ticket": {"customer": null, "severity": null, "due": null}});
    let played = Recorded::play(vec![
        post().json(body).answers(201, json!({"ticket": {"id": 19}})),
        post().json(nobodys).answers(201, json!({"ticket": {"id": "a-20"}})),
        post().any_body().answers(201, json!({"ok": true})),
        post().any_body().loses(),
    ])
    .await;
    let store = store(played.url());
    assert_eq!(store.create(&case()).await.unwrap(), "19");
    let mut nobody = case();
    nobody.requester = None;
    nobody.values.retain(|field, _| *field == Field::ExternalId);
    assert_eq!(store.create(&nobody).await.unwrap(), "a-20");
    is_trouble(&store.create(&case()).await.unwrap_err(), Verdict::Unknown, "cannot be read");
    is_trouble(&store.create(&case()).await.unwrap_err(), Verdict::Unknown, "create a ticket");
    played.done();
}

#[tokio::test]
async fn a_ticket_is_read_where_it_went_and_a_dropped_value_shows() {
    let read = |id: u64| signed(Exchange::get(format!("/tickets/{id}")));
    let mut merged = ticket(20, None, "closed");
    merged["merged_into"] = json!({"id": 19});
    let mut dropped = ticket(19, Some(CASE), "new");
    dropped["severity"] = Value::Null;
    let played = Recorded::play(vec![
        read(20).answers(200, json!({"ticket": merged})),
        read(19).answers(200, json!({"ticket": dropped})),
        read(21).answers(404, json!({})),
        signed(Exchange::get("/tickets/a%2Fb%3Fc")).answers(404, json!({})),
    ])
    .await;
    let store = store(played.url());
    let remote = store.read("20").await.unwrap().unwrap();
    assert_eq!(remote.id, "19");
    assert_eq!(differences(&case(), &remote, &store.mapped()), [Field::Severity]);
    assert_eq!(store.read("21").await.unwrap(), None);
    assert_eq!(store.read("a/b?c").await.unwrap(), None);
    for away in ["..", "."] {
        is_trouble(&store.read(away).await.unwrap_err(), Verdict::Refused, "stay below the store's address");
    }
    played.done();
}

#[tokio::test]
async fn fields_and_states_are_written() {
    let fields = json!({
        "title": "[26000019] Caída de la señal en Ñagua: ¿cuándo vuelve?", "severity": null, "due": "2026-11-27 08:05:06",
    });
    let patched = signed(Exchange::new("PATCH", "/tickets/19")).header("Content-Type", "application/merge-patch+json");
    let told = |path: &str, word: &str| {
        signed(Exchange::post(path)).form(&[("status", word), ("by", "guardia@example.com")]).answers_nothing(204)
    };
    let played = Recorded::play(vec![
        patched.json(fields).answers(200, json!({})),
        told("/tickets/19/status", "in_progress"),
        told("/tickets/19/close", "closed"),
    ])
    .await;
    let mut settings = of(played.url());
    settings.states.insert(State::Resolved, " ".into());
    let store = Described::new(settings, PAGE).unwrap();
    let mut unknown = case();
    unknown.values.remove(&Field::Severity);
    store.update("19", &unknown).await.unwrap();
    store.set_state("19", State::Acknowledged).await.unwrap();
    store.set_state("19", State::Cancelled).await.unwrap();
    assert_eq!(store.state_word(State::Received).as_deref(), Some("new"));
    assert_eq!(store.state_word(State::Resolved), None);
    store.set_state("19", State::Resolved).await.unwrap();
    played.done();
}

#[tokio::test]
async fn comments_are_written_and_known_again_by_their_author() {
    let entry = |id: u64, author: &str, internal: bool, written: &str| {
        json!({"id": id, "text": "Asumido por María Núñez.\n[26000019/4]", "author": {"login": author}, "internal": internal,
            "written": written})
    };
    let post = || signed(Exchange::post("/tickets/19/comments")).header("Idempotency-Key", "comment/26000019/4");
    let text = "Asumido por María Núñez.\n[26000019/4]";
    let played = Recorded::play(vec![
        post().json(json!({"text": text, "internal": true})).answers(201, json!({})),
        post().json(json!({"text": text, "internal": false})).answers_nothing(204),
        signed(Exchange::get("/tickets/19/comments")).answers(
            200,
            json!([
                entry(8, "ana", false, "2026-11-27 05:00:00"),
                entry(7, "Guardia@example.com", true, "2026-11-27 04:00:00"),
            ]),
        ),
    ])
    .await;
    let store = store(played.url());
    store.comment("19", &comment(false)).await.unwrap();
    store.comment("19", &comment(true)).await.unwrap();
    let comments = store.comments("19").await.unwrap();
    let seen: Vec<_> = comments.iter().map(|comment| (comment.id.as_str(), comment.public, comment.ours)).collect();
    assert_eq!(seen, [("7", false, true), ("8", true, false)]);
    assert_eq!(comments[0].at, Some(at("2026-11-27T04:00:00Z")));
    assert!(comment(true).is_in(&comments[0].text));
    played.done();
}

#[tokio::test]
async fn a_file_is_a_part_of_a_body_a_body_or_a_text_in_it() {
    let name = "26000019-RE1.wav";
    let bytes = recording().bytes;
    let part = |name, file: Option<&str>, media: Option<&str>, content: &[u8]| Part {
        name,
        file: file.map(str::to_owned),
        media: media.map(str::to_owned),
        content: Content::Raw(content.to_vec()),
    };
    let parts = vec![part("note", None, None, name.as_bytes()), part("file", Some(name), Some("audio/wav"), &bytes)];
    let raw = PAGE.replace(
        "multipart = [{ name = \"note\", text = \"{{ file.name }}\" }, { name = \"file\", file = true }]",
        "raw = true\nquery = { name = \"{{ file.name }}\" }",
    );
    let text = PAGE
        .replace(
            "multipart = [{ name = \"note\", text = \"{{ file.name }}\" }, { name = \"file\", file = true }]",
            "json = '{ \"name\": {{ file.name }}, \"content\": {{ file.base64 }} }'",
        )
        .replace("[fetch]\n", "[fetch]\ncontent = \"file.content\"\n");
    let key = format!("attach/{name}");
    let post = |target: &str| signed(Exchange::post(target)).header("Idempotency-Key", key.clone());
    let listed = json!({"files": [{"id": "f/1", "name": name, "bytes": 8}, {"id": 2, "name": "otra.pdf"}]});
    let content = json!({"file": {"content": "UklGRgD/\nDQo="}});
    let played = Recorded::play(vec![
        post("/tickets/19/files").parts(parts).answers(201, json!({})),
        post(&format!("/tickets/19/files?name={name}"))
            .header("Content-Type", "audio/wav")
            .raw(bytes.clone())
            .answers(201, json!({})),
        post("/tickets/19/files").json(json!({"name": name, "content": "UklGRgD/DQo="})).answers(201, json!({})),
        signed(Exchange::get("/tickets/19/files")).answers(200, listed),
        signed(Exchange::get("/tickets/19/files/f%2F1")).answers_bytes(200, "audio/wav", bytes.clone()),
        signed(Exchange::get("/tickets/19/files/f%2F1")).answers(200, content),
    ])
    .await;
    let (store, raw, text) = (store(played.url()), other(played.url(), &raw), other(played.url(), &text));
    for store in [&store, &raw, &text] {
        store.attach("19", &recording()).await.unwrap();
    }
    let files = store.attachments("19").await.unwrap();
    let first = RemoteAttachment { id: "f/1".into(), name: name.into(), size: Some(8) };
    assert_eq!(files, [first.clone(), RemoteAttachment { id: "2".into(), name: "otra.pdf".into(), size: None }]);
    assert_eq!(store.fetch("19", &first).await.unwrap(), bytes);
    assert_eq!(text.fetch("19", &first).await.unwrap(), bytes);
    played.done();
}

#[tokio::test]
async fn a_yes_that_says_no_is_none() {
    let merge = || signed(Exchange::post("/tickets/19/merge")).json(json!({"merge": ["20"]}));
    let played = Recorded::play(vec![
        merge().answers(200, json!({"result": {"code": "merged"}})),
        merge().answers(200, json!({"result": {"code": "locked"}})),
    ])
    .await;
    let store = store(played.url());
    store.merge("20", "19").await.unwrap();
    is_trouble(&store.merge("20", "19").await.unwrap_err(), Verdict::Refused, "says that it was not done");
    played.done();
}

#[tokio::test]
async fn what_changed_comes_the_earliest_first() {
    let changed = |id: u64, external_id: Option<&str>, at: &str| {
        let mut ticket = ticket(id, external_id, "new");
        ticket["changed"] = at.into();
        ticket
    };
    let query = "/tickets?desk=l%C3%ADnea&changed_since=2026-11-27+04:00:00&order=changed&per_page=200";
    let tickets = json!([
        changed(20, None, "2026-11-27 04:30:00"),
        changed(19, Some(CASE), "2026-11-27 04:00:00"),
        changed(18, None, "2026-11-27 03:59:59"),
    ]);
    let played = Recorded::play(vec![signed(Exchange::get(query)).answers(200, json!({"tickets": tickets}))]).await;
    let changes = store(played.url()).changed(at("2026-11-27T04:00:00.5Z")).await.unwrap();
    let change = |id: &str, external_id: Option<&str>, instant| Changed {
        id: id.to_owned(),
        external_id: external_id.map(str::to_owned),
        at: at(instant),
    };
    assert_eq!(changes, [change("19", Some(CASE), "2026-11-27T04:00:00Z"), change("20", None, "2026-11-27T04:30:00Z")]);
    played.done();
}

#[tokio::test]
async fn refusals_and_failures_are_told_apart() {
    let read = || signed(Exchange::get("/tickets/19"));
    let played = Recorded::play(vec![
        read().answers(401, json!({"error": "bad token"})),
        read().answers(429, json!({})).with("Retry-After", "30"),
        read().answers(302, json!({})),
        read().floods(200),
        read().loses(),
        read().answers_text(200, "text/html", "<html>mantenimiento</html>"),
        read().answers(200, json!({"ticket": {"title": "sin id"}})),
    ])
    .await;
    let store = store(played.url());
    let mut troubles = Vec::new();
    for _ in 0..7 {
        troubles.push(store.read("19").await.unwrap_err());
    }
    for (trouble, (verdict, word)) in troubles.iter().zip([
        (Verdict::Refused, "look at the secret and at headers"),
        (Verdict::Busy, "429"),
        (Verdict::Refused, "another address"),
        (Verdict::Unknown, "too large"),
        (Verdict::Unknown, "read a ticket"),
        (Verdict::Unknown, "cannot be read"),
        (Verdict::Unknown, "cannot be read"),
    ]) {
        is_trouble(trouble, verdict, word);
    }
    played.done();
    let away = self::store(&nowhere().await).read("19").await.unwrap_err();
    is_trouble(&away, Verdict::Away, "no connection");
}

#[tokio::test]
async fn the_check_asks_who_we_are_and_for_a_number_that_nobody_has() {
    let nobodys = "/tickets?desk=l%C3%ADnea&custom.case=00000001&per_page=50";
    let me = || signed(Exchange::get("/me"));
    let played = Recorded::play(vec![
        me().answers(200, json!({})),
        signed(Exchange::get(nobodys)).answers(200, json!({"tickets": []})),
        me().answers(401, json!({})),
        signed(Exchange::get(nobodys)).answers(200, json!({"tickets": [ticket(1, None, "new")]})),
    ])
    .await;
    let store = store(played.url());
    let good = store.check().await;
    assert!(good.iter().all(|finding| finding.result.is_ok()), "{good:?}");
    let bad = store.check().await;
    let what: Vec<_> =
        bad.iter().filter(|finding| finding.result.is_err()).map(|finding| finding.what.as_str()).collect();
    assert_eq!(what, ["credentials", "find"]);
    played.done();
}

#[tokio::test]
async fn what_a_page_leaves_out_is_no_capability() {
    let store = other("https://t.example", LEAST);
    let nothing = Capabilities {
        find: false,
        comment: false,
        attach: false,
        state: false,
        update: false,
        merge: false,
        changes: false,
        largest_file: 33_554_432,
    };
    assert_eq!(store.capabilities(), nothing);
    assert_eq!(store.state_word(State::Received), None);
    is_trouble(&store.find(CASE).await.unwrap_err(), Verdict::Refused, "no such operation");
    let all = self::store("https://t.example").capabilities();
    assert_eq!(all.largest_file, 20_971_520);
    assert!(all.find && all.comment && all.attach && all.state && all.update && all.merge && all.changes);
}

#[test]
fn the_settings_win_over_the_page() {
    let mut settings = of("https://t.example");
    settings.fields.insert(Field::Severity, String::new());
    settings.fields.insert(Field::Channel, "/channel/code".into());
    settings.states.insert(State::Received, "open".into());
    let store = Described::new(settings.clone(), PAGE).unwrap();
    assert_eq!(store.mapped(), [Field::ExternalId, Field::FirstResponseDue, Field::Channel]);
    assert_eq!(store.state_word(State::Received).as_deref(), Some("open"));
    settings.fields.insert(Field::Channel, "a..b".into());
    let error = Described::new(settings, PAGE).unwrap_err().to_string();
    assert!(error.contains("fields.channel") && error.contains("write names with dots"), "{error}");
}

#[test]
fn a_page_that_cannot_be_followed_names_the_key_and_the_mend() {
    for (from, to, words) in [
        ("[read]\n", "[reed]\n", ["description: line", "unknown field `reed`"]),
        ("method = \"PATCH\"", "method = \"PACH\"", ["unknown variant `PACH`", "description: line"]),
        ("id = \"id\"\nsubject", "subject", ["missing field `id`", "description: line"]),
        ("items = \"tickets\"\n\n# Knows id. A", "# Knows id. A", ["find.items", "\"\" where the answer is the list"]),
        ("updated_at = \"changed\"\n", "", ["places.ticket.updated_at", "where there is changed"]),
        ("external_id = \"custom[name=case].value\"\n", "", ["places.fields.external_id", "found by it"]),
        (
            "item = \"ticket\"\n\n# Knows external_id",
            "items = \"x\"\n# Knows external_id",
            ["create.items", "take it out"],
        ),
        (
            "\"title\": {{ case.subject }},\n    \"text\"",
            "\"title\": \"{{ case.subject }}\",\n    \"text\"",
            ["create.json: line 4", "without quotation marks"],
        ),
        (
            "{{ case.body }}",
            "{{ case.boddy }}",
            ["create.json: line 5", "what is known here: queue, user, options, case"],
        ),
        ("path = \"/me\"", "path = \"/../me\"", ["check.path", "stay below the store's address"]),
        ("path = \"/me\"", "path = \"/me?x=1\"", ["check.path", "stands in query"]),
        ("path = \"/me\"", "path = \"/me/{{ secret }}\"", ["check.path", "not known here"]),
        ("path = \"/me\"", "path = \"/me/{{ user\"", ["check.path", "syntax error"]),
        (
            "Accept = \"application/json\"",
            "Host = \"evil.example\"",
            ["headers.Host", "no header that a description can set"],
        ),
        ("Bearer {{ secret }}", "Bearer {{ sekret }}", ["headers.Authorization", "not known here"]),
        ("instants = \"%Y-%m-%d %H:%M:%S\"", "instants = \"%Y-%m-%d\"", ["description: line", "keeps seconds"]),
        (
            "{ name = \"file\", file = true }]\n\n# Knows id.\n[atta",
            "{ name = \"file\" }]\n\n# Knows id.\n[atta",
            ["attach.multipart", "one of both"],
        ),
        ("[comments]\n", "[state2]\n", ["unknown field `state2`", "line"]),
    ] {
        let page = PAGE.replacen(from, to, 1);
        assert_ne!(page, PAGE, "{from}");
        let error = Described::new(of("https://t.example"), &page).unwrap_err().to_string();
        assert!(words.iter().all(|word| error.contains(word)), "{to}: {error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
    let page = PAGE.replacen("[read]", "[reed]", 1);
    let before = page.split("[reed]").next().unwrap_or_default();
    let line = format!("description: line {}: ", before.matches('\n').count() + 1);
    let error = Described::new(of("https://t.example"), &page).unwrap_err().to_string();
    assert!(error.contains(&line), "{line} {error}");
}

#[test]
fn what_is_written_must_be_read_back() {
    let with = |more: &str| format!("{LEAST}{more}");
    let operation = |name: &str, more: &str| format!("[{name}]\nmethod = \"GET\"\npath = \"/x\"\n{more}\n");
    for (page, key) in [
        (with(&operation("comment", "")), "comments"),
        (with(&operation("attach", "raw = true")), "attachments"),
        (with(&operation("find", "items = \"\"")), "read"),
        (with(&operation("update", "")), "read"),
        (with(&operation("comments", "items = \"\"")), "places.comment"),
    ] {
        let error = Described::new(of("https://t.example"), &page).unwrap_err().to_string();
        assert!(error.starts_with(&format!("ticketing: {key}: ")), "{error}");
    }
    let mut nobody = of("https://t.example");
    nobody.user = None;
    let error = Described::new(nobody, PAGE).unwrap_err().to_string();
    assert!(error.contains("ticketing: user:"), "{error}");
    let mut strange = of("https://t.example");
    strange.secret = Secret::new("a\u{1}b");
    let error = Described::new(strange, PAGE).unwrap_err().to_string();
    assert!(error.contains("headers.Authorization") && !error.contains('\u{1}'), "{error}");
}
