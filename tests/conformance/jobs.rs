//! Durable jobs: one live job for each key, leases, fencing, timers, wake-ups.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use guardia::clock::{Clock, Instant};
use guardia::id::{IncidentId, JobId};
use guardia::store::{DeadJob, Job, JobCounts, Lane, NewJob, NodeBeat, StoreError, Tx};
use tokio::task::JoinSet;

use crate::bench::Bench;
use crate::sample::{at, job, uuid};

/// What a runner gets when it claims `job` for the `attempt`-th time.
fn claimed(job: &NewJob<'_>, attempt: i32) -> Job {
    Job {
        id: job.id,
        kind: job.kind.to_owned(),
        key: job.key.to_owned(),
        subject: job.subject,
        priority: job.priority,
        run_at: job.run_at,
        attempt,
        payload: job.payload.clone(),
    }
}

async fn enqueue(bench: &Bench, jobs: &[NewJob<'_>]) {
    for job in jobs {
        assert!(bench.unit(async |tx| tx.enqueue(job).await).await, "{}", job.key);
    }
}

async fn claim(bench: &Bench, owner: &str, now: i64, limit: u32) -> Vec<Job> {
    bench.unit(async |tx| tx.claim(Lane::Fast, owner, (at(now), at(now + 30)), limit).await).await
}

pub async fn a_key_has_one_live_job(bench: &Bench) {
    let mut full = job(1, "key", 10);
    full.subject = Some(IncidentId(uuid(7)));
    full.priority = -5;
    enqueue(bench, &[full.clone()]).await;
    for when in [12, 8, 9] {
        assert!(!bench.unit(async |tx| tx.enqueue(&job(2, "key", when)).await).await, "pending");
    }
    assert_eq!(claim(bench, "me", 7, 9).await, []);
    let sooner = Job { run_at: at(8), ..claimed(&full, 1) };
    assert_eq!(claim(bench, "me", 8, 9).await, [sooner], "at the earliest instant it was asked for");
    assert!(bench.unit(async |tx| tx.finish(full.id, 1, at(11)).await).await);
    let failed = bench
        .write(async |tx| {
            assert!(tx.enqueue(&job(3, "key", 5)).await?);
            Err::<(), _>(StoreError::Busy)
        })
        .await;
    assert!(failed.is_err());
    assert!(bench.unit(async |tx| tx.enqueue(&job(2, "key", 5)).await).await, "settled, and the unit before failed");
}

pub async fn a_job_that_is_asked_for_while_it_runs_runs_once_more(bench: &Bench) {
    let asked = job(1, "key", 10);
    let ask = async |when| {
        assert!(!bench.unit(async |tx| tx.enqueue(&job(2, "key", when)).await).await, "no second job");
    };
    let states = async || bench.look(async |tx| tx.job_counts().await).await;
    enqueue(bench, std::slice::from_ref(&asked)).await;
    claim(bench, "me", 10, 9).await;
    // Whoever runs it may have read the state before these.
    ask(14).await;
    ask(12).await;
    ask(13).await;
    assert!(bench.unit(async |tx| tx.finish(asked.id, 1, at(11)).await).await);
    assert_eq!(claim(bench, "me", 11, 9).await, []);
    let again = Job { run_at: at(12), ..claimed(&asked, 2) };
    assert_eq!(claim(bench, "me", 12, 9).await, [again], "at the earliest instant it was asked for");
    assert!(bench.unit(async |tx| tx.finish(asked.id, 2, at(12)).await).await);
    assert_eq!(states().await, JobCounts::default(), "and only once");

    // A job that is given up, put back, or whose lease is lost reads the state anew anyway.
    enqueue(bench, &[job(3, "key", 20)]).await;
    claim(bench, "me", 20, 9).await;
    ask(21).await;
    assert!(bench.unit(async |tx| tx.bury(job(3, "", 0).id, 1, at(20), "").await).await);
    assert_eq!(states().await, JobCounts { pending: 1, ..JobCounts::default() }, "asked for: not dead");
    claim(bench, "me", 21, 9).await;
    ask(22).await;
    assert!(bench.unit(async |tx| tx.retry(job(3, "", 0).id, 2, at(30), "").await).await);
    claim(bench, "me", 30, 9).await;
    ask(31).await;
    assert_eq!(bench.unit(async |tx| tx.release("me").await).await, 1);
    claim(bench, "me", 31, 9).await;
    ask(32).await;
    assert_eq!(claim(bench, "another", 61, 9).await.len(), 1, "the lease is lost");
    assert!(bench.unit(async |tx| tx.finish(job(3, "", 0).id, 5, at(61)).await).await);
    assert_eq!(states().await, JobCounts::default());
}

pub async fn several_jobs_are_enqueued_as_if_one_by_one(bench: &Bench) {
    enqueue(bench, &[job(1, "waits", 50), job(2, "runs", 10)]).await;
    assert_eq!(claim(bench, "me", 10, 9).await.len(), 1);
    let mut full = job(5, "full", 30);
    full.subject = Some(IncidentId(uuid(7)));
    full.priority = -5;
    let all = [job(3, "waits", 40), job(4, "runs", 20), full.clone(), job(6, "new", 45)];
    assert_eq!(bench.unit(async |tx| tx.enqueue_all(&all).await).await, [full.id, job(6, "", 0).id], "which are new");
    assert_eq!(bench.unit(async |tx| tx.enqueue_all(&[]).await).await, []);
    assert!(bench.unit(async |tx| tx.finish(job(2, "", 0).id, 1, at(11)).await).await);
    let found = claim(bench, "me", 45, 9).await;
    let expected = [
        claimed(&full, 1),
        Job { run_at: at(20), ..claimed(&job(2, "runs", 10), 2) },
        Job { run_at: at(40), ..claimed(&job(1, "waits", 50), 1) },
        claimed(&job(6, "new", 45), 1),
    ];
    assert_eq!(found, expected, "whole, each at the earliest instant it was asked for");
}

pub async fn the_most_urgent_due_jobs_are_claimed_first(bench: &Bench) {
    let mut page = job(1, "page", 50);
    page.priority = -1;
    let jobs = [job(2, "late", 40), job(3, "early", 20), job(4, "same", 20), page, job(5, "future", 61)];
    enqueue(bench, &jobs).await;
    let ids = |jobs: Vec<Job>| jobs.into_iter().map(|job| job.id).collect::<Vec<_>>();
    assert_eq!(ids(claim(bench, "me", 19, 9).await), []);
    assert_eq!(ids(claim(bench, "me", 60, 2).await), [jobs[3].id, jobs[1].id]);
    assert_eq!(ids(claim(bench, "me", 60, 9).await), [jobs[2].id, jobs[0].id]);
    assert_eq!(ids(claim(bench, "me", 60, 9).await), []);
    assert_eq!(ids(claim(bench, "me", 61, 0).await), []);
    assert_eq!(ids(claim(bench, "me", 61, 9).await), [jobs[4].id]);
}

pub async fn claimers_never_get_the_same_job(bench: &Bench) {
    let keys: Vec<String> = (0..200).map(|n| format!("key-{n}")).collect();
    let jobs: Vec<NewJob<'_>> = (0..).zip(&keys).map(|(n, key)| job(n, key, 0)).collect();
    bench
        .unit(async |tx| {
            for job in &jobs {
                tx.enqueue(job).await?;
            }
            Ok(())
        })
        .await;
    let mut claimers = JoinSet::new();
    for n in 0..4 {
        let store = (*bench).clone();
        claimers.spawn(async move {
            let owner = format!("owner-{n}");
            let mut mine = Vec::new();
            loop {
                let got = store
                    .write(async |tx: &mut Tx| tx.claim(Lane::Fast, &owner, (at(0), at(30)), 7).await)
                    .await
                    .unwrap();
                assert!(got.len() <= 7 && got.iter().all(|job| job.attempt == 1));
                if got.is_empty() {
                    return mine;
                }
                mine.extend(got.into_iter().map(|job| job.id));
            }
        });
    }
    let all: Vec<JobId> = claimers.join_all().await.into_iter().flatten().collect();
    assert_eq!(all.len(), 200);
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>().len(), 200);
}

pub async fn a_lost_lease_is_run_again_and_its_old_owner_is_fenced_off(bench: &Bench) {
    let timer = job(1, "key", 0);
    enqueue(bench, std::slice::from_ref(&timer)).await;
    assert_eq!(claim(bench, "old", 0, 1).await, [claimed(&timer, 1)]);
    assert_eq!(claim(bench, "new", 29, 1).await, [], "the lease holds");
    assert_eq!(claim(bench, "new", 30, 1).await, [claimed(&timer, 2)]);
    let id = timer.id;
    bench
        .unit(async |tx| {
            assert!(!tx.finish(id, 1, at(31)).await?);
            assert!(!tx.retry(id, 1, at(31), "late").await?);
            assert!(!tx.bury(id, 1, at(31), "late").await?);
            assert!(!tx.extend(id, 1, at(99)).await?);
            assert!(tx.finish(id, 2, at(31)).await?);
            assert!(!tx.finish(id, 2, at(32)).await?, "settled once");
            Ok(())
        })
        .await;
    assert_eq!(claim(bench, "new", 99, 1).await, []);
}

pub async fn a_lease_is_lengthened_by_its_holder_only(bench: &Bench) {
    enqueue(bench, &[job(1, "key", 0)]).await;
    let id = claim(bench, "me", 0, 1).await[0].id;
    assert!(bench.unit(async |tx| tx.extend(id, 1, at(50)).await).await);
    assert!(!bench.unit(async |tx| tx.extend(id, 2, at(90)).await).await);
    assert_eq!(claim(bench, "other", 49, 1).await, []);
    assert_eq!(claim(bench, "other", 50, 1).await.len(), 1);
}

pub async fn a_failed_job_waits_for_its_next_try(bench: &Bench) {
    let timer = job(1, "key", 0);
    enqueue(bench, std::slice::from_ref(&timer)).await;
    claim(bench, "me", 0, 1).await;
    assert!(bench.unit(async |tx| tx.retry(timer.id, 1, at(5), &"ñ".repeat(900)).await).await);
    assert!(!bench.unit(async |tx| tx.finish(timer.id, 1, at(2)).await).await, "given back");
    assert_eq!(claim(bench, "me", 4, 1).await, []);
    let again = NewJob { run_at: at(5), ..timer };
    assert_eq!(claim(bench, "me", 5, 1).await, [claimed(&again, 2)]);
}

pub async fn a_buried_job_is_listed_and_never_claimed(bench: &Bench) {
    let (first, second) = (job(1, "one", 0), job(2, "two", 0));
    enqueue(bench, &[first.clone(), second.clone()]).await;
    claim(bench, "me", 0, 9).await;
    assert!(bench.unit(async |tx| tx.bury(first.id, 1, at(3), "no such number").await).await);
    assert!(bench.unit(async |tx| tx.bury(second.id, 1, at(4), "").await).await);
    assert_eq!(claim(bench, "me", 99, 9).await, []);
    let dead = |job: &NewJob<'_>, error: &str, seconds| DeadJob {
        job: claimed(job, 1),
        error: Some(error.to_owned()),
        died_at: at(seconds),
    };
    let (one, two) = (dead(&first, "no such number", 3), dead(&second, "", 4));
    assert_eq!(bench.look(async |tx| tx.dead_jobs(9).await).await, [two.clone(), one]);
    assert_eq!(bench.look(async |tx| tx.dead_jobs(1).await).await, [two]);
}

pub async fn a_soft_stop_gives_leases_back(bench: &Bench) {
    enqueue(bench, &[job(1, "one", 0), job(2, "two", 0), job(3, "three", 0)]).await;
    let mine = claim(bench, "mine", 0, 2).await;
    let theirs = claim(bench, "theirs", 0, 9).await;
    assert_eq!(bench.unit(async |tx| tx.release("mine").await).await, 2);
    assert_eq!(bench.unit(async |tx| tx.release("mine").await).await, 0);
    assert!(!bench.unit(async |tx| tx.finish(mine[0].id, 1, at(1)).await).await);
    let again = claim(bench, "theirs", 1, 9).await;
    assert!(again.iter().map(|job| (job.id, job.attempt)).eq(mine.iter().map(|job| (job.id, 2))));
    assert!(bench.unit(async |tx| tx.finish(theirs[0].id, 1, at(1)).await).await, "another owner's lease holds");
}

pub async fn the_next_due_instant_counts_timers_and_leases(bench: &Bench) {
    let next = async || bench.look(async |tx| tx.next_due().await).await;
    assert_eq!(next().await, None);
    enqueue(bench, &[job(1, "one", 40), job(2, "two", 10)]).await;
    assert_eq!(next().await, Some(at(10)));
    let leased = claim(bench, "me", 20, 1).await;
    assert_eq!(next().await, Some(at(40)));
    bench.unit(async |tx| tx.extend(leased[0].id, 1, at(35)).await).await;
    assert_eq!(next().await, Some(at(35)), "a lease that may be lost");
    bench.unit(async |tx| tx.finish(leased[0].id, 1, at(36)).await).await;
    assert_eq!(next().await, Some(at(40)));
}

pub async fn a_pending_job_is_cancelled_by_its_key(bench: &Bench) {
    enqueue(bench, &[job(1, "one", 1), job(2, "two", 1)]).await;
    assert!(bench.unit(async |tx| tx.cancel_job("one").await).await);
    assert!(!bench.unit(async |tx| tx.cancel_job("one").await).await, "cancelled already");
    assert_eq!(claim(bench, "me", 1, 9).await, [claimed(&job(2, "two", 1), 1)]);
    assert!(!bench.unit(async |tx| tx.cancel_job("two").await).await, "at work: it runs on");
}

pub async fn pending_jobs_are_cancelled_by_kind(bench: &Bench) {
    let about = |n, key, run_at, kind, subject: u32| NewJob {
        kind,
        subject: Some(IncidentId(uuid(subject))),
        ..job(n, key, run_at)
    };
    let jobs = [
        about(1, "page", 0, "page", 7),
        about(2, "page-2", 30, "page", 7),
        about(3, "mark", 20, "mark", 7),
        about(4, "ticket", 10, "ticket", 7),
        about(5, "other", 10, "page", 8),
    ];
    enqueue(bench, &jobs).await;
    let leased = claim(bench, "me", 0, 1).await;
    let subject = IncidentId(uuid(7));
    let pending = async || bench.look(async |tx| tx.pending_jobs(subject).await).await;
    assert_eq!(pending().await, [claimed(&jobs[3], 0), claimed(&jobs[2], 0), claimed(&jobs[1], 0)]);
    assert_eq!(bench.unit(async |tx| tx.cancel_jobs(subject, &[]).await).await, 0);
    assert_eq!(bench.unit(async |tx| tx.cancel_jobs(subject, &["page", "mark"]).await).await, 2);
    assert_eq!(pending().await, [claimed(&jobs[3], 0)]);
    assert!(bench.unit(async |tx| tx.finish(leased[0].id, 1, at(1)).await).await, "what is leased runs on");
    assert_eq!(bench.look(async |tx| tx.pending_jobs(IncidentId(uuid(8))).await).await, [claimed(&jobs[4], 0)]);
    assert!(bench.unit(async |tx| tx.enqueue(&job(6, "mark", 0)).await).await, "a cancelled job frees its key");
}

pub async fn a_timer_is_moved(bench: &Bench) {
    enqueue(bench, &[job(1, "key", 40)]).await;
    assert!(bench.unit(async |tx| tx.move_job("key", at(10)).await).await);
    assert!(!bench.unit(async |tx| tx.move_job("none", at(10)).await).await);
    assert_eq!(claim(bench, "me", 10, 1).await[0].run_at, at(10));
    assert!(!bench.unit(async |tx| tx.move_job("key", at(50)).await).await, "leased");
}

pub async fn jobs_are_counted_by_state(bench: &Bench) {
    let counts = async || bench.look(async |tx| tx.job_counts().await).await;
    assert_eq!(counts().await, JobCounts::default());
    enqueue(bench, &[job(1, "1", 0), job(2, "2", 1), job(3, "3", 2), job(4, "4", 3), job(5, "5", 90)]).await;
    let leased = claim(bench, "me", 10, 4).await;
    bench.unit(async |tx| tx.bury(leased[0].id, 1, at(11), "dead").await).await;
    bench.unit(async |tx| tx.finish(leased[1].id, 1, at(11)).await).await;
    assert_eq!(counts().await, JobCounts { pending: 1, leased: 2, dead: 1 });
    assert_eq!(bench.unit(async |tx| tx.void_leases().await).await, 2);
    assert_eq!(counts().await, JobCounts { pending: 3, leased: 0, dead: 1 });
    let again = claim(bench, "me", 10, 9).await;
    assert!(again.iter().all(|job| job.attempt == 2), "a void lease stays counted");
}

pub async fn a_done_job_is_forgotten(bench: &Bench) {
    enqueue(bench, &[job(1, "1", 0), job(2, "2", 1)]).await;
    let leased = claim(bench, "me", 10, 1).await;
    let forget = async |id| bench.unit(async |tx| tx.forget_job(id).await).await;
    assert!(!forget(leased[0].id).await, "somebody has it");
    bench.unit(async |tx| tx.finish(leased[0].id, 1, at(11)).await).await;
    assert!(forget(leased[0].id).await);
    assert!(!forget(leased[0].id).await);
    let waiting = claim(bench, "me", 10, 9).await;
    assert_eq!(waiting.len(), 1, "the other one stands");
}

pub async fn a_job_wakes_who_listens(bench: &Bench) {
    let Some(mut listener) = bench.listen().await.unwrap() else {
        assert!(bench.is_sqlite());
        return;
    };
    let mut woken = async |by: &str| {
        let clock = Clock::machine();
        tokio::select! {
            news = listener.recv() => news.unwrap(),
            _ = clock.sleep_until(clock.now() + TimeDelta::seconds(20)) => panic!("{by} wakes nobody"),
        }
    };
    let other = bench.visit().await;
    other.write(async |tx| tx.enqueue_all(&[job(1, "one", 0)]).await).await.unwrap();
    woken("a new job").await;
    other.write(async |tx| tx.move_job("one", at(0)).await).await.unwrap();
    woken("a moved timer").await;
    claim(bench, "me", 0, 1).await;
    other.write(async |tx| tx.release("me").await).await.unwrap();
    woken("a lease given back").await;
    other.close().await;
    let every_connection = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND datname = current_database()";
    assert!(bench.past_the_store(every_connection).await > 0);
    woken("a lost connection").await;
}

pub async fn a_commit_rings_for_the_earliest_job(bench: &Bench) {
    let rung = Arc::new(Mutex::new(Vec::new()));
    let bell = Arc::clone(&rung);
    let store = bench.deref().clone().ringing(move |due| bell.lock().unwrap().push(due));
    let heard = || -> Vec<Instant> { std::mem::take(&mut *rung.lock().unwrap()) };
    let silent: [Instant; 0] = [];
    store.write(async |tx| tx.set_meta("a word", "and no job").await).await.unwrap();
    assert_eq!(heard(), silent);
    store.write(async |tx| tx.enqueue_all(&[job(1, "later", 9), job(2, "sooner", 3)]).await).await.unwrap();
    assert_eq!(heard(), [at(3)], "once for a unit");
    store.write(async |tx| tx.enqueue_all(&[job(3, "later", 20)]).await).await.unwrap();
    assert_eq!(heard(), silent, "one with its key stands, and is due before");
    let undone: Result<(), StoreError> = store
        .write(async |tx| {
            tx.enqueue_all(&[job(4, "undone", 0)]).await?;
            Err(StoreError::Busy)
        })
        .await;
    assert!(undone.is_err());
    assert_eq!(heard(), silent);
    let [sooner] = claim(bench, "me", 3, 9).await.try_into().unwrap();
    store.write(async |tx| tx.retry(sooner.id, 1, at(7), "busy").await).await.unwrap();
    assert_eq!(heard(), [at(7)], "one that is put back");
    claim(bench, "me", 7, 9).await;
    store.write(async |tx| tx.enqueue_all(&[job(5, "sooner", 8)]).await).await.unwrap();
    assert_eq!(heard(), [at(8)]);
    store.write(async |tx| tx.finish(sooner.id, 2, at(8)).await).await.unwrap();
    assert_eq!(heard(), [at(8)], "one that was asked for while it ran");
    claim(bench, "me", 8, 9).await;
    store.write(async |tx| tx.finish(sooner.id, 3, at(8)).await).await.unwrap();
    assert_eq!(heard(), silent, "one that is done");
    store.write(async |tx| tx.move_job("later", at(30)).await).await.unwrap();
    assert_eq!(heard(), [at(30)], "a moved timer");
}

pub async fn a_node_that_is_gone_holds_nothing(bench: &Bench) {
    let node = |id: &str, beat| NodeBeat { id: id.to_owned(), beat };
    let nodes = async || bench.look(async |tx| tx.nodes().await).await;
    assert_eq!(nodes().await, []);
    for id in ["two", "one", "two"] {
        bench.unit(async |tx| tx.beat(id).await).await;
    }
    assert_eq!(nodes().await, [node("one", 1), node("two", 2)]);
    enqueue(bench, &[job(1, "one", 0), job(2, "two", 0), job(3, "three", 0)]).await;
    let kept = claim(bench, "one", 0, 1).await;
    let held = claim(bench, "two", 0, 1).await;
    let mut slow = job(4, "slow", 0);
    slow.priority = Lane::SLOW;
    enqueue(bench, &[slow]).await;
    let slowly = async |node: &str, now: i64| {
        let owner = Lane::Slow.owner(node);
        bench.unit(async |tx| tx.claim(Lane::Slow, &owner, (at(now), at(now + 600)), 9).await).await
    };
    assert_eq!(slowly("two", 0).await.len(), 1);
    assert_eq!(slowly("one", 1).await, []);
    assert_eq!(bench.unit(async |tx| tx.lose_node(&node("two", 1)).await).await, None, "it beat meanwhile");
    assert_eq!(bench.unit(async |tx| tx.lose_node(&node("two", 2)).await).await, Some(2));
    assert_eq!(bench.unit(async |tx| tx.lose_node(&node("two", 2)).await).await, None, "somebody was faster");
    assert_eq!(nodes().await, [node("one", 1)]);
    let again: Vec<_> = claim(bench, "one", 1, 9).await.into_iter().map(|job| (job.id, job.attempt)).collect();
    assert_eq!(again, [(held[0].id, 2), (job(3, "", 0).id, 1)]);
    assert_eq!(slowly("one", 1).await.len(), 1, "of either lane, long before its lease runs out");
    assert!(!bench.unit(async |tx| tx.finish(held[0].id, 1, at(2)).await).await, "what it had under way is fenced off");
    assert!(bench.unit(async |tx| tx.finish(kept[0].id, 1, at(2)).await).await, "who lives keeps its lease");
    bench.unit(async |tx| tx.leave("one").await).await;
    assert_eq!(nodes().await, []);
}
