//! Pages that are told together.

use guardia::id::{BundleId, IncidentId, MessageId};
use guardia::paging::{Bundle, Notice, Page, Throttle, Tidings, Way};
use guardia::store::{Lane, StoreError};

use crate::bench::Bench;
use crate::sample::{at, job, message, open, page, uuid};

pub async fn one_bundle_at_a_time_gathers_for_a_person(bench: &Bench) {
    let (first, second) = (BundleId(uuid(1)), BundleId(uuid(2)));
    let mut gathered = bench.unit(async |tx| tx.gather("ana", first, at(0)).await).await;
    let expected = Bundle { id: first, person: "ana".to_owned(), code_hash: None, opened_at: at(0), sent_at: None };
    assert_eq!(gathered, expected);
    assert_eq!(bench.unit(async |tx| tx.gather("ana", second, at(5)).await).await, expected, "it stands");
    assert_eq!(bench.unit(async |tx| tx.gather("luis", BundleId(uuid(3)), at(5)).await).await.person, "luis");
    assert_eq!(bench.look(async |tx| tx.bundles_of("ana", at(0)).await).await, [], "it was not sent yet");
    gathered.code_hash = Some("hash".to_owned());
    gathered.sent_at = Some(at(10));
    bench.unit(async |tx| tx.save_bundle(&gathered).await).await;
    assert_eq!(bench.unit(async |tx| tx.lock_bundle(first).await).await.as_ref(), Some(&gathered));
    assert_eq!(bench.unit(async |tx| tx.lock_bundle(second).await).await, None);
    for (person, hash, since, known) in [
        ("ana", "hash", 10, true),
        ("ana", "hash", 11, false),
        ("ana", "another", 0, false),
        ("luis", "hash", 0, false),
    ] {
        let found = bench.look(async |tx| tx.is_code_known(person, hash, at(since)).await).await;
        assert_eq!(found, known, "{person} {hash} {since}");
    }
    let mut next = bench.unit(async |tx| tx.gather("ana", second, at(11)).await).await;
    assert_eq!((next.id, next.opened_at), (second, at(11)));
    next.sent_at = Some(at(21));
    bench.unit(async |tx| tx.save_bundle(&next).await).await;
    assert_eq!(bench.look(async |tx| tx.bundles_of("ana", at(0)).await).await, [next.clone(), gathered.clone()]);
    assert_eq!(bench.look(async |tx| tx.bundles_of("ana", at(11)).await).await, [next]);
    let stranger = Bundle { id: BundleId(uuid(9)), ..gathered };
    let missing = bench.write(async |tx| tx.save_bundle(&stranger).await).await;
    assert!(matches!(missing, Err(StoreError::Missing { table: "bundles", .. })));
}

pub async fn a_bundle_holds_its_pages_and_is_carried_by_its_messages(bench: &Bench) {
    let id = BundleId(uuid(1));
    let bundled = |n, incident| Page { bundle: Some(id), code_hash: String::new(), ..page(n, incident, "ana") };
    let (first, second, alone) = (bundled(2, 1), bundled(1, 2), page(3, 1, "ana"));
    bench
        .unit(async |tx| {
            open(tx, 1).await?;
            open(tx, 2).await?;
            tx.gather("ana", id, at(0)).await?;
            for page in [&second, &first, &alone] {
                tx.insert_page(page).await?;
            }
            for n in [1, 2, 3] {
                tx.insert_message(&message(n, Some(1))).await?;
            }
            tx.insert_bundle_message(MessageId(uuid(3001)), id).await?;
            tx.insert_bundle_message(MessageId(uuid(3002)), id).await
        })
        .await;
    // In the order of their incidents, whichever came first.
    assert_eq!(bench.look(async |tx| tx.pages_of_bundle(id).await).await, [first.clone(), second.clone()]);
    assert_eq!(bench.look(async |tx| tx.bundle_of_message(MessageId(uuid(3002))).await).await, Some(id));
    assert_eq!(bench.look(async |tx| tx.bundle_of_message(MessageId(uuid(3003))).await).await, None);
    for page in [&first, &second] {
        let carriers = bench.look(async |tx| tx.messages_of_page(page.id).await).await;
        assert_eq!(carriers, [message(1, Some(1)), message(2, Some(1))]);
    }
    assert_eq!(bench.look(async |tx| tx.messages_of_page(alone.id).await).await, []);
    bench.unit(async |tx| tx.unbundle_page(first.id, "hash").await).await;
    let out = Page { bundle: None, code_hash: "hash".to_owned(), ..first };
    assert_eq!(bench.look(async |tx| tx.page(out.id).await).await.as_ref(), Some(&out));
    assert_eq!(bench.look(async |tx| tx.pages_of_bundle(id).await).await, [second]);
    let missing = bench.write(async |tx| tx.unbundle_page(page(9, 1, "ana").id, "hash").await).await;
    assert!(matches!(missing, Err(StoreError::Missing { table: "pages", .. })));
}

pub async fn the_first_page_of_a_new_case_overtakes_three_hundred_repeats(bench: &Bench) {
    use guardia::ops::Task;

    let new = Task::SendMessage { message: MessageId(uuid(1)) };
    bench
        .unit(async |tx| {
            for n in 0..300 {
                let key = format!("repeat-{n}");
                tx.enqueue(&guardia::store::NewJob { priority: Task::REPEAT, ..job(n, &key, 0) }).await?;
            }
            tx.enqueue(&guardia::store::NewJob { priority: new.priority(), ..job(300, "new", 60) }).await
        })
        .await;
    let claimed = bench.unit(async |tx| tx.claim(Lane::Fast, "runner", (at(60), at(90)), 1).await).await;
    assert_eq!(claimed[0].key, "new", "the newest of 301 that are due");
}

/// A night of cases, repeats, bundles and answers, the same on every run: by what is read for it, each page goes out the
/// way that all the pages of the person would have it.
pub async fn what_is_read_of_a_night_decides_as_the_whole_of_it_would(bench: &Bench) {
    let throttle = Throttle { burst: 3, ..Throttle::default() };
    let long_ago = at(-1_000_000);
    let bundle = BundleId(uuid(1));
    bench
        .unit(async |tx| {
            for n in 1..=12 {
                open(tx, n).await?;
            }
            tx.gather("ana", bundle, at(0)).await.map(drop)
        })
        .await;
    let mut ways = Vec::new();
    let (mut dice, mut seconds) = (2026_u32, 0);
    for n in 1..200 {
        dice = dice.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        let throw = dice >> 16;
        seconds += i64::from(throw % 40);
        let (case, now) = (1 + throw % 12, at(seconds));
        let mut next = Page { round: n, created_at: now, ..page(n, case, "ana") };
        let weighed =
            bench.look(async |tx| tx.pages_to_weigh("ana", next.incident, long_ago, now - throttle.per).await).await;
        let all = bench.look(async |tx| tx.pages_of("ana", long_ago).await).await;
        let way = throttle.way(&all, next.incident, 1, now);
        assert_eq!(throttle.way(&weighed, next.incident, 1, now), way, "page {n} of {}", all.len());
        assert!(weighed.iter().all(|page| all.contains(page)));
        if way == Way::Together {
            next.bundle = Some(bundle);
        }
        if throw % 5 == 0 {
            next.closed_at = Some(now);
        }
        bench.unit(async |tx| tx.insert_page(&next).await).await;
        if throw % 7 == 0 {
            bench.unit(async |tx| tx.close_pages(next.incident, now).await).await;
        }
        ways.push(way);
    }
    assert!(ways.contains(&Way::Alone) && ways.contains(&Way::Together), "{ways:?}");
}

pub async fn notices_gather_until_they_are_taken(bench: &Bench) {
    let of = |incident, percent, told: Option<i64>| Notice {
        incident,
        cycle: 1,
        percent,
        person: "ana".to_owned(),
        created_at: at(10),
        told_at: told.map(at),
    };
    bench.unit(async |tx| open(tx, 1).await.map(drop)).await;
    bench.unit(async |tx| open(tx, 2).await.map(drop)).await;
    let (one, two) = (IncidentId(uuid(1001)), IncidentId(uuid(1002)));
    let (alone, first, second) = (of(one, 50, Some(10)), of(one, 75, None), of(two, 75, None));
    let breach = of(two, 100, None);
    let other = Notice { person: "luis".to_owned(), ..first.clone() };
    bench
        .unit(async |tx| {
            for notice in [&alone, &second, &first, &breach, &other] {
                tx.put_notice(notice).await?;
            }
            Ok(())
        })
        .await;
    let kept = bench.look(async |tx| tx.notices_of("ana", at(10)).await).await;
    assert_eq!(kept.len(), 4);
    assert!(kept.contains(&alone) && kept.contains(&breach) && alone.went_alone() && !breach.went_alone());
    assert_eq!(bench.look(async |tx| tx.notices_of("ana", at(11)).await).await, []);
    let told = |notice: &Notice| Notice { told_at: Some(at(20)), ..notice.clone() };
    let taken = bench.unit(async |tx| tx.take_notices("ana", Tidings::Warning, at(20)).await).await;
    assert_eq!(taken, [told(&first), told(&second)], "by incident, and only warnings");
    assert_eq!(bench.unit(async |tx| tx.take_notices("ana", Tidings::Warning, at(30)).await).await, []);
    assert_eq!(bench.unit(async |tx| tx.take_notices("ana", Tidings::Breach, at(30)).await).await.len(), 1);
    // The same mark passes anew in the same cycle.
    let again = Notice { created_at: at(40), told_at: None, ..breach };
    bench.unit(async |tx| tx.put_notice(&again).await).await;
    let taken = bench.unit(async |tx| tx.take_notices("ana", Tidings::Breach, at(50)).await).await;
    assert_eq!(taken, [Notice { told_at: Some(at(50)), ..again }]);
}
