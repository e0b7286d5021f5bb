//! How often one peer may follow links, or try wrong tokens: enough for a house behind one address, too little to keep the
//! store busy.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::response::Response;
use chrono::TimeDelta;

use super::page::too_often;
use super::{Door, Peer};
use crate::clock::Instant;

/// Requests of one peer within [`WINDOW`].
const MOST: u32 = 60;
const WINDOW: TimeDelta = TimeDelta::minutes(1);
/// Peers that are kept apart; more are counted as one.
const PEERS: usize = 10_000;

/// Counts requests by peer, window by window.
#[derive(Debug, Default)]
pub struct Pace(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    ends: Option<Instant>,
    counts: HashMap<Option<IpAddr>, u32>,
}

impl Pace {
    /// Counts a request of `peer` at `now`; `false` when it is one too many.
    #[must_use]
    pub fn bears(&self, peer: Option<IpAddr>, now: Instant) -> bool {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if window.ends.is_none_or(|ends| ends <= now) {
            *window = Window { ends: Some(now + WINDOW), counts: HashMap::new() };
        }
        let peer = peer.filter(|peer| window.counts.len() < PEERS || window.counts.contains_key(&Some(*peer)));
        let count = window.counts.entry(peer).or_insert(0);
        *count = count.saturating_add(1);
        *count <= MOST
    }

    /// Whether the next request of `peer` at `now` would be one too many. Counts none.
    #[must_use]
    pub fn is_spent(&self, peer: Option<IpAddr>, now: Instant) -> bool {
        let window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if window.ends.is_none_or(|ends| ends <= now) {
            return false;
        }
        let peer = peer.filter(|peer| window.counts.len() < PEERS || window.counts.contains_key(&Some(*peer)));
        window.counts.get(&peer).is_some_and(|count| *count >= MOST)
    }
}

/// A request for a link, within the pace that is borne.
pub(super) struct Paced;

impl FromRequestParts<Door> for Paced {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Response> {
        let peer = parts.extensions.get::<ConnectInfo<Peer>>().map(|ConnectInfo(Peer(peer))| peer.ip());
        if door.pace.bears(peer, door.hotline.clock.now()) {
            return Ok(Self);
        }
        tracing::warn!("links are followed too often from one address");
        Err(too_often())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_peer_has_its_own_count_for_a_minute() {
        let (pace, start) = (Pace::default(), "2026-03-08T02:00:00Z".parse::<Instant>().unwrap());
        let peer = |n: u8| Some(IpAddr::from([192, 0, 2, n]));
        for _ in 0..MOST {
            assert!(pace.bears(peer(1), start));
        }
        assert!(pace.is_spent(peer(1), start) && !pace.is_spent(peer(2), start));
        assert!(!pace.bears(peer(1), start + TimeDelta::seconds(59)));
        assert!(!pace.is_spent(peer(1), start + WINDOW));
        assert!(pace.bears(peer(2), start));
        assert!(pace.bears(peer(1), start + WINDOW));
    }

    #[test]
    fn peers_without_end_take_no_room_without_end() {
        let (pace, start) = (Pace::default(), "2026-03-08T02:00:00Z".parse::<Instant>().unwrap());
        let first = IpAddr::from([192, 0, 2, 1]);
        assert!(pace.bears(Some(first), start));
        for n in 0..20_000_u32 {
            let _ = pace.bears(Some(IpAddr::from(n.to_be_bytes())), start);
        }
        assert!(pace.0.lock().unwrap().counts.len() <= PEERS + 1);
        assert!(pace.bears(Some(first), start), "whoever is known keeps their own count");
        assert!(!pace.bears(Some(IpAddr::from([198, 51, 100, 7])), start));
    }
}
