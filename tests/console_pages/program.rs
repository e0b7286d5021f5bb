//! A bound on what a test waits for.

use std::time::Duration;

/// A test waits for so long at most.
const PATIENCE: Duration = Duration::from_mins(2);

/// Waits, but not for ever.
#[expect(clippy::disallowed_methods, reason = "a bound on what a test waits for, not a wait")]
pub async fn within<T>(what: &str, wait: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}
