//! `branch`: the first condition that holds names the way.

use super::walk::{Go, Walk};
use crate::flow::document::{Condition, Exit, Target};
use crate::flow::document::{Fact, SERVICE};
use crate::flow::machine::Fault;
use crate::flow::{Answer, Ask, Input};
use crate::source;
use crate::source::Fields;

/// Chooses a way by facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The conditions, asked in this order.
    pub ways: Vec<Way>,
    /// The way when none holds.
    pub otherwise: Target,
}

/// A condition and its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The condition.
    pub when: Condition,
    /// The way.
    pub then: Target,
}

impl Branch {
    pub(in crate::flow) const KEYS: &'static [&'static str] = &["branch"];

    pub(in crate::flow) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let (ways, otherwise) = fields.ways("branch")?;
        Some(Self { ways, otherwise })
    }

    pub(in crate::flow) fn exits(&self) -> Vec<Exit<'_>> {
        let mut exits: Vec<Exit<'_>> = self.ways.iter().map(|way| Exit::new(way.when.to_string(), &way.then)).collect();
        exits.push(Exit::new("otherwise", &self.otherwise));
        exits
    }
}

impl<'p> Fields<'p> {
    /// A list of `{ when: .., then: .. }`, the last being `{ otherwise: .. }`.
    fn ways(&mut self, key: &str) -> Option<(Vec<Way>, Target)> {
        let node = self.need(key)?;
        let Some((last, items)) = node.as_list().and_then(<[_]>::split_last) else {
            self.problem(|source, owner| {
                source
                    .problem(node.at, format!("'{key}' of {owner} is {}, not a list of ways", node.what()))
                    .mend("Write '- { when: .., then: .. }' lines and a last '- { otherwise: .. }'")
            });
            return None;
        };
        let mut ways = Vec::new();
        let mut complete = true;
        for item in items {
            match self.way(item) {
                Some(way) => ways.push(way),
                None => complete = false,
            }
        }
        let otherwise = self.otherwise(last);
        complete.then_some((ways, otherwise?))
    }

    fn way(&mut self, item: &'p source::Node) -> Option<Way> {
        let mut way = self.below(item, "branch", &["when", "then"])?;
        let when = way.need("when").and_then(|when| way.condition_of(when));
        let then = way.target("then");
        Some(Way { when: when?, then: then? })
    }

    fn otherwise(&mut self, item: &'p source::Node) -> Option<Target> {
        self.below(item, "branch", &["otherwise"])?.target("otherwise")
    }
}

impl Branch {
    pub(in crate::flow) fn enter<'f>(&'f self, walk: &mut Walk<'f>) -> Go<'f> {
        self.choose(walk, None)
    }

    pub(in crate::flow) fn take<'f>(&'f self, walk: &mut Walk<'f>, input: &Input) -> Result<Go<'f>, Fault> {
        match input {
            Input::Answer(Answer::Case(case)) => {
                if case.is_some() {
                    walk.state.found.clone_from(case);
                }
                Ok(self.choose(walk, Some(case.is_some())))
            }
            Input::Answer(Answer::Institution(_)) => Err(walk.unasked()),
            _ => Ok(self.enter(walk)),
        }
    }

    fn choose<'f>(&'f self, walk: &Walk<'f>, open_case: Option<bool>) -> Go<'f> {
        for way in &self.ways {
            match holds(&way.when, walk, open_case) {
                Ok(true) => return Go::To(&way.then),
                Ok(false) => {}
                Err(ask) => return Go::Ask(*ask),
            }
        }
        Go::To(&self.otherwise)
    }
}

/// Whether a condition holds; `Err` with the question that must be answered first.
fn holds(condition: &Condition, walk: &Walk<'_>, open_case: Option<bool>) -> Result<bool, Box<Ask>> {
    match condition {
        Condition::Fact(fact) => is(*fact, walk, open_case),
        Condition::Equals { variable, value, .. } => Ok(walk.state.variables.get(variable) == Some(value)),
        Condition::All(parts) => {
            for part in parts {
                if !holds(part, walk, open_case)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Condition::Any(parts) => {
            for part in parts {
                if holds(part, walk, open_case)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Condition::Not(part) => Ok(!holds(part, walk, open_case)?),
    }
}

fn is(fact: Fact, walk: &Walk<'_>, open_case: Option<bool>) -> Result<bool, Box<Ask>> {
    let (facts, state) = (walk.facts, &walk.state);
    Ok(match fact {
        Fact::HoursOpen => facts.open,
        Fact::HoursClosed => !facts.open,
        Fact::Holiday => facts.holiday.is_some(),
        Fact::NextOpen => facts.next_open.is_some(),
        Fact::BannerActive => facts.banner.as_ref().is_some_and(|banner| banner.until > facts.now),
        Fact::BannerEta => facts.banner.as_ref().is_some_and(|banner| banner.eta.is_some_and(|eta| eta > facts.now)),
        Fact::CallerNumber => facts.caller.is_some(),
        Fact::CallerInstitution => facts.caller_institution.is_some(),
        Fact::InstitutionKnown => state.institution.is_some(),
        Fact::CallBackNumber => state.call_back_or(facts.caller.as_ref()).is_some(),
        Fact::ConsentAsked => state.recording.is_some(),
        Fact::ConsentRecording => state.recording == Some(true),
        Fact::CaseOpen => state.case.is_some(),
        Fact::CaseFoundOpen => state.found.as_ref().is_some_and(|case| case.state.is_open()),
        Fact::CaseOpenSameService => match (open_case, &state.institution, state.variables.get(SERVICE)) {
            (Some(found), _, _) => found,
            (None, Some(institution), Some(service)) => {
                let (institution, service) = (institution.code.clone(), service.clone());
                return Err(Box::new(Ask::OpenCase { institution, service }));
            }
            // Without both there is nothing to compare.
            (None, _, _) => false,
        },
    })
}
