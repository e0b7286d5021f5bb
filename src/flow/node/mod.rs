//! The kinds of node, one file each: what the page may say of it, where it leads, and what it does.

mod branch;
mod collect;
mod goto;
mod hangup;
mod menu;
mod open_incident;
mod record;
mod say;
mod send;
mod status;
mod wait;
mod wait_for_person;
mod walk;

pub use branch::{Branch, Way};
pub use collect::{Collect, Digits, Lookup, Skip};
pub use goto::Goto;
pub use hangup::Hangup;
pub use menu::{Key, Menu, Words};
pub use open_incident::OpenIncident;
pub use record::{Holds, Record};
pub use say::Say;
pub use send::{Send, To};
pub use status::Status;
pub use wait::{Retry, Wait};
pub use wait_for_person::WaitForPerson;

use crate::flow::Input;
use crate::flow::document::{Kind, Node};
use crate::flow::machine::Fault;
pub(in crate::flow) use walk::{Go, Walk};

impl Node {
    /// The call arrives here.
    pub(in crate::flow) fn enter<'f>(&'f self, walk: &mut Walk<'f>) -> Result<Go<'f>, Fault> {
        match &self.kind {
            Kind::Say(say) => say.enter(walk),
            Kind::Menu(menu) => menu.enter(walk),
            Kind::Collect(collect) => collect.enter(walk),
            Kind::Record(record) => record.enter(walk),
            Kind::Branch(branch) => Ok(branch.enter(walk)),
            Kind::OpenIncident(open) => Ok(open.enter()),
            Kind::WaitForPerson(_) => Ok(WaitForPerson::enter()),
            Kind::Status(status) => Ok(status.enter(walk)),
            Kind::Send(send) => send.enter(walk),
            Kind::Goto(goto) => Ok(goto.enter()),
            Kind::Hangup(hangup) => hangup.enter(walk),
        }
    }

    /// Something reached the call that stands here.
    pub(in crate::flow) fn take<'f>(&'f self, walk: &mut Walk<'f>, input: &Input) -> Result<Go<'f>, Fault> {
        match &self.kind {
            Kind::Say(say) => say.take(walk, input),
            Kind::Menu(menu) => menu.take(walk, input),
            Kind::Collect(collect) => collect.take(walk, input),
            Kind::Record(record) => record.take(walk, input),
            Kind::Branch(branch) => branch.take(walk, input),
            Kind::OpenIncident(open) => open.take(walk, input),
            Kind::WaitForPerson(wait) => wait.take(walk, input),
            Kind::Status(status) => status.take(walk, input),
            // A call never stands at one of these: they neither listen nor ask.
            Kind::Send(_) | Kind::Goto(_) | Kind::Hangup(_) => self.enter(walk),
        }
    }
}

#[cfg(test)]
mod tests;
