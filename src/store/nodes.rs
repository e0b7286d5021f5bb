//! The nodes: processes that run jobs on this database, each with a count that goes up while it lives.

use super::tx::{Tx, on};
use super::{Lane, Result};

/// A node, as its last beat left it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct NodeBeat {
    /// What its leases are held under.
    pub id: String,
    /// Its count.
    pub beat: i64,
}

impl Tx {
    /// The node `id` lives: its count goes up.
    ///
    /// # Errors
    /// The database's.
    pub async fn beat(&mut self, id: &str) -> Result<()> {
        on!(self, c => sqlx::query(
            "INSERT INTO nodes (id, beat) VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET beat = nodes.beat + 1")
            .bind(id).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Every node that is known, by its id.
    ///
    /// # Errors
    /// The database's.
    pub async fn nodes(&mut self) -> Result<Vec<NodeBeat>> {
        Ok(on!(self, c => sqlx::query_as("SELECT id, beat FROM nodes ORDER BY id").fetch_all(c).await)?)
    }

    /// The node `id` ends by itself, having given back what it held.
    ///
    /// # Errors
    /// The database's.
    pub async fn leave(&mut self, id: &str) -> Result<()> {
        on!(self, c => sqlx::query("DELETE FROM nodes WHERE id = $1").bind(id).execute(c).await.map(drop))?;
        Ok(())
    }

    /// A node stood still too long: it is forgotten, and the leases it held in either lane are free; how many. `None` when its count went up
    /// meanwhile, or somebody else was faster. What it still has under way is fenced off once somebody claims it.
    ///
    /// # Errors
    /// The database's.
    pub async fn lose_node(&mut self, node: &NodeBeat) -> Result<Option<u64>> {
        let rows = on!(self, c => sqlx::query("DELETE FROM nodes WHERE id = $1 AND beat = $2")
            .bind(&node.id).bind(node.beat).execute(c).await.map(|done| done.rows_affected()))?;
        if rows == 0 {
            return Ok(None);
        }
        let mut freed = 0_u64;
        for lane in [Lane::Fast, Lane::Slow] {
            freed = freed.saturating_add(self.release(&lane.owner(&node.id)).await?);
        }
        Ok(Some(freed))
    }
}
