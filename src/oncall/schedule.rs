//! A schedule: layers of rotations, and what is agreed to be different for a while.

use chrono_tz::Tz;

use super::window::Window;
use super::{Rotation, ScheduleId};
use crate::clock::Instant;

/// Who is on duty when. People are places in the roster's list; there is at least one layer.
///
/// The last layer that counts and has begun decides. The first layer decides from the beginning of time: before its
/// rotation begins its first person is on duty, so that nobody is paged into a void by a date in the future.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Unique in the roster.
    pub id: ScheduleId,
    /// The zone whose wall's clock its times are on.
    pub zone: Tz,
    /// A later one lies over the earlier ones.
    pub(super) layers: Vec<Layer>,
    /// Exceptions, by their beginning.
    pub(super) overrides: Vec<Override>,
    /// Exchanges, by their beginning.
    pub(super) swaps: Vec<Swap>,
    /// Times that are planned by hand, by their beginning; they do not overlap.
    pub(super) shifts: Vec<Planned>,
}

/// One rotation, and the hours in which it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Its name, unique in the schedule; the one layer of a short page has none.
    pub name: Option<String>,
    /// Who follows whom.
    pub rotation: Rotation,
    /// When it counts; empty = always. Turns go on while it does not.
    pub(super) only: Vec<Window>,
}

/// A stretch of time, half open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// From this instant.
    pub from: Instant,
    /// To before this one.
    pub to: Instant,
}

/// Somebody else for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Override {
    /// How long.
    pub span: Span,
    pub(super) change: Change,
}

/// What an override changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// This person alone, whoever else would be.
    Instead(usize),
    /// This person too.
    Add(usize),
    /// Not this person.
    Remove(usize),
    /// While `gone` would be on duty, `by` is.
    Replace { gone: usize, by: usize },
}

/// Two people take each other's turns for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swap {
    /// How long.
    pub span: Span,
    pub(super) between: [usize; 2],
}

/// A time planned by hand: these people are on duty, and nothing else of the schedule counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// How long.
    pub span: Span,
    pub(super) people: Vec<usize>,
}

impl Span {
    /// Whether `at` lies in it.
    #[must_use]
    pub fn has(&self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }

    /// Whether both have an instant in common.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.from < other.to && other.from < self.to
    }
}

impl Schedule {
    /// The layers; a later one lies over the earlier ones.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// How many overrides, exchanges and shifts planned by hand it has.
    #[must_use]
    pub fn exceptions(&self) -> usize {
        self.special().count()
    }

    /// Everybody who may ever be on duty by it, in the order in which it names them. Nobody twice.
    pub(super) fn everybody(&self) -> Vec<usize> {
        let layers = self.layers.iter().flat_map(|layer| layer.rotation.order.iter().copied());
        let shifts = self.shifts.iter().flat_map(|shift| shift.people.iter().copied());
        let overrides = self.overrides.iter().filter_map(|change| change.change.brings());
        let swaps = self.swaps.iter().flat_map(|swap| swap.between);
        let mut everybody = Vec::new();
        for person in layers.chain(shifts).chain(overrides).chain(swaps) {
            if !everybody.contains(&person) {
                everybody.push(person);
            }
        }
        everybody
    }

    /// Every span that something special has.
    pub(super) fn special(&self) -> impl Iterator<Item = Span> {
        let overrides = self.overrides.iter().map(|change| change.span);
        overrides.chain(self.swaps.iter().map(|swap| swap.span)).chain(self.shifts.iter().map(|shift| shift.span))
    }
}

impl Layer {
    /// Whether it counts at `at`.
    pub(super) fn counts(&self, at: Instant) -> bool {
        self.only.is_empty() || self.only.iter().any(|window| window.open(self.rotation.zone, at))
    }
}

impl Change {
    /// Whom it may put on duty.
    pub(super) fn brings(self) -> Option<usize> {
        match self {
            Self::Instead(person) | Self::Add(person) | Self::Replace { by: person, .. } => Some(person),
            Self::Remove(_) => None,
        }
    }

    /// Whether it is about `person`.
    fn names(self, person: usize) -> bool {
        match self {
            Self::Instead(named) | Self::Add(named) | Self::Remove(named) => named == person,
            Self::Replace { gone, by } => gone == person || by == person,
        }
    }

    /// Somebody whom both are about.
    pub(super) fn shares(self, other: Self) -> Option<usize> {
        let mine = match self {
            Self::Instead(person) | Self::Add(person) | Self::Remove(person) => [person, person],
            Self::Replace { gone, by } => [gone, by],
        };
        mine.into_iter().find(|person| other.names(*person))
    }
}
