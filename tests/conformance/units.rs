//! Units of work: everything or nothing, whoever hangs up.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use guardia::call::Happening;
use guardia::id::CallId;
use guardia::store::{JobCounts, Lane, Store, StoreError, Tx, Url};
use tokio::task::{JoinSet, yield_now};

use crate::bench::Bench;
use crate::sample::{at, call, job, uuid};

pub async fn a_failed_unit_leaves_nothing(bench: &Bench) {
    let answer: Result<(), StoreError> = bench
        .write(async |tx| {
            tx.insert_call(&call(1)).await?;
            tx.append_call_entries(call(1).id, at(0), &[Happening::Answered]).await?;
            Err(StoreError::Busy)
        })
        .await;
    assert!(matches!(answer, Err(StoreError::Busy)), "the unit's own error comes back");
    assert_eq!(bench.look(async |tx| tx.calls(9, None).await).await, []);
    // Also when the database itself refused something.
    let answer = bench
        .write(async |tx| {
            tx.insert_call(&call(2)).await?;
            tx.insert_recording(&crate::sample::recording(1, 77)).await
        })
        .await;
    assert!(matches!(answer, Err(StoreError::Database(_))), "a recording without a call: {answer:?}");
    assert_eq!(bench.look(async |tx| tx.calls(9, None).await).await, []);
    assert!(bench.unit(async |tx| tx.insert_call(&call(3)).await).await, "the next unit is none the worse");
}

pub async fn a_reader_sees_one_picture_and_changes_nothing(bench: &Bench) {
    bench
        .look(async |tx| {
            assert_eq!(tx.calls(9, None).await?, []);
            bench.unit(async |tx| tx.insert_call(&call(1)).await).await;
            assert_eq!(tx.calls(9, None).await?, [], "the picture moved");
            Ok(())
        })
        .await;
    assert_eq!(bench.look(async |tx| tx.calls(9, None).await).await.len(), 1);
    let refused = bench.read(async |tx| tx.insert_call(&call(2)).await).await;
    assert!(matches!(refused, Err(StoreError::Database(_))), "{refused:?}");
    assert_eq!(bench.look(async |tx| tx.calls(9, None).await).await.len(), 1);
}

/// Polls a future until it has been pending so many times; then it is dropped.
struct Impatient<F> {
    work: Pin<Box<F>>,
    patience: usize,
}

impl<F: Future> Future for Impatient<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.work.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if self.patience == 0 => Poll::Ready(None),
            Poll::Pending => {
                self.patience -= 1;
                Poll::Pending
            }
        }
    }
}

pub async fn a_unit_dropped_anywhere_leaves_everything_or_nothing(bench: &Bench) {
    let (mut dropped, mut n) = (0, 0);
    let rung = Arc::new(AtomicUsize::new(0));
    let bell = Arc::clone(&rung);
    let store = (*bench).clone().ringing(move |_| {
        bell.fetch_add(1, Ordering::SeqCst);
    });
    for round in 0..10 {
        for patience in 0.. {
            n += 1;
            let kept = call(n);
            let (key, before) = (n.to_string(), rung.load(Ordering::SeqCst));
            let work = store.write(async |tx| {
                // A database on the same machine may answer before it is waited for; this place is always one to be dropped at.
                yield_now().await;
                tx.insert_call(&kept).await?;
                yield_now().await;
                tx.append_call_entries(kept.id, at(0), &[Happening::Answered]).await?;
                yield_now().await;
                tx.append_call_entries(kept.id, at(1), &[Happening::Silence]).await?;
                tx.enqueue(&job(n, &key, 0)).await
            });
            let answer = Impatient { work: Box::pin(work), patience }.await;
            let (call, entries) =
                bench.look(async |tx| Ok((tx.call(kept.id).await?, tx.call_entries(kept.id).await?))).await;
            assert_eq!(entries.len(), if call.is_some() { 2 } else { 0 }, "round {round}, dropped at {patience}");
            assert!(
                call.is_none() || rung.load(Ordering::SeqCst) > before,
                "round {round}: a job that nobody is told of"
            );
            match answer {
                None => dropped += 1,
                Some(done) => {
                    assert_eq!((done.is_ok(), call.is_some()), (true, true), "answered, so stored");
                    break;
                }
            }
        }
    }
    assert!(dropped >= 30, "only {dropped} units were dropped");
    assert!(bench.unit(async |tx| tx.insert_call(&call(100_000)).await).await);
}

pub async fn units_run_in_spawned_tasks(bench: &Bench) {
    let mut tasks = JoinSet::new();
    for n in 0..64 {
        let store = (*bench).clone();
        tasks.spawn(async move {
            let kept = call(n);
            let answer = store
                .write(async |tx: &mut Tx| {
                    tx.insert_call(&kept).await?;
                    if n % 4 == 0 { Err(StoreError::Busy) } else { Ok(()) }
                })
                .await;
            assert_eq!(answer.is_ok(), n % 4 != 0);
            let seen = store.read(async |tx: &mut Tx| tx.call(kept.id).await).await.unwrap();
            assert_eq!(seen.is_some(), n % 4 != 0, "answered means stored, for everybody");
        });
    }
    tasks.join_all().await;
    assert_eq!(bench.look(async |tx| tx.calls(99, None).await).await.len(), 48);
}

pub async fn data_outlives_the_store(bench: &Bench) {
    bench.unit(async |tx| tx.insert_call(&call(1)).await).await;
    bench.close().await;
    let again = bench.open_again().await.unwrap();
    let kept = again.read(async |tx: &mut Tx| tx.call(CallId(uuid(1))).await).await.unwrap();
    assert_eq!(kept, Some(call(1)));
    assert_eq!(again.name(), if bench.is_sqlite() { "sqlite" } else { "postgres" });
    again.close().await;
}

pub async fn a_closed_store_says_so(bench: &Bench) {
    bench.close().await;
    let error = bench.check().await.unwrap_err();
    assert!(error.is_unavailable(), "{error}");
    let error = bench.read(async |tx| tx.meta("probe").await).await.unwrap_err();
    assert!(error.is_unavailable(), "{error}");
}

pub async fn the_probe_writes(bench: &Bench) {
    bench.check().await.unwrap();
    bench.check().await.unwrap();
    assert!(bench.look(async |tx| tx.meta("probe").await).await.is_some());
}

pub async fn leases_at_a_start(bench: &Bench) {
    bench.unit(async |tx| tx.enqueue(&job(1, "key", 0)).await).await;
    bench.unit(async |tx| tx.claim(Lane::Fast, "before", (at(0), at(1000)), 1).await).await;
    bench.close().await;
    let again = bench.open_again().await.unwrap();
    let counts = again.read(async |tx: &mut Tx| tx.job_counts().await).await.unwrap();
    // One process: nobody else can hold a lease. Many nodes: somebody may, and leases end by themselves.
    let (pending, leased) = if bench.is_sqlite() { (1, 0) } else { (0, 1) };
    assert_eq!(counts, JobCounts { pending, leased, dead: 0 });
    again.close().await;
}

pub async fn every_character_comes_back(bench: &Bench) {
    let odd = "¿«ñ»? 'comillas' \"dobles\" \\ % _ ; -- $1 {} \u{1}\u{7f}\u{feff}\u{202e} 👩‍🚒 línea\r\n\ttab";
    let mut kept = call(1);
    kept.session.variables.insert(odd.to_owned(), odd.to_owned());
    kept.session.node = odd.to_owned();
    let said = Happening::Reached { node: odd.to_owned() };
    let mut work = job(1, odd, 0);
    work.payload = serde_json::json!({ odd: odd, "n": i64::MAX, "f": 0.1, "null": null, "list": [1, "2"] });
    bench
        .unit(async |tx| {
            tx.insert_call(&kept).await?;
            tx.append_call_entries(kept.id, at(0), std::slice::from_ref(&said)).await?;
            tx.set_meta(odd, odd).await?;
            tx.enqueue(&work).await
        })
        .await;
    assert_eq!(bench.look(async |tx| tx.call(kept.id).await).await.as_ref(), Some(&kept));
    assert_eq!(bench.look(async |tx| tx.call_entries(kept.id).await).await[0].happening, said);
    assert_eq!(bench.look(async |tx| tx.meta(odd).await).await.as_deref(), Some(odd));
    let jobs = bench.unit(async |tx| tx.claim(Lane::Fast, odd, (at(0), at(1)), 1).await).await;
    assert_eq!((&jobs[0].payload, jobs[0].key.as_str()), (&work.payload, odd));
}

pub async fn two_openers_are_told_apart_or_share(bench: &Bench) {
    let second = bench.open_again().await;
    if bench.is_sqlite() {
        let error = second.unwrap_err();
        assert!(matches!(error, StoreError::Locked { .. }));
        assert!(error.to_string().contains("guardia.db.lock"), "{error}");
        bench.check().await.unwrap();
    } else {
        let second = second.unwrap();
        bench.unit(async |tx| tx.insert_call(&call(1)).await).await;
        assert!(second.read(async |tx: &mut Tx| tx.call(call(1).id).await).await.unwrap().is_some());
        second.close().await;
    }
}

pub async fn a_visitor_leaves_another_version_s_schema_alone(bench: &Bench) {
    bench.past_the_store("DELETE FROM _sqlx_migrations").await;
    bench
        .past_the_store(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (0, 'older', TRUE, '', 0)",
        )
        .await;
    let url: Url = bench.url().parse().unwrap();
    let older = Store::visit(&url).await.unwrap_err();
    assert!(matches!(older, StoreError::Schema { newer: false }), "{older}");
    bench.past_the_store("UPDATE _sqlx_migrations SET version = 99999999").await;
    for newer in [Store::visit(&url).await.unwrap_err(), bench.open_again().await.unwrap_err()] {
        assert!(matches!(newer, StoreError::Schema { newer: true } | StoreError::Locked { .. }), "{newer}");
    }
}

pub async fn a_visitor_works_beside_the_one_who_serves(bench: &Bench) {
    let visitor = bench.visit().await;
    bench.unit(async |tx| tx.insert_call(&call(1)).await).await;
    let held = bench.unit(async |tx| tx.enqueue(&job(1, "a", 0)).await).await;
    assert!(held);
    let leased = bench.unit(async |tx| tx.claim(Lane::Fast, "server", (at(1), at(60)), 1).await).await;
    assert_eq!(leased.len(), 1);
    assert!(visitor.read(async |tx: &mut Tx| tx.call(call(1).id).await).await.unwrap().is_some());
    visitor.write(async |tx: &mut Tx| tx.set_meta("visited", "yes").await).await.unwrap();
    assert_eq!(bench.look(async |tx| tx.meta("visited").await).await.as_deref(), Some("yes"));
    assert_eq!(bench.look(async |tx| tx.job_counts().await).await.leased, 1, "a visit voids no lease");
    visitor.close().await;
}
