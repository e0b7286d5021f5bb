//! A conversation of three and more: the room into which the reporter and the people of the roster are brought, and who was
//! in it for how long.

use crate::clock::Instant;
use crate::id::{CallId, IncidentId, RoomId};

/// A room. It is made when a third person wants to come into a conversation of two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Its id; also its name at the provider.
    pub id: RoomId,
    /// The incident that is spoken about.
    pub incident: IncidentId,
    /// The call of whoever spoke with the reporter before there was a room.
    pub host: CallId,
    /// The call in which the reporter rang the line; `None` when the line called them.
    pub reporter: Option<CallId>,
    /// The provider's id of the reporter's leg.
    pub leg: String,
    /// How far it has come.
    pub state: RoomState,
    /// Whether it is recorded.
    pub record: bool,
    /// When the third person asked for it.
    pub made_at: Instant,
    /// When the reporter came in, by the provider's word.
    pub entered_at: Option<Instant>,
    /// When the reporter was gone.
    pub left_at: Option<Instant>,
}

/// How far a room has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomState {
    /// The reporter is still to be moved: whoever spoke with them goes on doing so.
    Opening,
    /// The reporter has been moved.
    Open,
    /// The reporter is gone, or on the way out.
    Over,
    /// Nobody is in it any more, and what came of it is written down.
    Closed,
    /// It never came about.
    Failed,
}

impl RoomState {
    const ALL: [Self; 5] = [Self::Opening, Self::Open, Self::Over, Self::Closed, Self::Failed];

    /// The word stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Open => "open",
            Self::Over => "over",
            Self::Closed => "closed",
            Self::Failed => "failed",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether somebody may still come in.
    #[must_use]
    pub fn is_live(self) -> bool {
        matches!(self, Self::Opening | Self::Open)
    }
}

/// A person of the roster who is in a room, or on the way there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The room.
    pub room: RoomId,
    /// The call that the line made to them.
    pub call: CallId,
    /// The person's id of the roster.
    pub person: String,
    /// How long they spoke with the reporter before the room, in whole seconds, once that conversation gave way to it.
    pub talked: Option<u32>,
    /// When they came in, by the provider's word.
    pub entered_at: Option<Instant>,
    /// When they were gone, whether they had come in or not.
    pub left_at: Option<Instant>,
    /// Whether the timeline tells how long they were in.
    pub told: bool,
}

impl Seat {
    /// Whether they came in and are there.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.entered_at.is_some() && self.left_at.is_none()
    }

    /// For how many whole seconds they and the reporter were in `room` together, once both have been there and they have left.
    #[must_use]
    pub fn together(&self, room: &Room) -> Option<u32> {
        let (entered, left, reporter) = (self.entered_at?, self.left_at?, room.entered_at?);
        let until = room.left_at.map_or(left, |gone| gone.min(left));
        Some(u32::try_from((until - entered.max(reporter)).num_seconds()).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn only_time_with_the_reporter_counts() {
        // Reporter in and out, person in and out, what counts.
        for (reporter, person, together) in [
            ((Some(10), Some(60)), (Some(20), Some(50)), Some(30)),
            ((Some(20), Some(60)), (Some(10), Some(50)), Some(30)),
            ((Some(10), Some(40)), (Some(20), Some(50)), Some(20)),
            ((Some(10), None), (Some(20), Some(50)), Some(30)),
            ((Some(10), Some(15)), (Some(20), Some(50)), Some(0)),
            ((None, Some(40)), (Some(20), Some(50)), None),
            ((Some(10), Some(60)), (Some(20), None), None),
            ((Some(10), Some(60)), (None, Some(50)), None),
        ] {
            let room = Room {
                id: RoomId(Uuid::nil()),
                incident: IncidentId(Uuid::nil()),
                host: CallId(Uuid::nil()),
                reporter: None,
                leg: String::new(),
                state: RoomState::Over,
                record: true,
                made_at: at(0),
                entered_at: reporter.0.map(at),
                left_at: reporter.1.map(at),
            };
            let seat = Seat {
                room: room.id,
                call: room.host,
                person: "ana".to_owned(),
                talked: None,
                entered_at: person.0.map(at),
                left_at: person.1.map(at),
                told: false,
            };
            assert_eq!(seat.together(&room), together, "{reporter:?} {person:?}");
        }
    }

    #[test]
    fn states_are_read_as_they_are_written() {
        for state in RoomState::ALL {
            assert_eq!(RoomState::from_word(state.as_str()), Some(state));
        }
        assert_eq!(RoomState::from_word("ajar"), None);
    }
}
