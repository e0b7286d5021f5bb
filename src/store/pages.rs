//! Pages of people on duty.

use uuid::Uuid;

use super::error::Place;
use super::time::{Timestamp, optional};
use super::tx::{Tx, on, one};
use super::{Result, StoreError};
use crate::clock::Instant;
use crate::id::{BundleId, IncidentId, PageId};
use crate::paging::Page;

macro_rules! columns {
    () => {
        "id, incident, cycle, person, round, code_hash, bundle, created_at, answered_at, closed_at"
    };
}
pub(super) use columns;

#[derive(sqlx::FromRow)]
pub(super) struct PageRow {
    id: Uuid,
    incident: Uuid,
    cycle: i64,
    person: String,
    round: i64,
    code_hash: String,
    bundle: Option<Uuid>,
    created_at: Timestamp,
    answered_at: Option<Timestamp>,
    closed_at: Option<Timestamp>,
}

impl TryFrom<PageRow> for Page {
    type Error = StoreError;

    fn try_from(row: PageRow) -> Result<Self> {
        let place = Place { table: "pages", key: &row.id.simple() };
        Ok(Self {
            cycle: place.ok("cycle", u32::try_from(row.cycle))?,
            round: place.ok("round", u32::try_from(row.round))?,
            id: PageId(row.id),
            incident: IncidentId(row.incident),
            person: row.person,
            code_hash: row.code_hash,
            bundle: row.bundle.map(BundleId),
            created_at: row.created_at.into(),
            answered_at: row.answered_at.map(Instant::from),
            closed_at: row.closed_at.map(Instant::from),
        })
    }
}

impl Tx {
    /// Keeps a new page.
    ///
    /// # Errors
    /// The database's: there is no such incident.
    pub async fn insert_page(&mut self, page: &Page) -> Result<()> {
        on!(self, c => sqlx::query(concat!("INSERT INTO pages (", columns!(), ")
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"))
            .bind(page.id.0).bind(page.incident.0).bind(i64::from(page.cycle)).bind(&page.person)
            .bind(i64::from(page.round)).bind(&page.code_hash).bind(page.bundle.map(|id| id.0))
            .bind(Timestamp::from(page.created_at)).bind(optional(page.answered_at)).bind(optional(page.closed_at))
            .execute(c).await.map(drop))?;
        Ok(())
    }

    /// The page with this id.
    ///
    /// # Errors
    /// The database's.
    pub async fn page(&mut self, id: PageId) -> Result<Option<Page>> {
        let row: Option<PageRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM pages WHERE id = $1"))
            .bind(id.0).fetch_optional(c).await)?;
        row.map(Page::try_from).transpose()
    }

    /// The pages of an incident, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn pages(&mut self, incident: IncidentId) -> Result<Vec<Page>> {
        let rows: Vec<PageRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM pages WHERE incident = $1 ORDER BY created_at, id"))
            .bind(incident.0).fetch_all(c).await)?;
        rows.into_iter().map(Page::try_from).collect()
    }

    /// The pages a person got at `since` or later, closed ones too, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn pages_of(&mut self, person: &str, since: Instant) -> Result<Vec<Page>> {
        let rows: Vec<PageRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM pages
             WHERE person = $1 AND created_at >= $2 ORDER BY created_at DESC, id DESC"))
            .bind(person).bind(Timestamp::from(since)).fetch_all(c).await)?;
        rows.into_iter().map(Page::try_from).collect()
    }

    /// Of the pages a person got at `since` or later, those by which it is decided how the next one about `incident` goes
    /// out ([`crate::paging::Throttle::way`]): what went out alone after `window`, every page of those cases and of this
    /// one, and one of another case that still stands. So a night of thousands of cases costs no more than a quiet one.
    ///
    /// # Errors
    /// The database's.
    pub async fn pages_to_weigh(
        &mut self,
        person: &str,
        incident: IncidentId,
        since: Instant,
        window: Instant,
    ) -> Result<Vec<Page>> {
        // From the cases to their pages, in this order: the other way round every page of a long night is looked at for
        // every recent one.
        let rows: Vec<PageRow> = on!(self, c => sqlx::query_as(concat!(
            "WITH cases AS (SELECT $2 AS incident
                      UNION SELECT incident FROM pages WHERE person = $1 AND created_at > $4 AND bundle IS NULL),
                  theirs AS MATERIALIZED (
                      SELECT ", columns!(), " FROM pages WHERE incident IN (SELECT incident FROM cases)),
                  other AS (SELECT id FROM pages
                      WHERE person = $1 AND created_at >= $3 AND incident <> $2 AND closed_at IS NULL LIMIT 1)
             SELECT ", columns!(), " FROM theirs WHERE person = $1 AND created_at >= $3
             UNION SELECT ", columns!(), " FROM pages WHERE id IN (SELECT id FROM other)
             ORDER BY created_at DESC, id DESC"))
            .bind(person).bind(incident.0).bind(Timestamp::from(since)).bind(Timestamp::from(window))
            .fetch_all(c).await)?;
        rows.into_iter().map(Page::try_from).collect()
    }

    /// The page with a code of this hash, got at `since` or later, closed ones too; the newest, should there be several.
    ///
    /// # Errors
    /// The database's.
    pub async fn page_by_code(&mut self, code_hash: &str, since: Instant) -> Result<Option<Page>> {
        let row: Option<PageRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM pages
             WHERE code_hash = $1 AND created_at >= $2 ORDER BY created_at DESC, id DESC LIMIT 1"))
            .bind(code_hash).bind(Timestamp::from(since)).fetch_optional(c).await)?;
        row.map(Page::try_from).transpose()
    }

    /// Whether a page or a bundle that this person got at `since` or later has a code of this hash, which is of one person.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_code_known(&mut self, person: &str, code_hash: &str, since: Instant) -> Result<bool> {
        Ok(on!(self, c => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM pages WHERE code_hash = $2 AND created_at >= $3)
                 OR EXISTS (SELECT 1 FROM bundles WHERE person = $1 AND code_hash = $2 AND sent_at >= $3)")
            .bind(person).bind(code_hash).bind(Timestamp::from(since)).fetch_one(c).await)?)
    }

    /// The pages that are told in a bundle, in the order of their incidents: whoever locks those takes them in this one.
    ///
    /// # Errors
    /// The database's.
    pub async fn pages_of_bundle(&mut self, bundle: BundleId) -> Result<Vec<Page>> {
        let rows: Vec<PageRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM pages WHERE bundle = $1 ORDER BY incident, id"))
            .bind(bundle.0).fetch_all(c).await)?;
        rows.into_iter().map(Page::try_from).collect()
    }

    /// Takes a page out of its bundle: it goes out alone, with a code of its own.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such page; the database's.
    pub async fn unbundle_page(&mut self, page: PageId, code_hash: &str) -> Result<()> {
        let rows = on!(self, c => sqlx::query("UPDATE pages SET bundle = NULL, code_hash = $2 WHERE id = $1")
            .bind(page.0).bind(code_hash).execute(c).await.map(|done| done.rows_affected()))?;
        one(rows, "pages", &page)
    }

    /// Keeps when a page was answered and closed.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such page; the database's.
    pub async fn save_page(&mut self, page: &Page) -> Result<()> {
        let rows = on!(self, c => sqlx::query("UPDATE pages SET answered_at = $2, closed_at = $3 WHERE id = $1")
            .bind(page.id.0).bind(optional(page.answered_at)).bind(optional(page.closed_at))
            .execute(c).await.map(|done| done.rows_affected()))?;
        one(rows, "pages", &page.id)
    }

    /// Closes every page of an incident that still counts, and gives them, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn close_pages(&mut self, incident: IncidentId, at: Instant) -> Result<Vec<Page>> {
        let rows: Vec<PageRow> = on!(self, c => sqlx::query_as(concat!("UPDATE pages SET closed_at = $2
             WHERE incident = $1 AND closed_at IS NULL RETURNING ", columns!()))
            .bind(incident.0).bind(Timestamp::from(at)).fetch_all(c).await)?;
        let mut pages = rows.into_iter().map(Page::try_from).collect::<Result<Vec<_>>>()?;
        pages.sort_by_key(|page| (page.created_at, page.id));
        Ok(pages)
    }
}
