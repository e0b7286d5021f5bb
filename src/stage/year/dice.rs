//! Chance that repeats itself.

use chrono::TimeDelta;

use crate::id::Ids;

/// Draws from one seed.
pub(super) struct Dice(pub(super) Ids);

impl Dice {
    /// `true` so many times in a thousand.
    pub(super) fn chance(&self, per_mille: u64) -> bool {
        self.0.below(1000) < per_mille
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high.saturating_sub(low).saturating_add(1)).unwrap_or(1);
        low.saturating_add(i64::try_from(self.0.below(span)).unwrap_or(0))
    }

    /// A time between so many seconds, to the millisecond.
    pub(super) fn seconds(&self, low: i64, high: i64) -> TimeDelta {
        TimeDelta::milliseconds(self.between(low.saturating_mul(1000), high.saturating_mul(1000)))
    }

    /// One of these.
    pub(super) fn pick<'a, T>(&self, of: &'a [T]) -> Option<&'a T> {
        of.get(usize::try_from(self.0.below(u64::try_from(of.len()).unwrap_or(0))).unwrap_or(0))
    }

    /// The place of one of these, as often as its weight says.
    pub(super) fn weighted(&self, weights: &[u64]) -> usize {
        let mut left = self.0.below(weights.iter().sum());
        weights
            .iter()
            .position(|weight| {
                let here = left < *weight;
                left = left.saturating_sub(*weight);
                here
            })
            .unwrap_or(0)
    }
}
