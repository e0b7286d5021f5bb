//! Announced outages.

use super::error::Place;
use super::time::{Timestamp, optional};
use super::tx::{Tx, on};
use super::{Result, StoreError};
use crate::clock::Instant;
use crate::flow::Banner;
use crate::incident::CaseNumber;

#[derive(sqlx::FromRow)]
struct BannerRow {
    id: i64,
    service: String,
    case_number: Option<String>,
    since: Timestamp,
    eta: Option<Timestamp>,
    ends_at: Timestamp,
}

impl TryFrom<BannerRow> for Banner {
    type Error = StoreError;

    fn try_from(row: BannerRow) -> Result<Self> {
        let place = Place { table: "banners", key: &row.id };
        Ok(Self {
            case: row.case_number.map(|case| place.ok("case_number", CaseNumber::parse(&case))).transpose()?,
            service: row.service,
            since: row.since.into(),
            eta: row.eta.map(Instant::from),
            until: row.ends_at.into(),
        })
    }
}

impl Tx {
    /// Announces an outage.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_banner(&mut self, banner: &Banner, by: &str, at: Instant) -> Result<()> {
        on!(self, c => sqlx::query(
            "INSERT INTO banners (service, case_number, since, eta, ends_at, written_by, written_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)")
            .bind(&banner.service).bind(banner.case.as_ref().map(CaseNumber::as_str))
            .bind(Timestamp::from(banner.since)).bind(optional(banner.eta)).bind(Timestamp::from(banner.until))
            .bind(by).bind(Timestamp::from(at))
            .execute(c).await.map(drop))?;
        Ok(())
    }

    /// The outage announced at `now`: the one written last among those that have begun, not expired and not been ended.
    ///
    /// # Errors
    /// The database's.
    pub async fn banner(&mut self, now: Instant) -> Result<Option<Banner>> {
        let row: Option<BannerRow> = on!(self, c => sqlx::query_as(
            "SELECT id, service, case_number, since, eta, ends_at FROM banners
             WHERE since <= $1 AND $1 < ends_at AND ended_at IS NULL ORDER BY id DESC LIMIT 1")
            .bind(Timestamp::from(now)).fetch_optional(c).await)?;
        row.map(Banner::try_from).transpose()
    }

    /// Ends every announcement that has not expired at `at`, also those still to begin; `false` when there was none.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_banner(&mut self, at: Instant) -> Result<bool> {
        let rows = on!(self, c => sqlx::query(
            "UPDATE banners SET ended_at = $1 WHERE ended_at IS NULL AND $1 < ends_at")
            .bind(Timestamp::from(at)).execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows > 0)
    }
}
