//! How long a job that failed waits before it is tried again, and when it is given up.

use chrono::TimeDelta;

use crate::id::Ids;

/// Tries before a job is given up: with the waits below that is about an hour.
pub const MOST_ATTEMPTS: i32 = 12;

/// The wait before attempt `attempt + 1`: 2 s doubled each time up to ten minutes, and up to a quarter more by chance, so
/// that what failed together does not come back together.
pub fn wait(attempt: i32, ids: &Ids) -> TimeDelta {
    let doublings = u32::try_from(attempt.saturating_sub(1)).unwrap_or(0).min(9);
    let seconds = 2_u64.saturating_mul(1 << doublings).min(600);
    let millis = seconds.saturating_mul(1_000);
    let jitter = ids.below(millis / 4);
    TimeDelta::milliseconds(i64::try_from(millis.saturating_add(jitter)).unwrap_or(600_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_ten_minutes() {
        let ids = Ids::seeded(1);
        for (attempt, least, most) in [(1, 2, 3), (2, 4, 5), (5, 32, 40), (9, 512, 640), (12, 600, 750), (99, 600, 750)]
        {
            let seconds = wait(attempt, &ids).num_seconds();
            assert!((least..=most).contains(&seconds), "attempt {attempt}: {seconds} s");
        }
    }
}
