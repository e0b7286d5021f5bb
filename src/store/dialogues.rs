//! What is said in the calls that the line makes.

use uuid::Uuid;

use super::error::Place as Column;
use super::tx::{Tx, on, one};
use super::{Result, StoreError};
use crate::id::{CallId, IncidentId, MessageId};
use crate::paging::{Dialogue, Place};

macro_rules! columns {
    () => {
        "call, message, incident, person, place"
    };
}

#[derive(sqlx::FromRow)]
struct DialogueRow {
    call: Uuid,
    message: Uuid,
    incident: Uuid,
    person: String,
    place: String,
}

impl TryFrom<DialogueRow> for Dialogue {
    type Error = StoreError;

    fn try_from(row: DialogueRow) -> Result<Self> {
        let column = Column { table: "dialogues", key: &row.call.simple() };
        Ok(Self {
            place: column.ok("place", serde_json::from_str(&row.place))?,
            call: CallId(row.call),
            message: MessageId(row.message),
            incident: IncidentId(row.incident),
            person: row.person,
        })
    }
}

fn place(place: Place) -> Result<String> {
    serde_json::to_string(&place).map_err(|error| StoreError::Database(sqlx::Error::Encode(error.into())))
}

impl Tx {
    /// Keeps a new dialogue of a call that is there.
    ///
    /// # Errors
    /// The database's: this call has one already, or there is no such call or incident.
    pub async fn insert_dialogue(&mut self, dialogue: &Dialogue) -> Result<()> {
        let at = place(dialogue.place)?;
        on!(self, c => sqlx::query(concat!("INSERT INTO dialogues (", columns!(), ") VALUES ($1, $2, $3, $4, $5)"))
            .bind(dialogue.call.0).bind(dialogue.message.0).bind(dialogue.incident.0).bind(&dialogue.person)
            .bind(&at).execute(c).await.map(drop))?;
        Ok(())
    }

    /// The dialogue of a call.
    ///
    /// # Errors
    /// The database's.
    pub async fn dialogue(&mut self, call: CallId) -> Result<Option<Dialogue>> {
        let row: Option<DialogueRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM dialogues WHERE call = $1"))
            .bind(call.0).fetch_optional(c).await)?;
        row.map(Dialogue::try_from).transpose()
    }

    /// The dialogue in which a message is spoken: the last one, when it had to be called again.
    ///
    /// # Errors
    /// The database's.
    pub async fn dialogue_of_message(&mut self, message: MessageId) -> Result<Option<Dialogue>> {
        let row: Option<DialogueRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM dialogues WHERE message = $1 ORDER BY call DESC LIMIT 1"))
            .bind(message.0).fetch_optional(c).await)?;
        row.map(Dialogue::try_from).transpose()
    }

    /// The dialogues about an incident.
    ///
    /// # Errors
    /// The database's.
    pub async fn dialogues(&mut self, incident: IncidentId) -> Result<Vec<Dialogue>> {
        let rows: Vec<DialogueRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM dialogues WHERE incident = $1 ORDER BY call"))
            .bind(incident.0).fetch_all(c).await)?;
        rows.into_iter().map(Dialogue::try_from).collect()
    }

    /// Keeps where a dialogue stands.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such dialogue; the database's.
    pub async fn save_dialogue(&mut self, dialogue: &Dialogue) -> Result<()> {
        let at = place(dialogue.place)?;
        let rows = on!(self, c => sqlx::query("UPDATE dialogues SET place = $2 WHERE call = $1")
            .bind(dialogue.call.0).bind(&at).execute(c).await.map(|done| done.rows_affected()))?;
        one(rows, "dialogues", &dialogue.call)
    }
}
