//! The schema at an opening: who serves brings it up to date, who visits leaves it as it is.

use sqlx::migrate::{Migrate, Migrator};

use super::{Result, StoreError};

/// Brings the schema to what `migrator` knows. A visitor makes it only where there is none: a server that is running was
/// built for the schema it has.
pub(super) async fn prepare(migrator: &Migrator, connection: &mut impl Migrate, visit: bool) -> Result<()> {
    connection.ensure_migrations_table(&migrator.table_name).await?;
    let applied = connection.list_applied_migrations(&migrator.table_name).await?;
    let last = applied.iter().map(|migration| migration.version).max();
    let ours = migrator.iter().map(|migration| migration.version).max();
    match (visit, last) {
        (true, Some(_)) if last == ours => Ok(()),
        (_, Some(last)) if Some(last) > ours => Err(StoreError::Schema { newer: true }),
        (true, Some(_)) => Err(StoreError::Schema { newer: false }),
        (false, _) | (true, None) => Ok(migrator.run_direct(None, connection, false).await?),
    }
}
