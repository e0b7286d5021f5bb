//! `open_incident`: from here on a hang-up is an incident, not a missed call.

use super::walk::{Go, Walk};
use crate::flow::document::{Exit, Target};
use crate::flow::machine::Fault;
use crate::flow::{Answer, Ask, Input, Outcome};
use crate::sla::Severity;
use crate::source::Fields;

/// Opens the incident of this call, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenIncident {
    /// How bad it is.
    pub severity: Severity,
    /// Reported by a caller who could not speak.
    pub silent: bool,
    /// The node after it.
    pub next: Target,
}

impl OpenIncident {
    pub(in crate::flow) const KEYS: &'static [&'static str] = &["open_incident", "next"];

    pub(in crate::flow) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let opening = fields.opening("open_incident");
        let next = fields.target("next");
        let (severity, silent) = opening?;
        Some(Self { severity, silent, next: next? })
    }

    pub(in crate::flow) fn exits(&self) -> Vec<Exit<'_>> {
        vec![Exit::new("next", &self.next)]
    }
}

impl Fields<'_> {
    /// `{ severity: critical, silent: true }`.
    fn opening(&mut self, key: &str) -> Option<(Severity, bool)> {
        let mut opening = self.map(key, &["severity", "silent"])?;
        let severity = opening.choice("severity", &Severity::ALL.map(|severity| (severity.as_str(), severity)));
        let silent = opening.flag("silent");
        Some((severity?, silent))
    }
}

impl OpenIncident {
    pub(in crate::flow) fn enter(&self) -> Go<'_> {
        Go::Ask(Ask::OpenIncident { severity: self.severity, silent: self.silent })
    }

    pub(in crate::flow) fn take<'f>(&'f self, walk: &mut Walk<'f>, input: &Input) -> Result<Go<'f>, Fault> {
        match input {
            Input::Answer(Answer::Case(Some(case))) => {
                walk.state.case = Some(case.clone());
                walk.had(Outcome::Reported);
                Ok(Go::To(&self.next))
            }
            // An incident that is not open must never sound as if it were.
            Input::Answer(_) => Err(walk.unasked()),
            _ => Ok(self.enter()),
        }
    }
}
