//! Three hundred cases within a minute: the person on duty is told of the first ones one by one, of the rest together, and
//! takes them with one answer.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use guardia::clock::Instant;
use guardia::incident::{Change, Entry, Incident, State};
use guardia::stage::{Props, Stage};
use guardia::store::{IncidentFilter, StoreError, Tx};
use guardia_sandbox::story::Host;

use crate::moments::LINE;
use crate::reports::report;

const CARMEN: &str = "+18095550103";
const ANA: &str = "+18095550101";
/// Cases of the storm.
const CASES: u32 = 300;
/// What goes to a person one by one, as the settings of every stage have it.
const BURST: usize = 20;

async fn set(folder: &tempfile::TempDir) -> Stage {
    let at: Instant = "2026-03-07T22:00:00-04:00".parse().unwrap();
    Stage::set(at, folder.path(), &Props::default()).await.unwrap()
}

pub async fn pass(stage: &mut Stage, time: TimeDelta) {
    let limit = stage.now() + time;
    while stage.advance(limit).await {}
}

/// What reached `number` so far.
pub fn texts(stage: &Stage, number: &str) -> Vec<String> {
    let messages = stage.network.messages().into_iter().filter(|message| message.direction != "inbound");
    messages.filter(|message| message.to == number).map(|message| message.body).collect()
}

pub async fn cases(stage: &Stage) -> Vec<Incident> {
    let store = &stage.hotline().unwrap().store;
    let filter = IncidentFilter { open: false, limit: 1_000 };
    let found: Result<Vec<Incident>, StoreError> = store.read(async |tx: &mut Tx| tx.incidents(filter).await).await;
    found.unwrap()
}

/// The code in a text.
fn code(body: &str) -> &str {
    body.split_once("Resp ").unwrap().1.split_once("A=").unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_cases_in_a_minute_are_told_taken_and_lost_by_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = set(&folder).await;
    for n in 0..CASES {
        report(&stage, n).await;
        if n % 60 == 59 {
            // Five bursts, two seconds apart.
            pass(&mut stage, TimeDelta::seconds(2)).await;
        }
    }
    pass(&mut stage, TimeDelta::seconds(20)).await;
    let told = texts(&stage, CARMEN);
    let (alone, together): (Vec<&String>, Vec<&String>) = told.iter().partition(|body| body.contains(" CRITICO "));
    assert_eq!((alone.len(), together.len()), (BURST, 1), "{together:#?}");
    let rest = usize::try_from(CASES).unwrap() - BURST;
    assert!(together[0].contains(&format!("OGTIC {rest} CASOS esperan su respuesta: 26")), "{}", together[0]);
    let number = |body: &&String| body.split(' ').nth(2).unwrap().trim_end_matches('.').to_owned();
    let numbers: BTreeSet<String> = alone.iter().map(number).collect();
    assert_eq!(numbers.len(), BURST, "each of them is about another case");

    // One answer takes all that came together; the others are still open.
    stage.network.place_sms(CARMEN, LINE, &format!("{}A", code(together[0])));
    pass(&mut stage, TimeDelta::seconds(10)).await;
    let answer = texts(&stage, CARMEN).pop().unwrap();
    assert!(answer.contains(&format!("usted acepto {rest} casos")), "{answer}");
    let open: Vec<Incident> = cases(&stage).await.into_iter().filter(|case| case.state == State::Received).collect();
    assert_eq!(open.len(), BURST);
    assert!(open.iter().all(|case| numbers.contains(case.number.as_str())));

    // Each of those has a code of its own.
    for body in &alone {
        stage.network.place_sms(CARMEN, LINE, &format!("{}A", code(body)));
    }
    pass(&mut stage, TimeDelta::seconds(20)).await;
    let all = cases(&stage).await;
    assert_eq!(all.len(), usize::try_from(CASES).unwrap());
    let store = &stage.hotline().unwrap().store;
    for case in &all {
        assert_eq!(
            (case.state, case.acknowledged_by.as_deref()),
            (State::Acknowledged, Some("carmen")),
            "{}",
            case.number
        );
        let entries: Result<Vec<Entry>, StoreError> = store.read(async |tx: &mut Tx| tx.entries(case.id).await).await;
        let acknowledged = |entry: &Entry| matches!(entry.change, Change::Acknowledged { .. });
        let taken = entries.unwrap().into_iter().filter(acknowledged).count();
        assert_eq!(taken, 1, "{}", case.number);
    }
    // Nothing else was sent, to nobody.
    let mut to: BTreeMap<String, usize> = BTreeMap::new();
    for message in stage.network.messages().iter().filter(|message| message.direction != "inbound") {
        *to.entry(message.to.clone()).or_default() += 1;
    }
    assert_eq!(to, BTreeMap::from([(CARMEN.to_owned(), BURST + 1 + 1 + BURST)]));
    stage.check("nothing_is_left_over", &serde_json::Value::Null).await.unwrap();
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_is_passed_on_and_taken_by_the_next_person_and_repeats_come_together() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = set(&folder).await;
    for n in 0..3 {
        report(&stage, n).await;
    }
    pass(&mut stage, TimeDelta::minutes(4)).await;
    assert_eq!(texts(&stage, CARMEN).len(), 3, "first pages of few cases go alone");
    // Nobody answers. Carmen, Ana, Luis, then everyone: what repeats comes together, after the moment of a bundle.
    pass(&mut stage, TimeDelta::minutes(11) + TimeDelta::seconds(5)).await;
    assert_eq!(texts(&stage, CARMEN).len(), 3);
    pass(&mut stage, TimeDelta::seconds(10)).await;
    let (carmen, ana) = (texts(&stage, CARMEN), texts(&stage, ANA));
    assert_eq!((carmen.len(), ana.len()), (4, 4), "{carmen:#?} {ana:#?}");
    let (hers, anas) = (carmen[3].clone(), ana[3].clone());
    assert!(hers.contains("OGTIC 3 CASOS esperan su respuesta"), "{hers}");
    assert!(anas.contains("OGTIC 3 CASOS esperan su respuesta"), "{anas}");
    stage.network.place_sms(ANA, LINE, &format!("{}A", code(&anas)));
    pass(&mut stage, TimeDelta::seconds(10)).await;
    for case in cases(&stage).await {
        assert_eq!(case.acknowledged_by.as_deref(), Some("ana"), "{}", case.number);
    }
    // Carmen learns it once, and her code has nothing left to take.
    let carmen = texts(&stage, CARMEN);
    assert_eq!(carmen.len(), 5, "{carmen:#?}");
    assert!(carmen[4].contains("3 casos ya no requieren su accion"), "{}", carmen[4]);
    stage.network.place_sms(CARMEN, LINE, &format!("{}E", code(&hers)));
    pass(&mut stage, TimeDelta::seconds(10)).await;
    assert!(texts(&stage, CARMEN)[5].contains("3 casos ya no requieren su accion"));
    stage.check("nothing_is_left_over", &serde_json::Value::Null).await.unwrap();
    stage.stop().await;
}
