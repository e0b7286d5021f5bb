//! Flows, meta, the roster and banners.

use chrono::TimeDelta;
use guardia::flow::Banner;
use guardia::incident::Maintenance;
use guardia::store::{StoreError, StoredRoster, Tx};

use crate::bench::Bench;
use crate::sample::{at, number};

pub async fn flows_come_back_to_the_byte(bench: &Bench) {
    let bundle = "{\"b\": 1.0,  \"a\": \"ñ\\u0000\"}\n";
    bench.unit(async |tx| tx.insert_flow("hash", bundle, at(0)).await).await;
    bench.unit(async |tx| tx.insert_flow("hash", "another", at(1)).await).await;
    assert_eq!(bench.look(async |tx| tx.flow("hash").await).await.as_deref(), Some(bundle));
    assert_eq!(bench.look(async |tx| tx.flow("none").await).await, None);
}

pub async fn meta_keeps_the_last_value(bench: &Bench) {
    assert_eq!(bench.look(async |tx| tx.meta("key").await).await, None);
    for value in ["one", "two", ""] {
        bench.unit(async |tx| tx.set_meta("key", value).await).await;
        assert_eq!(bench.look(async |tx| tx.meta("key").await).await.as_deref(), Some(value));
    }
    for _ in 0..2 {
        bench.unit(async |tx| tx.forget_meta("key").await).await;
        assert_eq!(bench.look(async |tx| tx.meta("key").await).await, None);
    }
}

pub async fn whoever_changes_the_roster_knows_the_latest(bench: &Bench) {
    async fn change(store: guardia::store::Store) -> Option<i64> {
        store
            .write(async |tx: &mut Tx| -> Result<Option<i64>, StoreError> {
                let before = tx.lock_roster().await?;
                tx.insert_roster("people:", "hash", "ana", at(0)).await?;
                Ok(before)
            })
            .await
            .unwrap()
    }
    // The first has nobody to wait for.
    assert_eq!(change((**bench).clone()).await, None);
    let mut changes = tokio::task::JoinSet::new();
    for _ in 0..8 {
        changes.spawn(change((**bench).clone()));
    }
    let known: std::collections::BTreeSet<_> = changes.join_all().await.into_iter().collect();
    assert_eq!(known.len(), 8, "two changed the same roster: {known:?}");
}

pub async fn the_latest_roster_holds(bench: &Bench) {
    assert_eq!(bench.look(async |tx| tx.latest_roster().await).await, None);
    assert_eq!(bench.look(async |tx| tx.roster_version().await).await, None);
    let mut last = i64::MIN;
    for text in ["personas: []\n", "personas:\n  - id: ana\n", "personas: []\n"] {
        let version = bench.unit(async |tx| tx.insert_roster(text, "hash", "operadora", at(3)).await).await;
        assert!(version > last);
        last = version;
        let held = StoredRoster { version, text: text.to_owned(), imported_at: at(3), by: "operadora".to_owned() };
        let version = held.version;
        assert_eq!(bench.look(async |tx| tx.latest_roster().await).await, Some(held));
        assert_eq!(bench.look(async |tx| tx.roster_version().await).await, Some(version));
    }
}

pub async fn a_banner_stands_for_its_time(bench: &Bench) {
    let old = Banner { service: "certif".to_owned(), case: None, since: at(0), eta: None, until: at(100) };
    let new = Banner {
        service: "firma".to_owned(),
        case: Some(number(3)),
        since: at(10),
        eta: Some(at(50) + TimeDelta::microseconds(1)),
        until: at(60),
    };
    bench.unit(async |tx| tx.insert_banner(&old, "supervisora", at(0)).await).await;
    bench.unit(async |tx| tx.insert_banner(&new, "supervisora", at(5)).await).await;
    for (seconds, standing) in [
        (-1, None),
        (0, Some(&old)),
        (9, Some(&old)),
        (10, Some(&new)),
        (59, Some(&new)),
        (60, Some(&old)),
        (100, None),
    ] {
        assert_eq!(bench.look(async |tx| tx.banner(at(seconds)).await).await.as_ref(), standing, "{seconds}");
    }
    assert!(!bench.unit(async |tx| tx.end_banner(at(100)).await).await, "all are over by then");
    assert!(bench.unit(async |tx| tx.end_banner(at(20)).await).await);
    assert_eq!(bench.look(async |tx| tx.banner(at(20)).await).await, None);
    assert!(!bench.unit(async |tx| tx.end_banner(at(20)).await).await);
}

pub async fn maintenance_stands_for_its_time(bench: &Bench) {
    let window = |service: &str, from, to| Maintenance {
        service: service.to_owned(),
        from: at(from),
        to: at(to),
        by: "marta".to_owned(),
        reason: "cambio de discos".to_owned(),
    };
    let (short, long, other, later) =
        (window("nomina", 0, 60), window("nomina", 10, 90), window("correo", 0, 60), window("nomina", 500, 600));
    for window in [&long, &short, &other, &later] {
        bench.unit(async |tx| tx.insert_maintenance(window, at(0)).await).await;
    }
    let stands = async |service: &str, seconds| bench.look(async |tx| tx.maintenance(service, at(seconds)).await).await;
    assert_eq!(stands("nomina", -1).await, None);
    assert_eq!(stands("nomina", 0).await.as_ref(), Some(&short));
    assert_eq!(stands("nomina", 10).await.as_ref(), Some(&long), "what ends last");
    assert_eq!(stands("nomina", 89).await.as_ref(), Some(&long));
    assert_eq!(stands("nomina", 90).await, None, "at its end it is over");
    assert_eq!(stands("portal", 10).await, None);
    assert_eq!(bench.look(async |tx| tx.maintenances(at(60)).await).await, [long.clone(), later.clone()]);
    let ended = bench.unit(async |tx| tx.end_maintenance("nomina", at(60)).await).await;
    assert_eq!(ended, [long, later], "also what was to come, and not what was over");
    assert_eq!(stands("nomina", 61).await, None);
    assert_eq!(bench.unit(async |tx| tx.end_maintenance("nomina", at(62)).await).await, []);
    assert_eq!(bench.look(async |tx| tx.maintenances(at(30)).await).await, [short, other]);
}
