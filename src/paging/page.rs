//! One page of one person.

use crate::clock::Instant;
use crate::id::{BundleId, IncidentId, PageId};

/// One page of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its id.
    pub id: PageId,
    /// What it is about.
    pub incident: IncidentId,
    /// The incident's cycle it was sent in.
    pub cycle: u32,
    /// The person's id of the roster.
    pub person: String,
    /// From 0; one more for each page of the ladder.
    pub round: u32,
    /// The keyed hash of the person's reply code; empty while it is told with others, whose code is the bundle's.
    pub code_hash: String,
    /// The bundle it is told in, unless it goes out alone.
    pub bundle: Option<BundleId>,
    /// When it was decided.
    pub created_at: Instant,
    /// When the person answered it, by a code, a key or a link.
    pub answered_at: Option<Instant>,
    /// When it stopped counting: taken by somebody, cancelled, or passed on.
    pub closed_at: Option<Instant>,
}
