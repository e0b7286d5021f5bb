//! Conversations of three and more, beyond what a story tells: the provider's word comes late, in another order or twice, a
//! document that was left behind still asks; the API; and what is on record of every leg.

use std::path::Path;

use chrono::TimeDelta;
use guardia::call::{Direction, Leg};
use guardia::stage::{Props, Stage};
use guardia::store::{StoreError, Tx};
use guardia_sandbox::story::{Host, Story};
use guardia_sandbox::{Faults, Receipts};
use serde_json::json;

use crate::answers::ask;
use crate::play::{Otherwise, Played};

/// Moves of a caller out of the queue and of a reporter who was called back; who hangs up first.
const ROOMS: [&str; 5] = [
    "tests/stories/three-hasty.yaml",
    "tests/stories/three-both-hasty.yaml",
    "tests/stories/three-waiting.yaml",
    "tests/stories/three-call-back.yaml",
    "tests/stories/three-holder-leaves.yaml",
];

/// Plays the stories, and judges them once everything that is on its way has come.
async fn truly_with(faults: Faults) {
    for file in ROOMS {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let text = text.replace("\nthen:\n", "\n  - waits: 20s\nthen:\n");
        let story = Story::parse(&text, file).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut stage = Stage::set(story.starts_at(), folder.path(), &Props::default()).await.unwrap();
        stage.network.set_faults(faults.clone());
        let report = stage.play(story).await;
        assert!(report.passed(), "{report}");
        stage.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_was_left_behind_moves_nobody() {
    truly_with(Faults { stale_document: true, ..Faults::default() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_late_is_the_same() {
    truly_with(Faults { callbacks: Receipts::Late(TimeDelta::seconds(7)), ..Faults::default() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_in_another_order_is_the_same() {
    truly_with(Faults { callbacks: Receipts::Reversed, ..Faults::default() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_twice_is_the_same() {
    truly_with(Faults { callbacks: Receipts::Twice, ..Faults::default() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_leg_is_a_row_and_nothing_personal_is_in_an_address() {
    let mut played = Played::truly("tests/stories/three-call-back.yaml", Otherwise::default()).await;
    let store = &played.stage.hotline().unwrap().store;
    let legs: Result<Vec<Leg>, StoreError> = store
        .read(async |tx: &mut Tx| {
            let mut legs = Vec::new();
            for call in tx.calls(100, None).await?.into_iter().filter(|call| call.direction == Direction::Outbound) {
                legs.extend(tx.legs(call.id).await?);
            }
            Ok(legs)
        })
        .await;
    let mut legs: Vec<(String, bool)> =
        legs.unwrap().into_iter().map(|leg| (leg.role, leg.ended_at.is_some() && leg.seconds.is_some())).collect();
    legs.sort();
    let expected = [("reporter", true), ("staff", true), ("staff", true)];
    assert_eq!(legs, expected.map(|(role, ended)| (role.to_owned(), ended)));
    let deliveries = played.stage.network.deliveries();
    let rooms: Vec<&str> =
        deliveries.iter().map(|delivery| delivery.url.as_str()).filter(|url| url.contains("/voice/room/")).collect();
    assert!(rooms.len() > 8, "{rooms:#?}");
    let opaque = |url: &&&str| {
        let name = url.split("/voice/room/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
        name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    assert!(rooms.iter().all(|url| opaque(&url)), "{rooms:#?}");
    for delivery in &deliveries {
        for personal in ["8095550142", "8095550103", "carmen", "26000010"] {
            assert!(!delivery.url.contains(personal), "{}", delivery.url);
        }
    }
    played.stage.stop().await;
}

const JOIN: &str = "/api/v1/incidents/26000010/join";
const TOKEN: &str = "Authorization: Bearer stage\r\nContent-Type: application/json\r\n";
const ANA: &str = r#"{"person":"ana","by":"Marta Jiménez"}"#;

/// Carmen has the case, and talks with the caller.
async fn while_they_talk(folder: &tempfile::TempDir) -> Stage {
    let file = "tests/stories/three-too-late.yaml";
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let (until_they_talk, _) = text.split_once("  - meanwhile: { join:").unwrap();
    let story = Story::parse(until_they_talk, file).unwrap();
    let mut stage = Stage::set(story.starts_at(), folder.path(), &Props::default()).await.unwrap();
    let report = stage.play(story).await;
    assert!(report.passed(), "{report}");
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_could_not_be_called_is_called_when_they_are_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = while_they_talk(&folder).await;
    let rings = |stage: &Stage| stage.network.calls().iter().filter(|call| call.person() == "+18095550101").count();
    stage.network.set_faults(Faults { api_away: true, ..Faults::default() });
    assert_eq!(ask(&stage, "POST", JOIN, TOKEN, ANA).await.0, 202);
    let limit = stage.now() + TimeDelta::minutes(3);
    while stage.advance(limit).await {}
    assert_eq!(rings(&stage), 0);
    stage.network.set_faults(Faults::default());
    assert_eq!(ask(&stage, "POST", JOIN, TOKEN, ANA).await.0, 202);
    let limit = stage.now() + TimeDelta::seconds(5);
    while stage.advance(limit).await {}
    assert_eq!(rings(&stage), 1);
    stage.check("timeline", &json!({ "counts": { "invited": 2 } })).await.unwrap();
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_asks_a_person_into_a_conversation_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = while_they_talk(&folder).await;
    let (path, token, ana) = (JOIN, TOKEN, ANA);
    let long = format!(r#"{{"person":"ana","by":"{}"}}"#, "a".repeat(61));
    for (path, headers, body, status) in [
        (path, "", ana, 401),
        (path, token, r#"{"person":"ana"}"#, 400),
        (path, token, r#"{"person":"ana","by":" "}"#, 400),
        (path, token, &long, 400),
        (path, token, r#"{"person":"nobody","by":"Marta"}"#, 422),
        ("/api/v1/incidents/26000029/join", token, ana, 404),
        (path, token, ana, 202),
        (path, token, ana, 202),
    ] {
        assert_eq!(ask(&stage, "POST", path, headers, body).await.0, status, "{path} {headers} {body}");
    }
    stage.check("timeline", &json!({ "counts": { "invited": 1 } })).await.unwrap();
    // Whoever talks with the caller hangs up, and the caller hears the end of it.
    for call in stage.network.calls() {
        if call.person() == "+18095550103" {
            stage.network.hang_up(&call.sid);
        }
    }
    let limit = stage.now() + TimeDelta::minutes(2);
    while stage.advance(limit).await {}
    assert_eq!(ask(&stage, "POST", path, token, ana).await.0, 409);
    stage.check("timeline", &json!({ "counts": { "invited": 1, "bridged": 1 } })).await.unwrap();
    stage.stop().await;
}
