//! The clock of a case, counted anew: the severity changed, or the calendar was edited. On the stage, in simulated time.
#![expect(clippy::unwrap_used, reason = "a test ends where something is wrong")]

use chrono::{DateTime, TimeDelta, Utc};
use guardia::incident::{Actor, Change, Incident};
use guardia::ops::{self, Estimate, OpsError};
use guardia::paging::Message;
use guardia::sla::{Calendar, CalendarTable, ExceptionRow, Severity};
use guardia::stage::{Props, Stage};
use guardia::store::{IncidentFilter, StoreError, Tx};
use guardia_sandbox::story::{Host, Story};

/// A caller chooses "critical" on Monday 2026-03-02 at 09:00 and hangs up.
const REPORT: &str = r#"
story: a case is opened
at: 2026-03-02T09:00:00-04:00
caller: { from: "+18095550142", dials: "+18095550100" }
staff: { luis: "+18095550102", carmen: "+18095550103" }
steps:
  - hears: marque uno
  - presses: 1
  - hears: si no desea ser grabado
  - hangs_up
"#;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

async fn open(folder: &tempfile::TempDir) -> Stage {
    let story = Story::parse(REPORT, "report").unwrap();
    let mut stage = Stage::set(story.starts_at(), folder.path(), &Props::default()).await.unwrap();
    let report = stage.play(story).await;
    assert!(report.passed(), "{report}");
    stage
}

async fn case(stage: &Stage) -> (Incident, Vec<Change>) {
    let filter = IncidentFilter { open: false, limit: 10 };
    let store = &stage.hotline().unwrap().store;
    store
        .read(async |tx: &mut Tx| -> Result<_, StoreError> {
            let incident = tx.incidents(filter).await?.remove(0);
            let changes = tx.entries(incident.id).await?.into_iter().map(|entry| entry.change).collect();
            Ok((incident, changes))
        })
        .await
        .unwrap()
}

async fn play_until(stage: &mut Stage, to: DateTime<Utc>) {
    while stage.advance(to).await {}
}

async fn judge(stage: &Stage, severity: Severity) -> Incident {
    let (incident, _) = case(stage).await;
    let actor = Actor::Operator("M. Jiménez".to_owned());
    ops::reclassify(stage.hotline().unwrap(), &incident.number, severity, &actor).await.unwrap()
}

fn count(changes: &[Change], wanted: &Change) -> usize {
    changes.iter().filter(|change| *change == wanted).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn raised_past_its_new_due_instant_it_is_broken_at_once_as_reclassified() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = open(&folder).await;
    assert_eq!(case(&stage).await.0.due_at, at("2026-03-02T13:00:00-04:00"));
    let general = judge(&stage, Severity::General).await;
    assert_eq!(general.due_at, at("2026-03-04T09:00:00-04:00"), "same start, new target");
    // The old marks say nothing any more.
    play_until(&mut stage, at("2026-03-02T14:00:00-04:00")).await;
    let (_, changes) = case(&stage).await;
    assert!(!changes.iter().any(|change| matches!(change, Change::Warned { .. } | Change::Breached { .. })));
    // Raised again five hours after the start.
    let critical = judge(&stage, Severity::Critical).await;
    assert_eq!(critical.due_at, at("2026-03-02T13:00:00-04:00"));
    play_until(&mut stage, at("2026-03-02T14:00:01-04:00")).await;
    let (incident, changes) = case(&stage).await;
    assert!(incident.breached_at.is_some());
    assert_eq!(count(&changes, &Change::Breached { reason: Some("reclassified".to_owned()) }), 1, "{changes:#?}");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_nobody_takes_warns_whoever_was_asked_and_the_supervisors_before_it_is_broken() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = open(&folder).await;
    play_until(&mut stage, at("2026-03-02T13:30:00-04:00")).await;
    let (incident, _) = case(&stage).await;
    let store = &stage.hotline().unwrap().store;
    let sent: Result<Vec<Message>, StoreError> = store.read(async |tx: &mut Tx| tx.messages(incident.id).await).await;
    let sent = sent.unwrap();
    let of = |template: &str, number: &str| -> Vec<DateTime<Utc>> {
        let theirs = sent.iter().filter(|message| message.template == template && message.to.stored() == number);
        theirs.map(|message| message.created_at).collect()
    };
    let marks = [at("2026-03-02T11:00:00-04:00"), at("2026-03-02T12:00:00-04:00"), at("2026-03-02T12:36:00-04:00")];
    for number in ["+18095550101", "+18095550102", "+18095550103"] {
        assert_eq!(of("warn", number), marks, "everyone was asked by then");
        assert!(of("breach", number).is_empty());
    }
    // Marta was asked as everyone, and supervises: each once.
    assert_eq!(of("warn", "+18095550104"), marks);
    assert_eq!(of("breach", "+18095550104").len(), 1);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_speaks_once_per_cycle_however_often_the_clock_is_counted_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = open(&folder).await;
    play_until(&mut stage, at("2026-03-02T11:30:00-04:00")).await;
    judge(&stage, Severity::Major).await;
    judge(&stage, Severity::Critical).await;
    play_until(&mut stage, at("2026-03-02T13:30:00-04:00")).await;
    let (_, changes) = case(&stage).await;
    for percent in [50, 75, 90] {
        assert_eq!(count(&changes, &Change::Warned { percent }), 1, "{percent} %: {changes:#?}");
    }
    assert_eq!(count(&changes, &Change::Breached { reason: None }), 1, "{changes:#?}");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_calendar_counts_open_clocks_anew_and_leaves_judged_ones() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = open(&folder).await;
    let before = judge(&stage, Severity::Major).await;
    assert_eq!(before.due_at, at("2026-03-03T09:00:00-04:00"));
    stage.stop().await;
    let closed = ExceptionRow {
        date: "2026-03-03".to_owned(),
        closed: true,
        reason: "Decreto".to_owned(),
        author: "M. Jiménez".to_owned(),
        ..ExceptionRow::default()
    };
    stage.config.calendar =
        Calendar::from_table(&CalendarTable { exceptions: vec![closed], ..CalendarTable::default() }).unwrap();
    stage.start().await.unwrap();
    let (after, changes) = case(&stage).await;
    assert_eq!(after.due_at, at("2026-03-04T09:00:00-04:00"));
    assert_eq!(count(&changes, &Change::Recounted { before: before.due_at, due_at: after.due_at }), 1);
    // Answered, it stays as it was judged.
    let actor = Actor::Operator("M. Jiménez".to_owned());
    let hotline = stage.hotline().unwrap();
    ops::change_case(hotline, &after.number, guardia::incident::Event::Respond, &actor, Some("llamada")).await.unwrap();
    let refused = ops::reclassify(hotline, &after.number, Severity::Critical, &actor).await;
    assert!(matches!(refused, Err(OpsError::Settled(_))), "{refused:?}");
    stage.stop().await;
    stage.config.calendar = Calendar::from_table(&CalendarTable::default()).unwrap();
    stage.start().await.unwrap();
    assert_eq!(case(&stage).await.0.due_at, after.due_at);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_first_response_an_estimate_is_asked_for_before_the_hour_and_before_it_lapses() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = open(&folder).await;
    let number = case(&stage).await.0.number;
    let actor = Actor::Operator("M. Jiménez".to_owned());
    let reminders = |changes: &[Change]| -> Vec<DateTime<Utc>> {
        let due = |change: &Change| match change {
            Change::EstimateDue { lapses } => Some(*lapses),
            _ => None,
        };
        changes.iter().filter_map(due).collect()
    };
    let hotline = stage.hotline().unwrap().clone();
    let responded = stage.now();
    ops::change_case(&hotline, &number, guardia::incident::Event::Respond, &actor, Some("llamada")).await.unwrap();
    play_until(&mut stage, responded + TimeDelta::minutes(44)).await;
    assert!(reminders(&case(&stage).await.1).is_empty());
    play_until(&mut stage, responded + TimeDelta::minutes(46)).await;
    assert_eq!(reminders(&case(&stage).await.1), [responded + TimeDelta::minutes(60)]);
    // Told, and revised: only the one that stands is watched.
    let (first, second) = (responded + TimeDelta::hours(2), responded + TimeDelta::hours(4));
    for (eta, why) in [(first, None), (second, Some("proveedor"))] {
        let told = Estimate { eta: Some(eta), next_update: None };
        ops::estimate(&hotline, &number, told, &actor, why).await.unwrap();
    }
    play_until(&mut stage, second - TimeDelta::minutes(16)).await;
    assert_eq!(reminders(&case(&stage).await.1).len(), 1);
    play_until(&mut stage, second).await;
    assert_eq!(reminders(&case(&stage).await.1), [responded + TimeDelta::minutes(60), second]);
    let told: Vec<String> = stage.network.messages().iter().map(|message| message.body.clone()).collect();
    assert!(told.iter().any(|body| body.contains("diga a quien reporto")), "{told:#?}");
    // Solved, nobody waits any more.
    let last = Estimate { eta: None, next_update: Some(second + TimeDelta::hours(1)) };
    ops::estimate(&hotline, &number, last, &actor, None).await.unwrap();
    ops::change_case(&hotline, &number, guardia::incident::Event::Resolve, &actor, None).await.unwrap();
    play_until(&mut stage, second + TimeDelta::hours(2)).await;
    assert_eq!(reminders(&case(&stage).await.1).len(), 2);
    stage.stop().await;
}
