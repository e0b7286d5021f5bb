//! Words about the clocks of cases, and who is still to be told.

use uuid::Uuid;

use super::error::Place;
use super::time::{Timestamp, optional};
use super::tx::{Tx, on};
use super::{Result, StoreError};
use crate::clock::Instant;
use crate::id::IncidentId;
use crate::paging::{Notice, Tidings};

macro_rules! columns {
    () => {
        "incident, cycle, percent, person, created_at, told_at"
    };
}

#[derive(sqlx::FromRow)]
struct NoticeRow {
    incident: Uuid,
    cycle: i64,
    percent: i64,
    person: String,
    created_at: Timestamp,
    told_at: Option<Timestamp>,
}

impl TryFrom<NoticeRow> for Notice {
    type Error = StoreError;

    fn try_from(row: NoticeRow) -> Result<Self> {
        let place = Place { table: "notices", key: &row.incident.simple() };
        Ok(Self {
            cycle: place.ok("cycle", u32::try_from(row.cycle))?,
            percent: place.ok("percent", u8::try_from(row.percent))?,
            incident: IncidentId(row.incident),
            person: row.person,
            created_at: row.created_at.into(),
            told_at: row.told_at.map(Instant::from),
        })
    }
}

impl Tx {
    /// Keeps a notice. A mark that a person was told of in the same cycle, and that passes anew because the promise was
    /// changed, takes the place of the earlier one.
    ///
    /// # Errors
    /// The database's: there is no such incident.
    pub async fn put_notice(&mut self, notice: &Notice) -> Result<()> {
        on!(self, c => sqlx::query(concat!("INSERT INTO notices (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (incident, cycle, percent, person)
             DO UPDATE SET created_at = excluded.created_at, told_at = excluded.told_at"))
            .bind(notice.incident.0).bind(i64::from(notice.cycle)).bind(i64::from(notice.percent)).bind(&notice.person)
            .bind(Timestamp::from(notice.created_at)).bind(optional(notice.told_at))
            .execute(c).await.map(drop))?;
        Ok(())
    }

    /// The notices to a person since `since`, told or not, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn notices_of(&mut self, person: &str, since: Instant) -> Result<Vec<Notice>> {
        let rows: Vec<NoticeRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM notices
             WHERE person = $1 AND created_at >= $2 ORDER BY created_at, incident, percent"))
            .bind(person).bind(Timestamp::from(since)).fetch_all(c).await)?;
        rows.into_iter().map(Notice::try_from).collect()
    }

    /// Marks every notice of this kind that a person is still to be told as told at `at`, and gives them, by incident.
    ///
    /// # Errors
    /// The database's.
    pub async fn take_notices(&mut self, person: &str, tidings: Tidings, at: Instant) -> Result<Vec<Notice>> {
        let (least, most) = tidings.marks();
        let rows: Vec<NoticeRow> = on!(self, c => sqlx::query_as(concat!("UPDATE notices SET told_at = $4
             WHERE person = $1 AND percent BETWEEN $2 AND $3 AND told_at IS NULL RETURNING ", columns!()))
            .bind(person).bind(i64::from(least)).bind(i64::from(most)).bind(Timestamp::from(at))
            .fetch_all(c).await)?;
        let mut notices = rows.into_iter().map(Notice::try_from).collect::<Result<Vec<_>>>()?;
        notices.sort_by_key(|notice| (notice.incident, notice.percent));
        Ok(notices)
    }
}
