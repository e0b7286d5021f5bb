//! The checker: what would go wrong in a call, said before the first one. All problems at once, each at its line; one file
//! for each thing that is checked.

mod circle;
mod dead_end;
mod ending;
mod first_choice;
mod keys;
mod known;
mod length;
mod missing_prompt;
mod named_keys;
mod options;
mod places;
mod service;
mod target;
mod unreachable;
mod ways;

use self::ways::Ways;
use super::document::Document;
use super::prompts::{Messages, Prompts};
use crate::source::Problem;

pub use first_choice::CRITICAL_WITHIN;
pub use length::LONGEST_PROMPT;
pub use options::MOST_OPTIONS;
pub use service::services;

/// What is checked.
struct Checked<'a> {
    document: &'a Document,
    prompts: &'a Prompts,
    messages: &'a Messages,
    ways: Ways<'a>,
}

impl Checked<'_> {
    /// A problem at a place of the page.
    fn problem(&self, at: crate::source::Position, what: impl Into<String>) -> Problem {
        Problem::at(&self.document.file, at, what)
    }
}

/// Every problem of a flow that could be read, in the order of the page. [`Document::read`] and the readers of prompts and
/// messages tell what could not be read.
#[must_use]
pub fn check(document: &Document, prompts: &Prompts, messages: &Messages) -> Vec<Problem> {
    let flow = Checked { document, prompts, messages, ways: Ways::of(document) };
    let mut problems = target::check(&flow);
    // A way that leads nowhere, or a node that could not be read, cuts the page in two: what the checks of the whole page
    // would say then follows from it, and is said when it is mended.
    if problems.is_empty() && document.unread.is_empty() {
        for check in
            [unreachable::check, circle::check, dead_end::check, ending::check, first_choice::check, places::check]
        {
            problems.extend(check(&flow));
        }
    }
    for check in [keys::check, options::check, named_keys::check, missing_prompt::check, length::check] {
        problems.extend(check(&flow));
    }
    problems.sort();
    problems.dedup();
    problems
}
