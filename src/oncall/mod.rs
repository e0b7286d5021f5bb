//! People, the rotation and its overrides: who is on duty at an instant. Pure.
//!
//! A [`Roster`] is read from one YAML page (`roster.example.yaml` shows it) and answers [`Roster::duty`].

mod duty;
mod person;
mod read;
mod roster;
mod rotation;
mod wall;

pub use duty::Duty;
pub use person::{NoPersonId, Person, PersonId};
pub use roster::{Override, Roster};
pub use rotation::Rotation;
