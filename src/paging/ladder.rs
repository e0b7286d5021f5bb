//! Who is told next, and when: the steps of the escalation that the case began with, then everyone, then again; never
//! silence.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::clock::Instant;
use crate::oncall::{Escalation, Person, PersonId, Roster, Target};

/// How long everyone has when no step says how long.
const WAIT: TimeDelta = TimeDelta::minutes(5);

/// What happened on a case's ladder so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paged {
    /// How often each person was told.
    pub times: BTreeMap<PersonId, u32>,
    /// People whose every contact failed for good: they are passed over.
    pub unreachable: BTreeSet<PersonId>,
}

/// Who is told of a case in one of its cycles: kept as it was when it was chosen, whatever becomes of the roster's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Step by step.
    pub escalation: Escalation,
    /// The number of the ladder's step with which it begins: more than 0 when the affected service became known after the
    /// first page, and has people of its own.
    pub begins: u32,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next<'a> {
    /// Tell these people.
    Page(Step<'a>),
    /// Nobody can be told: tell a supervisor, and look again.
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
    /// Which step it is, from 0; steps with nobody to tell were passed over.
    pub round: u32,
    /// Whether a schedule that was passed over had nobody on duty: somebody must mend it.
    pub gap: bool,
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

    /// The kind of message `person` gets next.
    #[must_use]
    pub fn kind(&self, person: &Person) -> Kind {
        let others = self.times.values().filter(|times| **times > 0).count();
        match (self.count(person), u32::try_from(others).unwrap_or(u32::MAX)) {
            (0, 0) => Kind::First,
            (0, others) => Kind::Escalated { level: others.saturating_add(1) },
            (times, _) => Kind::Repeat { notice: times.saturating_add(1) },
        }
    }
}

/// The ladder of one case: its escalation, and the roster as it is now, so that a hand-over in the middle of a night counts.
#[derive(Clone, Copy, Debug)]
pub struct Ladder<'a> {
    /// Who is told of the case.
    pub plan: &'a Plan,
    /// The roster as it is.
    pub roster: &'a Roster,
    /// What happened so far.
    pub paged: &'a Paged,
    /// Whoever is not asked, because they have the case and do not answer.
    pub but: Option<&'a PersonId>,
}

impl<'a> Ladder<'a> {
    /// The next step at `now`, which is number `round` or, where that has nobody to tell, one after it.
    #[must_use]
    pub fn next(&self, round: u32, now: Instant) -> Next<'a> {
        let mut gap = false;
        let Plan { escalation, begins } = self.plan;
        let steps = u32::try_from(escalation.steps.len()).unwrap_or(u32::MAX);
        let total = begins.saturating_add(steps.saturating_mul(escalation.rounds));
        for round in round.max(*begins)..total {
            let place = round.saturating_sub(*begins).checked_rem(steps);
            let Some(step) = place.and_then(|place| escalation.steps.get(usize::try_from(place).ok()?)) else { break };
            let mut told: Vec<&Person> = Vec::new();
            for target in &step.notify {
                let people = self.roster.resolve(target, now);
                gap |= people.is_empty() && matches!(target, Target::Schedule(_));
                for person in people {
                    if !told.iter().any(|other| other.id == person.id) {
                        told.push(person);
                    }
                }
            }
            if let Some(people) = self.kinds(told) {
                return Next::Page(Step { people, round, gap, next_at: now + step.wait });
            }
        }
        let next_at = now + escalation.steps.last().map_or(WAIT, |step| step.wait);
        match self.kinds(self.roster.everyone(escalation, now)) {
            Some(people) => Next::Page(Step { people, round: round.max(total), gap, next_at }),
            None => Next::Nobody { next_at },
        }
    }

    /// Who is asked beside whoever has the case and does not answer: the first step with somebody who was told nothing yet,
    /// else everyone.
    #[must_use]
    pub fn beside(&self, now: Instant) -> Next<'a> {
        let steps = u32::try_from(self.plan.escalation.steps.len()).unwrap_or(u32::MAX);
        let begins = self.plan.begins;
        let fresh = (begins..begins.saturating_add(steps)).find_map(|round| match self.next(round, now) {
            Next::Page(step) if step.people.iter().any(|(_, kind)| !matches!(kind, Kind::Repeat { .. })) => Some(step),
            _ => None,
        });
        fresh.map_or_else(|| self.next(u32::MAX, now), Next::Page)
    }

    /// Those who can be told, with the kind of message; `None` when nobody can.
    fn kinds(&self, people: Vec<&'a Person>) -> Option<Vec<(&'a Person, Kind)>> {
        let asked = |person: &&Person| !self.paged.unreachable.contains(&person.id) && self.but != Some(&person.id);
        let people: Vec<_> = people.into_iter().filter(asked).map(|person| (person, self.paged.kind(person))).collect();
        (!people.is_empty()).then_some(people)
    }
}

/// When a person who accepted at `since` and has not reached the reporter is reminded: after a quarter of the time that is
/// left until `due`, but not before the first step's wait has passed, and not after the escalation's time-out.
#[must_use]
pub fn remind_at(escalation: &Escalation, since: Instant, due: Instant) -> Instant {
    let quarter = due.signed_duration_since(since) / 4;
    since + quarter.min(escalation.ack_timeout).max(patience(escalation))
}

/// How long whoever is asked has to answer: the first step's wait.
#[must_use]
pub fn patience(escalation: &Escalation) -> TimeDelta {
    escalation.steps.first().map_or(WAIT, |step| step.wait)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn roster() -> Roster {
        Roster::parse(include_str!("../../roster.example.yaml"), "r.yaml").unwrap()
    }

    fn now() -> Instant {
        "2026-03-08T02:00:00Z".parse().unwrap()
    }

    /// Climbs `steps` steps and tells who was told in each, with the kinds.
    fn climb(roster: &Roster, plan: &Plan, paged: &mut Paged, steps: usize) -> Vec<String> {
        let (mut told, mut round) = (Vec::new(), 0);
        for _ in 0..steps {
            let ladder = Ladder { plan, roster, paged, but: None };
            let Next::Page(step) = ladder.next(round, now()) else { panic!("silence") };
            assert!(step.next_at > now() && step.round >= round);
            round = step.round + 1;
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
            let ids: Vec<PersonId> = step.people.iter().map(|(person, _)| person.id.clone()).collect();
            for id in &ids {
                paged.told(id);
            }
        }
        told
    }

    fn plan(roster: &Roster) -> Plan {
        Plan { escalation: roster.escalation(None), begins: 0 }
    }

    /// The example's people under an escalation of its own.
    fn under(escalation: &str) -> Roster {
        let text = format!("{}\nescalation:\n  default:\n{escalation}", include_str!("../../roster.example.yaml"));
        Roster::parse(&text, "r.yaml").unwrap_or_else(|problems| panic!("{problems:?}"))
    }

    #[test]
    fn one_after_the_other_then_everyone_then_again() {
        let roster = roster();
        assert_eq!(
            climb(&roster, &plan(&roster), &mut Paged::default(), 5),
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
    fn steps_with_several_targets_are_taken_over_and_again() {
        let roster = under(
            "    steps:\n      - { notify: [{ schedule: guardia }, { person: luis }], wait: 90s }\n      \
             - { notify: [{ person: marta }], wait: 60s }\n    rounds: 2\n",
        );
        assert_eq!(
            climb(&roster, &plan(&roster), &mut Paged::default(), 5),
            [
                "carmen first, luis first",
                "marta N3",
                "carmen again 2, luis again 2",
                "marta again 2",
                "carmen again 3, ana N4, luis again 3, marta again 3",
            ]
        );
    }

    #[test]
    fn who_cannot_be_reached_is_passed_over_and_nobody_is_said() {
        let roster = roster();
        let plan = plan(&roster);
        let mut paged = Paged::default();
        paged.unreachable.insert(PersonId::parse("carmen").unwrap());
        assert_eq!(climb(&roster, &plan, &mut paged, 1), ["ana first"]);
        paged.unreachable.extend(roster.people().iter().map(|person| person.id.clone()));
        let ladder = Ladder { plan: &plan, roster: &roster, paged: &paged, but: None };
        assert_eq!(ladder.next(0, now()), Next::Nobody { next_at: now() + TimeDelta::minutes(5) });
    }

    #[test]
    fn whoever_has_the_case_and_does_not_answer_is_not_asked_beside_themselves() {
        let roster = roster();
        let (plan, paged, carmen) = (plan(&roster), Paged::default(), PersonId::parse("carmen").unwrap());
        let ladder = Ladder { plan: &plan, roster: &roster, paged: &paged, but: Some(&carmen) };
        let Next::Page(step) = ladder.next(0, now()) else { panic!("silence") };
        assert_eq!((step.people[0].0.id.as_str(), step.round), ("ana", 1));
    }

    #[test]
    fn an_empty_step_is_passed_over_at_once_and_said() {
        let roster = under(
            "    steps:\n      - { notify: [{ schedule: noches }], wait: 10m }\n      \
             - { notify: [{ person: luis }], wait: 60s }\nschedules:\n  noches:\n    layers:\n      \
             - rotation: { order: [ana], starts: 2026-01-05T08:00, length: 7d }\n        \
             only: [{ days: mon-fri, from: \"08:00\", to: \"16:00\" }]\n",
        );
        let (plan, paged) = (plan(&roster), Paged::default());
        let ladder = Ladder { plan: &plan, roster: &roster, paged: &paged, but: None };
        let Next::Page(step) = ladder.next(0, now()) else { panic!("silence") };
        assert_eq!((step.people[0].0.id.as_str(), step.round, step.gap), ("luis", 1, true));
    }

    #[test]
    fn a_reminder_comes_sooner_as_the_clock_runs_out() {
        for (left, minutes) in [(240, 30), (120, 30), (60, 15), (20, 5), (1, 5), (-600, 5)] {
            let at = remind_at(&roster().escalation(None), now(), now() + TimeDelta::minutes(left));
            assert_eq!(at, now() + TimeDelta::minutes(minutes), "{left} min left");
        }
    }

    proptest! {
        #[test]
        fn there_is_always_a_next_step_and_nobody_is_left_out(
            told in prop::collection::vec(0_usize..4, 0..20),
            lost in prop::collection::btree_set(0_usize..4, 0..4),
            round in 0_u32..12,
        ) {
            let roster = roster();
            let plan = plan(&roster);
            let mut paged = Paged::default();
            for person in &told {
                paged.told(&roster.people()[*person].id);
            }
            paged.unreachable.extend(lost.iter().map(|person| roster.people()[*person].id.clone()));
            let (mut round, mut told) = (round, BTreeSet::new());
            for _ in 0..12 {
                let ladder = Ladder { plan: &plan, roster: &roster, paged: &paged, but: None };
                let Next::Page(step) = ladder.next(round, now()) else { panic!("silence") };
                prop_assert!(step.people.iter().all(|(person, _)| !paged.unreachable.contains(&person.id)));
                told.extend(step.people.iter().map(|(person, _)| person.id.clone()));
                round = step.round + 1;
            }
            prop_assert_eq!(told.len(), 4 - lost.len());
        }
    }
}
