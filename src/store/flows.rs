//! Flow versions: a call keeps the one it began with.

use super::Result;
use super::time::Timestamp;
use super::tx::{Tx, on};
use crate::clock::Instant;

impl Tx {
    /// Keeps a flow's `bundle` under its content hash; one that is kept already stays as it is.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_flow(&mut self, hash: &str, bundle: &str, at: Instant) -> Result<()> {
        on!(self, c => sqlx::query(
            "INSERT INTO flows (hash, bundle, at) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING")
            .bind(hash).bind(bundle).bind(Timestamp::from(at)).execute(c).await.map(drop))?;
        Ok(())
    }

    /// The bundle with this hash, to the byte.
    ///
    /// # Errors
    /// The database's.
    pub async fn flow(&mut self, hash: &str) -> Result<Option<String>> {
        Ok(on!(self, c => sqlx::query_scalar("SELECT bundle FROM flows WHERE hash = $1")
            .bind(hash).fetch_optional(c).await)?)
    }
}
