//! Text messages: their life, receipts in any order, failures, opting out, answers.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::application::{Answer, Application, CALLER, OURS, pass, status, twiml};
use crate::rest::Api;
use guardia_sandbox::{Faults, MessageStatus, Network, Phone, Receipts, code};

async fn quiet() -> Application {
    Application::start(|_| Answer { status: 204, content_type: "text/xml", body: String::new() }).await
}

async fn send(network: &Network, app: &Application, to: &str, body: &str) -> (u16, serde_json::Value) {
    let api = Api::of(network).await;
    let callback = format!("{}/receipt", app.url);
    api.post("Messages.json", &[("To", to), ("From", OURS), ("Body", body), ("StatusCallback", &callback)]).await
}

fn receipts(app: &Application) -> Vec<String> {
    app.asked_at("/receipt").iter().map(|asked| asked.param("MessageStatus").to_owned()).collect()
}

#[tokio::test]
async fn a_message_is_queued_sent_and_delivered() {
    let app = quiet().await;
    let network = app.network();
    let (status, body) = send(&network, &app, CALLER, "Caso 26000123: ñandú").await;
    assert_eq!((status, body["status"].as_str()), (201, Some("queued")));
    assert_eq!((body["num_segments"].as_str(), body["error_code"].is_null()), (Some("1"), true));
    pass(&network, 0.29).await;
    assert_eq!(network.messages()[0].status, MessageStatus::Sending);
    pass(&network, 0.01).await;
    assert_eq!(network.messages()[0].status, MessageStatus::Sent);
    pass(&network, 0.7).await;
    assert_eq!(network.messages()[0].status, MessageStatus::Delivered);
    assert_eq!(receipts(&app), ["sent", "delivered"]);
    let last = &app.asked_at("/receipt")[1];
    assert_eq!(last.param("MessageSid"), body["sid"].as_str().unwrap());
    assert_eq!((last.param("From"), last.param("To")), (OURS, CALLER));
    assert_eq!(last.param("RawDlrDoneDate"), "2601010000");
    assert_eq!(network.transcript().last().unwrap().text, "Caso 26000123: ñandú");
}

#[tokio::test]
async fn receipts_come_as_the_faults_say() {
    let cases = [
        (Receipts::InOrder, 1.0, vec!["sent", "delivered"]),
        (Receipts::Reversed, 2.0, vec!["delivered", "sent"]),
        (Receipts::Late(TimeDelta::minutes(10)), 600.5, vec!["sent"]),
        (Receipts::Late(TimeDelta::minutes(10)), 601.0, vec!["sent", "delivered"]),
        (Receipts::Twice, 1.0, vec!["sent", "sent", "delivered", "delivered"]),
        (Receipts::None, 3600.0, vec![]),
    ];
    for (sms_receipts, seconds, expected) in cases {
        let app = quiet().await;
        let network = app.network();
        network.set_faults(Faults { sms_receipts, ..Faults::default() });
        send(&network, &app, CALLER, "Hola").await;
        pass(&network, seconds).await;
        assert_eq!(receipts(&app), expected, "{sms_receipts:?} after {seconds} s");
        assert_eq!(network.messages()[0].status, MessageStatus::Delivered, "the message itself is not affected");
    }
}

#[tokio::test]
async fn what_cannot_be_delivered_says_why() {
    let cases =
        [(30_003, MessageStatus::Undelivered), (30_007, MessageStatus::Undelivered), (30_001, MessageStatus::Failed)];
    for (code, expected) in cases {
        let app = quiet().await;
        let network = app.network();
        network.set_faults(Faults { sms_failures: BTreeMap::from([(CALLER.to_owned(), code)]), ..Faults::default() });
        assert_eq!(send(&network, &app, CALLER, "Hola").await.0, 201);
        pass(&network, 5.0).await;
        assert_eq!(network.messages()[0].status, expected, "{code}");
        let last = app.asked_at("/receipt").pop().unwrap();
        assert_eq!(
            (last.param("MessageStatus"), last.param("ErrorCode")),
            (expected.as_str(), code.to_string().as_str())
        );
    }
}

#[tokio::test]
async fn a_phone_that_is_off_is_unreachable_after_a_while() {
    let app = quiet().await;
    let network = app.network();
    network.set_phone(CALLER, Phone::SwitchedOff);
    send(&network, &app, CALLER, "Hola").await;
    pass(&network, 5.0).await;
    assert_eq!(receipts(&app), ["sent"]);
    pass(&network, 10.0).await;
    assert_eq!(app.asked_at("/receipt")[1].param("ErrorCode"), "30003");
}

#[tokio::test]
async fn what_is_refused_is_refused_with_its_number() {
    let app = quiet().await;
    let network = app.network();
    network.set_faults(Faults {
        sms_failures: BTreeMap::from([("+18095550199".to_owned(), 21_610)]),
        ..Faults::default()
    });
    let long = "x".repeat(1601);
    let cases = [
        (CALLER, "", 21_602),
        (CALLER, long.as_str(), 21_617),
        ("8095550142", "Hola", 21_211),
        ("", "Hola", 21_604),
        ("+18095550199", "Hola", 21_610),
    ];
    for (to, body, code) in cases {
        let (status, answer) = send(&network, &app, to, body).await;
        assert_eq!((status, answer["code"].as_u64()), (400, Some(code)), "{to} {}", body.len());
        assert_eq!(answer["status"], 400);
        assert!(answer["more_info"].as_str().unwrap().ends_with(&code.to_string()));
    }
    let api = Api::of(&network).await;
    for (from, code) in [("+18095559999", 21_606), ("123", 21_212), ("", 21_603)] {
        let (_, answer) = api.post("Messages.json", &[("To", CALLER), ("From", from), ("Body", "x")]).await;
        assert_eq!(answer["code"].as_u64(), Some(code), "{from}");
    }
    assert_eq!(network.messages(), []);
}

#[tokio::test]
async fn stop_stops_and_start_starts() {
    let app = quiet().await;
    let network = app.network();
    network.place_sms(CALLER, OURS, " stop ");
    pass(&network, 0.0).await;
    assert_eq!(send(&network, &app, CALLER, "Hola").await.1["code"], 21_610);
    network.place_sms(CALLER, OURS, "START");
    pass(&network, 0.0).await;
    assert_eq!(send(&network, &app, CALLER, "Hola").await.0, 201);
    assert_eq!(app.asked_at("/sms").len(), 2, "the application is told of both");
}

#[tokio::test]
async fn an_incoming_message_is_posted_and_may_be_answered() {
    let app = Application::start(|asked| match asked.param("Body") {
        "xml" => twiml(&format!(
            "<Message>Uno</Message><Message statusCallback=\"http://{}/receipt\"><Body>Dos</Body></Message>",
            asked.headers["host"].to_str().unwrap()
        )),
        "text" => Answer { status: 200, content_type: "text/plain", body: "Tres".to_owned() },
        "json" => Answer { status: 200, content_type: "application/json", body: "{}".to_owned() },
        "fail" => status(500),
        _ => Answer { status: 204, content_type: "text/xml", body: String::new() },
    })
    .await;
    let network = app.network();
    network.place_sms(CALLER, OURS, "xml");
    pass(&network, 2.0).await;
    let asked = &app.asked_at("/sms")[0];
    assert_eq!((asked.param("From"), asked.param("To"), asked.param("Body")), (CALLER, OURS, "xml"));
    assert_eq!((asked.param("NumMedia"), asked.param("NumSegments")), ("0", "1"));
    assert_eq!(asked.param("MessageSid"), network.messages()[0].sid.as_str());
    let bodies = || network.messages().into_iter().skip(1).map(|message| message.body).collect::<Vec<_>>();
    assert_eq!(bodies().last().map(String::as_str), Some("Dos"));
    assert_eq!(receipts(&app), ["sent", "delivered"]);
    for body in ["text", "json", "fail"] {
        network.place_sms(CALLER, OURS, body);
        pass(&network, 2.0).await;
    }
    assert!(bodies().contains(&"Tres".to_owned()));
    assert_eq!(network.errors().iter().map(|problem| problem.code).collect::<Vec<_>>(), [12_300, 11_200]);
}

#[tokio::test]
async fn messages_are_listed_by_when_they_left_emptied_and_deleted() {
    let app = quiet().await;
    let network = app.network();
    let api = Api::of(&network).await;
    let mut made = Vec::new();
    for body in ["Uno", "Dos"] {
        let (_, body) = api.post("Messages.json", &[("To", CALLER), ("From", OURS), ("Body", body)]).await;
        made.push(body["sid"].as_str().unwrap().to_owned());
        pass(&network, 60.0).await;
    }
    for (query, expected) in [
        ("DateSent=2026-01-01", 2),
        ("DateSent%3E=2026-01-01T00:00:30Z", 1),
        ("DateSent%3C=2026-01-01T00:00:30Z", 1),
        ("DateSent%3E=2026-01-02", 0),
    ] {
        let (_, body) = api.get(&format!("Messages.json?{query}")).await;
        assert_eq!(body["messages"].as_array().unwrap().len(), expected, "{query}");
    }
    let one = format!("Messages/{}.json", made[0]);
    let (status, body) = api.post(&one, &[("Body", "")]).await;
    assert_eq!((status, body["body"].as_str(), body["status"].as_str()), (200, Some(""), Some("delivered")));
    assert_eq!(api.post(&one, &[("Body", "Otra cosa")]).await.1["code"], 20_001);
    assert_eq!(api.get(&format!("Messages/{}/Media.json", made[0])).await.1["media_list"], serde_json::json!([]));
    assert_eq!(api.delete(&one).await, 204);
    assert_eq!(api.get(&one).await.0, 404);
    let (_, fresh) = api.post("Messages.json", &[("To", CALLER), ("From", OURS), ("Body", "Tres")]).await;
    assert_eq!(
        api.delete(&format!("Messages/{}.json", fresh["sid"].as_str().unwrap())).await,
        409,
        "it has not left yet"
    );
}

#[tokio::test]
async fn a_message_is_sent_later_or_taken_back() {
    let app = quiet().await;
    let network = app.network();
    let api = Api::of(&network).await;
    let order = [("To", CALLER), ("MessagingServiceSid", "MG1"), ("Body", "Mañana"), ("ScheduleType", "fixed")];
    let with = |more: (&'static str, &'static str)| order.into_iter().chain([more]).collect::<Vec<_>>();
    let at_eight = with(("SendAt", "2026-01-01T08:00:00Z"));
    let (status, kept) = api.post("Messages.json", &at_eight).await;
    assert_eq!((status, kept["status"].as_str()), (201, Some("scheduled")));
    let (_, dropped) = api.post("Messages.json", &at_eight).await;
    let dropped = format!("Messages/{}.json", dropped["sid"].as_str().unwrap());
    pass(&network, 3600.0).await;
    assert_eq!(api.post(&dropped, &[("Status", "canceled")]).await.1["status"], "canceled");
    pass(&network, 7.0 * 3600.0 - 1.0).await;
    assert_eq!(network.messages()[0].status, MessageStatus::Scheduled);
    pass(&network, 3.0).await;
    let last: Vec<_> = network.messages().iter().map(|message| message.status).collect();
    assert_eq!(last, [MessageStatus::Delivered, MessageStatus::Canceled]);
    assert_eq!(api.post(&dropped, &[("Status", "canceled")]).await.1["code"], 30_409);
    for (form, code) in [
        (with(("SendAt", "2026-01-01T08:04:00Z")), 35_114),
        (vec![("To", CALLER), ("From", OURS), ("Body", "x"), ("SendAt", "2026-01-02T08:00:00Z")], 35_111),
    ] {
        assert_eq!(api.post("Messages.json", &form).await.1["code"], code, "{form:?}");
    }
}

#[tokio::test]
async fn an_answer_may_lead_to_another_document() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/sms" => twiml("<Message>Uno</Message><Redirect method=\"GET\">next?a=1</Redirect><Message>Nunca</Message>"),
        "/next" => twiml("<Message statusCallback=\"/receipt\">Dos</Message>"),
        "/loop" => twiml("<Redirect>/loop</Redirect>"),
        _ => twiml(""),
    })
    .await;
    let network = app.network();
    network.place_sms(CALLER, OURS, "Hola");
    pass(&network, 3.0).await;
    let next = &app.asked_at("/next")[0];
    assert!(next.method == "GET" && next.query.starts_with("a=1&") && next.query.contains("Body=Hola"), "{next:?}");
    let sent: Vec<_> = network.messages().into_iter().skip(1).map(|message| message.body).collect();
    assert_eq!(sent, ["Uno", "Dos"]);
    assert_eq!(receipts(&app), ["sent", "delivered"], "relative to its document");
    let mut config = app.config();
    config.lines[0].sms_url = Some(format!("{}/loop", app.url));
    let network = Network::start(config);
    network.place_sms(CALLER, OURS, "Hola");
    pass(&network, 3.0).await;
    assert_eq!(app.asked_at("/loop").len(), 11);
    assert_eq!(network.errors()[0].code, code::TOO_MANY_REDIRECTS);
}
