//! Calls made by REST: machine detection, recordings, names of orders, lists to reconcile with, live modification that is late.

use chrono::TimeDelta;
use guardia_sandbox::{CallSid, Faults, Network, Phone, Receipts, What};
use serde_json::Value;

use crate::application::{Application, CALLER, OURS, call, heard, pass, twiml};
use crate::rest::Api;

const ANA: &str = "+18095550111";

async fn application() -> Application {
    Application::start(|asked| match asked.path.as_str() {
        "/page" => twiml("<Say>Hay un incidente.</Say>"),
        "/voice" => twiml("<Say>Espere.</Say><Pause length=\"30\"/><Redirect>/tail</Redirect>"),
        "/tail" => twiml("<Say>Lo de antes.</Say>"),
        "/elsewhere" => twiml("<Say>Lo nuevo.</Say>"),
        _ => twiml(""),
    })
    .await
}

async fn order(app: &Application, api: &Api, more: &[(&str, &str)]) -> CallSid {
    let page = format!("{}/page", app.url);
    let mut form = vec![("To", ANA), ("From", OURS), ("Url", page.as_str())];
    form.extend(more);
    let (status, body) = api.post("Calls.json", &form).await;
    assert_eq!(status, 201, "{body}");
    CallSid::from(body["sid"].as_str().unwrap())
}

#[tokio::test]
async fn machine_detection_is_in_the_first_request_or_comes_after_the_greeting() {
    // The phone rings 0.5 s after the order, the machine picks up 5 s later, and its 17 characters take 1.1 s.
    for (detection, found, asked_after) in
        [("Enable", "machine_start", 5.5), ("DetectMessageEnd", "machine_end_beep", 6.7)]
    {
        let app = application().await;
        let network = app.network();
        let api = Api::of(&network).await;
        network.set_phone(ANA, Phone::Voicemail(TimeDelta::seconds(5)));
        network.set_greeting(ANA, "Ha llamado a Ana.");
        order(&app, &api, &[("MachineDetection", detection)]).await;
        pass(&network, asked_after - 0.1).await;
        assert_eq!(app.asked_at("/page").len(), 0, "{detection}");
        pass(&network, 0.1).await;
        assert_eq!(app.asked_at("/page")[0].param("AnsweredBy"), found);
    }
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    network.set_phone(ANA, Phone::Voicemail(TimeDelta::seconds(5)));
    let found = format!("{}/found", app.url);
    let amd = [("MachineDetection", "Enable"), ("AsyncAmd", "true"), ("AsyncAmdStatusCallback", found.as_str())];
    let sid = order(&app, &api, &amd).await;
    pass(&network, 6.0).await;
    assert_eq!(app.asked_at("/page")[0].param("AnsweredBy"), "", "nobody waited for it");
    let found = &app.asked_at("/found")[0];
    assert_eq!((found.param("AnsweredBy"), found.param("CallSid")), ("machine_start", sid.as_str()));
}

#[tokio::test]
async fn voicemail_records_for_two_minutes_and_hangs_up() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    network.set_phone(ANA, Phone::Voicemail(TimeDelta::seconds(5)));
    network.set_greeting(ANA, "Ha llamado a Ana.");
    let twiml = "<Response><Pause length=\"600\"/></Response>";
    api.post("Calls.json", &[("To", ANA), ("From", OURS), ("Twiml", twiml)]).await;
    pass(&network, 200.0).await;
    let note = network.transcript().into_iter().find(|entry| entry.what == What::Note).unwrap();
    assert_eq!(note.text, "(voicemail) a message of 120 s");
    assert_eq!(network.calls()[0].seconds(), Some(122));
}

#[tokio::test]
async fn a_whole_call_is_recorded_when_the_order_says_so() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    let tape = format!("{}/tape", app.url);
    let sid = order(&app, &api, &[("Record", "true"), ("RecordingStatusCallback", &tape)]).await;
    pass(&network, 1.0).await;
    network.answer(&sid);
    network.speak(&sid, "Dígame", TimeDelta::seconds(1));
    pass(&network, 5.0).await;
    let recording = &network.recordings()[0];
    assert_eq!((recording.call.clone(), recording.source, recording.seconds()), (sid, "OutboundAPI", 2));
    assert_eq!(recording.words, format!("{ANA}: Dígame."));
    assert_eq!(app.asked_at("/tape")[0].param("RecordingStatus"), "completed");
    let refused =
        api.post("Calls.json", &[("To", ANA), ("From", OURS), ("Twiml", "<Response/>"), ("Record", "yes")]).await;
    assert_eq!(refused.1["code"], 20_001);
}

#[tokio::test]
async fn the_name_of_an_order_is_noted() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    for _ in 0..2 {
        api.post_named("Calls.json", &[("To", ANA), ("From", OURS), ("Twiml", "<Response/>")], "page-7").await;
    }
    let names: Vec<_> = network.calls().into_iter().map(|call| call.token).collect();
    assert_eq!(
        names,
        [Some("page-7".to_owned()), Some("page-7".to_owned())],
        "two orders under one name can be counted"
    );
}

fn sids(body: &Value) -> Vec<String> {
    body["calls"].as_array().unwrap().iter().map(|call| call["sid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn calls_are_listed_by_when_they_started() {
    let app = application().await;
    let mut config = app.config();
    config.start = "2026-03-07T23:59:00Z".parse().unwrap();
    let network = Network::start(config);
    let api = Api::of(&network).await;
    let mut made = Vec::new();
    for _ in 0..3 {
        let sid = call(&network).await;
        pass(&network, 1.0).await;
        network.hang_up(&sid);
        made.push(sid.to_string());
        pass(&network, 39.0).await;
    }
    let (first, second, third) = (&made[0], &made[1], &made[2]);
    for (query, expected) in [
        ("StartTime=2026-03-07", vec![second, first]),
        ("StartTime=2026-03-08", vec![third]),
        ("StartTime%3E=2026-03-08", vec![third]),
        ("StartTime%3E=2026-03-07T23:59:40Z", vec![third, second]),
        ("StartTime%3C=2026-03-07T23:59:30Z&Status=completed", vec![first]),
        ("EndTime%3E=2026-03-07T23:59:30Z&StartTime%3C=2026-03-07", vec![second]),
        ("Status=busy", vec![]),
    ] {
        let (status, body) = api.get(&format!("Calls.json?{query}")).await;
        assert_eq!((status, sids(&body).iter().collect::<Vec<_>>()), (200, expected), "{query}");
    }
    let (status, body) = api.get("Calls.json?StartTime=yesterday").await;
    assert_eq!((status, body["code"].as_u64()), (400, Some(20_001)));
}

#[tokio::test]
async fn pages_keep_their_filters_and_are_not_moved_by_what_is_new() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.insert(0, call(&network).await.to_string());
        network.dial("+18095550143", OURS);
    }
    let mut seen = Vec::new();
    let mut path = format!("Calls.json?PageSize=2&From={}", CALLER.replace('+', "%2B"));
    loop {
        let (_, body) = api.get(&path).await;
        seen.extend(sids(&body));
        call(&network).await;
        let Some(next) = body["next_page_uri"].as_str() else { break };
        path = next.split("/Calls.json").nth(1).map(|query| format!("Calls.json{query}")).unwrap();
    }
    assert_eq!(seen, made, "each once, none of another number, none that came meanwhile");
}

#[tokio::test]
async fn a_document_left_behind_still_asks_for_what_follows_it() {
    for stale in [true, false] {
        let app = application().await;
        let network = app.network();
        network.set_faults(Faults { stale_document: stale, ..Faults::default() });
        let api = Api::of(&network).await;
        let sid = call(&network).await;
        pass(&network, 2.0).await;
        api.post(&format!("Calls/{sid}.json"), &[("Url", &format!("{}/elsewhere", app.url))]).await;
        pass(&network, 0.2).await;
        let paths: Vec<_> = app.paths().into_iter().skip(1).collect();
        assert_eq!(paths, if stale { ["/tail"] } else { ["/elsewhere"] });
        pass(&network, 3.0).await;
        assert_eq!(heard(&network), ["Espere.", "Lo nuevo."], "the stale answer is never heard");
    }
}

/// Everything an answered call tells, in the order it is told.
async fn told(faults: Faults) -> Vec<(String, String)> {
    let app = application().await;
    let network = app.network();
    network.set_faults(faults);
    let api = Api::of(&network).await;
    network.set_phone(ANA, Phone::Answers(TimeDelta::seconds(2)));
    let told = format!("{}/told", app.url);
    let mut more = vec![("StatusCallback", told.as_str())];
    more.extend(["initiated", "ringing", "answered", "completed"].map(|event| ("StatusCallbackEvent", event)));
    order(&app, &api, &more).await;
    // One instant after the other, so that the order of arrival is that of departure.
    pass(&network, 60.0).await;
    let all = app.asked_at("/told").into_iter();
    all.map(|asked| {
        (
            asked.param("SequenceNumber").to_owned(),
            asked.headers["i-twilio-idempotency-token"].to_str().unwrap().to_owned(),
        )
    })
    .collect()
}

#[tokio::test]
async fn callbacks_come_late_twice_in_the_wrong_order_or_never() {
    let numbers = |told: &[(String, String)]| told.iter().map(|(number, _)| number.clone()).collect::<String>();
    assert_eq!(numbers(&told(Faults::default()).await), "0123");
    let late = Faults { callbacks: Receipts::Late(TimeDelta::seconds(30)), ..Faults::default() };
    assert_eq!(numbers(&told(late).await), "0123");
    let too_late = Faults { callbacks: Receipts::Late(TimeDelta::seconds(90)), ..Faults::default() };
    assert_eq!(numbers(&told(too_late).await), "");
    let reversed = Faults { callbacks: Receipts::Reversed, ..Faults::default() };
    assert_eq!(numbers(&told(reversed).await), "3210");
    let none = Faults { callbacks: Receipts::None, ..Faults::default() };
    assert_eq!(numbers(&told(none).await), "");
    let twice = told(Faults { callbacks: Receipts::Twice, ..Faults::default() }).await;
    assert_eq!(numbers(&twice), "00112233");
    assert!(twice.chunks(2).all(|pair| pair[0].1 == pair[1].1), "under the same token");
}
