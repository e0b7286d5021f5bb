//! Conversations of three and more: rooms, and who is in them.

use uuid::Uuid;

use super::error::Place;
use super::time::{Timestamp, optional};
use super::tx::{Tx, on, one};
use super::{Result, StoreError};
use crate::clock::Instant;
use crate::id::{CallId, IncidentId, RoomId};
use crate::paging::{Room, RoomState, Seat};

macro_rules! columns {
    () => {
        "id, incident, host, reporter, leg, state, record, made_at, entered_at, left_at"
    };
}

macro_rules! seat_columns {
    () => {
        "room, call, person, talked, entered_at, left_at, told"
    };
}

#[derive(sqlx::FromRow)]
struct RoomRow {
    id: Uuid,
    incident: Uuid,
    host: Uuid,
    reporter: Option<Uuid>,
    leg: String,
    state: String,
    record: bool,
    made_at: Timestamp,
    entered_at: Option<Timestamp>,
    left_at: Option<Timestamp>,
}

impl TryFrom<RoomRow> for Room {
    type Error = StoreError;

    fn try_from(row: RoomRow) -> Result<Self> {
        let place = Place { table: "rooms", key: &row.id.simple() };
        Ok(Self {
            state: place.some("state", RoomState::from_word(&row.state))?,
            id: RoomId(row.id),
            incident: IncidentId(row.incident),
            host: CallId(row.host),
            reporter: row.reporter.map(CallId),
            leg: row.leg,
            record: row.record,
            made_at: row.made_at.into(),
            entered_at: row.entered_at.map(Instant::from),
            left_at: row.left_at.map(Instant::from),
        })
    }
}

#[derive(sqlx::FromRow)]
struct SeatRow {
    room: Uuid,
    call: Uuid,
    person: String,
    talked: Option<i64>,
    entered_at: Option<Timestamp>,
    left_at: Option<Timestamp>,
    told: bool,
}

impl TryFrom<SeatRow> for Seat {
    type Error = StoreError;

    fn try_from(row: SeatRow) -> Result<Self> {
        let place = Place { table: "seats", key: &row.call.simple() };
        Ok(Self {
            talked: row.talked.map(|talked| place.ok("talked", u32::try_from(talked))).transpose()?,
            room: RoomId(row.room),
            call: CallId(row.call),
            person: row.person,
            entered_at: row.entered_at.map(Instant::from),
            left_at: row.left_at.map(Instant::from),
            told: row.told,
        })
    }
}

impl Tx {
    /// Keeps a new room of an incident and of calls that are there. Whoever changes a room or its seats has locked its
    /// incident.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_room(&mut self, room: &Room) -> Result<()> {
        on!(self, c => sqlx::query(concat!("INSERT INTO rooms (", columns!(), ")
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"))
            .bind(room.id.0).bind(room.incident.0).bind(room.host.0).bind(room.reporter.map(|call| call.0))
            .bind(&room.leg).bind(room.state.as_str()).bind(room.record).bind(Timestamp::from(room.made_at))
            .bind(optional(room.entered_at)).bind(optional(room.left_at)).execute(c).await.map(drop))?;
        Ok(())
    }

    /// The room with this id.
    ///
    /// # Errors
    /// The database's.
    pub async fn room(&mut self, id: RoomId) -> Result<Option<Room>> {
        let row: Option<RoomRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM rooms WHERE id = $1"))
            .bind(id.0).fetch_optional(c).await)?;
        row.map(Room::try_from).transpose()
    }

    /// The newest room of an incident.
    ///
    /// # Errors
    /// The database's.
    pub async fn newest_room(&mut self, incident: IncidentId) -> Result<Option<Room>> {
        let row: Option<RoomRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM rooms
             WHERE incident = $1 ORDER BY made_at DESC, id DESC LIMIT 1"))
            .bind(incident.0).fetch_optional(c).await)?;
        row.map(Room::try_from).transpose()
    }

    /// The newest room into which this call's reporter was to be moved.
    ///
    /// # Errors
    /// The database's.
    pub async fn room_of_reporter(&mut self, call: CallId) -> Result<Option<Room>> {
        let row: Option<RoomRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM rooms
             WHERE reporter = $1 ORDER BY made_at DESC, id DESC LIMIT 1"))
            .bind(call.0).fetch_optional(c).await)?;
        row.map(Room::try_from).transpose()
    }

    /// Keeps how far a room has come, and when the reporter came and went.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such room; the database's.
    pub async fn save_room(&mut self, room: &Room) -> Result<()> {
        let rows = on!(self, c => sqlx::query(
            "UPDATE rooms SET state = $2, entered_at = $3, left_at = $4 WHERE id = $1")
            .bind(room.id.0).bind(room.state.as_str()).bind(optional(room.entered_at)).bind(optional(room.left_at))
            .execute(c).await.map(|done| done.rows_affected()))?;
        one(rows, "rooms", &room.id)
    }

    /// Gives somebody a seat in a room; `false` when their call has one there.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_seat(&mut self, seat: &Seat) -> Result<bool> {
        let rows = on!(self, c => sqlx::query(concat!("INSERT INTO seats (", seat_columns!(), ")
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (room, call) DO NOTHING"))
            .bind(seat.room.0).bind(seat.call.0).bind(&seat.person).bind(seat.talked.map(i64::from))
            .bind(optional(seat.entered_at)).bind(optional(seat.left_at)).bind(seat.told)
            .execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// The seats of a room.
    ///
    /// # Errors
    /// The database's.
    pub async fn seats(&mut self, room: RoomId) -> Result<Vec<Seat>> {
        let rows: Vec<SeatRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", seat_columns!(), " FROM seats WHERE room = $1 ORDER BY call"))
            .bind(room.0).fetch_all(c).await)?;
        rows.into_iter().map(Seat::try_from).collect()
    }

    /// The seat of whoever was called in `call`, in the newest room where they have one.
    ///
    /// # Errors
    /// The database's.
    pub async fn seat_of_call(&mut self, call: CallId) -> Result<Option<Seat>> {
        let row: Option<SeatRow> = on!(self, c => sqlx::query_as(
            "SELECT room, call, person, talked, seats.entered_at, seats.left_at, told
             FROM seats JOIN rooms ON rooms.id = seats.room
             WHERE call = $1 ORDER BY made_at DESC, rooms.id DESC LIMIT 1")
            .bind(call.0).fetch_optional(c).await)?;
        row.map(Seat::try_from).transpose()
    }

    /// Keeps when somebody came into a room and left it.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such seat; the database's.
    pub async fn save_seat(&mut self, seat: &Seat) -> Result<()> {
        let rows = on!(self, c => sqlx::query(
            "UPDATE seats SET talked = $3, entered_at = $4, left_at = $5, told = $6 WHERE room = $1 AND call = $2")
            .bind(seat.room.0).bind(seat.call.0).bind(seat.talked.map(i64::from))
            .bind(optional(seat.entered_at)).bind(optional(seat.left_at)).bind(seat.told)
            .execute(c).await.map(|done| done.rows_affected()))?;
        one(rows, "seats", &seat.call)
    }
}
