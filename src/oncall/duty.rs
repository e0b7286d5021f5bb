//! Who is on duty at an instant, who is asked after them, and why.

use chrono::SecondsFormat;

use super::{Person, Roster};
use crate::clock::Instant;

/// Who is asked, in order, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty<'a> {
    /// The person on duty first, then who is asked next. Nobody twice.
    pub order: Vec<&'a Person>,
    /// When the order changes next, as far as the roster tells.
    pub until: Option<Instant>,
    /// The reasons, a sentence each.
    pub why: Vec<String>,
}

impl Roster {
    /// Who is on duty at `at`: an override's person, else the rotation's; then the rotation in its order.
    #[must_use]
    pub fn duty(&self, at: Instant) -> Duty<'_> {
        let zone = self.rotation.zone;
        let show = |at: Instant| at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false);
        let name = |index: usize| self.people.get(index).map_or("", |person| person.name.as_str());
        let turn = self.rotation.turn(at);
        let mut order = self.rotation.asked_in(turn.map_or(0, |turn| turn.number));
        let mut why = Vec::new();
        let regular = order.first().copied().map_or("", name);
        match turn {
            Some(turn) if turn.number < 0 => {
                why.push(format!(
                    "The rotation has not begun yet; its first person, {regular}, is on duty until then."
                ));
            }
            Some(turn) => why.push(format!(
                "{regular} has turn {} of the rotation, from {} to {} ({zone}).",
                turn.number.saturating_add(1),
                show(turn.from),
                show(turn.to),
            )),
            None => why.push(format!("The instant is beyond the calendar; {regular} is the rotation's first person.")),
        }
        let standing_in = self.overrides.iter().find(|change| change.from <= at && at < change.to);
        if let Some(change) = standing_in {
            why.push(format!(
                "{} is on duty in their place by an override from {} to {}.",
                name(change.person),
                show(change.from),
                show(change.to),
            ));
            order.retain(|person| *person != change.person);
            order.insert(0, change.person);
        }
        if order.len() > 1 {
            let next: Vec<&str> = order.iter().skip(1).map(|person| name(*person)).collect();
            why.push(format!("Who does not answer is followed by {}.", next.join(", ")));
        }
        let handover = turn.map(|turn| if turn.number < 0 { self.begins().unwrap_or(turn.to) } else { turn.to });
        let changes = self.overrides.iter().flat_map(|change| [change.from, change.to]);
        let until = changes.chain(handover).filter(|change| *change > at).min();
        Duty { order: order.into_iter().filter_map(|person| self.people.get(person)).collect(), until, why }
    }

    fn begins(&self) -> Option<Instant> {
        super::wall::instant_of(self.rotation.zone, self.rotation.starts)
    }
}

#[cfg(test)]
mod tests {
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
        }
    }

    #[test]
    fn the_reasons_name_turn_override_and_followers() {
        let roster = Roster::parse(ROSTER, "roster.example.yaml").unwrap();
        let duty = roster.duty(at("2026-04-03T12:00:00-04:00"));
        assert_eq!(
            duty.why,
            [
                "Ana Rodríguez has turn 13 of the rotation, from 2026-03-30T08:00:00-04:00 to \
                 2026-04-06T08:00:00-04:00 (America/Santo_Domingo).",
                "Luis Peña is on duty in their place by an override from 2026-04-03T08:00:00-04:00 to \
                 2026-04-05T20:00:00-04:00.",
                "Who does not answer is followed by Ana Rodríguez, Carmen Núñez.",
            ]
        );
        assert_eq!(duty.until, Some(at("2026-04-05T20:00:00-04:00")));
        assert_eq!(roster.duty(at("2026-04-05T20:00:00-04:00")).until, Some(at("2026-04-06T08:00:00-04:00")));
        let early = roster.duty(at("2025-11-01T00:00:00-04:00"));
        assert!(early.why[0].contains("has not begun"));
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
}
