//! Files, recordings and keys that a document plays: fetched, decoded, as long as they are.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use guardia_sandbox::sound::speech::{Bounds, Speaker};
use guardia_sandbox::sound::{dtmf, frames, wav};
use guardia_sandbox::{Network, code};

use crate::application::{Application, CALLER, OURS, call, heard, pass, twiml};
use crate::handset::{Whistler, whistling};
use crate::telephone::{Telephone, loudness, samples, stripped, tone};

/// Serves a second of sound with a version; how often it was asked, and how often it was sent.
async fn files() -> (String, Arc<[AtomicUsize; 2]>) {
    let counts = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let counted = Arc::clone(&counts);
    let tone_file = get(move |headers: HeaderMap| async move {
        counted[0].fetch_add(1, Ordering::SeqCst);
        assert!(headers.contains_key("X-Twilio-Signature"));
        if headers.get(header::IF_NONE_MATCH).is_some_and(|etag| etag == "\"1\"") {
            return StatusCode::NOT_MODIFIED.into_response();
        }
        counted[1].fetch_add(1, Ordering::SeqCst);
        ([(header::CONTENT_TYPE, "audio/x-wav"), (header::ETAG, "\"1\"")], wav::mono(&tone(700.0, 1.0))).into_response()
    });
    let page = get(|| async { ([(header::CONTENT_TYPE, "text/html")], "<p>Not found") });
    let router = Router::new().route("/tone.wav", tone_file).route("/page", page);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, counts)
}

/// In virtual time, with a voice.
fn whistling_in_virtual_time(app: &Application) -> Network {
    let mut config = app.config();
    config.speech = Some(Arc::new(Speaker::new(Arc::new(Whistler::default()), Bounds::default())));
    Network::start(config)
}

#[tokio::test]
async fn with_a_voice_everything_takes_as_long_as_it_sounds_in_virtual_time_as_well() {
    let (files, counts) = files().await;
    let verbs = format!(
        "<Say>Cien.</Say><Play loop=\"2\">{files}/tone.wav</Play><Gather><Play>{files}/tone.wav</Play></Gather>"
    );
    let app = Application::start(move |_| twiml(&verbs)).await;
    let network = whistling_in_virtual_time(&app);
    let first = call(&network).await;
    pass(&network, 30.0).await;
    let lasted = network.call(&first).unwrap().ended.unwrap() - network.call(&first).unwrap().answered.unwrap();
    assert_eq!(lasted.num_milliseconds(), 200 + 2000 + 1000 + 5000);
    assert_eq!(heard(&network), ["Cien.", "[tone.wav]", "[tone.wav]", "[tone.wav]"]);
    call(&network).await;
    pass(&network, 30.0).await;
    assert_eq!(counts[0].load(Ordering::SeqCst), 2, "once for each document");
    assert_eq!(counts[1].load(Ordering::SeqCst), 1, "not sent again: it has not changed");
    assert_eq!(network.errors(), []);
}

#[tokio::test]
async fn what_cannot_be_played_is_a_problem_and_silence() {
    let (files, _) = files().await;
    let verbs = format!("<Play>{files}/gone.wav</Play><Play>{files}/page</Play><Say>Sigo.</Say>");
    let app = Application::start(move |_| twiml(&verbs)).await;
    let network = whistling_in_virtual_time(&app);
    call(&network).await;
    pass(&network, 30.0).await;
    assert_eq!(heard(&network), ["[gone.wav]", "[page]", "Sigo."]);
    let codes: Vec<u32> = network.errors().iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [code::HTTP_RETRIEVAL, code::CONTENT_TYPE]);
    assert!(network.errors()[0].url.ends_with("/gone.wav"));
}

#[tokio::test]
async fn a_file_is_heard_and_keys_are_heard_as_keys() {
    let (files, _) = files().await;
    let verbs = format!("<Play>{files}/tone.wav</Play><Play digits=\"w5#\"/>");
    let app = Application::start(move |_| twiml(&verbs)).await;
    let (network, _) = whistling(&app);
    let sid = network.dial(CALLER, OURS);
    let phone = Telephone::on(&network, &sid);
    phone.is_cut().await;
    let all = phone.heard();
    let file = stripped(&all);
    assert!(loudness(&file[..samples(0.9)], 700.0) > 0.9);
    let mut detector = dtmf::Detector::new();
    let keys: String = frames(&file[samples(1.0)..]).filter_map(|frame| detector.hear(&frame)).collect();
    assert_eq!(keys, "5#");
}

#[tokio::test]
async fn a_recording_is_played_back_as_it_was_said() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Record action=\"/got\" timeout=\"1\" playBeep=\"false\"/>"),
        "/got" => twiml(&format!("<Play>{}</Play>", asked.param("RecordingUrl"))),
        _ => twiml(""),
    })
    .await;
    let (network, _) = whistling(&app);
    let sid = network.dial(CALLER, OURS);
    let phone = Telephone::on(&network, &sid);
    phone.until("it records", |_| network.call(&sid).unwrap().listens).await;
    phone.say(&tone(900.0, 0.4));
    phone.until("the recording was handed in", |_| !app.asked_at("/got").is_empty()).await;
    let place = phone.place();
    phone.is_cut().await;
    let heard_back = phone.heard_since(place);
    let back = stripped(&heard_back);
    assert!(back.len().abs_diff(samples(0.4)) < 8 && loudness(back, 900.0) > 0.9, "{}", back.len());
    assert_eq!(heard(&network), ["[recording]"]);
}
