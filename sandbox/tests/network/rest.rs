//! The REST API by the wire: authentication, calls made and changed, lists, recordings.

use chrono::TimeDelta;
use serde_json::Value;

use crate::application::{ACCOUNT, Application, CALLER, OURS, TOKEN, call, heard, pass, twiml};
use guardia_sandbox::{CallSid, CallStatus, Faults, Network, Phone, RecordingSid};

const STAFF: &str = "+18095550111";

pub struct Api {
    base: String,
    client: reqwest::Client,
}

impl Api {
    pub async fn of(network: &Network) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = network.serve(listener).unwrap();
        #[expect(clippy::disallowed_methods, reason = "a client of a test")]
        let client = reqwest::Client::new();
        Self { base: format!("http://{address}/2010-04-01/Accounts/{ACCOUNT}"), client }
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let request = self.client.post(format!("{}/{path}", self.base)).form(form).basic_auth(ACCOUNT, Some(TOKEN));
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Under a name of the application's own.
    pub async fn post_named(&self, path: &str, form: &[(&str, &str)], name: &str) {
        let request = self.client.post(format!("{}/{path}", self.base)).form(form).basic_auth(ACCOUNT, Some(TOKEN));
        let response = request.header("I-Twilio-Idempotency-Token", name).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 201);
    }

    /// A recording as a sound file.
    pub async fn sound(&self, recording: &RecordingSid) -> Vec<u8> {
        let request = self.client.get(format!("{}/Recordings/{recording}.wav", self.base));
        let response = request.basic_auth(ACCOUNT, Some(TOKEN)).send().await.unwrap();
        response.bytes().await.unwrap().to_vec()
    }

    pub async fn delete(&self, path: &str) -> u16 {
        let request = self.client.delete(format!("{}/{path}", self.base)).basic_auth(ACCOUNT, Some(TOKEN));
        request.send().await.unwrap().status().as_u16()
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        let request = self.client.get(format!("{}/{path}", self.base)).basic_auth(ACCOUNT, Some(TOKEN));
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }
}

async fn application() -> Application {
    Application::start(|asked| match asked.path.as_str() {
        "/page" => twiml("<Say>Hay un incidente.</Say><Gather numDigits=\"1\" action=\"/accept\"/>"),
        "/elsewhere" => twiml("<Say>Otra cosa.</Say>"),
        "/voice" => twiml("<Record action=\"/recorded\"/>"),
        _ => twiml(""),
    })
    .await
}

#[tokio::test]
async fn only_the_account_gets_in() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    for (path, user, token, status, code) in [
        (format!("{}/Calls.json", api.base), ACCOUNT, "wrong", 401, 20_003),
        (format!("{}/Calls.json", api.base), "AC1", TOKEN, 401, 20_003),
        (format!("{}/Calls.json", api.base.replace("0001", "0002")), ACCOUNT, TOKEN, 404, 20_404),
        (format!("{}/Nothing.json", api.base), ACCOUNT, TOKEN, 404, 20_404),
        (format!("{}/Calls/CA1.json", api.base), ACCOUNT, TOKEN, 404, 20_404),
    ] {
        let response = api.client.get(&path).basic_auth(user, Some(token)).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{path}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["code"].as_u64(), Some(code), "{path}");
        assert_eq!(body["status"].as_u64(), Some(u64::from(status)), "{path}");
        assert_eq!(body["more_info"], format!("https://www.twilio.com/docs/errors/{code}"));
        assert!(!body["message"].as_str().unwrap().is_empty());
    }
    let response = api.client.get(format!("{}/Calls.json", api.base)).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 401);
    assert!(response.headers().contains_key("www-authenticate"));
}

#[tokio::test]
async fn while_it_is_away_nothing_is_done() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    let page = format!("{}/page", app.url);
    let form = [("To", STAFF), ("From", OURS), ("Url", page.as_str())];
    network.set_faults(Faults { api_away: true, ..Faults::default() });
    let (status, answer) = api.post("Calls.json", &form).await;
    assert_eq!((status, answer["code"].as_u64()), (503, Some(20_503)));
    assert_eq!(api.get("Messages.json").await.0, 503);
    assert!(network.calls().is_empty());
    network.set_faults(Faults::default());
    assert_eq!(api.post("Calls.json", &form).await.0, 201);
}

#[tokio::test]
async fn a_change_of_a_live_call_can_be_refused() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    let sid = network.dial(STAFF, OURS);
    pass(&network, 0.0).await;
    let (path, page) = (format!("Calls/{sid}.json"), format!("{}/page", app.url));
    network.set_faults(Faults { call_changes: Some(20_500), ..Faults::default() });
    for form in [("Url", page.as_str()), ("Status", "completed")] {
        let (status, answer) = api.post(&path, &[form]).await;
        assert_eq!((status, answer["code"].as_u64()), (400, Some(20_500)));
    }
    assert_eq!(app.asked_at("/page").len(), 0);
    assert!(!network.call(&sid).unwrap().status.is_final(), "it goes on");
    network.set_faults(Faults::default());
    assert_eq!(api.post(&path, &[("Status", "completed")]).await.0, 200);
    assert!(network.call(&sid).unwrap().status.is_final());
}

#[tokio::test]
async fn a_call_is_made_rings_and_is_answered() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    let (page, told) = (format!("{}/page", app.url), format!("{}/told", app.url));
    let (status, body) = api
        .post(
            "Calls.json",
            &[
                ("To", STAFF),
                ("From", OURS),
                ("Url", &page),
                ("StatusCallback", &told),
                ("StatusCallbackEvent", "initiated"),
                ("StatusCallbackEvent", "ringing"),
                ("StatusCallbackEvent", "answered"),
                ("StatusCallbackEvent", "completed"),
                ("MachineDetection", "Enable"),
            ],
        )
        .await;
    assert_eq!(
        (status, body["status"].as_str(), body["direction"].as_str()),
        (201, Some("queued"), Some("outbound-api"))
    );
    assert_eq!(body["date_created"], "Thu, 01 Jan 2026 00:00:00 +0000");
    assert!(body["duration"].is_null());
    let sid = CallSid::from(body["sid"].as_str().unwrap());
    pass(&network, 0.5).await;
    assert_eq!(network.ringing(STAFF), Some(sid.clone()));
    assert_eq!(app.asked_at("/page").len(), 0, "outgoing calls ask when they are answered");
    pass(&network, 4.0).await;
    network.answer(&sid);
    pass(&network, 0.0).await;
    let asked = &app.asked_at("/page")[0];
    assert_eq!((asked.param("CallStatus"), asked.param("Direction")), ("in-progress", "outbound-api"));
    assert_eq!(asked.param("AnsweredBy"), "human");
    pass(&network, 2.0).await;
    network.press(&sid, "1");
    pass(&network, 10.0).await;
    assert_eq!(app.asked_at("/accept")[0].param("Digits"), "1");
    let mut told: Vec<(String, String)> = app
        .asked_at("/told")
        .iter()
        .map(|asked| (asked.param("SequenceNumber").to_owned(), asked.param("CallStatus").to_owned()))
        .collect();
    told.sort();
    let expected = [("0", "initiated"), ("1", "ringing"), ("2", "in-progress"), ("3", "completed")];
    assert_eq!(told, expected.map(|(number, status)| (number.to_owned(), status.to_owned())));
    let (_, body) = api.get(&format!("Calls/{sid}.json")).await;
    assert_eq!((body["status"].as_str(), body["duration"].as_str()), (Some("completed"), Some("2")));
}

#[tokio::test]
async fn a_call_ends_as_its_phone_makes_it() {
    let cases = [
        (Phone::Attended, "no-answer", 25.5),
        (Phone::Busy, "busy", 0.5),
        (Phone::SwitchedOff, "no-answer", 5.5),
        (Phone::Answers(TimeDelta::seconds(3)), "completed", 3.5),
        (Phone::Voicemail(TimeDelta::seconds(3)), "completed", 3.5),
        (Phone::Answers(TimeDelta::seconds(60)), "no-answer", 25.5),
    ];
    for (phone, status, answered_or_over) in cases {
        let app = application().await;
        let network = app.network();
        let api = Api::of(&network).await;
        network.set_phone(STAFF, phone);
        let told = format!("{}/told", app.url);
        let form = [
            ("To", STAFF),
            ("From", OURS),
            ("Twiml", "<Response><Say>Hola.</Say></Response>"),
            ("Timeout", "20"),
            ("StatusCallback", &told),
            ("MachineDetection", "Enable"),
        ];
        let (_, body) = api.post("Calls.json", &form).await;
        pass(&network, answered_or_over - 0.01).await;
        assert_eq!(app.asked_at("/told").len(), 0, "{phone:?}");
        pass(&network, 1.0).await;
        let told = &app.asked_at("/told")[0];
        assert_eq!(told.param("CallStatus"), status, "{phone:?}");
        let (_, body) = api.get(&format!("Calls/{}.json", body["sid"].as_str().unwrap())).await;
        let by = match phone {
            Phone::Voicemail(_) => Some("machine_start"),
            Phone::Answers(after) if after.num_seconds() == 3 => Some("human"),
            _ => None,
        };
        assert_eq!(body["answered_by"].as_str(), by, "{phone:?}");
    }
}

#[tokio::test]
async fn calls_start_one_per_second() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    for _ in 0..3 {
        api.post("Calls.json", &[("To", STAFF), ("From", OURS), ("Twiml", "<Response/>")]).await;
    }
    let ringing = || network.calls().iter().filter(|call| call.status == CallStatus::Ringing).count();
    for expected in [1, 2, 3] {
        pass(&network, 0.5).await;
        assert_eq!(ringing(), expected);
        pass(&network, 0.5).await;
    }
}

#[tokio::test]
async fn a_wrong_order_is_refused_with_its_number() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    let twiml = ("Twiml", "<Response/>");
    let long = format!("<Response><!--{}--></Response>", "x".repeat(4000));
    let cases: &[(&[(&str, &str)], u64)] = &[
        (&[("From", OURS), twiml], 21_201),
        (&[("To", "555"), ("From", OURS), twiml], 21_211),
        (&[("To", STAFF), twiml], 21_213),
        (&[("To", STAFF), ("From", "x"), twiml], 21_212),
        (&[("To", STAFF), ("From", CALLER), twiml], 21_210),
        (&[("To", STAFF), ("From", OURS)], 21_205),
        (&[("To", STAFF), ("From", OURS), ("Url", "page")], 21_205),
        (&[("To", STAFF), ("From", OURS), ("Twiml", "<Response><Oops/></Response>")], 12_200),
        (&[("To", STAFF), ("From", OURS), ("Twiml", &long)], 32_018),
        (&[("To", STAFF), ("From", OURS), twiml, ("StatusCallbackEvent", "done")], 21_626),
        (&[("To", STAFF), ("From", OURS), twiml, ("Timeout", "601")], 20_001),
    ];
    for (form, code) in cases {
        let (status, body) = api.post("Calls.json", form).await;
        assert_eq!((status, body["code"].as_u64()), (400, Some(*code)), "{form:?}");
    }
    assert_eq!(network.calls(), []);
}

#[tokio::test]
async fn a_live_call_is_taken_elsewhere_and_ended() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    let sid = call(&network).await;
    let path = format!("Calls/{sid}.json");
    pass(&network, 1.0).await;
    assert!(network.speak(&sid, "a medias", TimeDelta::seconds(9)));
    let elsewhere = format!("{}/elsewhere", app.url);
    assert_eq!(api.post(&path, &[("Url", &elsewhere)]).await.0, 200);
    pass(&network, 0.0).await;
    assert_eq!(app.paths(), ["/voice", "/elsewhere"], "the recording belonged to the document left behind");
    api.post(&path, &[("Twiml", "<Response><Say loop=\"0\">Espere.</Say></Response>")]).await;
    pass(&network, 2.0).await;
    let (status, body) = api.post(&path, &[("Status", "completed")]).await;
    assert_eq!((status, body["status"].as_str(), body["duration"].as_str()), (200, Some("completed"), Some("3")));
    assert_eq!(heard(&network)[0], "Espere.");
    let (status, body) = api.post(&path, &[("Url", &elsewhere)]).await;
    assert_eq!((status, body["code"].as_u64()), (400, Some(21_220)));
    assert_eq!(api.post(&path, &[("Status", "gone")]).await.1["code"], 21_218);
}

#[tokio::test]
async fn a_ringing_call_is_taken_back() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    let (_, body) = api.post("Calls.json", &[("To", STAFF), ("From", OURS), ("Twiml", "<Response/>")]).await;
    pass(&network, 1.0).await;
    let path = format!("Calls/{}.json", body["sid"].as_str().unwrap());
    assert_eq!(api.post(&path, &[("Status", "canceled")]).await.1["status"], "canceled");
    assert_eq!(network.ringing(STAFF), None);
    assert_eq!(network.next_event_at(), None, "its timer went with it");
}

#[tokio::test]
async fn lists_come_newest_first_and_by_the_page() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    for to in ["+18095550111", "+18095550112", "+18095550113"] {
        api.post("Calls.json", &[("To", to), ("From", OURS), ("Twiml", "<Response/>")]).await;
    }
    let (_, body) = api.get("Calls.json?PageSize=2").await;
    let numbers = |body: &Value| {
        let calls = body["calls"].as_array().unwrap();
        calls.iter().map(|call| call["to"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&body), ["+18095550113", "+18095550112"]);
    let next = body["next_page_uri"].as_str().unwrap();
    let (_, body) = api.get(next.split(ACCOUNT).nth(1).unwrap().trim_start_matches('/')).await;
    assert_eq!(numbers(&body), ["+18095550111"]);
    assert!(body["next_page_uri"].is_null());
    let (_, body) = api.get("Calls.json?To=%2B18095550112").await;
    assert_eq!(numbers(&body), ["+18095550112"]);
}

#[tokio::test]
async fn a_recording_is_fetched_as_data_and_as_sound() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    let sid = call(&network).await;
    pass(&network, 1.0).await;
    network.speak(&sid, "La nómina", TimeDelta::milliseconds(2500));
    pass(&network, 8.0).await;
    let url = app.asked_at("/recorded")[0].param("RecordingUrl").to_owned();
    assert!(url.starts_with(&api.base), "{url}");
    let name = url.strip_prefix(&api.base).unwrap().trim_start_matches('/');
    let (_, body) = api.get(&format!("{name}.json")).await;
    assert_eq!((body["duration"].as_str(), body["call_sid"].as_str()), (Some("3"), Some(sid.as_str())));
    let response = api.client.get(format!("{url}.wav")).basic_auth(ACCOUNT, Some(TOKEN)).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "audio/x-wav");
    assert_eq!(response.bytes().await.unwrap().len(), 44 + 3 * 16_000);
    assert_eq!(api.client.get(format!("{url}.wav")).send().await.unwrap().status().as_u16(), 401);
    let (_, body) = api.get(&format!("Calls/{sid}/Recordings.json")).await;
    assert_eq!(body["recordings"].as_array().unwrap().len(), 1);
    let gone = api.client.delete(format!("{url}.json")).basic_auth(ACCOUNT, Some(TOKEN)).send().await.unwrap();
    assert_eq!(gone.status().as_u16(), 204);
    assert_eq!(api.get(&format!("{name}.json")).await.0, 404);
}

#[tokio::test]
async fn the_answer_to_a_question_that_was_overtaken_is_not_heard() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Gather numDigits=\"1\" action=\"/old\"/>"),
        "/old" => twiml("<Say>Lo de antes.</Say>"),
        "/elsewhere" => twiml("<Say>Otra cosa.</Say>"),
        _ => twiml(""),
    })
    .await;
    let network = app.network();
    let api = Api::of(&network).await;
    let sid = call(&network).await;
    network.press(&sid, "1");
    // The key's document is asked for and may even be answered, but nobody has heard it yet.
    api.post(&format!("Calls/{sid}.json"), &[("Url", &format!("{}/elsewhere", app.url))]).await;
    pass(&network, 10.0).await;
    assert_eq!(app.asked_at("/old").len(), 1);
    assert_eq!(heard(&network), ["Otra cosa."]);
}

#[tokio::test]
async fn numbers_are_listed_with_where_they_lead_and_the_network_tells_its_time() {
    let app = application().await;
    let network = app.network();
    let api = Api::of(&network).await;
    let (status, found) = api.get(&format!("IncomingPhoneNumbers.json?PhoneNumber={}", OURS.replace('+', "%2B"))).await;
    assert_eq!(status, 200);
    let numbers = found["incoming_phone_numbers"].as_array().unwrap();
    assert_eq!(numbers.len(), 1, "{found}");
    assert_eq!(numbers[0]["phone_number"], OURS);
    let line = network.config().lines[0].clone();
    assert_eq!(numbers[0]["voice_url"], line.voice_url.unwrap());
    assert_eq!(numbers[0]["sms_fallback_url"], line.sms_fallback_url.unwrap_or_default());
    let (_, nothing) = api.get("IncomingPhoneNumbers.json?PhoneNumber=%2B10000000000").await;
    assert_eq!(nothing["incoming_phone_numbers"].as_array().unwrap().len(), 0);
    pass(&network, 90.0).await;
    let request = api.client.get(format!("{}/Calls.json", api.base)).basic_auth(ACCOUNT, Some(TOKEN));
    let response = request.send().await.unwrap();
    let date = network.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    assert_eq!(response.headers()["date"].to_str().unwrap(), date);
}
