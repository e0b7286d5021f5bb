//! Queues, conferences and recordings by an official client.

use serde_json::json;

use crate::application::{Application, OURS, call, heard, pass, twiml};
use crate::worker::{Client, Worker, the};
use chrono::TimeDelta;
use guardia_sandbox::Phone;

const OTHER: &str = "+18095550143";
const STAFF: &str = "+18095550111";

pub async fn queues_are_made_read_and_emptied(client: Client) {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Enqueue action=\"/left\" waitUrl=\"/wait\">guard</Enqueue>"),
        "/elsewhere" => twiml("<Say>Le atiende Ana.</Say>"),
        "/wait" => twiml("<Pause length=\"10\"/>"),
        _ => twiml(""),
    })
    .await;
    let network = app.network();
    let mut worker = Worker::start(client, &network).await;
    let queues = the("queues");
    let made = worker.act(&queues, "create", json!({ "friendly_name": "guard", "max_size": 5 })).await;
    assert_eq!((&made["friendly_name"], &made["max_size"]), (&json!("guard"), &json!(5)));
    let first = call(&network).await;
    pass(&network, 3.0).await;
    let second = network.dial(OTHER, OURS);
    pass(&network, 4.0).await;
    let one = queues.clone().one(made["sid"].as_str().unwrap());
    let read = worker.act(&one, "fetch", json!({})).await;
    assert_eq!(read["current_size"], 2);
    let members = one.clone().its("members");
    let listed = worker.act(&members, "list", json!({})).await;
    assert_eq!((&listed[0]["call_sid"], &listed[1]["call_sid"]), (&json!(first.as_str()), &json!(second.as_str())));
    assert_eq!((&listed[0]["position"], &listed[0]["wait_time"]), (&json!(1), &json!(7)));
    let front = worker.act(&members.clone().one("Front"), "fetch", json!({})).await;
    assert_eq!(front["date_enqueued"], "2026-01-01T00:00:00Z");
    let elsewhere = json!({ "url": format!("{}/elsewhere", app.url), "method": "POST" });
    worker.act(&members.one("Front"), "update", elsewhere).await;
    pass(&network, 2.0).await;
    assert_eq!(heard(&network), ["Le atiende Ana."]);
    assert_eq!(worker.act(&queues, "list", json!({})).await[0]["current_size"], 1);
    assert_eq!(worker.act(&one, "update", json!({ "max_size": 2 })).await["max_size"], 2);
    network.hang_up(&second);
    worker.act(&one, "delete", json!({})).await;
    assert_eq!(worker.act(&queues, "list", json!({})).await, json!([]));
}

pub async fn conferences_are_read_and_moderated(client: Client) {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Dial action=\"/done\"><Conference beep=\"false\">guard</Conference></Dial>"),
        "/hold" => twiml("<Say>En espera.</Say><Pause length=\"60\"/>"),
        "/announce" => twiml("<Say>Quedan diez minutos.</Say>"),
        "/done" => twiml("<Say>Fuera.</Say>"),
        _ => twiml(""),
    })
    .await;
    let network = app.network();
    let mut worker = Worker::start(client, &network).await;
    let one = call(&network).await;
    let two = network.dial(OTHER, OURS);
    pass(&network, 1.0).await;
    let conferences = the("conferences");
    let listed = worker.act(&conferences, "list", json!({ "status": "in-progress", "friendly_name": "guard" })).await;
    let room = conferences.clone().one(listed[0]["sid"].as_str().unwrap());
    let participants = room.clone().its("participants");
    let inside = worker.act(&participants, "list", json!({})).await;
    assert_eq!(inside.as_array().unwrap().len(), 2);
    let seat = participants.clone().one(one.as_str());
    assert_eq!(worker.act(&seat, "update", json!({ "muted": true })).await["muted"], true);
    assert!(network.speak(&one, "No me oyen", TimeDelta::seconds(1)));
    let hold = json!({ "hold": true, "hold_url": format!("{}/hold", app.url) });
    assert_eq!(worker.act(&participants.clone().one(two.as_str()), "update", hold).await["hold"], true);
    pass(&network, 3.0).await;
    assert_eq!(heard(&network), ["En espera."]);
    assert_eq!(worker.act(&participants, "list", json!({ "hold": true })).await[0]["call_sid"], two.as_str());
    network.set_phone(STAFF, Phone::Answers(TimeDelta::seconds(1)));
    let order = json!({ "from": OURS, "to": STAFF, "label": "technician", "beep": "false" });
    let called = worker.act(&participants, "create", order).await;
    pass(&network, 3.0).await;
    let technician = worker.act(&participants.clone().one("technician"), "fetch", json!({})).await;
    assert_eq!((&technician["call_sid"], &technician["status"]), (&called["call_sid"], &json!("connected")));
    worker.act(&room, "update", json!({ "announce_url": format!("{}/announce", app.url) })).await;
    pass(&network, 3.0).await;
    assert!(heard(&network).contains(&"Quedan diez minutos.".to_owned()));
    worker.act(&seat, "delete", json!({})).await;
    pass(&network, 2.0).await;
    assert_eq!(heard(&network).last().unwrap(), "Fuera.");
    let refused = worker.attempt(&seat, "fetch", json!({})).await.unwrap_err();
    assert_eq!((&refused["status"], &refused["code"]), (&json!(404), &json!(20_404)));
    let ended = worker.act(&room, "update", json!({ "status": "completed" })).await;
    assert_eq!(
        (&ended["status"], &ended["reason_conference_ended"]),
        (&json!("completed"), &json!("conference-ended-via-api"))
    );
}

pub async fn recordings_are_read_and_deleted(client: Client) {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Record action=\"/done\"/>"),
        _ => twiml(""),
    })
    .await;
    let network = app.network();
    let mut worker = Worker::start(client, &network).await;
    let sid = call(&network).await;
    pass(&network, 1.0).await;
    network.speak(&sid, "La nómina no se paga", TimeDelta::seconds(4));
    pass(&network, 10.0).await;
    let recordings = the("recordings");
    let listed = worker.act(&recordings, "list", json!({ "call_sid": sid.as_str() })).await;
    assert_eq!((&listed[0]["duration"], &listed[0]["source"]), (&json!("4"), &json!("RecordVerb")));
    let own = worker.act(&the("calls").one(sid.as_str()).its("recordings"), "list", json!({})).await;
    assert_eq!(own[0]["sid"], listed[0]["sid"]);
    let one = recordings.clone().one(listed[0]["sid"].as_str().unwrap());
    assert_eq!(worker.act(&one, "fetch", json!({})).await["status"], "completed");
    worker.act(&one, "delete", json!({})).await;
    let live = the("calls").one(call(&network).await.as_str()).its("recordings");
    pass(&network, 1.0).await;
    let started = worker.act(&live, "create", json!({ "recording_channels": "dual" })).await;
    assert_eq!((&started["status"], &started["channels"]), (&json!("in-progress"), &json!(2)));
    let current = live.clone().one("Twilio.CURRENT");
    let paused = json!({ "status": "paused", "pause_behavior": "skip" });
    assert_eq!(worker.act(&current, "update", paused).await["status"], "paused");
    assert_eq!(worker.act(&current, "update", json!({ "status": "stopped" })).await["sid"], started["sid"]);
    assert_eq!(worker.attempt(&one, "fetch", json!({})).await.unwrap_err()["code"], 20_404);
}
