//! Addresses that are not used for now, by the keyed hash of each.

use sqlx::types::Json;

use super::error::Place;
use super::time::Timestamp;
use super::tx::{Sql, Tx, on};
use super::{Result, StoreError};
use crate::clock::Instant;
use crate::paging::Disabled;

/// What is known of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactState {
    /// The keyed hash of the address.
    pub address: String,
    /// Why it is not used.
    pub state: Disabled,
    /// Since when.
    pub at: Instant,
}

const AMONG: Sql = Sql {
    sqlite: "SELECT address, state, at FROM contact_states
         WHERE address IN (SELECT value FROM json_each($1)) ORDER BY address",
    postgres: "SELECT address, state, at FROM contact_states
         WHERE address IN (SELECT jsonb_array_elements_text($1)) ORDER BY address COLLATE \"C\"",
};

#[derive(sqlx::FromRow)]
struct StateRow {
    address: String,
    state: String,
    at: Timestamp,
}

impl TryFrom<StateRow> for ContactState {
    type Error = StoreError;

    fn try_from(row: StateRow) -> Result<Self> {
        let place = Place { table: "contact_states", key: &row.address };
        let state = place.some("state", Disabled::from_word(&row.state))?;
        Ok(Self { state, at: row.at.into(), address: row.address })
    }
}

impl Tx {
    /// Keeps that an address is not used, in the place of what was known of it.
    ///
    /// # Errors
    /// The database's.
    pub async fn put_contact_state(&mut self, contact: &ContactState) -> Result<()> {
        on!(self, c => sqlx::query(
            "INSERT INTO contact_states (address, state, at) VALUES ($1, $2, $3)
             ON CONFLICT (address) DO UPDATE SET state = excluded.state, at = excluded.at")
            .bind(&contact.address).bind(contact.state.as_str()).bind(Timestamp::from(contact.at))
            .execute(c).await.map(drop))?;
        Ok(())
    }

    /// What is known of the address with this hash; `None` = nothing speaks against it.
    ///
    /// # Errors
    /// The database's.
    pub async fn contact_state(&mut self, address: &str) -> Result<Option<ContactState>> {
        let row: Option<StateRow> = on!(self, c => sqlx::query_as(
            "SELECT address, state, at FROM contact_states WHERE address = $1")
            .bind(address).fetch_optional(c).await)?;
        row.map(ContactState::try_from).transpose()
    }

    /// Which of the addresses with these hashes something is known of, in the order of their hashes.
    ///
    /// # Errors
    /// The database's.
    pub async fn contact_states(&mut self, addresses: &[String]) -> Result<Vec<ContactState>> {
        let rows: Vec<StateRow> = on!(self, c => sqlx::query_as(AMONG.on(c))
            .bind(Json(addresses)).fetch_all(c).await)?;
        rows.into_iter().map(ContactState::try_from).collect()
    }

    /// Forgets what is known of an address: it is used again. `false` when nothing was.
    ///
    /// # Errors
    /// The database's.
    pub async fn clear_contact_state(&mut self, address: &str) -> Result<bool> {
        let rows = on!(self, c => sqlx::query("DELETE FROM contact_states WHERE address = $1")
            .bind(address).execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }
}
