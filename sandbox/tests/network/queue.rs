//! `Enqueue`: waiting, leaving, being taken out, hanging up.

use crate::application::{Application, CALLER, OURS, call, heard, pass, twiml};
use crate::rest::Api;

async fn application(wait: &'static str) -> Application {
    Application::start(move |asked| match asked.path.as_str() {
        "/voice" => twiml("<Enqueue waitUrl=\"/wait\" action=\"/left\">guard</Enqueue><Say>Después.</Say>"),
        "/wait" => twiml(wait),
        "/left" => twiml("<Say>Salió.</Say>"),
        _ => twiml(""),
    })
    .await
}

#[tokio::test]
async fn the_wait_document_is_asked_again_and_told_how_long_it_has_been() {
    let app = application("<Say>Un momento, por favor, le atendemos.</Say>").await;
    let network = app.network();
    call(&network).await;
    network.dial("+18095550143", OURS);
    pass(&network, 7.0).await;
    let asked = app.asked_at("/wait");
    let first: Vec<_> =
        asked.iter().filter(|asked| asked.param("From") == CALLER).map(|asked| asked.param("QueueTime")).collect();
    assert_eq!(first, ["0", "3", "5"], "36 characters take 2.4 s");
    let second = asked.iter().find(|asked| asked.param("From") != CALLER).unwrap();
    assert_eq!((second.param("QueuePosition"), second.param("CurrentQueueSize")), ("2", "2"));
    assert!(second.param("QueueSid").starts_with("QU"));
}

#[tokio::test]
async fn leaving_asks_the_action() {
    let app = application("<Pause length=\"4\"/><Leave/>").await;
    let network = app.network();
    call(&network).await;
    pass(&network, 10.0).await;
    let left = &app.asked_at("/left")[0];
    assert_eq!((left.param("QueueResult"), left.param("QueueTime")), ("leave", "4"));
    assert_eq!(heard(&network), ["Salió."]);
}

#[tokio::test]
async fn hanging_up_tells_the_action_and_asks_nothing_more() {
    let app = application("<Play>music.mp3</Play>").await;
    let network = app.network();
    let sid = call(&network).await;
    pass(&network, 4.0).await;
    network.hang_up(&sid);
    pass(&network, 60.0).await;
    let left = app.asked_at("/left");
    assert_eq!(left.len(), 1);
    assert_eq!((left[0].param("QueueResult"), left[0].param("CallStatus")), ("hangup", "completed"));
    assert_eq!(app.asked_at("/wait").len(), 2);
    assert_eq!(network.next_event_at(), None);
}

#[tokio::test]
async fn a_call_taken_out_by_rest_is_redirected() {
    let app = application("<Play>music.mp3</Play>").await;
    let network = app.network();
    let api = Api::of(&network).await;
    let sid = call(&network).await;
    pass(&network, 1.0).await;
    api.post(&format!("Calls/{sid}.json"), &[("Twiml", "<Response><Say>Le comunico.</Say></Response>")]).await;
    pass(&network, 5.0).await;
    assert_eq!(app.asked_at("/left")[0].param("QueueResult"), "redirected");
    assert_eq!(heard(&network).last().map(String::as_str), Some("Le comunico."));
}

#[tokio::test]
async fn a_wait_document_without_time_is_asked_once_a_second() {
    let app = application("").await;
    let network = app.network();
    call(&network).await;
    pass(&network, 5.5).await;
    assert_eq!(app.asked_at("/wait").len(), 6);
    assert_eq!(network.errors(), []);
}

#[tokio::test]
async fn a_full_queue_is_told_at_once() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Enqueue maxQueueSize=\"1\" action=\"/left\">guard</Enqueue>"),
        _ => twiml(""),
    })
    .await;
    let network = app.network();
    call(&network).await;
    network.dial("+18095550143", OURS);
    pass(&network, 1.0).await;
    let left = app.asked_at("/left");
    assert_eq!(left.len(), 1);
    assert_eq!((left[0].param("From"), left[0].param("QueueResult")), ("+18095550143", "queue-full"));
}
