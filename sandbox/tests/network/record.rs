//! `Record`: what ends it, what is kept, and when there is no request at all.

use crate::application::{Application, call, heard, pass, twiml};
use chrono::TimeDelta;
use guardia_sandbox::{CallSid, Network, What};

async fn application(attributes: &'static str) -> Application {
    Application::start(move |asked| match asked.path.as_str() {
        "/voice" => twiml(&format!("<Record action=\"/got\" {attributes}/><Say>Nada.</Say>")),
        "/got" => twiml(&format!("<Play>{}</Play>", asked.param("RecordingUrl"))),
        _ => twiml(""),
    })
    .await
}

async fn speak(network: &Network, sid: &CallSid, seconds: i64) {
    assert!(network.speak(sid, "La nómina no responde", TimeDelta::seconds(seconds)), "nothing listened");
    #[expect(clippy::cast_precision_loss, reason = "seconds of a test")]
    pass(network, seconds as f64).await;
}

#[tokio::test]
async fn silence_makes_no_request_and_falls_through() {
    let app = application("").await;
    let network = app.network();
    call(&network).await;
    pass(&network, 10.0).await;
    assert_eq!(app.paths(), ["/voice", "/status"]);
    assert_eq!(heard(&network), ["Nada."]);
}

#[tokio::test]
async fn a_time_out_of_zero_lets_silence_last() {
    let app = application("timeout=\"0\" maxLength=\"60\"").await;
    let network = app.network();
    let sid = call(&network).await;
    pass(&network, 1.0).await;
    speak(&network, &sid, 2).await;
    pass(&network, 40.0).await;
    assert_eq!(app.asked_at("/got").len(), 0);
    speak(&network, &sid, 2).await;
    pass(&network, 20.0).await;
    assert_eq!(app.asked_at("/got").len(), 1, "it is as long as it may be");
}

#[tokio::test]
async fn a_key_without_words_makes_no_request() {
    let app = application("").await;
    let network = app.network();
    let sid = call(&network).await;
    pass(&network, 1.0).await;
    network.press(&sid, "#");
    pass(&network, 10.0).await;
    assert_eq!(app.asked_at("/got").len(), 0);
}

#[tokio::test]
async fn words_end_with_silence_and_are_played_back_as_long_as_they_were() {
    let app = application("").await;
    let mut config = app.config();
    config.api_url = Some("https://api.example/".to_owned());
    let network = Network::start(config);
    let sid = call(&network).await;
    pass(&network, 1.0).await;
    speak(&network, &sid, 9).await;
    pass(&network, 4.9).await;
    assert_eq!(app.asked_at("/got").len(), 0, "five seconds of silence end it");
    pass(&network, 0.1).await;
    let got = &app.asked_at("/got")[0];
    assert_eq!(got.param("RecordingDuration"), "9");
    assert_eq!(got.param("Digits"), "");
    let recording = &network.recordings()[0];
    let account = crate::application::ACCOUNT;
    let url = format!("https://api.example/2010-04-01/Accounts/{account}/Recordings/{}", recording.sid);
    assert_eq!(got.param("RecordingUrl"), url);
    pass(&network, 9.0).await;
    assert_eq!(heard(&network), ["[recording] La nómina no responde"]);
}

#[tokio::test]
async fn a_key_ends_it_and_is_posted() {
    let app = application("finishOnKey=\"#\" trim=\"do-not-trim\"").await;
    let network = app.network();
    let sid = call(&network).await;
    pass(&network, 1.5).await;
    speak(&network, &sid, 3).await;
    network.press(&sid, "5");
    pass(&network, 1.0).await;
    assert_eq!(app.asked_at("/got").len(), 0, "5 is not an end key here");
    network.press(&sid, "#");
    pass(&network, 0.0).await;
    assert_eq!(app.asked_at("/got")[0].param("Digits"), "#");
    assert_eq!(
        app.asked_at("/got")[0].param("RecordingDuration"),
        "5",
        "untrimmed: 1 s before, 3 s of words, 1 s after"
    );
}

#[tokio::test]
async fn the_longest_recording_ends_in_the_middle_of_a_word() {
    let app = application("maxLength=\"4\"").await;
    let network = app.network();
    let sid = call(&network).await;
    pass(&network, 0.5).await;
    assert!(network.speak(&sid, "mucho", TimeDelta::seconds(30)));
    pass(&network, 4.0).await;
    assert_eq!(app.asked_at("/got")[0].param("RecordingDuration"), "4");
}

#[tokio::test]
async fn hanging_up_hands_in_what_was_said() {
    let app = application("").await;
    let network = app.network();
    let sid = call(&network).await;
    pass(&network, 1.0).await;
    speak(&network, &sid, 2).await;
    network.hang_up(&sid);
    pass(&network, 10.0).await;
    let got = &app.asked_at("/got")[0];
    assert_eq!(got.param("Digits"), "hangup");
    assert_eq!(got.param("CallStatus"), "completed");
    assert_eq!(heard(&network), Vec::<String>::new(), "the answer is not heard");
    assert_eq!(app.asked_at("/status").len(), 1);
}

#[tokio::test]
async fn nothing_listens_before_the_beep_is_over() {
    let app = application("").await;
    let network = app.network();
    let sid = call(&network).await;
    pass(&network, 0.4).await;
    assert!(!network.speak(&sid, "temprano", TimeDelta::seconds(1)));
    pass(&network, 0.1).await;
    assert!(network.call(&sid).unwrap().listens);
}

#[tokio::test]
async fn the_recording_callback_comes_later_and_names_what_happened() {
    let app = application(
        "recordingStatusCallback=\"/recorded\" recordingStatusCallbackEvent=\"in-progress completed absent\"",
    )
    .await;
    let network = app.network();
    let sid = call(&network).await;
    pass(&network, 1.0).await;
    speak(&network, &sid, 2).await;
    pass(&network, 5.0).await;
    assert_eq!(app.asked_at("/recorded").len(), 1, "in-progress only");
    pass(&network, 1.0).await;
    let done = &app.asked_at("/recorded")[1];
    assert_eq!((done.param("RecordingStatus"), done.param("RecordingDuration")), ("completed", "2"));
    assert_eq!(done.param("RecordingSid"), app.asked_at("/got")[0].param("RecordingSid"));

    let network = app.network();
    call(&network).await;
    pass(&network, 20.0).await;
    assert_eq!(app.asked_at("/recorded").last().unwrap().param("RecordingStatus"), "absent");
}

#[tokio::test]
async fn hanging_up_at_any_instant_ends_everything_and_asks_nothing_more() {
    // A call of about 21 s through every verb that takes time, cut every quarter of a second.
    for quarter in 0..80_u32 {
        let app = Application::start(|asked| match asked.path.as_str() {
            "/voice" => twiml("<Say>Bienvenido a la línea.</Say><Pause/><Gather timeout=\"2\" action=\"/key\"/><Redirect>/two</Redirect>"),
            "/two" => twiml("<Record action=\"/got\" timeout=\"3\"/><Enqueue waitUrl=\"/wait\" action=\"/left\">guard</Enqueue>"),
            "/got" => twiml("<Say>Recibido.</Say><Enqueue waitUrl=\"/wait\" action=\"/left\">guard</Enqueue>"),
            "/wait" => twiml("<Play>music.mp3</Play>"),
            _ => twiml(""),
        })
        .await;
        let network = app.network();
        let sid = call(&network).await;
        for _ in 0..quarter {
            pass(&network, 0.25).await;
            if network.call(&sid).unwrap().listens && network.transcript().iter().all(|entry| entry.what != What::Says)
            {
                network.speak(&sid, "Se cayó todo", TimeDelta::seconds(2));
            }
        }
        let before = app.paths();
        network.hang_up(&sid);
        pass(&network, 300.0).await;
        let mut after = app.paths().split_off(before.len());
        after.sort();
        let recording = before.last().unwrap() == "/two" && !network.recordings().is_empty();
        let queued = before.last().unwrap() == "/wait";
        let expected = match (recording, queued) {
            (true, _) => vec!["/got", "/status"],
            (_, true) => vec!["/left", "/status"],
            _ => vec!["/status"],
        };
        assert_eq!(after, expected, "cut after {quarter} quarters of a second, having asked {before:?}");
        assert_eq!(network.next_event_at(), None);
        assert_eq!(network.errors(), []);
    }
}
