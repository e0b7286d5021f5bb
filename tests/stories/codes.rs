//! A reply code is kept as a hash; the words that carry it only until the provider has them.

use chrono::TimeDelta;
use guardia::oncall::Channel;
use guardia::ops;
use guardia::paging::{Delivery, Message};
use guardia::stage::{Props, Stage};
use guardia::store::{IncidentFilter, StoreError, Tx};
use guardia_sandbox::story::{Host, Story};
use guardia_sandbox::{Faults, Receipts};

const CARMEN: &str = "+18095550103";

/// A case for which Carmen is paged; `set` sets the network and the settings before it.
async fn paged(folder: &std::path::Path, set: impl AsyncFnOnce(&mut Stage)) -> Stage {
    let text = "story: A page\nat: 2026-03-07T22:00:00-04:00\ncaller: { from: \"+18095550142\", dials: \
                \"+18095550100\" }\nsteps:\n  - hears: marque uno\n  - presses: 1\n  - hears: código de cuatro dígitos\n";
    let story = Story::parse(text, "a page").unwrap();
    let mut stage = Stage::set(story.starts_at(), folder, &Props::default()).await.unwrap();
    set(&mut stage).await;
    let report = stage.play(story).await;
    assert!(report.passed(), "{report}");
    stage
}

/// The text of Carmen's page as it is kept; the call that follows it has no words of its own.
async fn kept(stage: &Stage) -> Message {
    let store = &stage.hotline().unwrap().store;
    let messages: Result<Vec<Message>, StoreError> = store
        .read(async |tx: &mut Tx| {
            let case = tx.incidents(IncidentFilter { open: false, limit: 1 }).await?.remove(0);
            tx.messages(case.id).await
        })
        .await;
    messages
        .unwrap()
        .into_iter()
        .find(|message| message.channel == Channel::Sms && message.to.stored() == CARMEN)
        .unwrap()
}

fn carries_a_code(body: &str) -> bool {
    let (_, answers) = body.split_once("Resp ").unwrap();
    answers
        .get(..6)
        .is_some_and(|code| code.ends_with("A=") && code.bytes().take(4).all(|digit| digit.is_ascii_digit()))
}

#[tokio::test(flavor = "multi_thread")]
async fn once_the_provider_has_a_page_its_code_is_kept_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    // No receipt comes: that the provider took it is enough.
    let silent = async |stage: &mut Stage| {
        stage.network.set_faults(Faults { sms_receipts: Receipts::None, ..Faults::default() });
    };
    let mut stage = paged(folder.path(), silent).await;
    let sent = stage.network.messages().into_iter().find(|message| message.to == CARMEN).unwrap();
    assert!(carries_a_code(&sent.body), "{}", sent.body);
    let kept = kept(&stage).await;
    assert_eq!(kept.state, Delivery::Accepted);
    assert!(kept.body.contains("Resp ****A=acepto ****E=escalar"), "{}", kept.body);
    // Nor where her answer is kept.
    let code = sent.body.split_once("Resp ").unwrap().1.get(..4).unwrap().to_owned();
    stage.network.place_sms(CARMEN, "+18095550100", &format!("{code} a"));
    let limit = stage.now() + TimeDelta::seconds(20);
    while stage.advance(limit).await {}
    stage.check("incident", &serde_json::json!({ "state": "acknowledged" })).await.unwrap();
    stage.stop().await;
    let mut found = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap() == "guardia.db" {
            found += 1;
            let url = format!("sqlite:{}", path.display());
            let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
            let bodies: Vec<String> =
                sqlx::query_scalar("SELECT body FROM messages UNION ALL SELECT body FROM inbound_messages")
                    .fetch_all(&mut connection)
                    .await
                    .unwrap();
            assert!(bodies.len() >= 3, "{bodies:?}");
            assert!(bodies.iter().all(|body| !body.contains(&code)), "{bodies:?}");
        }
    }
    assert_eq!(found, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_failed_for_good_keeps_no_code() {
    let folder = tempfile::tempdir().unwrap();
    let refuses = async |stage: &mut Stage| {
        let sms_failures = [(CARMEN.to_owned(), 21_211)].into();
        stage.network.set_faults(Faults { sms_failures, ..Faults::default() });
    };
    let mut stage = paged(folder.path(), refuses).await;
    let kept = kept(&stage).await;
    assert_eq!(kept.state, Delivery::Failed);
    assert!(kept.body.contains("Resp ****A=acepto"), "{}", kept.body);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_was_sent_before_a_crash_is_sent_again_in_the_same_words_under_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    // The provider's API cannot be reached: the page waits.
    let mut api = String::new();
    let away = async |stage: &mut Stage| {
        api = std::mem::replace(&mut stage.config.twilio.api_url, "http://127.0.0.1:1".to_owned());
        stage.stop().await;
        stage.start().await.unwrap();
    };
    let mut stage = paged(folder.path(), away).await;
    let first = kept(&stage).await;
    assert_eq!(first.state, Delivery::Intended);
    assert!(carries_a_code(&first.body), "{}", first.body);
    // Handed over by a process that ends before it can write so down: the next one finds what the first one found.
    let hotline = stage.hotline().unwrap().clone();
    let sent = ops::message_to_send(&hotline, first.id).await.unwrap().unwrap();
    stage.stop().await;
    stage.config.twilio.api_url = api;
    stage.start().await.unwrap();
    let hotline = stage.hotline().unwrap().clone();
    assert_eq!(ops::message_to_send(&hotline, first.id).await.unwrap(), Some(sent));
    // The provider is there again, and Carmen can answer it.
    let limit = stage.now() + TimeDelta::minutes(1);
    while stage.advance(limit).await {}
    let got = stage.network.messages().into_iter().filter(|message| message.to == CARMEN).collect::<Vec<_>>();
    assert_eq!(got.last().unwrap().body, first.body);
    let after = kept(&stage).await;
    assert!(after.state >= Delivery::Accepted && !carries_a_code(&after.body), "{after:?}");
    assert_eq!(ops::message_to_send(&hotline, first.id).await.unwrap(), None);
    stage.stop().await;
}
