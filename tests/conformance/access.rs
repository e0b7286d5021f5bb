//! Tokens of programs, requests that come again, addresses that hear of changes.

use guardia::access::{Answer, ApiToken, EventWords, Hook, HookEvent, Idempotency, Scope, Scopes, token_hash};
use guardia::id::{HookId, TokenId};
use guardia::store::{KeptAnswer, Store, Tx};

use crate::bench::Bench;
use crate::sample::{at, uuid};

fn token(n: u32) -> ApiToken {
    ApiToken {
        id: TokenId(uuid(n)),
        name: format!("desk-{n}"),
        hash: token_hash(&format!("text {n}")),
        scopes: [Scope::TicketsRead, Scope::DutyRead].into_iter().collect(),
        created_at: at(i64::from(n)),
        last_used_at: None,
        expires_at: Some(at(1000)),
        revoked_at: None,
    }
}

pub async fn a_token_is_known_by_its_hash_until_it_is_ended(bench: &Bench) {
    let (mut one, two) = (token(1), ApiToken { scopes: Scopes::default(), expires_at: None, ..token(2) });
    let namesake = ApiToken { name: one.name.clone(), ..token(3) };
    assert!(bench.unit(async |tx| tx.insert_token(&two).await).await);
    assert!(bench.unit(async |tx| tx.insert_token(&one).await).await);
    assert!(!bench.unit(async |tx| tx.insert_token(&namesake).await).await);
    assert_eq!(bench.look(async |tx| tx.tokens().await).await, [one.clone(), two.clone()]);
    // Used, and used again within the hour.
    for (seconds, since, noted) in [(10, 0, 10), (20, 5, 10), (30, 25, 30)] {
        bench.unit(async |tx| tx.touch_token(one.id, at(seconds), at(since)).await).await;
        one.last_used_at = Some(at(noted));
        assert_eq!(bench.look(async |tx| tx.token_by_hash(&one.hash).await).await.as_ref(), Some(&one));
    }
    assert!(bench.unit(async |tx| tx.revoke_token("desk-1", at(40)).await).await);
    for name in ["desk-1", "desk-9"] {
        assert!(!bench.unit(async |tx| tx.revoke_token(name, at(50)).await).await);
    }
    one.revoked_at = Some(at(40));
    assert_eq!(bench.look(async |tx| tx.token_by_hash(&one.hash).await).await, Some(one));
    assert_eq!(bench.look(async |tx| tx.token_by_hash(&two.hash).await).await, Some(two));
    assert_eq!(bench.look(async |tx| tx.token_by_hash("none").await).await, None);
}

fn request(token: &str, key: &str, fingerprint: &str) -> Idempotency {
    Idempotency { token: token.to_owned(), key: key.to_owned(), fingerprint: fingerprint.to_owned() }
}

pub async fn an_answer_is_kept_once_and_for_its_time(bench: &Bench) {
    let made = Answer {
        status: 201,
        location: Some("/api/v1/tickets/1".to_owned()),
        etag: Some("\"1\"".to_owned()),
        body: "{\"b\": 1.0,  \"a\": \"ñ\"}".to_owned(),
    };
    let plain = Answer::json(200, &serde_json::json!({ "a": null }));
    let (first, other) = (request("desk", "k", "one"), request("desk", "k", "two"));
    let elsewhere = request("portal", "k", "three");
    let keep = async |request: &Idempotency, answer: &Answer, seconds: i64, since: i64| {
        bench.unit(async |tx| tx.keep_answer(request, answer, at(seconds), at(since)).await).await
    };
    let kept = async |token: &str, since: i64| bench.look(async |tx| tx.kept_answer(token, "k", at(since)).await).await;
    assert_eq!(kept("desk", 0).await, None);
    assert!(keep(&first, &made, 10, 0).await && keep(&elsewhere, &plain, 20, 0).await);
    assert!(!keep(&other, &plain, 15, 10).await, "what is not too old stands");
    let answer =
        |fingerprint: &str, answer: &Answer| KeptAnswer { fingerprint: fingerprint.to_owned(), answer: answer.clone() };
    assert_eq!(kept("desk", 10).await, Some(answer("one", &made)));
    assert_eq!(kept("desk", 11).await, None);
    assert_eq!(kept("portal", 0).await, Some(answer("three", &plain)));
    // Too old, it gives way.
    assert!(keep(&other, &plain, 40, 11).await);
    assert_eq!(kept("desk", 0).await, Some(answer("two", &plain)));
    for (since, left) in [(20, Some(at(20))), (21, Some(at(40))), (41, None)] {
        assert_eq!(bench.unit(async |tx| tx.forget_answers(at(since)).await).await, left);
    }
    assert_eq!(kept("desk", 0).await, None);
}

pub async fn two_units_never_keep_two_answers(bench: &Bench) {
    let store = Store::clone(bench);
    let answer = Answer::json(201, &serde_json::json!({}));
    let mut tasks = Vec::new();
    for n in 0..8 {
        let (store, answer) = (store.clone(), answer.clone());
        tasks.push(tokio::spawn(async move {
            let request = request("desk", "k", &n.to_string());
            store.write(async |tx: &mut Tx| tx.keep_answer(&request, &answer, at(n), at(0)).await).await.unwrap()
        }));
    }
    let mut kept = 0;
    for task in tasks {
        kept += u32::from(task.await.unwrap());
    }
    assert_eq!(kept, 1);
}

pub async fn a_hook_is_told_until_it_is_switched_off_or_removed(bench: &Bench) {
    let hook = |n: u32, events: &[HookEvent]| Hook {
        id: HookId(uuid(n)),
        name: format!("portal-{n}"),
        url: format!("https://portal-{n}.example/hooks?x=ñ"),
        secret: format!("whsec_{n}"),
        events: EventWords::of(events),
        active: true,
        created_at: at(i64::from(n)),
    };
    let (mut one, two) = (hook(1, &[]), hook(2, &[HookEvent::Moved, HookEvent::Opened]));
    assert!(bench.unit(async |tx| tx.insert_hook(&two).await).await);
    assert!(bench.unit(async |tx| tx.insert_hook(&one).await).await);
    let namesake = Hook { name: one.name.clone(), ..hook(3, &[]) };
    assert!(!bench.unit(async |tx| tx.insert_hook(&namesake).await).await);
    assert_eq!(bench.look(async |tx| tx.hooks().await).await, [one.clone(), two.clone()]);
    for (active, changes) in [(true, false), (false, true), (false, false)] {
        assert_eq!(bench.unit(async |tx| tx.switch_hook(one.id, active).await).await, changes);
    }
    one.active = false;
    assert_eq!(bench.look(async |tx| tx.hook(one.id).await).await, Some(one.clone()));
    for removed in [true, false] {
        assert_eq!(bench.unit(async |tx| tx.remove_hook(one.id).await).await, removed);
    }
    assert_eq!(bench.look(async |tx| tx.hook(one.id).await).await, None);
    assert_eq!(bench.look(async |tx| tx.hooks().await).await, [two]);
}
