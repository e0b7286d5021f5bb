//! The account by REST: itself, where its numbers lead, its queues changed and removed.

use serde_json::json;

use crate::application::{ACCOUNT, Application, CALLER, OURS, TOKEN, call, heard, pass, twiml};
use crate::rest::Api;

async fn application() -> Application {
    Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Enqueue waitUrl=\"/wait\">guard</Enqueue>"),
        "/wait" => twiml("<Pause length=\"60\"/>"),
        "/elsewhere" => twiml("<Say>Otra casa.</Say>"),
        _ => twiml(""),
    })
    .await
}

#[tokio::test]
async fn the_account_shows_itself() {
    let app = application().await;
    let network = app.network();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/2010-04-01/Accounts/{ACCOUNT}.json", network.serve(listener).unwrap());
    #[expect(clippy::disallowed_methods, reason = "a client of a test")]
    let client = reqwest::Client::new();
    let answer = client.get(&url).basic_auth(ACCOUNT, Some(TOKEN)).send().await.unwrap();
    let body: serde_json::Value = answer.json().await.unwrap();
    assert_eq!((&body["sid"], &body["status"]), (&json!(ACCOUNT), &json!("active")));
    assert_eq!(client.get(&url).send().await.unwrap().status().as_u16(), 401);
}

#[tokio::test]
async fn a_number_is_led_elsewhere() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    let sid =
        api.get("IncomingPhoneNumbers.json").await.1["incoming_phone_numbers"][0]["sid"].as_str().unwrap().to_owned();
    let one = format!("IncomingPhoneNumbers/{sid}.json");
    let elsewhere = format!("{}/elsewhere", app.url);
    let (status, body) = api.post(&one, &[("VoiceUrl", &elsewhere), ("StatusCallback", "")]).await;
    assert_eq!((status, &body["voice_url"], &body["status_callback"]), (200, &json!(elsewhere), &json!("")));
    assert_eq!(api.get(&one).await.1["sms_url"], format!("{}/sms", app.url), "what was not named stays");
    network.dial(CALLER, OURS);
    pass(&network, 5.0).await;
    assert_eq!((heard(&network), app.paths()), (vec!["Otra casa.".to_owned()], vec!["/elsewhere".to_owned()]));
    assert_eq!(api.post(&one, &[("VoiceUrl", "elsewhere")]).await.1["code"], 21_502);
    assert_eq!(api.post(&one, &[("VoiceMethod", "GET")]).await.1["code"], 20_001);
    assert_eq!(api.get("IncomingPhoneNumbers/PN1.json").await.0, 404);
}

#[tokio::test]
async fn a_queue_is_changed_and_removed() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    let (_, made) = api.post("Queues.json", &[("FriendlyName", "night")]).await;
    let one = format!("Queues/{}.json", made["sid"].as_str().unwrap());
    let (_, body) = api.post(&one, &[("FriendlyName", "guard"), ("MaxSize", "1")]).await;
    assert_eq!((&body["friendly_name"], &body["max_size"], &body["sid"]), (&json!("guard"), &json!(1), &made["sid"]));
    let waits = call(&network).await;
    pass(&network, 1.0).await;
    assert_eq!(api.get(&one).await.1["current_size"], 1, "the documents call it by its new name");
    assert_eq!(api.post(&one, &[("FriendlyName", "day")]).await.1["code"], 20_001, "somebody waits");
    assert_eq!(api.delete(&one).await, 400);
    network.hang_up(&waits);
    api.post("Queues.json", &[("FriendlyName", "day")]).await;
    assert_eq!(api.post(&one, &[("FriendlyName", "day")]).await.1["code"], 22_003);
    assert_eq!(api.delete(&one).await, 204);
    assert_eq!(api.get(&one).await.0, 404);
}
