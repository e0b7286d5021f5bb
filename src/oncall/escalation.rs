//! Whom an incident is told to, step by step. An [`Escalation`] is stored with the incident as it was when it began.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{EscalationId, Person, PersonId, Roster, Schedule, ScheduleId};
use crate::clock::Instant;

/// How long a step waits, unless the page says otherwise.
pub(super) const WAIT: TimeDelta = TimeDelta::minutes(5);
/// How long an acknowledgement stands without a first response, unless the page says otherwise.
pub(super) const ACK_TIMEOUT: TimeDelta = TimeDelta::minutes(30);

/// Steps, taken so many times over; then everyone is told ([`Roster::everyone`]), again and again.
///
/// Its JSON is stored with incidents: a field may be added with a default, and none may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// What the page calls it; `default` where the page has none.
    pub id: EscalationId,
    /// At least one.
    pub steps: Vec<Step>,
    /// How many times the steps are taken before everyone is told.
    pub rounds: u32,
    /// How long an acknowledgement stands without a first response before people are paged again.
    #[serde(rename = "ack_timeout_seconds", with = "seconds")]
    pub ack_timeout: TimeDelta,
}

/// Several are told at once, and have so long to answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Who is told; at least one.
    pub notify: Vec<Target>,
    /// How long until the next step.
    #[serde(rename = "wait_seconds", with = "seconds")]
    pub wait: TimeDelta,
}

/// Who is told in a step.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// This person.
    Person(PersonId),
    /// Whoever is on duty.
    Schedule(ScheduleId),
    /// Who follows those on duty at this place, from 1 ([`Roster::followers`]).
    Ahead {
        /// By this schedule.
        schedule: ScheduleId,
        /// How many turns later; beyond the last it is nobody, which is no gap.
        turns: u32,
    },
    /// Everybody of the roster.
    Everyone,
}

impl Escalation {
    /// Of a house without a roster: there is nobody to tell.
    #[must_use]
    pub fn of_nobody() -> Self {
        Self { id: EscalationId::usual(), steps: Vec::new(), rounds: 1, ack_timeout: ACK_TIMEOUT }
    }
}

impl Roster {
    /// The escalation of a service, else `default`, else what a page without any gets: whoever is on duty by
    /// [`Roster::usual`], then who follows, one by one.
    #[must_use]
    pub fn escalation(&self, service: Option<&str>) -> Escalation {
        let named = service.and_then(|service| self.services.iter().find(|(id, _)| id == service));
        let id = named.map_or_else(EscalationId::usual, |(_, id)| id.clone());
        let written = self.escalations.iter().find(|escalation| escalation.id == id);
        written.cloned().unwrap_or_else(|| self.one_by_one(id))
    }

    fn one_by_one(&self, id: EscalationId) -> Escalation {
        let schedule = self.usual();
        let others = self.schedule(&schedule).map_or(0, Schedule::regulars).saturating_sub(1);
        let on_duty = Target::Schedule(schedule.clone());
        let ahead = (1..=u32::try_from(others).unwrap_or(u32::MAX))
            .map(|turns| Target::Ahead { schedule: schedule.clone(), turns });
        let steps = std::iter::once(on_duty).chain(ahead).map(|target| Step { notify: vec![target], wait: WAIT });
        Escalation { id, steps: steps.collect(), rounds: 1, ack_timeout: ACK_TIMEOUT }
    }

    /// Who a target is at `at`. Nobody where there is none: a stored target may outlive its person or schedule.
    #[must_use]
    pub fn resolve(&self, target: &Target, at: Instant) -> Vec<&Person> {
        match target {
            Target::Person(id) => self.person(id).into_iter().collect(),
            Target::Schedule(schedule) => self.on_duty(schedule, at).people,
            Target::Ahead { schedule, turns } => {
                let place = usize::try_from(*turns).ok().and_then(|turns| turns.checked_sub(1));
                let followers = self.followers(schedule, at);
                place.and_then(|place| followers.get(place).copied()).into_iter().collect()
            }
            Target::Everyone => self.people.iter().collect(),
        }
    }

    /// Who is told when every step was taken: whoever the escalation may ever tell, those on duty first, then the
    /// supervisors. Nobody twice; everybody of the roster where that would be nobody.
    #[must_use]
    pub fn everyone(&self, escalation: &Escalation, at: Instant) -> Vec<&Person> {
        let targets = || escalation.steps.iter().flat_map(|step| &step.notify);
        let schedules = targets().filter_map(|target| match target {
            Target::Schedule(schedule) | Target::Ahead { schedule, .. } => Some(schedule),
            Target::Person(_) | Target::Everyone => None,
        });
        let everybody = schedules.clone().filter_map(|schedule| self.schedule(schedule));
        let everybody = self.at_places(everybody.flat_map(Schedule::everybody));
        let named = targets().filter(|target| !matches!(target, Target::Schedule(_) | Target::Ahead { .. }));
        let all = schedules
            .clone()
            .flat_map(|schedule| self.on_duty(schedule, at).people)
            .chain(schedules.flat_map(|schedule| self.on_duty(schedule, at).order))
            .chain(everybody)
            .chain(named.flat_map(|target| self.resolve(target, at)))
            .chain(self.supervisors());
        let mut people: Vec<&Person> = Vec::new();
        for person in all {
            if !people.iter().any(|other| other.id == person.id) {
                people.push(person);
            }
        }
        if people.is_empty() { self.people.iter().collect() } else { people }
    }
}

impl Schedule {
    /// How many people its rotations have.
    pub(super) fn regulars(&self) -> usize {
        let mut people: Vec<usize> = self.layers.iter().flat_map(|layer| layer.rotation.order.clone()).collect();
        people.sort_unstable();
        people.dedup();
        people.len()
    }
}

/// A length of time as whole seconds.
mod seconds {
    use chrono::TimeDelta;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub fn serialize<S: Serializer>(span: &TimeDelta, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(span.num_seconds())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TimeDelta, D::Error> {
        let seconds = u32::deserialize(deserializer)?;
        TimeDelta::try_seconds(i64::from(seconds)).ok_or_else(|| de::Error::custom("a length of time is too long"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: &str = include_str!("../../roster.example.yaml");
    const FULL: &str = include_str!("../../roster.full.example.yaml");

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn parsed(page: &str) -> Roster {
        Roster::parse(page, "r.yaml").unwrap()
    }

    fn ids(people: &[&Person]) -> Vec<String> {
        people.iter().map(|person| person.id.to_string()).collect()
    }

    /// Who each step tells.
    fn steps(roster: &Roster, escalation: &Escalation, now: Instant) -> Vec<String> {
        let told = |step: &Step| -> Vec<String> {
            step.notify.iter().flat_map(|target| ids(&roster.resolve(target, now))).collect()
        };
        escalation.steps.iter().map(|step| told(step).join(" ")).collect()
    }

    #[test]
    fn a_page_without_any_asks_one_by_one_and_then_everyone() {
        let roster = parsed(SHORT);
        let escalation = roster.escalation(Some("nomina"));
        assert_eq!(escalation, roster.escalation(None));
        let now = at("2026-03-07T22:00:00-04:00");
        assert_eq!(steps(&roster, &escalation, now), ["carmen", "ana", "luis"]);
        assert_eq!(ids(&roster.everyone(&escalation, now)), ["carmen", "ana", "luis", "marta"]);
        // The override of Easter: the order is that of the duty, nobody twice.
        assert_eq!(steps(&roster, &escalation, at("2026-04-03T12:00:00-04:00")), ["luis", "ana", "carmen"]);
        assert_eq!((escalation.rounds, escalation.ack_timeout), (1, TimeDelta::minutes(30)));
        assert!(escalation.steps.iter().all(|step| step.wait == TimeDelta::minutes(5)));
    }

    #[test]
    fn a_service_has_the_escalation_it_names_and_the_others_the_default() {
        let roster = parsed(FULL);
        let redes = roster.escalation(Some("correo"));
        assert_eq!(redes.id.as_str(), "redes");
        assert_eq!(roster.escalation(Some("nomina")).id, EscalationId::usual());
        let now = at("2026-03-04T22:00:00-04:00");
        assert_eq!(steps(&roster, &redes, now), ["carmen", "luis carmen", "ana luis carmen pedro marta"]);
        assert_eq!(redes.steps[0].wait, TimeDelta::seconds(90));
        let default = roster.escalation(None);
        assert_eq!(steps(&roster, &default, now), ["luis", "pedro", "carmen marta"]);
        assert_eq!(default.rounds, 2);
        assert_eq!(ids(&roster.everyone(&default, now)), ["luis", "pedro", "carmen", "ana", "marta"]);
    }

    /// `TestMissingUser`, `TestEscalationGap`: what is stored with an incident outlives people and schedules.
    #[test]
    fn a_target_that_is_no_more_is_nobody_and_everyone_never_is() {
        let roster = parsed(SHORT);
        let gone = |step: &str| {
            let json = format!(
                r#"{{"id":"old","steps":[{{"notify":[{step}],"wait_seconds":60}}],"rounds":1,"ack_timeout_seconds":60}}"#
            );
            serde_json::from_str::<Escalation>(&json).unwrap()
        };
        let now = at("2026-03-07T22:00:00-04:00");
        for step in [
            r#"{"person":"pedro"}"#,
            r#"{"schedule":"redes"}"#,
            r#"{"ahead":{"schedule":"redes","turns":1}}"#,
            r#"{"ahead":{"schedule":"guardia","turns":3}}"#,
            r#"{"ahead":{"schedule":"guardia","turns":0}}"#,
        ] {
            let escalation = gone(step);
            assert_eq!(steps(&roster, &escalation, now), [""], "{step}");
            assert!(ids(&roster.everyone(&escalation, now)).contains(&"marta".to_owned()), "{step}");
        }
        let nobody = parsed(&SHORT.replace("supervisor: true", "supervisor: false"));
        assert_eq!(nobody.everyone(&gone(r#"{"person":"pedro"}"#), now).len(), 4);
    }

    #[test]
    fn the_json_stays_what_it_was_when_incidents_were_stored() {
        let json = concat!(
            r#"{"id":"redes","steps":[{"notify":[{"schedule":"redes"}],"wait_seconds":90},"#,
            r#"{"notify":[{"schedule":"guardia"},{"schedule":"redes"}],"wait_seconds":300},"#,
            r#"{"notify":["everyone"],"wait_seconds":300}],"rounds":1,"ack_timeout_seconds":1800}"#
        );
        let redes = parsed(FULL).escalation(Some("firma"));
        assert_eq!(serde_json::to_string(&redes).unwrap(), json);
        assert_eq!(serde_json::from_str::<Escalation>(json).unwrap(), redes);
    }

    #[test]
    fn services_that_the_directory_does_not_have_are_told() {
        let problems = parsed(FULL).strange_services(&["correo", "firmas"], "r.yaml");
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("the directory has no service 'firma'"), "{problems:?}");
        assert!(problems[0].ends_with("Did you mean 'firmas'?"), "{problems:?}");
    }
}
