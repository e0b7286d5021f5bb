//! Chance, from a seed.

use guardia::id::Ids;

/// Draws everything that people and the weather do.
pub struct Chance(Ids);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(Ids::seeded(seed))
    }

    /// From `least` to `most`, both included.
    pub fn between(&self, least: i64, most: i64) -> i64 {
        let span = u64::try_from(most - least).unwrap() + 1;
        least + i64::try_from(self.0.below(span)).unwrap()
    }

    /// True once in `times`.
    pub fn one_in(&self, times: u64) -> bool {
        self.0.below(times) == 0
    }

    /// True so often of a hundred.
    pub fn per_cent(&self, share: u64) -> bool {
        self.0.below(100) < share
    }

    /// One of several.
    pub fn pick<'a, T>(&self, among: &'a [T]) -> &'a T {
        &among[usize::try_from(self.0.below(u64::try_from(among.len()).unwrap())).unwrap()]
    }
}
