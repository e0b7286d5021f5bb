//! The heart of a node: it counts its own row up, and looks whether the others do. What a killed node held is free as soon as
//! it has missed three beats, not only when its leases run out.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::ops::Hotline;
use crate::store::{NodeBeat, StoreError, Tx};

/// Between two beats.
const BEAT: TimeDelta = TimeDelta::seconds(2);
/// So many beats missed in a row, and a node is gone.
const MISSED: u32 = 3;

/// Beats for `node` until `stop`, and frees what nodes that stand still hold.
pub(super) async fn beat(hotline: Hotline, node: String, stop: CancellationToken) {
    let mut watch = Watch::default();
    while !stop.is_cancelled() {
        if let Err(error) = beat_once(&hotline, &node, &mut watch).await {
            // The others look again too: nobody is gone because the store was away.
            tracing::warn!(%error, "this node cannot show that it lives");
        }
        let next = hotline.clock.sleep_until(hotline.clock.now() + BEAT);
        drop(stop.run_until_cancelled(next).await);
    }
}

async fn beat_once(hotline: &Hotline, node: &str, watch: &mut Watch) -> Result<(), StoreError> {
    let nodes = hotline
        .store
        .write(async |tx: &mut Tx| -> Result<_, StoreError> {
            tx.beat(node).await?;
            tx.nodes().await
        })
        .await?;
    for gone in watch.look(nodes) {
        let freed = hotline.store.write(async |tx: &mut Tx| tx.lose_node(&gone).await).await?;
        if let Some(leases) = freed {
            tracing::warn!(node = gone.id, leases, "a node is gone; what it was at is done by others");
            hotline.wake.ring();
            hotline.wake_slow.ring();
        }
    }
    Ok(())
}

/// What was seen of the nodes. No clock: only looks that reached the store count, so one that was away, or whose clock is
/// wrong, makes nobody seem gone.
#[derive(Debug, Default)]
struct Watch(BTreeMap<String, (i64, u32)>);

impl Watch {
    /// Takes in what the nodes show now; those that have stood still too long.
    fn look(&mut self, nodes: Vec<NodeBeat>) -> Vec<NodeBeat> {
        let mut seen = BTreeMap::new();
        let mut gone = Vec::new();
        for node in nodes {
            let missed = match self.0.get(&node.id) {
                Some((beat, missed)) if *beat == node.beat => missed.saturating_add(1),
                _ => 0,
            };
            seen.insert(node.id.clone(), (node.beat, missed));
            if missed >= MISSED {
                gone.push(node);
            }
        }
        self.0 = seen;
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes in the counts of some nodes, as they are at each look; who is gone then.
    fn looks(looks: &[&[(&str, i64)]]) -> Vec<Vec<String>> {
        let mut watch = Watch::default();
        let node = |(id, beat): &(&str, i64)| NodeBeat { id: (*id).to_owned(), beat: *beat };
        let ids = |gone: Vec<NodeBeat>| gone.into_iter().map(|node| node.id).collect();
        looks.iter().map(|nodes| ids(watch.look(nodes.iter().map(node).collect()))).collect()
    }

    #[test]
    fn a_node_that_misses_three_beats_in_a_row_is_gone() {
        let seen: [&[(&str, i64)]; 6] = [
            &[("a", 1), ("b", 7)],
            &[("a", 2), ("b", 7)],
            &[("a", 3), ("b", 7)],
            &[("a", 4), ("b", 7)],
            &[("a", 5), ("b", 7)],
            &[("a", 6)],
        ];
        assert_eq!(looks(&seen), [vec![], vec![], vec![], vec!["b".to_owned()], vec!["b".to_owned()], vec![]]);
    }

    #[test]
    fn one_beat_in_between_counts_from_the_beginning() {
        let seen: [&[(&str, i64)]; 7] =
            [&[("b", 1)], &[("b", 1)], &[("b", 1)], &[("b", 2)], &[("b", 2)], &[("b", 2)], &[("b", 2)]];
        assert_eq!(looks(&seen).concat(), ["b".to_owned()]);
        let back: [&[(&str, i64)]; 6] = [&[("b", 1)], &[("b", 1)], &[("b", 1)], &[], &[("b", 1)], &[("b", 1)]];
        assert_eq!(looks(&back).concat(), Vec::<String>::new(), "forgotten, then new");
    }
}
