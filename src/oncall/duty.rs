//! Who is on duty at an instant, who is asked after them, and why.

use super::situation::Situation;
use super::{Person, Reason, Roster, Schedule, ScheduleId};
use crate::clock::Instant;

/// How many changes are looked at for one that matters: a year of turns of an hour.
const FARTHEST: usize = 10_000;

/// Who is on duty, who is asked after them, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty<'a> {
    /// Who is on duty; several where an override or a shift says so, nobody in a gap.
    pub people: Vec<&'a Person>,
    /// Who is on duty, then who is asked next. Nobody twice.
    pub order: Vec<&'a Person>,
    /// When somebody else comes on duty or for another reason, as far as the roster tells.
    pub until: Option<Instant>,
    /// The reasons, in the order in which they weigh.
    pub why: Vec<Reason>,
}

impl Roster {
    /// Who is on duty at `at` by the schedule of whoever names none ([`Roster::usual`]).
    #[must_use]
    pub fn duty(&self, at: Instant) -> Duty<'_> {
        self.on_duty(&self.usual(), at)
    }

    /// Who is on duty at `at`. By a schedule that the roster does not have it is nobody, without a reason: a stored id
    /// may outlive its schedule.
    #[must_use]
    pub fn on_duty(&self, schedule: &ScheduleId, at: Instant) -> Duty<'_> {
        let Some(schedule) = self.schedule(schedule) else {
            return Duty { people: Vec::new(), order: Vec::new(), until: None, why: Vec::new() };
        };
        let now = schedule.situation(at);
        let followers = schedule.followers(&now, at);
        let people = self.at_places(now.people.iter().map(|(person, _)| *person));
        let order = self.at_places(now.people.iter().map(|(person, _)| *person).chain(followers.iter().copied()));
        let why = self.reasons(schedule, at, &followers);
        Duty { people, order, until: schedule.until(&now, at), why }
    }

    /// Who is asked after those on duty: the rotation of the layer that decides, in its order from the present turn on,
    /// then the layers below it. Nobody twice, nobody who is on duty, nobody whom an override takes off duty.
    #[must_use]
    pub fn followers(&self, schedule: &ScheduleId, at: Instant) -> Vec<&Person> {
        let followers = self.schedule(schedule).map(|schedule| schedule.followers(&schedule.situation(at), at));
        self.at_places(followers.unwrap_or_default())
    }

    /// The people at these places of the list.
    pub(super) fn at_places(&self, places: impl IntoIterator<Item = usize>) -> Vec<&Person> {
        places.into_iter().filter_map(|person| self.people.get(person)).collect()
    }
}

impl Schedule {
    /// Who is asked after those on duty. Where no layer counts it is everybody, from the uppermost layer down.
    fn followers(&self, now: &Situation, at: Instant) -> Vec<usize> {
        let layers = now.layer.map_or(self.layers.len(), |layer| layer.saturating_add(1));
        let mut followers = Vec::new();
        for layer in self.layers.iter().take(layers).rev() {
            for person in layer.rotation.asked_in(layer.rotation.turn(at).map_or(0, |turn| turn.number)) {
                let there = now.people.iter().any(|(other, _)| *other == person);
                if !there && !now.away.contains(&person) && !followers.contains(&person) {
                    followers.push(person);
                }
            }
        }
        followers
    }

    /// When `now`, which holds at `at`, holds no more.
    fn until(&self, now: &Situation, at: Instant) -> Option<Instant> {
        let mut change = at;
        for _ in 0..FARTHEST {
            change = self.next_change(change)?;
            if self.situation(change).people != now.people {
                return Some(change);
            }
        }
        None
    }

    /// Until when `person` is on duty for the same reason as at `at`; `None` when it always will be so.
    pub(super) fn ends(&self, person: (usize, super::situation::Cause), at: Instant) -> Option<Instant> {
        let mut change = at;
        for _ in 0..FARTHEST {
            change = self.next_change(change)?;
            if !self.situation(change).people.contains(&person) {
                return Some(change);
            }
        }
        None
    }

    /// Since when `person` is on duty for the same reason as at `at`; `None` when it always was so.
    pub(super) fn since(&self, person: (usize, super::situation::Cause), at: Instant) -> Option<Instant> {
        let mut since = at;
        for _ in 0..FARTHEST {
            since = self.last_change(since)?;
            let before = since.checked_sub_signed(chrono::TimeDelta::microseconds(1))?;
            if !self.situation(before).people.contains(&person) {
                return Some(since);
            }
            since = before;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::language::Language;

    use super::*;

    const ROSTER: &str = include_str!("../../roster.example.yaml");

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn ids(roster: &Roster, text: &str) -> Vec<String> {
        roster.duty(at(text)).order.iter().map(|person| person.id.to_string()).collect()
    }

    #[test]
    fn the_example_roster_tells_who_is_on_duty() {
        let roster = Roster::parse(ROSTER, "roster.example.yaml").unwrap();
        for (text, order) in [
            ("2026-01-01T00:00:00-04:00", ["ana", "luis", "carmen"]),
            ("2026-01-05T08:00:00-04:00", ["ana", "luis", "carmen"]),
            ("2026-01-12T07:59:59-04:00", ["ana", "luis", "carmen"]),
            ("2026-01-12T08:00:00-04:00", ["luis", "carmen", "ana"]),
            ("2026-03-07T22:00:00-04:00", ["carmen", "ana", "luis"]),
            // The override of Easter: Luis in Ana's week.
            ("2026-04-03T07:59:59-04:00", ["ana", "luis", "carmen"]),
            ("2026-04-03T08:00:00-04:00", ["luis", "ana", "carmen"]),
            ("2026-04-05T20:00:00-04:00", ["ana", "luis", "carmen"]),
        ] {
            assert_eq!(ids(&roster, text), order, "{text}");
            assert_eq!(roster.duty(at(text)).people, roster.duty(at(text)).order[..1]);
        }
    }

    #[test]
    fn the_reasons_name_turn_override_and_followers() {
        let roster = Roster::parse(ROSTER, "roster.example.yaml").unwrap();
        let duty = roster.duty(at("2026-04-03T12:00:00-04:00"));
        let told = |language| duty.why.iter().map(|reason| reason.text(language)).collect::<Vec<_>>();
        assert_eq!(
            told(Language::En),
            [
                "Ana Rodríguez has turn 13 of the rotation, from Mon 30 Mar 2026 08:00 to Mon 6 Apr 2026 08:00.",
                "Luis Peña is on duty by an override, from Fri 3 Apr 2026 08:00 to Sun 5 Apr 2026 20:00.",
                "Who does not answer is followed by Ana Rodríguez, Carmen Núñez.",
            ]
        );
        assert_eq!(
            told(Language::Es),
            [
                "Ana Rodríguez tiene el turno 13 de la rotación, desde el lun 30 mar 2026 08:00 hasta el lun 6 abr 2026 \
                 08:00.",
                "Luis Peña está de guardia por un cambio, desde el vie 3 abr 2026 08:00 hasta el dom 5 abr 2026 20:00.",
                "A quien no responda le siguen Ana Rodríguez, Carmen Núñez.",
            ]
        );
        assert_eq!(duty.until, Some(at("2026-04-05T20:00:00-04:00")));
        assert_eq!(roster.duty(at("2026-04-05T20:00:00-04:00")).until, Some(at("2026-04-06T08:00:00-04:00")));
        let early = roster.duty(at("2025-11-01T00:00:00-04:00"));
        assert!(early.why[0].text(Language::En).contains("has not begun"));
        assert_eq!(early.until, Some(at("2026-01-05T08:00:00-04:00")));
    }

    #[test]
    fn an_override_may_call_somebody_from_outside_the_rotation() {
        let text = ROSTER.replace("person: luis", "person: marta");
        let roster = Roster::parse(&text, "roster.yaml").unwrap();
        assert_eq!(ids(&roster, "2026-04-03T12:00:00-04:00"), ["marta", "ana", "luis", "carmen"]);
    }

    #[test]
    fn no_instant_is_without_somebody() {
        let roster = Roster::parse(ROSTER, "roster.yaml").unwrap();
        for instant in [Instant::MIN_UTC, Instant::MAX_UTC, Instant::UNIX_EPOCH] {
            assert!(!roster.duty(instant).order.is_empty());
        }
    }

    #[test]
    fn a_schedule_that_is_no_more_has_nobody() {
        let roster = Roster::parse(ROSTER, "roster.yaml").unwrap();
        let duty = roster.on_duty(&ScheduleId::parse("nobody").unwrap(), Instant::UNIX_EPOCH);
        assert!(duty.order.is_empty() && duty.until.is_none());
        assert!(roster.followers(&ScheduleId::parse("nobody").unwrap(), Instant::UNIX_EPOCH).is_empty());
    }
}
