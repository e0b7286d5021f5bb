//! What people agree to be different for a while, put into a roster or taken out of it again.

use super::schedule::{Change, Override, Swap};
use super::{Person, PersonId, Roster, Schedule, ScheduleId, Span};

/// What is to be different while a span lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amendment {
    /// This person alone, whoever else would be.
    Instead(PersonId),
    /// This person too.
    Add(PersonId),
    /// Not this person.
    Remove(PersonId),
    /// While `gone` would be on duty, `by` is.
    Replace {
        /// Who would be.
        gone: PersonId,
        /// Who is.
        by: PersonId,
    },
    /// These two take each other's turns.
    Swap([PersonId; 2]),
}

/// Why a roster cannot be changed so. Nothing of it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAmendment {
    /// There is no such schedule or person, or no such agreement.
    #[error("there is no such schedule, person or agreement: look at the roster again")]
    Unknown,
    /// It ends before it begins.
    #[error("it must end after it begins")]
    Backwards,
    /// It says the opposite of another agreement of that time, or one person twice.
    #[error("it contradicts another agreement of that time: take that one out first")]
    Contradiction,
}

impl Roster {
    /// What is agreed for a schedule: overrides, then exchanges, each by its beginning.
    #[must_use]
    pub fn amendments(&self, schedule: &ScheduleId) -> Vec<(Span, Amendment)> {
        let Some(schedule) = self.schedule(schedule) else { return Vec::new() };
        let overrides = schedule.overrides.iter().filter_map(|entry| Some((entry.span, self.said(entry.change)?)));
        let swaps = schedule.swaps.iter().filter_map(|swap| {
            let [one, other] = swap.between;
            Some((swap.span, Amendment::Swap([self.id_at(one)?, self.id_at(other)?])))
        });
        overrides.chain(swaps).collect()
    }

    /// The roster with one more agreement.
    ///
    /// # Errors
    /// [`NoAmendment`].
    pub fn amended(&self, schedule: &ScheduleId, span: Span, amendment: &Amendment) -> Result<Self, NoAmendment> {
        if span.to <= span.from {
            return Err(NoAmendment::Backwards);
        }
        let place =
            |id: &PersonId| self.people.iter().position(|person: &Person| person.id == *id).ok_or(NoAmendment::Unknown);
        let change = match amendment {
            Amendment::Instead(person) => Change::Instead(place(person)?),
            Amendment::Add(person) => Change::Add(place(person)?),
            Amendment::Remove(person) => Change::Remove(place(person)?),
            Amendment::Replace { gone, by } => Change::Replace { gone: place(gone)?, by: place(by)? },
            Amendment::Swap([one, other]) => {
                let between = [place(one)?, place(other)?];
                return self.changed(schedule, |schedule| schedule.swaps.push(Swap { span, between }));
            }
        };
        self.changed(schedule, |schedule| schedule.overrides.push(Override { span, change }))
    }

    /// The roster without one of its agreements.
    ///
    /// # Errors
    /// [`NoAmendment`].
    pub fn withdrawn(&self, schedule: &ScheduleId, span: Span, amendment: &Amendment) -> Result<Self, NoAmendment> {
        let agreed = self.amendments(schedule);
        let place = agreed.iter().position(|(when, what)| *when == span && what == amendment);
        let place = place.ok_or(NoAmendment::Unknown)?;
        self.changed(schedule, |schedule| {
            let overrides = schedule.overrides.len();
            if place < overrides {
                schedule.overrides.remove(place);
            } else if place - overrides < schedule.swaps.len() {
                schedule.swaps.remove(place - overrides);
            }
        })
    }

    /// The same with another schedule, held against every rule of the page.
    fn changed(&self, id: &ScheduleId, change: impl FnOnce(&mut Schedule)) -> Result<Self, NoAmendment> {
        let mut roster = self.clone();
        change(roster.schedules.iter_mut().find(|schedule| schedule.id == *id).ok_or(NoAmendment::Unknown)?);
        Self::parse(&roster.to_yaml(), "roster").map_err(|_| NoAmendment::Contradiction)
    }

    fn said(&self, change: Change) -> Option<Amendment> {
        Some(match change {
            Change::Instead(person) => Amendment::Instead(self.id_at(person)?),
            Change::Add(person) => Amendment::Add(self.id_at(person)?),
            Change::Remove(person) => Amendment::Remove(self.id_at(person)?),
            Change::Replace { gone, by } => Amendment::Replace { gone: self.id_at(gone)?, by: self.id_at(by)? },
        })
    }

    fn id_at(&self, place: usize) -> Option<PersonId> {
        self.people.get(place).map(|person| person.id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Instant;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn full() -> Roster {
        Roster::parse(include_str!("../../roster.full.example.yaml"), "roster.full.example.yaml").unwrap()
    }

    fn id(text: &str) -> PersonId {
        PersonId::parse(text).unwrap()
    }

    #[test]
    fn an_agreement_is_put_in_counts_and_is_taken_out_again() {
        let (roster, guardia) = (full(), ScheduleId::parse("guardia").unwrap());
        let span = Span { from: at("2026-07-06T12:00:00Z"), to: at("2026-07-08T12:00:00Z") };
        let before: Vec<_> =
            roster.on_duty(&guardia, span.from).people.iter().map(|person| person.id.clone()).collect();
        for amendment in [
            Amendment::Instead(id("pedro")),
            Amendment::Add(id("marta")),
            Amendment::Remove(before[0].clone()),
            Amendment::Replace { gone: before[0].clone(), by: id("pedro") },
            Amendment::Swap([id("ana"), id("carmen")]),
        ] {
            let amended = roster.amended(&guardia, span, &amendment).unwrap();
            assert_eq!(amended.amendments(&guardia).len(), roster.amendments(&guardia).len() + 1);
            assert_ne!(amended, roster);
            let withdrawn = amended.withdrawn(&guardia, span, &amendment).unwrap();
            assert_eq!(withdrawn, roster, "{amendment:?}");
        }
        let amended = roster.amended(&guardia, span, &Amendment::Instead(id("pedro"))).unwrap();
        let people: Vec<_> = amended.on_duty(&guardia, span.from).people.iter().map(|one| one.id.to_string()).collect();
        assert_eq!(people, ["pedro"]);
        assert_ne!(before[0], id("pedro"));
    }

    #[test]
    fn what_cannot_be_agreed_changes_nothing() {
        let (roster, guardia) = (full(), ScheduleId::parse("guardia").unwrap());
        let span = |from, to| Span { from: at(from), to: at(to) };
        let april = span("2026-04-03T12:00:00Z", "2026-04-04T12:00:00Z");
        let luis = Amendment::Instead(id("luis"));
        for (schedule, span, amendment, why) in [
            ("guardia", span("2026-07-08T12:00:00Z", "2026-07-08T12:00:00Z"), luis.clone(), NoAmendment::Backwards),
            ("noches", april, luis.clone(), NoAmendment::Unknown),
            ("guardia", april, Amendment::Add(id("nadie")), NoAmendment::Unknown),
            // Luis is alone then already.
            ("guardia", april, Amendment::Instead(id("ana")), NoAmendment::Contradiction),
            ("guardia", april, Amendment::Swap([id("ana"), id("ana")]), NoAmendment::Contradiction),
        ] {
            let schedule = ScheduleId::parse(schedule).unwrap();
            assert_eq!(roster.amended(&schedule, span, &amendment), Err(why), "{amendment:?}");
        }
        assert_eq!(roster.withdrawn(&guardia, april, &luis), Err(NoAmendment::Unknown), "another time");
    }
}
