//! `Dial` and `Conference`: rooms that start, are heard in, told of, ended, and moderated by REST.

use chrono::TimeDelta;
use guardia_sandbox::{CallSid, CallStatus, Network, What};

use crate::application::{Application, CALLER, OURS, call, heard, pass, twiml};
use crate::rest::Api;

const SECOND: &str = "+18095550143";
const THIRD: &str = "+18095550144";

/// Whoever calls enters the room with these attributes, which may differ by number.
async fn room(attributes: impl Fn(&str) -> String + Clone + Send + Sync + 'static) -> (Application, Network) {
    let app = Application::start(move |asked| match asked.path.as_str() {
        "/voice" => twiml(&format!(
            "<Dial action=\"/done\"><Conference statusCallback=\"/room\" statusCallbackEvent=\"start end join leave mute hold\" \
             {}>guard</Conference></Dial><Say>Nunca.</Say>",
            attributes(asked.param("From"))
        )),
        "/wait" => twiml("<Say>Espere.</Say><Pause length=\"4\"/>"),
        "/hold" => twiml("<Say>En espera.</Say><Pause length=\"60\"/>"),
        "/done" => twiml("<Say>Fuera de la sala.</Say>"),
        _ => twiml(""),
    })
    .await;
    let network = app.network();
    (app, network)
}

async fn enters(network: &Network, number: &str) -> CallSid {
    let sid = network.dial(number, OURS);
    pass(network, 0.0).await;
    sid
}

fn heard_by(network: &Network, who: &str) -> Vec<String> {
    let entries = network.transcript().into_iter().filter(|entry| entry.number == who && entry.what == What::Hears);
    entries.map(|entry| entry.text).collect()
}

/// What the application was told of the room, in the order of its numbers.
fn told(app: &Application) -> Vec<String> {
    let mut told: Vec<(u32, String)> = app
        .asked_at("/room")
        .iter()
        .map(|asked| (asked.param("SequenceNumber").parse().unwrap(), asked.param("StatusCallbackEvent").to_owned()))
        .collect();
    told.sort();
    told.into_iter().map(|(_, event)| event).collect()
}

#[tokio::test]
async fn a_room_starts_with_two_and_everybody_hears_everybody() {
    let (app, network) = room(|_| "waitUrl=\"/wait\" beep=\"false\"".to_owned()).await;
    let one = call(&network).await;
    pass(&network, 6.0).await;
    assert_eq!(heard(&network), ["Espere.", "Espere."], "alone, the wait document is played again and again");
    let two = enters(&network, SECOND).await;
    let three = enters(&network, THIRD).await;
    let waits = app.asked_at("/wait").len();
    network.speak(&one, "Hola a todos", TimeDelta::seconds(1));
    network.press(&two, "4");
    pass(&network, 30.0).await;
    assert_eq!(app.asked_at("/wait").len(), waits, "once it has started nobody waits");
    assert_eq!(heard_by(&network, SECOND), ["Hola a todos"]);
    assert_eq!(heard_by(&network, THIRD), ["[key 4]", "Hola a todos"]);
    assert_eq!(heard_by(&network, CALLER).last().unwrap(), "[key 4]");
    network.hang_up(&one);
    network.hang_up(&two);
    pass(&network, 0.0).await;
    assert_eq!(network.call(&three).unwrap().status, CallStatus::InProgress, "one may stay behind");
    network.hang_up(&three);
    pass(&network, 0.0).await;
    assert_eq!(
        told(&app),
        [
            "participant-join",
            "participant-join",
            "conference-start",
            "participant-join",
            "participant-leave",
            "participant-leave",
            "participant-leave",
            "conference-end"
        ]
    );
    let end = app.asked_at("/room").into_iter().find(|asked| asked.param("StatusCallbackEvent") == "conference-end");
    let end = end.unwrap();
    assert_eq!(end.param("ReasonConferenceEnded"), "last-participant-left");
    assert_eq!(end.param("CallSidEndingConference"), three.as_str());
    assert_eq!(end.param("FriendlyName"), "guard");
    assert_eq!(app.asked_at("/done").len(), 3, "the action of each is told, and nobody hears its answer");
    assert_eq!(network.errors(), []);
}

#[tokio::test]
async fn who_does_not_start_it_waits_and_who_ends_it_ends_it_for_all() {
    let (app, network) = room(|from| {
        let chair = from == THIRD;
        format!("startConferenceOnEnter=\"{chair}\" endConferenceOnExit=\"{chair}\"")
    })
    .await;
    let one = call(&network).await;
    enters(&network, SECOND).await;
    assert!(!network.call(&one).unwrap().listens);
    let chair = enters(&network, THIRD).await;
    assert!(network.call(&one).unwrap().listens);
    network.hang_up(&chair);
    pass(&network, 3.0).await;
    assert_eq!(heard_by(&network, CALLER).last().unwrap(), "Fuera de la sala.");
    let done: Vec<_> = app.asked_at("/done").into_iter().filter(|asked| asked.param("From") == CALLER).collect();
    assert_eq!((done[0].param("DialCallStatus"), done[0].param("DialCallSid")), ("answered", ""));
    let end = app.asked_at("/room").into_iter().find(|asked| asked.param("StatusCallbackEvent") == "conference-end");
    assert_eq!(end.unwrap().param("ReasonConferenceEnded"), "participant-with-end-conference-on-exit-left");
}

#[tokio::test]
async fn beeps_are_heard_by_those_inside() {
    let (_app, network) = room(|_| String::new()).await;
    let one = call(&network).await;
    enters(&network, SECOND).await;
    enters(&network, THIRD).await;
    assert_eq!(heard_by(&network, CALLER), ["[beep]"], "the third comes in");
    network.hang_up(&one);
    pass(&network, 0.0).await;
    assert_eq!(heard_by(&network, SECOND), ["[beep]", "[beep]"]);
}

#[tokio::test]
async fn a_full_room_is_a_dial_that_failed() {
    let (app, network) = room(|_| "maxParticipants=\"2\"".to_owned()).await;
    call(&network).await;
    enters(&network, SECOND).await;
    enters(&network, THIRD).await;
    let done = &app.asked_at("/done")[0];
    assert_eq!((done.param("From"), done.param("DialCallStatus")), (THIRD, "failed"));
}

#[tokio::test]
async fn a_room_is_recorded_from_its_start() {
    let (app, network) = room(|_| "record=\"record-from-start\" recordingStatusCallback=\"/tape\"".to_owned()).await;
    let one = call(&network).await;
    pass(&network, 10.0).await;
    let two = enters(&network, SECOND).await;
    network.speak(&one, "Hola", TimeDelta::seconds(1));
    pass(&network, 5.0).await;
    network.hang_up(&one);
    network.hang_up(&two);
    pass(&network, 2.0).await;
    let recordings = network.recordings();
    assert_eq!(recordings.len(), 1);
    assert_eq!((recordings[0].seconds(), recordings[0].source), (5, "Conference"));
    assert_eq!(recordings[0].words, format!("{CALLER}: Hola."));
    let tape = &app.asked_at("/tape")[0];
    assert_eq!(tape.param("ConferenceSid"), recordings[0].conference.as_ref().unwrap().as_str());
    assert_eq!(tape.param("RecordingSource"), "Conference");
}

#[tokio::test]
async fn participants_are_muted_held_and_removed_by_rest() {
    let (app, network) = room(|_| "beep=\"false\"".to_owned()).await;
    let one = call(&network).await;
    let two = enters(&network, SECOND).await;
    let api = Api::of(&network).await;
    let (_, body) = api.get("Conferences.json?Status=in-progress&FriendlyName=guard").await;
    let sid = body["conferences"][0]["sid"].as_str().unwrap().to_owned();
    let (_, body) = api.get(&format!("Conferences/{sid}/Participants.json")).await;
    assert_eq!(body["participants"].as_array().unwrap().len(), 2);
    let path = format!("Conferences/{sid}/Participants/{one}.json");
    assert_eq!(api.post(&path, &[("Muted", "true")]).await.1["muted"], true);
    network.speak(&one, "No se oye", TimeDelta::seconds(1));
    pass(&network, 2.0).await;
    assert_eq!(heard_by(&network, SECOND), [""; 0]);
    api.post(&path, &[("Muted", "false"), ("Hold", "true"), ("HoldUrl", &format!("{}/hold", app.url))]).await;
    pass(&network, 1.0).await;
    network.speak(&two, "Tampoco", TimeDelta::seconds(1));
    pass(&network, 1.0).await;
    assert_eq!(heard_by(&network, CALLER), ["En espera."]);
    api.post(&path, &[("Hold", "false")]).await;
    network.speak(&two, "Ahora sí", TimeDelta::seconds(1));
    pass(&network, 1.0).await;
    assert_eq!(heard_by(&network, CALLER).last().unwrap(), "Ahora sí");
    assert_eq!(api.delete(&path).await, 204);
    pass(&network, 3.0).await;
    assert_eq!(heard_by(&network, CALLER).last().unwrap(), "Fuera de la sala.");
    assert_eq!(api.get(&path).await.0, 404);
    let events = ["participant-mute", "participant-unmute", "participant-hold", "participant-unhold"];
    assert_eq!(told(&app)[3..7], events);
    api.post(&format!("Conferences/{sid}.json"), &[("Status", "completed")]).await;
    pass(&network, 3.0).await;
    let (_, body) = api.get(&format!("Conferences/{sid}.json")).await;
    assert_eq!(body["status"], "completed");
    assert_eq!(body["reason_conference_ended"], "conference-ended-via-api");
    assert_eq!(heard_by(&network, SECOND).last().unwrap(), "Fuera de la sala.");
    assert_eq!(network.next_event_at(), None);
}
