//! `goto`: on to another node, settling what the way settles.

use super::walk::Go;
use crate::flow::document::{Exit, Target};
use crate::source::Fields;

/// Goes on elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goto {
    /// Where to.
    pub target: Target,
}

impl Goto {
    pub(in crate::flow) const KEYS: &'static [&'static str] = &["goto"];

    pub(in crate::flow) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { target: fields.target("goto")? })
    }

    pub(in crate::flow) fn exits(&self) -> Vec<Exit<'_>> {
        vec![Exit::new("goto", &self.target)]
    }
}

impl Goto {
    pub(in crate::flow) fn enter(&self) -> Go<'_> {
        Go::To(&self.target)
    }
}
