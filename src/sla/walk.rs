//! Time from an instant on, cut into pieces that count and pieces that do not.

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use super::zone::{Steady, steady};
use super::{Calendar, Mode, Stretch};
use crate::clock::Instant;

impl Calendar {
    /// Endless pieces from `from` on, each right after the other; none is empty. Neighbours may count alike.
    ///
    /// An instant belongs to the slice that its local time falls in, so an hour that comes twice is judged twice and
    /// one that is skipped not at all.
    pub(super) fn pieces(&self, from: Instant, mode: Mode) -> impl Iterator<Item = Stretch> {
        steady(self.zone, from).flat_map(move |steady| self.cut(&steady, mode))
    }

    fn cut(&self, steady: &Steady, mode: Mode) -> Vec<Stretch> {
        let local = |at: Instant| at.naive_utc().checked_add_signed(steady.offset);
        let (Some(first), Some(end)) = (local(steady.from), local(steady.to)) else { return Vec::new() };
        first
            .date()
            .iter_days()
            .take_while(|date| date.and_time(NaiveTime::MIN) < end)
            .flat_map(|date| self.slices(date, mode).into_iter().map(move |slice| (date, slice)))
            .filter_map(|(date, slice)| {
                let from = instant(date, slice.from, steady.offset)?.max(steady.from);
                let to = instant(date, slice.to, steady.offset)?.min(steady.to);
                (from < to).then_some(Stretch { from, to, counted: slice.counted, reason: slice.reason })
            })
            .collect()
    }
}

fn instant(date: NaiveDate, minute: u16, offset: TimeDelta) -> Option<Instant> {
    let local = date.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::minutes(i64::from(minute)))?;
    Some(local.checked_sub_signed(offset)?.and_utc())
}
