//! What is known of the contacts of people: whether they reach them.

use super::error::Place;
use super::time::{Timestamp, optional};
use super::tx::{Tx, for_update, on};
use super::{Result, StoreError};
use crate::clock::Instant;
use crate::oncall::{Challenge, Proof, Verification};

macro_rules! columns {
    () => {
        "person, contact, address_hash, verified_at, verified_by, code_hash, code_expires_at, code_wrong"
    };
}

#[derive(sqlx::FromRow)]
struct ContactRow {
    person: String,
    contact: String,
    address_hash: String,
    verified_at: Option<Timestamp>,
    verified_by: Option<String>,
    code_hash: Option<String>,
    code_expires_at: Option<Timestamp>,
    code_wrong: i64,
}

impl TryFrom<ContactRow> for Verification {
    type Error = StoreError;

    fn try_from(row: ContactRow) -> Result<Self> {
        let key = format!("{}/{}", row.person, row.contact);
        let place = Place { table: "contacts", key: &key };
        let verified = row.verified_at.map(|at| {
            let proof = row.verified_by.as_deref().and_then(Proof::from_word);
            Ok::<_, StoreError>((Instant::from(at), place.some("verified_by", proof)?))
        });
        let challenge = row.code_hash.map(|code_hash| {
            Ok::<_, StoreError>(Challenge {
                code_hash,
                expires_at: place.some("code_expires_at", row.code_expires_at)?.into(),
                wrong: place.ok("code_wrong", u32::try_from(row.code_wrong))?,
            })
        });
        let (verified, challenge) = (verified.transpose()?, challenge.transpose()?);
        Ok(Self { person: row.person, contact: row.contact, address_hash: row.address_hash, verified, challenge })
    }
}

impl Tx {
    /// What is known of a person's contact, which nobody else changes until this unit ends; `None` when that is nothing.
    ///
    /// # Errors
    /// The database's.
    pub async fn lock_verification(&mut self, person: &str, contact: &str) -> Result<Option<Verification>> {
        let row: Option<ContactRow> = on!(self, c => sqlx::query_as(
            for_update!("SELECT ", columns!(), " FROM contacts WHERE person = $1 AND contact = $2").on(c))
            .bind(person).bind(contact).fetch_optional(c).await)?;
        row.map(Verification::try_from).transpose()
    }

    /// What is known of every contact there ever was, by person and contact.
    ///
    /// # Errors
    /// The database's.
    pub async fn verifications(&mut self) -> Result<Vec<Verification>> {
        let rows: Vec<ContactRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM contacts ORDER BY person, contact")).fetch_all(c).await)?;
        rows.into_iter().map(Verification::try_from).collect()
    }

    /// Keeps what is known of a contact, in the place of what was known before.
    ///
    /// # Errors
    /// The database's.
    pub async fn put_verification(&mut self, known: &Verification) -> Result<()> {
        let challenge = known.challenge.as_ref();
        on!(self, c => sqlx::query(concat!("INSERT INTO contacts (", columns!(), ")
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (person, contact) DO UPDATE SET address_hash = excluded.address_hash,
                 verified_at = excluded.verified_at, verified_by = excluded.verified_by,
                 code_hash = excluded.code_hash, code_expires_at = excluded.code_expires_at,
                 code_wrong = excluded.code_wrong"))
            .bind(&known.person).bind(&known.contact).bind(&known.address_hash)
            .bind(optional(known.verified.map(|(at, _)| at))).bind(known.verified.map(|(_, proof)| proof.as_str()))
            .bind(challenge.map(|code| code.code_hash.as_str()))
            .bind(optional(challenge.map(|code| code.expires_at)))
            .bind(challenge.map_or(0, |code| i64::from(code.wrong)))
            .execute(c).await.map(drop))?;
        Ok(())
    }
}
