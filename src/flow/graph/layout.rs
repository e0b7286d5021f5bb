//! Where the nodes of a picture stand: columns by how soon a call can come there, each node beside what leads to it first.
//!
//! Only the first way to a node is drawn as a line; the others are written in the node they leave, with the name of where
//! they lead. A flow has too many ways back to the menu for lines to be read.

use std::collections::{BTreeMap, VecDeque};

use super::{Row, rows, spoken};
use crate::flow::document::{Document, Node};

/// The width of a card.
pub(super) const WIDTH: i32 = 270;
/// The height of a card's head, and of each line below it.
pub(super) const HEAD: i32 = 24;
/// The height of a line.
pub(super) const LINE: i32 = 17;

const GAP_X: i32 = 60;
const GAP_Y: i32 = 14;
const MARGIN: i32 = 24;
/// Room for the title.
const TITLE: i32 = 44;

/// A picture's measures.
pub(super) struct Layout<'a> {
    pub(super) cards: Vec<Card<'a>>,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// A node drawn as a card.
pub(super) struct Card<'a> {
    pub(super) node: &'a Node,
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) height: i32,
    /// What is spoken, one name on each line.
    pub(super) spoken: Vec<String>,
    /// The ways out, and for those drawn as a line the card they lead to.
    pub(super) rows: Vec<(Row, Option<usize>)>,
}

impl Card<'_> {
    /// The middle of a way's line.
    pub(super) fn row_y(&self, row: usize) -> i32 {
        let lines = i32::try_from(self.spoken.len().saturating_add(row)).unwrap_or(i32::MAX / 64);
        self.y + HEAD + lines * LINE + LINE / 2 + 3
    }
}

/// The layout of a page.
pub(super) fn layout(document: &Document) -> Layout<'_> {
    let mut cards: Vec<Card<'_>> = document.nodes.iter().map(card).collect();
    let index: BTreeMap<&str, usize> =
        document.nodes.iter().enumerate().map(|(at, node)| (node.name.as_str(), at)).collect();
    let begins = [Some(&document.begin), document.limits.over.as_ref()];
    let begins: Vec<usize> =
        begins.into_iter().flatten().filter_map(|begin| index.get(begin.node.as_str()).copied()).collect();
    // Nodes that nothing leads to are drawn too: below the rest.
    let roots: Vec<usize> = begins.into_iter().chain(0..cards.len()).collect();
    let mut column: BTreeMap<usize, i32> = BTreeMap::new();
    let mut free: BTreeMap<i32, i32> = BTreeMap::new();
    for root in roots {
        if !column.contains_key(&root) {
            grow(root, &mut cards, &index, &mut column);
            place(root, &mut cards, &column, &mut free);
        }
    }
    let width = cards.iter().map(|card| card.x + WIDTH).max().unwrap_or(0) + MARGIN;
    let height = cards.iter().map(|card| card.y + card.height).max().unwrap_or(TITLE) + MARGIN;
    Layout { cards, width, height }
}

fn card(node: &Node) -> Card<'_> {
    let spoken = spoken(node);
    let rows: Vec<(Row, Option<usize>)> = rows(node).into_iter().map(|row| (row, None)).collect();
    let lines = i32::try_from(spoken.len().saturating_add(rows.len())).unwrap_or(i32::MAX / 64);
    Card { node, x: 0, y: 0, height: HEAD + lines * LINE + 6, spoken, rows }
}

/// Gives a column to every node that is reached from `root` and has none, and marks the ways that are drawn.
fn grow(root: usize, cards: &mut [Card<'_>], index: &BTreeMap<&str, usize>, column: &mut BTreeMap<usize, i32>) {
    column.insert(root, 0);
    let mut waiting = VecDeque::from([(root, 0)]);
    while let Some((at, depth)) = waiting.pop_front() {
        for (row, drawn) in cards.get_mut(at).map(|card| card.rows.as_mut_slice()).unwrap_or_default() {
            let Some(to) = index.get(row.to.as_str()) else { continue };
            if !column.contains_key(to) {
                column.insert(*to, depth + 1);
                *drawn = Some(*to);
                waiting.push_back((*to, depth + 1));
            }
        }
    }
}

/// Places a card and all it leads to: each as high in its column as those before it and what leads to it allow. Cards of a
/// column keep the order of what leads to them, so that no two lines cross.
fn place(root: usize, cards: &mut [Card<'_>], column: &BTreeMap<usize, i32>, free: &mut BTreeMap<i32, i32>) {
    let mut waiting = vec![(root, TITLE)];
    while let Some((at, not_above)) = waiting.pop() {
        let (Some(card), Some(column)) = (cards.get_mut(at), column.get(&at)) else { continue };
        let free = free.entry(*column).or_insert(TITLE);
        card.x = MARGIN + column * (WIDTH + GAP_X);
        card.y = not_above.max(*free);
        *free = card.y + card.height + GAP_Y;
        waiting.extend(card.rows.iter().rev().filter_map(|(_, drawn)| *drawn).map(|to| (to, card.y)));
    }
}
