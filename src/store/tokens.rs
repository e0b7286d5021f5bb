//! Tokens of the API.

use uuid::Uuid;

use super::error::Place;
use super::time::{Timestamp, optional};
use super::tx::{Tx, on};
use super::{Result, StoreError};
use crate::access::{ApiToken, Scopes};
use crate::clock::Instant;
use crate::id::TokenId;

macro_rules! columns {
    () => {
        "id, name, hash, scopes, created_at, last_used_at, expires_at, revoked_at"
    };
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    id: Uuid,
    name: String,
    hash: String,
    scopes: String,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
}

impl TryFrom<TokenRow> for ApiToken {
    type Error = StoreError;

    fn try_from(row: TokenRow) -> Result<Self> {
        let place = Place { table: "api_tokens", key: &row.id.simple() };
        Ok(Self {
            scopes: place.some("scopes", Scopes::parse(&row.scopes))?,
            id: TokenId(row.id),
            name: row.name,
            hash: row.hash,
            created_at: row.created_at.into(),
            last_used_at: row.last_used_at.map(Instant::from),
            expires_at: row.expires_at.map(Instant::from),
            revoked_at: row.revoked_at.map(Instant::from),
        })
    }
}

impl Tx {
    /// Keeps a new token; `false` when one has or had its name.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_token(&mut self, token: &ApiToken) -> Result<bool> {
        let rows = on!(self, c => sqlx::query(concat!("INSERT INTO api_tokens (", columns!(), ")
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (name) DO NOTHING"))
            .bind(token.id.0).bind(&token.name).bind(&token.hash).bind(token.scopes.to_string())
            .bind(Timestamp::from(token.created_at)).bind(optional(token.last_used_at))
            .bind(optional(token.expires_at)).bind(optional(token.revoked_at))
            .execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// The token with this hash, whether it still counts or not.
    ///
    /// # Errors
    /// The database's.
    pub async fn token_by_hash(&mut self, hash: &str) -> Result<Option<ApiToken>> {
        let row: Option<TokenRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM api_tokens WHERE hash = $1"))
            .bind(hash).fetch_optional(c).await)?;
        row.map(ApiToken::try_from).transpose()
    }

    /// Every token there ever was, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn tokens(&mut self) -> Result<Vec<ApiToken>> {
        let rows: Vec<TokenRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM api_tokens ORDER BY created_at, id")).fetch_all(c).await)?;
        rows.into_iter().map(ApiToken::try_from).collect()
    }

    /// Keeps that a token was used at `at`, unless it was since `since`: so a busy one is not written at every request.
    ///
    /// # Errors
    /// The database's.
    pub async fn touch_token(&mut self, id: TokenId, at: Instant, since: Instant) -> Result<()> {
        on!(self, c => sqlx::query(
            "UPDATE api_tokens SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $3)")
            .bind(id.0).bind(Timestamp::from(at)).bind(Timestamp::from(since)).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Ends a token; `false` when there is none of this name, or it was ended before.
    ///
    /// # Errors
    /// The database's.
    pub async fn revoke_token(&mut self, name: &str, at: Instant) -> Result<bool> {
        let rows = on!(self, c => sqlx::query(
            "UPDATE api_tokens SET revoked_at = $2 WHERE name = $1 AND revoked_at IS NULL")
            .bind(name).bind(Timestamp::from(at)).execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }
}
