//! Tokens of programs.

use guardia::access::{ApiToken, Scope, Scopes, token_hash};
use guardia::id::TokenId;

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
