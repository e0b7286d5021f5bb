//! A case changes while its ticket is being written: the ticket says so in the end.

use chrono::TimeDelta;
use guardia::incident::{Actor, Event};
use guardia::ops::{Lease, OpsError, change_case, file_ticket, reclassify};
use guardia::serve;
use guardia::sla::Severity;
use guardia::stage::{Props, Stage};
use guardia::store::{IncidentFilter, Job, Lane, StoreError, Tx};
use guardia_sandbox::story::Story;

use super::postgres_cluster;

const CASE: &str = "story: A case
at: 2026-03-07T22:00:00-04:00
caller: { from: \"+18095550142\", dials: \"+18095550100\" }
steps:
  - hears: marque uno
  - presses: 1
  - hears: código de cuatro dígitos
  - hangs_up
";

#[tokio::test(flavor = "multi_thread")]
async fn a_change_made_while_the_ticket_is_written_is_not_swallowed() {
    let folder = tempfile::tempdir().unwrap();
    let story = Story::parse(CASE, "a case").unwrap();
    let mut stage = Stage::set(story.starts_at(), folder.path(), &Props::default()).await.unwrap();
    assert!(stage.play(story).await.passed());
    // From here on this test is the runner.
    stage.stop().await;
    let hotline = serve::tool(&stage.config).await.unwrap();
    let store = hotline.store.clone();
    let filter = IncidentFilter { open: true, limit: 1 };
    let case = store.read(async |tx: &mut Tx| tx.incidents(filter).await).await.unwrap().remove(0);
    let ticket = async || {
        store.read(async |tx: &mut Tx| tx.ticket_by_external_id(case.number.as_str()).await).await.unwrap().unwrap()
    };
    let waiting = async || -> Vec<Job> {
        let jobs = store.read(async |tx: &mut Tx| tx.pending_jobs(case.id).await).await.unwrap();
        jobs.into_iter().filter(|job| job.kind == "ticket").collect()
    };
    assert!(waiting().await.is_empty(), "it was written when the case was opened");
    let marta = Actor::Operator("marta".to_owned());
    change_case(&hotline, &case.number, Event::Acknowledge, &marta, None).await.unwrap();
    let until = hotline.clock.now() + TimeDelta::minutes(5);
    let claimed: Result<Vec<Job>, StoreError> =
        store.write(async |tx: &mut Tx| tx.claim(Lane::Fast, "me", (hotline.clock.now(), until), 100).await).await;
    let job = claimed.unwrap().into_iter().find(|job| job.kind == "ticket").unwrap();
    let lease = Lease { job: job.id, attempt: job.attempt };
    // Whoever lost the lease leaves nothing behind, not even a right ticket.
    let lost = file_ticket(&hotline, Lease { attempt: job.attempt - 1, ..lease }, case.id).await;
    assert!(matches!(lost, Err(OpsError::LeaseLost)), "{lost:?}");
    assert!(!ticket().await.body.contains("Asumido"));
    // The case changes while the job is at work. It reads the case as it is, and still runs once more: nobody can know
    // what it had read.
    change_case(&hotline, &case.number, Event::Respond, &marta, None).await.unwrap();
    file_ticket(&hotline, lease, case.id).await.unwrap();
    assert!(ticket().await.body.contains("Primera respuesta"));
    let again = waiting().await;
    assert_eq!(again.iter().map(|job| job.id).collect::<Vec<_>>(), [job.id], "it runs once more");
    let twice = file_ticket(&hotline, lease, case.id).await;
    assert!(matches!(twice, Err(OpsError::LeaseLost)), "settled in the unit of its work: {twice:?}");
    store.close().await;
}

/// Whoever changes a case holds its row and then asks for a job; whoever runs that job must take them in the same order, or
/// the database ends one of the two, and a caller waits for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_never_finds_a_change_and_its_job_waiting_for_each_other() {
    let url = postgres_cluster::database().await;
    let folder = tempfile::tempdir().unwrap();
    let story = Story::parse(CASE, "a case").unwrap();
    let props = Props { store: Some(url.clone()), ..Props::default() };
    let mut stage = Stage::set(story.starts_at(), folder.path(), &props).await.unwrap();
    assert!(stage.play(story).await.passed());
    stage.stop().await;
    let hotline = serve::tool(&stage.config).await.unwrap();
    let filter = IncidentFilter { open: true, limit: 1 };
    let case = hotline.store.read(async |tx: &mut Tx| tx.incidents(filter).await).await.unwrap().remove(0);
    let changes = async {
        for round in 0..150 {
            let severity = if round % 2 == 0 { Severity::Major } else { Severity::Critical };
            reclassify(&hotline, &case.number, severity, &Actor::System).await.unwrap();
        }
    };
    let mut written = 0;
    let jobs = async {
        loop {
            let (now, until) = (hotline.clock.now(), hotline.clock.now() + TimeDelta::minutes(5));
            let claimed: Result<Vec<Job>, StoreError> =
                hotline.store.write(async |tx: &mut Tx| tx.claim(Lane::Fast, "me", (now, until), 100).await).await;
            for job in claimed.unwrap().into_iter().filter(|job| job.kind == "ticket") {
                file_ticket(&hotline, Lease { job: job.id, attempt: job.attempt }, case.id).await.unwrap();
                written += 1;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::select! { () = changes => {}, () = jobs => {} }
    assert!(written > 10, "they met {written} times only");
    hotline.store.close().await;
    postgres_cluster::remove(&url).await;
}
