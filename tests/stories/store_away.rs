//! The store fails or stalls while somebody calls: they are answered all the same, and nothing they said is lost.

use std::path::Path;

use chrono::TimeDelta;
use guardia::stage::{Props, Stage};
use guardia_sandbox::story::{Host, Story};
use sqlx::{Connection, SqliteConnection};

async fn at_ten(folder: &Path) -> Stage {
    let mut stage = Stage::set("2026-03-03T14:00:00Z".parse().unwrap(), folder, &Props::default()).await.unwrap();
    // Whoever looks for jobs at the start has looked: they would be at work, and time stand still, while the store is held.
    let now = stage.now();
    stage.advance(now).await;
    stage
}

/// Plays `steps`, which must be true.
async fn play(stage: &mut Stage, dials: bool, steps: &str) {
    let dials = if dials { ", dials: \"+18095550100\"" } else { "" };
    let text = format!(
        "story: The store is away\nat: {}\ncaller: {{ from: \"+18095550142\"{dials} }}\nstaff: {{ carmen: \
         \"+18095550103\" }}\n{steps}",
        stage.now().to_rfc3339()
    );
    let report = stage.play(Story::parse(&text, "the store is away").unwrap()).await;
    assert!(report.passed(), "{report}");
}

/// The addresses that were asked and how they answered, of webhooks whose address ends so.
fn answers(stage: &Stage, ending: &str) -> Vec<Option<u16>> {
    let deliveries = stage.network.deliveries();
    deliveries.iter().filter(|delivery| delivery.url.ends_with(ending)).map(|delivery| delivery.status).collect()
}

/// Somebody else (a backup, a shell) writes to the database and does not let go.
struct Held(SqliteConnection);

impl Held {
    async fn take(folder: &Path) -> Self {
        let url = format!("sqlite:{}", folder.join("guardia.db").display());
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
        Self(connection)
    }

    /// Lets go as soon as `journal` has a record.
    fn until_journalled(mut self, journal: &Path) -> tokio::task::JoinHandle<()> {
        let journal = journal.to_owned();
        tokio::spawn(async move {
            while std::fs::metadata(&journal).unwrap().len() == 0 {
                tokio::task::yield_now().await;
            }
            sqlx::query("ROLLBACK").execute(&mut self.0).await.unwrap();
            self.0.close().await.unwrap();
        })
    }
}

const MESSAGE: &str = "
steps:
  - hears: tenemos una dificultad técnica
  - hears: technical difficulty
  - says: { text: Se cayó la nómina, seconds: 5 }
  - presses: '#'
  - hears: recibimos su mensaje
  - line_hangs_up
";

const BACK: &str = "
steps:
  - staff: carmen
    receives_sms: { contains: [CRITICO, '26000010'] }
  - staff: carmen
    replies: '{code}A'
  - staff: carmen
    receives_sms: lo acepto
then:
  - incidents: 1
  - incident: { state: acknowledged, recordings: [description], call_back: '+18095550142', started: 2026-03-03T10:00:00-04:00 }
  - calls: 1
  - call: { outcome: reported, ended: true, recordings: 1 }
  - timeline: { has: [opened, acknowledged], paged: [carmen], counts: { recorded: 1 } }
  - ticket: { state: open }
  - nothing_is_left_over
";

#[tokio::test(flavor = "multi_thread")]
async fn a_message_left_while_the_store_fails_becomes_an_incident_after_the_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = at_ten(folder.path()).await;
    stage.hotline().unwrap().store.close().await;
    play(&mut stage, true, MESSAGE).await;
    assert_eq!(answers(&stage, "/twilio/voice"), [Some(200)]);
    assert_eq!(answers(&stage, "/twilio/voice/fallback"), [Some(200)]);
    assert_ne!(std::fs::metadata(&stage.config.journal).unwrap().len(), 0, "nothing was journalled");
    stage.stop().await;
    stage.start().await.unwrap();
    play(&mut stage, false, BACK).await;
    play(&mut stage, false, "steps: []\nthen:\n  - call: { fallback: true }\n").await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_leaves_no_message_while_the_store_fails_is_on_the_list_of_missed_calls() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = at_ten(folder.path()).await;
    stage.hotline().unwrap().store.close().await;
    play(&mut stage, true, "steps:\n  - hears: tenemos una dificultad técnica\n  - hangs_up\n").await;
    stage.stop().await;
    stage.start().await.unwrap();
    let steps = "steps:\n  - waits: 1s\nthen:\n  - incidents: 0\n  - calls: 1\n  - call: { outcome: missed, ended: true, \
                 fallback: true }\n  - nothing_is_left_over\n";
    play(&mut stage, false, steps).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_waits_two_seconds_for_a_store_that_stalls_and_what_they_say_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = at_ten(folder.path()).await;
    stage.stalls(true);
    let held = Held::take(folder.path()).await.until_journalled(&stage.config.journal);
    play(&mut stage, true, MESSAGE).await;
    held.await.unwrap();
    stage.stalls(false);
    // Ringing is over two seconds after the call came in, and the document is the safe one.
    let call = &stage.network.calls()[0];
    assert_eq!((call.answered.unwrap() - call.created).num_seconds(), 2);
    play(&mut stage, false, BACK).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_left_because_a_turn_stalled_is_on_the_case_of_the_call() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = at_ten(folder.path()).await;
    play(&mut stage, true, "steps:\n  - hears: marque uno\n  - presses: 1\n  - hears: código de cuatro dígitos\n")
        .await;
    stage.stalls(true);
    let held = Held::take(folder.path()).await.until_journalled(&stage.config.journal);
    let sid = stage.network.calls()[0].sid.clone();
    stage.network.press(&sid, "1042");
    let limit = stage.now() + TimeDelta::minutes(1);
    while !stage.network.call(&sid).is_some_and(|call| call.listens) {
        assert!(stage.advance(limit).await, "nothing listens");
    }
    stage.network.speak(&sid, "Se cayó la nómina", TimeDelta::seconds(5));
    play(&mut stage, false, "steps:\n  - waits: 30s\n").await;
    held.await.unwrap();
    stage.stalls(false);
    play(&mut stage, false, BACK).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_ends_while_the_store_fails_has_ended_after_the_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = at_ten(folder.path()).await;
    play(&mut stage, true, "steps:\n  - hears: marque uno\n  - presses: 1\n  - hears: código de cuatro dígitos\n")
        .await;
    stage.hotline().unwrap().store.close().await;
    let sid = stage.network.calls()[0].sid.clone();
    stage.network.hang_up(&sid);
    play(&mut stage, false, "steps:\n  - waits: 1s\n").await;
    assert_eq!(answers(&stage, "/twilio/voice/status"), [Some(204)]);
    stage.stop().await;
    stage.start().await.unwrap();
    let steps = "steps:\n  - waits: 1s\nthen:\n  - incidents: 1\n  - calls: 1\n  - call: { outcome: reported, ended: true, \
                 place: institution_code, fallback: false }\n  - nothing_is_left_over\n";
    play(&mut stage, false, steps).await;
    stage.stop().await;
}
