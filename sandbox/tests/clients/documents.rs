//! Documents that an official client builds are carried out as they mean it.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::application::{Answer, Application, CALLER, OURS, call, heard, pass};
use crate::worker::{Client, Worker};
use guardia_sandbox::Phone;

const STAFF: &str = "+18095550111";

type Documents = Arc<Mutex<Vec<(&'static str, String)>>>;

/// An application that answers each path with a document, once there are some.
async fn application(documents: &Documents) -> Application {
    let documents = Arc::clone(documents);
    Application::start(move |asked| {
        let documents = documents.lock().unwrap();
        let found = documents.iter().find(|(path, _)| *path == asked.path);
        let body = found.map_or_else(|| "<Response/>".to_owned(), |(_, document)| document.clone());
        Answer { status: 200, content_type: "text/xml", body }
    })
    .await
}

pub async fn documents_of_the_client_are_carried_out(client: Client) {
    let documents = Documents::default();
    let app = application(&documents).await;
    let network = app.network();
    network.set_phone(STAFF, Phone::Answers(TimeDelta::seconds(2)));
    let mut worker = Worker::start(client, &network).await;
    let say = |words: &str| json!(["say", { "language": "es-MX", "voice": "Polly.Mia-Neural" }, words, []]);
    let number = json!(["number", { "url": "/whisper", "status_callback": "/leg",
        "status_callback_event": "answered completed" }, STAFF, []]);
    let built: [(&str, Value); 8] = [
        (
            "/voice",
            json!([
                ["pause", { "length": 1 }, "", []],
                ["gather", { "input": "dtmf", "num_digits": 1, "timeout": 4, "finish_on_key": "#", "action": "/keys",
                    "method": "POST" }, "", [say("Marque uno."), ["play", {}, "/uno.wav", []]]],
                ["redirect", { "method": "POST" }, "/silence", []],
            ]),
        ),
        ("/silence", json!([say("¿Sigue ahí?"), ["redirect", {}, "/voice", []]])),
        (
            "/keys",
            json!([["record", { "action": "/recorded", "max_length": 20, "timeout": 3, "finish_on_key": "#",
            "play_beep": true, "trim": "trim-silence", "recording_status_callback": "/tape",
            "recording_status_callback_event": "completed" }, "", []]]),
        ),
        (
            "/recorded",
            json!([["dial", { "action": "/talked", "timeout": 15, "time_limit": 5, "record": "record-from-answer-dual",
            "caller_id": OURS, "answer_on_bridge": true }, "", [number]]]),
        ),
        ("/whisper", json!([say("Un caso nuevo.")])),
        ("/talked", json!([["enqueue", { "action": "/left", "wait_url": "/wait" }, "guard", []]])),
        ("/wait", json!([say("Espere."), ["leave", {}, "", []]])),
        ("/left", json!([["sms", { "to": CALLER }, "Su caso: 1234", []], say("Adiós."), ["hangup", {}, "", []]])),
    ];
    for (path, verbs) in built {
        let document = worker.twiml("voice", verbs).await;
        documents.lock().unwrap().push((path, document));
    }
    let sid = call(&network).await;
    pass(&network, 12.0).await;
    network.press(&sid, "1");
    pass(&network, 1.0).await;
    assert!(network.speak(&sid, "No hay sistema", TimeDelta::seconds(2)));
    pass(&network, 60.0).await;
    let asked = ["/voice", "/silence", "/voice", "/keys", "/recorded", "/whisper", "/talked", "/wait", "/left"];
    let turns: Vec<_> = app.paths().into_iter().filter(|path| asked.contains(&path.as_str())).collect();
    assert_eq!(turns, asked);
    assert_eq!(
        heard(&network),
        ["Marque uno.", "[uno.wav]", "¿Sigue ahí?", "Marque uno.", "[u…", "Un caso nuevo.", "Espere.", "Adiós.",]
    );
    assert_eq!(app.asked_at("/keys")[0].param("Digits"), "1");
    let talked = &app.asked_at("/talked")[0];
    assert_eq!(
        (talked.param("DialCallStatus"), talked.param("DialCallDuration")),
        ("completed", "6"),
        "from its answer on"
    );
    assert_eq!(app.asked_at("/left")[0].param("QueueResult"), "leave");
    assert_eq!((app.asked_at("/leg").len(), app.asked_at("/tape").len()), (2, 1));
    assert_eq!(network.messages()[0].body, "Su caso: 1234");
    assert_eq!(network.errors(), []);
}

pub async fn a_text_message_is_answered(client: Client) {
    let documents = Documents::default();
    let app = application(&documents).await;
    let network = app.network();
    let mut worker = Worker::start(client, &network).await;
    let document = worker.twiml("messaging", json!([["message", {}, "Recibido: <caso> & más", []]])).await;
    documents.lock().unwrap().push(("/sms", document));
    network.place_sms(CALLER, OURS, "1");
    pass(&network, 2.0).await;
    let answer = network.messages().pop().unwrap();
    assert_eq!(
        (answer.body.as_str(), answer.direction, answer.to.as_str()),
        ("Recibido: <caso> & más", "outbound-reply", CALLER)
    );
    assert_eq!(network.errors(), []);
}
