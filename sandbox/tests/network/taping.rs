//! Recordings that the application starts, pauses and stops by REST while people talk.

use chrono::TimeDelta;

use crate::application::{Application, OURS, call, pass, twiml};
use crate::rest::Api;

const OTHER: &str = "+18095550143";

#[tokio::test]
async fn a_live_call_is_recorded_with_pauses_and_stopped() {
    let app = Application::start(|_| twiml("<Pause length=\"2\"/><Say>Diga.</Say><Pause length=\"60\"/>")).await;
    let network = app.network();
    let api = Api::of(&network).await;
    let sid = call(&network).await;
    let (recordings, tape) = (format!("Calls/{sid}/Recordings.json"), format!("{}/tape", app.url));
    assert_eq!(api.post(&recordings, &[]).await.1["code"], 21_220, "it rings");
    pass(&network, 3.0).await;
    let events = ["in-progress", "completed"].map(|event| ("RecordingStatusCallbackEvent", event));
    let mut form = vec![("RecordingStatusCallback", tape.as_str()), ("RecordingChannels", "dual")];
    form.extend(events);
    let (status, made) = api.post(&recordings, &form).await;
    assert_eq!((status, made["status"].as_str(), made["channels"].as_u64()), (201, Some("in-progress"), Some(2)));
    assert!(made["duration"].is_null());
    let one = format!("Calls/{sid}/Recordings/{}.json", made["sid"].as_str().unwrap());
    let current = format!("Calls/{sid}/Recordings/Twilio.CURRENT.json");
    let says = async |words: &str| {
        network.speak(&sid, words, TimeDelta::seconds(1));
        pass(&network, 2.0).await;
    };
    says("El número").await;
    let (_, paused) = api.post(&current, &[("Status", "paused"), ("PauseBehavior", "skip")]).await;
    assert_eq!(paused["status"], "paused");
    says("de mi tarjeta").await;
    assert_eq!(api.post(&one, &[("Status", "in-progress")]).await.1["status"], "in-progress");
    says("es privado").await;
    let (status, stopped) = api.post(&one, &[("Status", "stopped")]).await;
    assert_eq!((status, stopped["status"].as_str(), stopped["duration"].as_str()), (200, Some("stopped"), Some("4")));
    says("y ya no se graba").await;
    let (_, read) = api.get(&one).await;
    assert_eq!((&read["status"], &read["source"]), (&"completed".into(), &"StartCallRecordingAPI".into()));
    let words = network.recordings().pop().unwrap().words;
    assert!(words.contains("El número") && words.contains("es privado"), "{words}");
    assert!(!words.contains("tarjeta") && !words.contains("ya no"), "{words}");
    let told: Vec<_> = app.asked_at("/tape").iter().map(|asked| asked.param("RecordingStatus").to_owned()).collect();
    assert_eq!(told, ["in-progress", "completed"]);
    assert_eq!(api.post(&one, &[("Status", "paused")]).await.0, 404, "it is over");
    assert_eq!(api.post(&current, &[("Status", "gone")]).await.1["code"], 20_001);
    assert_eq!(api.get(&format!("Recordings.json?CallSid={sid}")).await.1["recordings"].as_array().unwrap().len(), 1);
    assert_eq!(api.delete(&one).await, 204);
    assert_eq!(api.get(&one).await.0, 404);
}

#[tokio::test]
async fn the_recording_of_a_conversation_or_a_room_is_under_way_too() {
    let app = Application::start(|asked| match asked.param("From") {
        OTHER => twiml("<Dial><Conference>guard</Conference></Dial>"),
        _ => twiml("<Dial><Conference record=\"record-from-start\">guard</Conference></Dial>"),
    })
    .await;
    let network = app.network();
    let api = Api::of(&network).await;
    let one = call(&network).await;
    network.dial(OTHER, OURS);
    pass(&network, 2.0).await;
    let room = api.get("Conferences.json").await.1["conferences"][0]["sid"].as_str().unwrap().to_owned();
    let of_room = format!("Conferences/{room}/Recordings");
    let listed = api.get(&format!("{of_room}.json")).await.1["recordings"].clone();
    assert_eq!((&listed[0]["status"], &listed[0]["conference_sid"]), (&"in-progress".into(), &room.as_str().into()));
    let pause = [("Status", "paused")];
    assert_eq!(api.post(&format!("{of_room}/Twilio.CURRENT.json"), &pause).await.1["status"], "paused");
    assert_eq!(api.post(&format!("{of_room}/RE1.json"), &pause).await.0, 404);
    network.speak(&one, "En secreto", TimeDelta::seconds(1));
    pass(&network, 3.0).await;
    api.post(&format!("{of_room}/Twilio.CURRENT.json"), &[("Status", "stopped")]).await;
    let kept = network.recordings().pop().unwrap();
    assert_eq!((kept.words.as_str(), kept.seconds(), kept.source), ("", 5, "Conference"), "a pause is silence in it");
}
