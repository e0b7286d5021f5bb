//! Incidents, their numbers, timelines and cycles.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use guardia::call::Recording;
use guardia::id::{CallId, IncidentId};
use guardia::incident::{Actor, Change, Entry, Incident, State};
use guardia::sla::{Mode, Severity, Target};
use guardia::store::{CycleResult, IncidentFilter, Lane, StoreError, Tx};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::bench::Bench;
use crate::sample::{at, call, incident, job, message, number, open, page, phone, recording, turn, uuid};

/// `incident(n)` with every field changed that may change.
fn changed(n: u32) -> Incident {
    Incident {
        state: State::Resolved,
        severity: Severity::General,
        cycle: 3,
        started_at: at(5),
        target: Target { span: TimeDelta::seconds(172_801), mode: Mode::BusinessDays },
        due_at: at(700),
        acknowledged_at: Some(at(6)),
        acknowledged_by: Some("ana".to_owned()),
        responded_at: Some(at(7)),
        resolved_at: Some(at(8)),
        breached_at: Some(at(9)),
        institution: Some("1004".to_owned()),
        institution_name: Some("Ministerio de Educación".to_owned()),
        service: Some("certif".to_owned()),
        impact: Some("down".to_owned()),
        reporter: Some(phone(11)),
        call_back: Some(phone(12)),
        text_messages: true,
        language: "en".to_owned(),
        silent: true,
        merged_into: Some(number(77)),
        ..incident(n)
    }
}

pub async fn an_incident_comes_back_as_it_was_kept(bench: &Bench) {
    let (bare, full) = (incident(1), Incident { version: 41, ..changed(2) });
    for kept in [&bare, &full] {
        bench
            .unit(async |tx| {
                let n = if kept.id == bare.id { 1 } else { 2 };
                tx.insert_call(&call(n)).await?;
                tx.insert_incident(kept).await
            })
            .await;
        assert_eq!(bench.look(async |tx| tx.incident(kept.id).await).await.as_ref(), Some(kept));
        assert_eq!(bench.unit(async |tx| tx.lock_incident(kept.id).await).await.as_ref(), Some(kept));
        assert_eq!(bench.look(async |tx| tx.incident_by_number(&kept.number).await).await.as_ref(), Some(kept));
        assert_eq!(bench.unit(async |tx| tx.lock_incident_by_number(&kept.number).await).await.as_ref(), Some(kept));
    }
    assert_eq!(bench.look(async |tx| tx.incident(IncidentId(uuid(1))).await).await, None);
    assert_eq!(bench.look(async |tx| tx.incident_by_number(&number(9)).await).await, None);
    // One call opens one incident, a number names one, and there is none without a call.
    let second = Incident { id: IncidentId(uuid(8)), number: number(8), ..incident(1) };
    let same_number = Incident { number: number(1), ..incident(3) };
    for refused in [second, same_number, incident(4)] {
        let answer = bench
            .write(async |tx| {
                tx.insert_call(&call(3)).await?;
                tx.insert_incident(&refused).await
            })
            .await;
        assert!(matches!(&answer, Err(error @ StoreError::Database(_)) if !error.is_unavailable()), "{answer:?}");
    }
}

pub async fn case_numbers_are_counted_by_year_without_gaps(bench: &Bench) {
    let mut units = JoinSet::new();
    for _ in 0..30 {
        let store = (*bench).clone();
        units.spawn(async move { store.write(async |tx: &mut Tx| tx.next_case_sequence(2026).await).await.unwrap() });
    }
    let numbers: BTreeSet<u32> = units.join_all().await.into_iter().collect();
    assert_eq!(numbers, (1..=30).collect());
    let failed = bench
        .write(async |tx| {
            tx.next_case_sequence(2026).await?;
            Err::<(), _>(StoreError::Busy)
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(bench.unit(async |tx| tx.next_case_sequence(2026).await).await, 31);
    assert_eq!(bench.unit(async |tx| tx.next_case_sequence(2027).await).await, 1);
}

pub async fn a_second_writer_is_told(bench: &Bench) {
    bench.unit(async |tx| open(tx, 2).await).await;
    let opened = bench.unit(async |tx| open(tx, 1).await).await;
    let mut mine = changed(1);
    let mut theirs = opened.clone();
    theirs.service = Some("firma".to_owned());
    bench.unit(async |tx| tx.save_incident(&mut mine).await).await;
    assert_eq!(mine, Incident { version: 2, ..changed(1) });
    assert_eq!(bench.look(async |tx| tx.incident(mine.id).await).await.as_ref(), Some(&mine));
    let late = bench.write(async |tx| tx.save_incident(&mut theirs).await).await;
    assert!(matches!(late, Err(StoreError::Conflict { table: "incidents" })), "{late:?}");
    assert_eq!(theirs.version, opened.version);
    assert_eq!(bench.look(async |tx| tx.incident(mine.id).await).await.as_ref(), Some(&mine));
    assert_eq!(bench.look(async |tx| tx.incident(incident(2).id).await).await, Some(incident(2)), "another changed");
}

pub async fn a_call_knows_its_incident(bench: &Bench) {
    let (opened, other) = bench.unit(async |tx| Ok((open(tx, 1).await?, open(tx, 2).await?))).await;
    assert_eq!(bench.look(async |tx| tx.incident_of_call(opened.call).await).await, Some(opened.clone()));
    let mut joined = call(1);
    joined.incident = Some(other.id);
    bench.unit(async |tx| tx.save_call(&joined).await).await;
    assert_eq!(bench.look(async |tx| tx.incident_of_call(opened.call).await).await, Some(other));
    assert_eq!(bench.look(async |tx| tx.incident_of_call(CallId(uuid(9))).await).await, None);
}

pub async fn open_incidents_are_found(bench: &Bench) {
    let make = async |tx: &mut Tx, n: u32, state: State, service: &str| {
        let mut kept = incident(n);
        kept.state = state;
        kept.institution = Some("1004".to_owned());
        kept.service = Some(service.to_owned());
        kept.reporter = Some(phone(5));
        tx.insert_call(&call(n)).await?;
        tx.insert_incident(&kept).await?;
        Ok::<_, StoreError>(kept)
    };
    let (first, second) = bench
        .unit(async |tx| {
            let first = make(tx, 10, State::Received, "certif").await?;
            let second = make(tx, 20, State::Responded, "certif").await?;
            make(tx, 30, State::Closed, "certif").await?;
            make(tx, 40, State::Acknowledged, "firma").await?;
            Ok((first, second))
        })
        .await;
    for (since, not, found) in [
        (0, None, Some(&second)),
        (20, None, Some(&second)),
        (21, None, None),
        (0, Some(second.id), Some(&first)),
        (11, Some(second.id), None),
    ] {
        let incident = bench.look(async |tx| tx.open_incident_for("1004", "certif", at(since), not).await).await;
        assert_eq!(incident.as_ref(), found, "since {since}");
    }
    assert_eq!(bench.look(async |tx| tx.open_incident_for("1005", "certif", at(0), None).await).await, None);
    for (since, not, found) in [(0, None, Some(40)), (41, None, None), (0, Some(40), Some(20)), (21, Some(40), None)] {
        let not = not.map(|n| incident(n).id);
        let id = bench.look(async |tx| tx.open_incident_of_reporter(&phone(5), at(since), not).await).await;
        assert_eq!(id.map(|incident| incident.id), found.map(|n| incident(n).id), "since {since}");
    }
    assert_eq!(bench.look(async |tx| tx.open_incident_of_reporter(&phone(6), at(0), None).await).await, None);
}

pub async fn incidents_are_listed_newest_first(bench: &Bench) {
    bench
        .unit(async |tx| {
            for (n, state) in [3, 1, 6, 2, 5, 4].into_iter().zip(State::ALL) {
                tx.insert_call(&call(n)).await?;
                tx.insert_incident(&Incident { state, ..incident(n) }).await?;
            }
            Ok(())
        })
        .await;
    for (open, limit, listed) in [
        (false, 9, [6, 5, 4, 3, 2, 1].as_slice()),
        (false, 2, [6, 5].as_slice()),
        (true, 9, [6, 3, 1].as_slice()),
        (true, 1, [6].as_slice()),
    ] {
        let incidents = bench.look(async |tx| tx.incidents(IncidentFilter { open, limit }).await).await;
        let ids: Vec<_> = incidents.iter().map(|incident| incident.id).collect();
        assert_eq!(ids, listed.iter().map(|n| incident(*n).id).collect::<Vec<_>>(), "open {open}, limit {limit}");
    }
}

pub async fn an_incident_timeline_has_no_gaps(bench: &Bench) {
    let story = [
        (Actor::Caller, Change::Opened { severity: Severity::Critical, due_at: at(14400) }),
        (Actor::System, Change::Paged { person: "ana".to_owned(), round: 0 }),
        (Actor::Person("ana".to_owned()), Change::Acknowledged { person: "ana".to_owned(), method: "sms".to_owned() }),
        (Actor::Operator("Luz".to_owned()), Change::Resolved { note: Some("Se reinició «el nodo»".to_owned()) }),
        (Actor::System, Change::Closed),
    ];
    let id = bench.unit(async |tx| open(tx, 1).await).await.id;
    for (place, (actor, change)) in (1..).zip(&story) {
        assert_eq!(bench.unit(async |tx| tx.append_entry(id, at(place), actor, change).await).await, place);
    }
    let told = (1..).zip(story).map(|(sequence, (actor, change))| Entry { sequence, at: at(sequence), actor, change });
    assert_eq!(bench.look(async |tx| tx.entries(id).await).await, told.collect::<Vec<_>>());
    assert_eq!(bench.look(async |tx| tx.incident(id).await).await, Some(incident(1)), "a line is no new version");
    for (kinds, place) in
        [(&["paged", "opened"][..], Some(2)), (&["closed"], Some(5)), (&["merged"], None), (&[], None)]
    {
        let last = bench.look(async |tx| tx.last_entry_of(id, kinds).await).await;
        assert_eq!(last.map(|entry| entry.sequence), place, "{kinds:?}");
    }
    let missing = bench
        .write(async |tx| {
            tx.append_entry(incident(2).id, at(0), &Actor::System, &Change::Breached { reason: None }).await
        })
        .await;
    assert!(matches!(missing, Err(StoreError::Missing { .. })));
}

pub async fn cycle_results_are_kept_for_good(bench: &Bench) {
    let id = bench.unit(async |tx| open(tx, 1).await).await.id;
    let result = |cycle, met: Option<bool>| CycleResult {
        cycle,
        started_at: at(1),
        due_at: at(2),
        target: Target { span: TimeDelta::hours(8), mode: Mode::BusinessHours },
        responded_at: met.map(|_| at(3)),
        met,
    };
    for (cycle, met) in [(2, Some(true)), (1, Some(false)), (3, None)] {
        bench.unit(async |tx| tx.insert_cycle_result(id, &result(cycle, met)).await).await;
    }
    let again = bench.write(async |tx| tx.insert_cycle_result(id, &result(1, Some(true))).await).await;
    assert!(matches!(again, Err(StoreError::Database(_))));
    let kept = [result(1, Some(false)), result(2, Some(true)), result(3, None)];
    assert_eq!(bench.look(async |tx| tx.cycles(id).await).await, kept);
}

pub async fn affected_callers_are_counted_once(bench: &Bench) {
    bench
        .unit(async |tx| {
            for n in 1..=4 {
                tx.insert_call(&call(n)).await?;
            }
            for (key, n, caller, counted) in [
                ("case", 1, Some(phone(1)), true),
                ("case", 1, Some(phone(1)), false),
                ("case", 2, Some(phone(1)), false),
                ("case", 2, Some(phone(2)), true),
                ("case", 3, None, true),
                ("case", 4, None, true),
                ("case", 4, None, false),
                ("banner", 1, Some(phone(1)), true),
            ] {
                let call = CallId(uuid(n));
                assert_eq!(tx.count_affected(key, call, caller.as_ref()).await?, counted, "{key} {n}");
            }
            Ok(())
        })
        .await;
    for (key, number) in [("case", 4), ("banner", 1), ("none", 0)] {
        assert_eq!(bench.look(async |tx| tx.affected(key).await).await, number, "{key}");
    }
}

pub async fn an_open_incident_without_a_job_is_found(bench: &Bench) {
    bench
        .unit(async |tx| {
            for (n, state) in [1, 2, 3, 4].into_iter().zip(State::ALL) {
                tx.insert_call(&call(n)).await?;
                tx.insert_incident(&Incident { state, ..incident(n) }).await?;
            }
            Ok(())
        })
        .await;
    let forgotten = async || bench.look(async |tx| tx.open_incidents_without_job().await).await;
    assert_eq!(forgotten().await, [incident(1).id, incident(2).id, incident(3).id]);
    let mut timer = job(1, "mark", 100);
    timer.subject = Some(incident(1).id);
    bench.unit(async |tx| tx.enqueue(&timer).await).await;
    assert_eq!(forgotten().await, [incident(2).id, incident(3).id]);
    let leased = bench.unit(async |tx| tx.claim(Lane::Fast, "me", (at(100), at(200)), 1).await).await;
    assert_eq!(forgotten().await, [incident(2).id, incident(3).id], "a leased job looks at it too");
    bench.unit(async |tx| tx.finish(leased[0].id, 1, at(101)).await).await;
    assert_eq!(forgotten().await, [incident(1).id, incident(2).id, incident(3).id]);
}

pub async fn fifty_writers_keep_versions_and_timeline_contiguous(bench: &Bench) {
    let id = bench.unit(async |tx| open(tx, 1).await).await.id;
    let mut units = JoinSet::new();
    for n in 0..50 {
        let store = (*bench).clone();
        units.spawn(async move {
            store
                .write(async |tx: &mut Tx| {
                    let mut incident = tx.lock_incident(id).await?.ok_or(StoreError::Busy)?;
                    incident.cycle += 1;
                    tx.save_incident(&mut incident).await?;
                    tx.append_entry(
                        id,
                        at(n),
                        &Actor::System,
                        &Change::Reopened { cycle: incident.cycle, due_at: at(0), reason: None },
                    )
                    .await?;
                    Ok::<_, StoreError>(incident.version)
                })
                .await
                .unwrap()
        });
        // Who only writes a line need not lock anything first.
        let store = (*bench).clone();
        units.spawn(async move {
            let line = async |tx: &mut Tx| {
                tx.append_entry(id, at(n), &Actor::System, &Change::Breached { reason: None }).await
            };
            store.write(line).await.map(|_| 0).unwrap()
        });
    }
    let versions: BTreeSet<i64> = units.join_all().await.into_iter().collect();
    assert_eq!(versions, [0].into_iter().chain(2..=51).collect());
    let (incident, entries) = bench.look(async |tx| Ok((tx.incident(id).await?.unwrap(), tx.entries(id).await?))).await;
    assert_eq!((incident.version, incident.cycle), (51, 51));
    assert!(entries.iter().map(|entry| entry.sequence).eq(1..=100));
    let cycles = entries.iter().filter_map(|entry| match entry.change {
        Change::Reopened { cycle, .. } => Some(cycle),
        _ => None,
    });
    assert!(cycles.eq(2..=51), "the timeline is in the order of the changes");
}

pub async fn a_unit_that_has_an_incident_never_waits_for_its_call(bench: &Bench) {
    let id = bench.unit(async |tx| open(tx, 1).await).await.id;
    let (incident_held, call_held) = (Notify::new(), Notify::new());
    let line = Change::Breached { reason: None };
    let work = bench.write(async |tx| {
        tx.lock_incident(id).await?;
        tx.append_entry(id, at(1), &Actor::System, &line).await?;
        incident_held.notify_one();
        if !bench.is_sqlite() {
            // The other unit has the call, and gets no further than here.
            call_held.notified().await;
        }
        // PostgreSQL looks the call of an incident up again where one unit changes it twice.
        tx.append_entry(id, at(2), &Actor::System, &line).await
    });
    let webhook = async {
        incident_held.notified().await;
        let kept = Recording { incident: Some(id), ..recording(1, 1) };
        let work = bench.write(async |tx| {
            tx.lock_call(kept.call).await?;
            call_held.notify_one();
            tx.insert_recording(&kept).await?;
            tx.append_entry(id, at(3), &Actor::Caller, &line).await
        });
        work.await
    };
    let (work, webhook) = tokio::join!(work, webhook);
    assert_eq!((work.unwrap(), webhook.unwrap()), (2, 3), "both, one after the other");
}

pub async fn an_impossible_value_is_named_not_read(bench: &Bench) {
    bench
        .unit(async |tx| {
            open(tx, 1).await?;
            tx.insert_turn(&turn(1, 0)).await?;
            tx.insert_message(&message(1, Some(1))).await?;
            tx.insert_page(&page(1, 1, "ana")).await
        })
        .await;
    let number = format!("'{}'", number(1));
    for (table, column, bad, good) in [
        ("calls", "caller", "'anonymous'", "NULL"),
        ("calls", "line", "'311'", "'+18095559999'"),
        ("calls", "turn", "-1", "0"),
        ("calls", "outcome", "'lost'", "NULL"),
        ("turns", "answer", "'{'", "'[]'"),
        ("incidents", "number", "'1'", number.as_str()),
        ("incidents", "state", "'nowhere'", "'received'"),
        ("incidents", "severity", "'dire'", "'major'"),
        ("incidents", "cycle", "4294967296", "1"),
        ("incidents", "target_mode", "'never'", "'continuous'"),
        ("incidents", "target_seconds", "9223372036854775807", "60"),
        ("incidents", "reporter", "'x'", "NULL"),
        ("incidents", "call_back", "''", "NULL"),
        ("incidents", "merged_into", "'1'", "NULL"),
        ("messages", "state", "'gone'", "'sent'"),
        ("messages", "recipient", "'*'", "'+18095550001'"),
        ("messages", "error_code", "-1", "NULL"),
        ("pages", "round", "-1", "0"),
    ] {
        assert_eq!(bench.past_the_store(&format!("UPDATE {table} SET {column} = {bad}")).await, 1);
        let read = bench
            .read(async |tx| {
                tx.call(CallId(uuid(1))).await?;
                tx.turn(CallId(uuid(1)), 0).await?;
                tx.incident(incident(1).id).await?;
                tx.messages(incident(1).id).await?;
                tx.pages(incident(1).id).await?;
                Ok::<_, StoreError>(())
            })
            .await;
        let error = read.expect_err(column);
        assert!(!error.is_unavailable());
        assert!(
            matches!(&error, StoreError::Corrupt { table: named, column: what, .. } if (*named, *what) == (table, column)),
            "{table}.{column}: {error}"
        );
        bench.past_the_store(&format!("UPDATE {table} SET {column} = {good}")).await;
    }
}
