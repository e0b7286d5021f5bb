//! What a call knows for certain when it comes to a node, whichever way it came.

use std::collections::VecDeque;

use super::ways::Ways;
use crate::flow::document::{Act, Condition, Fact, Kind, Node, SERVICE, Target};
use crate::flow::node::{Branch, Lookup};

/// A set of things a call may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known(u16);

impl Known {
    pub(super) const NOTHING: Self = Self(0);
    /// The call has a case of its own.
    pub(super) const CASE: Self = Self(1);
    /// A case was looked up.
    pub(super) const FOUND: Self = Self(1 << 1);
    /// The case that was looked up names a service.
    pub(super) const FOUND_SERVICE: Self = Self(1 << 2);
    /// The case that was looked up is resolved.
    pub(super) const RESOLVED: Self = Self(1 << 3);
    /// Somebody took the case.
    pub(super) const ACKNOWLEDGED: Self = Self(1 << 4);
    /// The caller's institution.
    pub(super) const INSTITUTION: Self = Self(1 << 5);
    /// The affected service.
    pub(super) const SERVICE: Self = Self(1 << 6);
    /// The number the call comes from.
    pub(super) const CALLER: Self = Self(1 << 7);
    /// A number to call back.
    pub(super) const CALL_BACK: Self = Self(1 << 8);
    /// An outage is announced.
    pub(super) const BANNER: Self = Self(1 << 9);
    /// The announced outage has an estimated end.
    pub(super) const BANNER_ETA: Self = Self(1 << 10);
    /// Today is a holiday.
    pub(super) const HOLIDAY: Self = Self(1 << 11);
    /// When service hours begin next.
    pub(super) const NEXT_OPEN: Self = Self(1 << 12);
    const ALL: Self = Self(u16::MAX);

    pub(super) const fn and(self, more: Self) -> Self {
        Self(self.0 | more.0)
    }

    const fn without(self, less: Self) -> Self {
        Self(self.0 & !less.0)
    }

    const fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether at least one of `any` is known.
    pub(super) fn has_any(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }
}

/// What is known at every node, in the order of the page: what all the ways to it have in common.
pub(super) fn at_nodes(ways: &Ways<'_>) -> Vec<Known> {
    let mut known = vec![Known::ALL; ways.nodes().count()];
    let mut waiting: VecDeque<(usize, Known)> = ways.entries().iter().map(|at| (*at, Known::NOTHING)).collect();
    while let Some((at, comes)) = waiting.pop_front() {
        let (Some(node), Some(here)) = (ways.node(at), known.get_mut(at)) else { continue };
        let common = here.common(comes);
        if common == *here {
            continue;
        }
        *here = common;
        waiting.extend(ways.out(at).iter().map(|way| (way.to, leaving(node, way.target, common))));
    }
    known
}

/// What is known behind a way out of a node.
fn leaving(node: &Node, target: &Target, here: Known) -> Known {
    let is = |way: &Target| std::ptr::eq(way, target);
    let learned = match &node.kind {
        Kind::OpenIncident(_) => here.and(Known::CASE),
        Kind::Branch(branch) => here.and(by_branch(branch, target)),
        Kind::Collect(collect) if is(&collect.found) => here.and(match collect.digits.lookup {
            Lookup::None | Lookup::CaseNumbers => Known::NOTHING,
            Lookup::Institutions => Known::INSTITUTION,
            Lookup::Cases => Known::FOUND,
            Lookup::Phone => Known::CALL_BACK,
        }),
        Kind::Status(status) if is(&status.resolved) => here.and(Known::FOUND).and(Known::RESOLVED),
        Kind::Status(status) if is(&status.next) => here.and(Known::FOUND),
        // A case that the caller may not hear of is forgotten.
        Kind::Status(_) => here.without(Known::FOUND.and(Known::FOUND_SERVICE).and(Known::RESOLVED)),
        Kind::WaitForPerson(wait) if is(&wait.accepted) || is(&wait.joined) => {
            here.and(Known::CASE).and(Known::ACKNOWLEDGED)
        }
        _ => here,
    };
    target.acts.iter().fold(learned, by_act)
}

fn by_act(known: Known, act: &Act) -> Known {
    match act {
        Act::Set { variable, .. } if variable == SERVICE => known.and(Known::SERVICE),
        Act::Join => known.and(Known::CASE),
        Act::CallBackCaller if known.has_any(Known::CALLER) => known.and(Known::CALL_BACK),
        _ => known,
    }
}

/// What a branch proves by its way: its condition holds, and those before it do not.
fn by_branch(branch: &Branch, target: &Target) -> Known {
    let mut failed = Known::NOTHING;
    for way in &branch.ways {
        if std::ptr::eq(&raw const way.then, target) {
            return failed.and(holds(&way.when));
        }
        failed = failed.and(fails(&way.when));
    }
    failed
}

/// What is known when the condition holds.
fn holds(condition: &Condition) -> Known {
    match condition {
        Condition::Fact(fact) => by_fact(*fact),
        Condition::Equals { variable, .. } if variable == SERVICE => Known::SERVICE,
        Condition::Equals { .. } => Known::NOTHING,
        Condition::All(parts) => parts.iter().map(holds).fold(Known::NOTHING, Known::and),
        Condition::Any(parts) => parts.iter().map(holds).reduce(Known::common).unwrap_or(Known::NOTHING),
        Condition::Not(part) => fails(part),
    }
}

/// What is known when the condition does not hold.
fn fails(condition: &Condition) -> Known {
    match condition {
        Condition::Fact(_) | Condition::Equals { .. } => Known::NOTHING,
        Condition::All(parts) => parts.iter().map(fails).reduce(Known::common).unwrap_or(Known::NOTHING),
        Condition::Any(parts) => parts.iter().map(fails).fold(Known::NOTHING, Known::and),
        Condition::Not(part) => holds(part),
    }
}

fn by_fact(fact: Fact) -> Known {
    match fact {
        Fact::Holiday => Known::HOLIDAY,
        Fact::NextOpen => Known::NEXT_OPEN,
        Fact::BannerActive => Known::BANNER,
        Fact::BannerEta => Known::BANNER.and(Known::BANNER_ETA),
        Fact::CallerNumber => Known::CALLER,
        Fact::CallerInstitution | Fact::InstitutionKnown => Known::INSTITUTION,
        Fact::CallBackNumber => Known::CALL_BACK,
        Fact::CaseOpen => Known::CASE,
        Fact::CaseFoundOpen => Known::FOUND,
        Fact::CaseOpenSameService => Known::FOUND.and(Known::FOUND_SERVICE),
        Fact::HoursOpen | Fact::HoursClosed | Fact::ConsentAsked | Fact::ConsentRecording => Known::NOTHING,
    }
}
