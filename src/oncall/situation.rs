//! What a schedule says at an instant: who is on duty and by what, and when that may change.

use super::Schedule;
use super::schedule::{Change, Layer, Span};
use crate::clock::Instant;

/// What a schedule says at an instant. People are places in the roster's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Situation {
    /// Who is on duty, each with what puts them there. Nobody twice.
    pub(super) people: Vec<(usize, Cause)>,
    /// The layer that decides, if any counts.
    pub(super) layer: Option<usize>,
    /// Whom an override takes off duty by name: they are not asked after the others either.
    pub(super) away: Vec<usize>,
}

/// What puts somebody on duty. Numbers of layers, overrides and so on are places in the schedule's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// A turn of a layer's rotation.
    Turn { layer: usize, number: i64 },
    /// The first layer has not begun: its first person waits.
    Waiting { layer: usize },
    /// A turn that was somebody else's before an exchange.
    Swap { swap: usize, layer: usize, number: i64 },
    /// An override.
    Override { entry: usize },
    /// A time planned by hand.
    Planned { entry: usize },
}

impl Schedule {
    /// What it says at `at`.
    pub(super) fn situation(&self, at: Instant) -> Situation {
        let found = self.layers.iter().enumerate().rev().find_map(|(layer, rules)| {
            let (person, number) = regular(rules, at, layer == 0)?;
            Some((person, number, layer))
        });
        let layer = found.map(|(_, _, layer)| layer);
        if let Some((entry, planned)) = self.shifts.iter().enumerate().find(|(_, planned)| planned.span.has(at)) {
            let people = planned.people.iter().map(|person| (*person, Cause::Planned { entry })).collect();
            return Situation { people, layer, away: Vec::new() };
        }
        let people = found.map(|(person, number, layer)| self.swapped(person, number, layer, at));
        self.overridden(Situation { people: people.into_iter().collect(), layer, away: Vec::new() }, at)
    }

    fn swapped(&self, person: usize, number: i64, layer: usize, at: Instant) -> (usize, Cause) {
        let mut swaps = self.swaps.iter().enumerate().filter(|(_, swap)| swap.span.has(at));
        let other = swaps.find_map(|(swap, agreed)| match agreed.between {
            [one, other] if one == person => Some((other, swap)),
            [other, one] if one == person => Some((other, swap)),
            _ => None,
        });
        match other {
            Some((other, swap)) => (other, Cause::Swap { swap, layer, number }),
            None if number < 0 => (person, Cause::Waiting { layer }),
            None => (person, Cause::Turn { layer, number }),
        }
    }

    fn overridden(&self, mut now: Situation, at: Instant) -> Situation {
        for (entry, change) in self.overrides.iter().enumerate().filter(|(_, change)| change.span.has(at)) {
            let cause = Cause::Override { entry };
            match change.change {
                Change::Instead(person) => now.people = vec![(person, cause)],
                Change::Add(person) => now.people.push((person, cause)),
                Change::Remove(person) => {
                    now.people.retain(|(other, _)| *other != person);
                    now.away.push(person);
                }
                Change::Replace { gone, by } => {
                    now.people.iter_mut().filter(|(person, _)| *person == gone).for_each(|place| *place = (by, cause));
                    now.away.push(gone);
                }
            }
        }
        let mut seen = Vec::new();
        now.people.retain(|(person, _)| {
            let fresh = !seen.contains(person);
            seen.push(*person);
            fresh
        });
        now
    }

    /// The next instant after `at` at which who is on duty may change: a hand-over, hours that begin or end, the ends of
    /// whatever is special.
    pub(super) fn next_change(&self, at: Instant) -> Option<Instant> {
        let later = |changes: &mut dyn Iterator<Item = Instant>| changes.filter(|change| *change > at).min();
        let shifts = self.shifts.iter().flat_map(|shift| [shift.span.from, shift.span.to]);
        match self.decided(at) {
            Some(Decided::Planned(span)) => return Some(span.to),
            Some(Decided::Alone(span)) => return later(&mut shifts.chain([span.to])),
            None => {}
        }
        let turns = self.layers_that_count(at).filter_map(|layer| {
            let turn = layer.rotation.turn(at)?;
            if turn.number < 0 { layer.rotation.begins() } else { Some(turn.to) }
        });
        let hours = self
            .layers_that_count(at)
            .flat_map(|layer| layer.only.iter().filter_map(|window| window.next_edge(layer.rotation.zone, at)));
        let special = self.special().flat_map(|span| [span.from, span.to]);
        later(&mut turns.chain(hours).chain(special))
    }

    /// The last instant up to `at` at which who is on duty may have changed.
    pub(super) fn last_change(&self, at: Instant) -> Option<Instant> {
        let earlier = |changes: &mut dyn Iterator<Item = Instant>| changes.filter(|change| *change <= at).max();
        let shifts = self.shifts.iter().flat_map(|shift| [shift.span.from, shift.span.to]);
        match self.decided(at) {
            Some(Decided::Planned(span)) => return Some(span.from),
            Some(Decided::Alone(span)) => return earlier(&mut shifts.chain([span.from])),
            None => {}
        }
        let turns = self.layers_that_count(at).filter_map(|layer| layer.rotation.turn(at));
        let turns = turns.filter(|turn| turn.number >= 0).map(|turn| turn.from);
        let hours = self
            .layers_that_count(at)
            .flat_map(|layer| layer.only.iter().filter_map(|window| window.last_edge(layer.rotation.zone, at)));
        let special = self.special().flat_map(|span| [span.from, span.to]);
        earlier(&mut turns.chain(hours).chain(special))
    }

    /// What alone decides at `at`, so that nothing below it is worth a look.
    fn decided(&self, at: Instant) -> Option<Decided> {
        let planned = self.shifts.iter().map(|shift| shift.span).find(|span| span.has(at));
        let alone = || {
            let mut alone = self.overrides.iter().filter(|change| matches!(change.change, Change::Instead(_)));
            alone.find(|change| change.span.has(at)).map(|change| Decided::Alone(change.span))
        };
        planned.map(Decided::Planned).or_else(alone)
    }

    /// The layers that may decide at `at`: not those below one that has begun and always counts.
    fn layers_that_count(&self, at: Instant) -> impl Iterator<Item = &Layer> {
        let covers =
            |layer: &Layer| layer.only.is_empty() && layer.rotation.turn(at).is_some_and(|turn| turn.number >= 0);
        self.layers.iter().skip(self.layers.iter().rposition(covers).unwrap_or(0))
    }
}

/// A time in which one entry of the schedule decides alone.
enum Decided {
    /// A shift planned by hand.
    Planned(Span),
    /// An override that says who alone is on duty; only such a shift weighs more.
    Alone(Span),
}

/// Whose turn it is by a layer, and which; `first` = the layer at the bottom, which decides before it begins, too.
fn regular(layer: &Layer, at: Instant, first: bool) -> Option<(usize, i64)> {
    if !layer.counts(at) {
        return None;
    }
    // Beyond the calendar of the machine there are no turns; the first layer's first person is there nevertheless.
    let number = layer.rotation.turn(at).map_or(-1, |turn| turn.number.max(-1));
    if number < 0 && !first {
        return None;
    }
    Some((*layer.rotation.asked_in(number).first()?, number))
}
