//! Small facts about this installation, by name.

use super::Result;
use super::tx::{Tx, on};

impl Tx {
    /// The value kept under `key`.
    ///
    /// # Errors
    /// The database's.
    pub async fn meta(&mut self, key: &str) -> Result<Option<String>> {
        Ok(on!(self, c => sqlx::query_scalar("SELECT value FROM meta WHERE key = $1")
            .bind(key).fetch_optional(c).await)?)
    }

    /// Keeps `value` under `key`.
    ///
    /// # Errors
    /// The database's.
    pub async fn set_meta(&mut self, key: &str, value: &str) -> Result<()> {
        on!(self, c => sqlx::query(
            "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
            .bind(key).bind(value).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Keeps nothing under `key` any more.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_meta(&mut self, key: &str) -> Result<()> {
        on!(self, c => sqlx::query("DELETE FROM meta WHERE key = $1").bind(key).execute(c).await.map(drop))?;
        Ok(())
    }
}
