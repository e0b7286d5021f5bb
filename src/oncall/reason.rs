//! Why somebody is on duty, in the words of both languages.

use chrono_tz::Tz;

use super::schedule::{Change, Span};
use super::situation::Cause;
use super::wall::said;
use super::{Roster, Schedule};
use crate::clock::Instant;
use crate::language::Language;

/// One reason why somebody is on duty, or is not. Names are those that colleagues say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The zone its times are told in.
    zone: Tz,
    fact: Fact,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Fact {
    Turn { who: String, number: i64, layer: Option<String>, span: Span },
    Waiting { who: String, layer: Option<String> },
    Beyond { who: String },
    Swap { who: String, with: String, span: Span },
    Instead { who: String, span: Span },
    Added { who: String, span: Span },
    Removed { who: String, span: Span },
    Replaced { gone: String, by: String, span: Span },
    Planned { who: Vec<String>, span: Span },
    Nobody,
    Followed { by: Vec<String> },
}

impl Reason {
    /// The reason as a sentence.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let span = |span: &Span| {
            let (from, to) = (said(span.from, self.zone, language), said(span.to, self.zone, language));
            match language {
                Language::Es => format!("desde el {from} hasta el {to}"),
                Language::En => format!("from {from} to {to}"),
            }
        };
        match language {
            Language::Es => self.fact.es(span),
            Language::En => self.fact.en(span),
        }
    }

    fn new(schedule: &Schedule, fact: Fact) -> Self {
        Self { zone: schedule.zone, fact }
    }

    /// Nobody is on duty.
    pub(super) fn nobody(schedule: &Schedule) -> Self {
        Self::new(schedule, Fact::Nobody)
    }
}

impl Fact {
    fn en(&self, span: impl Fn(&Span) -> String) -> String {
        let layer = |layer: &Option<String>| match layer {
            Some(name) => format!("layer '{name}'"),
            None => "the rotation".to_owned(),
        };
        match self {
            Self::Turn { who, number, layer: of, span: time } => {
                format!("{who} has turn {} of {}, {}.", number.saturating_add(1), layer(of), span(time))
            }
            Self::Waiting { who, layer: of } => {
                format!("{who} is the first person of {}, which has not begun yet, and on duty until then.", layer(of))
            }
            Self::Beyond { who } => {
                format!("The instant is beyond the calendar; {who} is the rotation's first person.")
            }
            Self::Swap { who, with, span: time } => {
                format!("{who} takes the turns of {with}, and {with} theirs, {}.", span(time))
            }
            Self::Instead { who, span: time } => format!("{who} is on duty by an override, {}.", span(time)),
            Self::Added { who, span: time } => format!("{who} is on duty as well, by an override, {}.", span(time)),
            Self::Removed { who, span: time } => format!("{who} is off duty by an override, {}.", span(time)),
            Self::Replaced { gone, by, span: time } => format!("{by} stands in for {gone}, {}.", span(time)),
            Self::Planned { who, span: time } => {
                format!("{} by a shift that replaces the schedule, {}.", are_en(who), span(time))
            }
            Self::Nobody => "Nobody is on duty.".to_owned(),
            Self::Followed { by } => format!("Who does not answer is followed by {}.", by.join(", ")),
        }
    }

    fn es(&self, span: impl Fn(&Span) -> String) -> String {
        let layer = |layer: &Option<String>| match layer {
            Some(name) => format!("la capa «{name}»"),
            None => "la rotación".to_owned(),
        };
        match self {
            Self::Turn { who, number, layer: of, span: time } => {
                format!("{who} tiene el turno {} de {}, {}.", number.saturating_add(1), layer(of), span(time))
            }
            Self::Waiting { who, layer: of } => {
                format!("{who} va primero en {}, que aún no ha comenzado, y está de guardia hasta entonces.", layer(of))
            }
            Self::Beyond { who } => {
                format!("El momento está fuera del calendario; {who} va primero en la rotación.")
            }
            Self::Swap { who, with, span: time } => {
                format!("{who} y {with} intercambian sus turnos, {}.", span(time))
            }
            Self::Instead { who, span: time } => format!("{who} está de guardia por un cambio, {}.", span(time)),
            Self::Added { who, span: time } => format!("{who} también está de guardia por un cambio, {}.", span(time)),
            Self::Removed { who, span: time } => format!("{who} no está de guardia por un cambio, {}.", span(time)),
            Self::Replaced { gone, by, span: time } => format!("{by} sustituye a {gone}, {}.", span(time)),
            Self::Planned { who, span: time } => {
                format!("{} por un turno que reemplaza el horario, {}.", are_es(who), span(time))
            }
            Self::Nobody => "Nadie está de guardia.".to_owned(),
            Self::Followed { by } => format!("A quien no responda le siguen {}.", by.join(", ")),
        }
    }
}

fn are_en(people: &[String]) -> String {
    format!("{} {} on duty", people.join(", "), if people.len() == 1 { "is" } else { "are" })
}

fn are_es(people: &[String]) -> String {
    format!("{} {} de guardia", people.join(", "), if people.len() == 1 { "está" } else { "están" })
}

impl Roster {
    /// What put somebody on duty at `at`.
    pub(super) fn reason(&self, schedule: &Schedule, person: usize, cause: Cause, at: Instant) -> Reason {
        let who = self.name(person);
        let fact = match cause {
            Cause::Turn { layer, .. } | Cause::Waiting { layer } => return self.turn(schedule, layer, at),
            Cause::Swap { swap, .. } => match schedule.swaps.get(swap) {
                Some(agreed) => {
                    let with = agreed.between.into_iter().find(|other| *other != person).unwrap_or(person);
                    Fact::Swap { who, with: self.name(with), span: agreed.span }
                }
                None => Fact::Beyond { who },
            },
            Cause::Override { entry } => match schedule.overrides.get(entry) {
                Some(change) => self.change(change.change, change.span),
                None => Fact::Beyond { who },
            },
            Cause::Planned { entry } => match schedule.shifts.get(entry) {
                Some(planned) => Fact::Planned {
                    who: planned.people.iter().map(|person| self.name(*person)).collect(),
                    span: planned.span,
                },
                None => Fact::Beyond { who },
            },
        };
        Reason::new(schedule, fact)
    }

    /// Whose turn it is by the layer alone.
    fn turn(&self, schedule: &Schedule, layer: usize, at: Instant) -> Reason {
        let Some(rules) = schedule.layers.get(layer) else { return Reason::nobody(schedule) };
        let turn = rules.rotation.turn(at);
        let first = rules.rotation.asked_in(turn.map_or(0, |turn| turn.number)).first().copied();
        let who = first.map(|person| self.name(person)).unwrap_or_default();
        let layer = rules.name.clone();
        let fact = match turn {
            Some(turn) if turn.number < 0 => Fact::Waiting { who, layer },
            Some(turn) => Fact::Turn { who, number: turn.number, layer, span: Span { from: turn.from, to: turn.to } },
            None => Fact::Beyond { who },
        };
        Reason::new(schedule, fact)
    }

    fn change(&self, change: Change, span: Span) -> Fact {
        match change {
            Change::Instead(person) => Fact::Instead { who: self.name(person), span },
            Change::Add(person) => Fact::Added { who: self.name(person), span },
            Change::Remove(person) => Fact::Removed { who: self.name(person), span },
            Change::Replace { gone, by } => Fact::Replaced { gone: self.name(gone), by: self.name(by), span },
        }
    }

    /// Everything that bears on who is on duty at `at`, in the order in which it is weighed.
    pub(super) fn reasons(&self, schedule: &Schedule, at: Instant, followers: &[usize]) -> Vec<Reason> {
        let now = schedule.situation(at);
        let mut reasons = Vec::new();
        let planned = schedule.shifts.iter().position(|planned| planned.span.has(at));
        if let Some(entry) = planned {
            reasons.push(self.reason(schedule, 0, Cause::Planned { entry }, at));
        } else {
            reasons.extend(now.layer.map(|layer| self.turn(schedule, layer, at)));
            let swapped = now.people.iter().find(|(_, cause)| matches!(cause, Cause::Swap { .. }));
            reasons.extend(swapped.map(|(person, cause)| self.reason(schedule, *person, *cause, at)));
            let changes = schedule.overrides.iter().filter(|change| change.span.has(at));
            reasons.extend(changes.map(|change| Reason::new(schedule, self.change(change.change, change.span))));
        }
        if now.people.is_empty() {
            reasons.push(Reason::nobody(schedule));
        }
        if !followers.is_empty() {
            let by = followers.iter().map(|person| self.name(*person)).collect();
            reasons.push(Reason::new(schedule, Fact::Followed { by }));
        }
        reasons
    }

    fn name(&self, person: usize) -> String {
        self.people.get(person).map(|person| person.name.clone()).unwrap_or_default()
    }
}
