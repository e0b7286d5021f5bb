//! Requests that must move nothing: answers to documents that no longer stand, and what the provider did not sign.

use chrono::TimeDelta;
use guardia::stage::{Props, Stage};
use guardia_sandbox::story::{Host, Story};
use guardia_sandbox::{CallSid, Delivery, Faults};

use crate::http::{PUBLIC, post, secret, with};
use crate::moments::LINE;
use crate::play::{Otherwise, Played};
use crate::record::record;

/// A stage on which somebody is asked for their institution's code, with the call's turns so far.
async fn in_the_middle(folder: &std::path::Path) -> (Stage, CallSid, Vec<Delivery>) {
    let at = "2026-03-03T10:00:00-04:00";
    let text = format!(
        "story: In the middle\nat: {at}\ncaller: {{ from: \"+18095550142\", dials: \"{LINE}\" }}\nsteps:\n  - hears: \
         marque uno\n  - presses: 1\n  - hears: código de cuatro dígitos\n"
    );
    let story = Story::parse(&text, "in the middle").unwrap();
    let mut stage = Stage::set(story.starts_at(), folder, &Props::default()).await.unwrap();
    let report = stage.play(story).await;
    assert!(report.passed(), "{report}");
    let sid = stage.network.calls()[0].sid.clone();
    let turns =
        stage.network.deliveries().into_iter().filter(|delivery| delivery.url.contains("/voice/turn/")).collect();
    (stage, sid, turns)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_an_older_document_never_moves_the_call() {
    let folder = tempfile::tempdir().unwrap();
    let (mut stage, sid, turns) = in_the_middle(folder.path()).await;
    let (first, last) = (turns.first().unwrap(), turns.last().unwrap());
    assert!(first.param("Digits") == Some("1") && last.url.ends_with("/silence"), "{} {}", first.url, last.url);
    let before = record(&stage).await;
    let key = secret(&stage);
    let address = |turn: u32| format!("{}/{turn}", first.url.rsplit_once('/').unwrap().0);

    // The same again under another token: what it got then.
    let same = post(&stage, &first.url, &first.params, &key, "another token").await;
    assert_eq!((same.status, &same.body), (200, &first.body));
    // Something else for the old document: the one that stands now.
    for (name, value) in [("Digits", "0"), ("Digits", "8"), ("Digits", "55")] {
        let stale = post(&stage, &first.url, &with(&first.params, name, value), &key, value).await;
        assert_eq!((stale.status, &stale.body), (200, &last.body), "{value}");
    }
    // An answer to a document that was never given.
    for turn in [4, 40, u32::MAX] {
        let early = post(&stage, &address(turn), &with(&first.params, "Digits", "1042"), &key, "early").await;
        assert_eq!((early.status, &early.body), (200, &last.body), "{turn}");
    }
    // Somebody else's call at this call's address.
    let other = with(&first.params, "CallSid", "CA00000000000000000000000000000bad");
    let other = post(&stage, &address(3), &with(&other, "Digits", "1042"), &key, "other").await;
    assert!(other.status == 400 || other.body.contains("/twilio/voice/fallback"), "{other:?}");
    assert_eq!(record(&stage).await, before, "something moved");

    // The call itself goes on as if nothing had been.
    stage.network.press(&sid, "1042#");
    let limit = stage.now() + TimeDelta::seconds(6);
    while stage.advance(limit).await {}
    let after = record(&stage).await;
    assert!(after.iter().any(|line| line.contains("left institution_keyed")), "{after:#?}");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_did_not_sign_is_403_and_leaves_nothing() {
    let mut played = Played::truly("stories/saturday-night.yaml", Otherwise::default()).await;
    let stage = &played.stage;
    let before = record(stage).await;
    let mut deliveries = stage.network.deliveries();
    let ring = deliveries.iter().find(|delivery| delivery.url.ends_with("/twilio/voice")).unwrap().clone();
    deliveries.push(Delivery { url: format!("{PUBLIC}/twilio/voice/fallback"), ..ring });
    let routes =
        ["/voice", "/voice/turn/", "/silence", "/voice/recording", "/voice/status", "/sms", "/sms/status", "/fallback"];
    for route in routes {
        assert!(deliveries.iter().any(|delivery| delivery.url.contains(route)), "{route} was not asked");
    }
    for delivery in &deliveries {
        // A fresh call and message, so that nothing is a repeat.
        let fresh: Vec<_> = delivery
            .params
            .iter()
            .map(|(name, value)| {
                let fresh = name.ends_with("Sid") && name != "AccountSid";
                (name.clone(), if fresh { value.replace('0', "1") } else { value.clone() })
            })
            .collect();
        let answer = post(stage, &delivery.url, &fresh, "not the token", "wrong").await;
        assert_eq!((answer.status, answer.body.as_str()), (403, ""), "{}", delivery.url);
    }
    assert_eq!(record(stage).await, before);
    assert_eq!(std::fs::metadata(&stage.config.journal).unwrap().len(), 0, "the journal has something");
    played.stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_with_another_secret_is_not_heard_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let at = "2026-03-03T14:00:00Z".parse().unwrap();
    let mut stage = Stage::set(at, folder.path(), &Props::default()).await.unwrap();
    stage.network.set_faults(Faults { wrong_signature: true, ..Faults::default() });
    stage.network.dial("+18095550142", LINE);
    stage.network.place_sms("+18095550103", LINE, "3461A");
    let limit = stage.now() + TimeDelta::minutes(1);
    while stage.advance(limit).await {}
    let deliveries = stage.network.deliveries();
    for route in ["/twilio/voice", "/twilio/voice/fallback", "/twilio/voice/status", "/twilio/sms"] {
        assert!(deliveries.iter().any(|delivery| delivery.url.ends_with(route)), "{route} was not asked");
    }
    for delivery in deliveries {
        assert_eq!((delivery.status, delivery.body.as_str()), (Some(403), ""), "{}", delivery.url);
    }
    let stored = record(&stage).await;
    assert!(stored.iter().all(|line| line.starts_with("text inbound")), "{stored:?}");
    assert_eq!(std::fs::metadata(&stage.config.journal).unwrap().len(), 0, "the journal has something");
    stage.stop().await;
}
