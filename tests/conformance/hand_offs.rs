//! How far the hand-off of a case has come, and what was given up of it.

use std::collections::BTreeSet;

use guardia::id::JobId;
use guardia::incident::State;
use guardia::store::{HandOff, Lane, NewJob};
use guardia::ticket::{Field, Progress, Values};
use serde_json::json;

use crate::bench::Bench;
use crate::sample::{at, call, incident, uuid};

async fn case(bench: &Bench, n: u32) -> HandOff {
    let (call, incident) = (call(n), incident(n));
    bench.unit(async |tx| tx.insert_call(&call).await).await;
    bench.unit(async |tx| tx.insert_incident(&incident).await).await;
    HandOff { incident: incident.id, progress: Progress::default(), asked_at: None }
}

pub async fn a_hand_off_comes_back_as_it_was_kept(bench: &Bench) {
    let mut kept = case(bench, 1).await;
    assert_eq!(bench.look(async |tx| tx.hand_off(kept.incident).await).await, None);
    bench.unit(async |tx| tx.save_hand_off(&kept, at(0)).await).await;
    assert_eq!(bench.look(async |tx| tx.hand_off(kept.incident).await).await, Some(kept.clone()));
    kept.asked_at = Some(at(5));
    kept.progress = Progress {
        remote: Some("17".to_owned()),
        commented: 4,
        recordings: BTreeSet::from(["RE1".to_owned(), "RE2".to_owned()]),
        state: Some(State::Acknowledged),
        values: Some(Values::from([(Field::Severity, "critical".to_owned())])),
    };
    for _ in 0..2 {
        bench.unit(async |tx| tx.save_hand_off(&kept, at(6)).await).await;
        assert_eq!(bench.look(async |tx| tx.hand_off(kept.incident).await).await, Some(kept.clone()));
    }
    assert_eq!(bench.look(async |tx| tx.incident_of_remote("17").await).await, Some(kept.incident));
    assert_eq!(bench.look(async |tx| tx.incident_of_remote("1").await).await, None);
}

pub async fn hand_offs_that_wait_are_counted(bench: &Bench) {
    assert_eq!(bench.look(async |tx| tx.waiting_hand_offs().await).await, (0, None));
    for (n, asked_at) in [(1, Some(at(9))), (2, None), (3, Some(at(7)))] {
        let kept = HandOff { asked_at, ..case(bench, n).await };
        bench.unit(async |tx| tx.save_hand_off(&kept, at(10)).await).await;
    }
    assert_eq!(bench.look(async |tx| tx.waiting_hand_offs().await).await, (2, Some(at(7))));
}

pub async fn news_of_a_store_is_heard_once(bench: &Bench) {
    let kept = case(bench, 1).await;
    bench.unit(async |tx| tx.save_hand_off(&kept, at(0)).await).await;
    assert!(bench.unit(async |tx| tx.hear_news(kept.incident, "comment:5", at(1)).await).await);
    assert!(!bench.unit(async |tx| tx.hear_news(kept.incident, "comment:5", at(2)).await).await);
    assert!(bench.unit(async |tx| tx.hear_news(kept.incident, "comment:6", at(2)).await).await);
}

pub async fn what_was_given_up_is_known_and_taken_up_again(bench: &Bench) {
    let (one, other) = (case(bench, 1).await.incident, case(bench, 2).await.incident);
    for (n, kind, subject) in [(1, "hand_off", one), (2, "hand_off", other), (3, "ticket", one)] {
        let (key, payload) = (format!("{kind}:{n}"), json!({ "n": n }));
        let job = NewJob {
            id: JobId(uuid(100 + n)),
            kind,
            key: &key,
            subject: Some(subject),
            priority: 4,
            run_at: at(0),
            payload,
        };
        bench.unit(async |tx| tx.enqueue(&job).await).await;
    }
    let jobs = bench.unit(async |tx| tx.claim(Lane::Fast, "me", (at(1), at(60)), 9).await).await;
    assert_eq!(jobs.len(), 3);
    for job in &jobs {
        assert!(bench.unit(async |tx| tx.bury(job.id, job.attempt, at(2), "refused").await).await);
    }
    let dead = async || bench.look(async |tx| tx.dead_payloads(one, "hand_off").await).await;
    assert_eq!(dead().await, [json!({ "n": 1 })]);
    let revived = bench.unit(async |tx| tx.unbury("hand_off", Some(one)).await).await;
    assert_eq!(revived, BTreeSet::from([one]));
    assert!(dead().await.is_empty());
    let revived = bench.unit(async |tx| tx.unbury("hand_off", None).await).await;
    assert_eq!(revived, BTreeSet::from([other]));
    assert_eq!(bench.look(async |tx| tx.job_counts().await).await.dead, 1, "the other kind is left alone");
}

pub async fn what_failed_is_listed_by_its_kind_and_hurried(bench: &Bench) {
    let (one, other) = (case(bench, 1).await.incident, case(bench, 2).await.incident);
    let subjects =
        [(1, "hand_off", Some(one)), (2, "hand_off", Some(other)), (3, "hand_off", None), (4, "ticket", Some(one))];
    for (n, kind, subject) in subjects {
        let (id, key, payload) = (JobId(uuid(100 + n)), format!("{kind}:{n}"), json!({ "n": n }));
        let job = NewJob { id, kind, key: &key, subject, priority: 4, run_at: at(0), payload };
        bench.unit(async |tx| tx.enqueue(&job).await).await;
    }
    let held_up = async |limit: u32| -> Vec<(JobId, String)> {
        let jobs = bench.look(async |tx| tx.held_up_jobs("hand_off", limit).await).await;
        jobs.into_iter().map(|held| (held.job.id, held.error)).collect()
    };
    assert_eq!(held_up(9).await, [], "nothing has failed yet");
    let jobs = bench.unit(async |tx| tx.claim(Lane::Fast, "me", (at(1), at(60)), 9).await).await;
    for (n, job) in (1_i64..).zip(&jobs[1..]) {
        assert!(bench.unit(async |tx| tx.retry(job.id, job.attempt, at(100 - n), "busy").await).await);
    }
    assert!(bench.unit(async |tx| tx.bury(jobs[0].id, jobs[0].attempt, at(5), "refused").await).await);
    let dead = bench.look(async |tx| tx.dead_jobs_of("hand_off", 9).await).await;
    assert_eq!(dead, bench.look(async |tx| tx.dead_jobs(9).await).await);
    assert_eq!((dead.len(), dead[0].job.subject, dead[0].error.as_deref()), (1, Some(one), Some("refused")));
    assert_eq!(bench.look(async |tx| tx.dead_jobs_of("ticket", 9).await).await, []);
    let (second, third) = ((JobId(uuid(102)), "busy".to_owned()), (JobId(uuid(103)), "busy".to_owned()));
    assert_eq!(held_up(9).await, [third.clone(), second.clone()]);
    assert_eq!(held_up(1).await, std::slice::from_ref(&third));
    let failed = async |kind: &'static str| bench.look(async |tx| tx.subjects_of_failed(kind).await).await;
    assert_eq!(failed("hand_off").await, BTreeSet::from([one, other]), "for good, and not");
    assert_eq!(failed("ticket").await, BTreeSet::from([one]));
    let hurry = async |subject| bench.unit(async |tx| tx.hurry_jobs("hand_off", subject, at(7)).await).await;
    assert_eq!((hurry(one).await, hurry(other).await), (0, 1), "neither the dead nor another kind's");
    assert_eq!(hurry(other).await, 0, "it is due already");
    assert_eq!(held_up(9).await, [second.clone(), third]);
    assert_eq!(bench.look(async |tx| tx.next_due().await).await, Some(at(7)));
    let jobs = bench.unit(async |tx| tx.claim(Lane::Fast, "me", (at(7), at(60)), 9).await).await;
    assert_eq!(jobs.iter().map(|job| job.id).collect::<Vec<_>>(), [second.0]);
}

pub async fn each_lane_has_its_own_jobs(bench: &Bench) {
    for (n, priority) in [(1, 0), (2, Lane::SLOW - 1), (3, Lane::SLOW), (4, i16::MAX)] {
        let key = format!("job:{n}");
        let run_at = at(i64::from(n));
        let id = JobId(uuid(100 + n));
        let job = NewJob { id, kind: "job", key: &key, subject: None, priority, run_at, payload: json!({}) };
        bench.unit(async |tx| tx.enqueue(&job).await).await;
    }
    let due = async |lane: Lane| bench.look(async |tx| tx.next_due_in(lane).await).await;
    assert_eq!((due(Lane::Fast).await, due(Lane::Slow).await), (Some(at(1)), Some(at(3))));
    let keys = async |lane: Lane| -> Vec<String> {
        let jobs = bench.unit(async |tx| tx.claim(lane, "me", (at(9), at(60)), 9).await).await;
        jobs.into_iter().map(|job| job.key).collect()
    };
    assert_eq!(keys(Lane::Slow).await, ["job:3", "job:4"]);
    assert_eq!(keys(Lane::Fast).await, ["job:1", "job:2"]);
}
