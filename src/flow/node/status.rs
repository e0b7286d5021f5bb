//! `status`: where a case stands, for those who may hear it.

use super::walk::{Go, Walk};
use crate::flow::document::{Exit, PromptUse, Target};
use crate::flow::machine::Fault;
use crate::flow::{Answer, Ask, CaseFacts, Input, Outcome};
use crate::incident::{self, CaseNumber};
use crate::source::Fields;
use crate::source::Position;

/// Tells where a case stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The variable that holds the case's number.
    pub variable: String,
    /// The way after it was told.
    pub next: Target,
    /// The way when the case is resolved; nothing was said yet, so that the caller may answer.
    pub resolved: Target,
    /// The way when the caller must first show that they may hear it.
    pub verify: Target,
    /// The way when there is no such case, or the caller named another institution than the one that reported it.
    pub not_found: Target,
    /// Where the node stands.
    pub at: Position,
}

/// The prompts a status speaks, by where the case stands.
pub(in crate::flow) mod names {
    pub(in crate::flow) const RECEIVED: &str = "status_received";
    pub(in crate::flow) const ACKNOWLEDGED: &str = "status_acknowledged";
    pub(in crate::flow) const LATE: &str = "status_late";
    pub(in crate::flow) const PROGRESS: &str = "status_progress";
    pub(in crate::flow) const PROGRESS_OPEN: &str = "status_progress_open";
    pub(in crate::flow) const PROGRESS_ETA: &str = "status_progress_eta";
    pub(in crate::flow) const CLOSED: &str = "status_closed";
    pub(in crate::flow) const ALL: [&str; 7] =
        [RECEIVED, ACKNOWLEDGED, LATE, PROGRESS, PROGRESS_OPEN, PROGRESS_ETA, CLOSED];
}

impl Status {
    pub(in crate::flow) const KEYS: &'static [&'static str] = &["status", "next", "resolved", "verify", "not_found"];

    pub(in crate::flow) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.at();
        let variable = fields.name("status");
        let next = fields.target("next");
        let resolved = fields.target("resolved");
        let verify = fields.target("verify");
        let not_found = fields.target("not_found");
        Some(Self { variable: variable?, next: next?, resolved: resolved?, verify: verify?, not_found: not_found?, at })
    }

    pub(in crate::flow) fn exits(&self) -> Vec<Exit<'_>> {
        vec![
            Exit::new("next", &self.next),
            Exit::new("resolved", &self.resolved),
            Exit::new("verify", &self.verify),
            Exit::new("not_found", &self.not_found),
        ]
    }

    pub(in crate::flow) fn prompts(&self) -> Vec<PromptUse> {
        names::ALL.iter().map(|name| PromptUse { name: (*name).to_owned(), at: self.at }).collect()
    }
}

impl Status {
    pub(in crate::flow) fn enter<'f>(&'f self, walk: &mut Walk<'f>) -> Go<'f> {
        match walk.state.variables.get(&self.variable).map(|number| CaseNumber::parse(number)) {
            Some(Ok(number)) => Go::Ask(Ask::Case { number }),
            _ => Go::To(&self.not_found),
        }
    }

    pub(in crate::flow) fn take<'f>(&'f self, walk: &mut Walk<'f>, input: &Input) -> Result<Go<'f>, Fault> {
        match input {
            Input::Answer(Answer::Case(Some(case))) => self.tell(walk, case),
            Input::Answer(Answer::Case(None)) => {
                walk.state.found = None;
                Ok(Go::To(self.unheard(walk)))
            }
            Input::Answer(Answer::Institution(_)) => Err(walk.unasked()),
            _ => Ok(self.enter(walk)),
        }
    }

    fn tell<'f>(&'f self, walk: &mut Walk<'f>, case: &CaseFacts) -> Result<Go<'f>, Fault> {
        walk.state.found = None;
        if !may_hear(walk, case) {
            return Ok(Go::To(self.unheard(walk)));
        }
        walk.state.found = Some(case.clone());
        walk.had(Outcome::Informed);
        if case.state == incident::State::Resolved && case.resolved_at.is_some() {
            return Ok(Go::To(&self.resolved));
        }
        walk.say(prompt(walk, case))?;
        Ok(Go::To(&self.next))
    }
}

impl Status {
    /// The way of a caller who may not hear of a case, and of one who asks for a case that is none: the same, so that
    /// nobody learns which numbers are cases. Who named an institution is told that there is none; the next try asks anew.
    fn unheard(&self, walk: &mut Walk<'_>) -> &Target {
        if walk.state.institution.take().is_some() { &self.not_found } else { &self.verify }
    }
}

/// Whether the caller may hear of a case: the number reported it, or the caller's institution did.
fn may_hear(walk: &Walk<'_>, case: &CaseFacts) -> bool {
    let named = [&walk.state.institution, &walk.facts.caller_institution];
    case.known_caller
        || case.institution.as_ref().is_some_and(|code| named.into_iter().flatten().any(|known| known.code == *code))
}

fn prompt(walk: &Walk<'_>, case: &CaseFacts) -> &'static str {
    use incident::State as S;
    match case.state {
        S::Received | S::Acknowledged if case.breached => names::LATE,
        S::Received => names::RECEIVED,
        S::Acknowledged => names::ACKNOWLEDGED,
        // An estimate that has passed is no estimate.
        S::Responded if case.eta.is_some_and(|eta| eta > walk.facts.now) => names::PROGRESS_ETA,
        S::Responded if case.next_update.is_some_and(|at| at > walk.facts.now) => names::PROGRESS,
        S::Responded => names::PROGRESS_OPEN,
        S::Resolved | S::Closed | S::Cancelled => names::CLOSED,
    }
}
