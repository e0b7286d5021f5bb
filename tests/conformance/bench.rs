//! A store to try things on, with a way past it.

use std::ops::Deref;

use guardia::store::{Store, StoreError, Tx, Url};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

use crate::postgres_cluster;

/// An empty store on a database of its own.
pub struct Bench {
    store: Store,
    url: String,
    folder: Option<TempDir>,
}

impl Bench {
    /// In a file.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Below a folder that is not there yet.
        let url = format!("sqlite:{}", folder.path().join("data/guardia.db").display());
        Self { store: open(&url).await.unwrap(), url, folder: Some(folder) }
    }

    /// In the throw-away cluster.
    pub async fn postgres() -> Self {
        let url = postgres_cluster::database().await;
        Self { store: open(&url).await.unwrap(), url, folder: None }
    }

    /// Opens the same database again.
    pub async fn open_again(&self) -> Result<Store, StoreError> {
        open(&self.url).await
    }

    /// Opens it as a command does that runs beside the server.
    pub async fn visit(&self) -> Store {
        Store::visit(&self.url.parse::<Url>().unwrap()).await.unwrap()
    }

    /// Where the database is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether this is SQLite.
    pub fn is_sqlite(&self) -> bool {
        self.folder.is_some()
    }

    /// Does to the database what no store would; how many rows it changed.
    pub async fn past_the_store(&self, sql: &str) -> u64 {
        let sql = AssertSqlSafe(sql);
        if self.is_sqlite() {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::query(sql).execute(&mut connection).await.unwrap().rows_affected()
        } else {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            sqlx::query(sql).execute(&mut connection).await.unwrap().rows_affected()
        }
    }

    /// The same, several statements at once.
    pub async fn script(&self, sql: &str) {
        let sql = AssertSqlSafe(sql);
        if self.is_sqlite() {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
    }

    /// One unit, committed, whose work cannot fail.
    pub async fn unit<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<T, StoreError>) -> T {
        self.store.write(work).await.unwrap()
    }

    /// One look.
    pub async fn look<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<T, StoreError>) -> T {
        self.store.read(work).await.unwrap()
    }

    /// Away with it.
    pub async fn remove(self) {
        self.store.close().await;
        if self.folder.is_none() {
            postgres_cluster::remove(&self.url).await;
        }
    }
}

async fn open(url: &str) -> Result<Store, StoreError> {
    Store::open(&url.parse::<Url>().unwrap()).await
}

impl Deref for Bench {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}
