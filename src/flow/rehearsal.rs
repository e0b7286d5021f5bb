//! A call without a telephone: a flow, a caller's inputs, and a small world that answers what the machine asks. For
//! `guardia flow try` and for tests.

use chrono::{Datelike as _, TimeDelta};

use super::machine::{Fault, step, wait};
use super::{Answer, Ask, CaseFacts, Effect, Facts, Flow, Input, Institution, Learned, Next, State, Verb, Waited};
use crate::clock::Instant;
use crate::incident::{self, CaseNumber};
use crate::sla::{Calendar, Target};

/// The most questions one input may raise: past it the flow turns in circles.
const MOST_QUESTIONS: u32 = 32;

/// What is known outside the call.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// The directory.
    pub institutions: Vec<Institution>,
    /// Every case.
    pub cases: Vec<CaseFacts>,
    /// The number of this call's own case.
    pub own: Option<CaseNumber>,
    /// When the first response to a case is due; `None` = in four hours.
    pub promise: Option<(Calendar, Target)>,
}

/// A call that is being rehearsed.
#[derive(Clone, Debug)]
pub struct Rehearsal<'f> {
    flow: &'f Flow,
    /// Where the call stands.
    pub state: State,
    /// The facts of the moment; whoever rehearses moves the time.
    pub facts: Facts,
    /// What is known outside.
    pub world: World,
}

/// What came of one input.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// What changed outside, in order.
    pub effects: Vec<Effect>,
    /// What the line does next.
    pub verbs: Vec<Verb>,
}

impl<'f> Rehearsal<'f> {
    /// A call that is about to begin.
    #[must_use]
    pub fn new(flow: &'f Flow, facts: Facts, world: World) -> Self {
        Self { flow, state: flow.begin(&facts), facts, world }
    }

    /// Gives one input and answers every question it raises.
    ///
    /// # Errors
    /// [`Fault`] of the machine.
    pub fn give(&mut self, input: Input) -> Result<Turn, Fault> {
        let mut input = input;
        let mut effects = Vec::new();
        let waits = self.state.waiting_since.is_some() && !self.state.ended;
        if waits && matches!(input, Input::Digits(_) | Input::Silence) {
            let keys = match &input {
                Input::Digits(keys) => Some(keys.as_str()),
                _ => None,
            };
            let Answer::Case(case) = self.world.answer(&Ask::OwnCase, &self.facts) else {
                return Err(Fault::Answer(self.state.node.clone()));
            };
            let (state, verbs) = wait(self.flow, &self.state, keys, &self.facts, case.as_ref())?;
            self.state = state;
            if verbs != [Verb::Leave] {
                return Ok(Turn { effects, verbs });
            }
            input = Input::Waited(Waited::Left);
        }
        for _ in 0..MOST_QUESTIONS {
            let taken = step(self.flow, &self.state, &input, &self.facts)?;
            self.state = taken.state;
            for effect in &taken.effects {
                self.world.apply(effect, &self.facts);
            }
            effects.extend(taken.effects);
            match taken.next {
                Next::Document(verbs) => return Ok(Turn { effects, verbs }),
                Next::Ask(ask) => input = Input::Answer(self.world.answer(&ask, &self.facts)),
            }
        }
        Err(Fault::Circle(self.state.node.clone()))
    }
}

impl World {
    /// The answer to a question of the machine.
    #[must_use]
    pub fn answer(&mut self, ask: &Ask, facts: &Facts) -> Answer {
        let known =
            |number: &CaseNumber, cases: &[CaseFacts]| cases.iter().find(|case| case.number == *number).cloned();
        match ask {
            Ask::OpenIncident { .. } => Answer::Case(match &self.own {
                Some(own) => known(own, &self.cases),
                None => self.open(facts),
            }),
            Ask::Institution { code } => {
                Answer::Institution(self.institutions.iter().find(|institution| institution.code == *code).cloned())
            }
            Ask::Case { number } => Answer::Case(known(number, &self.cases)),
            Ask::OpenCase { institution, service } => Answer::Case(
                self.cases
                    .iter()
                    .find(|case| {
                        case.state.is_open()
                            && case.institution.as_ref() == Some(institution)
                            && case.service.as_ref() == Some(service)
                            && self.own.as_ref() != Some(&case.number)
                    })
                    .cloned(),
            ),
            Ask::OwnCase => Answer::Case(self.own.as_ref().and_then(|own| known(own, &self.cases))),
        }
    }

    /// Does what an effect says, as far as the line could notice.
    pub fn apply(&mut self, effect: &Effect, facts: &Facts) {
        match effect {
            Effect::Join { case } => self.own = Some(case.clone()),
            Effect::Reopen { case } => {
                let due = self.due(facts.now);
                if let Some(case) = self.cases.iter_mut().find(|known| known.number == *case) {
                    case.state = incident::State::Received;
                    case.due_at = due;
                }
            }
            Effect::Learned(learned) => {
                let own = self.own.clone();
                let Some(case) = self.cases.iter_mut().find(|case| Some(&case.number) == own.as_ref()) else { return };
                match learned {
                    Learned::Institution(institution) => case.institution = Some(institution.code.clone()),
                    Learned::Service(service) => case.service = Some(service.clone()),
                    Learned::Impact(_) | Learned::CallBack(_) | Learned::TextMessages(_) => {}
                }
            }
            _ => {}
        }
    }

    fn due(&self, from: Instant) -> Instant {
        let promised = self.promise.as_ref().and_then(|(calendar, target)| calendar.due(from, *target).ok());
        promised.unwrap_or(from + TimeDelta::hours(4))
    }

    fn open(&mut self, facts: &Facts) -> Option<CaseFacts> {
        let sequence = u32::try_from(self.cases.len()).ok()?.checked_add(1)?;
        let number = CaseNumber::new(facts.now.year(), sequence).ok()?;
        let case = CaseFacts {
            number: number.clone(),
            state: incident::State::Received,
            opened_at: facts.now,
            due_at: self.due(facts.now),
            breached: false,
            acknowledged_at: None,
            resolved_at: None,
            eta: None,
            next_update: None,
            institution: facts.caller_institution.as_ref().map(|institution| institution.code.clone()),
            service: None,
            known_caller: true,
        };
        self.cases.push(case.clone());
        self.own = Some(number);
        Some(case)
    }
}
