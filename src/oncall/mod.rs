//! People, schedules, escalations: who is on duty at an instant, why, and whom an incident is told to. Pure.
//!
//! A [`Roster`] is read from one YAML page (`roster.example.yaml` shows a short one, `roster.full.example.yaml` all that
//! it may say). A [`Schedule`] has layers of rotations, and what is different for a while; [`Roster::on_duty`] tells who
//! is on duty, [`Roster::shifts`] and [`Roster::gaps`] tell it over a time. An [`Escalation`] tells whom an incident is
//! told to, step by step.

mod amend;
mod contact;
mod duty;
mod escalation;
mod handover;
mod ical;
mod id;
mod person;
mod read;
mod reason;
mod roster;
mod rotation;
mod rule;
mod schedule;
mod shifts;
mod situation;
mod verification;
mod wall;
mod warnings;
mod window;
mod write;

pub use amend::{Amendment, NoAmendment};
pub use contact::{Address, AddressError, Channel, Contact, Email, Preset, Url, Webhook};
pub use duty::Duty;
pub use escalation::{Escalation, Step, Target};
pub use handover::{Handover, News, Tour};
pub use id::{ContactId, EscalationId, NoId, PersonId, ScheduleId};
pub use person::{Person, Pin};
pub use reason::Reason;
pub use roster::Roster;
pub use rotation::Rotation;
pub use rule::{Notify, Rule};
pub use schedule::{Layer, Schedule, Span};
pub use shifts::Shift;
pub use verification::{Attempt, CODE_LIFE, CODE_TRIES, Challenge, Proof, Verification};
pub use wall::said;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tables;
