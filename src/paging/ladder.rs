//! Who is told next, and when: one person after the other, then everyone, then again; never silence.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::clock::Instant;
use crate::oncall::{Person, PersonId};

/// How a ladder is climbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long a person has to answer before the next is told; 5 min by default.
    pub step: TimeDelta,
    /// How many times each person is told alone before everyone is told at once; 1 by default. A large number keeps
    /// asking one after the other.
    pub alone: u32,
    /// How long after an acceptance without a first response the person is reminded, at most; 30 min by default.
    pub reminder: TimeDelta,
}

impl Default for Policy {
    fn default() -> Self {
        Self { step: TimeDelta::minutes(5), alone: 1, reminder: TimeDelta::minutes(30) }
    }
}

/// What happened on a case's ladder so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paged {
    /// How often each person was told.
    pub times: BTreeMap<PersonId, u32>,
    /// People whose every contact failed for good: they are passed over.
    pub unreachable: BTreeSet<PersonId>,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next<'a> {
    /// Tell these people.
    Page(Step<'a>),
    /// Nobody on duty can be told: tell a supervisor, and look again.
    Nobody {
        /// When to look again.
        next_at: Instant,
    },
}

/// One step of the ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// Who is told now, each with the kind of message; never empty.
    pub people: Vec<(&'a Person, Kind)>,
    /// Counts from 1: in round 2 everybody has been told once.
    pub round: u32,
    /// When the next step is due, unless somebody accepts before. A failure makes it due at once.
    pub next_at: Instant,
}

/// The kind of message a person gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The first page of the case.
    First,
    /// The first page to this person; somebody before them did not accept.
    Escalated {
        /// From 2: how many people have been told, this one included.
        level: u32,
    },
    /// This person was told before.
    Repeat {
        /// From 2: which page this is to them.
        notice: u32,
    },
}

impl Paged {
    /// Notes that `person` is told once more.
    pub fn told(&mut self, person: &PersonId) {
        let times = self.times.entry(person.clone()).or_insert(0);
        *times = times.saturating_add(1);
    }

    fn count(&self, person: &Person) -> u32 {
        self.times.get(&person.id).copied().unwrap_or(0)
    }

    fn kind(&self, person: &Person) -> Kind {
        let others = self.times.values().filter(|times| **times > 0).count();
        match (self.count(person), u32::try_from(others).unwrap_or(u32::MAX)) {
            (0, 0) => Kind::First,
            (0, others) => Kind::Escalated { level: others.saturating_add(1) },
            (times, _) => Kind::Repeat { notice: times.saturating_add(1) },
        }
    }
}

impl Policy {
    /// The next step of a ladder at `now`. `order` is who is on duty and who follows ([`crate::oncall::Duty::order`]),
    /// asked anew each time, so that a hand-over in the middle of a night counts. Whoever was told least often is next,
    /// in that order; when everybody was told [`Policy::alone`] times, everybody is told, with the `supervisors`.
    #[must_use]
    pub fn next<'a>(&self, order: &[&'a Person], supervisors: &[&'a Person], paged: &Paged, now: Instant) -> Next<'a> {
        let next_at = now.checked_add_signed(self.step).unwrap_or(now);
        let reachable = |people: &[&'a Person]| -> Vec<&'a Person> {
            people.iter().copied().filter(|person| !paged.unreachable.contains(&person.id)).collect()
        };
        let mut asked = reachable(order);
        let least = asked.iter().map(|person| paged.count(person)).min();
        let Some(least) = least else { return Next::Nobody { next_at } };
        // Once everyone is told, somebody who comes on duty later does not silence the others.
        let everyone = least >= self.alone || asked.iter().any(|person| paged.count(person) > self.alone);
        if everyone {
            for supervisor in reachable(supervisors) {
                if !asked.iter().any(|person| person.id == supervisor.id) {
                    asked.push(supervisor);
                }
            }
        } else {
            asked = asked.into_iter().filter(|person| paged.count(person) == least).take(1).collect();
        }
        let people = asked.into_iter().map(|person| (person, paged.kind(person))).collect();
        Next::Page(Step { people, round: least.saturating_add(1), next_at })
    }

    /// When a person who accepted at `since` and has not reached the reporter is reminded: after a quarter of the time
    /// that is left until `due`, but not before [`Policy::step`] and not after [`Policy::reminder`].
    #[must_use]
    pub fn remind_at(&self, since: Instant, due: Instant) -> Instant {
        let quarter = due.signed_duration_since(since) / 4;
        let wait = quarter.min(self.reminder).max(self.step);
        since.checked_add_signed(wait).unwrap_or(since)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::oncall::Roster;

    use super::*;

    fn roster() -> Roster {
        Roster::parse(include_str!("../../roster.example.yaml"), "r.yaml").unwrap()
    }

    fn now() -> Instant {
        "2026-03-08T02:00:00Z".parse().unwrap()
    }

    /// Climbs `steps` steps and tells who was told in each, with the kinds.
    fn climb(policy: Policy, roster: &Roster, paged: &mut Paged, steps: usize) -> Vec<String> {
        let duty = roster.duty(now());
        let supervisors: Vec<&Person> = roster.supervisors().collect();
        let mut told = Vec::new();
        for _ in 0..steps {
            let Next::Page(step) = policy.next(&duty.order, &supervisors, paged, now()) else { panic!("silence") };
            assert_eq!(step.next_at, now() + policy.step);
            let words: Vec<String> = step
                .people
                .iter()
                .map(|(person, kind)| match kind {
                    Kind::First => format!("{} first", person.id),
                    Kind::Escalated { level } => format!("{} N{level}", person.id),
                    Kind::Repeat { notice } => format!("{} again {notice}", person.id),
                })
                .collect();
            told.push(words.join(", "));
            step.people.iter().for_each(|(person, _)| paged.told(&person.id));
        }
        told
    }

    #[test]
    fn one_after_the_other_then_everyone_then_again() {
        assert_eq!(
            climb(Policy::default(), &roster(), &mut Paged::default(), 5),
            [
                "carmen first",
                "ana N2",
                "luis N3",
                "carmen again 2, ana again 2, luis again 2, marta N4",
                "carmen again 3, ana again 3, luis again 3, marta again 2",
            ]
        );
    }

    #[test]
    fn a_policy_may_keep_asking_one_after_the_other() {
        let policy = Policy { alone: u32::MAX, step: TimeDelta::minutes(2), ..Policy::default() };
        assert_eq!(
            climb(policy, &roster(), &mut Paged::default(), 5),
            ["carmen first", "ana N2", "luis N3", "carmen again 2", "ana again 2"]
        );
    }

    #[test]
    fn who_cannot_be_reached_is_passed_over_and_nobody_is_said() {
        let roster = roster();
        let duty = roster.duty(now());
        let mut paged = Paged::default();
        paged.unreachable.insert(duty.order[0].id.clone());
        assert_eq!(climb(Policy::default(), &roster, &mut paged, 1), ["ana first"]);
        paged.unreachable.extend(duty.order.iter().map(|person| person.id.clone()));
        let next = Policy::default().next(&duty.order, &[], &paged, now());
        assert_eq!(next, Next::Nobody { next_at: now() + TimeDelta::minutes(5) });
        let empty = Policy::default().next(&[], &roster.supervisors().collect::<Vec<_>>(), &Paged::default(), now());
        assert_eq!(empty, Next::Nobody { next_at: now() + TimeDelta::minutes(5) });
    }

    #[test]
    fn a_handover_brings_the_new_person_in_without_silencing_the_others() {
        let roster = roster();
        let people: Vec<&Person> = roster.people().iter().collect();
        let mut paged = Paged::default();
        paged.told(&people[0].id);
        let Next::Page(step) = Policy::default().next(&[people[1], people[0]], &[], &paged, now()) else { panic!() };
        assert_eq!(step.people, [(people[1], Kind::Escalated { level: 2 })]);
        paged.told(&people[0].id);
        let Next::Page(step) = Policy::default().next(&[people[1], people[0]], &[], &paged, now()) else { panic!() };
        assert_eq!(step.people.len(), 2, "everyone was being told already");
    }

    #[test]
    fn a_reminder_comes_sooner_as_the_clock_runs_out() {
        for (left, minutes) in [(240, 30), (120, 30), (60, 15), (20, 5), (1, 5), (-600, 5)] {
            let at = Policy::default().remind_at(now(), now() + TimeDelta::minutes(left));
            assert_eq!(at, now() + TimeDelta::minutes(minutes), "{left} min left");
        }
    }

    proptest! {
        #[test]
        fn there_is_always_a_next_step_and_nobody_is_left_out(
            told in prop::collection::vec(0_usize..4, 0..20),
            lost in prop::collection::btree_set(0_usize..3, 0..3),
            alone in 0_u32..4,
        ) {
            let roster = roster();
            let duty = roster.duty(now());
            let mut paged = Paged::default();
            for person in &told {
                paged.told(&roster.people()[*person].id);
            }
            paged.unreachable.extend(lost.iter().map(|person| roster.people()[*person].id.clone()));
            let policy = Policy { alone, ..Policy::default() };
            let before = paged.times.clone();
            let mut steps = 0;
            // However uneven the start, within as many steps as pages were sent everybody reachable is told.
            let waits = |person: &&Person, paged: &Paged| {
                !paged.unreachable.contains(&person.id) && before.get(&person.id) == paged.times.get(&person.id)
            };
            while duty.order.iter().any(|person| waits(person, &paged)) {
                let Next::Page(step) = policy.next(&duty.order, &[], &paged, now()) else { panic!("silence") };
                prop_assert!(!step.people.is_empty());
                prop_assert!(step.people.iter().all(|(person, _)| !paged.unreachable.contains(&person.id)));
                step.people.iter().for_each(|(person, _)| paged.told(&person.id));
                steps += 1;
                prop_assert!(steps <= 3 * (told.len() + 1), "somebody is left out");
            }
        }
    }
}
