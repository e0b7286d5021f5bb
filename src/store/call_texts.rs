//! What is said and noted about calls, what was decided about them, and the filters that people keep.

use uuid::Uuid;

use super::error::Place;
use super::time::Timestamp;
use super::tx::{Sql, Tx, for_update, on};
use super::{Result, StoreError};
use crate::call::{CallText, Disposed, Disposition, TextKind, words};
use crate::id::CallId;

#[derive(sqlx::FromRow)]
struct TextRow {
    call: Uuid,
    kind: String,
    author: Option<String>,
    at: Timestamp,
    text: String,
}

impl TryFrom<TextRow> for CallText {
    type Error = StoreError;

    fn try_from(row: TextRow) -> Result<Self> {
        let place = Place { table: "call_texts", key: &row.call.simple() };
        Ok(Self {
            kind: place.some("kind", TextKind::from_word(&row.kind))?,
            call: CallId(row.call),
            author: row.author,
            at: row.at.into(),
            text: row.text,
        })
    }
}

#[derive(sqlx::FromRow)]
struct DisposedRow {
    call: Uuid,
    disposition: String,
    decided_by: String,
    at: Timestamp,
    note: Option<String>,
}

impl TryFrom<DisposedRow> for Disposed {
    type Error = StoreError;

    fn try_from(row: DisposedRow) -> Result<Self> {
        let place = Place { table: "dispositions", key: &row.call.simple() };
        Ok(Self {
            disposition: place.some("disposition", Disposition::from_word(&row.disposition))?,
            call: CallId(row.call),
            decided_by: row.decided_by,
            at: row.at.into(),
            note: row.note,
        })
    }
}

const ADD_WORDS: Sql = Sql {
    sqlite: "UPDATE _call_words SET words = words || ' ' || $2 WHERE rowid = $1",
    postgres: "UPDATE _call_words SET words = words || array_to_tsvector(string_to_array($2, ' ')) WHERE place = $1",
};
const FIRST_WORDS: Sql = Sql {
    sqlite: "INSERT INTO _call_words (rowid, words) VALUES ($1, $2)",
    postgres: "INSERT INTO _call_words (place, words) VALUES ($1, array_to_tsvector(string_to_array($2, ' ')))",
};

impl Tx {
    /// Keeps a note or a transcript of a call, whose words are found from then on.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such call; the database's.
    pub async fn insert_call_text(&mut self, text: &CallText) -> Result<()> {
        let place = self.lock_in_log(text.call).await?;
        on!(self, c => sqlx::query(
            "INSERT INTO call_texts (call, sequence, kind, author, at, text)
             SELECT $1, COALESCE(MAX(sequence), 0) + 1, $2, $3, $4, $5 FROM call_texts WHERE call = $1")
            .bind(text.call.0).bind(text.kind.as_str()).bind(text.author.as_deref()).bind(Timestamp::from(text.at))
            .bind(&text.text).execute(c).await.map(drop))?;
        self.add_words(place, &text.text).await
    }

    /// The notes and transcripts of a call, in the order in which they came.
    ///
    /// # Errors
    /// The database's.
    pub async fn call_texts(&mut self, call: CallId) -> Result<Vec<CallText>> {
        let rows: Vec<TextRow> = on!(self, c => sqlx::query_as(
            "SELECT call, kind, author, at, text FROM call_texts WHERE call = $1 ORDER BY sequence")
            .bind(call.0).fetch_all(c).await)?;
        rows.into_iter().map(CallText::try_from).collect()
    }

    /// Keeps what somebody decided about a call: it is dealt with. A later decision holds; the earlier ones stay. The words of
    /// the note are found as those of a text.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such call; the database's.
    pub async fn dispose_call(&mut self, disposed: &Disposed) -> Result<()> {
        let place = self.lock_in_log(disposed.call).await?;
        on!(self, c => sqlx::query(
            "INSERT INTO dispositions (call, sequence, disposition, decided_by, at, note)
             SELECT $1, COALESCE(MAX(sequence), 0) + 1, $2, $3, $4, $5 FROM dispositions WHERE call = $1")
            .bind(disposed.call.0).bind(disposed.disposition.as_str()).bind(&disposed.decided_by)
            .bind(Timestamp::from(disposed.at)).bind(disposed.note.as_deref()).execute(c).await.map(drop))?;
        on!(self, c => sqlx::query("UPDATE call_log SET disposition = $2 WHERE call = $1")
            .bind(disposed.call.0).bind(disposed.disposition.as_str()).execute(c).await.map(drop))?;
        match &disposed.note {
            Some(note) => self.add_words(place, note).await,
            None => Ok(()),
        }
    }

    /// What was decided about a call, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn dispositions(&mut self, call: CallId) -> Result<Vec<Disposed>> {
        let rows: Vec<DisposedRow> = on!(self, c => sqlx::query_as(
            "SELECT call, disposition, decided_by, at, note FROM dispositions WHERE call = $1 ORDER BY sequence")
            .bind(call.0).fetch_all(c).await)?;
        rows.into_iter().map(Disposed::try_from).collect()
    }

    /// The place of a call whose row of the log nobody else changes until this unit ends. The last thing a unit locks but the
    /// audit.
    async fn lock_in_log(&mut self, call: CallId) -> Result<i64> {
        let place: Option<i64> = on!(self, c => sqlx::query_scalar(
            for_update!("SELECT place FROM call_log WHERE call = $1").on(c)).bind(call.0).fetch_optional(c).await)?;
        place.ok_or_else(|| StoreError::Missing { table: "calls", key: call.to_string() })
    }

    async fn add_words(&mut self, place: i64, text: &str) -> Result<()> {
        let mut words = words(text);
        words.sort_unstable();
        words.dedup();
        if words.is_empty() {
            return Ok(());
        }
        let words = words.join(" ");
        let rows = on!(self, c => sqlx::query(ADD_WORDS.on(c)).bind(place).bind(&words)
            .execute(c).await.map(|done| done.rows_affected()))?;
        if rows == 0 {
            on!(self, c => sqlx::query(FIRST_WORDS.on(c)).bind(place).bind(&words).execute(c).await.map(drop))?;
        }
        Ok(())
    }
}
