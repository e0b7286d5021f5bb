//! Addresses that hear of changes to tickets.

use uuid::Uuid;

use super::error::Place;
use super::time::Timestamp;
use super::tx::{Tx, on};
use super::{Result, StoreError};
use crate::access::{EventWords, Hook};
use crate::id::HookId;

macro_rules! columns {
    () => {
        "id, name, url, secret, events, active, created_at"
    };
}

#[derive(sqlx::FromRow)]
struct HookRow {
    id: Uuid,
    name: String,
    url: String,
    secret: String,
    events: String,
    active: bool,
    created_at: Timestamp,
}

impl TryFrom<HookRow> for Hook {
    type Error = StoreError;

    fn try_from(row: HookRow) -> Result<Self> {
        let place = Place { table: "hooks", key: &row.id.simple() };
        Ok(Self {
            events: place.some("events", EventWords::parse(&row.events))?,
            id: HookId(row.id),
            name: row.name,
            url: row.url,
            secret: row.secret,
            active: row.active,
            created_at: row.created_at.into(),
        })
    }
}

impl Tx {
    /// Keeps a new hook; `false` when another has its name.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_hook(&mut self, hook: &Hook) -> Result<bool> {
        let rows = on!(self, c => sqlx::query(concat!("INSERT INTO hooks (", columns!(), ")
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (name) DO NOTHING"))
            .bind(hook.id.0).bind(&hook.name).bind(&hook.url).bind(&hook.secret).bind(hook.events.to_string())
            .bind(hook.active).bind(Timestamp::from(hook.created_at))
            .execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// Every hook, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn hooks(&mut self) -> Result<Vec<Hook>> {
        let rows: Vec<HookRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM hooks ORDER BY created_at, id")).fetch_all(c).await)?;
        rows.into_iter().map(Hook::try_from).collect()
    }

    /// The hook with this id.
    ///
    /// # Errors
    /// The database's.
    pub async fn hook(&mut self, id: HookId) -> Result<Option<Hook>> {
        let row: Option<HookRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM hooks WHERE id = $1")).bind(id.0).fetch_optional(c).await)?;
        row.map(Hook::try_from).transpose()
    }

    /// Posts to a hook from now on, or not; `false` when there is none with this id, or it is so already.
    ///
    /// # Errors
    /// The database's.
    pub async fn switch_hook(&mut self, id: HookId, active: bool) -> Result<bool> {
        let rows = on!(self, c => sqlx::query("UPDATE hooks SET active = $2 WHERE id = $1 AND active <> $2")
            .bind(id.0).bind(active).execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// Forgets a hook; `false` when there is none with this id.
    ///
    /// # Errors
    /// The database's.
    pub async fn remove_hook(&mut self, id: HookId) -> Result<bool> {
        let rows = on!(self, c => sqlx::query("DELETE FROM hooks WHERE id = $1")
            .bind(id.0).execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }
}
