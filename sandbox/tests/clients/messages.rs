//! Text messages by an official client.

use serde_json::json;

use crate::application::{Application, CALLER, OURS, pass, status, twiml};
use crate::worker::{Client, Worker, the};
use guardia_sandbox::Faults;

const STAFF: &str = "+18095550111";

pub async fn messages_are_sent_read_and_listed(client: Client) {
    let app = Application::start(|asked| if asked.path == "/told" { status(204) } else { twiml("") }).await;
    let network = app.network();
    network.set_faults(Faults { sms_failures: [(CALLER.to_owned(), 30_005)].into(), ..Faults::default() });
    let mut worker = Worker::start(client, &network).await;
    let messages = the("messages");
    let body = "Caso 1234: ¿acepta?";
    let order = json!({ "to": STAFF, "from": OURS, "body": body, "status_callback": format!("{}/told", app.url) });
    let made = worker.act(&messages, "create", order).await;
    assert_eq!((&made["status"], &made["num_segments"]), (&json!("queued"), &json!("1")));
    worker.act(&messages, "create", json!({ "to": CALLER, "from": OURS, "body": "Recibido." })).await;
    pass(&network, 2.0).await;
    let read = worker.act(&messages.clone().one(made["sid"].as_str().unwrap()), "fetch", json!({})).await;
    assert_eq!((&read["status"], &read["body"]), (&json!("delivered"), &json!(body)));
    assert_eq!(read["date_sent"], "2026-01-01T00:00:00Z");
    let told: Vec<_> = app.asked_at("/told").iter().map(|asked| asked.param("MessageStatus").to_owned()).collect();
    assert_eq!(told, ["sent", "delivered"]);

    network.place_sms(STAFF, OURS, "1");
    pass(&network, 1.0).await;
    let received = worker.act(&messages, "list", json!({ "from": STAFF })).await;
    assert_eq!((&received[0]["body"], &received[0]["direction"]), (&json!("1"), &json!("inbound")));
    let failed = worker.act(&messages, "list", json!({ "to": CALLER })).await;
    assert_eq!((&failed[0]["status"], &failed[0]["error_code"]), (&json!("undelivered"), &json!(30_005)));

    let one = messages.clone().one(made["sid"].as_str().unwrap());
    assert_eq!(worker.act(&one, "update", json!({ "body": "" })).await["body"], "");
    worker.act(&one, "delete", json!({})).await;
    assert_eq!(worker.attempt(&one, "fetch", json!({})).await.unwrap_err()["code"], 20_404);
    let order = json!({ "to": STAFF, "messaging_service_sid": "MG1", "body": body, "schedule_type": "fixed",
        "send_at": "2026-01-01T01:00:00Z" });
    let later = worker.act(&messages, "create", order).await;
    assert_eq!(later["status"], "scheduled");
    let later = messages.clone().one(later["sid"].as_str().unwrap());
    assert_eq!(worker.act(&later, "update", json!({ "status": "canceled" })).await["status"], "canceled");

    network.place_sms(STAFF, OURS, "STOP");
    pass(&network, 1.0).await;
    let order = json!({ "to": STAFF, "from": OURS, "body": body });
    assert_eq!(worker.attempt(&messages, "create", order).await.unwrap_err()["code"], 21_610);
}
