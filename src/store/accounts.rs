//! Accounts of the console, and the sessions of whoever came in.

use uuid::Uuid;

use super::error::Place;
use super::time::{Timestamp, optional};
use super::tx::{Tx, for_update, on, one};
use super::{Result, StoreError};
use crate::access::{Account, PasswordDigest, Role, Session};
use crate::clock::Instant;
use crate::id::AccountId;
use crate::language::Language;

macro_rules! columns {
    () => {
        "id, login, name, role, person, language, password, temporary, totp, totp_step, failures, locked_until, created_at, \
         disabled_at"
    };
}

#[derive(sqlx::FromRow)]
struct AccountRow {
    id: Uuid,
    login: String,
    name: String,
    role: String,
    person: Option<String>,
    language: String,
    password: Option<String>,
    temporary: bool,
    totp: Option<String>,
    totp_step: i64,
    failures: i64,
    locked_until: Option<Timestamp>,
    created_at: Timestamp,
    disabled_at: Option<Timestamp>,
}

impl TryFrom<AccountRow> for Account {
    type Error = StoreError;

    fn try_from(row: AccountRow) -> Result<Self> {
        let place = Place { table: "accounts", key: &row.id.simple() };
        Ok(Self {
            role: place.some("role", Role::from_word(&row.role))?,
            language: place.some("language", Language::from_code(&row.language))?,
            failures: place.ok("failures", u32::try_from(row.failures))?,
            id: AccountId(row.id),
            login: row.login,
            name: row.name,
            person: row.person,
            password: row.password.map(PasswordDigest),
            temporary: row.temporary,
            totp: row.totp,
            totp_step: row.totp_step,
            locked_until: row.locked_until.map(Instant::from),
            created_at: row.created_at.into(),
            disabled_at: row.disabled_at.map(Instant::from),
        })
    }
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    hash: String,
    account: Uuid,
    began_at: Timestamp,
    seen_at: Timestamp,
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            hash: row.hash,
            account: AccountId(row.account),
            began_at: row.began_at.into(),
            seen_at: row.seen_at.into(),
        }
    }
}

impl Tx {
    /// Keeps a new account; `false` when one has or had its login.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_account(&mut self, account: &Account) -> Result<bool> {
        let rows = on!(self, c => sqlx::query(concat!("INSERT INTO accounts (", columns!(), ")
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (login) DO NOTHING"))
            .bind(account.id.0).bind(&account.login).bind(&account.name).bind(account.role.as_str())
            .bind(&account.person).bind(account.language.code())
            .bind(account.password.as_ref().map(|digest| digest.0.as_str()))
            .bind(account.temporary).bind(&account.totp).bind(account.totp_step).bind(i64::from(account.failures))
            .bind(optional(account.locked_until)).bind(Timestamp::from(account.created_at))
            .bind(optional(account.disabled_at))
            .execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// Changes everything of an account but its login and when it was made.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is none; the database's.
    pub async fn update_account(&mut self, account: &Account) -> Result<()> {
        let rows = on!(self, c => sqlx::query("UPDATE accounts SET name = $2, role = $3, person = $4, language = $5,
             password = $6, temporary = $7, totp = $8, totp_step = $9, failures = $10, locked_until = $11, disabled_at = $12
             WHERE id = $1")
            .bind(account.id.0).bind(&account.name).bind(account.role.as_str()).bind(&account.person)
            .bind(account.language.code()).bind(account.password.as_ref().map(|digest| digest.0.as_str()))
            .bind(account.temporary).bind(&account.totp).bind(account.totp_step).bind(i64::from(account.failures))
            .bind(optional(account.locked_until)).bind(optional(account.disabled_at))
            .execute(c).await.map(|done| done.rows_affected()))?;
        one(rows, "accounts", &account.id)
    }

    /// The account with this login, which nobody else may change until this unit ends.
    ///
    /// # Errors
    /// The database's.
    pub async fn lock_account(&mut self, login: &str) -> Result<Option<Account>> {
        let sql = for_update!("SELECT ", columns!(), " FROM accounts WHERE login = $1");
        let row: Option<AccountRow> = on!(self, c => sqlx::query_as(sql.on(c)).bind(login).fetch_optional(c).await)?;
        row.map(Account::try_from).transpose()
    }

    /// The account with this login.
    ///
    /// # Errors
    /// The database's.
    pub async fn account_by_login(&mut self, login: &str) -> Result<Option<Account>> {
        let row: Option<AccountRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM accounts WHERE login = $1")).bind(login).fetch_optional(c).await)?;
        row.map(Account::try_from).transpose()
    }

    /// Every account there ever was, by login.
    ///
    /// # Errors
    /// The database's.
    pub async fn accounts(&mut self) -> Result<Vec<Account>> {
        let rows: Vec<AccountRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM accounts ORDER BY login")).fetch_all(c).await)?;
        rows.into_iter().map(Account::try_from).collect()
    }

    /// Keeps a new session.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_session(&mut self, session: &Session) -> Result<()> {
        on!(self, c => sqlx::query("INSERT INTO sessions (hash, account, began_at, seen_at) VALUES ($1, $2, $3, $4)")
            .bind(&session.hash).bind(session.account.0).bind(Timestamp::from(session.began_at))
            .bind(Timestamp::from(session.seen_at)).execute(c).await.map(drop))?;
        Ok(())
    }

    /// The session with this hash and whose it is, whether it still counts or not.
    ///
    /// # Errors
    /// The database's.
    pub async fn session(&mut self, hash: &str) -> Result<Option<(Session, Account)>> {
        let row: Option<SessionRow> = on!(self, c => sqlx::query_as(
            "SELECT hash, account, began_at, seen_at FROM sessions WHERE hash = $1").bind(hash).fetch_optional(c).await)?;
        let Some(session) = row.map(Session::from) else { return Ok(None) };
        let row: Option<AccountRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM accounts WHERE id = $1"))
            .bind(session.account.0).fetch_optional(c).await)?;
        row.map(|row| Ok((session, Account::try_from(row)?))).transpose()
    }

    /// Notes that a session was seen at `now`, if it was seen last before `before`.
    ///
    /// # Errors
    /// The database's.
    pub async fn touch_session(&mut self, hash: &str, now: Instant, before: Instant) -> Result<()> {
        on!(self, c => sqlx::query("UPDATE sessions SET seen_at = $2 WHERE hash = $1 AND seen_at < $3")
            .bind(hash).bind(Timestamp::from(now)).bind(Timestamp::from(before)).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Ends a session; whether there was one.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_session(&mut self, hash: &str) -> Result<bool> {
        let rows = on!(self, c => sqlx::query("DELETE FROM sessions WHERE hash = $1")
            .bind(hash).execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// Ends every session of an account, but the one with the hash `but`.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_sessions(&mut self, account: AccountId, but: Option<&str>) -> Result<u64> {
        Ok(on!(self, c => sqlx::query("DELETE FROM sessions WHERE account = $1 AND hash <> $2")
            .bind(account.0).bind(but.unwrap_or_default()).execute(c).await.map(|done| done.rows_affected()))?)
    }

    /// Forgets sessions that were not seen since `seen`, or began before `began`.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_sessions(&mut self, seen: Instant, began: Instant) -> Result<u64> {
        Ok(on!(self, c => sqlx::query("DELETE FROM sessions WHERE seen_at < $1 OR began_at < $2")
            .bind(Timestamp::from(seen)).bind(Timestamp::from(began))
            .execute(c).await.map(|done| done.rows_affected()))?)
    }
}
