//! `Dial` and `Queue`: a person on duty takes the caller who waits.

use chrono::TimeDelta;
use guardia_sandbox::{CallSid, CallStatus, Network};

use crate::application::{Application, CALLER, OURS, call, heard, pass, twiml};
use crate::rest::Api;

const ANA: &str = "+18095550111";

/// `/voice` waits in the queue; `/take` is the document of the person on duty.
async fn hotline(take: &str) -> (Application, Network) {
    let take = take.to_owned();
    let app = Application::start(move |asked| match asked.path.as_str() {
        "/voice" => twiml("<Enqueue waitUrl=\"/wait\" action=\"/left\">guard</Enqueue>"),
        "/wait" => twiml("<Gather numDigits=\"1\" action=\"/key\" timeout=\"20\"><Play>music.mp3</Play></Gather>"),
        "/key" if asked.param("Digits") == "9" => twiml("<Leave/>"),
        "/key" => twiml("<Say>No le oímos.</Say>"),
        "/take" => twiml(&take),
        "/before" => twiml("<Say>Le comunico ahora.</Say>"),
        "/left" => twiml("<Say>Gracias por esperar.</Say>"),
        "/done" => twiml("<Say>Fin de la guardia.</Say>"),
        _ => twiml(""),
    })
    .await;
    let network = app.network();
    (app, network)
}

const TAKE: &str = "<Dial action=\"/done\" timeout=\"15\"><Queue url=\"/before\">guard</Queue></Dial>";

/// The application calls Ana, who picks up.
async fn ana_answers(app: &Application, network: &Network) -> (Api, CallSid) {
    let api = Api::of(network).await;
    let form = [("To", ANA), ("From", OURS), ("Url", &format!("{}/take", app.url))];
    let (_, body) = api.post("Calls.json", &form).await;
    let sid = CallSid::from(body["sid"].as_str().unwrap());
    pass(network, 1.0).await;
    network.answer(&sid);
    pass(network, 0.0).await;
    (api, sid)
}

#[tokio::test]
async fn the_caller_hears_the_whisper_and_is_joined() {
    let (app, network) = hotline(TAKE).await;
    let caller = call(&network).await;
    pass(&network, 10.0).await;
    let (_api, ana) = ana_answers(&app, &network).await;
    let before = &app.asked_at("/before")[0];
    assert_eq!(before.param("CallSid"), caller.as_str());
    assert_eq!(before.param("DequeingCallSid"), ana.as_str());
    assert_eq!(before.param("QueueTime"), "11");
    assert!(before.param("QueueSid").starts_with("QU"));
    assert_eq!(network.call(&ana).unwrap().joined_to, None);
    pass(&network, 2.0).await;
    assert_eq!(heard(&network).last().unwrap(), "Le comunico ahora.");
    assert_eq!(network.call(&ana).unwrap().joined_to, Some(caller.clone()));
    network.speak(&ana, "Soy Ana", TimeDelta::seconds(1));
    pass(&network, 20.0).await;
    assert_eq!(heard(&network).last().unwrap(), "Soy Ana");
    assert_eq!(app.asked_at("/left").len(), 0, "the action is asked when the conversation is over");
    network.hang_up(&ana);
    pass(&network, 3.0).await;
    let left = &app.asked_at("/left")[0];
    assert_eq!((left.param("QueueResult"), left.param("QueueTime")), ("bridged", "11"));
    assert_eq!(left.param("CallStatus"), "in-progress");
    assert_eq!(heard(&network).last().unwrap(), "Gracias por esperar.");
    let done = &app.asked_at("/done")[0];
    assert_eq!((done.param("DialCallStatus"), done.param("CallStatus")), ("completed", "completed"));
    assert_eq!(done.param("DialCallSid"), caller.as_str());
    assert_eq!(network.errors(), []);
}

#[tokio::test]
async fn the_caller_who_hangs_up_while_talking_was_bridged() {
    let (app, network) = hotline(TAKE).await;
    let caller = call(&network).await;
    pass(&network, 1.0).await;
    let (_api, ana) = ana_answers(&app, &network).await;
    pass(&network, 5.0).await;
    network.hang_up(&caller);
    pass(&network, 3.0).await;
    let left = app.asked_at("/left");
    assert_eq!(left.len(), 1);
    assert_eq!((left[0].param("QueueResult"), left[0].param("CallStatus")), ("bridged", "completed"));
    assert_eq!(app.asked_at("/done")[0].param("DialBridged"), "true");
    assert_eq!(heard(&network).last().unwrap(), "Fin de la guardia.");
    assert_eq!(network.call(&ana).unwrap().status, CallStatus::Completed);
    assert_eq!(network.next_event_at(), None);
}

#[tokio::test]
async fn the_caller_who_hangs_up_in_the_whisper_was_not() {
    let (app, network) = hotline(TAKE).await;
    let caller = call(&network).await;
    pass(&network, 1.0).await;
    let (_api, _ana) = ana_answers(&app, &network).await;
    network.hang_up(&caller);
    pass(&network, 0.0).await;
    assert_eq!(app.asked_at("/left")[0].param("QueueResult"), "hangup");
    assert_eq!(app.asked_at("/done")[0].param("DialBridged"), "false");
}

#[tokio::test]
async fn the_person_on_duty_who_hangs_up_in_the_whisper_leaves_the_caller_an_error() {
    let (app, network) = hotline(TAKE).await;
    call(&network).await;
    pass(&network, 1.0).await;
    let (_api, ana) = ana_answers(&app, &network).await;
    pass(&network, 0.5).await;
    network.hang_up(&ana);
    pass(&network, 3.0).await;
    assert_eq!(app.asked_at("/left")[0].param("QueueResult"), "error");
    assert_eq!(heard(&network).last().unwrap(), "Gracias por esperar.", "the caller goes on");
}

#[tokio::test]
async fn an_empty_queue_is_waited_at_and_a_queue_nobody_made_is_a_failure() {
    let (app, network) = hotline(TAKE).await;
    ana_answers(&app, &network).await;
    assert_eq!(app.asked_at("/done")[0].param("DialCallStatus"), "failed", "there is no such queue");

    let (app, network) = hotline(TAKE).await;
    let first = call(&network).await;
    network.hang_up(&first);
    ana_answers(&app, &network).await;
    pass(&network, 14.5).await;
    assert_eq!(app.asked_at("/done").len(), 0);
    pass(&network, 1.0).await;
    assert_eq!(app.asked_at("/done")[0].param("DialCallStatus"), "no-answer");

    let (app, network) = hotline(TAKE).await;
    let first = call(&network).await;
    network.hang_up(&first);
    let (_api, ana) = ana_answers(&app, &network).await;
    pass(&network, 5.0).await;
    let second = network.dial("+18095550143", OURS);
    pass(&network, 3.0).await;
    assert_eq!(network.call(&ana).unwrap().joined_to, Some(second));
}

#[tokio::test]
async fn who_waited_in_vain_takes_nobody_later() {
    let (app, network) = hotline(TAKE).await;
    let first = call(&network).await;
    network.hang_up(&first);
    ana_answers(&app, &network).await;
    pass(&network, 20.0).await;
    let left = app.asked_at("/left").len();
    network.dial("+18095550143", OURS);
    pass(&network, 5.0).await;
    assert_eq!(app.asked_at("/left").len(), left, "the next caller waits");
    assert_eq!(app.asked_at("/before").len(), 0);
}

#[tokio::test]
async fn the_document_before_the_conversation_may_only_speak() {
    let (app, network) = hotline("<Dial action=\"/done\"><Queue url=\"/wait\">guard</Queue></Dial>").await;
    let caller = call(&network).await;
    pass(&network, 1.0).await;
    let (_api, ana) = ana_answers(&app, &network).await;
    pass(&network, 1.0).await;
    assert_eq!(network.errors()[0].code, 12_200);
    assert_eq!(network.call(&ana).unwrap().joined_to, Some(caller));
}

#[tokio::test]
async fn two_on_duty_take_two_callers_the_longest_first() {
    let (app, network) = hotline(TAKE).await;
    let first = call(&network).await;
    pass(&network, 1.0).await;
    let second = network.dial("+18095550143", OURS);
    pass(&network, 1.0).await;
    let (_api, one) = ana_answers(&app, &network).await;
    let (_api, two) = ana_answers(&app, &network).await;
    pass(&network, 3.0).await;
    assert_eq!(network.call(&one).unwrap().joined_to, Some(first));
    assert_eq!(network.call(&two).unwrap().joined_to, Some(second));
}

#[tokio::test]
async fn a_wait_document_may_gather_and_leave() {
    let (app, network) = hotline(TAKE).await;
    let caller = call(&network).await;
    pass(&network, 4.0).await;
    network.press(&caller, "3");
    pass(&network, 3.0).await;
    assert_eq!(heard(&network).last().unwrap(), "No le oímos.");
    assert!(app.asked_at("/wait").len() >= 2, "the call waits on");
    network.press(&caller, "9");
    pass(&network, 2.0).await;
    assert_eq!(app.asked_at("/left")[0].param("QueueResult"), "leave");
    assert_eq!(heard(&network).last().unwrap(), "Gracias por esperar.");
}

#[tokio::test]
async fn a_caller_taken_elsewhere_while_talking_says_so() {
    let (app, network) = hotline(TAKE).await;
    let caller = call(&network).await;
    pass(&network, 1.0).await;
    let (api, _ana) = ana_answers(&app, &network).await;
    pass(&network, 5.0).await;
    let twiml = "<Response><Say>Otro lugar.</Say></Response>";
    api.post(&format!("Calls/{caller}.json"), &[("Twiml", twiml)]).await;
    pass(&network, 3.0).await;
    assert_eq!(app.asked_at("/left")[0].param("QueueResult"), "redirected-from-bridged");
    assert_eq!(app.asked_at("/done")[0].param("DialCallStatus"), "completed");
    let by_caller: Vec<_> = network.transcript().into_iter().filter(|entry| entry.number == CALLER).collect();
    assert!(by_caller.iter().any(|entry| entry.text == "Otro lugar."));
}

#[tokio::test]
async fn queues_and_their_members_are_read_and_taken_out_by_rest() {
    let (app, network) = hotline(TAKE).await;
    let first = call(&network).await;
    pass(&network, 4.0).await;
    let second = network.dial("+18095550143", OURS);
    pass(&network, 2.0).await;
    let api = Api::of(&network).await;
    let (_, body) = api.get("Queues.json").await;
    let queue = &body["queues"][0];
    assert_eq!((queue["friendly_name"].as_str(), queue["current_size"].as_u64()), (Some("guard"), Some(2)));
    assert_eq!((queue["max_size"].as_u64(), queue["average_wait_time"].as_u64()), (Some(100), Some(4)));
    let sid = queue["sid"].as_str().unwrap();
    assert_eq!(api.get(&format!("Queues/{sid}.json")).await.1["sid"], sid);
    let (_, body) = api.get(&format!("Queues/{sid}/Members.json")).await;
    let members = body["queue_members"].as_array().unwrap();
    assert_eq!((members[0]["call_sid"].as_str(), members[0]["wait_time"].as_u64()), (Some(first.as_str()), Some(6)));
    assert_eq!((members[1]["call_sid"].as_str(), members[1]["position"].as_u64()), (Some(second.as_str()), Some(2)));
    let (_, body) = api.get(&format!("Queues/{sid}/Members/{second}.json")).await;
    assert_eq!(body["wait_time"], 2);
    let done = format!("{}/done", app.url);
    let (status, body) = api.post(&format!("Queues/{sid}/Members/Front.json"), &[("Url", &done)]).await;
    assert_eq!((status, body["call_sid"].as_str()), (200, Some(first.as_str())));
    pass(&network, 2.0).await;
    assert_eq!(app.asked_at("/left")[0].param("QueueResult"), "redirected");
    assert_eq!(app.asked_at("/done")[0].param("CallSid"), first.as_str());
    assert_eq!(api.get(&format!("Queues/{sid}/Members/{first}.json")).await.0, 404);
    assert_eq!(api.post(&format!("Queues/{sid}/Members/Front.json"), &[]).await.1["code"], 20_001);
    assert_eq!(api.post("Queues.json", &[("FriendlyName", "night"), ("MaxSize", "1")]).await.0, 201);
    assert_eq!(api.post("Queues.json", &[("FriendlyName", "night")]).await.1["code"], 22_003);
}
