//! GLPI, by `apirest.md` of glpi-project/glpi: "Init session", "Get an item", "Get all items" (searchText), "Get sub items",
//! "Search items", "Add item(s)" with uploadManifest, "Update item(s)", "Download a document", "Errors"; columns of tickets,
//! followups and links, and what closing a ticket does to its duplicates, as `src/Ticket.php`, `src/ITILFollowup.php` and
//! `src/CommonITILObject_CommonITILObject.php` have them.

use guardia::incident::State;
use guardia::provider::Secret;
use guardia::provider::ticketing::{Changed, Glpi, Settings, TicketStore, Verdict};
use guardia::ticket::{Field, RemoteAttachment, differences};
use serde_json::{Value, json};

use crate::recorded::{Content, Exchange, Part, Recorded, nowhere};
use crate::sample::{CASE, at, case, comment, is_trouble, recording, settings};

const FIELDS: [(Field, &str); 1] = [(Field::FirstResponseDue, "time_to_own")];

fn of(url: &str, options: &[(&str, &str)]) -> Settings {
    let mut settings = settings(url, "3", &FIELDS, options);
    settings.user = Some("27".into());
    settings.second_secret = Some(Secret::new("app-s3cret"));
    settings
}

fn store(url: &str) -> Glpi {
    Glpi::new(of(&format!("{url}/apirest.php"), &[("category", "5"), ("urgency", "5")])).unwrap()
}

fn begins(token: &str) -> Exchange {
    Exchange::get("/apirest.php/initSession")
        .header("Authorization", "user_token s3cret")
        .header("App-Token", "app-s3cret")
        .answers(200, json!({"session_token": token}))
}

fn asked(method: &'static str, path: &str) -> Exchange {
    in_session("one", method, path)
}

fn in_session(token: &str, method: &'static str, path: &str) -> Exchange {
    Exchange::new(method, format!("/apirest.php{path}"))
        .header("Session-Token", token)
        .header("App-Token", "app-s3cret")
}

fn error(exchange: Exchange, status: u16, code: &str) -> Exchange {
    exchange.answers(status, json!([code, "unas palabras"]))
}

/// As "Get an item" gives a ticket.
fn ticket(id: u64, external_id: Option<&str>, status: u8) -> Value {
    json!({
        "id": id, "entities_id": 3, "name": "[26000019] Caída de la señal en Ñagua: ¿cuándo vuelve?",
        "date": "2026-11-27 04:05:07", "closedate": null, "solvedate": null, "date_mod": "2026-11-27 04:05:08",
        "users_id_lastupdater": 27, "status": status, "users_id_recipient": 27, "requesttypes_id": 1,
        "content": "&#60;p&#62;Reportado por teléfono.&#60;/p&#62;", "urgency": 5, "impact": 3, "priority": 4,
        "itilcategories_id": 5, "type": 1, "time_to_own": "2026-11-27 08:05:06", "externalid": external_id, "is_deleted": 0,
        "date_creation": "2026-11-27 04:05:07", "links": [],
    })
}

fn searched(answer: &Value) -> Exchange {
    asked("GET", &format!("/Ticket?searchText[externalid]={CASE}&range=0-49&get_hateoas=false"))
        .answers(200, answer.clone())
}

#[tokio::test]
async fn tickets_are_found_by_the_column_that_stands_in_the_answer() {
    let found = json!([ticket(100, Some(CASE), 2), ticket(19, Some(CASE), 6), ticket(7, Some("260000190"), 1)]);
    let strangers = json!([ticket(7, None, 1)]);
    let played =
        Recorded::play(vec![begins("one"), searched(&found), searched(&json!([])), searched(&strangers)]).await;
    let store = store(played.url());
    let remote = store.find(CASE).await.unwrap();
    assert_eq!(remote.iter().map(|ticket| ticket.id.as_str()).collect::<Vec<_>>(), ["19", "100"]);
    assert_eq!((remote[1].state.as_str(), remote[1].updated_at), ("2", Some(at("2026-11-27T04:05:08Z"))));
    assert_eq!(differences(&case(), &remote[0], &store.mapped()), []);
    assert!(store.find(CASE).await.unwrap().is_empty());
    is_trouble(&store.find(CASE).await.unwrap_err(), Verdict::Refused, "is the column of external_id there?");
    played.done();
}

#[tokio::test]
async fn a_session_that_ended_is_begun_anew_and_what_was_asked_is_asked_again() {
    let input = json!({"input": {
        "name": "[26000019] Caída de la señal en Ñagua: ¿cuándo vuelve?",
        "content": "<p>Reportado por teléfono.<br>Servicio: expedición de cédulas.</p>",
        "entities_id": "3", "type": 1, "itilcategories_id": "5", "urgency": "5", "impact": null, "status": null,
        "externalid": CASE, "time_to_own": "2026-11-27 08:05:06",
    }});
    let post = |token: &str| in_session(token, "POST", "/Ticket").json(input.clone());
    let played = Recorded::play(vec![
        begins("one"),
        error(post("one"), 401, "ERROR_SESSION_TOKEN_INVALID"),
        begins("two"),
        post("two").answers(201, json!({"id": 19, "message": ""})),
        post("two").answers(201, json!({"id": false, "message": "You don't have permission to perform this action."})),
        post("two").loses(),
    ])
    .await;
    let store = store(played.url());
    assert_eq!(store.create(&case()).await.unwrap(), "19");
    is_trouble(&store.create(&case()).await.unwrap_err(), Verdict::Refused, "it was not done");
    is_trouble(&store.create(&case()).await.unwrap_err(), Verdict::Unknown, "create a ticket");
    played.done();
}

#[tokio::test]
async fn a_dropped_value_shows_and_of_a_double_the_original_is_read() {
    let mut dropped = ticket(19, Some(CASE), 1);
    dropped["time_to_own"] = Value::Null;
    let links = json!([
        {"id": 4, "tickets_id_1": 9, "tickets_id_2": 20, "link": 2},
        {"id": 5, "tickets_id_1": 20, "tickets_id_2": 8, "link": 1},
        {"id": 6, "tickets_id_1": 20, "tickets_id_2": 19, "link": 2},
    ]);
    let played = Recorded::play(vec![
        begins("one"),
        asked("GET", "/Ticket/20").answers(200, ticket(20, Some(""), 6)),
        asked("GET", "/Ticket/20/Ticket_Ticket?range=0-999&get_hateoas=false").answers(200, links),
        asked("GET", "/Ticket/19").answers(200, dropped),
        error(asked("GET", "/Ticket/21"), 404, "ERROR_ITEM_NOT_FOUND"),
    ])
    .await;
    let store = store(played.url());
    let remote = store.read("20").await.unwrap().unwrap();
    assert_eq!(remote.id, "19");
    assert_eq!(differences(&case(), &remote, &store.mapped()), [Field::FirstResponseDue]);
    assert_eq!(store.read("21").await.unwrap(), None);
    played.done();
}

#[tokio::test]
async fn fields_and_states_are_written_and_a_no_in_a_success_is_one() {
    let put = |input: Value| asked("PUT", "/Ticket/19").json(json!({"input": input}));
    let fields = json!({
        "name": "[26000019] Caída de la señal en Ñagua: ¿cuándo vuelve?", "externalid": CASE, "time_to_own": "",
        "entities_id": null, "content": null, "status": null,
    });
    let played = Recorded::play(vec![
        begins("one"),
        put(fields).answers(200, json!([{"19": true, "message": ""}])),
        put(json!({"status": "5", "name": null})).answers(200, json!([{"19": true, "message": ""}])),
        put(json!({"status": "1"})).answers(207, json!([{"19": false, "message": "Item not found"}])),
        error(put(json!({"status": "1"})), 403, "ERROR_RIGHT_MISSING"),
    ])
    .await;
    let store = store(played.url());
    let mut unknown = case();
    unknown.values.remove(&Field::FirstResponseDue);
    store.update("19", &unknown).await.unwrap();
    assert_eq!(store.state_word(State::Resolved).as_deref(), Some("5"));
    store.set_state("19", State::Resolved).await.unwrap();
    is_trouble(&store.set_state("19", State::Received).await.unwrap_err(), Verdict::Refused, "it was not done");
    is_trouble(&store.set_state("19", State::Received).await.unwrap_err(), Verdict::Refused, "ERROR_RIGHT_MISSING");
    played.done();
}

#[tokio::test]
async fn comments_are_followups_and_known_again_by_their_author() {
    let content = "<p>Asumido por María Núñez.<br>[26000019/4]</p>";
    let post = |private: u8| {
        let input = json!({"itemtype": "Ticket", "items_id": "19", "content": content, "is_private": private});
        asked("POST", "/ITILFollowup").json(json!({"input": input})).answers(201, json!({"id": 31, "message": ""}))
    };
    let followup = |id: u64, author: u64, private: u8| {
        json!({
            "id": id, "itemtype": "Ticket", "items_id": 19, "date": "2026-11-27 04:10:00", "users_id": author,
            "users_id_editor": 0, "content": "&#60;p&#62;Asumido por María Núñez.&#60;br&#62;[26000019/4]&#60;/p&#62;",
            "is_private": private, "requesttypes_id": 1, "timeline_position": 4,
        })
    };
    let played = Recorded::play(vec![
        begins("one"),
        post(1),
        post(0),
        asked("GET", "/Ticket/19/ITILFollowup?range=0-999&get_hateoas=false")
            .answers(206, json!([followup(32, 5, 0), followup(31, 27, 1)])),
    ])
    .await;
    let store = store(played.url());
    store.comment("19", &comment(false)).await.unwrap();
    store.comment("19", &comment(true)).await.unwrap();
    let comments = store.comments("19").await.unwrap();
    let seen: Vec<_> = comments.iter().map(|comment| (comment.id.as_str(), comment.public, comment.ours)).collect();
    assert_eq!(seen, [("31", false, true), ("32", true, false)]);
    assert!(comment(true).is_in(&comments[0].text));
    assert_eq!(comments[0].at, Some(at("2026-11-27T04:10:00Z")));
    played.done();
}

#[tokio::test]
async fn a_file_is_a_document_that_is_linked() {
    let name = "26000019-RE1.wav";
    let upload = || {
        let manifest = json!({"input": {"name": name, "_filename": [name], "entities_id": "3"}});
        asked("POST", "/Document").parts(vec![
            Part { name: "uploadManifest", file: None, media: None, content: Content::Json(manifest) },
            Part {
                name: "filename[0]",
                file: Some(name.into()),
                media: Some("audio/wav".into()),
                content: Content::Raw(recording().bytes),
            },
        ])
    };
    let taken = json!({"id": 7, "message": "", "upload_result": {"filename": [{"name": name, "size": 8, "type": "audio/wav"}]}});
    let refused = json!({"id": 8, "message": "", "upload_result": {"filename": [{"name": name, "error": "Filetype not allowed"}]}});
    let link = json!({"input": {"documents_id": "7", "itemtype": "Ticket", "items_id": "19"}});
    let document = json!({"id": 7, "name": name, "filename": name, "mime": "audio/wav", "sha1sum": "da39"});
    let played = Recorded::play(vec![
        begins("one"),
        upload().answers(201, taken),
        asked("POST", "/Document_Item").json(link).answers(201, json!({"id": 70, "message": ""})),
        upload().answers(201, refused),
        asked("DELETE", "/Document/8?force_purge=true").answers(200, json!([{"8": true, "message": ""}])),
        error(upload(), 400, "ERROR_UPLOAD_FILE_TOO_BIG_POST_MAX_SIZE"),
        asked("GET", "/Ticket/19/Document_Item?range=0-999&get_hateoas=false")
            .answers(200, json!([{"id": 70, "documents_id": 7, "items_id": 19, "itemtype": "Ticket"}])),
        asked("GET", "/Document/7").answers(200, document.clone()),
        asked("GET", "/Document/7").answers(200, document),
        asked("GET", "/Document/7?alt=media").answers_bytes(200, "audio/wav", recording().bytes),
    ])
    .await;
    let store = store(played.url());
    store.attach("19", &recording()).await.unwrap();
    is_trouble(&store.attach("19", &recording()).await.unwrap_err(), Verdict::Refused, "allow its type");
    is_trouble(&store.attach("19", &recording()).await.unwrap_err(), Verdict::Refused, "raise post_max_size");
    let files = store.attachments("19").await.unwrap();
    assert_eq!(files, [RemoteAttachment { id: "7".into(), name: name.into(), size: None }]);
    assert_eq!(store.fetch("19", &files[0]).await.unwrap(), recording().bytes);
    played.done();
}

#[tokio::test]
async fn a_double_is_closed_before_it_is_linked() {
    let links = || asked("GET", "/Ticket/20/Ticket_Ticket?range=0-999&get_hateoas=false");
    let link = json!({"input": {"tickets_id_1": "20", "tickets_id_2": "19", "link": "2"}});
    let put = |input: Value| {
        asked("PUT", "/Ticket/20").json(json!({"input": input})).answers(200, json!([{"20": true, "message": ""}]))
    };
    let there = || asked("GET", "/Ticket/19").answers(200, ticket(19, Some(CASE), 2));
    let double =
        |external_id: &str, status| asked("GET", "/Ticket/20").answers(200, ticket(20, Some(external_id), status));
    let played = Recorded::play(vec![
        begins("one"),
        there(),
        double(CASE, 1),
        links().answers(200, json!([])),
        put(json!({"status": "6", "externalid": ""})),
        asked("POST", "/Ticket_Ticket").json(link).answers(201, json!({"id": 6, "message": ""})),
        // Once more, after the answer was lost: nothing closes the ticket that goes on.
        there(),
        double("", 6),
        links().answers(200, json!([{"id": 6, "tickets_id_1": 20, "tickets_id_2": 19, "link": 2}])),
        put(json!({"status": null, "externalid": ""})),
        error(asked("GET", "/Ticket/21"), 404, "ERROR_ITEM_NOT_FOUND"),
    ])
    .await;
    let store = store(played.url());
    store.merge("20", "19").await.unwrap();
    store.merge("20", "19").await.unwrap();
    is_trouble(&store.merge("20", "21").await.unwrap_err(), Verdict::Refused, "is not there");
    played.done();
}

#[tokio::test]
async fn before_version_11_the_number_stands_in_the_subject() {
    let older = |id: u64, subject: &str| {
        let mut ticket = ticket(id, None, 1);
        ticket["name"] = subject.into();
        ticket
    };
    let subject = "[26000019] Caída de la señal en Ñagua: ¿cuándo vuelve?";
    let renamed = json!({"input": {"name": "(26000019) Caída de la señal en Ñagua: ¿cuándo vuelve?", "status": "6"}});
    let created = json!({"input": {"name": subject, "externalid": null}});
    let found = json!([older(19, subject), older(20, "(26000019) otra")]);
    let link = asked("POST", "/Ticket_Ticket").any_body().answers(201, json!({"id": 6, "message": ""}));
    let played = Recorded::play(vec![
        begins("one"),
        asked("POST", "/Ticket").json(created).answers(201, json!({"id": 19, "message": ""})),
        asked("GET", &format!("/Ticket?searchText[name]={CASE}&range=0-49&get_hateoas=false")).answers(200, found),
        asked("GET", "/Ticket/18").answers(200, older(18, subject)),
        asked("GET", "/Ticket/19").answers(200, older(19, subject)),
        asked("GET", "/Ticket/19/Ticket_Ticket?range=0-999&get_hateoas=false").answers(200, json!([])),
        asked("PUT", "/Ticket/19").json(renamed).answers(200, json!([{"19": true, "message": ""}])),
        link,
    ])
    .await;
    let mut settings = of(&format!("{}/apirest.php", played.url()), &[]);
    settings.fields.insert(Field::ExternalId, "name".into());
    let store = Glpi::new(settings).unwrap();
    assert_eq!(store.create(&case()).await.unwrap(), "19");
    let remote = store.find(CASE).await.unwrap();
    assert_eq!(remote.iter().map(|ticket| ticket.id.as_str()).collect::<Vec<_>>(), ["19"]);
    assert_eq!(differences(&case(), &remote[0], &store.mapped()), []);
    store.merge("19", "18").await.unwrap();
    played.done();
}

#[tokio::test]
async fn what_changed_comes_the_earliest_first() {
    let query = "/search/Ticket?criteria[0][field]=19&criteria[0][searchtype]=morethan\
                 &criteria[0][value]=2026-11-27+03:59:59&sort=19&order=ASC&range=0-199\
                 &forcedisplay[0]=2&forcedisplay[1]=19&forcedisplay[2]=87";
    let row = |id: u64, at: &str, external_id: Option<&str>| json!({"2": id, "19": at, "87": external_id, "1": "…"});
    let rows = json!([row(20, "2026-11-27 04:30:00", None), row(19, "2026-11-27 04:00:00", Some(CASE))]);
    let found = json!({"totalcount": 2, "count": 2, "sort": ["19"], "order": ["ASC"], "data": rows});
    let nothing = json!({"totalcount": 0, "count": 0, "sort": ["19"], "order": ["ASC"]});
    let played = Recorded::play(vec![
        begins("one"),
        asked("GET", query).answers(200, found),
        asked("GET", query).answers(200, nothing),
    ])
    .await;
    let store = store(played.url());
    let changes = store.changed(at("2026-11-27T04:00:00.7Z")).await.unwrap();
    let change = |id: &str, external_id: Option<&str>, instant| Changed {
        id: id.to_owned(),
        external_id: external_id.map(str::to_owned),
        at: at(instant),
    };
    assert_eq!(changes, [change("19", Some(CASE), "2026-11-27T04:00:00Z"), change("20", None, "2026-11-27T04:30:00Z")]);
    assert!(store.changed(at("2026-11-27T04:00:00Z")).await.unwrap().is_empty());
    played.done();
}

#[tokio::test]
async fn refusals_and_failures_are_told_apart() {
    let begin = || Exchange::get("/apirest.php/initSession");
    let read = || asked("GET", "/Ticket/19");
    let played = Recorded::play(vec![
        error(begin(), 401, "ERROR_GLPI_LOGIN_USER_TOKEN"),
        error(begin(), 400, "ERROR_WRONG_APP_TOKEN_PARAMETER"),
        begin().loses(),
        begins("one"),
        read().with("Retry-After", "30").answers(429, json!({})),
        read().floods(200),
        read().answers_text(200, "text/html", "<html>mantenimiento</html>"),
        read().answers(500, json!(["ERROR_SQL", "…"])),
    ])
    .await;
    let store = store(played.url());
    for (verdict, word) in [
        (Verdict::Refused, "make it anew"),
        (Verdict::Refused, "second_secret"),
        (Verdict::Away, "read a ticket"),
        (Verdict::Busy, "429"),
        (Verdict::Unknown, "too large"),
        (Verdict::Unknown, "cannot be read"),
        (Verdict::Unknown, "ERROR_SQL"),
    ] {
        is_trouble(&store.read("19").await.unwrap_err(), verdict, word);
    }
    is_trouble(&store.read("19/../1").await.unwrap_err(), Verdict::Refused, "no id");
    played.done();
    let away = self::store(&nowhere().await).read("19").await.unwrap_err();
    is_trouble(&away, Verdict::Away, "no connection");
}

#[tokio::test]
async fn the_check_looks_at_account_entity_columns_and_numbers_and_leaves_no_session() {
    let session = json!({"session": {"glpiID": 27, "glpiname": "guardia"}});
    let entities = json!({"myentities": [{"id": 3, "name": "Soporte"}]});
    let options = json!({
        "common": {"name": "Characteristics"},
        "2": {"name": "ID", "table": "glpi_tickets", "field": "id"},
        "19": {"name": "Last update", "table": "glpi_tickets", "field": "date_mod"},
        "87": {"name": "External ID", "table": "glpi_tickets", "field": "externalid"},
    });
    let played = Recorded::play(vec![
        begins("one"),
        asked("GET", "/getFullSession").answers(200, session),
        asked("GET", "/getMyEntities?is_recursive=true").answers(200, entities),
        asked("GET", "/Ticket?range=0-0").answers(206, json!([ticket(1, None, 1)])),
        asked("GET", "/listSearchOptions/Ticket").answers(200, options),
        asked("GET", "/killSession").answers_nothing(200),
        begins("two"),
        error(in_session("two", "GET", "/getFullSession"), 403, "ERROR_RIGHT_MISSING"),
    ])
    .await;
    let store = store(played.url());
    let good = store.check().await;
    assert!(good.len() > 4 && good.iter().all(|finding| finding.result.is_ok()), "{good:?}");
    let bad = store.check().await;
    assert!(bad[0].result.as_ref().is_err_and(|what| what.contains("its profile")), "{bad:?}");
    played.done();
}

#[test]
fn settings_that_cannot_work_are_refused_with_a_mend() {
    let refused = |change: fn(&mut Settings)| {
        let mut settings = of("https://g.example/apirest.php", &[]);
        change(&mut settings);
        Glpi::new(settings).unwrap_err().to_string()
    };
    for (error, word) in [
        (refused(|settings| settings.user = Some("guardia".into())), "user: is the number of our account"),
        (refused(|settings| settings.queue = "Soporte".into()), "queue: is the number of an entity"),
        (refused(|settings| settings.secret = Secret::new(" ")), "remote access key"),
        (refused(|settings| settings.second_secret = Some(Secret::new("a\nb"))), "second_secret"),
        (refused(|settings| drop(settings.options.insert("tracker".into(), "1".into()))), "search_option"),
        (
            refused(|settings| drop(settings.options.insert("urgency".into(), "alta".into()))),
            "options.urgency: is a number",
        ),
    ] {
        assert!(error.contains(word), "{error}");
    }
}
