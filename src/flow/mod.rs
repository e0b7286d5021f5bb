//! Voice flows: the document, its checker, the machine, prompts, and how numbers, times and names are spoken. Pure.

pub mod check;
pub mod document;
mod exchange;
pub mod graph;
pub mod library;
pub mod machine;
pub mod node;
pub mod prompts;
pub mod rehearsal;
pub mod schema;
#[cfg(test)]
mod shipped;
pub mod speech;
mod state;
#[cfg(test)]
mod testing;
mod values;
mod verb;

pub use crate::language::Language;
pub use exchange::{
    Answer, Ask, Banner, CaseFacts, Effect, Facts, HolidayName, Impact, Input, Institution, Learned, Next, Outcome,
    Parted, Service, Step, Waited,
};
pub use library::{Bundle, File, Flow, Library, Translation};
pub use machine::{Fault, step, wait};
pub use state::{Leaving, State};
pub use values::Values;
pub use verb::{Bridge, Conference, Far, Gather, Record, Utterance, Verb};
