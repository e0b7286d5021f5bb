//! Jira Service Management, by Atlassian's documents (developer.atlassian.com/cloud): "The Jira Service Management Cloud REST
//! API" for requests, comments, temporary and permanent attachments and the fields of a request type; "The Jira Cloud platform
//! REST API", version 3, for issues, search, transitions, links, comments and the content of attachments; "Search After Write
//! with Search And Reconcile", "Jira issue linking model", "Atlassian Document Format".

use std::time::Duration;

use guardia::incident::State;
use guardia::provider::Secret;
use guardia::provider::ticketing::{Changed, Jira, Settings, TicketStore, Verdict};
use guardia::ticket::{Field, RemoteAttachment, differences};
use serde_json::{Value, json};

use crate::recorded::{Content, Exchange, Part, Recorded, nowhere};
use crate::sample::{CASE, at, case, comment, is_trouble, recording, settings};

const FIELDS: [(Field, &str); 3] = [
    (Field::ExternalId, "customfield_10050"),
    (Field::Severity, "customfield_10051"),
    (Field::FirstResponseDue, "customfield_10052"),
];

const ASKED: &str = "fields=summary,status,updated,issuelinks,customfield_10050,customfield_10051,customfield_10052";

fn of(url: &str) -> Settings {
    settings(url, "7", &FIELDS, &[("request_type", "25"), ("resolution", "Done")])
}

fn store(url: &str) -> Jira {
    Jira::new(of(url)).unwrap()
}

/// `guardia@example.com:s3cret`.
fn signed(exchange: Exchange) -> Exchange {
    exchange.header("Authorization", "Basic Z3VhcmRpYUBleGFtcGxlLmNvbTpzM2NyZXQ=")
}

fn issue(id: u64, external_id: Option<&str>, status: &str, links: &Value) -> Value {
    json!({
        "expand": "renderedFields,names,schema", "id": id.to_string(), "key": format!("LIN-{id}"),
        "self": format!("{{base}}/rest/api/3/issue/{id}"),
        "fields": {
            "summary": "[26000019] Caída de la señal en Ñagua: ¿cuándo vuelve?",
            "status": {"id": "10100", "name": status, "statusCategory": {"id": 2, "key": "new"}},
            "updated": "2026-11-27T00:05:08.994-0400", "issuelinks": links,
            "customfield_10050": external_id,
            "customfield_10051": {"self": "…", "value": "critical", "id": "10020"},
            "customfield_10052": "2026-11-27T04:05:06.000-0400",
        },
    })
}

fn searched(recent: &Value) -> Exchange {
    let body = json!({"jql": "cf[10050] ~ \"26000019\"", "maxResults": 50, "reconcileIssues": recent,
        "fields": ["summary", "status", "updated", "issuelinks", "customfield_10050", "customfield_10051", "customfield_10052"]});
    signed(Exchange::post("/rest/api/3/search/jql")).json(body)
}

fn found(issues: &Value) -> Value {
    json!({"isLast": true, "issues": issues})
}

/// As "Create customer request" answers.
fn made(id: u64) -> Value {
    json!({
        "issueId": id.to_string(), "issueKey": format!("LIN-{id}"), "requestTypeId": "25", "serviceDeskId": "7",
        "createdDate": {"iso8601": "2026-11-27T00:05:07-0400", "epochMillis": 1_795_752_307_000_u64},
        "reporter": {"accountId": "5b10ac8d82e05b22cc7d4ef5", "emailAddress": "guardia@example.com"},
        "requestFieldValues": [{"fieldId": "summary", "label": "Resumen", "value": "…"}],
        "currentStatus": {"status": "Waiting for support", "statusDate": {"epochMillis": 1_795_752_307_000_u64}},
    })
}

#[tokio::test]
async fn tickets_are_found_by_the_field_that_stands_in_the_answer() {
    let nothing = json!([]);
    let answer = json!([
        issue(10100, Some(CASE), "Closed", &nothing),
        issue(10019, Some(CASE), "Waiting for support", &nothing),
        issue(10007, Some("26000019 bis"), "Closed", &nothing),
    ]);
    let alike = json!([issue(10007, Some("26000019 bis"), "Closed", &nothing)]);
    let strangers = json!([issue(10007, Some("26000027"), "Closed", &nothing)]);
    let played = Recorded::play(vec![
        searched(&json!([])).answers(200, found(&answer)),
        searched(&json!([])).answers(200, found(&alike)),
        searched(&json!([])).answers(200, found(&strangers)),
    ])
    .await;
    let store = store(played.url());
    let remote = store.find(CASE).await.unwrap();
    assert_eq!(remote.iter().map(|issue| issue.id.as_str()).collect::<Vec<_>>(), ["10019", "10100"]);
    assert_eq!(remote[0].state, "Waiting for support");
    assert_eq!(remote[0].updated_at, Some(at("2026-11-27T04:05:08.994Z")));
    assert_eq!(differences(&case(), &remote[0], &store.mapped()), []);
    assert!(store.find(CASE).await.unwrap().is_empty());
    is_trouble(&store.find(CASE).await.unwrap_err(), Verdict::Refused, "one of short text?");
    is_trouble(&store.find("2\" OR 1").await.unwrap_err(), Verdict::Refused, "no id");
    played.done();
}

#[tokio::test]
async fn a_request_is_made_and_the_index_is_told_to_look_at_it_itself() {
    let body = json!({
        "serviceDeskId": "7", "requestTypeId": "25", "raiseOnBehalfOf": null,
        "requestFieldValues": {
            "summary": "[26000019] Caída de la señal en Ñagua: ¿cuándo vuelve?",
            "description": "Reportado por teléfono.\nServicio: expedición de cédulas.",
            "customfield_10050": CASE, "customfield_10051": "critical",
            "customfield_10052": "2026-11-27T08:05:06.000+0000",
        },
    });
    let played = Recorded::play(vec![
        signed(Exchange::post("/rest/servicedeskapi/request")).json(body).answers(201, made(10019)),
        searched(&json!([10019])).answers(200, found(&json!([]))),
    ])
    .await;
    let store = store(played.url());
    assert_eq!(store.create(&case()).await.unwrap(), "10019");
    assert!(store.find(CASE).await.unwrap().is_empty());
    played.done();
}

#[tokio::test]
async fn when_an_answer_is_lost_the_index_is_given_a_minute() {
    let post = || signed(Exchange::post("/rest/servicedeskapi/request")).any_body();
    let played = Recorded::play(vec![
        post().loses(),
        post().answers(500, json!({})),
        post().answers(201, json!({"errorMessage": ""})),
        post().answers(400, json!({"errorMessage": "Field 'customfield_10050' cannot be set."})),
        post().closes(),
    ])
    .await;
    let store = store(played.url());
    for _ in 0..3 {
        let trouble = store.create(&case()).await.unwrap_err();
        is_trouble(&trouble, Verdict::Unknown, "create a ticket");
        assert_eq!(trouble.wait, Some(Duration::from_mins(1)));
    }
    let trouble = store.create(&case()).await.unwrap_err();
    is_trouble(&trouble, Verdict::Refused, "the form of the request type");
    assert_eq!(trouble.wait, None);
    assert!(store.create(&case()).await.unwrap_err().is_passing());
    played.done();
}

#[tokio::test]
async fn a_dropped_value_shows_and_of_a_double_the_original_is_read() {
    let links = json!([
        {"id": "1", "type": {"name": "Blocks"}, "outwardIssue": {"id": "10001", "key": "LIN-1"}},
        {"id": "2", "type": {"name": "Duplicate", "inward": "is duplicated by", "outward": "duplicates"},
            "outwardIssue": {"id": "10019", "key": "LIN-19"}},
    ]);
    let mut dropped = issue(10019, Some(CASE), "In progress", &links);
    dropped["fields"]["customfield_10051"] = Value::Null;
    let read = |id: u64| signed(Exchange::get(format!("/rest/api/3/issue/{id}?{ASKED}")));
    let played = Recorded::play(vec![
        read(10020).answers(200, issue(10020, None, "Canceled", &links)),
        read(10019).answers(200, dropped),
        read(10021).answers(404, json!({"errorMessages": ["Issue does not exist"], "errors": {}})),
    ])
    .await;
    let store = store(played.url());
    let remote = store.read("10020").await.unwrap().unwrap();
    assert_eq!((remote.id.as_str(), remote.state.as_str()), ("10019", "In progress"));
    assert_eq!(differences(&case(), &remote, &store.mapped()), [Field::Severity]);
    assert_eq!(store.read("10021").await.unwrap(), None);
    played.done();
}

fn standing(id: u64, status: &str) -> Exchange {
    signed(Exchange::get(format!("/rest/api/3/issue/{id}?fields=status")))
        .answers(200, json!({"id": id.to_string(), "fields": {"status": {"name": status}}}))
}

fn transitions(id: u64) -> Exchange {
    let to = |number: &str, status: &str| json!({"id": number, "name": "…", "to": {"id": "1", "name": status}, "hasScreen": false});
    signed(Exchange::get(format!("/rest/api/3/issue/{id}/transitions")))
        .answers(200, json!({"transitions": [to("11", "In progress"), to("21", "Resolved"), to("31", "Canceled")]}))
}

fn moved(id: u64) -> Exchange {
    signed(Exchange::post(format!("/rest/api/3/issue/{id}/transitions")))
}

#[tokio::test]
async fn a_state_is_reached_by_the_transition_that_leads_there() {
    let start = json!({"transition": {"id": "11"}, "fields": null});
    let solve = json!({"transition": {"id": "21"}, "fields": {"resolution": {"name": "Done"}}});
    let played = Recorded::play(vec![
        standing(10019, "Waiting for support"),
        transitions(10019),
        moved(10019).json(start).answers_nothing(204),
        standing(10019, "in progress"),
        standing(10019, "In Progress"),
        transitions(10019),
        moved(10019).json(solve).answers_nothing(204),
        standing(10019, "Resolved"),
        transitions(10019),
    ])
    .await;
    let store = store(played.url());
    store.set_state("10019", State::Acknowledged).await.unwrap();
    store.set_state("10019", State::Responded).await.unwrap();
    store.set_state("10019", State::Resolved).await.unwrap();
    let trouble = store.set_state("10019", State::Received).await.unwrap_err();
    is_trouble(&trouble, Verdict::Refused, "no transition leads from where it is to Waiting for support");
    assert_eq!(store.state_word(State::Cancelled).as_deref(), Some("Canceled"));
    played.done();
}

#[tokio::test]
async fn fields_are_written_and_what_is_not_known_is_cleared() {
    let put = || signed(Exchange::put("/rest/api/3/issue/10019"));
    let part = "{\"fields\":{\"customfield_10050\":\"26000019\",\"customfield_10051\":null,\
                \"customfield_10052\":\"2026-11-27T08:05:06.000+0000\",\
                \"summary\":\"[26000019] Caída de la señal en Ñagua: ¿cuándo vuelve?\"}}";
    let played = Recorded::play(vec![
        put().raw(part).answers_nothing(204),
        put()
            .any_body()
            .answers(400, json!({"errors": {"customfield_10051": "Field cannot be set. It is not on the …"}})),
    ])
    .await;
    let store = store(played.url());
    let mut unknown = case();
    unknown.values.remove(&Field::Severity);
    store.update("10019", &unknown).await.unwrap();
    is_trouble(&store.update("10019", &case()).await.unwrap_err(), Verdict::Refused, "edit screen");
    played.done();
}

#[tokio::test]
async fn comments_are_escaped_read_as_documents_and_known_again_by_their_author() {
    let post = |public: bool| {
        let body = json!({"body": "Asumido por María Núñez.\n\\[26000019/4\\]", "public": public});
        signed(Exchange::post("/rest/servicedeskapi/request/10019/comment"))
            .json(body)
            .answers(201, json!({"id": "1000"}))
    };
    let entry = |id: u64, address: Option<&str>, public: bool| {
        let content = json!([{"type": "paragraph", "content": [
            {"type": "text", "text": "Asumido por María Núñez."}, {"type": "hardBreak"}, {"type": "text", "text": "[26000019/4]"},
        ]}]);
        json!({
            "id": id.to_string(), "author": {"accountId": format!("acc-{id}"), "emailAddress": address},
            "body": {"type": "doc", "version": 1, "content": content},
            "created": "2026-11-27T00:10:00.119-0400", "updated": "2026-11-27T00:10:00.119-0400", "jsdPublic": public,
        })
    };
    let page = |start: u64| {
        let query = format!("/rest/api/3/issue/10019/comment?startAt={start}&maxResults=100&orderBy=created");
        signed(Exchange::get(query))
    };
    let answer =
        |start: u64, entries: &Value| json!({"startAt": start, "maxResults": 1, "total": 2, "comments": entries});
    let played = Recorded::play(vec![
        post(false),
        post(true),
        page(0).answers(200, answer(0, &json!([entry(1000, Some("Guardia@example.com"), false)]))),
        page(1).answers(200, answer(1, &json!([entry(1001, None, true)]))),
    ])
    .await;
    let store = store(played.url());
    store.comment("10019", &comment(false)).await.unwrap();
    store.comment("10019", &comment(true)).await.unwrap();
    let comments = store.comments("10019").await.unwrap();
    let seen: Vec<_> = comments.iter().map(|comment| (comment.id.as_str(), comment.public, comment.ours)).collect();
    assert_eq!(seen, [("1000", false, true), ("1001", true, false)]);
    assert!(comment(true).is_in(&comments[0].text));
    assert_eq!(comments[0].at, Some(at("2026-11-27T04:10:00.119Z")));
    played.done();
}

#[tokio::test]
async fn a_file_is_first_a_temporary_one() {
    let name = "26000019-RE1.wav";
    let upload = || {
        signed(Exchange::post("/rest/servicedeskapi/servicedesk/7/attachTemporaryFile"))
            .header("X-Atlassian-Token", "no-check")
            .parts(vec![Part {
                name: "file",
                file: Some(name.into()),
                media: Some("audio/wav".into()),
                content: Content::Raw(recording().bytes),
            }])
    };
    let temporary =
        json!({"temporaryAttachments": [{"temporaryAttachmentId": "temp910441317820424274", "fileName": name}]});
    let body = json!({"temporaryAttachmentIds": ["temp910441317820424274"], "public": false});
    let listed = json!({"id": "10019", "fields": {"attachment": [
        {"id": "10101", "filename": "otra.pdf", "size": 23_123, "mimeType": "application/pdf"},
        {"id": "10001", "filename": name, "size": 8, "mimeType": "audio/wav"},
    ]}});
    let played = Recorded::play(vec![
        upload().answers(201, temporary),
        signed(Exchange::post("/rest/servicedeskapi/request/10019/attachment")).json(body).answers(201, json!({})),
        upload().answers(413, json!({})),
        signed(Exchange::get("/rest/api/3/issue/10019?fields=attachment")).answers(200, listed),
        signed(Exchange::get("/rest/api/3/attachment/content/10001?redirect=false")).answers_bytes(
            200,
            "audio/wav",
            recording().bytes,
        ),
    ])
    .await;
    let store = store(played.url());
    store.attach("10019", &recording()).await.unwrap();
    is_trouble(&store.attach("10019", &recording()).await.unwrap_err(), Verdict::Refused, "larger than Jira takes");
    let files = store.attachments("10019").await.unwrap();
    assert_eq!(files[0], RemoteAttachment { id: "10001".into(), name: name.into(), size: Some(8) });
    assert_eq!(files[1].name, "otra.pdf");
    assert_eq!(store.fetch("10019", &files[0]).await.unwrap(), recording().bytes);
    played.done();
}

#[tokio::test]
async fn a_double_is_linked_moved_to_its_end_and_loses_its_number() {
    let links = |links: Value| {
        signed(Exchange::get("/rest/api/3/issue/10020?fields=issuelinks"))
            .answers(200, json!({"id": "10020", "fields": {"issuelinks": links}}))
    };
    let link = json!({"type": {"name": "Duplicate"}, "inwardIssue": {"id": "10020"}, "outwardIssue": {"id": "10019"}});
    let linked = json!([{"id": "2", "type": {"name": "Duplicate"}, "outwardIssue": {"id": "10019"}}]);
    let cleared = || {
        signed(Exchange::put("/rest/api/3/issue/10020"))
            .raw("{\"fields\":{\"customfield_10050\":null}}")
            .answers_nothing(204)
    };
    let played = Recorded::play(vec![
        links(json!([])),
        standing(10019, "In progress"),
        signed(Exchange::post("/rest/api/3/issueLink")).json(link).answers_nothing(201),
        standing(10020, "Waiting for support"),
        transitions(10020),
        moved(10020).json(json!({"transition": {"id": "31"}})).answers_nothing(204),
        cleared(),
        // Once more, after the answer was lost.
        links(linked),
        standing(10019, "In progress"),
        standing(10020, "Canceled"),
        cleared(),
    ])
    .await;
    let store = store(played.url());
    store.merge("10020", "10019").await.unwrap();
    store.merge("10020", "10019").await.unwrap();
    played.done();
}

#[tokio::test]
async fn what_changed_comes_the_earliest_first() {
    let changed = |id: u64, external_id: Option<&str>, at: &str| {
        let mut issue = issue(id, external_id, "Closed", &json!([]));
        issue["fields"]["updated"] = at.into();
        issue
    };
    let jql = "cf[10050] is not EMPTY AND updated >= \"2026/11/27 04:00\" ORDER BY updated ASC";
    let issues = json!([
        changed(10018, Some("26000027"), "2026-11-27T00:00:05.000-0400"),
        changed(10020, None, "2026-11-27T00:31:00.000-0400"),
        changed(10019, Some(CASE), "2026-11-27T00:30:00.000-0400"),
    ]);
    let played = Recorded::play(vec![
        signed(Exchange::post("/rest/api/3/search/jql")).json(json!({"jql": jql})).answers(200, found(&issues)),
    ])
    .await;
    let changes = store(played.url()).changed(at("2026-11-27T04:00:30Z")).await.unwrap();
    let change = Changed { id: "10019".into(), external_id: Some(CASE.into()), at: at("2026-11-27T04:30:00Z") };
    assert_eq!(changes, [change]);
    played.done();
}

#[tokio::test]
async fn refusals_and_failures_are_told_apart() {
    let read = || signed(Exchange::get(format!("/rest/api/3/issue/10019?{ASKED}")));
    let played = Recorded::play(vec![
        read().answers(401, json!({"errorMessages": ["…"]})),
        read().with("Retry-After", "30").answers(429, json!({})),
        read().floods(200),
        read().loses(),
        read().answers_text(200, "text/html", "<html>mantenimiento</html>"),
        read().answers(200, json!({"id": "10019"})),
    ])
    .await;
    let store = store(played.url());
    for (verdict, word) in [
        (Verdict::Refused, "make a new API token"),
        (Verdict::Busy, "429"),
        (Verdict::Unknown, "too large"),
        (Verdict::Unknown, "read a ticket"),
        (Verdict::Unknown, "cannot be read"),
        (Verdict::Unknown, "cannot be read"),
    ] {
        is_trouble(&store.read("10019").await.unwrap_err(), verdict, word);
    }
    played.done();
    let away = self::store(&nowhere().await).read("10019").await.unwrap_err();
    is_trouble(&away, Verdict::Away, "no connection");
}

#[tokio::test]
async fn the_check_looks_at_account_zone_form_and_statuses() {
    let myself = |zone: &str| json!({"accountId": "5b10", "emailAddress": "guardia@example.com", "timeZone": zone});
    let field = |id: &str, required: bool| json!({"fieldId": id, "name": "…", "required": required, "validValues": []});
    let form = |more: Value| {
        let fields = [
            field("summary", true),
            field("customfield_10050", false),
            field("customfield_10051", false),
            field("customfield_10052", false),
            more,
        ];
        json!({"requestTypeFields": fields, "canRaiseOnBehalfOf": true, "canAddRequestParticipants": true})
    };
    let statuses = |words: &[&str]| words.iter().map(|word| json!({"id": "1", "name": word})).collect::<Value>();
    let get = |path: &'static str| signed(Exchange::get(path));
    let fields = "/rest/servicedeskapi/servicedesk/7/requesttype/25/field";
    let all = ["Waiting for support", "In Progress", "Resolved", "Closed", "Canceled"];
    let played = Recorded::play(vec![
        get("/rest/api/3/myself").answers(200, myself("Etc/UTC")),
        get(fields).answers(200, form(field("description", true))),
        get("/rest/api/3/status").answers(200, statuses(&all)),
        get("/rest/api/3/myself").answers(200, myself("America/Santo_Domingo")),
        get(fields).answers(200, form(field("priority", true))),
        get("/rest/api/3/status").answers(200, statuses(&all[..3])),
    ])
    .await;
    let store = store(played.url());
    let good = store.check().await;
    assert!(good.len() > 5 && good.iter().all(|finding| finding.result.is_ok()), "{good:?}");
    let bad = store.check().await;
    let what: Vec<_> =
        bad.iter().filter(|finding| finding.result.is_err()).map(|finding| finding.what.as_str()).collect();
    assert_eq!(what, ["time zone", "form", "states"]);
    played.done();
}

#[test]
fn settings_that_cannot_work_are_refused_with_a_mend() {
    let refused = |change: fn(&mut Settings)| {
        let mut settings = of("https://j.example");
        change(&mut settings);
        Jira::new(settings).unwrap_err().to_string()
    };
    for (error, word) in [
        (refused(|settings| settings.user = Some("guardia".into())), "user: is the address"),
        (refused(|settings| settings.queue = "LIN".into()), "queue: is the number of the service desk"),
        (refused(|settings| settings.secret = Secret::new("")), "secret: is an API token"),
        (refused(|settings| drop(settings.options.remove("request_type"))), "options.request_type: is the number"),
        (refused(|settings| drop(settings.fields.remove(&Field::ExternalId))), "fields.external_id: name the field"),
        (refused(|settings| drop(settings.fields.insert(Field::ExternalId, "Caso".into()))), "as customfield_10050"),
        (refused(|settings| drop(settings.options.insert("tracker".into(), "1".into()))), "resolution"),
    ] {
        assert!(error.contains(word), "{error}");
    }
}
