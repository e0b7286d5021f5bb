//! Filters of the call log that people keep under a name.

use uuid::Uuid;

use super::Result;
use super::time::Timestamp;
use super::tx::{Tx, on};
use crate::call::SavedView;
use crate::id::{AccountId, ViewId};

#[derive(sqlx::FromRow)]
struct ViewRow {
    id: Uuid,
    account: Uuid,
    name: String,
    query: String,
    created_at: Timestamp,
}

impl From<ViewRow> for SavedView {
    fn from(row: ViewRow) -> Self {
        Self {
            id: ViewId(row.id),
            account: AccountId(row.account),
            name: row.name,
            query: row.query,
            created_at: row.created_at.into(),
        }
    }
}

impl Tx {
    /// Keeps a filter under a name; one that the account keeps under the same name is replaced, and stays in its place.
    ///
    /// # Errors
    /// The database's: there is no such account.
    pub async fn save_view(&mut self, view: &SavedView) -> Result<()> {
        on!(self, c => sqlx::query(
            "INSERT INTO saved_views (id, account, name, query, created_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (account, name) DO UPDATE SET query = excluded.query")
            .bind(view.id.0).bind(view.account.0).bind(&view.name).bind(&view.query)
            .bind(Timestamp::from(view.created_at)).execute(c).await.map(drop))?;
        Ok(())
    }

    /// The filters that an account keeps, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn saved_views(&mut self, account: AccountId) -> Result<Vec<SavedView>> {
        let rows: Vec<ViewRow> = on!(self, c => sqlx::query_as(
            "SELECT id, account, name, query, created_at FROM saved_views WHERE account = $1 ORDER BY created_at, id")
            .bind(account.0).fetch_all(c).await)?;
        Ok(rows.into_iter().map(SavedView::from).collect())
    }

    /// Forgets a filter of this account; whether there was one.
    ///
    /// # Errors
    /// The database's.
    pub async fn delete_view(&mut self, account: AccountId, view: ViewId) -> Result<bool> {
        let rows = on!(self, c => sqlx::query("DELETE FROM saved_views WHERE account = $1 AND id = $2")
            .bind(account.0).bind(view.0).execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }
}
