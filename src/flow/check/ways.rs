//! The page as a map: which node leads where, and who can be reached.

use std::collections::{BTreeSet, HashMap, VecDeque};

use crate::flow::document::{Document, Exit, Kind, Node, Target};

/// The page as a map. Nodes are named by their place in the document.
pub(super) struct Ways<'a> {
    nodes: Vec<Leaving<'a>>,
    /// Where calls enter: at the beginning, and where the limits lead.
    entries: Vec<usize>,
}

/// A node with its ways out.
struct Leaving<'a> {
    node: &'a Node,
    ways: Vec<Way<'a>>,
}

/// A way to a node that exists.
pub(super) struct Way<'a> {
    /// What leads there.
    pub(super) label: String,
    /// As it is written.
    pub(super) target: &'a Target,
    /// The node it leads to.
    pub(super) to: usize,
}

impl<'a> Ways<'a> {
    /// The map of a page; ways to nodes that do not exist are left out.
    pub(super) fn of(document: &'a Document) -> Self {
        let index: HashMap<&str, usize> =
            document.nodes.iter().enumerate().map(|(at, node)| (node.name.as_str(), at)).collect();
        let way = |exit: Exit<'a>| {
            let to = *index.get(exit.target.node.as_str())?;
            Some(Way { label: exit.label, target: exit.target, to })
        };
        let leaving = |node: &'a Node| Leaving { node, ways: node.exits().into_iter().filter_map(way).collect() };
        let begins = [Some(&document.begin), document.limits.over.as_ref()];
        Self {
            nodes: document.nodes.iter().map(leaving).collect(),
            entries: begins.into_iter().flatten().filter_map(|begin| index.get(begin.node.as_str()).copied()).collect(),
        }
    }

    /// Every node with its place.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (usize, &'a Node)> {
        self.nodes.iter().enumerate().map(|(at, leaving)| (at, leaving.node))
    }

    /// Where calls enter.
    pub(super) fn entries(&self) -> &[usize] {
        &self.entries
    }

    pub(super) fn node(&self, at: usize) -> Option<&'a Node> {
        self.nodes.get(at).map(|leaving| leaving.node)
    }

    /// The ways out of a node.
    pub(super) fn out(&self, at: usize) -> &[Way<'a>] {
        self.nodes.get(at).map(|leaving| leaving.ways.as_slice()).unwrap_or_default()
    }

    /// Every node that a call can come to.
    pub(super) fn reached(&self) -> BTreeSet<usize> {
        self.spread(self.entries.iter().copied(), |_| true)
    }

    /// Every node that a call can come to from this one; itself only when a way leads back.
    pub(super) fn after(&self, at: usize) -> BTreeSet<usize> {
        self.spread(self.out(at).iter().map(|way| way.to), |_| true)
    }

    /// The same through nodes that do not listen: what happens before the caller can do anything.
    pub(super) fn silently_after(&self, at: usize) -> BTreeSet<usize> {
        if !self.is_silent(at) {
            return BTreeSet::new();
        }
        self.spread(self.out(at).iter().map(|way| way.to), |node| self.is_silent(node))
    }

    /// Whether the call runs through the node without waiting for the caller.
    pub(super) fn is_silent(&self, at: usize) -> bool {
        self.node(at).is_some_and(|node| !node.listens() && !matches!(node.kind, Kind::Hangup(_)))
    }

    fn spread(&self, from: impl IntoIterator<Item = usize>, through: impl Fn(usize) -> bool) -> BTreeSet<usize> {
        let mut seen = BTreeSet::new();
        let mut waiting: VecDeque<usize> = from.into_iter().collect();
        while let Some(at) = waiting.pop_front() {
            if seen.insert(at) && through(at) {
                waiting.extend(self.out(at).iter().map(|way| way.to));
            }
        }
        seen
    }
}
