//! What real telephones say is what is recorded, and what keys sound like is what is pressed.

use std::time::Duration;

use guardia_sandbox::sound::tones;
use guardia_sandbox::{Happened, Network, Recording};

use crate::application::{Application, CALLER, OURS, twiml};
use crate::rest::Api;
use crate::telephone::{Telephone, loudness, place_of, stripped, tone};

const ANA: &str = "+18095550111";

/// A WAV file's channels.
fn channels(recording: &Recording) -> Vec<Vec<i16>> {
    let file = recording.wav();
    assert_eq!(&file[..4], b"RIFF");
    assert_eq!(u32::from_le_bytes(file[40..44].try_into().unwrap()) as usize, file.len() - 44);
    let count = usize::from(u16::from_le_bytes([file[22], file[23]]));
    let samples: Vec<i16> = file[44..].chunks(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    (0..count).map(|channel| samples.iter().skip(channel).step_by(count).copied().collect()).collect()
}

async fn recording(network: &Network, phone: &Telephone) -> Recording {
    phone.until("a recording is kept", |_| !network.recordings().is_empty()).await;
    network.recordings().remove(0)
}

#[tokio::test]
async fn silence_ends_a_recording_that_is_what_was_said_sample_by_sample() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Record action=\"/got\" timeout=\"1\"/>"),
        "/got" => twiml("<Pause length=\"1\"/>"),
        _ => twiml(""),
    })
    .await;
    let network = Network::start(app.config().starting_now());
    let api = Api::of(&network).await;
    let call = network.dial(CALLER, OURS);
    let phone = Telephone::on(&network, &call);
    phone.until("the beep is over", |_| network.call(&call).unwrap().listens).await;
    assert!(loudness(&phone.heard()[phone.place().saturating_sub(4000)..], 1000.0) > 0.1, "a beep");
    let mut said = tone(350.0, 0.5);
    // A silent line is not without noise.
    said.extend([90, -90].iter().cycle().take(2400));
    said.extend(tone(900.0, 0.5));
    phone.say(&said);
    let recording = recording(&network, &phone).await;
    let recorded = channels(&recording).remove(0);
    assert!(stripped(&recorded) == stripped(&said), "{} samples of {}", stripped(&recorded).len(), said.len());
    let margin = recording.length.num_milliseconds() - 1300;
    assert!((0..=200).contains(&margin), "no more than a moment of silence is left on each side: {margin} ms");
    phone.until("it was told", |_| !app.asked_at("/got").is_empty()).await;
    assert_eq!(app.asked_at("/got")[0].param("RecordingDuration"), "2");
    let read = api.sound(&recording.sid).await;
    assert!(read == recording.wav() && read == api.sound(&recording.sid).await, "the file does not change");
    network.hang_up(&call);
}

#[tokio::test]
async fn nothing_said_is_nothing_recorded_and_a_key_is_no_voice() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Record action=\"/got\" timeout=\"1\" playBeep=\"false\" finishOnKey=\"#\"/>"),
        _ => twiml(""),
    })
    .await;
    let network = Network::start(app.config().starting_now());
    let call = network.dial(CALLER, OURS);
    let phone = Telephone::on(&network, &call);
    phone.until("it records", |_| network.call(&call).unwrap().listens).await;
    phone.say(&tones::key('5', Duration::from_millis(300)));
    phone.is_cut().await;
    network.settled().await;
    assert_eq!(app.paths(), ["/voice", "/status"]);
    assert_eq!(network.recordings(), []);
}

#[tokio::test]
async fn keys_are_heard_in_the_sound_and_told_twice_are_pressed_once() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Gather numDigits=\"4\" action=\"/got\"/>"),
        "/got" => twiml("<Pause length=\"1\"/>"),
        _ => twiml(""),
    })
    .await;
    let network = Network::start(app.config().starting_now());
    let call = network.dial(CALLER, OURS);
    let phone = Telephone::on(&network, &call);
    for key in ['1', '9', '9', '#'] {
        phone.say(&tones::key(key, Duration::from_millis(80)));
        phone.say(&[0; 640]);
    }
    phone.press('1').await;
    phone.listen(0.9).await;
    assert_eq!(app.asked_at("/got").len(), 1);
    assert_eq!(app.asked_at("/got")[0].param("Digits"), "199", "the fourth key ends it");
    network.hang_up(&call);
}

#[tokio::test]
async fn each_side_of_a_conversation_has_a_channel_and_keys_are_heard_there() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml(&format!("<Dial record=\"record-from-answer-dual\">{ANA}</Dial>")),
        _ => twiml(""),
    })
    .await;
    let network = Network::start(app.config().starting_now());
    let mut watch = network.watch();
    let call = network.dial(CALLER, OURS);
    let caller = Telephone::on(&network, &call);
    let leg = loop {
        let notice = watch.recv().await.unwrap();
        if notice.happened == Happened::Rings && notice.to == ANA {
            break notice.call;
        }
    };
    network.answer(&leg);
    let ana = Telephone::on(&network, &leg);
    let (one, other) = (tone(700.0, 0.4), tone(1100.0, 0.4));
    caller.say(&one);
    ana.say(&other);
    ana.until("Ana hears the caller", |phone| place_of(&phone.heard(), &one).is_some()).await;
    caller.until("the caller hears Ana", |phone| place_of(&phone.heard(), &other).is_some()).await;
    let place = ana.place();
    caller.press('5').await;
    ana.until("Ana hears the key", |phone| loudness(&phone.heard_since(place), 770.0) > 0.1).await;
    network.hang_up(&call);
    ana.is_cut().await;
    let recording = &network.recordings()[0];
    let sides = channels(recording);
    assert_eq!(sides.len(), 2);
    assert!(stripped(&sides[0]) == one.as_slice(), "the first channel is the caller");
    assert!(place_of(&sides[1], &other).is_some(), "the second channel is Ana");
    let difference = recording.length - (network.call(&call).unwrap().ended.unwrap() - recording.began);
    assert!(difference.num_milliseconds().abs() <= 60, "{difference}");
}

#[tokio::test]
async fn a_recording_goes_on_in_silence_when_the_telephone_goes_dead() {
    let app = Application::start(|_| twiml("<Record timeout=\"1\" trim=\"do-not-trim\" action=\"/got\"/>")).await;
    let network = Network::start(app.config().starting_now());
    let runs = network.clone();
    let clock = tokio::spawn(async move { runs.run_in_real_time().await });
    let call = network.dial(CALLER, OURS);
    let phone = Telephone::on(&network, &call);
    phone.until("it records", |_| network.call(&call).unwrap().listens).await;
    let said = tone(900.0, 0.3);
    phone.say(&said);
    phone.listen(0.5).await;
    phone.unplug();
    let other = network.dial(CALLER, OURS);
    let witness = Telephone::on(&network, &other);
    let recording = recording(&network, &witness).await;
    let recorded = channels(&recording).remove(0);
    assert!(stripped(&recorded) == said.as_slice());
    assert!((1300..=1800).contains(&recording.length.num_milliseconds()), "{}", recording.length);
    assert_eq!(recorded.len(), usize::try_from(recording.length.num_milliseconds()).unwrap() * 8);
    clock.abort();
}

#[tokio::test]
async fn a_conference_is_recorded_as_all_of_them_together() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Dial><Conference record=\"record-from-start\" beep=\"false\">room</Conference></Dial>"),
        _ => twiml(""),
    })
    .await;
    let network = Network::start(app.config().starting_now());
    let calls = [network.dial(CALLER, OURS), network.dial(CALLER, OURS)];
    let phones = [Telephone::on(&network, &calls[0]), Telephone::on(&network, &calls[1])];
    phones[0].until("the conference started", |_| calls.iter().all(|call| network.call(call).unwrap().listens)).await;
    let (one, other) = (tone(700.0, 0.4), tone(1100.0, 0.2));
    phones[0].say(&one);
    phones[1].until("the first is heard", |phone| place_of(&phone.heard(), &one).is_some()).await;
    phones[1].say(&other);
    phones[0].until("the second is heard", |phone| place_of(&phone.heard(), &other).is_some()).await;
    network.hang_up(&calls[0]);
    network.hang_up(&calls[1]);
    phones[1].is_cut().await;
    let all = channels(&network.recordings()[0]).remove(0);
    let first = place_of(&all, &one).unwrap();
    assert!(place_of(&all[first..], &other).is_some());
}

#[tokio::test]
async fn a_whole_call_is_recorded_with_what_was_heard_on_it() {
    let app = Application::start(|_| twiml("<Enqueue>line</Enqueue>")).await;
    let network = Network::start(app.config().starting_now());
    let api = Api::of(&network).await;
    let mut watch = network.watch();
    let url = format!("{}/voice", app.url);
    let order = [("To", ANA), ("From", OURS), ("Url", url.as_str()), ("Record", "true")];
    let runs = network.clone();
    let clock = tokio::spawn(async move { runs.run_in_real_time().await });
    api.post("Calls.json", &order).await;
    let call = watch.recv().await.unwrap().call;
    let phone = Telephone::on(&network, &call);
    network.answer(&call);
    phone.until("music", |phone| phone.heard().iter().any(|sample| *sample != 0)).await;
    phone.listen(0.2).await;
    let said = tone(1900.0, 0.3);
    phone.say(&said);
    phone.listen(0.6).await;
    network.hang_up(&call);
    phone.is_cut().await;
    let all = channels(&network.recordings()[0]).remove(0);
    assert!(loudness(&all, 1900.0) > 0.1, "what was said");
    let heard = phone.heard();
    let music = &heard[heard.iter().position(|sample| *sample != 0).unwrap()..];
    assert!(place_of(&all, &music[400..800]).is_some(), "what was heard");
    clock.abort();
}

#[tokio::test]
async fn a_pause_that_is_left_out_leaves_no_silence() {
    let app = Application::start(|_| twiml("<Say>Diga.</Say><Pause length=\"60\"/>")).await;
    let network = Network::start(app.config().starting_now());
    let api = Api::of(&network).await;
    let call = network.dial(CALLER, OURS);
    let phone = Telephone::on(&network, &call);
    phone.until("it is answered", |_| network.call(&call).unwrap().answered.is_some()).await;
    let recordings = format!("Calls/{call}/Recordings");
    let (status, _) = api.post(&format!("{recordings}.json"), &[]).await;
    assert_eq!(status, 201);
    let current = format!("{recordings}/Twilio.CURRENT.json");
    let tones = [700.0, 1100.0, 1500.0, 1900.0].map(|hertz| tone(hertz, 0.3));
    // Said; in a pause that is left out; said; in a pause that is silence.
    let turns = ["skip", "", "silence", ""];
    for (said, behavior) in tones.iter().zip(turns) {
        phone.say(said);
        phone.listen(1.0).await;
        let change = match behavior {
            "" => vec![("Status", "in-progress")],
            other => vec![("Status", "paused"), ("PauseBehavior", other)],
        };
        assert_eq!(api.post(&current, &change).await.0, 200);
    }
    api.post(&current, &[("Status", "stopped")]).await;
    let recording = recording(&network, &phone).await;
    let all = channels(&recording).remove(0);
    let loud = |hertz: f64| loudness(&all, hertz) > 0.03;
    assert_eq!([700.0, 1100.0, 1500.0, 1900.0].map(loud), [true, false, true, false]);
    // One second before the first pause, one between the two, one of silence.
    let length = recording.length.num_milliseconds();
    assert!((2800..=3600).contains(&length), "{length} ms");
    assert_eq!(i64::try_from(all.len()).unwrap(), length * 8);
    let between = place_of(&all, &tones[2][400..800]).unwrap() - place_of(&all, &tones[0][400..800]).unwrap();
    assert!((6400..=10_400).contains(&between), "{between} samples from the first to the third");
    network.hang_up(&call);
}
