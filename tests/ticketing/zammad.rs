//! Zammad, by the maker's documents (<https://docs.zammad.org/en/latest/api/intro.html>): "REST API Introduction" for the
//! token and `expand`, "Tickets" for search, show, create and update, "Articles", "Linking Tickets", "States", "User"; the
//! search by condition and the answers of a merge as `app/controllers/tickets_controller.rb` and `lib/selector/sql.rb` of
//! zammad/zammad have them, and as its issue 5369 describes the search.

use guardia::incident::State;
use guardia::provider::ticketing::{Changed, TicketStore, Verdict, Zammad};
use guardia::ticket::{Field, RemoteAttachment, differences};
use serde_json::{Value, json};

use crate::recorded::{Exchange, Recorded};
use crate::sample::{CASE, at, case, comment, is_trouble, recording, settings};

const FIELDS: [(Field, &str); 2] = [(Field::Severity, "severity"), (Field::FirstResponseDue, "response_due")];

fn store(url: &str) -> Zammad {
    let options = [("customer", "linea@example.gob.do"), ("priority", "3 high")];
    Zammad::new(settings(url, "2nd Level", &FIELDS, &options)).unwrap()
}

fn signed(exchange: Exchange) -> Exchange {
    exchange.header("Authorization", "Token token=s3cret")
}

fn searched(attribute: &str, operator: &str, value: &str) -> Exchange {
    let condition = json!({"condition": {attribute: {"operator": operator, "value": value}}, "query": null});
    signed(Exchange::post("/api/v1/tickets/search?expand=true")).json(condition)
}

/// As "Tickets" and the expanded "Ticket payload" of the introduction show one, with the attributes of the configuration.
fn ticket(id: u64, external_id: Option<&str>, state: &str) -> Value {
    json!({
        "id": id, "group_id": 2, "priority_id": 3, "state_id": 1, "organization_id": null, "number": format!("220{id}"),
        "title": "[26000019] Caída de la señal en Ñagua: ¿cuándo vuelve?", "owner_id": 1, "customer_id": 10, "note": null,
        "first_response_at": null, "first_response_escalation_at": null, "close_at": null, "last_contact_at": null,
        "create_article_type_id": 10, "create_article_sender_id": 2, "article_count": 1, "escalation_at": null,
        "pending_time": null, "type": null, "time_unit": null, "preferences": {}, "updated_by_id": 3, "created_by_id": 3,
        "created_at": "2026-11-27T04:05:07.913Z", "updated_at": "2026-11-27T04:05:08.994Z", "article_ids": [30],
        "ticket_time_accounting_ids": [], "group": "2nd Level", "organization": null, "state": state,
        "priority": "3 high", "owner": "-", "customer": "mesa@institucion.example", "created_by": "guardia@example.com",
        "external_id": external_id, "severity": "critical", "response_due": "2026-11-27T08:05:06.000Z",
    })
}

/// As "Articles" shows one.
fn article(id: u64, author: &str, body: &str, internal: bool, files: &Value) -> Value {
    json!({
        "id": id, "ticket_id": 19, "from": "Línea", "to": "", "cc": "", "subject": "", "body": body,
        "content_type": "text/html", "type": "note", "internal": internal, "sender": "Agent", "created_by": author,
        "attachments": files, "updated_at": "2026-11-27T04:10:00.119Z", "created_at": "2026-11-27T04:10:00.119Z",
    })
}

#[tokio::test]
async fn tickets_are_found_in_the_database_by_the_attribute_that_stands_in_the_answer() {
    let played = Recorded::play(vec![
        searched("ticket.external_id", "is", CASE).answers(
            200,
            json!([ticket(20, Some(CASE), "new"), ticket(19, Some(CASE), "open"), ticket(21, None, "new")]),
        ),
        searched("ticket.external_id", "is", CASE).answers(200, json!([])),
        // The double that was merged keeps its number.
        searched("ticket.external_id", "is", CASE).answers(200, json!([ticket(19, Some(CASE), "merged")])),
    ])
    .await;
    let store = store(played.url());
    let found = store.find(CASE).await.unwrap();
    assert_eq!(found.iter().map(|ticket| ticket.id.as_str()).collect::<Vec<_>>(), ["19", "20"]);
    assert_eq!((found[0].state.as_str(), found[0].updated_at), ("open", Some(at("2026-11-27T04:05:08.994Z"))));
    assert_eq!(differences(&case(), &found[0], &store.mapped()), []);
    assert!(store.find(CASE).await.unwrap().is_empty());
    assert!(store.find(CASE).await.unwrap().is_empty());
    played.done();
}

#[tokio::test]
async fn strangers_prove_that_the_condition_was_not_used() {
    let strangers = json!([ticket(1, None, "open"), ticket(2, Some("26000027"), "open")]);
    let played = Recorded::play(vec![searched("ticket.external_id", "is", CASE).answers(200, strangers)]).await;
    let trouble = store(played.url()).find(CASE).await.unwrap_err();
    is_trouble(&trouble, Verdict::Refused, "is the attribute of external_id there?");
    played.done();
}

#[tokio::test]
async fn a_ticket_is_made_with_an_internal_note_from_the_customer() {
    let fields = json!({
        "title": "[26000019] Caída de la señal en Ñagua: ¿cuándo vuelve?",
        "group": "2nd Level",
        "customer_id": "guess:mesa@institucion.example",
        "priority": "3 high",
        "state": null,
        "external_id": CASE,
        "severity": "critical",
        "response_due": "2026-11-27T08:05:06Z",
        "article": {
            "subject": "[26000019] Caída de la señal en Ñagua: ¿cuándo vuelve?",
            "body": "Reportado por teléfono.\nServicio: expedición de cédulas.",
            "content_type": "text/plain", "type": "note", "sender": "Customer", "internal": true,
        },
    });
    let nobody = json!({"customer_id": "guess:linea@example.gob.do"});
    let played = Recorded::play(vec![
        signed(Exchange::post("/api/v1/tickets")).json(fields).answers(201, ticket(19, Some(CASE), "new")),
        signed(Exchange::post("/api/v1/tickets")).json(nobody).answers(201, ticket(20, Some(CASE), "new")),
    ])
    .await;
    let store = store(played.url());
    assert_eq!(store.create(&case()).await.unwrap(), "19");
    let mut nobodys = case();
    nobodys.requester = None;
    assert_eq!(store.create(&nobodys).await.unwrap(), "20");
    played.done();
}

#[tokio::test]
async fn a_dropped_value_shows_when_it_is_read_back() {
    let mut dropped = ticket(19, Some(CASE), "new");
    dropped["severity"] = Value::Null;
    let read = || signed(Exchange::get("/api/v1/tickets/19?expand=true"));
    let played = Recorded::play(vec![
        read().answers(200, dropped),
        read().answers(404, json!({"error": "Couldn't find Ticket with 'id'=19", "error_human": "No such ticket"})),
    ])
    .await;
    let store = store(played.url());
    let remote = store.read("19").await.unwrap().unwrap();
    assert_eq!(differences(&case(), &remote, &store.mapped()), [Field::Severity]);
    assert_eq!(store.read("19").await.unwrap(), None);
    played.done();
}

#[tokio::test]
async fn of_a_merged_ticket_the_one_that_holds_it_is_read() {
    let links = json!({
        "links": [
            {"link_type": "normal", "link_object": "Ticket", "link_object_value": 7},
            {"link_type": "parent", "link_object": "Ticket", "link_object_value": 19},
        ],
        "assets": {},
    });
    let played = Recorded::play(vec![
        signed(Exchange::get("/api/v1/tickets/20?expand=true")).answers(200, ticket(20, Some(CASE), "merged")),
        signed(Exchange::get("/api/v1/links?link_object=Ticket&link_object_value=20")).answers(200, links),
        signed(Exchange::get("/api/v1/tickets/19?expand=true")).answers(200, ticket(19, Some(CASE), "open")),
    ])
    .await;
    let remote = store(played.url()).read("20").await.unwrap().unwrap();
    assert_eq!((remote.id.as_str(), remote.state.as_str()), ("19", "open"));
    played.done();
}

#[tokio::test]
async fn fields_and_states_are_written() {
    let put = || signed(Exchange::put("/api/v1/tickets/19"));
    let fields = json!({
        "title": "[26000019] Caída de la señal en Ñagua: ¿cuándo vuelve?",
        "external_id": CASE, "severity": null, "response_due": "2026-11-27T08:05:06Z", "article": null, "state": null,
    });
    let played = Recorded::play(vec![
        put().json(fields).answers(200, ticket(19, Some(CASE), "open")),
        put().json(json!({"state": "closed", "title": null})).answers(200, ticket(19, Some(CASE), "closed")),
        put().json(json!({"state": "open"})).answers(422, json!({"error": "Invalid value '1' for field 'state_id'!"})),
    ])
    .await;
    let store = store(played.url());
    let mut unknown = case();
    unknown.values.remove(&Field::Severity);
    store.update("19", &unknown).await.unwrap();
    assert_eq!(store.state_word(State::Resolved).as_deref(), Some("closed"));
    store.set_state("19", State::Resolved).await.unwrap();
    let trouble = store.set_state("19", State::Received).await.unwrap_err();
    is_trouble(&trouble, Verdict::Refused, "core workflows");
    played.done();

    let mut quiet = settings("https://z.example", "2nd Level", &[], &[("customer", "a@b")]);
    quiet.states.insert(State::Acknowledged, String::new());
    let store = Zammad::new(quiet).unwrap();
    assert_eq!(store.state_word(State::Acknowledged), None);
    store.set_state("19", State::Acknowledged).await.unwrap();
}

#[tokio::test]
async fn comments_are_notes_and_known_again_by_their_author() {
    let post = || signed(Exchange::post("/api/v1/ticket_articles"));
    let note = |internal: bool| {
        let body = "Asumido por María Núñez.\n[26000019/4]";
        json!({
            "ticket_id": "19", "body": body, "content_type": "text/plain", "type": "note", "internal": internal,
            "sender": null, "attachments": null,
        })
    };
    let marked = "Asumido por María Núñez.<br>[26000019/4]";
    let played = Recorded::play(vec![
        post().json(note(true)).answers(201, article(31, "guardia@example.com", marked, true, &json!([]))),
        post().json(note(false)).answers(201, article(32, "guardia@example.com", marked, false, &json!([]))),
        signed(Exchange::get("/api/v1/ticket_articles/by_ticket/19")).answers(
            200,
            json!([
                article(33, "ana@example.com", "Gracias.", false, &json!([])),
                article(31, "Guardia@example.com", marked, true, &json!([])),
            ]),
        ),
    ])
    .await;
    let store = store(played.url());
    store.comment("19", &comment(false)).await.unwrap();
    store.comment("19", &comment(true)).await.unwrap();
    let comments = store.comments("19").await.unwrap();
    assert_eq!(
        comments.iter().map(|one| (one.id.as_str(), one.ours, one.public)).collect::<Vec<_>>(),
        [("31", true, false), ("33", false, true)]
    );
    assert!(comment(false).is_in(&comments[0].text));
    assert_eq!(comments[1].at, Some(at("2026-11-27T04:10:00.119Z")));
    played.done();
}

#[tokio::test]
async fn files_are_sent_in_base64_listed_and_fetched() {
    let file = json!([{"filename": "26000019-RE1.wav", "data": "UklGRgD/DQo=", "mime-type": "audio/wav"}]);
    let sent = json!({"ticket_id": "19", "body": "26000019-RE1.wav", "internal": true, "attachments": file});
    let preferences = json!({"Mime-Type": "audio/wav"});
    let listed = json!([{"id": 123, "filename": "26000019-RE1.wav", "size": "8", "preferences": preferences}]);
    let fetched = || signed(Exchange::get("/api/v1/ticket_attachment/19/31/123"));
    let played = Recorded::play(vec![
        signed(Exchange::post("/api/v1/ticket_articles"))
            .json(sent)
            .answers(201, article(31, "guardia@example.com", "26000019-RE1.wav", true, &listed)),
        signed(Exchange::get("/api/v1/ticket_articles/by_ticket/19")).answers(
            200,
            json!([
                article(30, "guardia@example.com", "-", true, &json!([])),
                article(31, "guardia@example.com", "-", true, &listed)
            ]),
        ),
        fetched().answers_bytes(200, "audio/wav", recording().bytes),
        fetched().floods(200),
        signed(Exchange::post("/api/v1/ticket_articles")).any_body().answers_nothing(413),
    ])
    .await;
    let store = store(played.url());
    store.attach("19", &recording()).await.unwrap();
    let files = store.attachments("19").await.unwrap();
    let listed = RemoteAttachment { id: "19/31/123".into(), name: "26000019-RE1.wav".into(), size: Some(8) };
    assert_eq!(files, [listed]);
    assert_eq!(store.fetch("19", &files[0]).await.unwrap(), recording().bytes);
    is_trouble(&store.fetch("19", &files[0]).await.unwrap_err(), Verdict::Unknown, "too large");
    is_trouble(&store.attach("19", &recording()).await.unwrap_err(), Verdict::Refused, "larger");
    let elsewhere = RemoteAttachment { id: "../users/1".into(), ..files[0].clone() };
    is_trouble(&store.fetch("19", &elsewhere).await.unwrap_err(), Verdict::Refused, "no id");
    played.done();
}

#[tokio::test]
async fn doubles_are_merged_by_the_number_of_the_one_that_stays() {
    let read = || signed(Exchange::get("/api/v1/tickets/19?expand=true")).answers(200, ticket(19, Some(CASE), "open"));
    let merge = || signed(Exchange::put("/api/v1/ticket_merge/20/22019"));
    let success = json!({
        "result": "success", "target_ticket": ticket(19, Some(CASE), "open"),
        "source_ticket": ticket(20, Some(CASE), "merged"),
    });
    let failed = json!({"result": "failed", "message": "The source ticket could not be found."});
    let played =
        Recorded::play(vec![read(), merge().answers(200, success), read(), merge().answers(200, failed)]).await;
    let store = store(played.url());
    store.merge("20", "19").await.unwrap();
    // A yes by its status.
    is_trouble(&store.merge("20", "19").await.unwrap_err(), Verdict::Refused, "no more");
    played.done();
}

#[tokio::test]
async fn changes_come_from_the_database_the_earliest_first() {
    let mut later = ticket(19, Some(CASE), "open");
    later["updated_at"] = "2026-11-27T05:00:00.000Z".into();
    let mut earlier = ticket(3, None, "closed");
    earlier["updated_at"] = "2026-11-27T03:59:59.000Z".into();
    let order = json!({"sort_by": "updated_at", "order_by": "asc", "limit": 200});
    let value = json!({"operator": "after (absolute)", "value": "2026-11-27T04:00:00.000Z"});
    let mut body = order;
    body["condition"] = json!({"ticket.updated_at": value});
    let played = Recorded::play(vec![
        signed(Exchange::post("/api/v1/tickets/search?expand=true"))
            .json(body)
            .answers(200, json!([later, ticket(4, None, "new"), earlier])),
    ])
    .await;
    let changes = store(played.url()).changed(at("2026-11-27T04:00:00Z")).await.unwrap();
    assert_eq!(
        changes,
        [
            Changed { id: "4".into(), external_id: None, at: at("2026-11-27T04:05:08.994Z") },
            Changed { id: "19".into(), external_id: Some(CASE.into()), at: at("2026-11-27T05:00:00Z") },
        ]
    );
    played.done();
}

#[tokio::test]
async fn trouble_says_whether_zammad_may_have_acted_and_what_to_mend() {
    let post = || signed(Exchange::post("/api/v1/tickets")).any_body();
    let played = Recorded::play(vec![
        post().loses(),
        post().answers(401, json!({"error": "Invalid token", "error_human": "Invalid token"})),
        post().answers(422, json!({"error": "No lookup value found for 'group': \"2nd Level\""})),
        post().with("Retry-After", "120").answers(429, json!({"error": "Too many requests"})),
        post().floods(201),
        post().answers(201, json!({"number": "22019"})),
        post().answers_text(502, "text/html", "<html>Bad Gateway</html>"),
    ])
    .await;
    let store = store(played.url());
    for (verdict, word) in [
        (Verdict::Unknown, "the connection broke"),
        (Verdict::Refused, "make a new one"),
        (Verdict::Refused, "the group, state, priority"),
        (Verdict::Busy, "status 429"),
        (Verdict::Unknown, "too large"),
        (Verdict::Unknown, "cannot be read"),
        (Verdict::Unknown, "status 502"),
    ] {
        let trouble = store.create(&case()).await.unwrap_err();
        is_trouble(&trouble, verdict, word);
        assert_eq!(trouble.wait.map(|wait| wait.as_secs()), (verdict == Verdict::Busy).then_some(120));
    }
    played.done();
}

/// As "User" shows the current one, expanded.
fn account(login: &str, groups: &Value) -> Value {
    json!({
        "id": 3, "login": login, "firstname": "Guardia", "lastname": "", "email": "guardia@example.com", "active": true,
        "roles": ["Agent"], "groups": groups, "created_at": "2026-08-16T07:55:42.119Z",
    })
}

/// As "States" lists them.
fn states() -> Value {
    let state = |id: u64, name: &str, active: bool| json!({"id": id, "name": name, "active": active, "default_create": id == 1});
    json!([state(1, "new", true), state(2, "open", true), state(4, "closed", true), state(6, "removed", false)])
}

#[tokio::test]
async fn the_account_its_rights_the_states_and_the_attributes_are_looked_at() {
    let me = || signed(Exchange::get("/api/v1/users/me?expand=true"));
    let listed = || signed(Exchange::get("/api/v1/ticket_states"));
    let first = || signed(Exchange::get("/api/v1/tickets?expand=true&per_page=1"));
    let mut bare = ticket(1, None, "new");
    bare.as_object_mut().unwrap().remove("external_id");
    let played = Recorded::play(vec![
        me().answers(200, account("guardia@example.com", &json!({"2nd Level": ["full"], "Sales": ["read"]}))),
        listed().answers(200, states()),
        first().answers(200, json!([ticket(1, None, "new")])),
        me().answers(200, account("ana@example.com", &json!({"2nd Level": ["read", "create"]}))),
        listed().answers(403, json!({"error": "Not authorized"})),
        first().answers(200, json!([bare])),
        me().answers(401, json!({"error": "Invalid token"})),
    ])
    .await;
    let store = store(played.url());
    let findings = store.check().await;
    let looked_at: Vec<_> = findings.iter().map(|finding| finding.what.as_str()).collect();
    let fields = ["field external_id", "field severity", "field first_response_due"];
    assert_eq!(looked_at, [&["credentials", "queue", "states"][..], &fields].concat());
    assert!(findings.iter().all(|finding| finding.result.is_ok()), "{findings:?}");

    let findings = store.check().await;
    for (at, word) in [(0, "another account"), (1, "give it full access"), (2, "give it full access"), (3, "adds it")] {
        assert!(findings[at].result.as_ref().unwrap_err().contains(word), "{:?}", findings[at]);
    }
    let findings = store.check().await;
    assert_eq!(findings.len(), 1);
    assert!(findings[0].result.as_ref().unwrap_err().contains("make a new one"));
    played.done();
}

#[test]
fn settings_without_which_it_cannot_work_are_named() {
    let good = || settings("https://z.example", "2nd Level", &[], &[("customer", "a@b")]);
    Zammad::new(good()).unwrap();
    let mut cases = vec![(good(), "user"), (good(), "secret"), (good(), "queue"), (good(), "options.customer")];
    cases[0].0.user = None;
    cases[1].0.secret = guardia::provider::Secret::default();
    cases[2].0.queue = " ".into();
    cases[3].0.options.clear();
    cases.push((good(), "fields.external_id"));
    cases[4].0.fields.insert(Field::ExternalId, String::new());
    for (settings, named) in cases {
        let error = Zammad::new(settings).unwrap_err();
        assert!(error.to_string().starts_with(&format!("ticketing: {named}: ")), "{error}");
    }
}
