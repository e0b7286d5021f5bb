//! Maintenance of a service that everybody knows of: while it lasts, its cases page nobody.

use chrono::TimeDelta;

use crate::clock::Instant;

/// A window of maintenance. Cases of the service are recorded and ticketed, and their clock runs, but nobody is paged for
/// them until it is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maintenance {
    /// The service, by its id in the directory.
    pub service: String,
    /// From when on.
    pub from: Instant,
    /// Until when: it has ended at this instant.
    pub to: Instant,
    /// Who wrote it.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Why a window of maintenance cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoMaintenance {
    /// It ends before it begins, or is over.
    #[error("maintenance must end after it begins, and in the future")]
    Over,
    /// A forgotten window would keep everybody asleep.
    #[error("maintenance lasts at most 24 hours: write another window when it is not enough")]
    TooLong,
    /// Nobody could be asked about it.
    #[error("maintenance needs a reason, and the name of who is answerable for it")]
    Unexplained,
}

impl Maintenance {
    /// The longest window.
    pub const LONGEST: TimeDelta = TimeDelta::hours(24);

    /// Whether it may be written down at `now`.
    ///
    /// # Errors
    /// [`NoMaintenance`].
    pub fn check(&self, now: Instant) -> Result<(), NoMaintenance> {
        if self.to <= self.from || self.to <= now {
            return Err(NoMaintenance::Over);
        }
        if self.to.signed_duration_since(self.from) > Self::LONGEST {
            return Err(NoMaintenance::TooLong);
        }
        if self.by.trim().is_empty() || self.reason.trim().is_empty() {
            return Err(NoMaintenance::Unexplained);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_within_a_day_and_somebody_answers_for_it() {
        let now: Instant = "2026-03-08T02:00:00Z".parse().unwrap();
        let hours = |from, to| Maintenance {
            service: "nomina".to_owned(),
            from: now + TimeDelta::hours(from),
            to: now + TimeDelta::hours(to),
            by: "Marta".to_owned(),
            reason: "cambio de discos".to_owned(),
        };
        for (window, result) in [
            (hours(0, 1), Ok(())),
            (hours(-1, 1), Ok(())),
            (hours(48, 72), Ok(())),
            (hours(0, 25), Err(NoMaintenance::TooLong)),
            (hours(2, 2), Err(NoMaintenance::Over)),
            (hours(-2, 0), Err(NoMaintenance::Over)),
            (Maintenance { reason: " ".to_owned(), ..hours(0, 1) }, Err(NoMaintenance::Unexplained)),
            (Maintenance { by: String::new(), ..hours(0, 1) }, Err(NoMaintenance::Unexplained)),
        ] {
            assert_eq!(window.check(now), result, "{window:?}");
        }
    }
}
