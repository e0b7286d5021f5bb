//! Who is on duty over a time, and where nobody is: exact, from change to change.

use super::schedule::Span;
use super::situation::Cause;
use super::{Person, Reason, Roster, Schedule, ScheduleId};
use crate::clock::Instant;

/// One person on duty for one reason, without interruption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift<'a> {
    /// Who.
    pub person: &'a Person,
    /// From this instant.
    pub from: Instant,
    /// To before this one.
    pub to: Instant,
    /// What puts them on duty.
    pub why: Reason,
}

/// A shift within a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stint {
    pub(super) person: usize,
    pub(super) cause: Cause,
    pub(super) span: Span,
}

impl Roster {
    /// Who is on duty from `from` to before `to`, cut off there; by the beginning, then in the order of the people.
    #[must_use]
    pub fn shifts(&self, schedule: &ScheduleId, from: Instant, to: Instant) -> Vec<Shift<'_>> {
        let Some(schedule) = self.schedule(schedule) else { return Vec::new() };
        schedule.stints(from, to).into_iter().filter_map(|stint| self.shift(schedule, stint)).collect()
    }

    pub(super) fn shift(&self, schedule: &Schedule, stint: Stint) -> Option<Shift<'_>> {
        let why = self.reason(schedule, stint.person, stint.cause, stint.span.from);
        Some(Shift { person: self.people.get(stint.person)?, from: stint.span.from, to: stint.span.to, why })
    }

    /// The times from `from` to before `to` in which nobody is on duty, cut off there.
    #[must_use]
    pub fn gaps(&self, schedule: &ScheduleId, from: Instant, to: Instant) -> Vec<Span> {
        let Some(schedule) = self.schedule(schedule) else { return Vec::new() };
        let mut gaps: Vec<Span> = Vec::new();
        for piece in schedule.pieces(from, to).filter(|piece| schedule.situation(piece.from).people.is_empty()) {
            match gaps.last_mut() {
                Some(last) if last.to == piece.from => last.to = piece.to,
                _ => gaps.push(piece),
            }
        }
        gaps
    }
}

impl Schedule {
    /// The stretches from `from` to before `to` within which nothing changes.
    fn pieces(&self, from: Instant, to: Instant) -> impl Iterator<Item = Span> {
        let mut next = from;
        std::iter::from_fn(move || {
            let from = next;
            if from >= to {
                return None;
            }
            next = self.next_change(from).map_or(to, |change| change.min(to));
            Some(Span { from, to: next })
        })
    }

    /// Everybody's time on duty from `from` to before `to`.
    pub(super) fn stints(&self, from: Instant, to: Instant) -> Vec<Stint> {
        let mut done: Vec<Stint> = Vec::new();
        let mut open: Vec<Stint> = Vec::new();
        for span in self.pieces(from, to) {
            let now = self.situation(span.from).people;
            let (mut on, off): (Vec<Stint>, Vec<Stint>) =
                open.into_iter().partition(|stint| now.contains(&(stint.person, stint.cause)));
            done.extend(off);
            for stint in &mut on {
                stint.span.to = span.to;
            }
            for (person, cause) in now {
                if !on.iter().any(|stint| (stint.person, stint.cause) == (person, cause)) {
                    on.push(Stint { person, cause, span });
                }
            }
            open = on;
        }
        done.extend(open);
        done.sort_by_key(|stint| (stint.span, stint.person));
        done
    }
}
