//! Accounts of the console, sessions, and the audit.

use guardia::access::{Account, Act, Chain, PasswordDigest, Role, Session};
use guardia::id::AccountId;
use guardia::language::Language;
use guardia::store::{AuditFilter, Store, StoreError, Tx};

use crate::bench::Bench;
use crate::sample::{at, uuid};

pub fn account(n: u32) -> Account {
    Account {
        id: AccountId(uuid(n)),
        login: format!("ana-{n}"),
        name: "Ana Peña".to_owned(),
        role: Role::Supervisor,
        person: None,
        language: Language::Es,
        password: Some(PasswordDigest("$argon2id$".to_owned())),
        temporary: true,
        totp: None,
        totp_step: 0,
        failures: 0,
        locked_until: None,
        created_at: at(i64::from(n)),
        disabled_at: None,
    }
}

pub async fn an_account_comes_back_as_it_was_kept(bench: &Bench) {
    let (one, two) = (account(1), account(2));
    assert!(bench.unit(async |tx| tx.insert_account(&two).await).await);
    assert!(bench.unit(async |tx| tx.insert_account(&one).await).await);
    let namesake = Account { login: one.login.clone(), ..account(3) };
    assert!(!bench.unit(async |tx| tx.insert_account(&namesake).await).await);
    let changed = Account {
        name: "Ana P. Gil".to_owned(),
        role: Role::Agent,
        person: Some("ana".to_owned()),
        language: Language::En,
        password: None,
        temporary: false,
        totp: Some("JBSWY3DPEHPK3PXP".to_owned()),
        totp_step: 57_000_000,
        failures: 5,
        locked_until: Some(at(50)),
        disabled_at: Some(at(60)),
        ..one.clone()
    };
    let locked = bench.unit(async |tx| tx.lock_account("ana-1").await).await;
    assert_eq!(locked, Some(one));
    bench.unit(async |tx| tx.update_account(&changed).await).await;
    assert_eq!(bench.look(async |tx| tx.account_by_login("ana-1").await).await, Some(changed.clone()));
    assert_eq!(bench.look(async |tx| tx.account_by_login("ana-9").await).await, None);
    assert_eq!(bench.look(async |tx| tx.accounts().await).await, [changed, two]);
    let stranger = account(9);
    let missing = bench.write(async |tx: &mut Tx| tx.update_account(&stranger).await).await;
    assert!(matches!(missing, Err(StoreError::Missing { .. })), "{missing:?}");
}

pub async fn a_session_ends_by_itself_and_by_hand(bench: &Bench) {
    let account = account(1);
    bench.unit(async |tx| tx.insert_account(&account).await).await;
    let session = |hash: &str, began: i64, seen: i64| Session {
        hash: hash.to_owned(),
        account: account.id,
        began_at: at(began),
        seen_at: at(seen),
    };
    for session in [session("a", 0, 0), session("b", 10, 10), session("c", 20, 20), session("d", 30, 30)] {
        bench.unit(async |tx| tx.insert_session(&session).await).await;
    }
    let kept = async |hash: &str| bench.look(async |tx| tx.session(hash).await).await;
    assert_eq!(kept("b").await, Some((session("b", 10, 10), account.clone())));
    assert_eq!(kept("x").await, None);
    // Seen within the minute, and later.
    for (now, before, seen) in [(40, 5, 10), (50, 45, 50)] {
        bench.unit(async |tx| tx.touch_session("b", at(now), at(before)).await).await;
        assert_eq!(kept("b").await, Some((session("b", 10, seen), account.clone())));
    }
    assert_eq!(bench.unit(async |tx| tx.forget_sessions(at(15), at(5)).await).await, 1, "a was not seen");
    assert!(bench.unit(async |tx| tx.end_session("c").await).await);
    assert!(!bench.unit(async |tx| tx.end_session("c").await).await);
    assert_eq!(bench.unit(async |tx| tx.end_sessions(account.id, Some("d")).await).await, 1);
    assert!(kept("b").await.is_none() && kept("d").await.is_some());
    assert_eq!(bench.unit(async |tx| tx.end_sessions(account.id, None).await).await, 1);
}

fn act(n: i64, actor: &str, subject: &str) -> Act {
    Act {
        at: at(n),
        actor: actor.to_owned(),
        act: "recording.heard".to_owned(),
        subject: subject.to_owned(),
        reason: "queja Nº 7".to_owned(),
        detail: String::new(),
    }
}

pub async fn the_audit_is_one_chain_however_many_write(bench: &Bench) {
    async fn write(store: Store, n: i64) {
        let act = act(n, if n % 2 == 0 { "ana" } else { "luis" }, &format!("call:{}", n % 3));
        store.write(async |tx: &mut Tx| tx.append_act(&act).await).await.unwrap();
    }
    let writers: Vec<_> = (0..20).map(|n| tokio::spawn(write((**bench).clone(), n))).collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let mut chain = Chain::default();
    loop {
        let entries = bench.look(async |tx| tx.audit_after(chain.len(), 7).await).await;
        if entries.is_empty() {
            break;
        }
        for entry in &entries {
            chain.follow(entry).unwrap();
        }
    }
    assert_eq!(chain.len(), 20);
    let list = async |filter: AuditFilter, before: Option<i64>, limit: u32| {
        bench.look(async |tx| tx.audit_before(&filter, before, limit).await).await
    };
    let newest: Vec<i64> = list(AuditFilter::default(), None, 3).await.iter().map(|entry| entry.sequence).collect();
    assert_eq!(newest, [20, 19, 18]);
    assert_eq!(list(AuditFilter::default(), Some(2), 9).await.len(), 1);
    let some = |text: &str| Some(text.to_owned());
    for (filter, found) in [
        (AuditFilter { actor: some("ana"), ..AuditFilter::default() }, 10),
        (AuditFilter { subject: some("call:0"), ..AuditFilter::default() }, 7),
        (AuditFilter { actor: some("ana"), subject: some("call:0"), ..AuditFilter::default() }, 4),
        (AuditFilter { act: some("recording"), ..AuditFilter::default() }, 20),
        (AuditFilter { act: some("recording.heard"), ..AuditFilter::default() }, 20),
        (AuditFilter { act: some("record"), ..AuditFilter::default() }, 0),
    ] {
        assert_eq!(list(filter.clone(), None, 100).await.len(), found, "{filter:?}");
    }
}
