//! Hand-overs: who comes on duty and who goes off, and what they are to be told of it. Whoever stays on duty, for whatever
//! reason, is told nothing.

use chrono::TimeDelta;

use super::{Person, PersonId, Roster, Schedule, ScheduleId};
use crate::clock::Instant;

/// How far ahead the end of a duty is looked for; whatever is farther has no end that is told.
const FARTHEST: TimeDelta = TimeDelta::days(62);
/// The longest that nobody looks.
const LOOK_AGAIN: TimeDelta = TimeDelta::hours(24);

/// A person's time on duty by one schedule without interruption, as it was when it was last looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tour {
    /// The schedule.
    pub schedule: ScheduleId,
    /// The person.
    pub person: PersonId,
    /// When it begins; of what had begun when it was first looked at, when that was.
    pub begins_at: Instant,
    /// When it ends, as far as that is in sight.
    pub ends_at: Option<Instant>,
    /// Whether it had begun when it was last looked at.
    pub begun: bool,
}

/// What a person is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum News {
    /// They will come on duty.
    Coming,
    /// They are on duty, and had not been told that they would be.
    OnDuty,
    /// They come on duty, as they had been told.
    Begins,
    /// They go off duty, when it was to be.
    Ends,
    /// They do not come on duty as they had been told, or are taken off it before the end.
    Taken,
}

/// One change in what is known of a tour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    /// What was known.
    pub before: Option<Tour>,
    /// What is known from now on.
    pub after: Option<Tour>,
    /// What the person is to be told.
    pub news: Option<News>,
}

impl Tour {
    fn meets(&self, other: &Self) -> bool {
        let ends = |tour: &Self| tour.ends_at.unwrap_or(Instant::MAX_UTC);
        self.begins_at < ends(other) && other.begins_at < ends(self)
    }
}

impl Handover {
    /// Whom it is about.
    #[must_use]
    pub fn tour(&self) -> Option<&Tour> {
        self.after.as_ref().or(self.before.as_ref())
    }
}

impl Roster {
    /// What has changed at `now` against what was `known`. Each person is told of a hand-over so long before as `lead` says;
    /// zero = not before it.
    #[must_use]
    pub fn handovers(&self, known: &[Tour], now: Instant, lead: impl Fn(&Person) -> TimeDelta) -> Vec<Handover> {
        let mut left: Vec<&Tour> = known.iter().collect();
        let mut changes = Vec::new();
        for tour in self.tours(now, &lead) {
            // A schedule that is no more was given another name.
            let same = |other: &Tour| other.schedule == tour.schedule || self.schedule(&other.schedule).is_none();
            let theirs = |other: &&Tour| other.person == tour.person && same(other) && other.meets(&tour);
            let place = left.iter().position(theirs);
            let before = place.map(|place| left.remove(place).clone());
            let (after, news) = match &before {
                None if tour.begun => (tour, Some(News::OnDuty)),
                Some(known) if tour.begun && known.begins_at > now => (tour, Some(News::OnDuty)),
                Some(known) if tour.begun => {
                    let news = (!known.begun).then_some(News::Begins);
                    (Tour { begins_at: known.begins_at, ..tour }, news)
                }
                Some(known) if known.begins_at == tour.begins_at => (tour, None),
                // Not known, or at another time than they were told.
                _ => (tour, Some(News::Coming)),
            };
            if news.is_some() || before.as_ref() != Some(&after) {
                changes.push(Handover { before, after: Some(after), news });
            }
        }
        for known in left {
            let news = match known.ends_at {
                _ if known.begins_at > now && self.begins(known) => continue,
                Some(end) if end <= now => News::Ends,
                _ => News::Taken,
            };
            changes.push(Handover { before: Some(known.clone()), after: None, news: Some(news) });
        }
        changes
    }

    /// When to look for the next hand-over: when somebody comes or goes, or is to be told of it; after a day at the latest.
    #[must_use]
    pub fn next_handover(&self, now: Instant, lead: impl Fn(&Person) -> TimeDelta) -> Instant {
        let farthest = now + LOOK_AGAIN;
        let mut next = farthest;
        for schedule in &self.schedules {
            let mut was = schedule.on(now);
            for change in schedule.changes(now, farthest + self.longest(&lead)) {
                let is = schedule.on(change);
                if was.iter().any(|person| !is.contains(person)) {
                    next = next.min(change);
                }
                for person in self.at_places(is.iter().copied().filter(|person| !was.contains(person))) {
                    let told = change - lead(person);
                    next = next.min(if told > now { told } else { change });
                }
                was = is;
            }
        }
        next
    }

    /// Everybody's time on duty: what has begun at `now`, and what they are to be told of by then.
    fn tours(&self, now: Instant, lead: &impl Fn(&Person) -> TimeDelta) -> Vec<Tour> {
        let mut tours = Vec::new();
        for schedule in &self.schedules {
            let mut was = schedule.on(now);
            tours.extend(was.iter().filter_map(|place| self.tour(schedule, *place, now, true)));
            for change in schedule.changes(now, now + self.longest(lead)) {
                let is = schedule.on(change);
                let due = |place: &&usize| self.people.get(**place).is_some_and(|person| change - lead(person) <= now);
                let fresh = is.iter().filter(|place| !was.contains(place)).filter(due);
                tours.extend(fresh.filter_map(|place| self.tour(schedule, *place, change, false)));
                was = is;
            }
        }
        tours
    }

    fn tour(&self, schedule: &Schedule, place: usize, begins_at: Instant, begun: bool) -> Option<Tour> {
        let person = self.people.get(place)?.id.clone();
        let mut changes = schedule.changes(begins_at, begins_at + FARTHEST);
        let ends_at = changes.find(|change| !schedule.on(*change).contains(&place));
        Some(Tour { schedule: schedule.id.clone(), person, begins_at, ends_at, begun })
    }

    /// Whether the person of `tour` still comes on duty when it begins.
    fn begins(&self, tour: &Tour) -> bool {
        let place = self.people.iter().position(|person| person.id == tour.person);
        let (Some(schedule), Some(place)) = (self.schedule(&tour.schedule), place) else { return false };
        let before = tour.begins_at - TimeDelta::microseconds(1);
        schedule.on(tour.begins_at).contains(&place) && !schedule.on(before).contains(&place)
    }

    fn longest(&self, lead: &impl Fn(&Person) -> TimeDelta) -> TimeDelta {
        self.people.iter().map(lead).max().unwrap_or_default()
    }
}

impl Schedule {
    /// Who is on duty at `at`.
    fn on(&self, at: Instant) -> Vec<usize> {
        self.situation(at).people.into_iter().map(|(person, _)| person).collect()
    }

    /// When who is on duty may change, after `from` up to `to`.
    fn changes(&self, from: Instant, to: Instant) -> impl Iterator<Item = Instant> {
        std::iter::successors(self.next_change(from), |change| self.next_change(*change))
            .take_while(move |change| *change <= to)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::oracle::{DAYS, minutes, roster, schedule};
    use super::*;

    /// An hour before, for everybody.
    fn hour(_: &Person) -> TimeDelta {
        TimeDelta::hours(1)
    }

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    /// A roster of two people who take turns of a week, and what is different.
    fn page(more: &str) -> Roster {
        let page = format!(
            "people:
  - {{ id: ana, name: Ana, phone: \"+18095550101\" }}
  - {{ id: luis, name: Luis, phone: \"+18095550102\" }}
rotation: {{ order: [ana, luis], starts: 2026-01-05T08:00, length: 7d }}
{more}"
        );
        Roster::parse(&page, "r.yaml").unwrap()
    }

    /// Looks at `now`, keeps what is known in `known`, and gives what is told to whom.
    fn look(roster: &Roster, known: &mut Vec<Tour>, now: Instant) -> Vec<(String, News, Instant)> {
        let changes = roster.handovers(known, now, hour);
        for change in &changes {
            known.retain(|tour| Some(tour) != change.before.as_ref());
        }
        known.extend(changes.iter().filter_map(|change| change.after.clone()));
        let told = changes.iter().filter_map(|change| {
            let tour = change.tour().unwrap();
            Some((tour.person.to_string(), change.news?, tour.begins_at))
        });
        told.collect()
    }

    fn told(who: &str, news: News, begins: &str) -> (String, News, Instant) {
        (who.to_owned(), news, at(begins))
    }

    #[test]
    fn whoever_comes_on_duty_is_told_an_hour_before_and_once() {
        let roster = page("");
        let mut known = Vec::new();
        let monday = "2026-01-12T08:00:00-04:00";
        assert_eq!(
            look(&roster, &mut known, at("2026-01-12T06:59:59-04:00")),
            [told("ana", News::OnDuty, "2026-01-12T06:59:59-04:00")]
        );
        assert_eq!(roster.next_handover(at("2026-01-12T06:59:59-04:00"), hour), at("2026-01-12T07:00:00-04:00"));
        let seven = at("2026-01-12T07:00:00-04:00");
        assert_eq!(look(&roster, &mut known, seven), [told("luis", News::Coming, monday)]);
        assert_eq!(known[1].ends_at, Some(at("2026-01-19T08:00:00-04:00")));
        assert_eq!(look(&roster, &mut known, seven), []);
        assert_eq!(roster.next_handover(seven, hour), at(monday));
        let mut changes = look(&roster, &mut known, at(monday));
        changes.sort();
        assert_eq!(changes, [told("ana", News::Ends, "2026-01-12T06:59:59-04:00"), told("luis", News::Begins, monday)]);
        assert_eq!(known.len(), 1);
        assert_eq!(look(&roster, &mut known, at(monday)), []);
    }

    #[test]
    fn a_changed_roster_is_told_at_once_to_whom_it_gives_and_from_whom_it_takes() {
        let plain = page("");
        let override_of = |from: &str, who: &str| {
            page(&format!("overrides: [{{ from: {from}, to: 2026-01-14T08:00, person: {who} }}]"))
        };
        let quarter = at("2026-01-12T07:40:00-04:00");
        let monday = "2026-01-12T08:00:00-04:00";
        let begin = || {
            let mut known = Vec::new();
            look(&plain, &mut known, at("2026-01-12T07:00:00-04:00"));
            known
        };
        // Luis was told that he comes; Ana stays instead.
        let mut known = begin();
        assert_eq!(
            look(&override_of("2026-01-12T08:00", "ana"), &mut known, quarter),
            [told("luis", News::Taken, monday)]
        );
        // He comes twenty minutes earlier than he was told: now. And Ana goes before her time.
        let mut known = begin();
        let mut changes = look(&override_of("2026-01-12T07:40", "luis"), &mut known, quarter);
        changes.sort();
        assert_eq!(
            changes,
            [
                told("ana", News::Taken, "2026-01-12T07:00:00-04:00"),
                told("luis", News::OnDuty, "2026-01-12T07:40:00-04:00")
            ]
        );
        // He comes ten minutes earlier: he is told the new time.
        let mut known = begin();
        assert_eq!(
            look(&override_of("2026-01-12T07:50", "luis"), &mut known, quarter),
            [told("luis", News::Coming, "2026-01-12T07:50:00-04:00")]
        );
        // The schedule gets another name: nothing is different for anybody.
        let mut known = begin();
        let rotation = "rotation: { order: [ana, luis], starts: 2026-01-05T08:00, length: 7d }";
        let named = format!("schedules: {{ turnos: {{ layers: [{{ {rotation} }}] }} }}");
        let renamed = Roster::parse(&plain.text().replace(rotation, &named), "r.yaml").unwrap();
        assert_eq!(look(&renamed, &mut known, quarter), []);
        assert!(known.iter().all(|tour| tour.schedule.as_str() == "turnos"), "{known:?}");
        // Whoever is told of less time before loses nothing of what they know.
        let mut known = begin();
        let changes = plain.handovers(&known, quarter, |_| TimeDelta::zero());
        assert_eq!(changes, []);
        known.clear();
        assert_eq!(plain.handovers(&known, quarter, |_| TimeDelta::zero()).len(), 1, "Ana alone");
    }

    #[test]
    fn whoever_hands_over_to_themselves_is_told_nothing() {
        for (order, length) in [("[ana]", "1h"), ("[ana, ana]", "12h"), ("[ana]", "1d")] {
            let page = page("").text().replace("[ana, luis]", order).replace("7d", length);
            let roster = Roster::parse(&page, "r.yaml").unwrap();
            let (mut known, mut now) = (Vec::new(), at("2026-01-12T06:30:00-04:00"));
            assert_eq!(look(&roster, &mut known, now).len(), 1);
            for _ in 0..20 {
                now = roster.next_handover(now, hour);
                assert_eq!(look(&roster, &mut known, now), [], "{order} {length} {now}");
            }
            assert!(now > at("2026-01-31T00:00:00-04:00"), "nobody looks every hour: {now}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Against a walk through every minute: everybody is told once of each time on duty, an hour before it begins, with
        /// its end; and nobody of anything else. To look more often changes nothing.
        #[test]
        fn everybody_is_told_of_each_time_on_duty_once_and_in_time(
            (schedule, start) in schedule(), often in prop::collection::vec(1_i64..3_000, 0..20),
        ) {
            let walked = minutes(&schedule, start);
            let end = start + TimeDelta::days(DAYS);
            let roster = roster(schedule);
            let mut expected = Vec::new();
            for place in 0..5 {
                let there: Vec<bool> = walked.iter().map(|(_, people)| people.contains(&place)).collect();
                let begins = (1..there.len()).filter(|minute| there[*minute] && !there[*minute - 1]);
                for minute in begins.filter(|minute| *minute > 60) {
                    let ends = (minute..there.len()).find(|later| !there[*later]).map(|later| walked[later].0);
                    expected.push((format!("p{place}"), walked[minute].0, ends));
                }
            }
            let (mut known, mut now, mut told) = (Vec::new(), start, Vec::new());
            let mut often = often.into_iter();
            // The first look knows nothing yet, and finds whoever is there.
            let first = roster.handovers(&known, now, hour);
            known.extend(first.into_iter().filter_map(|change| change.after));
            loop {
                let next = roster.next_handover(now, hour);
                now = often.next().map_or(next, |minutes| next.min(now + TimeDelta::minutes(minutes)));
                if now >= end - TimeDelta::hours(1) {
                    break;
                }
                let before = known.clone();
                for change in roster.handovers(&before, now, hour) {
                    prop_assert!(!matches!(change.news, Some(News::OnDuty | News::Taken)), "{now} {change:?}");
                    if change.news == Some(News::Coming) {
                        let tour = change.after.clone().unwrap();
                        prop_assert_eq!(tour.begins_at - TimeDelta::hours(1), now);
                        told.push((tour.person.to_string(), tour.begins_at, tour.ends_at.filter(|ends| *ends < end)));
                    }
                    known.retain(|tour| Some(tour) != change.before.as_ref());
                    known.extend(change.after);
                }
                prop_assert_eq!(roster.handovers(&known, now, hour), []);
            }
            expected.retain(|(_, begins, _)| *begins < end);
            expected.sort();
            told.sort();
            prop_assert_eq!(told, expected);
        }
    }
}
