//! PostgreSQL: a pool, and wake-ups across nodes.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgPool};
use tracing::log::LevelFilter;

use super::Result;
use super::tx::{Kind, Tx};

/// How long a connection of the pool may be waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The channel that wakes every node's runner; the statements of `jobs.rs` name it too.
const CHANNEL: &str = "guardia_jobs";

pub(super) struct Postgres(PgPool);

impl Postgres {
    pub(super) async fn open(options: &PgConnectOptions, connections: u32) -> Result<Self> {
        let options = options
            .clone()
            .application_name("guardia")
            .log_statements(LevelFilter::Trace)
            .log_slow_statements(LevelFilter::Warn, Duration::from_secs(1));
        // On a connection of its own: a migration may take longer than a unit. Nodes that start together queue up here.
        let mut connection = options.connect().await?;
        sqlx::migrate!("migrations/postgres").run(&mut connection).await?;
        connection.close().await?;
        // A unit that hangs must not hold its row locks for ever.
        let options = options.options([
            ("statement_timeout", "10s"),
            ("lock_timeout", "5s"),
            ("idle_in_transaction_session_timeout", "30s"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(PATIENCE)
            // A connection is asked whether it lives only when it has been idle: one round trip less in a busy minute.
            .test_before_acquire(false)
            .before_acquire(|connection, about| {
                Box::pin(async move {
                    if about.idle_for > Duration::from_secs(1) {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(options)
            .await?;
        Ok(Self(pool))
    }

    /// READ COMMITTED: units lock the row they are about before they decide.
    pub(super) async fn begin(&self) -> Result<Tx> {
        Ok(Tx(Kind::Postgres(self.0.begin().await?)))
    }

    pub(super) async fn begin_read(&self) -> Result<Tx> {
        let transaction = self.0.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        Ok(Tx(Kind::Postgres(transaction)))
    }

    pub(super) async fn listen(&self) -> Result<Listener> {
        let mut listener = PgListener::connect_with(&self.0).await?;
        listener.listen(CHANNEL).await?;
        Ok(Listener(listener))
    }

    pub(super) async fn close(&self) {
        self.0.close().await;
    }
}

/// Wakes when a job was enqueued. Holds one connection.
#[derive(Debug)]
pub struct Listener(PgListener);

impl Listener {
    /// Waits for the next wake-up. A lost connection wakes too, once there is a new one: what was announced meanwhile is
    /// unknown.
    ///
    /// # Errors
    /// That the database cannot be reached. Wait a little and call again.
    pub async fn recv(&mut self) -> Result<()> {
        self.0.try_recv().await?;
        Ok(())
    }
}
