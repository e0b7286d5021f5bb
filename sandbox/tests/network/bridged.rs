//! Real telephones that are joined: by a `Dial`, in a conference, in a queue.

use chrono::TimeDelta;
use guardia_sandbox::{CallSid, Happened, Network, Phone};

use crate::application::{Application, CALLER, OURS, twiml};
use crate::handset::whistling;
use crate::telephone::{Telephone, loudness, samples, tone};

const ANA: &str = "+18095550111";

/// The last so many seconds of what somebody heard.
fn lately(phone: &Telephone, seconds: f64) -> Vec<i16> {
    phone.heard_since(phone.place().saturating_sub(samples(seconds)))
}

fn hears(phone: &Telephone, hertz: f64) -> bool {
    loudness(&lately(phone, 0.1), hertz) > 0.9
}

fn hears_nothing_of(phone: &Telephone, hertz: f64) -> bool {
    loudness(&phone.heard(), hertz) < 0.01
}

/// Calls, and waits until the call's telephone rings out to somebody, who picks up with a telephone of their own.
async fn answered(network: &Network, watch: &mut tokio::sync::broadcast::Receiver<guardia_sandbox::Notice>) -> CallSid {
    loop {
        let notice = watch.recv().await.unwrap();
        if notice.happened == Happened::Rings && notice.to == ANA {
            network.answer(&notice.call);
            return notice.call;
        }
    }
}

#[tokio::test]
async fn two_telephones_joined_by_a_dial_hear_each_other_and_not_themselves() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml(&format!("<Dial callerId=\"{OURS}\"><Number>{ANA}</Number></Dial>")),
        _ => twiml(""),
    })
    .await;
    let network = Network::start(app.config().starting_now());
    let mut watch = network.watch();
    let call = network.dial(CALLER, OURS);
    let caller = Telephone::on(&network, &call);
    let leg = answered(&network, &mut watch).await;
    assert!(loudness(&lately(&caller, 0.2), 440.0) > 0.1, "the caller hears the telephone ring");
    let ana = Telephone::on(&network, &leg);
    caller.say(&tone(700.0, 0.6));
    ana.say(&tone(1100.0, 0.6));
    caller.until("the caller hears Ana", |phone| hears(phone, 1100.0)).await;
    ana.until("Ana hears the caller", |phone| hears(phone, 700.0)).await;
    assert!(hears_nothing_of(&caller, 700.0), "no echo");
    assert!(hears_nothing_of(&ana, 1100.0), "no echo");
    network.hang_up(&leg);
    caller.is_cut().await;
    ana.is_cut().await;
}

#[tokio::test]
async fn everybody_in_a_conference_hears_everybody_but_themselves() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Dial><Conference beep=\"onEnter\">room</Conference></Dial>"),
        _ => twiml(""),
    })
    .await;
    let network = Network::start(app.config().starting_now());
    let calls: Vec<CallSid> = (0..3).map(|_| network.dial(CALLER, OURS)).collect();
    let phones: Vec<Telephone> = calls.iter().map(|call| Telephone::on(&network, call)).collect();
    let tones = [700.0, 1100.0, 1700.0];
    phones[0].until("the conference started", |_| calls.iter().all(|call| network.call(call).unwrap().listens)).await;
    phones[0].listen(0.7).await;
    assert!(phones.iter().any(|phone| loudness(&lately(phone, 0.7), 1000.0) > 0.1), "whoever was there hears a beep");
    for (phone, hertz) in phones.iter().zip(tones) {
        phone.say(&tone(hertz, 1.0));
    }
    for (own, phone) in phones.iter().enumerate() {
        phone.until("hears the others", |phone| (0..3).all(|other| other == own || hears(phone, tones[other]))).await;
        assert!(hears_nothing_of(phone, tones[own]), "no echo");
    }
    for call in &calls {
        network.hang_up(call);
    }
}

#[tokio::test]
async fn who_waits_alone_in_a_conference_hears_music_unless_it_wants_none() {
    let app = Application::start(|asked| match asked.param("From") {
        CALLER => twiml("<Dial><Conference>loud</Conference></Dial>"),
        _ => twiml("<Dial><Conference waitUrl=\"\">silent</Conference></Dial>"),
    })
    .await;
    let network = Network::start(app.config().starting_now());
    let calls = [network.dial(CALLER, OURS), network.dial(ANA, OURS)];
    let [loud, silent] = [Telephone::on(&network, &calls[0]), Telephone::on(&network, &calls[1])];
    loud.until("music", |phone| loudness(&lately(phone, 0.1), 262.0) > 0.1).await;
    let place = silent.place();
    silent.listen(0.2).await;
    assert!(silent.heard_since(place).iter().all(|sample| *sample == 0));
    for call in &calls {
        network.hang_up(call);
    }
}

#[tokio::test]
async fn who_waits_in_a_queue_hears_music() {
    let app = Application::start(|_| twiml("<Enqueue>line</Enqueue>")).await;
    let network = Network::start(app.config().starting_now());
    let call = network.dial(CALLER, OURS);
    let phone = Telephone::on(&network, &call);
    phone
        .until("music", |phone| lately(phone, 0.1).iter().filter(|sample| sample.unsigned_abs() > 100).count() > 400)
        .await;
    network.hang_up(&call);
    phone.is_cut().await;
}

#[tokio::test]
async fn whoever_has_no_telephone_is_heard_as_a_voice_until_the_line_is_cut() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml(&format!("<Dial action=\"/next\">{ANA}</Dial>")),
        "/next" => twiml("<Pause/>"),
        _ => twiml(""),
    })
    .await;
    let (network, _) = whistling(&app);
    network.set_phone(ANA, Phone::Answers(TimeDelta::milliseconds(100)));
    let call = network.dial(CALLER, OURS);
    let caller = Telephone::on(&network, &call);
    let joined = |network: &Network| network.call(&call).unwrap().joined_to;
    caller.until("Ana picks up", |_| joined(&network).is_some()).await;
    let leg = joined(&network).unwrap();
    assert!(network.speak(&leg, "Una respuesta larga, muy larga", TimeDelta::seconds(2)));
    caller.until("the caller hears Ana", |phone| hears(phone, 500.0)).await;
    // Whoever has one is heard as they are, whatever words are told beside.
    assert!(network.speak(&call, "Sí", TimeDelta::seconds(1)));
    network.hang_up(&leg);
    caller.listen(0.1).await;
    let place = caller.place();
    caller.listen(0.2).await;
    assert!(caller.heard_since(place).iter().all(|sample| *sample == 0), "nothing is heard when the line is cut");
    network.hang_up(&call);
}
