//! The clocks of many cases run out within one minute: each person is told of the first ones one by one and of the rest
//! together, and the timeline of every case says it once.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use guardia::clock::Instant;
use guardia::incident::{Change, Entry};
use guardia::stage::{Props, Stage};
use guardia::store::{StoreError, Tx};
use guardia_sandbox::story::Host;

use crate::reports::report;
use crate::storm::{cases, pass, texts};

const CARMEN: &str = "+18095550103";
const MARTA: &str = "+18095550104";
/// Cases whose clocks began within a few seconds.
const CASES: u32 = 12;
/// What goes to a person one by one.
const BURST: u32 = 3;

/// Nobody is asked twice within the time that this takes, and nobody is called.
const ROSTER: &str = r#"
people:
  - { id: carmen, name: Carmen Núñez, contacts: [{ id: movil, sms: "+18095550103" }] }
  - { id: marta, name: Marta Jiménez, supervisor: true, contacts: [{ id: movil, sms: "+18095550104" }] }
rotation: { order: [carmen], starts: 2026-01-05T08:00, length: 7d }
escalation:
  default:
    steps:
      - { notify: [{ schedule: guardia }], wait: 12h }
      - { notify: [{ schedule: guardia }], wait: 12h }
"#;

/// What came to `number` since `before` messages, as (one by one, together).
fn since(stage: &Stage, number: &str, before: usize) -> (Vec<String>, Vec<String>) {
    texts(stage, number).into_iter().skip(before).partition(|body| !body.contains(" CASOS "))
}

async fn pass_to(stage: &mut Stage, at: Instant) {
    let time = at - stage.now();
    pass(stage, time).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn warnings_and_breaches_of_many_cases_gather_and_every_case_has_each_once() {
    let folder = tempfile::tempdir().unwrap();
    let at: Instant = "2026-03-07T22:00:00-04:00".parse().unwrap();
    let props = Props { burst: BURST, roster: Some(ROSTER.to_owned()), ..Props::default() };
    let mut stage = Stage::set(at, folder.path(), &props).await.unwrap();
    for n in 0..CASES {
        report(&stage, n).await;
        if n == 5 {
            pass(&mut stage, TimeDelta::seconds(4)).await;
        }
    }
    pass(&mut stage, TimeDelta::minutes(1)).await;
    assert_eq!(texts(&stage, CARMEN).len(), 4, "three pages, and one for the rest");

    // Half of the time: three warnings go alone, the rest waits a moment, and a restart changes nothing.
    pass_to(&mut stage, at + TimeDelta::hours(2) + TimeDelta::seconds(6)).await;
    let (alone, together) = since(&stage, CARMEN, 4);
    assert_eq!((alone.len(), together.len()), (3, 0), "{together:#?}");
    assert!(alone.iter().all(|body| body.contains("OGTIC ALERTA 26")), "{alone:#?}");
    stage.stop().await;
    stage.start().await.unwrap();
    pass(&mut stage, TimeDelta::seconds(20)).await;
    let (alone, together) = since(&stage, CARMEN, 4);
    assert_eq!((alone.len(), together.len()), (3, 1), "{together:#?}");
    let numbers: Vec<String> = cases(&stage).await.iter().map(|case| case.number.to_string()).collect();
    let named = numbers.iter().filter(|number| together[0].contains(number.as_str())).count();
    assert!(
        together[0].starts_with("OGTIC ALERTA 9 CASOS sin respuesta: faltan 119 min para el primero (08/03 02:00): ")
    );
    assert!(named >= 7 && together[0].ends_with(" y mas."), "{}", together[0]);

    // Three quarters, nine tenths, and the breach: supervisors hear from nine tenths on, in the same way.
    pass_to(&mut stage, at + TimeDelta::minutes(181)).await;
    assert_eq!(texts(&stage, CARMEN).len(), 4 + 4 + 4);
    assert_eq!(texts(&stage, MARTA).len(), 0);
    pass_to(&mut stage, at + TimeDelta::minutes(217)).await;
    assert_eq!((texts(&stage, CARMEN).len(), texts(&stage, MARTA).len()), (4 + 4 + 4 + 4, 4));
    pass_to(&mut stage, at + TimeDelta::minutes(241)).await;
    let (alone, together) = since(&stage, MARTA, 4);
    assert_eq!((alone.len(), together.len()), (3, 1), "{alone:#?} {together:#?}");
    assert!(alone.iter().all(|body| body.contains("OGTIC VENCIDO 26")), "{alone:#?}");
    let head = "OGTIC VENCIDOS 9 CASOS sin respuesta inicial. El primero vencio 08/03 02:00: 26";
    assert!(together[0].starts_with(head), "{}", together[0]);

    // Every mark is once on every timeline.
    let store = &stage.hotline().unwrap().store;
    for case in cases(&stage).await {
        let entries: Result<Vec<Entry>, StoreError> = store.read(async |tx: &mut Tx| tx.entries(case.id).await).await;
        let mut marks: BTreeMap<u8, u32> = BTreeMap::new();
        for entry in entries.unwrap() {
            match entry.change {
                Change::Warned { percent } => *marks.entry(percent).or_default() += 1,
                Change::Breached { .. } => *marks.entry(100).or_default() += 1,
                _ => {}
            }
        }
        assert_eq!(marks, BTreeMap::from([(50, 1), (75, 1), (90, 1), (100, 1)]), "{}", case.number);
    }
    // Nothing else was sent, to nobody.
    let mut to: BTreeMap<String, usize> = BTreeMap::new();
    for message in stage.network.messages().iter().filter(|message| message.direction != "inbound") {
        *to.entry(message.to.clone()).or_default() += 1;
    }
    assert_eq!(to, BTreeMap::from([(CARMEN.to_owned(), 16), (MARTA.to_owned(), 8)]));
    stage.check("nothing_is_left_over", &serde_json::Value::Null).await.unwrap();
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_that_gathers_for_somebody_who_leaves_the_roster_reaches_the_supervisors() {
    let folder = tempfile::tempdir().unwrap();
    let at: Instant = "2026-03-07T22:00:00-04:00".parse().unwrap();
    let props = Props { burst: BURST, roster: Some(ROSTER.to_owned()), ..Props::default() };
    let mut stage = Stage::set(at, folder.path(), &props).await.unwrap();
    for n in 0..6 {
        report(&stage, n).await;
    }
    pass_to(&mut stage, at + TimeDelta::hours(2) + TimeDelta::seconds(6)).await;
    let (alone, together) = since(&stage, CARMEN, 4);
    assert_eq!((alone.len(), together.len()), (3, 0), "{together:#?}");
    assert_eq!(texts(&stage, MARTA).len(), 0);
    let without = ROSTER
        .replace("  - { id: carmen, name: Carmen Núñez, contacts: [{ id: movil, sms: \"+18095550103\" }] }\n", "")
        .replace("order: [carmen]", "order: [marta]");
    stage.import(&without).await.unwrap();
    pass(&mut stage, TimeDelta::seconds(20)).await;
    assert_eq!(since(&stage, CARMEN, 4).1.len(), 0, "she is told nothing any more");
    let told = texts(&stage, MARTA);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].starts_with("OGTIC ALERTA 3 CASOS sin respuesta"), "{}", told[0]);
    stage.stop().await;
}
