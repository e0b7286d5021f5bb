//! The PostgreSQL server as an operator has it: durable commits, and statistics that are kept up.

use sqlx::{Connection as _, PgConnection};

use crate::postgres_cluster;

/// A new database whose commits are on the disk when they are answered.
pub async fn durable() -> String {
    let url = postgres_cluster::database().await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    for sql in [
        "ALTER SYSTEM SET fsync = on",
        "ALTER SYSTEM SET full_page_writes = on",
        "ALTER SYSTEM SET autovacuum = on",
        "SELECT pg_reload_conf()",
        "CHECKPOINT",
    ] {
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    }
    // A session takes a changed setting up when it is idle: the next one surely has it.
    let mut connection = PgConnection::connect(&url).await.unwrap();
    for setting in ["SHOW fsync", "SHOW full_page_writes", "SHOW synchronous_commit"] {
        let value: String = sqlx::query_scalar(setting).fetch_one(&mut connection).await.unwrap();
        assert_eq!(value, "on", "{setting}");
    }
    url
}

/// What the server does by itself some time after much was written.
pub async fn analyze(url: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::query("VACUUM ANALYZE").execute(&mut connection).await.unwrap();
}
