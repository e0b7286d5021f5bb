//! What the wall reads.

use guardia::access::{Account, Session};
use guardia::id::IncidentId;
use guardia::incident::{Incident, State};
use guardia::paging::{Canary, Page};
use guardia::store::CaseFilter;

use crate::accounts::account;
use crate::bench::Bench;
use crate::sample::{self, at, uuid};

pub async fn the_wall_has_open_cases_by_their_promise_and_no_tests(bench: &Bench) {
    let kept = async |n: u32, change: &dyn Fn(&mut Incident)| {
        let mut incident = sample::incident(n);
        change(&mut incident);
        bench.unit(async |tx| tx.insert_call(&sample::call(n)).await).await;
        bench.unit(async |tx| tx.insert_incident(&incident).await).await;
        incident
    };
    let late = kept(1, &|incident| incident.due_at = at(90_000)).await;
    let soon = kept(2, &|incident| incident.state = State::Acknowledged).await;
    let answered = kept(3, &|incident| {
        (incident.state, incident.responded_at, incident.due_at) = (State::Responded, Some(at(9)), at(10));
    })
    .await;
    kept(4, &|incident| incident.state = State::Resolved).await;
    let test = kept(5, &|_| {}).await;
    let canary =
        Canary { incident: test.id, person: "ana".to_owned(), started_at: at(5), ended_at: None, answered: false };
    bench.unit(async |tx| tx.insert_canary(&canary).await).await;
    assert_eq!(
        bench.look(async |tx| tx.open_cases(&CaseFilter::default(), None, 9).await).await,
        [soon.clone(), late.clone(), answered]
    );
    let first = bench.look(async |tx| tx.open_cases(&CaseFilter::default(), None, 1).await).await;
    assert_eq!(first, std::slice::from_ref(&soon));
    assert_eq!(bench.look(async |tx| tx.count_open_cases().await).await, 3);

    // Pages stand until they are answered or closed, and their cycle is over.
    let page = |n: u32, change: &dyn Fn(&mut Page)| {
        let mut page = sample::page(n, 2, "ana");
        change(&mut page);
        page
    };
    let standing = [page(1, &|page| page.incident = late.id), page(2, &|_| {})];
    let others = [
        page(3, &|page| page.answered_at = Some(at(3))),
        page(4, &|page| page.closed_at = Some(at(3))),
        page(5, &|page| page.cycle = 2),
        page(6, &|page| page.incident = IncidentId(uuid(1004))),
        page(7, &|page| page.incident = test.id),
    ];
    for page in others.iter().chain(&standing) {
        bench.unit(async |tx| tx.insert_page(page).await).await;
    }
    assert_eq!(bench.look(async |tx| tx.standing_pages(9).await).await, standing);
    assert_eq!(bench.look(async |tx| tx.standing_pages(1).await).await, standing[..1]);
}

pub async fn the_wall_has_the_calls_that_last(bench: &Bench) {
    let mut over = sample::call(3);
    over.ended_at = Some(at(4));
    for call in [sample::call(4), sample::call(1), sample::call(2), over] {
        bench.unit(async |tx| tx.insert_call(&call).await).await;
    }
    let since =
        async |seconds: i64, limit: u32| bench.look(async |tx| tx.calls_in_progress(at(seconds), limit).await).await;
    assert_eq!(since(2, 9).await, [sample::call(2), sample::call(4)]);
    assert_eq!(since(0, 1).await, [sample::call(1)]);
}

pub async fn whoever_watches_is_seen_until_their_session_ends(bench: &Bench) {
    let open = account(1);
    let disabled = Account { disabled_at: Some(at(9)), ..account(2) };
    for account in [&open, &disabled] {
        bench.unit(async |tx| tx.insert_account(account).await).await;
    }
    let session = |hash: &str, account: &Account, began: i64, seen: i64| Session {
        hash: hash.to_owned(),
        account: account.id,
        began_at: at(began),
        seen_at: at(seen),
    };
    for session in [
        session("a", &open, 10, 20),
        session("b", &open, 10, 15),
        session("old", &open, 5, 20),
        session("off", &disabled, 10, 20),
    ] {
        bench.unit(async |tx| tx.insert_session(&session).await).await;
    }
    let live = async || {
        let mut live = bench.look(async |tx| tx.live_sessions(at(15), at(5)).await).await;
        live.sort();
        live
    };
    assert_eq!(live().await, ["a"]);
    let hashes = ["a", "b", "gone"].map(str::to_owned);
    assert_eq!(bench.unit(async |tx| tx.touch_sessions(&hashes, at(40), at(20)).await).await, 1, "a was seen at 20");
    assert_eq!(live().await, ["a", "b"]);
    assert_eq!(bench.unit(async |tx| tx.touch_sessions(&[], at(50), at(50)).await).await, 0);
}
