//! Participants by REST: called into a conference, coached, named, and told something while they talk.

use chrono::TimeDelta;
use guardia_sandbox::{CallSid, Network, Phone, What};
use serde_json::json;

use crate::application::{ACCOUNT, Application, CALLER, OURS, call, pass, twiml};
use crate::rest::Api;

const STAFF: &str = "+18095550111";
const OTHER: &str = "+18095550143";

async fn application() -> Application {
    Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml(
            "<Dial action=\"/done\"><Conference beep=\"false\" participantLabel=\"caller\" statusCallback=\"/room\" \
             statusCallbackEvent=\"join leave modify announcement\">guard</Conference></Dial>",
        ),
        "/announce" => twiml("<Say>Quedan diez minutos.</Say><Pause length=\"1\"/><Say>Gracias.</Say>"),
        "/wrong" => twiml("<Gather/>"),
        _ => twiml(""),
    })
    .await
}

fn heard_by(network: &Network, who: &str) -> Vec<String> {
    let entries = network.transcript().into_iter().filter(|entry| entry.number == who && entry.what == What::Hears);
    entries.map(|entry| entry.text).collect()
}

fn told(app: &Application) -> Vec<String> {
    app.asked_at("/room").iter().map(|asked| asked.param("StatusCallbackEvent").to_owned()).collect()
}

#[tokio::test]
async fn somebody_is_called_into_a_conference() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    network.set_phone(STAFF, Phone::Answers(TimeDelta::seconds(2)));
    let caller = call(&network).await;
    pass(&network, 1.0).await;
    let room = api.get("Conferences.json").await.1["conferences"][0]["sid"].as_str().unwrap().to_owned();
    let told = format!("{}/leg", app.url);
    let form = [
        ("From", OURS),
        ("To", STAFF),
        ("Label", "technician"),
        ("EndConferenceOnExit", "true"),
        ("Beep", "false"),
        ("StatusCallback", told.as_str()),
        ("StatusCallbackEvent", "answered"),
        ("StatusCallbackEvent", "completed"),
    ];
    let (status, made) = api.post(&format!("Conferences/{room}/Participants.json"), &form).await;
    assert_eq!((status, &made["conference_sid"], &made["label"]), (201, &json!(room), &json!("technician")));
    let leg = CallSid::from(made["call_sid"].as_str().unwrap());
    assert_eq!(network.call(&leg).unwrap().direction.as_str(), "outbound-api");
    pass(&network, 3.0).await;
    let one = format!("Conferences/{room}/Participants/technician.json");
    let (_, seat) = api.get(&one).await;
    assert_eq!(
        (&seat["call_sid"], &seat["end_conference_on_exit"], &seat["status"]),
        (&json!(leg.as_str()), &json!(true), &json!("connected"))
    );
    network.speak(&leg, "Le ayudo", TimeDelta::seconds(1));
    pass(&network, 2.0).await;
    assert_eq!(heard_by(&network, CALLER), ["Le ayudo"]);
    network.hang_up(&leg);
    pass(&network, 1.0).await;
    assert_eq!(app.asked_at("/leg").len(), 2);
    assert_eq!(app.asked_at("/done")[0].param("CallSid"), caller.as_str(), "its leaving ended the conference");
    assert_eq!(api.get(&format!("Conferences/{room}.json")).await.1["status"], "completed");
}

#[tokio::test]
async fn a_conference_is_made_by_the_first_who_is_called_into_it() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    for number in [STAFF, OTHER] {
        network.set_phone(number, Phone::Answers(TimeDelta::seconds(1)));
        let form = [("From", OURS), ("To", number), ("ConferenceRecord", "true"), ("Beep", "false")];
        assert_eq!(api.post("Conferences/night-7/Participants.json", &form).await.0, 201);
    }
    pass(&network, 5.0).await;
    let (_, listed) = api.get("Conferences.json?FriendlyName=night-7").await;
    assert_eq!(listed["conferences"].as_array().unwrap().len(), 1);
    assert_eq!(listed["conferences"][0]["status"], "in-progress");
    for call in network.calls() {
        network.hang_up(&call.sid);
    }
    pass(&network, 2.0).await;
    assert_eq!(network.recordings()[0].source, "Conference");
    for (form, code) in [
        (vec![("From", OURS), ("To", "555")], 21_211),
        (vec![("From", CALLER), ("To", STAFF)], 21_210),
        (vec![("From", OURS), ("To", STAFF), ("ConferenceStatusCallbackEvent", "born")], 20_001),
    ] {
        assert_eq!(api.post("Conferences/night-8/Participants.json", &form).await.1["code"], code, "{form:?}");
    }
    assert_eq!(api.get("Conferences.json?FriendlyName=night-8").await.1["conferences"], json!([]));
    let gone = format!("Conferences/CF{}/Participants.json", ACCOUNT.trim_start_matches("AC"));
    assert_eq!(api.post(&gone, &[("From", OURS), ("To", STAFF)]).await.0, 404);
}

#[tokio::test]
async fn a_coach_is_heard_by_one_and_hears_all() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    let caller = call(&network).await;
    let staff = network.dial(OTHER, OURS);
    network.set_phone(STAFF, Phone::Answers(TimeDelta::seconds(1)));
    pass(&network, 1.0).await;
    let room = api.get("Conferences.json").await.1["conferences"][0]["sid"].as_str().unwrap().to_owned();
    let people = format!("Conferences/{room}/Participants");
    let form =
        [("From", OURS), ("To", STAFF), ("Coaching", "true"), ("CallSidToCoach", staff.as_str()), ("Beep", "false")];
    let (_, made) = api.post(&format!("{people}.json"), &form).await;
    let coach = CallSid::from(made["call_sid"].as_str().unwrap());
    pass(&network, 3.0).await;
    network.speak(&coach, "Pregunte el número", TimeDelta::seconds(1));
    pass(&network, 2.0).await;
    network.speak(&caller, "No hay sistema", TimeDelta::seconds(1));
    pass(&network, 2.0).await;
    assert_eq!(heard_by(&network, OTHER), ["Pregunte el número", "No hay sistema"]);
    assert_eq!(heard_by(&network, CALLER), Vec::<String>::new());
    assert_eq!(heard_by(&network, STAFF), ["No hay sistema"]);
    let one = format!("{people}/{coach}.json");
    assert_eq!(api.get(&one).await.1["call_sid_to_coach"], staff.as_str());
    assert_eq!(api.post(&one, &[("Coaching", "false")]).await.1["coaching"], false);
    network.speak(&coach, "Buenas noches", TimeDelta::seconds(1));
    pass(&network, 2.0).await;
    assert_eq!(heard_by(&network, CALLER), ["Buenas noches"]);
    assert!(told(&app).contains(&"participant-modify".to_owned()));
    assert_eq!(api.post(&one, &[("Coaching", "true")]).await.1["code"], 20_001);
    assert_eq!(api.post(&one, &[("CallSidToCoach", "CA1")]).await.0, 404);
}

#[tokio::test]
async fn something_is_announced_to_one_or_to_all_while_they_talk() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    let caller = call(&network).await;
    network.dial(OTHER, OURS);
    pass(&network, 1.0).await;
    let room = api.get("Conferences.json").await.1["conferences"][0]["sid"].as_str().unwrap().to_owned();
    let announce = format!("{}/announce", app.url);
    api.post(&format!("Conferences/{room}.json"), &[("AnnounceUrl", &announce)]).await;
    network.speak(&caller, "Siga, por favor", TimeDelta::milliseconds(500));
    pass(&network, 5.0).await;
    assert_eq!(heard_by(&network, CALLER), ["Quedan diez minutos.", "Gracias."]);
    assert_eq!(heard_by(&network, OTHER), ["Siga, por favor", "Quedan diez minutos.", "Gracias."]);
    let one = format!("Conferences/{room}/Participants/{caller}.json");
    assert_eq!(api.post(&one, &[("AnnounceUrl", &announce), ("AnnounceMethod", "GET")]).await.0, 200);
    pass(&network, 5.0).await;
    assert_eq!((heard_by(&network, CALLER).len(), heard_by(&network, OTHER).len()), (4, 3));
    assert_eq!(app.asked_at("/announce")[1].method, "GET");
    api.post(&one, &[("AnnounceUrl", &format!("{}/wrong", app.url))]).await;
    pass(&network, 1.0).await;
    let told: Vec<_> = told(&app).into_iter().filter(|event| event.starts_with("announcement")).collect();
    assert_eq!(told, ["announcement-end", "announcement-end", "announcement-fail"]);
    assert_eq!(network.errors().last().unwrap().code, 12_200);
}
