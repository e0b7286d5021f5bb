//! The made-up year: the same seed makes the same rows, and they are such as the program itself would have left.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::path::Path;

use guardia::call::{CallFilter, CallPage};
use guardia::clock::Instant;
use guardia::flow::Outcome;
use guardia::incident::Change;
use guardia::ops::Hotline;
use guardia::serve::tool;
use guardia::stage::{Props, SeedError, SeedYear, Seeded, Stage, seed_year};
use guardia::store::{IncidentFilter, StoreError, Tx};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

const CALLS: u32 = 900;

fn year(seed: u64) -> SeedYear {
    SeedYear { calls: CALLS, seed, until: "2026-11-03T14:00:00Z".parse::<Instant>().unwrap() }
}

async fn made(folder: &Path, seed: u64) -> (Hotline, Seeded) {
    let config = Stage::settings(folder, &Props::default()).unwrap();
    let hotline = tool(&config).await.unwrap();
    let seeded = seed_year(&hotline, year(seed)).await.unwrap();
    (hotline, seeded)
}

/// Every row of every table but those that say when the program was first started.
async fn rows(folder: &Path) -> String {
    let mut file = SqliteConnection::connect(&format!("sqlite:{}", folder.join("guardia.db").display())).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('flows', 'meta', '_sqlx_migrations')
             AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )
    .fetch_all(&mut file)
    .await
    .unwrap();
    let mut all = String::new();
    for table in tables {
        let columns: Vec<String> = sqlx::query_scalar("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info($1)")
            .bind(&table)
            .fetch_all(&mut file)
            .await
            .unwrap();
        let sql = format!("SELECT {} AS row FROM {table} ORDER BY 1", columns.join(" || ',' || "));
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut file).await.unwrap();
        for row in rows {
            writeln!(all, "{table}: {row}").unwrap();
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_seed_makes_the_same_rows() {
    let folders = [1, 1, 2].map(|seed| (seed, tempfile::tempdir().unwrap()));
    let mut all = Vec::new();
    for (seed, folder) in &folders {
        let (hotline, _) = made(folder.path(), *seed).await;
        hotline.store.close().await;
        all.push(rows(folder.path()).await);
    }
    let differs = all[0].lines().zip(all[1].lines()).find(|(one, other)| one != other);
    assert_eq!(differs, None);
    assert_eq!(all[0].len(), all[1].len());
    assert!(all[0] != all[2], "another seed makes another year");
    let numbers = all[0].lines().filter(|line| line.starts_with("call_log: "));
    let strange = numbers.flat_map(|line| line.split('\'')).filter(|part| part.starts_with("+1"));
    let strange: Vec<_> = strange.filter(|number| number.get(5..10) != Some("55501")).collect();
    assert!(strange.is_empty(), "not fictional: {strange:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_made_up_year_is_as_the_program_would_have_left_it() {
    let folder = tempfile::tempdir().unwrap();
    let (hotline, seeded) = made(folder.path(), 7).await;
    assert_eq!(seeded.calls, CALLS);
    assert!(seeded.cases > CALLS / 5 && seeded.cases < CALLS, "{seeded:?}");
    assert!(seeded.outbound > 0, "{seeded:?}");
    let until = year(7).until;
    hotline
        .store
        .read(async |tx: &mut Tx| -> Result<(), StoreError> {
            assert_eq!(tx.open_incidents_without_job().await?, []);
            let waiting = CallFilter { outcome: Some(Outcome::Missed), case: Some(false), ..CallFilter::default() };
            let missed = tx.call_log(&waiting, CallPage::Newest, 2_000).await?;
            assert!(missed.len() > 20);
            assert!(missed.iter().filter(|call| call.disposition.is_some()).count() > missed.len() / 2);
            let calls = tx.call_log(&CallFilter::default(), CallPage::Newest, 5_000).await?;
            assert_eq!(u32::try_from(calls.len()).unwrap(), seeded.calls + seeded.outbound);
            assert!(calls.iter().any(|call| call.talked_with.is_some() && call.waited.is_some()));
            assert!(calls.iter().any(|call| call.caller.is_none()));
            for call in &calls {
                let entries = tx.call_entries(call.call).await?;
                assert!(entries.is_sorted_by_key(|entry| entry.at), "{entries:?}");
                let (began, ended) = (entries[0].at, entries[entries.len() - 1].at);
                assert!(call.received_at <= began && Some(ended) <= call.ended_at, "{call:?}");
            }
            let (mut late, mut open) = (0, 0);
            for incident in tx.incidents(IncidentFilter { open: false, limit: 5_000 }).await? {
                let entries = tx.entries(incident.id).await?;
                assert!(matches!(entries[0].change, Change::Opened { .. }), "{entries:?}");
                assert!(entries.is_sorted_by_key(|entry| entry.at), "{entries:?}");
                assert!(entries[entries.len() - 1].at <= until);
                open += u32::from(incident.state.is_open());
                late += u32::from(incident.is_breached(until));
                assert!(tx.ticket_by_external_id(incident.number.as_str()).await?.is_some());
            }
            assert_eq!(open, seeded.open);
            assert!(late > 0 && late < seeded.cases / 6, "{late} of {} late", seeded.cases);
            assert_eq!(tx.dead_jobs(9).await?.len(), 4);
            Ok(())
        })
        .await
        .unwrap();
    let again = seed_year(&hotline, year(7)).await;
    assert!(matches!(again, Err(SeedError::NotEmpty)), "{again:?}");
}
