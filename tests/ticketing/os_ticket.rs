//! osTicket, by its documents `setup/doc/api.md` and `setup/doc/api/tickets.md`
//! (<https://github.com/osTicket/osTicket/blob/develop/setup/doc/api/tickets.md>); refusals as `include/class.api.php` and
//! `include/api.tickets.php` of the same repository word them.

use guardia::incident::State;
use guardia::provider::ticketing::{OsTicket, TicketStore, Verdict};
use guardia::ticket::{Field, RemoteAttachment};
use serde_json::json;

use crate::recorded::{Exchange, Recorded, nowhere};
use crate::sample::{at, case, comment, is_trouble, recording, settings};

const OPTIONS: [(&str, &str); 2] = [("email", "linea@example.gob.do"), ("priority", "4")];

fn store(url: &str) -> OsTicket {
    OsTicket::new(settings(url, "12", &[(Field::Severity, "severidad")], &OPTIONS)).unwrap()
}

fn asked() -> Exchange {
    Exchange::post("/api/tickets.json").header("X-API-Key", "s3cret").header("Content-Type", "application/json")
}

#[tokio::test]
async fn a_ticket_is_made_and_its_number_read() {
    let played = Recorded::play(vec![
        asked()
            .json(json!({
                "autorespond": false,
                "name": "Línea de incidentes",
                "email": "mesa@institucion.example",
                "subject": "[26000019] Caída de la señal en Ñagua: ¿cuándo vuelve?",
                "message": "Reportado por teléfono.\nServicio: expedición de cédulas.",
                "topicId": 12,
                "priorityId": 4,
                "severidad": "critical",
                "phone": null,
            }))
            .answers_text(201, "text/html; charset=utf-8", "123456\n"),
        // Without an address and a text; one that begins like a data URL would be read as one (RFC 2397).
        asked().json(json!({"email": "linea@example.gob.do", "message": "-"})).answers_text(201, "text/html", "A-7"),
        asked().json(json!({"message": "\u{a0}data:,x"})).answers_text(201, "text/html", "8"),
    ])
    .await;
    let store = store(played.url());
    assert_eq!(store.create(&case()).await.unwrap(), "123456");
    let mut other = case();
    (other.requester, other.body) = (None, " ".into());
    assert_eq!(store.create(&other).await.unwrap(), "A-7");
    other.body = "data:,x".into();
    assert_eq!(store.create(&other).await.unwrap(), "8");
    played.done();
}

#[tokio::test]
async fn what_is_refused_says_what_to_mend_and_what_is_lost_stays_in_doubt() {
    let unknown = "Unable to create new ticket :severidad is a required field";
    let played = Recorded::play(vec![
        asked().any_body().answers_text(401, "text/html", "API key not found/active or source IP not authorized"),
        asked().any_body().answers_text(400, "text/html", "Unexpected or invalid data received"),
        asked().any_body().answers_text(403, "text/html", "Ticket denied: mesa@institucion.example"),
        asked().any_body().answers_text(500, "text/html", unknown),
        asked().any_body().answers_text(500, "text/html", "unknown error"),
        asked().any_body().with("Retry-After", "30").answers_nothing(429),
        asked().any_body().loses(),
        asked().any_body().closes(),
        asked().any_body().floods(201),
        asked().any_body().answers_text(200, "text/html", "<html>welcome</html>"),
        asked().any_body().answers_text(201, "text/html", ""),
    ])
    .await;
    let store = store(played.url());
    for (verdict, word) in [
        (Verdict::Refused, "bound to the address"),
        (Verdict::Refused, "does not take a field"),
        (Verdict::Refused, "ban list"),
        (Verdict::Refused, "a field that osTicket requires"),
        (Verdict::Unknown, "status 500"),
        (Verdict::Busy, "status 429"),
        (Verdict::Unknown, "the connection broke"),
        (Verdict::Unknown, "the connection broke"),
        (Verdict::Unknown, "too large"),
        (Verdict::Unknown, "cannot be read"),
        (Verdict::Unknown, "cannot be read"),
    ] {
        let trouble = store.create(&case()).await.unwrap_err();
        is_trouble(&trouble, verdict, word);
        assert_eq!(trouble.wait.map(|wait| wait.as_secs()), (verdict == Verdict::Busy).then_some(30));
    }
    played.done();
    let trouble = self::store(&nowhere().await).create(&case()).await.unwrap_err();
    is_trouble(&trouble, Verdict::Away, "no connection");
}

#[tokio::test]
async fn nothing_else_is_there_and_that_is_said_beforehand() {
    let played = Recorded::play(Vec::new()).await;
    let store = store(played.url());
    let can = store.capabilities();
    assert!(!(can.find || can.comment || can.attach || can.state || can.update || can.merge || can.changes));
    assert_eq!(
        (store.name(), store.mapped(), store.state_word(State::Closed)),
        ("os_ticket", vec![Field::Severity], None)
    );
    let file = RemoteAttachment { id: "1".into(), name: "a".into(), size: None };
    for trouble in [
        store.find("26000019").await.unwrap_err(),
        store.read("1").await.unwrap_err(),
        store.update("1", &case()).await.unwrap_err(),
        store.comment("1", &comment(false)).await.unwrap_err(),
        store.comments("1").await.unwrap_err(),
        store.attach("1", &recording()).await.unwrap_err(),
        store.attachments("1").await.unwrap_err(),
        store.fetch("1", &file).await.unwrap_err(),
        store.merge("1", "2").await.unwrap_err(),
        store.changed(at("2026-11-27T04:00:00Z")).await.unwrap_err(),
    ] {
        is_trouble(&trouble, Verdict::Refused, "only makes tickets");
    }
    store.set_state("1", State::Closed).await.unwrap();
    played.done();
}

#[tokio::test]
async fn the_key_is_looked_at_without_making_a_ticket() {
    let played = Recorded::play(vec![
        asked().raw("{}").answers_text(400, "text/html", "Unable to parse JSON"),
        asked().raw("{}").answers_text(401, "text/html", "Valid API key required"),
        asked().raw("{}").answers_text(200, "text/html", "<html>"),
    ])
    .await;
    let store = store(played.url());
    assert!(store.check().await[0].result.is_ok());
    assert!(store.check().await[0].result.as_ref().unwrap_err().contains("bound to the address"));
    let findings = store.check().await;
    assert!(findings[0].result.as_ref().unwrap_err().contains("not osTicket's"));
    assert!(findings[1].result.as_ref().unwrap().contains("a person looks"));
    played.done();
}

#[test]
fn settings_without_which_it_cannot_work_are_named() {
    for (queue, options, named) in [
        ("12", vec![], "options.email"),
        ("twelve", vec![("email", "a@b")], "queue"),
        ("", vec![("email", "a@b"), ("priority", "high")], "options.priority"),
        ("", vec![("email", "a@b"), ("tracker", "1")], "options.tracker"),
    ] {
        let error = OsTicket::new(settings("https://t.example", queue, &[], &options)).unwrap_err();
        assert!(error.to_string().starts_with(&format!("ticketing: {named}: ")), "{error}");
    }
    let plain = OsTicket::new(settings("http://t.example", "", &[], &OPTIONS)).unwrap_err();
    assert!(plain.to_string().contains("url"), "{plain}");
    OsTicket::new(settings("https://t.example", "", &[], &OPTIONS)).unwrap();
}
