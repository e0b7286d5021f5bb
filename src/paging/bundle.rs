//! A storm of cases: a person gets the first pages one by one up to a limit; what is beyond it, and what repeats, waits a
//! moment and is told together. Which page goes which way is decided here: no clock, no store.

use chrono::TimeDelta;

use super::{Notice, Page};
use crate::clock::Instant;
use crate::id::{BundleId, IncidentId};

/// Pages to one person that are told together: one message over each of their contacts, with a code for all of them. Every
/// page in it keeps its own ladder and its own acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// Its id.
    pub id: BundleId,
    /// The person's id of the roster.
    pub person: String,
    /// The keyed hash of the reply code; `None` until it is sent, and when what was left of it went out alone.
    pub code_hash: Option<String>,
    /// When its first page came.
    pub opened_at: Instant,
    /// When it was closed and sent: later pages begin another.
    pub sent_at: Option<Instant>,
}

/// How much a person is told one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// First pages that go alone within [`Throttle::per`].
    pub burst: u32,
    /// The length of that window.
    pub per: TimeDelta,
    /// How long a bundle gathers before it is sent.
    pub delay: TimeDelta,
}

/// How a page goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// At once and by itself.
    Alone,
    /// With others, in the person's bundle.
    Together,
}

impl Default for Throttle {
    fn default() -> Self {
        Self { burst: 20, per: TimeDelta::seconds(60), delay: TimeDelta::seconds(10) }
    }
}

impl Throttle {
    /// How a page about `incident` in its `cycle` goes out at `now` to the person who got `pages` before it.
    ///
    /// The first page of a case goes alone while fewer than the burst did so within the window. A repeat goes alone only
    /// while nothing else is asked of the person: with a second case there may be a second repeat.
    #[must_use]
    pub fn way(&self, pages: &[Page], incident: IncidentId, cycle: u32, now: Instant) -> Way {
        let again = pages.iter().any(|page| page.incident == incident && page.cycle == cycle);
        let others = pages.iter().any(|page| page.incident != incident && page.closed_at.is_none());
        let since = now - self.per;
        let recent = pages.iter().filter(|page| page.bundle.is_none() && page.created_at > since);
        let alone = recent.filter(|page| is_first(page, pages)).count();
        if self.is_full(alone) || (again && others) { Way::Together } else { Way::Alone }
    }

    /// How a word about a case's clock goes out at `now` to the person who got `notices` before it: alone while fewer than
    /// the burst did so within the window.
    #[must_use]
    pub fn way_of_notice(&self, notices: &[Notice], now: Instant) -> Way {
        let since = now - self.per;
        let alone = notices.iter().filter(|notice| notice.went_alone() && notice.created_at > since).count();
        if self.is_full(alone) { Way::Together } else { Way::Alone }
    }

    fn is_full(&self, alone: usize) -> bool {
        alone >= usize::try_from(self.burst).unwrap_or(usize::MAX)
    }
}

/// Whether `page` was the person's first of its case, as far as `pages` go back.
fn is_first(page: &Page, pages: &[Page]) -> bool {
    let before = |other: &Page| {
        other.incident == page.incident
            && other.cycle == page.cycle
            && (other.round, other.created_at) < (page.round, page.created_at)
    };
    !pages.iter().any(before)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::id::PageId;

    fn at(seconds: i64) -> Instant {
        "2026-03-08T02:00:00Z".parse::<Instant>().unwrap() + TimeDelta::seconds(seconds)
    }

    fn case(n: u32) -> IncidentId {
        IncidentId(Uuid::from_u128(u128::from(n)))
    }

    fn page(incident: u32, round: u32, seconds: i64) -> Page {
        Page {
            id: PageId(Uuid::from_u128(0)),
            incident: case(incident),
            cycle: 1,
            person: "ana".to_owned(),
            round,
            code_hash: String::new(),
            bundle: None,
            created_at: at(seconds),
            answered_at: None,
            closed_at: None,
        }
    }

    fn closed(page: Page) -> Page {
        Page { closed_at: Some(page.created_at), ..page }
    }

    fn bundled(page: Page) -> Page {
        Page { bundle: Some(BundleId(Uuid::from_u128(9))), ..page }
    }

    #[test]
    fn first_pages_go_alone_up_to_the_burst_and_a_lone_repeat_does_as_well() {
        let throttle = Throttle { burst: 2, ..Throttle::default() };
        let cases: [(&str, Vec<Page>, u32, Way); 10] = [
            ("the first ever", vec![], 1, Way::Alone),
            ("the second case", vec![page(2, 0, 90)], 1, Way::Alone),
            ("beyond the burst", vec![page(2, 0, 90), page(3, 0, 99)], 1, Way::Together),
            (
                "beyond it although those were answered",
                vec![closed(page(2, 0, 90)), closed(page(3, 0, 99))],
                1,
                Way::Together,
            ),
            ("the window has moved on", vec![page(2, 0, 40), page(3, 0, 99)], 1, Way::Alone),
            ("bundled ones do not count", vec![page(2, 0, 90), bundled(page(3, 0, 99))], 1, Way::Alone),
            ("repeats do not count", vec![page(2, 0, -900), page(2, 3, 90), page(2, 6, 99)], 1, Way::Alone),
            ("a repeat of the only case", vec![page(1, 0, -300)], 1, Way::Alone),
            ("a repeat beside another case", vec![page(1, 0, -300), page(2, 0, -300)], 1, Way::Together),
            ("a repeat beside one that was answered", vec![page(1, 0, -300), closed(page(2, 0, -300))], 1, Way::Alone),
        ];
        for (what, pages, incident, way) in cases {
            assert_eq!(throttle.way(&pages, case(incident), 1, at(100)), way, "{what}");
        }
        // A case that was opened again is asked for the first time.
        let before = [page(1, 0, -300), page(2, 0, -300)];
        assert_eq!(throttle.way(&before, case(1), 2, at(100)), Way::Alone);
    }

    proptest! {
        /// Whatever comes when: within any window no more first pages go alone than the burst, and the first pages up to it
        /// never wait.
        #[test]
        fn no_window_has_more_first_pages_alone_than_the_burst_and_none_below_it_waits(
            burst in 1_u32..6,
            mut comings in prop::collection::vec((0_i64..300, 0_u32..30), 1..80),
        ) {
            let throttle = Throttle { burst, ..Throttle::default() };
            comings.sort_unstable();
            let mut pages: Vec<Page> = Vec::new();
            let mut alone: Vec<i64> = Vec::new();
            for (place, (seconds, incident)) in comings.into_iter().enumerate() {
                let first = !pages.iter().any(|page| page.incident == case(incident));
                let recent = alone.iter().filter(|other| **other > seconds - 60).count();
                let new = page(incident, u32::try_from(place).unwrap(), seconds);
                let way = throttle.way(&pages, case(incident), 1, at(seconds));
                prop_assert!(!first || (way == Way::Alone) == (recent < burst as usize));
                if way == Way::Alone && first {
                    alone.push(seconds);
                }
                pages.push(if way == Way::Alone { new } else { bundled(new) });
            }
        }

        /// Of words about clocks, too: in no window do more go alone than the burst, and none below it waits.
        #[test]
        fn no_window_has_more_notices_alone_than_the_burst_and_none_below_it_waits(
            burst in 1_u32..6,
            mut comings in prop::collection::vec(0_i64..300, 1..80),
        ) {
            let throttle = Throttle { burst, ..Throttle::default() };
            comings.sort_unstable();
            let mut notices: Vec<Notice> = Vec::new();
            let mut alone: Vec<i64> = Vec::new();
            for (place, seconds) in comings.into_iter().enumerate() {
                let recent = alone.iter().filter(|other| **other > seconds - 60).count();
                let way = throttle.way_of_notice(&notices, at(seconds));
                prop_assert_eq!(way == Way::Alone, recent < burst as usize);
                // What waits is told with the others, a moment later.
                let told = if way == Way::Alone { at(seconds) } else { at(seconds) + throttle.delay };
                if way == Way::Alone {
                    alone.push(seconds);
                }
                notices.push(Notice {
                    incident: case(u32::try_from(place).unwrap()),
                    cycle: 1,
                    percent: 50,
                    person: "ana".to_owned(),
                    created_at: at(seconds),
                    told_at: Some(told),
                });
            }
        }

        /// Two cases that a person has not answered are never repeated to them one by one.
        #[test]
        fn repeats_of_two_cases_are_always_told_together(gap in 0_i64..1_000, later in 0_i64..1_000) {
            let pages = [page(1, 0, 0), page(2, 0, gap)];
            for incident in [1, 2] {
                let way = Throttle::default().way(&pages, case(incident), 1, at(gap + later));
                prop_assert_eq!(way, Way::Together);
            }
        }
    }
}
