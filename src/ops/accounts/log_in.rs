//! Somebody comes in, is known again, and goes out.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::act;
use crate::access::{Account, PasswordDigest, PasswordError, Passwords, Session};
use crate::id::{Ids, hex};
use crate::ops::{Hotline, OpsError};
use crate::store::Tx;

/// So many passwords are hashed at once at most: each takes a core and 19 MiB.
const SLOTS: usize = 2;
/// Bytes of chance in what a browser shows.
const TOKEN: usize = 32;

/// Checks passwords, few at once and off the runtime's threads. Cheap to clone.
#[derive(Clone)]
pub struct Gatekeeper {
    passwords: Arc<Passwords>,
    slots: Arc<Semaphore>,
}

impl Default for Gatekeeper {
    fn default() -> Self {
        Self { passwords: Arc::default(), slots: Arc::new(Semaphore::new(SLOTS)) }
    }
}

impl Gatekeeper {
    /// Whether `text` is the password of `digest`; without one it takes as long, and is not.
    pub async fn is_right(&self, digest: Option<PasswordDigest>, text: String) -> bool {
        let passwords = Arc::clone(&self.passwords);
        let _slot = self.slots.acquire().await;
        let checked = tokio::task::spawn_blocking(move || passwords.is_right(digest.as_ref(), &text));
        checked.await.unwrap_or(false)
    }

    /// The digest of a new password.
    ///
    /// # Errors
    /// [`PasswordError::Hash`].
    pub async fn digest(&self, ids: &Ids, text: String) -> Result<PasswordDigest, PasswordError> {
        let (passwords, ids) = (Arc::clone(&self.passwords), ids.clone());
        let _slot = self.slots.acquire().await;
        let made = tokio::task::spawn_blocking(move || passwords.digest(&ids, &text));
        made.await.unwrap_or(Err(PasswordError::Hash))
    }
}

/// Somebody who came in.
#[derive(Debug)]
pub struct Entered {
    /// What their browser shows from now on; the store has its hash.
    pub token: String,
    /// Who they are.
    pub account: Account,
}

/// Comes in with a login and a password; `None` = they do not count together, or the account is locked or disabled: which of
/// these it is, nobody is told.
///
/// # Errors
/// The store's.
pub async fn log_in(
    hotline: &Hotline,
    gatekeeper: &Gatekeeper,
    login: &str,
    password: &str,
) -> Result<Option<Entered>, OpsError> {
    let known = hotline.store.read(async |tx: &mut Tx| tx.account_by_login(login).await).await?;
    let digest = known.as_ref().and_then(|account| account.password.clone());
    let is_right = gatekeeper.is_right(digest.clone(), password.to_owned()).await;
    if known.is_none() {
        return Ok(None);
    }
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Option<Entered>, OpsError> {
            let now = hotline.now();
            let Some(mut account) = tx.lock_account(login).await? else { return Ok(None) };
            if !account.is_open(now) {
                return Ok(None);
            }
            // Somebody may have changed it while it was being checked.
            if !is_right || account.password != digest {
                account.failures = account.failures.saturating_add(1);
                if let Some(until) = Account::lock_after(account.failures, now) {
                    account.locked_until = Some(until);
                    tx.update_account(&account).await?;
                    tx.append_act(&act(hotline, "guardia", "account.locked", login, "")).await?;
                } else {
                    tx.update_account(&account).await?;
                }
                return Ok(None);
            }
            (account.failures, account.locked_until) = (0, None);
            tx.update_account(&account).await?;
            let token = enter(hotline, tx, &account).await?;
            Ok(Some(Entered { token, account }))
        })
        .await
}

/// Begins a session; gives what the browser shows.
async fn enter(hotline: &Hotline, tx: &mut Tx, account: &Account) -> Result<String, OpsError> {
    let (now, token) = (hotline.now(), hex(&hotline.ids.bytes::<TOKEN>()));
    let session = Session { hash: session_hash(&token), account: account.id, began_at: now, seen_at: now };
    tx.forget_sessions(now - Session::IDLE, now - Session::LONGEST).await?;
    tx.insert_session(&session).await?;
    tx.append_act(&act(hotline, &account.login, "session.begun", &account.login, "")).await?;
    Ok(token)
}

/// Who shows this; `None` = nobody who still counts.
///
/// # Errors
/// The store's.
pub async fn visitor(hotline: &Hotline, token: &str) -> Result<Option<(Session, Account)>, OpsError> {
    let (hash, now) = (session_hash(token), hotline.now());
    let found = hotline.store.read(async |tx: &mut Tx| tx.session(&hash).await).await?;
    let counts = |session: &Session, account: &Account| session.counts(now) && account.disabled_at.is_none();
    let Some((session, account)) = found.filter(|(session, account)| counts(session, account)) else {
        return Ok(None);
    };
    let before = now - Session::COARSE;
    if session.seen_at < before
        && let Err(error) = hotline.store.write(async |tx: &mut Tx| tx.touch_session(&hash, now, before).await).await
    {
        tracing::warn!(%error, "that a session was seen is not noted");
    }
    Ok(Some((session, account)))
}

/// Ends a session.
///
/// # Errors
/// The store's.
pub async fn log_out(hotline: &Hotline, session: &Session, account: &Account) -> Result<(), OpsError> {
    let login = &account.login;
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            if tx.end_session(&session.hash).await? {
                tx.append_act(&act(hotline, login, "session.ended", login, "")).await?;
            }
            Ok(())
        })
        .await
}

/// What is kept of what a browser shows. It has far too many possible values to be guessed, so a plain hash is enough.
fn session_hash(token: &str) -> String {
    hex(&Sha256::digest(token))
}
