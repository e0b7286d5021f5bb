//! Calls by an official client: made, read, changed, listed; and what is refused.

use serde_json::{Value, json};

use crate::application::{ACCOUNT, Application, CALLER, OURS, call, heard, pass, twiml};
use crate::worker::{Client, Worker, the};
use guardia_sandbox::CallSid;

const STAFF: &str = "+18095550111";

async fn application() -> Application {
    Application::start(|asked| match asked.path.as_str() {
        "/page" => twiml("<Say>Hay un incidente.</Say><Gather numDigits=\"1\" action=\"/accept\"/>"),
        _ => twiml("<Say>Espere.</Say><Pause length=\"60\"/>"),
    })
    .await
}

fn sid(resource: &Value) -> &str {
    resource["sid"].as_str().unwrap()
}

pub async fn calls_are_made_read_changed_and_listed(client: Client) {
    let app = application().await;
    let network = app.network();
    let mut worker = Worker::start(client, &network).await;
    let calls = the("calls");
    let order = json!({
        "to": STAFF,
        "from": OURS,
        "url": format!("{}/page", app.url),
        "status_callback": format!("{}/told", app.url),
        "status_callback_event": ["initiated", "ringing", "answered", "completed"],
        "machine_detection": "Enable",
        "timeout": 20,
    });
    let made = worker.act(&calls, "create", order).await;
    assert_eq!((&made["status"], &made["direction"]), (&json!("queued"), &json!("outbound-api")));
    assert_eq!(made["date_created"], "2026-01-01T00:00:00Z", "a date that the client can read");
    let page = sid(&made).to_owned();
    pass(&network, 1.0).await;
    network.answer(&CallSid::from(page.as_str()));
    pass(&network, 2.0).await;
    let one = calls.clone().one(&page);
    let read = worker.act(&one, "fetch", json!({})).await;
    assert_eq!((&read["status"], &read["answered_by"]), (&json!("in-progress"), &json!("human")));
    assert_eq!((&read["to"], &read["from"]), (&json!(STAFF), &json!(OURS)));

    let elsewhere = json!({ "twiml": "<Response><Say>Otra cosa.</Say><Pause length=\"9\"/></Response>" });
    worker.act(&one, "update", elsewhere).await;
    pass(&network, 1.0).await;
    let over = worker.act(&one, "update", json!({ "status": "completed" })).await;
    assert_eq!((&over["status"], &over["duration"]), (&json!("completed"), &json!("3")));
    assert_eq!(heard(&network), ["Hay un incidente.", "Otra cosa."]);
    pass(&network, 1.0).await;
    let told: Vec<_> = app.asked_at("/told").iter().map(|asked| asked.param("CallStatus").to_owned()).collect();
    assert_eq!(told.len(), 4, "each of the list's events: {told:?}");

    let reported = call(&network).await;
    pass(&network, 5.0).await;
    let listed = worker.act(&calls, "list", json!({ "page_size": 1 })).await;
    assert_eq!(listed.as_array().unwrap().iter().map(sid).collect::<Vec<_>>(), [reported.as_str(), &page]);
    for (filter, expected) in [
        (json!({ "status": "in-progress" }), vec![reported.as_str()]),
        (json!({ "to": STAFF }), vec![page.as_str()]),
        (json!({ "from": CALLER, "start_time_after": "2026-01-01T00:00:03Z" }), vec![reported.as_str()]),
        (json!({ "start_time_before": "2026-01-01T00:00:03Z" }), vec![page.as_str()]),
    ] {
        let listed = worker.act(&calls, "list", filter.clone()).await;
        assert_eq!(listed.as_array().unwrap().iter().map(sid).collect::<Vec<_>>(), expected, "{filter}");
    }
    let numbers = worker.act(&the("incoming_phone_numbers"), "list", json!({ "phone_number": OURS })).await;
    assert_eq!(numbers[0]["voice_url"], format!("{}/voice", app.url));
    let number = the("incoming_phone_numbers").one(sid(&numbers[0]));
    let page = json!({ "voice_url": format!("{}/page", app.url) });
    assert_eq!(worker.act(&number, "update", page.clone()).await["voice_url"], page["voice_url"]);
    worker.act(&one, "delete", json!({})).await;
    assert_eq!(worker.attempt(&one, "fetch", json!({})).await.unwrap_err()["code"], 20_404);
    let account = the("api").its("v2010").its("accounts").one(ACCOUNT);
    assert_eq!(worker.act(&account, "fetch", json!({})).await["status"], "active");
}

pub async fn what_is_refused_has_its_number(client: Client) {
    let app = application().await;
    let network = app.network();
    let mut worker = Worker::start(client, &network).await;
    let calls = the("calls");
    let twiml = "<Response/>";
    let gone = calls.clone().one("CA00000000000000000000000000000000");
    let over = call(&network).await;
    network.hang_up(&over);
    let cases = [
        (&calls, "create", json!({ "to": "555", "from": OURS, "twiml": twiml }), 400, 21_211),
        (&calls, "create", json!({ "to": STAFF, "from": CALLER, "twiml": twiml }), 400, 21_210),
        (&calls, "create", json!({ "to": STAFF, "from": OURS, "url": "page" }), 400, 21_205),
        (&calls, "create", json!({ "to": STAFF, "from": OURS, "twiml": "<Response><Oops/></Response>" }), 400, 12_200),
        (&gone, "fetch", json!({}), 404, 20_404),
        (&calls.clone().one(over.as_str()), "update", json!({ "twiml": twiml }), 400, 21_220),
        (&the("messages"), "create", json!({ "to": STAFF, "from": CALLER, "body": "x" }), 400, 21_606),
    ];
    for (on, method, arguments, status, code) in cases {
        let refused = worker.attempt(on, method, arguments).await.unwrap_err();
        assert_eq!((refused["status"].as_u64(), refused["code"].as_u64()), (Some(status), Some(code)), "{refused}");
        assert!(!refused["message"].as_str().unwrap().is_empty());
    }
    let mut stranger = Worker::start_with(client, &network, "another token").await;
    let refused = stranger.attempt(&gone, "fetch", json!({})).await.unwrap_err();
    assert_eq!((refused["status"].as_u64(), refused["code"].as_u64()), (Some(401), Some(20_003)));
}
