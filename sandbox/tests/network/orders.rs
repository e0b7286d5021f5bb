//! What else an order for a call says: keys, how long machine detection looks; and what detection may find.

use chrono::TimeDelta;
use guardia_sandbox::{CallSid, Detected, Faults, Network, Phone, sign};

use crate::application::{Application, OURS, TOKEN, call, heard, pass, twiml};
use crate::rest::Api;

const STAFF: &str = "+18095550111";

async fn application() -> Application {
    Application::start(|asked| match asked.path.as_str() {
        "/page" => twiml("<Say>Hay un incidente.</Say>"),
        "/voice" => {
            twiml(&format!("<Dial action=\"/done\"><Number sendDigits=\"ww12#\" url=\"/page\">{STAFF}</Number></Dial>"))
        }
        _ => twiml(""),
    })
    .await
}

async fn order(app: &Application, api: &Api, more: &[(&str, &str)]) -> CallSid {
    let page = format!("{}/page", app.url);
    let mut form = vec![("To", STAFF), ("From", OURS), ("Url", page.as_str())];
    form.extend(more);
    let (status, body) = api.post("Calls.json", &form).await;
    assert_eq!(status, 201, "{body}");
    CallSid::from(body["sid"].as_str().unwrap())
}

fn answers(network: &Network) {
    network.set_phone(STAFF, Phone::Answers(TimeDelta::seconds(2)));
}

#[tokio::test]
async fn keys_are_pressed_before_anything_else() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    answers(&network);
    order(&app, &api, &[("SendDigits", "1W2w3#"), ("MachineDetection", "Enable")]).await;
    pass(&network, 2.5 + 3.4).await;
    assert_eq!((heard(&network), app.asked().len()), (vec!["[keys 1W2w3#]".to_owned()], 0), "six keys take 3.5 s");
    pass(&network, 0.1).await;
    assert_eq!(app.asked_at("/page")[0].param("AnsweredBy"), "", "whoever presses keys detects nothing");
    for wrong in ["1,2", "123456789012345678901234567890123"] {
        let form = [("To", STAFF), ("From", OURS), ("Twiml", "<Response/>"), ("SendDigits", wrong)];
        assert_eq!(api.post("Calls.json", &form).await.1["code"], 20_001, "{wrong}");
    }
}

#[tokio::test]
async fn a_dial_presses_keys_before_the_whisper() {
    let app = application().await;
    let network = app.network();
    answers(&network);
    call(&network).await;
    pass(&network, 2.5 + 2.4).await;
    assert_eq!((heard(&network), app.asked_at("/page").len()), (vec!["[keys ww12#]".to_owned()], 0));
    pass(&network, 0.1).await;
    assert_eq!(app.asked_at("/page").len(), 1);
}

#[tokio::test]
async fn detection_gives_up_and_may_err() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    network.set_phone(STAFF, Phone::Voicemail(TimeDelta::seconds(2)));
    network.set_greeting(STAFF, &"Usted ha llamado a un contestador. ".repeat(5));
    order(&app, &api, &[("MachineDetection", "DetectMessageEnd"), ("MachineDetectionTimeout", "4")]).await;
    pass(&network, 6.4).await;
    assert_eq!(app.asked().len(), 0);
    pass(&network, 0.1).await;
    assert_eq!(app.asked_at("/page")[0].param("AnsweredBy"), "unknown");

    for (place, (found, written)) in [
        (Detected::Human, "human"),
        (Detected::MachineStart, "machine_start"),
        (Detected::MachineEndBeep, "machine_end_beep"),
        (Detected::MachineEndSilence, "machine_end_silence"),
        (Detected::MachineEndOther, "machine_end_other"),
        (Detected::Fax, "fax"),
        (Detected::Unknown, "unknown"),
    ]
    .into_iter()
    .enumerate()
    {
        let detections = [(STAFF.to_owned(), (found, TimeDelta::seconds(3)))].into();
        network.set_faults(Faults { detections, ..Faults::default() });
        pass(&network, 60.0).await;
        order(&app, &api, &[("MachineDetection", "Enable")]).await;
        pass(&network, 5.4).await;
        assert_eq!(app.asked_at("/page").len(), place + 1, "{written}");
        pass(&network, 0.1).await;
        assert_eq!(app.asked_at("/page")[place + 1].param("AnsweredBy"), written);
    }
    for wrong in [
        ("MachineDetection", "Perhaps"),
        ("MachineDetectionTimeout", "60"),
        ("MachineDetectionSpeechThreshold", "999"),
        ("MachineDetectionSpeechEndThreshold", "5001"),
        ("MachineDetectionSilenceTimeout", "1999"),
    ] {
        let form = [("To", STAFF), ("From", OURS), ("Twiml", "<Response/>"), wrong];
        assert_eq!(api.post("Calls.json", &form).await.1["code"], 20_001, "{wrong:?}");
    }
}

#[tokio::test]
async fn a_call_that_is_over_is_deleted() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    let sid = order(&app, &api, &[]).await;
    let one = format!("Calls/{sid}.json");
    pass(&network, 1.0).await;
    assert_eq!(api.delete(&one).await, 409);
    api.post(&one, &[("Status", "canceled")]).await;
    assert_eq!(api.delete(&one).await, 204);
    assert_eq!((api.get(&one).await.0, api.delete(&one).await), (404, 404));
    assert_eq!(network.calls(), []);
}

#[tokio::test]
async fn a_parameter_nobody_was_told_of_is_signed_as_well() {
    let app = application().await;
    let network = app.network();
    network.set_faults(Faults { unknown_parameter: true, ..Faults::default() });
    call(&network).await;
    let asked = &app.asked()[0];
    assert_eq!(asked.param("YetUntold"), "a ñ & b=c");
    let signed = sign(TOKEN, &format!("{}/voice", app.url), &asked.params);
    assert_eq!(asked.headers["x-twilio-signature"], signed.as_str());
}

#[tokio::test]
async fn a_status_callback_needs_a_host_that_can_be_asked() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    let form =
        [("To", STAFF), ("From", OURS), ("Twiml", "<Response/>"), ("StatusCallback", "https://my_app.example/s")];
    assert_eq!(api.post("Calls.json", &form).await.1["code"], 21_609);
}

#[tokio::test]
async fn a_live_call_gets_another_limit_and_another_callback() {
    let app = Application::start(|_| twiml("<Pause length=\"600\"/>")).await;
    let network = app.network();
    let api = Api::of(&network).await;
    answers(&network);
    let sid = order(&app, &api, &[]).await;
    pass(&network, 5.0).await;
    let told = format!("{}/told", app.url);
    api.post(&format!("Calls/{sid}.json"), &[("TimeLimit", "10"), ("StatusCallback", &told)]).await;
    pass(&network, 7.4).await;
    assert!(!network.call(&sid).unwrap().status.is_final());
    pass(&network, 0.2).await;
    assert_eq!(app.asked_at("/told")[0].param("CallDuration"), "10");
}
