//! Would a call that comes tonight reach a person? What is wrong and how it is mended, judged from facts that others gather.
//! Pure.
//!
//! [`Facts`] say how things stand, [`judge`] makes a [`Report`] of them: each [`Finding`] has a weight, a word for programs,
//! and sentences in Spanish and English.

mod facts;
mod finding;
mod judge;
mod people;
mod words;

use serde_json::{Value, json};

use crate::language::Language;

pub use facts::{Callback, Callbacks, Facts, House, Line, Number, Reached, Tests};
pub use finding::{Finding, Fitness, Weight};
pub use judge::judge;

/// What was found, the heaviest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    findings: Vec<Finding>,
}

impl Report {
    /// Of these findings.
    #[must_use]
    pub fn of(mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.weight()));
        Self { findings }
    }

    /// What was found, the heaviest first.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether a call or a page would be lost now.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.findings.iter().any(|finding| finding.weight() == Weight::Broken)
    }

    /// The report for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let both = |say: &dyn Fn(Language) -> String| json!({ "es": say(Language::Es), "en": say(Language::En) });
        let findings: Vec<Value> = self
            .findings
            .iter()
            .map(|finding| {
                json!({
                    "weight": finding.weight().as_str(),
                    "code": finding.code(),
                    "who": finding.who(),
                    "what": both(&|language| finding.what(language)),
                    "mend": both(&|language| finding.mend(language)),
                })
            })
            .collect();
        json!({ "ready": !self.is_broken(), "findings": findings })
    }
}
