//! What the pages of cases read.

use guardia::id::IncidentId;
use guardia::incident::{Incident, State};
use guardia::paging::Canary;
use guardia::sla::Severity;
use guardia::store::{CaseFilter, CasePlace, Lane, NewJob};

use crate::bench::Bench;
use crate::sample::{at, call, incident, job, page};

/// Keeps `incident(n)` at a state, due so many seconds into the story.
async fn keep(bench: &Bench, n: u32, state: State, due: i64) -> Incident {
    let kept = Incident { state, due_at: at(due), ..incident(n) };
    bench
        .unit(async |tx| {
            tx.insert_call(&call(n)).await?;
            tx.insert_incident(&kept).await
        })
        .await;
    kept
}

/// Every open case, so many at a time.
async fn open(bench: &Bench, filter: &CaseFilter, limit: u32) -> Vec<IncidentId> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let found = bench.look(async |tx| tx.open_cases(filter, after, limit).await).await;
        assert!(found.len() <= limit as usize);
        let Some(last) = found.last() else { return all };
        after = Some(CasePlace::of(last));
        all.extend(found.iter().map(|incident| incident.id));
    }
}

async fn ended(bench: &Bench, filter: &CaseFilter, limit: u32) -> Vec<IncidentId> {
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let found = bench.look(async |tx| tx.ended_cases(filter, before, limit).await).await;
        let Some(last) = found.last() else { return all };
        before = Some(CasePlace::of(last));
        all.extend(found.iter().map(|incident| incident.id));
    }
}

pub async fn open_cases_come_by_their_due_instants_and_answered_ones_behind_them(bench: &Bench) {
    let late = keep(bench, 1, State::Received, 900).await.id;
    let soon = keep(bench, 2, State::Acknowledged, 300).await.id;
    let answered = keep(bench, 3, State::Responded, 100).await.id;
    // Due at the same instant: the order of their ids.
    let twin = keep(bench, 4, State::Received, 900).await.id;
    for n in [5, 6] {
        keep(bench, n, State::Closed, 200).await;
    }
    let test = keep(bench, 7, State::Received, 10).await.id;
    let canary =
        Canary { incident: test, person: "ana".to_owned(), started_at: at(0), ended_at: None, answered: false };
    bench.unit(async |tx| tx.insert_canary(&canary).await).await;
    for limit in [1, 2, 3, 50] {
        assert_eq!(open(bench, &CaseFilter::default(), limit).await, [soon, late, twin, answered], "{limit}");
    }
}

pub async fn ended_cases_come_by_their_due_instants_the_last_first(bench: &Bench) {
    let first = keep(bench, 1, State::Resolved, 100).await.id;
    let last = keep(bench, 2, State::Closed, 300).await.id;
    let middle = keep(bench, 3, State::Cancelled, 200).await.id;
    let twin = keep(bench, 4, State::Closed, 200).await.id;
    keep(bench, 5, State::Responded, 400).await;
    for limit in [1, 2, 50] {
        assert_eq!(ended(bench, &CaseFilter::default(), limit).await, [last, twin, middle, first], "{limit}");
    }
}

pub async fn cases_are_listed_by_what_they_are_and_whose(bench: &Bench) {
    for (n, state) in [(1, State::Received), (2, State::Acknowledged), (3, State::Closed), (4, State::Closed)] {
        let mut kept = keep(bench, n, state, i64::from(n)).await;
        kept.institution = Some(format!("104{}", n % 2));
        kept.service = Some(if n < 3 { "nomina" } else { "portal" }.to_owned());
        kept.severity = if n == 2 { Severity::General } else { Severity::Critical };
        kept.acknowledged_by = (n == 2 || n == 3).then(|| "ana".to_owned());
        bench.unit(async |tx| tx.save_incident(&mut kept).await).await;
    }
    // She was paged for the first, twice.
    for n in [1, 2] {
        bench.unit(async |tx| tx.insert_page(&page(n, 1, "ana")).await).await;
    }
    let id = |n: u32| incident(n).id;
    let all = CaseFilter::default();
    let some = |text: &str| Some(text.to_owned());
    for (filter, open_ones, ended_ones) in [
        (CaseFilter { state: Some(State::Received), ..all.clone() }, vec![id(1)], vec![]),
        (CaseFilter { state: Some(State::Closed), ..all.clone() }, vec![], vec![id(4), id(3)]),
        (CaseFilter { severity: Some(Severity::General), ..all.clone() }, vec![id(2)], vec![]),
        (CaseFilter { institution: some("1041"), ..all.clone() }, vec![id(1)], vec![id(3)]),
        (CaseFilter { service: some("portal"), ..all.clone() }, vec![], vec![id(4), id(3)]),
        (CaseFilter { person: some("ana"), ..all.clone() }, vec![id(1), id(2)], vec![id(3)]),
        (CaseFilter { person: some("luis"), ..all.clone() }, vec![], vec![]),
        (all, vec![id(1), id(2)], vec![id(4), id(3)]),
    ] {
        assert_eq!(open(bench, &filter, 1).await, open_ones, "{filter:?}");
        assert_eq!(ended(bench, &filter, 1).await, ended_ones, "{filter:?}");
    }
}

pub async fn what_hangs_on_a_case_is_found(bench: &Bench) {
    let about = keep(bench, 1, State::Received, 900).await.id;
    keep(bench, 2, State::Received, 900).await;
    assert_eq!(bench.look(async |tx| tx.calls_about(about).await).await, []);
    let mut ids = Vec::new();
    for n in [2, 1] {
        let mut joined = call(n);
        joined.incident = Some(about);
        bench.unit(async |tx| tx.save_call(&joined).await).await;
        ids.push(joined.id);
    }
    ids.reverse();
    let calls = bench.look(async |tx| tx.calls_about(about).await).await;
    assert_eq!(calls.iter().map(|call| call.id).collect::<Vec<_>>(), ids, "the oldest first");
    assert_eq!(bench.look(async |tx| tx.jobs_about(about).await).await, []);
    // Later, sooner, of another case, and one that is done.
    bench
        .unit(async |tx| {
            for (n, key, subject, seconds) in
                [(1, "later", 1, 60), (2, "sooner", 1, 30), (3, "other", 2, 10), (4, "done", 1, 5)]
            {
                let new = NewJob { subject: Some(incident(subject).id), ..job(n, key, seconds) };
                tx.enqueue_all(&[new]).await?;
            }
            tx.cancel_job("done").await
        })
        .await;
    let keys = async || -> Vec<String> {
        bench.look(async |tx| tx.jobs_about(about).await).await.into_iter().map(|job| job.key).collect()
    };
    assert_eq!(keys().await, ["sooner", "later"]);
    let claimed = bench.unit(async |tx| tx.claim(Lane::Fast, "node", (at(61), at(91)), 1).await).await;
    assert_eq!(claimed.len(), 1);
    assert_eq!(keys().await.len(), 2, "one that runs is still there");
}
