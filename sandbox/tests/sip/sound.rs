//! What is heard on a call, and when.

use guardia_sandbox::sound::Frame;
use guardia_sandbox::{CallStatus, Happened};

use crate::application::{Asked, twiml};
use crate::phone::{Phone, loudness, sound_of, tone};
use crate::rig::Rig;

/// Callers wait in one conference.
async fn meeting() -> Rig {
    Rig::start(|asked: &Asked| match asked.path.as_str() {
        "/voice" => twiml("<Dial><Conference beep=\"false\" waitUrl=\"\">sala</Conference></Dial>"),
        _ => twiml(""),
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_callers_hear_each_other() {
    let rig = meeting().await;
    let (ana, luis) = (Phone::new(rig.gateway.address(), "ana").await, Phone::new(rig.gateway.address(), "luis").await);
    let (speaks, hears) = (ana.call("0").await, luis.call("0").await);
    let (mut loud, mut silent, mut number) = (0, 0, 0);
    while loud < 25 {
        number += 1;
        assert!(number < 500, "not heard after ten seconds");
        // The network's packets are the clock.
        let (_, _, _, own) = speaks.packet().await;
        speaks.say(number, &tone()).await;
        hears.say(number, &Frame::SILENCE).await;
        let (kind, _, _, heard) = hears.packet().await;
        assert_eq!((kind, heard.len()), (0, 160));
        loud += u32::from(loudness(&heard) > 2000);
        silent += u32::from(loudness(&own) < 100);
    }
    assert!(silent > 20, "nobody hears themselves");
    speaks.hang_up().await;
    hears.hang_up().await;
    rig.until("nothing is left", |rig| rig.gateway.calls() == 0 && rig.gateway.dialogs() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_the_network_plays_are_told_beside_the_sound_or_in_it() {
    let rig = Rig::start(|_| twiml("<Pause length=\"0\"/><Play digits=\"w15#\"/><Pause length=\"20\"/>")).await;
    let phone = Phone::new(rig.gateway.address(), "beside").await;
    let call = phone.call("0 101").await;
    let (mut keys, mut last) = (Vec::new(), None);
    while keys.len() < 3 {
        let (kind, _, timestamp, payload) = call.packet().await;
        if kind == 101 && last != Some(timestamp) {
            last = Some(timestamp);
            keys.push(payload[0]);
        }
    }
    assert_eq!(keys, [1, 5, 11]);
    call.hang_up().await;
    let phone = Phone::new(rig.gateway.address(), "within").await;
    let call = phone.call("0").await;
    let mut detector = guardia_sandbox::sound::dtmf::Detector::new();
    let mut heard = String::new();
    while heard.len() < 3 {
        let (kind, _, _, payload) = call.packet().await;
        assert_eq!(kind, 0);
        let samples = guardia_sandbox::sound::g711::Law::Mu.decode(&payload);
        heard.extend(detector.hear(&Frame::from_samples(&samples)));
    }
    assert_eq!(heard, "15#");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_in_the_sound_are_keys() {
    let rig = Rig::start(|asked: &Asked| match asked.path.as_str() {
        "/voice" => twiml("<Gather action=\"/got\" numDigits=\"2\"><Say>Marque.</Say><Pause length=\"20\"/></Gather>"),
        _ => twiml("<Hangup/>"),
    })
    .await;
    let phone = Phone::new(rig.gateway.address(), "tones").await;
    let call = phone.call("0").await;
    let mut sound = Vec::new();
    for key in ['4', '2'] {
        let length = std::time::Duration::from_millis(100);
        sound.extend(
            guardia_sandbox::sound::frames(&guardia_sandbox::sound::tones::key(key, length)).collect::<Vec<_>>(),
        );
        sound.extend(vec![Frame::SILENCE; 10]);
    }
    let mut number = 0;
    while rig.app.asked_at("/got").is_empty() {
        // The network's packets are the clock; there are none once it has hung up.
        if call.packet_soon().await {
            call.say(number, sound.get(usize::from(number)).unwrap_or(&Frame::SILENCE)).await;
            number += 1;
        }
        assert!(number < 500, "not heard after ten seconds");
    }
    assert_eq!(rig.app.asked_at("/got")[0].param("Digits"), "42");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_first_peer_is_heard() {
    let rig = meeting().await;
    let (ana, luis) = (Phone::new(rig.gateway.address(), "ana").await, Phone::new(rig.gateway.address(), "luis").await);
    let (first, hears) = (ana.call("0").await, luis.call("0").await);
    for number in 0..30 {
        first.packet().await;
        first.say(number, &Frame::SILENCE).await;
        hears.packet().await;
        hears.say(number, &Frame::SILENCE).await;
    }
    // Somebody else sends a tone to Ana's port.
    let intruder = Phone::new(rig.gateway.address(), "eve").await;
    let mut eve = intruder.call("0").await;
    eve.peer = first.peer;
    let mut loudest = 0;
    for number in 30..100 {
        first.packet().await;
        first.say(number, &Frame::SILENCE).await;
        eve.say(number, &tone()).await;
        hears.say(number, &Frame::SILENCE).await;
        loudest = loudest.max(loudness(&hears.packet().await.3));
    }
    assert!(loudest < 500, "{loudest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn early_media_is_heard_before_the_call_is_answered() {
    let document =
        |_: &Asked| twiml("<Dial answerOnBridge=\"true\" timeout=\"20\"><Number>+18095550111</Number></Dial>");
    let rig = Rig::with(document, |settings| settings.early_media = true).await;
    let phone = Phone::new(rig.gateway.address(), "early").await;
    let mut notices = rig.network.watch();
    phone.invite("0").await;
    let progress = loop {
        let message = phone.message().await;
        if message.starts_with("SIP/2.0 183") {
            break message;
        }
    };
    let call = phone.talk_before(&progress);
    assert_eq!(call.peer, sound_of(&progress));
    let mut loud = false;
    while !loud {
        loud = loudness(&call.packet().await.3) > 500;
    }
    let leg = loop {
        let notice = notices.recv().await.unwrap();
        if notice.happened == Happened::Rings && notice.to == "+18095550111" {
            break notice.call;
        }
    };
    rig.network.answer(&leg);
    let answer = phone.answer("INVITE").await;
    assert!(answer.starts_with("SIP/2.0 200"), "{answer}");
    phone.talk(&answer).await.hang_up().await;
    rig.until("it is over", |rig| rig.ended(CallStatus::Completed)).await;
}
