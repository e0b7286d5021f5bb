//! Voice flows: the document, its checker, the machine, prompts, and how numbers, times and names are spoken. Pure.

mod exchange;
mod language;
mod state;
mod verb;

pub use exchange::{
    Answer, Ask, Banner, CaseFacts, Effect, Facts, HolidayName, Impact, Input, Institution, Learned, Next, Outcome,
    Service, Step,
};
pub use language::Language;
pub use state::State;
pub use verb::{Gather, Record, Utterance, Verb};
