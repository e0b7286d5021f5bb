//! PostgreSQL: a pool, and wake-ups across nodes.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgPool};
use tracing::log::LevelFilter;

use super::Result;
use super::schema;
use super::tx::{Kind, Tx};

/// How long a connection of the pool may be waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The channel that wakes every node's runner; the statements of `jobs.rs` name it too.
const CHANNEL: &str = "guardia_jobs";

pub(super) struct Postgres {
    pool: PgPool,
    options: Box<PgConnectOptions>,
    /// What this store signs its wake-ups with: it need not hear its own.
    node: String,
}

impl Postgres {
    pub(super) async fn open(options: &PgConnectOptions, connections: u32, visit: bool) -> Result<Self> {
        let options = options
            .clone()
            .application_name("guardia")
            .log_statements(LevelFilter::Trace)
            .log_slow_statements(LevelFilter::Warn, Duration::from_secs(1));
        // On a connection of its own: a migration may take longer than a unit. Nodes that start together queue up here.
        let mut connection = options.connect().await?;
        schema::prepare(&sqlx::migrate!("migrations/postgres"), &mut connection, visit).await?;
        let node: String =
            sqlx::query_scalar("SELECT CAST(gen_random_uuid() AS text)").fetch_one(&mut connection).await?;
        connection.close().await?;
        // A unit that hangs must not hold its row locks for ever.
        let bounded = options.clone().options([
            ("statement_timeout", "10s"),
            ("lock_timeout", "5s"),
            ("idle_in_transaction_session_timeout", "30s"),
            ("guardia.node", &node),
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
            .connect_with(bounded)
            .await?;
        Ok(Self { pool, options: Box::new(options), node })
    }

    /// READ COMMITTED: units lock the row they are about before they decide.
    pub(super) async fn begin(&self) -> Result<Tx> {
        Ok(Tx::new(Kind::Postgres(self.pool.begin().await?)))
    }

    pub(super) async fn begin_read(&self) -> Result<Tx> {
        let transaction = self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        Ok(Tx::new(Kind::Postgres(transaction)))
    }

    pub(super) async fn listen(&self) -> Result<Listener> {
        let options = self.options.clone();
        let connected = connect_listener(&options).await?;
        Ok(Listener { options, node: self.node.clone(), connected: Some(connected) })
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// Wakes when another node enqueued a job. Has a connection of its own, beside the pool.
#[derive(Debug)]
pub struct Listener {
    options: Box<PgConnectOptions>,
    node: String,
    connected: Option<PgListener>,
}

impl Listener {
    /// Waits for the next wake-up. A new connection after a lost one wakes too: what was announced meanwhile is unknown.
    ///
    /// # Errors
    /// That the database cannot be reached. Wait a little and call again.
    pub async fn recv(&mut self) -> Result<()> {
        if let Some(connected) = &mut self.connected {
            // An error and a lost connection are alike: what was said meanwhile is unknown.
            while let Ok(Some(news)) = connected.try_recv().await {
                if news.payload() != self.node {
                    return Ok(());
                }
            }
        }
        self.connected = None;
        self.connected = Some(connect_listener(&self.options).await?);
        Ok(())
    }
}

async fn connect_listener(options: &PgConnectOptions) -> Result<PgListener> {
    let one = PgPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE).max_lifetime(None).idle_timeout(None);
    let mut listener = PgListener::connect_with(&one.connect_lazy_with(options.clone())).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}
