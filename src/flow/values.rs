//! What fills the places of a sentence: the facts of the moment, what the caller chose, and the case spoken of.

use super::document::{About, SERVICE};
use super::prompts::Placeholder;
use super::speech::{Context, Value};
use super::{CaseFacts, Facts, Language, State};
use crate::clock::Instant;
use crate::incident::CaseNumber;

/// The values a sentence may ask for at one moment of a call.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    facts: &'a Facts,
    state: &'a State,
    about: About,
}

impl<'a> Values<'a> {
    pub(in crate::flow) fn new(facts: &'a Facts, state: &'a State, about: About) -> Self {
        Self { facts, state, about }
    }

    /// Where and when it is spoken.
    #[must_use]
    pub fn context(&self) -> Context {
        Context { now: self.facts.now, zone: self.facts.zone }
    }

    /// The case spoken of; none while the outage is.
    pub(in crate::flow) fn case(&self) -> Option<&'a CaseFacts> {
        let (own, found) = (self.state.case.as_ref(), self.state.found.as_ref());
        match self.about {
            About::Own => own.or(found),
            About::Found => found.or(own),
            About::Outage => None,
        }
    }

    /// What fills a place; `None` when it is not known at this moment.
    #[must_use]
    pub fn get(&self, place: Placeholder) -> Option<Value> {
        use Placeholder as P;
        let (facts, state, case) = (self.facts, self.state, self.case());
        match place {
            P::CaseNumber => self.case_number().map(Value::from),
            P::Due => case.map(|case| case.due_at.into()),
            P::Since => self.since().map(Value::from),
            P::Eta => self.eta().map(Value::from),
            P::NextUpdate => case?.next_update.map(Value::from),
            P::Acknowledged => case?.acknowledged_at.map(Value::from),
            P::Resolved => case?.resolved_at.map(Value::from),
            P::NextOpen => facts.next_open.map(Value::from),
            P::Now => Some(facts.now.into()),
            P::Institution => {
                let known = state.institution.as_ref().or(facts.caller_institution.as_ref());
                known.map(|institution| Value::Text(institution.name.clone()))
            }
            P::Service => self.service().map(Value::Text),
            // A caller is told of no name and no code, and has one case.
            P::Person | P::Code | P::Cases => None,
            P::Holiday => facts.holiday.as_ref().map(|holiday| Value::Text(self.in_language(&holiday.es, &holiday.en))),
            P::Caller => facts.caller.clone().map(Value::from),
            P::CallBack => state.call_back_or(facts.caller.as_ref()).cloned().map(Value::from),
            P::Line => Some(facts.line.clone().into()),
            P::Email => Some(Value::Email(facts.support_email.clone())),
            P::Length => {
                let waited = facts.now - state.waiting_since.unwrap_or(state.began_at);
                Some(Value::Duration(waited.to_std().unwrap_or_default()))
            }
        }
    }

    fn case_number(&self) -> Option<CaseNumber> {
        match self.about {
            About::Outage => self.facts.banner.as_ref()?.case.clone(),
            About::Own | About::Found => self.case().map(|case| case.number.clone()),
        }
    }

    fn since(&self) -> Option<Instant> {
        match self.about {
            About::Outage => self.facts.banner.as_ref().map(|banner| banner.since),
            _ => self.case().map(|case| case.opened_at),
        }
    }

    fn eta(&self) -> Option<Instant> {
        match self.about {
            About::Outage => self.facts.banner.as_ref()?.eta,
            _ => self.case()?.eta,
        }
    }

    /// The service's name; its id when the directory has lost it, so that a sentence never fails for that.
    fn service(&self) -> Option<String> {
        let id = match self.about {
            About::Outage => &self.facts.banner.as_ref()?.service,
            About::Found => self.case()?.service.as_ref()?,
            About::Own => {
                let of_case = || self.case().and_then(|case| case.service.as_ref());
                self.state.variables.get(SERVICE).or_else(of_case)?
            }
        };
        let known = self.facts.services.iter().find(|service| service.id == *id);
        Some(known.map_or_else(|| id.clone(), |service| self.in_language(&service.es, &service.en)))
    }

    fn in_language(&self, es: &str, en: &str) -> String {
        match self.state.language {
            Language::Es => es.to_owned(),
            Language::En => en.to_owned(),
        }
    }
}
