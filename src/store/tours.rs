//! What people know of their times on duty: of each, from when they are told until it is over.

use super::error::Place;
use super::time::{Timestamp, optional};
use super::tx::{Tx, on};
use super::{Result, StoreError};
use crate::clock::Instant;
use crate::oncall::{PersonId, ScheduleId, Tour};

#[derive(sqlx::FromRow)]
struct TourRow {
    schedule: String,
    person: String,
    begins_at: Timestamp,
    ends_at: Option<Timestamp>,
    begun: bool,
}

impl TryFrom<TourRow> for Tour {
    type Error = StoreError;

    fn try_from(row: TourRow) -> Result<Self> {
        let place = Place { table: "tours", key: &row.person };
        Ok(Self {
            schedule: place.ok("schedule", ScheduleId::parse(&row.schedule))?,
            person: place.ok("person", PersonId::parse(&row.person))?,
            begins_at: row.begins_at.into(),
            ends_at: row.ends_at.map(Instant::from),
            begun: row.begun,
        })
    }
}

impl Tx {
    /// Every time on duty that somebody knows of and that is not over, by its beginning.
    ///
    /// # Errors
    /// The database's.
    pub async fn tours(&mut self) -> Result<Vec<Tour>> {
        let rows: Vec<TourRow> = on!(self, c => sqlx::query_as(
            "SELECT schedule, person, begins_at, ends_at, begun FROM tours ORDER BY begins_at, schedule, person")
            .fetch_all(c).await)?;
        rows.into_iter().map(Tour::try_from).collect()
    }

    /// Keeps a time on duty that somebody knows of.
    ///
    /// # Errors
    /// The database's.
    pub async fn put_tour(&mut self, tour: &Tour) -> Result<()> {
        on!(self, c => sqlx::query("INSERT INTO tours (schedule, person, begins_at, ends_at, begun)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (schedule, person, begins_at) DO UPDATE SET ends_at = excluded.ends_at, begun = excluded.begun")
            .bind(tour.schedule.as_str()).bind(tour.person.as_str()).bind(Timestamp::from(tour.begins_at))
            .bind(optional(tour.ends_at)).bind(tour.begun)
            .execute(c).await.map(drop))?;
        Ok(())
    }

    /// Forgets a time on duty.
    ///
    /// # Errors
    /// The database's.
    pub async fn drop_tour(&mut self, tour: &Tour) -> Result<()> {
        on!(self, c => sqlx::query("DELETE FROM tours WHERE schedule = $1 AND person = $2 AND begins_at = $3")
            .bind(tour.schedule.as_str()).bind(tour.person.as_str()).bind(Timestamp::from(tour.begins_at))
            .execute(c).await.map(drop))?;
        Ok(())
    }
}
