//! ServiceNow, by the maker's documents (<https://www.servicenow.com/docs>, REST API reference): "Table API" for records and
//! the rule that invalid parts of a query are ignored, "Attachment API" for files, "Inbound REST API rate limiting" for 429,
//! "REST API HTTP response codes" for refusals, "Retrieve journal entries" for the table of comments.

use guardia::incident::State;
use guardia::provider::ticketing::{Changed, ServiceNow, TicketStore, Verdict};
use guardia::ticket::{Field, RemoteAttachment, differences};
use serde_json::{Value, json};

use crate::recorded::{Exchange, Recorded};
use crate::sample::{CASE, at, case, comment, is_trouble, recording, settings};

const STAYS: &str = "a9e30c7dc61122760116894de7bcc7bd";
const DOUBLE: &str = "ef43c6d40a0a0b5700c77f9bf387afe3";
const FILE: &str = "6ea10fe64f411200adf9f8e18110c739";
const GROUP: &str = "287ebd7da9fe198100f92cc8d1d2154e";
const FIELDS: [(Field, &str); 2] = [(Field::Severity, "u_severity"), (Field::FirstResponseDue, "u_response_due")];
const OPTIONS: [(&str, &str); 3] = [("assignment_group", GROUP), ("urgency", "1"), ("close_notes", "Concluido.")];

fn store(url: &str) -> ServiceNow {
    ServiceNow::new(settings(url, "", &FIELDS, &OPTIONS)).unwrap()
}

/// `guardia@example.com:s3cret` in base64.
fn signed(exchange: Exchange) -> Exchange {
    exchange.header("Authorization", "Basic Z3VhcmRpYUBleGFtcGxlLmNvbTpzM2NyZXQ=")
}

fn record_path(id: &str) -> String {
    format!("/api/now/table/incident/{id}")
}

fn read(id: &str) -> Exchange {
    let flags = "sysparm_display_value=false&sysparm_exclude_reference_link=true";
    signed(Exchange::get(format!("{}?{flags}", record_path(id))))
}

fn listed(path: &str, query: &str) -> Exchange {
    let flags = "sysparm_display_value=false&sysparm_exclude_reference_link=true&sysparm_limit=200";
    let query = query.replace('=', "%3D").replace('^', "%5E");
    signed(Exchange::get(format!("{path}?sysparm_query={query}&{flags}")))
}

fn searched() -> Exchange {
    listed("/api/now/table/incident", &format!("correlation_id={CASE}^ORDERBYnumber"))
}

fn patched(id: &str) -> Exchange {
    signed(Exchange::new("PATCH", record_path(id))).header("Content-Type", "application/json")
}

/// As "Table API" shows an incident, with the columns of the configuration.
fn incident(id: &str, number: &str, external_id: &str, state: &str) -> Value {
    json!({
        "parent": "", "made_sla": "true", "upon_reject": "cancel", "sys_updated_on": "2026-11-27 04:05:08",
        "number": number, "sys_updated_by": "guardia@example.com", "opened_by": "681ccaf9c0a8016400b98a06818d57c7",
        "sys_created_on": "2026-11-27 04:05:07", "state": state, "sys_created_by": "guardia@example.com",
        "impact": "2", "active": "true", "priority": "3", "short_description": case().subject, "parent_incident": "",
        "assignment_group": GROUP, "description": case().body, "close_notes": "", "sys_class_name": "incident",
        "sys_id": id, "contact_type": "phone", "urgency": "1", "comments": "", "work_notes": "", "sys_mod_count": "0",
        "correlation_id": external_id, "correlation_display": "", "u_severity": "critical",
        "u_response_due": "2026-11-27 08:05:06",
    })
}

#[tokio::test]
async fn records_are_found_by_the_column_that_stands_in_the_answer_the_lowest_number_first() {
    let double = incident(DOUBLE, "INC0010003", CASE, "1");
    let stranger = incident(FILE, "INC0010001", "26000027", "1");
    let answer = json!({"result": [double, stranger, incident(STAYS, "INC0010002", CASE, "2")]});
    let played =
        Recorded::play(vec![searched().answers(200, answer), searched().answers(200, json!({"result": []}))]).await;
    let store = store(played.url());
    let found = store.find(CASE).await.unwrap();
    assert_eq!(found.iter().map(|ticket| ticket.id.as_str()).collect::<Vec<_>>(), [STAYS, DOUBLE]);
    assert_eq!((found[0].state.as_str(), found[0].updated_at), ("2", Some(at("2026-11-27T04:05:08Z"))));
    assert_eq!(differences(&case(), &found[0], &store.mapped()), []);
    assert!(store.find(CASE).await.unwrap().is_empty());
    let trouble = store.find("1^ORactive=true").await.unwrap_err();
    is_trouble(&trouble, Verdict::Refused, "no id");
    played.done();
}

#[tokio::test]
async fn strangers_prove_that_the_condition_was_ignored() {
    let mut bare = incident(STAYS, "INC0000046", "", "1");
    bare.as_object_mut().unwrap().remove("correlation_id");
    let strangers = json!({"result": [bare, incident(DOUBLE, "INC0000050", "", "2")]});
    let played = Recorded::play(vec![searched().answers(200, strangers)]).await;
    let trouble = store(played.url()).find(CASE).await.unwrap_err();
    is_trouble(&trouble, Verdict::Refused, "is the column of external_id there?");
    played.done();
}

#[tokio::test]
async fn a_record_is_made_and_a_dropped_value_shows_when_it_is_read_back() {
    let fields = json!({
        "short_description": "[26000019] Caída de la señal en Ñagua: ¿cuándo vuelve?",
        "description": "Reportado por teléfono.\nServicio: expedición de cédulas.",
        "correlation_id": CASE, "contact_type": "phone", "u_severity": "critical",
        "u_response_due": "2026-11-27 08:05:06", "assignment_group": GROUP, "urgency": "1",
        "state": null, "caller_id": null,
    });
    let mut dropped = incident(STAYS, "INC0010002", CASE, "1");
    dropped.as_object_mut().unwrap().remove("u_severity");
    let gone = json!({
        "error": {"message": "No Record found", "detail": "Record doesn't exist or ACL restricts the record retrieval"},
        "status": "failure",
    });
    let played = Recorded::play(vec![
        signed(Exchange::post("/api/now/table/incident"))
            .json(fields)
            .with("Location", format!("{{base}}{}", record_path(STAYS)))
            .answers(201, json!({"result": incident(STAYS, "INC0010002", CASE, "1")})),
        read(STAYS).answers(200, json!({"result": dropped})),
        read(STAYS).answers(404, gone),
    ])
    .await;
    let store = store(played.url());
    assert_eq!(store.create(&case()).await.unwrap(), STAYS);
    let remote = store.read(STAYS).await.unwrap().unwrap();
    assert_eq!(differences(&case(), &remote, &store.mapped()), [Field::Severity]);
    assert_eq!(store.read(STAYS).await.unwrap(), None);
    played.done();
}

#[tokio::test]
async fn columns_are_written_and_what_is_known_no_more_is_emptied() {
    let fields = json!({
        "short_description": "[26000019] Caída de la señal en Ñagua: ¿cuándo vuelve?",
        "correlation_id": CASE, "contact_type": "phone", "u_severity": "", "u_response_due": "2026-11-27 08:05:06",
        "description": null, "urgency": null,
    });
    let answer = json!({"result": incident(STAYS, "INC0010002", CASE, "1")});
    let played = Recorded::play(vec![patched(STAYS).json(fields).answers(200, answer)]).await;
    let mut unknown = case();
    unknown.values.remove(&Field::Severity);
    store(played.url()).update(STAYS, &unknown).await.unwrap();
    played.done();
}

#[tokio::test]
async fn what_is_over_has_a_code_and_notes() {
    let answer = || json!({"result": incident(STAYS, "INC0010002", CASE, "6")});
    let policy = json!({
        "error": {
            "message": "Operation Failed",
            "detail": "Data Policy Exception: Resolution code, Resolution notes are mandatory",
        },
        "status": "failure",
    });
    let over = json!({"state": "6", "close_code": "Solved (Permanently)", "close_notes": "Concluido."});
    let played = Recorded::play(vec![
        patched(STAYS).json(json!({"state": "2", "close_code": null})).answers(200, answer()),
        patched(STAYS).json(over).answers(200, answer()),
        patched(STAYS).json(json!({"state": "7"})).answers(403, policy),
    ])
    .await;
    let store = store(played.url());
    let words = State::ALL.map(|state| store.state_word(state).unwrap());
    assert_eq!(words, ["1", "2", "2", "6", "7", "8"]);
    store.set_state(STAYS, State::Acknowledged).await.unwrap();
    store.set_state(STAYS, State::Resolved).await.unwrap();
    is_trouble(&store.set_state(STAYS, State::Closed).await.unwrap_err(), Verdict::Refused, "itil_admin");
    played.done();
}

#[tokio::test]
async fn comments_go_to_the_record_and_are_read_from_the_journal() {
    let marked = "Asumido por María Núñez.\n[26000019/4]";
    let entry = |id: &str, element: &str, value: &str, by: &str, of: &str| {
        json!({
            "sys_id": id, "name": "incident", "element": element, "element_id": of, "value": value,
            "sys_created_by": by, "sys_created_on": "2026-11-27 04:10:00", "sys_tags": "",
        })
    };
    let journal = json!({"result": [
        entry("1", "work_notes", marked, "guardia@example.com", STAYS),
        entry("2", "comments", "Gracias.", "ana", STAYS),
        entry("3", "approval_history", "x", "ana", STAYS),
        entry("4", "comments", "De otro.", "ana", DOUBLE),
    ]});
    let encoded = format!("element_id={STAYS}^elementINwork_notes,comments^ORDERBYsys_created_on");
    let answer = || json!({"result": incident(STAYS, "INC0010002", CASE, "2")});
    let played = Recorded::play(vec![
        patched(STAYS).json(json!({"work_notes": marked, "comments": null})).answers(200, answer()),
        patched(STAYS).json(json!({"comments": marked, "work_notes": null})).answers(200, answer()),
        listed("/api/now/table/sys_journal_field", &encoded).answers(200, journal),
    ])
    .await;
    let store = store(played.url());
    store.comment(STAYS, &comment(false)).await.unwrap();
    store.comment(STAYS, &comment(true)).await.unwrap();
    let comments = store.comments(STAYS).await.unwrap();
    let told: Vec<_> = comments.iter().map(|one| (one.id.as_str(), one.ours, one.public)).collect();
    assert_eq!(told, [("1", true, false), ("2", false, true)]);
    assert!(comment(false).is_in(&comments[0].text));
    assert_eq!(comments[0].at, Some(at("2026-11-27T04:10:00Z")));
    played.done();
}

#[tokio::test]
async fn files_are_sent_as_they_are_listed_and_fetched() {
    let file = |of: &str| {
        json!({
            "table_sys_id": of, "size_bytes": "8", "download_link": format!("{{base}}/api/now/attachment/{FILE}/file"),
            "sys_updated_on": "2026-11-27 04:10:00", "sys_id": FILE, "image_height": "", "file_name": "26000019-RE1.wav",
            "sys_created_on": "2026-11-27 04:10:00", "sys_created_by": "guardia@example.com", "compressed": "true",
            "table_name": "incident", "sys_mod_count": "0", "content_type": "audio/wav", "size_compressed": "8",
        })
    };
    let upload = format!("table_name=incident&table_sys_id={STAYS}&file_name=26000019-RE1.wav");
    let upload =
        || signed(Exchange::post(format!("/api/now/attachment/file?{upload}"))).header("Content-Type", "audio/wav");
    let encoded = format!("table_name%3Dincident%5Etable_sys_id%3D{STAYS}%5EORDERBYsys_created_on");
    let fetched = || signed(Exchange::get(format!("/api/now/attachment/{FILE}/file")));
    let played = Recorded::play(vec![
        upload().raw(recording().bytes).answers(201, json!({"result": file(STAYS)})),
        signed(Exchange::get(format!("/api/now/attachment?sysparm_query={encoded}&sysparm_limit=200")))
            .answers(200, json!({"result": [file(STAYS), file(DOUBLE)]})),
        fetched().answers_bytes(200, "audio/wav", recording().bytes),
        fetched().floods(200),
        upload().any_body().loses(),
    ])
    .await;
    let store = store(played.url());
    store.attach(STAYS, &recording()).await.unwrap();
    let files = store.attachments(STAYS).await.unwrap();
    assert_eq!(files, [RemoteAttachment { id: FILE.into(), name: "26000019-RE1.wav".into(), size: Some(8) }]);
    assert_eq!(store.fetch(STAYS, &files[0]).await.unwrap(), recording().bytes);
    is_trouble(&store.fetch(STAYS, &files[0]).await.unwrap_err(), Verdict::Unknown, "too large");
    is_trouble(&store.attach(STAYS, &recording()).await.unwrap_err(), Verdict::Unknown, "broke");
    played.done();
}

#[tokio::test]
async fn a_double_is_cancelled_linked_and_found_no_more() {
    let note = "Es el mismo caso que INC0010002: continúa allí. / Same case as INC0010002: it goes on there.";
    let fields = json!({
        "parent_incident": STAYS, "correlation_id": "", "state": "8", "close_code": "Solved (Permanently)",
        "close_notes": note, "work_notes": note,
    });
    let mut merged = incident(DOUBLE, "INC0010003", "", "8");
    // With a link beside it, as an instance gives references that are not asked to leave it out.
    merged["parent_incident"] = json!({"link": format!("{{base}}{}", record_path(STAYS)), "value": STAYS});
    let stays = || json!({"result": incident(STAYS, "INC0010002", CASE, "2")});
    let mut child = incident(STAYS, "INC0010002", CASE, "2");
    child["parent_incident"] = DOUBLE.into();
    let played = Recorded::play(vec![
        read(STAYS).answers(200, stays()),
        patched(DOUBLE).json(fields).answers(200, json!({"result": merged})),
        read(DOUBLE).answers(200, json!({"result": merged})),
        read(STAYS).answers(200, stays()),
        // Somebody made ours a child of a larger incident: it is still ours.
        read(STAYS).answers(200, json!({"result": child})),
        read(STAYS).answers(404, json!({"status": "failure"})),
    ])
    .await;
    let store = store(played.url());
    store.merge(DOUBLE, STAYS).await.unwrap();
    assert_eq!(store.read(DOUBLE).await.unwrap().unwrap().id, STAYS);
    assert_eq!(store.read(STAYS).await.unwrap().unwrap().id, STAYS);
    is_trouble(&store.merge(DOUBLE, STAYS).await.unwrap_err(), Verdict::Refused, "not there");
    played.done();
}

#[tokio::test]
async fn changes_of_our_records_come_the_earliest_first() {
    let encoded =
        "sys_updated_on>=2026-11-27 04:00:00^correlation_idISNOTEMPTY^ORDERBYsys_updated_on".replace(' ', "+");
    let mut later = incident(DOUBLE, "INC0010003", "26000027", "1");
    later["sys_updated_on"] = "2026-11-27 05:00:00".into();
    let mut earlier = incident(FILE, "INC0010001", "26000001", "7");
    earlier["sys_updated_on"] = "2026-11-27 03:59:59".into();
    let answer = json!({"result": [later, incident(STAYS, "INC0010002", CASE, "2"), earlier]});
    let played = Recorded::play(vec![listed("/api/now/table/incident", &encoded).answers(200, answer)]).await;
    let changes = store(played.url()).changed(at("2026-11-27T04:00:00.5Z")).await.unwrap();
    assert_eq!(
        changes,
        [
            Changed { id: STAYS.into(), external_id: Some(CASE.into()), at: at("2026-11-27T04:05:08Z") },
            Changed { id: DOUBLE.into(), external_id: Some("26000027".into()), at: at("2026-11-27T05:00:00Z") },
        ]
    );
    played.done();
}

#[tokio::test]
async fn trouble_says_whether_service_now_may_have_acted_and_what_to_mend() {
    let post = || signed(Exchange::post("/api/now/table/incident")).any_body();
    let failure =
        |message: &str, detail: &str| json!({"error": {"message": message, "detail": detail}, "status": "failure"});
    let limit = failure("Rate limit exceeded", "Rate limit of 10 requests per hour for Table API exceeded");
    let played = Recorded::play(vec![
        post().loses(),
        post().answers(401, failure("User Not Authenticated", "Required to provide Auth information")),
        post().answers(403, failure("Insufficient rights", "Operation against file 'incident' was aborted")),
        post().with("Retry-After", "1800").with("X-RateLimit-Limit", "10").answers(429, limit),
        post().floods(201),
        post().answers_text(200, "text/html", "<html>Your instance is hibernating</html>"),
        post().answers(500, failure("Transaction cancelled: maximum execution time exceeded", "")),
    ])
    .await;
    let store = store(played.url());
    for (verdict, word) in [
        (Verdict::Unknown, "the connection broke"),
        (Verdict::Refused, "name and password"),
        (Verdict::Refused, "the role itil"),
        (Verdict::Busy, "status 429"),
        (Verdict::Unknown, "too large"),
        (Verdict::Unknown, "cannot be read"),
        (Verdict::Unknown, "status 500"),
    ] {
        let trouble = store.create(&case()).await.unwrap_err();
        is_trouble(&trouble, verdict, word);
        assert_eq!(trouble.wait.map(|wait| wait.as_secs()), (verdict == Verdict::Busy).then_some(1800));
    }
    played.done();
}

#[tokio::test]
async fn the_account_the_table_its_columns_the_journal_and_the_group_are_looked_at() {
    let latest = |table: &str| {
        let query = "sysparm_limit=1&sysparm_query=ORDERBYDESCsys_created_on";
        signed(Exchange::get(format!("/api/now/table/{table}?{query}")))
    };
    let group = || signed(Exchange::get(format!("/api/now/table/sys_user_group/{GROUP}")));
    let denied =
        json!({"error": {"message": "Insufficient rights to query records", "detail": ""}, "status": "failure"});
    let mut bare = incident(STAYS, "INC0010002", "", "1");
    bare.as_object_mut().unwrap().remove("u_severity");
    let there = json!({"result": {"sys_id": GROUP, "name": "Incidentes"}});
    let played = Recorded::play(vec![
        latest("incident").answers(200, json!({"result": [incident(STAYS, "INC0010002", CASE, "1")]})),
        latest("sys_journal_field").answers(200, json!({"result": []})),
        group().answers(200, there),
        latest("incident").answers(200, json!({"result": [bare]})),
        latest("sys_journal_field").answers(403, denied),
        group().answers(404, json!({"status": "failure"})),
        latest("incident").answers(401, json!({"status": "failure"})),
    ])
    .await;
    let store = store(played.url());
    let findings = store.check().await;
    assert_eq!(findings.len(), 8);
    assert!(findings.iter().all(|finding| finding.result.is_ok()), "{findings:?}");
    let findings = store.check().await;
    let wrong = findings.iter().filter_map(|finding| Some((finding.what.as_str(), finding.result.as_ref().err()?)));
    let wrong: Vec<_> = wrong.collect();
    for ((what, mend), (wanted, word)) in wrong.iter().zip([
        ("field severity", "adds the column"),
        ("right to read comments", "sys_journal_field"),
        ("assignment group", "its sys_id"),
    ]) {
        assert!(*what == wanted && mend.contains(word), "{what}: {mend}");
    }
    assert_eq!(wrong.len(), 3);
    assert!(store.check().await[0].result.as_ref().unwrap_err().contains("name and password"));
    played.done();
}

#[test]
fn settings_without_which_it_cannot_work_are_named() {
    let good = || settings("https://x.service-now.com", "", &[], &[]);
    ServiceNow::new(good()).unwrap();
    let mut cases = vec![(good(), "user"), (good(), "secret"), (good(), "queue"), (good(), "fields.external_id")];
    cases[0].0.user = Some(" ".into());
    cases[1].0.secret = guardia::provider::Secret::default();
    cases[2].0.queue = "Incident".into();
    cases[3].0.fields.insert(Field::ExternalId, "Correlation ID".into());
    for (settings, named) in cases {
        let error = ServiceNow::new(settings).unwrap_err();
        assert!(error.to_string().starts_with(&format!("ticketing: {named}: ")), "{error}");
    }
}
