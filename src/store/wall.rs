//! What the wall of the console shows: reads over what is open, and the sessions of whoever watches.

use sqlx::types::Json;

use super::Result;
use super::calls::{self, CallRow};
use super::incidents;
use super::pages::{self, PageRow};
use super::time::Timestamp;
use super::tx::{Sql, Tx, on};
use crate::call::Call;
use crate::clock::Instant;
use crate::paging::Page;

/// Open cases; a test of the pager is none.
macro_rules! open_cases {
    () => {
        concat!(
            "incidents WHERE ",
            incidents::open!(),
            " AND NOT EXISTS (SELECT 1 FROM canaries WHERE canaries.incident = incidents.id)"
        )
    };
}

const TOUCH: Sql = Sql {
    sqlite: "UPDATE sessions SET seen_at = $2 WHERE hash IN (SELECT value FROM json_each($1)) AND seen_at < $3",
    postgres: "UPDATE sessions SET seen_at = $2
         WHERE hash IN (SELECT jsonb_array_elements_text($1)) AND seen_at < $3",
};

impl Tx {
    /// How many cases are open.
    ///
    /// # Errors
    /// The database's.
    pub async fn count_open_cases(&mut self) -> Result<i64> {
        Ok(on!(self, c => sqlx::query_scalar(concat!("SELECT COUNT(*) FROM ", open_cases!())).fetch_one(c).await)?)
    }

    /// Pages that nobody answered and that still count, of open cases in their present cycle; the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn standing_pages(&mut self, limit: u32) -> Result<Vec<Page>> {
        let rows: Vec<PageRow> = on!(self, c => sqlx::query_as(concat!(
            "SELECT ", pages::columns!(), " FROM pages
             WHERE incident IN (SELECT id FROM ", open_cases!(), ") AND closed_at IS NULL AND answered_at IS NULL
               AND cycle = (SELECT present.cycle FROM incidents AS present WHERE present.id = pages.incident)
             ORDER BY created_at, id LIMIT $1"))
            .bind(i64::from(limit)).fetch_all(c).await)?;
        rows.into_iter().map(Page::try_from).collect()
    }

    /// Calls that have not ended and were answered at `since` or later; the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn calls_in_progress(&mut self, since: Instant, limit: u32) -> Result<Vec<Call>> {
        let rows: Vec<CallRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", calls::columns!(), " FROM calls
             WHERE ended_at IS NULL AND answered_at >= $1 ORDER BY answered_at, id LIMIT $2"))
            .bind(Timestamp::from(since)).bind(i64::from(limit)).fetch_all(c).await)?;
        rows.into_iter().map(Call::try_from).collect()
    }

    /// The hashes of the sessions that were seen after `seen`, began after `began`, and whose account is not disabled.
    ///
    /// # Errors
    /// The database's.
    pub async fn live_sessions(&mut self, seen: Instant, began: Instant) -> Result<Vec<String>> {
        Ok(on!(self, c => sqlx::query_scalar(
            "SELECT hash FROM sessions JOIN accounts ON accounts.id = sessions.account
             WHERE seen_at > $1 AND began_at > $2 AND disabled_at IS NULL")
            .bind(Timestamp::from(seen)).bind(Timestamp::from(began)).fetch_all(c).await)?)
    }

    /// Notes that the sessions with these hashes were seen at `now`, if they were seen last before `before`; how many.
    ///
    /// # Errors
    /// The database's.
    pub async fn touch_sessions(&mut self, hashes: &[String], now: Instant, before: Instant) -> Result<u64> {
        Ok(on!(self, c => sqlx::query(TOUCH.on(c)).bind(Json(hashes)).bind(Timestamp::from(now))
            .bind(Timestamp::from(before)).execute(c).await.map(|done| done.rows_affected()))?)
    }
}
