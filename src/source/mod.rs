//! Pages of YAML that people write (flows, prompts, the roster, the directory), with the place of everything on them. Pure.
//!
//! [`read`] gives a plain tree of texts, lists and maps, nothing typed, nothing implied. What YAML could do beyond that
//! (anchors, tags, several documents, keys that are no text) is refused with a sentence. [`Fields`] reads one map of the
//! tree. What is wrong becomes a [`Problem`] at its place and the reading goes on, so that a person sees everything at
//! once.

mod fields;
mod node;
mod problem;
mod reader;

pub use fields::Fields;
pub use node::{Key, Kind, Node, Position, Source};
pub use problem::{Problem, did_you_mean, quote};
pub use reader::{MAX_BYTES, MAX_DEPTH, MAX_NODES, read};
