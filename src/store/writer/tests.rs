use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// A writer on a file with a table of numbers.
struct Bench {
    writer: Writer,
    options: SqliteConnectOptions,
    _folder: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lock = File::create(folder.path().join("lock")).unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("bench.db"))
            .create_if_missing(true)
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
        let mut connection = options.connect().await.unwrap();
        sqlx::query("CREATE TABLE numbers (number INTEGER PRIMARY KEY) STRICT").execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        Self { writer: Writer::start(options.clone(), lock).await.unwrap(), options, _folder: folder }
    }

    /// What somebody else sees.
    async fn numbers(&self) -> Vec<i64> {
        let mut connection = self.options.connect().await.unwrap();
        sqlx::query_scalar("SELECT number FROM numbers ORDER BY number").fetch_all(&mut connection).await.unwrap()
    }

    /// A unit that has written `number`.
    async fn unit(&self, number: i64) -> Unit {
        unit(self.writer.clone(), number).await
    }

    /// Waits until so many requests lie in the queue.
    async fn queued(&self, number: usize) {
        while self.writer.0.max_capacity() - self.writer.0.capacity() < number {
            tokio::task::yield_now().await;
        }
    }
}

async fn unit(writer: Writer, number: i64) -> Unit {
    let mut unit = writer.begin().await.unwrap();
    sqlx::query("INSERT INTO numbers VALUES ($1)").bind(number).execute(unit.connection()).await.unwrap();
    unit
}

/// Counts COMMITs from here on; each succeeds while `allowed` says so.
async fn watch_commits(unit: &mut Unit, allowed: fn(usize) -> bool) -> Arc<AtomicUsize> {
    let commits = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&commits);
    let mut handle = unit.connection().lock_handle().await.unwrap();
    handle.set_commit_hook(move || allowed(seen.fetch_add(1, Ordering::SeqCst)));
    commits
}

#[tokio::test]
async fn waiting_units_share_one_commit_and_failed_or_dropped_ones_spoil_nobody() {
    let bench = Bench::new().await;
    let mut first = bench.unit(0).await;
    let commits = watch_commits(&mut first, |_| true).await;
    let waiting: Vec<_> = (1..16)
        .map(|number| {
            let writer = bench.writer.clone();
            tokio::spawn(async move {
                let unit = unit(writer, number).await;
                if number % 5 == 0 { None } else { Some(unit.commit().await) }
            })
        })
        .collect();
    let gone = tokio::spawn(unit(bench.writer.clone(), 99));
    bench.queued(16).await;
    gone.abort();
    assert!(gone.await.is_err());
    first.commit().await.unwrap();
    for (number, answer) in (1..16).zip(waiting) {
        assert_eq!(answer.await.unwrap().map(|answer| answer.is_ok()), (number % 5 != 0).then_some(true), "{number}");
    }
    assert_eq!(commits.load(Ordering::SeqCst), 1);
    assert_eq!(bench.numbers().await, [0, 1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14]);
}

#[tokio::test]
async fn a_batch_has_an_end() {
    let bench = Bench::new().await;
    let mut first = bench.unit(0).await;
    let commits = watch_commits(&mut first, |_| true).await;
    let waiting: Vec<_> = (1..=i64::try_from(BATCH).unwrap())
        .map(|number| {
            let writer = bench.writer.clone();
            tokio::spawn(async move { unit(writer, number).await.commit().await })
        })
        .collect();
    bench.queued(BATCH).await;
    first.commit().await.unwrap();
    for answer in waiting {
        answer.await.unwrap().unwrap();
    }
    assert_eq!(commits.load(Ordering::SeqCst), 2);
    assert_eq!(bench.numbers().await.len(), BATCH + 1);
}

#[tokio::test]
async fn nobody_is_answered_before_the_commit_and_a_caller_who_hangs_up_does_not_hold_it_up() {
    let bench = Bench::new().await;
    let first = bench.unit(1).await;
    let second = tokio::spawn(unit(bench.writer.clone(), 2));
    bench.queued(1).await;
    let first = tokio::spawn(first.commit());
    // The second has the connection now, in the same transaction.
    let second = second.await.unwrap();
    assert!(!first.is_finished(), "the first is told that it is stored while it is not");
    assert!(bench.numbers().await.is_empty());
    drop(second);
    first.await.unwrap().unwrap();
    assert_eq!(bench.numbers().await, [1]);
}

#[tokio::test]
async fn a_caller_who_hangs_up_after_handing_in_takes_nobodys_answer() {
    let bench = Bench::new().await;
    let first = bench.unit(1).await;
    let second = tokio::spawn(unit(bench.writer.clone(), 2));
    bench.queued(1).await;
    let first = tokio::spawn(first.commit());
    let second = second.await.unwrap();
    first.abort();
    assert!(first.await.is_err());
    second.commit().await.unwrap();
    assert_eq!(bench.numbers().await, [1, 2], "what was handed in stays handed in");
}

#[tokio::test]
async fn a_failed_commit_is_everybodys_and_the_next_unit_works() {
    let bench = Bench::new().await;
    let mut first = bench.unit(1).await;
    let commits = watch_commits(&mut first, |_| false).await;
    let second = tokio::spawn({
        let writer = bench.writer.clone();
        async move { unit(writer, 2).await.commit().await }
    });
    bench.queued(1).await;
    assert!(matches!(first.commit().await, Err(StoreError::NotCommitted(_))));
    assert!(matches!(second.await.unwrap(), Err(StoreError::NotCommitted(_))));
    assert_eq!(commits.load(Ordering::SeqCst), 1);
    assert!(bench.numbers().await.is_empty());
    bench.unit(3).await.commit().await.unwrap();
    assert_eq!(bench.numbers().await, [3]);
}

#[tokio::test]
async fn a_transaction_that_sqlite_gave_up_fails_the_batch_not_the_writer() {
    let bench = Bench::new().await;
    let first = bench.unit(1).await;
    let second = tokio::spawn(unit(bench.writer.clone(), 2));
    bench.queued(1).await;
    let first = tokio::spawn(first.commit());
    let mut second = second.await.unwrap();
    // As SQLite itself does when the disk is full.
    sqlx::query("ROLLBACK").execute(second.connection()).await.unwrap();
    drop(second);
    assert!(matches!(first.await.unwrap(), Err(StoreError::NotCommitted(_))));
    bench.unit(3).await.commit().await.unwrap();
    assert_eq!(bench.numbers().await, [3]);
}

#[tokio::test]
async fn closing_commits_what_was_handed_in_and_refuses_the_rest() {
    let bench = Bench::new().await;
    let first = bench.unit(1).await;
    let closing = tokio::spawn({
        let writer = bench.writer.clone();
        async move { writer.close().await }
    });
    bench.queued(1).await;
    first.commit().await.unwrap();
    closing.await.unwrap();
    assert!(matches!(bench.writer.begin().await, Err(StoreError::Closed)));
    assert_eq!(bench.numbers().await, [1]);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let bench = Bench::new().await;
    let first = bench.unit(1).await;
    let waiting: Vec<_> = (0..QUEUE)
        .map(|_| {
            let writer = bench.writer.clone();
            tokio::spawn(async move { writer.begin().await.map(drop) })
        })
        .collect();
    bench.queued(QUEUE).await;
    assert!(matches!(bench.writer.begin().await, Err(StoreError::Busy)));
    first.commit().await.unwrap();
    for unit in waiting {
        unit.await.unwrap().unwrap();
    }
}
