//! Real telephones on the network: what they hear, what they press, when they ring.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use guardia_sandbox::sound::speech::{Bounds, Engine, Espeak, Speaker, SpeechError};
use guardia_sandbox::{CallStatus, Happened, Network};

use crate::application::{Application, CALLER, OURS, heard, twiml};
use crate::rest::Api;
use crate::telephone::{Telephone, loudness, place_of, samples, stripped, tone};

/// Says everything as a tone, 40 ms for a character; fails on some words.
#[derive(Debug, Default)]
pub struct Whistler {
    asked: AtomicUsize,
}

#[async_trait]
impl Engine for Whistler {
    fn name(&self) -> &'static str {
        "whistler"
    }

    async fn say(&self, words: &str, language: &str, _voice: &str) -> Result<Vec<i16>, SpeechError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if words.contains("unspeakable") {
            return Err(SpeechError::TimedOut(1));
        }
        let hertz = if language == "en-US" { 600.0 } else { 500.0 };
        #[expect(clippy::cast_precision_loss, reason = "words of a test")]
        Ok(tone(hertz, words.chars().count() as f64 * 0.04))
    }
}

/// A network that can whistle.
pub fn whistling(app: &Application) -> (Network, Arc<Whistler>) {
    let whistler = Arc::new(Whistler::default());
    let mut config = app.config().starting_now();
    config.speech = Some(Arc::new(Speaker::new(Arc::<Whistler>::clone(&whistler), Bounds::default())));
    (Network::start(config), whistler)
}

#[tokio::test]
async fn a_telephone_hears_ringing_then_what_is_said_sample_by_sample_and_presses() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml(
            "<Pause/><Gather numDigits=\"1\" action=\"/got\"><Say language=\"en-US\">Press one.</Say><Say>Y no más.</Say></Gather>",
        ),
        "/got" => twiml(&format!("<Say>Marcó {}.</Say>", asked.param("Digits"))),
        _ => twiml(""),
    })
    .await;
    let (network, whistler) = whistling(&app);
    let call = network.dial(CALLER, OURS);
    let phone = Telephone::on(&network, &call);
    phone.until("the greeting was heard", |_| heard(&network).len() == 2).await;
    let all = phone.heard();
    assert!(loudness(&all[..4000], 440.0) > 0.1, "it rings before the first verb that picks up");
    let voice = place_of(&all, &tone(600.0, 0.02)).expect("the greeting is not heard");
    let greeting: Vec<i16> = tone(600.0, 0.4).into_iter().chain(tone(500.0, 0.36)).collect();
    let heard_greeting = &all[voice..];
    assert!(heard_greeting.len() + samples(0.04) >= greeting.len(), "{} of {}", heard_greeting.len(), greeting.len());
    let both = heard_greeting.len().min(greeting.len());
    let same = (0..both).take_while(|place| heard_greeting[*place] == greeting[*place]).count();
    assert_eq!(same, both, "the two sentences follow each other without a gap");
    phone.press('7').await;
    phone.until("the answer was heard", |_| heard(&network).len() == 3).await;
    assert_eq!(heard(&network)[2], "Marcó 7.");
    assert_eq!(app.asked_at("/got")[0].param("Digits"), "7");
    phone.is_cut().await;
    let rest = phone.heard_since(voice + greeting.len() + samples(0.2));
    assert!(loudness(stripped(&rest), 500.0) > 0.9, "{}", loudness(stripped(&rest), 500.0));
    assert_eq!(whistler.asked.load(Ordering::SeqCst), 3, "each is said once");
    assert_eq!(network.errors(), []);
}

#[tokio::test]
async fn espeak_greets_and_is_heard_to_its_end() {
    let words = "Para reportar, marque uno.";
    let espeak = Espeak::new().unwrap();
    let said = espeak.say(words, "es-MX", "").await.unwrap();
    let verbs = format!("<Say language=\"es-MX\">{words}</Say>");
    let app = Application::start(move |_| twiml(&verbs)).await;
    let mut config = app.config().starting_now();
    config.speech = Some(Arc::new(Speaker::new(Arc::new(espeak), Bounds::default())));
    let network = Network::start(config);
    let call = network.dial(CALLER, OURS);
    let phone = Telephone::on(&network, &call);
    phone.is_cut().await;
    let view = network.call(&call).unwrap();
    let lasted = (view.ended.unwrap() - view.answered.unwrap()).num_milliseconds();
    let length = i64::try_from(said.len() / 8).unwrap();
    assert!((lasted - length).abs() <= 40, "{lasted} ms, the engine's own is {length} ms");
    // The middle of it, sample by sample; its beginning is where it should be.
    let all = phone.heard();
    let middle = samples(0.5);
    let place = place_of(&all, &said[middle..middle + samples(0.5)]).expect("the words are not heard");
    let loud = said[..samples(1.0)].iter().filter(|sample| sample.unsigned_abs() > 500).count();
    assert!(loud > 1000, "espeak speaks");
    assert!(all[place - middle..].starts_with(&said), "all of it is heard, to the last sample");
    assert_eq!(network.errors(), []);
}

#[tokio::test]
async fn a_key_stops_speech_within_60_ms() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml(
            "<Gather numDigits=\"2\" timeout=\"1\" action=\"/got\"><Say>Una frase muy larga que nadie oye hasta el final</Say></Gather>",
        ),
        _ => twiml("<Pause length=\"10\"/>"),
    })
    .await;
    let (network, _) = whistling(&app);
    let call = network.dial(CALLER, OURS);
    let phone = Telephone::on(&network, &call);
    phone
        .until("it is speaking", |phone| loudness(&phone.heard_since(phone.place().saturating_sub(800)), 500.0) > 0.9)
        .await;
    let place = phone.place();
    phone.press('4').await;
    phone.listen(0.3).await;
    let after = phone.heard_since(place);
    let last = after.iter().rposition(|sample| *sample != 0).map_or(0, |last| last + 1);
    assert!(last <= samples(0.06), "{last} samples after the key");
    network.hang_up(&call);
    phone.is_cut().await;
}

#[tokio::test]
async fn an_engine_that_fails_is_a_problem_and_silence_as_long_as_words_are() {
    let app = Application::start(|_| twiml("<Say>unspeakable</Say>")).await;
    let (network, _) = whistling(&app);
    let call = network.dial(CALLER, OURS);
    let phone = Telephone::on(&network, &call);
    phone.is_cut().await;
    assert_eq!(heard(&network), ["unspeakable"]);
    assert_eq!(network.errors().iter().map(|problem| problem.code).collect::<Vec<_>>(), [13_520]);
    let view = network.call(&call).unwrap();
    assert_eq!(view.status, CallStatus::Completed);
    let lasted = view.ended.unwrap() - view.answered.unwrap();
    assert!((733..820).contains(&lasted.num_milliseconds()), "{lasted}");
}

#[tokio::test]
async fn who_watches_hears_when_a_telephone_rings_is_picked_up_taken_elsewhere_and_over() {
    let app = Application::start(|_| twiml("<Pause length=\"10\"/>")).await;
    let network = Network::start(app.config().starting_now());
    let mut watch = network.watch();
    let runs = network.clone();
    let clock = tokio::spawn(async move { runs.run_in_real_time().await });
    let api = Api::of(&network).await;
    let url = format!("{}/voice", app.url);
    let ana = "+18095550111";
    let order = [("To", ana), ("From", OURS), ("Url", url.as_str())];
    let call = api.post("Calls.json", &order).await.1["sid"].as_str().unwrap().to_owned();
    let next = watch.recv().await.unwrap();
    assert_eq!((next.call.as_str(), next.to.as_str(), next.happened), (call.as_str(), ana, Happened::Rings));
    network.answer(&next.call);
    assert_eq!(watch.recv().await.unwrap().happened, Happened::Answered);
    api.post(&format!("Calls/{call}.json"), &[("Url", url.as_str())]).await;
    assert_eq!(watch.recv().await.unwrap().happened, Happened::Modified);
    network.hang_up(&next.call);
    assert_eq!(watch.recv().await.unwrap().happened, Happened::Ended(CallStatus::Completed));
    api.post("Calls.json", &order).await;
    let next = watch.recv().await.unwrap();
    assert_eq!(next.happened, Happened::Rings);
    api.post(&format!("Calls/{}.json", next.call), &[("Status", "canceled")]).await;
    assert_eq!(watch.recv().await.unwrap().happened, Happened::TakenBack(CallStatus::Canceled));
    clock.abort();
}

#[tokio::test]
async fn one_telephone_a_call_and_no_more_than_the_network_takes() {
    let app = Application::start(|_| twiml("<Pause length=\"10\"/>")).await;
    let mut config = app.config().starting_now();
    config.limits.handsets = 1;
    let network = Network::start(config);
    let (first, second) = (network.dial(CALLER, OURS), network.dial(CALLER, OURS));
    let phone = network.plug(&first).unwrap();
    assert!(network.plug(&first).is_none(), "one is on it");
    assert!(network.plug(&second).is_none(), "as many as may be");
    drop(phone);
    let phone = Telephone::on(&network, &second);
    phone.listen(0.1).await;
    network.hang_up(&second);
    phone.is_cut().await;
    assert!(network.plug(&second).is_none(), "the call is over");
    assert!(!network.call(&first).unwrap().status.is_final(), "a telephone that went dead did not hang up");
}
