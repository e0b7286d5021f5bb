//! The audit: a chain that is only ever added to.

use super::Result;
use super::time::Timestamp;
use super::tx::{Sql, Tx, on};
use crate::access::{Act, AuditEntry, GENESIS};

#[derive(sqlx::FromRow)]
struct AuditRow {
    sequence: i64,
    at: Timestamp,
    actor: String,
    act: String,
    subject: String,
    reason: String,
    detail: String,
    hash: String,
}

impl From<AuditRow> for AuditEntry {
    fn from(row: AuditRow) -> Self {
        let act = Act {
            at: row.at.into(),
            actor: row.actor,
            act: row.act,
            subject: row.subject,
            reason: row.reason,
            detail: row.detail,
        };
        Self { sequence: row.sequence, act, hash: row.hash }
    }
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of whom, by login.
    pub actor: Option<String>,
    /// About what.
    pub subject: Option<String>,
    /// Of which act, or of those that begin with it and a dot.
    pub act: Option<String>,
}

macro_rules! columns {
    () => {
        "sequence, at, actor, act, subject, reason, detail, hash"
    };
}

/// One unit after the other adds to the chain. It comes last of all that a unit locks.
const ALONE: Sql = Sql { sqlite: "SELECT 1", postgres: "LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE" };

impl Tx {
    /// Adds an act to the chain, as the last thing of a unit; gives its place.
    ///
    /// # Errors
    /// The database's.
    pub async fn append_act(&mut self, act: &Act) -> Result<i64> {
        // Both databases keep microseconds; the hash is over what is kept.
        on!(self, c => sqlx::query(ALONE.on(c)).execute(c).await.map(drop))?;
        let last: Option<(i64, String)> = on!(self, c => sqlx::query_as(
            "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1").fetch_optional(c).await)?;
        let (last, before) = last.unwrap_or_else(|| (0, GENESIS.to_owned()));
        let sequence = last.saturating_add(1);
        let hash = act.hash(sequence, &before);
        on!(self, c => sqlx::query(concat!("INSERT INTO audit (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"))
            .bind(sequence).bind(Timestamp::from(act.at)).bind(&act.actor).bind(&act.act).bind(&act.subject)
            .bind(&act.reason).bind(&act.detail).bind(&hash).execute(c).await.map(drop))?;
        Ok(sequence)
    }

    /// Up to `limit` entries behind `sequence`, the oldest first: the chain as it was made.
    ///
    /// # Errors
    /// The database's.
    pub async fn audit_after(&mut self, sequence: i64, limit: u32) -> Result<Vec<AuditEntry>> {
        let rows: Vec<AuditRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM audit WHERE sequence > $1 ORDER BY sequence LIMIT $2"))
            .bind(sequence).bind(i64::from(limit)).fetch_all(c).await)?;
        Ok(rows.into_iter().map(AuditEntry::from).collect())
    }

    /// Up to `limit` entries before `sequence` that `filter` wants, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn audit_before(
        &mut self,
        filter: &AuditFilter,
        sequence: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>> {
        let rows: Vec<AuditRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM audit
             WHERE sequence < $1 AND ($2 = '' OR actor = $2) AND ($3 = '' OR subject = $3)
             AND ($4 = '' OR act = $4 OR act LIKE $4 || '.%') ORDER BY sequence DESC LIMIT $5"))
            .bind(sequence.unwrap_or(i64::MAX)).bind(filter.actor.as_deref().unwrap_or_default())
            .bind(filter.subject.as_deref().unwrap_or_default()).bind(filter.act.as_deref().unwrap_or_default())
            .bind(i64::from(limit)).fetch_all(c).await)?;
        Ok(rows.into_iter().map(AuditEntry::from).collect())
    }
}
