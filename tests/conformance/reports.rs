//! What reports are made of.

use chrono::TimeDelta;
use guardia::call::Call;
use guardia::incident::State;
use guardia::sla::Severity;
use guardia::store::{CycleResult, StoreError, Tx};

use crate::bench::Bench;
use crate::sample::{self, at, phone};

/// Keeps case number `n`, changed as a story needs it.
async fn case(tx: &mut Tx, n: u32, change: impl FnOnce(&mut guardia::incident::Incident)) -> Result<(), StoreError> {
    let mut incident = sample::open(tx, n).await?;
    change(&mut incident);
    tx.save_incident(&mut incident).await
}

pub async fn every_promise_is_told_once(bench: &Bench) {
    bench
        .unit(async |tx| {
            case(tx, 1, |case| {
                case.acknowledged_at = Some(at(60));
                case.responded_at = Some(at(600));
                case.institution = Some("0001".to_owned());
                case.institution_name = Some("Hacienda".to_owned());
                case.service = Some("pagos".to_owned());
            })
            .await?;
            case(tx, 2, |case| case.state = State::Cancelled).await?;
            case(tx, 3, |case| case.merged_into = Some(sample::number(1))).await?;
            // Reopened: the first cycle has its result, the second one runs.
            let first = CycleResult {
                cycle: 1,
                started_at: at(4),
                due_at: at(400),
                target: sample::incident(4).target,
                responded_at: Some(at(300)),
                met: Some(true),
            };
            case(tx, 4, |case| {
                case.cycle = 2;
                case.severity = Severity::Major;
                case.started_at = at(5000);
                case.due_at = at(9000);
            })
            .await?;
            tx.insert_cycle_result(sample::incident(4).id, &first).await?;
            // Its own test is no promise.
            let tested = sample::open(tx, 5).await?;
            let canary = guardia::paging::Canary {
                incident: tested.id,
                person: "ana".to_owned(),
                started_at: at(5),
                ended_at: None,
                answered: false,
            };
            tx.insert_canary(&canary).await
        })
        .await;
    let promises = bench.look(async |tx| tx.promises(at(0), at(10_000), 10).await).await;
    let told: Vec<_> = promises.iter().map(|told| (told.case.clone(), told.started_at, told.due_at)).collect();
    let (one, four) = (sample::number(1).to_string(), sample::number(4).to_string());
    let due = at(1) + TimeDelta::hours(4);
    assert_eq!(told, [(one, at(1), due), (four.clone(), at(4), at(400)), (four, at(5000), at(9000))]);
    assert_eq!(promises[0].institution, Some(("0001".to_owned(), "Hacienda".to_owned())));
    assert_eq!((promises[0].acknowledged_at, promises[0].responded_at), (Some(at(60)), Some(at(600))));
    assert_eq!((promises[1].responded_at, promises[2].responded_at), (Some(at(300)), None));
    assert_eq!(promises[2].severity, Severity::Major);
    // From, inclusive, until, exclusive; no more than the limit.
    for (from, until, limit, count) in [(1, 2, 10, 1), (2, 4, 10, 0), (4, 5001, 10, 2), (0, 10_000, 2, 2)] {
        let found = bench.look(async |tx| tx.promises(at(from), at(until), limit).await).await.len();
        assert_eq!(found, count, "{from} {until}");
    }
}

pub async fn whoever_rings_again_and_again_is_found(bench: &Bench) {
    let ring = |n: u32, from: Option<u32>| Call { from: from.map(phone), ..sample::call(n) };
    let calls = [
        ring(1, Some(7)),
        ring(2, Some(8)),
        ring(3, Some(7)),
        ring(4, None),
        ring(5, None),
        ring(6, Some(8)),
        ring(7, Some(7)),
    ];
    bench
        .unit(async |tx| {
            for call in &calls {
                tx.insert_call(call).await?;
            }
            Ok(())
        })
        .await;
    let often = async |from: i64, often: u32, limit: u32| {
        let callers = bench.look(async |tx| tx.repeat_callers(at(from), at(100), often, limit).await).await;
        callers.into_iter().map(|one| (one.caller, one.calls, one.last, one.last_at)).collect::<Vec<_>>()
    };
    let (seven, eight) = ((phone(7), 3, calls[6].id, at(7)), (phone(8), 2, calls[5].id, at(6)));
    assert_eq!(often(0, 2, 9).await, [seven.clone(), eight]);
    assert_eq!(often(0, 3, 9).await, std::slice::from_ref(&seven));
    assert_eq!(often(0, 2, 1).await, [seven]);
    assert_eq!(often(3, 3, 9).await, []);
    let answered = bench.look(async |tx| tx.answered_in(at(2), at(5), 9).await).await;
    assert_eq!(answered, [at(2), at(3), at(4)]);
    assert_eq!(bench.look(async |tx| tx.answered_in(at(0), at(99), 2).await).await.len(), 2);
}
