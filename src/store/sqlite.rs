//! SQLite: one file that belongs to one process, one writer, a few read-only connections.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqlitePool};
use tracing::log::LevelFilter;

use super::schema;
use super::tx::{Kind, Tx};
use super::writer::Writer;
use super::{Result, StoreError};

/// Read-only connections.
const READERS: u32 = 4;

/// How long a reader may be waited for, and how long another program (a backup, a shell) may hold the file's lock.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Sqlite {
    writer: Writer,
    readers: SqlitePool,
}

impl Sqlite {
    /// Opens the file, for this process alone unless it is a `visit`.
    pub(super) async fn open(path: &Path, visit: bool) -> Result<Self> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|source| StoreError::File { path: folder.to_owned(), source })?;
        }
        let lock = if visit { None } else { Some(lock(path)?) };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // NORMAL may lose the last commits on a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .log_statements(LevelFilter::Trace)
            .log_slow_statements(LevelFilter::Warn, Duration::from_secs(1));
        let mut connection = options.connect().await?;
        schema::prepare(&sqlx::migrate!("migrations/sqlite"), &mut connection, visit).await?;
        connection.close().await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_lazy_with(options.clone().read_only(true).create_if_missing(false));
        Ok(Self { writer: Writer::start(options, lock).await?, readers })
    }

    pub(super) async fn begin(&self) -> Result<Tx> {
        self.writer.begin().await.map(|unit| Tx::new(Kind::Writer(unit)))
    }

    pub(super) async fn begin_read(&self) -> Result<Tx> {
        Ok(Tx::new(Kind::Reader(self.readers.begin().await?)))
    }

    pub(super) async fn close(&self) {
        // The readers first: whoever closes last folds the write-ahead log into the file.
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Takes the lock file beside the database. The operating system lets go of it when the process ends, however it ends.
fn lock(path: &Path) -> Result<File> {
    let mut name = OsString::from(path);
    name.push(".lock");
    let path = PathBuf::from(name);
    let failed = |source| StoreError::File { path: path.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked { lock: path }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_writer_is_durable_and_the_readers_only_read() {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = Sqlite::open(&folder.path().join("guardia.db"), false).await.unwrap();
        let Tx { kind: Kind::Writer(mut unit), .. } = sqlite.begin().await.unwrap() else { panic!("not the writer") };
        let settings: (i64, i64, String) = sqlx::query_as(
            "SELECT synchronous, foreign_keys, journal_mode
             FROM pragma_synchronous, pragma_foreign_keys, pragma_journal_mode",
        )
        .fetch_one(unit.connection())
        .await
        .unwrap();
        // 2 is FULL.
        assert_eq!(settings, (2, 1, "wal".to_owned()));
        drop(unit);
        let Tx { kind: Kind::Reader(mut reader), .. } = sqlite.begin_read().await.unwrap() else {
            panic!("not a reader")
        };
        assert!(sqlx::query("DELETE FROM meta").execute(&mut *reader).await.is_err());
    }
}
