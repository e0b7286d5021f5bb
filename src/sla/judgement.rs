//! Whether a promise was kept.

use serde::{Deserialize, Serialize};

use crate::clock::Instant;

/// How a cycle stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The first response came in time.
    Met,
    /// It came too late, or has not come and the time is over.
    Breached,
    /// There is time left.
    Running,
}

/// How a cycle that is due at `due` stands at `now`. Met if and only if the response came at or before `due`.
#[must_use]
pub fn judge(due: Instant, responded_at: Option<Instant>, now: Instant) -> Verdict {
    match responded_at {
        Some(responded_at) if responded_at <= due => Verdict::Met,
        Some(_) => Verdict::Breached,
        None if now > due => Verdict::Breached,
        None => Verdict::Running,
    }
}

#[cfg(test)]
mod tests {
    use crate::sla::{Calendar, CalendarTable, Severity, Targets};

    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    /// The vector S1 of the domain's table.
    #[test]
    fn the_due_instant_itself_keeps_the_promise() {
        let due = at("2026-03-08T02:00:00-04:00");
        let acknowledged = at("2026-03-07T22:09:00-04:00");
        assert_eq!(judge(due, None, acknowledged), Verdict::Running);
        for (responded, verdict) in [
            ("2026-03-08T01:59:59-04:00", Verdict::Met),
            ("2026-03-08T02:00:00-04:00", Verdict::Met),
            ("2026-03-08T02:00:00.000001-04:00", Verdict::Breached),
            ("2026-03-08T02:00:01-04:00", Verdict::Breached),
        ] {
            let responded = at(responded);
            assert_eq!(judge(due, Some(responded), responded), verdict);
            // The verdict on a response does not change later.
            assert_eq!(judge(due, Some(responded), responded + chrono::TimeDelta::days(30)), verdict);
        }
        assert_eq!(judge(due, None, due), Verdict::Running);
        assert_eq!(judge(due, None, at("2026-03-08T02:00:00.000001-04:00")), Verdict::Breached);
    }

    /// The vector S3 of the domain's table: the start stays, the target changes.
    #[test]
    fn raised_to_critical_after_its_four_hours_it_is_broken_at_once() {
        let calendar = Calendar::from_table(&CalendarTable::default()).unwrap();
        let (start, raised) = (at("2026-03-02T09:00:00-04:00"), at("2026-03-02T14:00:00-04:00"));
        let targets = Targets::default();
        let before = calendar.due(start, targets.get(Severity::General)).unwrap();
        assert_eq!(judge(before, None, raised), Verdict::Running);
        let after = calendar.due(start, targets.get(Severity::Critical)).unwrap();
        assert_eq!(after, at("2026-03-02T13:00:00-04:00"));
        assert_eq!(judge(after, None, raised), Verdict::Breached);
    }
}
